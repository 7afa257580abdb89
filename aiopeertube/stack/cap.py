"""The user's own limit, below the server's: aiolimiter's bucket, made so that it is never exceeded in any span."""

from typing import Final

from aiolimiter import AsyncLimiter

from aiopeertube.errors import ConfigurationError

_UNITS: Final = {"s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}


def parse_rate(text: str) -> AsyncLimiter:
    """Make a limiter from "20/s", "300/min" or "50/10s" that never exceeds it in any span of that length.

    A bucket of capacity b lets b requests go at once *and* its leak besides, so the whole rate as capacity lets
    nearly twice the rate into one span. Evenly spaced, with the leak one request slower, it keeps the promise.

    Raises:
        ConfigurationError: `text` is not of that form.
    """
    count, slash, span = text.replace(" ", "").partition("/")
    digits = span.rstrip("abcdefghijklmnopqrstuvwxyz")
    unit = _UNITS.get(span[len(digits) :])
    try:
        number, seconds = int(count), float(digits or 1) * (unit or 0)
    except ValueError:
        number, seconds = 0, 0.0
    if not slash or number < 1 or not 0 < seconds < float("inf"):
        raise ConfigurationError(f'rate: {text!r} is not a rate; write it like "20/s", "300/min" or "50/10s"')
    return AsyncLimiter(1, seconds / max(1, number - 1) if number > 1 else seconds)
