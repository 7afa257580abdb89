"""The rate limit: fixed windows, one per client address."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of a client's window after a request."""

    allowed: bool
    headers: dict[str, str]  # of the answer


@dataclass(slots=True)
class _Window:
    ends_at: float
    hits: int


class FixedWindows:
    """Counts requests in windows; a window opens with the first request after the last one closed.

    `limit` requests are allowed in each window of `seconds`.

    A refused request is counted but does not extend the window.

    `limit` may be changed at any time, as administrators do, and `seconds` from the next window on.
    """

    def __init__(self, limit: int, seconds: float) -> None:
        self.limit = limit
        self.seconds = seconds
        self._windows: dict[str, _Window] = {}

    def hit(self, client: str, now: float) -> Standing:
        """Count a request of a client."""
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
