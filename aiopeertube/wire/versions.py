"""Which versions of PeerTube have an operation."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Versions:
    """The first and the last version that is known to have an operation; None: it has no such bound."""

    since: str | None = None
    until: str | None = None

    def __str__(self) -> str:
        if self.until is None:
            return f"PeerTube has it from {self.since} on"
        return f"PeerTube had it up to {self.until}" + (f", from {self.since} on" if self.since else "")
