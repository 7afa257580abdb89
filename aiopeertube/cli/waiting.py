"""What holds requests up, in a few words: every wait has a reason and an end."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiopeertube import PeerTube
    from aiopeertube.stack.health import HealthState

_WHAT = {"api": "server", "token": "token endpoint"}


def held_up(pt: "PeerTube") -> str:
    """Say what requests wait for: the server itself, its rate limit, or the number in flight."""
    state = pt.statistics()
    for health in state.health:
        if health.state in {"suspected", "away"}:
            return _away(health)
    parts = [f"{state.concurrency[1].limit} at once"]
    for window in state.windows:
        if window.waiting and window.ends_in is not None:
            left = "" if window.limit is None else f" {window.remaining} of {window.limit} left,"
            parts.append(f"rate limit:{left} next in {window.ends_in:.0f} s")
    return ", ".join(parts)


def _away(health: "HealthState") -> str:
    what = _WHAT[health.service]
    ends = f", giving up in {health.gives_up_in:.0f} s" if health.gives_up_in is not None else ""
    return f"{what} away for {health.away_for:.0f} s, next try in {health.next_try_in or 0:.0f} s{ends}"
