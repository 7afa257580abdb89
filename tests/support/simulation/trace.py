"""What happened, in order: the proof that a seed gives one run, and what a person reads when it fails."""

import hashlib
from collections.abc import Callable
from typing import Any

from virtual_clock import START


class Trace:
    """Events with their virtual times."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.host = ""  # where a server really listens: its port is no choice of the seed
        self.events: list[tuple[float, str, tuple[Any, ...]]] = []

    def note(self, what: str, *details: Any) -> None:
        """Note that something happened now."""
        self.events.append((self._clock(), what, details))

    def digest(self) -> str:
        """Return a hash of all events: the same for the same seed."""
        return hashlib.blake2b("\n".join(self.lines()).encode(), digest_size=16).hexdigest()

    def lines(self) -> list[str]:
        """Return the events as text, with seconds since the beginning."""
        lines = [f"{at - START:12.6f}  {what:<12} {' '.join(map(str, details))}" for at, what, details in self.events]
        return [line.replace(self.host, "here") for line in lines] if self.host else lines
