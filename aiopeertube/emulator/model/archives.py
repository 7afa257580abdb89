"""Archives of all that users have: made by the server, or brought from another one."""

from dataclasses import dataclass

from .entities import User

PROCESSING, COMPLETED, FAILED = 2, 3, 4
LABELS = {PROCESSING: "Processing", COMPLETED: "Completed", FAILED: "Failed"}
# For so long the server works on an archive here; a real one for as long as there is much in it.
_WORKING_SECONDS = 0.1


@dataclass(slots=True, eq=False)
class Archive:
    """An archive; `state` is what becomes of it."""

    id: int
    user: User
    created_at: float
    content: bytes = b""
    token: str = ""  # opens one that is made
    state: int = COMPLETED

    def state_at(self, now: float) -> int:
        """Return how far the server is with it."""
        return self.state if now - self.created_at >= _WORKING_SECONDS else PROCESSING
