"""What became of the items of a bulk run."""

from dataclasses import dataclass
from typing import Final, Generic, Literal, TypeVar

from aiopeertube.errors import ConfigurationError
from aiopeertube.wire.call import Call

T_co = TypeVar("T_co", covariant=True)

State = Literal["ok", "failed", "in doubt", "not started"]


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T_co]):
    """One call of a bulk run, done with.

    `state` says what happened:

    - "ok": `result` is what awaiting the call gives;
    - "failed": `error` is what it would raise, and the server did not do it, by its own word where it gave one;
    - "in doubt": it was sent and never answered, so nobody knows whether the server did it, or a sender of several
      requests for one call was stopped after the first had written; `error` says why;
    - "not started": the run ended before, and the server did nothing of it.

    `attempts` counts how often it was sent, `seconds` is from its turn to its end, waiting included.
    """

    call: Call[T_co]
    state: State
    result: T_co | None = None
    error: Exception | None = None
    attempts: int = 0
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Tell whether the call succeeded."""
        return self.state == "ok"


@dataclass(frozen=True, slots=True)
class BulkStatistics:
    """Counts of a run so far. `exhausted` tells whether the source was read to its end."""

    succeeded: int
    failed: int
    in_doubt: int
    not_started: int
    in_flight: int
    attempts: int
    seconds: float
    exhausted: bool
    stopped_by: str

    @property
    def done(self) -> int:
        """The number of calls that were carried out, well or not."""
        return self.succeeded + self.failed + self.in_doubt


_ENOUGH: Final = 50


@dataclass(frozen=True, slots=True)
class Halt:
    """When to stop a run: after `failures` failed calls, or once more than `share` (0 to 1) of the calls failed.

    The share is looked at from the 50th call on.
    """

    failures: int | None = None
    share: float | None = None

    @classmethod
    def parse(cls, text: "str | int | Halt") -> "Halt":
        """Read 5, "5", "2%", "fail=5" or "fail=2%".

        Raises:
            ConfigurationError: it is none of these.
        """
        if isinstance(text, Halt):
            return text
        number = str(text).removeprefix("fail=")
        try:
            if number.endswith("%") and 0 <= float(number[:-1]) <= 100:
                return cls(share=float(number[:-1]) / 100)
            if int(number) >= 1:
                return cls(failures=int(number))
        except ValueError:
            pass
        what = f'halt: {text!r} is not a number of failures like "5" or a share like "2%"'
        raise ConfigurationError(what, option="halt")

    def reached(self, failed: int, done: int) -> bool:
        """Tell whether `failed` failures among `done` calls are too many."""
        if self.failures is not None and failed >= self.failures:
            return True
        return self.share is not None and done >= _ENOUGH and failed > self.share * done
