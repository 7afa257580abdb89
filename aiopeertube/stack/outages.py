"""The errors that the end of patience raises, in words: what was away or refused, for how long, and why."""

from aiopeertube.errors import RefusedTooLong, ServerAway, ServerFailing

from .health import Health
from .window import Window

_OF: dict[str, str] = {"api": "", "token": "the token endpoint of "}


def why_away(origin: str, service: str, health: Health, now: float) -> ServerAway:
    """Say that a service was away for longer than patience."""
    seconds = now - (health.since or now)
    what = f"{_OF[service]}{origin}"
    if health.failing:
        return ServerFailing(f"{what} has failed at every request for {seconds:.0f} s: {health.reason}")
    return ServerAway(f"{what} has been away for {seconds:.0f} s: {health.reason}")


def refusing(origin: str, window: Window, now: float) -> RefusedTooLong:
    """Say that a window refused for longer than patience."""
    seconds = now - (window.refused_since or now)
    asked = f"; it asks to wait for {window.asked_for:.0f} s more" if window.asked_for else ""
    detail = f"{origin} has refused every request for {seconds:.0f} s (rate limit, {window.name}){asked}"
    return RefusedTooLong(status=429, method="", path="", detail=detail)
