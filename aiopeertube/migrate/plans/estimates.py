"""What carrying a plan out costs, as far as the answers so far tell."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import anyio

from aiopeertube._counting import counted
from aiopeertube.migrate.scope import Who

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube
    from aiopeertube.stack.states import WindowState


@dataclass(frozen=True, slots=True)
class Estimate:
    """What it takes to carry a plan out.

    Attributes:
        requests: How many requests change videos, or look at them just before.
        seconds: How long all of it takes under the server's limits, looking included; None: nobody can know.
        limit: What the server allows, for people.
        objects: How many ActivityPub objects are looked at besides, in a window of their own.
        looking: How many requests found out what there is to do, and will again when the same table is applied. A
            plan that was written is applied with fewer. 0 where that is behind us.
    """

    requests: int
    seconds: float | None
    limit: str
    objects: int = 0
    looking: int = 0

    def __str__(self) -> str:
        takes = "as long as the server takes" if self.seconds is None else f"about {_time(self.seconds)}"
        number = self.looking + self.objects + self.requests
        parts = [f"{self.looking:,} to look" if self.looking else "", self._to_change()]
        inside = f" ({', '.join(filter(None, parts))})" if self.looking or self.objects else ""
        return f"{counted(number, 'request')}{inside}, {takes}; rate limit: {self.limit}"

    def _to_change(self) -> str:
        looks = f", and {self.objects:,} for objects" if self.objects else ""
        return f"{self.requests:,} to change{looks}"


class Looking:
    """Counts what a client sends from now on, and how long that takes."""

    def __init__(self, pt: "PeerTube") -> None:
        self._pt = pt
        self._requests = pt.statistics().requests
        self._began = anyio.current_time()

    def spent(self) -> tuple[int, float]:
        """Return requests and seconds."""
        return self._pt.statistics().requests - self._requests, anyio.current_time() - self._began


_UNCOUNTED: Final = "none for this user"
_USUAL: Final = 10.0  # seconds of a window, in a server as it comes: known for certain after the first refusal
_NOT_SEEN: Final = ", if its window is as long as PeerTube's own"
_OBJECTS: Final = "videos"  # the window that counts them


def estimate(
    pt: "PeerTube", who: Who, requests: int, *, objects: int = 0, looking: Looking | None = None
) -> Estimate:
    """Estimate what so many requests cost; the windows' figures come from the answers so far."""
    looks, spent = looking.spent() if looking is not None else (0, 0.0)
    windows = {window.bucket: window for window in pt.statistics().windows}
    api = windows.get("api")
    if who.staff:
        return Estimate(requests, None, _UNCOUNTED, objects, looks)
    if api is None or api.limit is None:
        return Estimate(requests, None, "not known yet", objects, looks)
    seconds = max(_seconds(api, requests), _seconds(windows.get(_OBJECTS), objects))
    limit = f"{counted(api.limit, 'request')} in {api.length or _USUAL:g} s{'' if api.length else _NOT_SEEN}"
    return Estimate(requests, spent + seconds, limit, objects, looks)


def _seconds(window: "WindowState | None", requests: int) -> float:
    """Tell how long requests wait for a window's places."""
    if window is None or not window.limit:
        return 0.0
    return max(0, math.ceil((requests - (window.remaining or 0)) / window.limit)) * (window.length or _USUAL)


def _time(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
