"""The rate limit: fixed windows, one for each client's address."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a client stands in its window after one more request.

    Attributes:
        allowed: Whether the request is within the limit.
        headers: What the answer tells about it.
    """

    allowed: bool
    headers: dict[str, str]


@dataclass(slots=True)
class _Window:
    ends_at: float
    hits: int


class FixedWindows:
    """Counts requests in windows that open with the first request after the last window has closed.

    A refused request is counted but does not extend the window.

    Args:
        limit: Requests allowed in one window; may be changed at any time, as administrators do.
        seconds: Length of a window; as well, from the next window on.
    """

    def __init__(self, limit: int, seconds: float) -> None:
        self.limit = limit
        self.seconds = seconds
        self._windows: dict[str, _Window] = {}

    def hit(self, client: str, now: float) -> Standing:
        """Counts a request of a client."""
        window = self._windows.get(client)
        if window is None or now >= window.ends_at:
            window = self._windows[client] = _Window(now + self.seconds, 0)
        window.hits += 1
        headers = {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(max(0, self.limit - window.hits)),
            # Whole seconds, rounded up: a client that waits for it waits up to a second too long.
            "X-RateLimit-Reset": str(math.ceil(window.ends_at)),
        }
        allowed = window.hits <= self.limit
        if not allowed:
            headers["Retry-After"] = str(max(0, math.ceil(window.ends_at - now)))
        return Standing(allowed, headers)
