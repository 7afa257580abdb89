"""What the steps of somebody else's client came to, in a form in which two servers can be held against each other."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Job:
    """What a client is to work on: a server, a user, a channel with one video of theirs, a short film."""

    url: str
    username: str
    password: str = field(repr=False)
    channel: str
    channel_id: int
    video: str  # its UUID
    video_id: int
    token: str = field(repr=False)
    film: str  # where it is
    folder: str  # an empty one
    modules: str  # where npm has put its packages; empty: nowhere

    @classmethod
    def read(cls) -> Self:
        """Read the job that the caller writes to stdin: it has a password, which other users see in arguments."""
        return cls(**json.load(sys.stdin))

    def text(self) -> str:
        """Write it."""
        return json.dumps(asdict(self))


@dataclass(frozen=True, slots=True)
class Step:
    """What a step came to, `came_to` word for word, and what it returned, of which only the shape counts."""

    name: str
    came_to: str
    returned: Any = None


class Steps:
    """Takes steps, whatever becomes of them, and prints what came of each."""

    def __init__(self) -> None:
        self.taken: list[Step] = []

    def take(self, name: str, step: Callable[[], Any], *, says: Callable[[Any], str] = lambda _: "done") -> Any:
        """Take a step; what it raises is noted by its kind, and by the status of the answer that it was about."""
        try:
            value = step()
        except Exception as error:  # noqa: BLE001 -- that it fails, and how, is what is compared.
            self.taken.append(Step(name, _told(error)))
            return None
        self.taken.append(Step(name, says(value), plain(value)))
        return value

    def print(self) -> None:
        """Print them for the caller."""
        json.dump([asdict(step) for step in self.taken], sys.stdout)


def _told(error: Exception) -> str:
    """Name an error, with the HTTP status that it has somewhere."""
    response = getattr(error, "response", None)
    status = getattr(response, "status_code", None) or getattr(error, "status_code", None)
    numbers = [status] if status else [each for each in error.args if isinstance(each, int)]
    return " ".join([type(error).__name__, *map(str, numbers)])


def plain(value: Any) -> Any:
    """Make JSON of what a client returns: its objects by their fields, its enumerations by their names."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Enum | datetime):
        return f"{type(value).__name__}"
    if isinstance(value, str | int | float | None):
        return value
    if hasattr(value, "to_dict"):
        return {"()": type(value).__name__, **plain(value.to_dict())}
    fields = {name: item for name, item in vars(value).items() if not name.startswith("_")}
    return {"()": type(value).__name__, **plain(fields)}
