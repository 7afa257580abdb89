"""Answers that are kept for a while, and may be old."""

from collections.abc import Callable

_MOST = 1024


class Kept:
    """Keeps what was made under a name for so many seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._made: dict[str, tuple[float, bytes]] = {}

    def kept(self, name: str, now: float, make: Callable[[], bytes]) -> bytes:
        """Return what is kept, or else what `make` makes."""
        found = self._made.get(name)
        if found is None or not 0 <= now - found[0] < self._seconds:
            if len(self._made) >= _MOST:
                self._made.clear()
            found = self._made[name] = (now, make())
        return found[1]
