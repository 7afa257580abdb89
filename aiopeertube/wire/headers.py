"""What headers say of the rate limit and of time; no I/O."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Final

_DIGITS: Final = 15  # a longer number is no count and no time
_LONGEST_DATE: Final = 64  # characters


@dataclass(frozen=True, slots=True)
class RateHeaders:
    """The rate limit as an answer reports it. `reset` and `date` are epoch seconds of the server's clock."""

    limit: int
    remaining: int
    reset: int | None
    date: int | None
    retry_after: float | None


def rate_headers(headers: Mapping[str, str]) -> RateHeaders | None:
    """Read the X-RateLimit headers; None when they are missing or malformed."""
    limit = _whole(headers.get("x-ratelimit-limit"))
    remaining = _whole(headers.get("x-ratelimit-remaining"))
    if not limit or remaining is None:
        return None
    return RateHeaders(
        limit,
        remaining,
        _whole(headers.get("x-ratelimit-reset")),
        epoch(headers.get("date")),
        retry_after(headers),
    )


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Read Retry-After in seconds; a date, which proxies send, counts from the answer's own Date or from now."""
    text = headers.get("retry-after")
    seconds = _whole(text)
    if seconds is not None or text is None:
        return seconds
    then = epoch(text)
    return None if then is None else max(0.0, then - (epoch(headers.get("date")) or time.time()))


def _whole(text: str | None) -> int | None:
    good = text is not None and len(text) <= _DIGITS and text.isascii() and text.isdigit()
    return int(text) if good else None  # type: ignore[arg-type]


@lru_cache(maxsize=8)  # the header changes once a second, answers come more often
def epoch(date: str | None) -> int | None:
    """Read a Date header as epoch seconds."""
    if date is None or len(date) > _LONGEST_DATE:
        return None
    try:
        return int(parsedate_to_datetime(date).timestamp())
    except (ValueError, OverflowError):
        return None
