"""Videos that the server fetches from elsewhere."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiopeertube.emulator.store import User, Video

PENDING, SUCCESS, FAILED = 1, 2, 3

IMPORT_STATES = {PENDING: "Pending", SUCCESS: "Success", FAILED: "Failed"}


@dataclass(slots=True, eq=False)
class VideoImport:
    """A video that is, or was, fetched from elsewhere."""

    id: int
    user: "User" = field(repr=False)
    video: "Video"
    target_url: str
    created_at: float
    updated_at: float
    state: int = PENDING
