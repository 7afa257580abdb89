"""What goes over a fleet's stream: pages of videos, and what became of each instance."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Generic, Literal, TypeVar

import orjson

from aiopeertube import errors
from aiopeertube._pagination import Position
from aiopeertube.errors import PeerTubeError

from .addresses import Instance

T = TypeVar("T")
State = Literal["done", "incomplete", "moved", "forbidden", "away", "odd", "bounded"]

# In the order in which people are shown them.
STATES: Final[dict[str, str]] = {
    "done": "all of its videos were read, but for some that came meanwhile",
    "incomplete": "it gave fewer videos than it counts, or more than it ever counted",
    "moved": "it is read at another address: it redirects there, or calls itself so",
    "forbidden": "it does not want to be read (401, 403, 410, 451, or refused for too long)",
    "away": "it does not answer",
    "odd": "what answers is no PeerTube, or makes no sense",
    "bounded": "a bound was reached",
}
FINISHED: Final = frozenset({"done", "incomplete", "moved", "forbidden"})  # going there again makes nothing better
_FORBIDDEN: Final = frozenset({401, 403, 410, 451})


@dataclass(frozen=True, slots=True)
class Record:
    """What became of an instance, over all of its visits.

    Attributes:
        origin: Its address.
        state: One of `STATES`.
        reason: Why, in words.
        videos: Videos that it gave.
        total: Videos that it counts, as far as it said.
        pages: Pages that they came in.
        requests, bytes, seconds: What the last visit took.
        moved_to: The address that it is read at.
    """

    origin: str
    state: State
    reason: str = ""
    videos: int = 0
    total: int | None = None
    pages: int = 0
    requests: int = 0
    bytes: int = 0
    seconds: float = 0.0
    moved_to: str = ""

    @property
    def ok(self) -> bool:
        """Whether all that there is was read, here or at the address that took its place."""
        return self.state in {"done", "moved"}

    def row(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Page:
    """Some videos of an instance, as lines of JSON; `number` counts its pages, `position` is where it stands then."""

    instance: Instance
    number: int
    position: Position
    count: int
    lines: bytes

    def rows(self) -> list[dict[str, Any]]:
        """Return the videos."""
        return [orjson.loads(line) for line in self.lines.splitlines()]

    def __repr__(self) -> str:
        return f"<Page {self.number} of {self.instance.host}, {self.count} videos>"


Event = Page | Record


class Elsewhere(errors.RedirectRefused):
    """An instance redirects to another origin: `location`, "" where that is no instance's."""


class CalledOtherwise(PeerTubeError):
    """An instance calls itself by another name, which is on the list as well: it is read by that one."""

    def __init__(self, origin: str, name: str) -> None:
        super().__init__(f"{origin} calls itself {name}, and is read by that name")
        self.called = name


def state_of(error: PeerTubeError) -> State:
    """Return what an error makes of an instance."""
    if isinstance(error, CalledOtherwise) or (isinstance(error, Elsewhere) and error.location):
        return "moved"
    refused = isinstance(error, errors.ApiError) and error.status in _FORBIDDEN
    if refused or isinstance(error, errors.RateLimited | errors.AuthenticationError):
        return "forbidden"
    if isinstance(error, errors.TransportError | errors.ServerError):
        return "away"
    return "odd"


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What an instance gave to a function, or the error that it ended with."""

    instance: Instance
    result: T | None = None
    error: PeerTubeError | None = None

    @property
    def ok(self) -> bool:
        """Whether there is a result."""
        return self.error is None


@dataclass(frozen=True, slots=True)
class FleetStatistics:
    """How far a fleet is: instances by state, and what they gave.

    `instances` counts all of them, also those that others turned out to lead to.
    """

    instances: int
    waiting: int
    at_work: int
    states: Mapping[str, int]
    videos: int
    pages: int
