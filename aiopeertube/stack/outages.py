"""The errors that the end of patience raises, in words: what was away or refused, for how long, and why."""

from aiopeertube.errors import RefusedTooLong, ServerAway, ServerFailing

from .health import Health
from .window import Window

_OF: dict[str, str] = {"api": "", "token": "the token endpoint of "}


def given_up(
    origin: str, healths: dict[str, Health], model: Health | Window, now: float
) -> ServerAway | RefusedTooLong:
    """Say why there is no use in waiting any more: for a service, or for a window."""
    if isinstance(model, Window):
        return _refusing(origin, model, now)
    service = next(name for name, health in healths.items() if health is model)
    return _away(origin, service, model, now)


def _away(origin: str, service: str, health: Health, now: float) -> ServerAway:
    """Say that a service was away for longer than patience."""
    seconds = 0.0 if health.since is None else now - health.since
    what = f"{_OF[service]}{origin}"
    if health.failing:
        return ServerFailing(f"{health.reason} ({what} has failed at every request for {seconds:.0f} s)")
    return ServerAway(f"{health.reason} ({what} has been away for {seconds:.0f} s)")


def _refusing(origin: str, window: Window, now: float) -> RefusedTooLong:
    """Say that a window refused for longer than patience."""
    seconds = 0.0 if window.refused_since is None else now - window.refused_since
    asked = f"; it asks to wait for {window.asked_for:.0f} s more" if window.asked_for else ""
    detail = f"{origin} has refused every request for {seconds:.0f} s (rate limit, {window.name}){asked}"
    return RefusedTooLong(status=429, method="", path="", detail=detail)
