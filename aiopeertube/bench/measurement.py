"""The whole of a measurement: reads, edits of the videos that were named, and what was learnt of the server."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from aiopeertube.errors import ConfigurationError

from .levels import Level, best_of, measured, search
from .renames import Edits

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

_ADMINISTRATOR: Final = 0  # the role's id

_READ: Final = "/videos?count=10&sort=-publishedAt"

Tell = Callable[[str, Level], None]


@dataclass(frozen=True, slots=True)
class Measurement:
    """What was measured, by kind ("read", "edit"): all levels, by their numbers in flight.

    `windows` is what is known of the server's rate limits: name, limit and length in seconds. `left` are the videos
    whose titles could not be put back, with these; `others` those that somebody else renamed meanwhile, which keep
    their new titles ("": they are gone). `requests` counts what was sent to measure.
    """

    origin: str
    version: str
    levels: Mapping[str, Sequence[Level]]
    windows: tuple[dict[str, Any], ...]
    left: Mapping[str, str] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)
    requests: int = 0

    def best(self, kind: str) -> Level:
        """Return the smallest number in flight that does as well as the best."""
        return best_of(self.levels[kind])

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values of JSON."""
        levels = {kind: [asdict(level) for level in found] for kind, found in self.levels.items()}
        best = {kind: asdict(self.best(kind)) for kind in self.levels}
        told = {"url": self.origin, "version": self.version, "requests": self.requests, "windows": list(self.windows)}
        return told | {"left": dict(self.left), "others": dict(self.others), "best": best, "levels": levels}


async def bench(
    pt: "PeerTube", hot: "PeerTube", videos: Sequence[str] = (), *, seconds: float, most: int, tell: Tell
) -> Measurement:
    """Measure an instance with so many requests in flight at most, each number for some seconds; `tell` hears each.

    `hot` is a client that tries every request once, and holds none back. Edits are of the `videos` alone, so that no
    more are in flight than there are of these.

    Raises:
        ConfigurationError: the user does not administrate the instance.
    """
    await _check(pt)
    if not videos:
        return await _measured(pt, hot, None, seconds=seconds, most=most, tell=tell)
    async with Edits(pt, hot, videos) as edits:  # which are looked at before anything is loaded
        found = await _measured(pt, hot, edits, seconds=seconds, most=most, tell=tell)
    return replace(found, left=edits.left, others=edits.others)


async def _measured(
    pt: "PeerTube", hot: "PeerTube", edits: Edits | None, *, seconds: float, most: int, tell: Tell
) -> Measurement:
    levels: dict[str, Sequence[Level]] = {}

    async def read(number: int) -> Level:
        return await _told("read", await measured(lambda: hot.request("GET", _READ), number, seconds), tell)

    levels["read"] = await search(read, most)
    if edits:
        send = edits.send

        async def edit(number: int) -> Level:
            return await _told("edit", await measured(send, number, seconds), tell)

        levels["edit"] = await search(edit, min(most, len(edits)))
    version = str((await pt.config.get())["serverVersion"])
    return Measurement(pt.origin, version, levels, _windows(hot), requests=hot.statistics().requests)


async def _told(kind: str, level: Level, tell: Tell) -> Level:
    tell(kind, level)
    return level


async def _check(pt: "PeerTube") -> None:
    me = await pt.me.get()
    if me["role"]["id"] != _ADMINISTRATOR:
        who = f"{me['username']} is no administrator of {pt.origin}"
        raise ConfigurationError(f"{who}: measure only what is yours, as everybody on it waits for it")


def _windows(pt: "PeerTube") -> tuple[dict[str, Any], ...]:
    return tuple(
        {"window": one.bucket, "limit": one.limit, "seconds": one.length}
        for one in pt.statistics().windows
        if one.limit
    )
