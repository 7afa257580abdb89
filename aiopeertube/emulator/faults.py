"""Faults that tests inject between a client and the server."""

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal, get_args

FaultKind = Literal["429", "5xx", "5xx-after", "reset", "reset-after", "stall", "truncated", "garbage"]

_KINDS: tuple[str, ...] = get_args(FaultKind)
_DEFAULT_STATUS = {"5xx": 503, "5xx-after": 502, "garbage": 200, "429": 429}


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong with some requests.

    Attributes:
        kind: What goes wrong. ``429``: a refusal without rate-limit headers, like a proxy's;
            ``5xx``: an error before anything is done (500 as PeerTube answers, others with HTML as a proxy
            does); ``5xx-after``: the same, but the request was carried out; ``reset``: the connection is cut
            before anything is done; ``reset-after``: it is cut after; ``stall``: the answer is held for
            `seconds`; ``truncated``: carried out, but the answer breaks off; ``garbage``: HTML in place of
            JSON, nothing done.
        probability: The probability that a matching request is hit.
        times: The most requests to hit; None: no limit.
        method: Only requests of this method.
        path: Only requests whose path below ``/api/v1`` matches this pattern (``/videos/*``), or whose route
            is this one (``/videos/{id}``).
        status: The status sent; None: 503 for ``5xx``, 502 for ``5xx-after``, 200 for ``garbage``.
        seconds: How long ``stall`` holds an answer; for ``429`` what `Retry-After` says (0: no such header).
    """

    kind: FaultKind
    probability: float = 1.0
    times: int | None = None
    method: str | None = None
    path: str | None = None
    status: int | None = None
    seconds: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in _KINDS:
            raise ValueError(f"a fault is one of {', '.join(_KINDS)}, not {self.kind!r}")

    @property
    def status_sent(self) -> int:
        """The status the client sees, for the kinds that replace it."""
        return self.status if self.status is not None else _DEFAULT_STATUS.get(self.kind, 500)

    def matches(self, method: str, path: str, template: str) -> bool:
        """Tell whether this fault applies to a request."""
        if self.method is not None and self.method.upper() != method:
            return False
        return self.path is None or self.path == template or fnmatchcase(path, self.path)


class Faults:
    """The active faults; the first that matches a request and is drawn hits it.

    `seed` is that of the draws; `faults` are the initial ones.
    """

    def __init__(self, seed: int = 0, faults: Iterable[Fault] = ()) -> None:
        self._random = random.Random(f"faults {seed}")  # noqa: S311 -- nothing secret hangs on it.
        self._faults: list[Fault] = list(faults)
        self._hits: Counter[int] = Counter()
        self.injected: Counter[str] = Counter()

    def add(self, *faults: Fault) -> None:
        """Add faults, after the present ones."""
        # A new list: another thread may be walking over the old one.
        self._faults = [*self._faults, *faults]

    def clear(self) -> None:
        """Remove all faults; their counts stay."""
        self._faults = []
        self._hits.clear()

    def __len__(self) -> int:
        return len(self._faults)

    def pick(self, method: str, path: str, template: str) -> Fault | None:
        """Return the fault that hits a request, if any."""
        for position, fault in enumerate(self._faults):
            if fault.times is not None and self._hits[position] >= fault.times:
                continue
            if not fault.matches(method, path, template):
                continue
            if fault.probability < 1 and self._random.random() >= fault.probability:
                continue
            self._hits[position] += 1
            self.injected[fault.kind] += 1
            return fault
        return None
