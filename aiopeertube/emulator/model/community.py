"""What users make of videos: comments, ratings, playlists, reports, what they follow and what they mute."""

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any

from .activities import Activity
from .entities import Channel, User, Video
from .offers import Collaborator, Offer

REGULAR, WATCH_LATER = 1, 2
_MOST_ACTIVITIES = 1000  # a run of many edits shall not fill the memory
PENDING, REJECTED, ACCEPTED = 1, 2, 3  # states of a report


@dataclass(slots=True, eq=False)
class Comment:
    """A comment; without `parent` it begins a thread."""

    id: int
    video: Video = field(repr=False)
    user: User
    text: str
    created_at: float
    updated_at: float
    parent: "Comment | None" = None
    deleted_at: float | None = None
    is_held: bool = False

    @property
    def thread(self) -> "Comment":
        """The comment that began its thread."""
        return self if self.parent is None else self.parent.thread


@dataclass(slots=True, eq=False)
class Element:
    """A video's place in a playlist; where it starts and stops is in seconds."""

    id: int
    video: Video = field(repr=False)
    start: int | None = None
    stop: int | None = None


@dataclass(slots=True, eq=False)
class Playlist:
    """A playlist, with its elements in order."""

    id: int
    uuid: str
    owner: User
    name: str
    privacy: int
    created_at: float
    updated_at: float
    kind: int = REGULAR
    description: str | None = None
    channel: Channel | None = None
    thumbnail: str | None = None
    elements: list[Element] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Message:
    """A message between the reporter and the moderators."""

    id: int
    user: User
    text: str
    by_moderator: bool
    created_at: float


@dataclass(slots=True, eq=False)
class Report:
    """A report of a video, a comment or an account."""

    id: int
    reporter: User
    reason: str
    predefined: list[str]
    created_at: float
    updated_at: float
    accused: User
    video: Video | None = field(default=None, repr=False)
    comment: Comment | None = None
    start: int | None = None
    end: int | None = None
    state: int = PENDING
    moderation: str | None = None
    messages: list[Message] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Watched:
    """How far a user watched a video, in seconds, and when."""

    seconds: int
    at: float


@dataclass(slots=True)
class Mutes:
    """Accounts and servers that somebody does not want to see, with the time of muting."""

    accounts: dict[str, float] = field(default_factory=dict)
    hosts: dict[str, float] = field(default_factory=dict)


class Community:
    """All that; ratings and chapters are by id of the video, follows, mutes and histories by id of the user.

    The mutes of 0 are the server's; a history is by id of the video.
    """

    def __init__(self) -> None:
        self.numbers: dict[str, count[int]] = defaultdict(partial(count, 1))
        self.comments: dict[int, Comment] = {}
        self.playlists: dict[int, Playlist] = {}
        self.reports: dict[int, Report] = {}
        self.ratings: dict[int, dict[int, str]] = {}
        self.chapters: dict[int, list[tuple[int, str]]] = {}
        self.follows: dict[int, dict[int, float]] = {}
        self.mutes: dict[int, Mutes] = {}
        self.history: dict[int, dict[int, Watched]] = {}
        self.offers: dict[int, Offer] = {}
        self.collaborators: dict[int, Collaborator] = {}
        self.activities: deque[Activity] = deque(maxlen=_MOST_ACTIVITIES)

    def number(self, kind: str) -> int:
        """Return the next id of a kind of thing."""
        return next(self.numbers[kind])

    def playlists_of(self, channel: Channel) -> list[Playlist]:
        """Return a channel's playlists, in its order."""
        return [each for each in self.playlists.values() if each.channel is channel]

    def rank(self, ordered: list[Playlist]) -> None:
        """Let these playlists follow each other in this order, where they stand among all."""
        places = iter(ordered)
        ranked = [next(places) if each in ordered else each for each in self.playlists.values()]
        self.playlists = {each.id: each for each in ranked}

    def comments_of(self, video: Video) -> list[Comment]:
        """Return a video's comments."""
        return [comment for comment in self.comments.values() if comment.video is video]

    def replies_to(self, comment: Comment) -> list[Comment]:
        """Return the answers to a comment."""
        return [each for each in self.comments.values() if each.parent is comment]

    def mutes_of(self, owner: int) -> Mutes:
        """Return whom a user mutes; 0: the server."""
        return self.mutes.setdefault(owner, Mutes())

    def did(self, user: User, action: int, channel: Channel, now: float, **about: Any) -> None:
        """Note what a user did with a channel; `about` are fields of `Activity`."""
        self.activities.append(Activity(self.number("activity"), user, action, channel, now, **about))

    def _forget_activities(self, goes: Callable[[Activity], bool]) -> None:
        left = [each for each in self.activities if not goes(each)]
        if len(left) < len(self.activities):
            self.activities = deque(left, _MOST_ACTIVITIES)

    def forget_video(self, video: Video) -> None:
        """Remove what belongs to a video."""
        for kept in (self.ratings, self.chapters):
            kept.pop(video.id, None)
        for watched in self.history.values():
            watched.pop(video.id, None)
        self.offers = {number: each for number, each in self.offers.items() if each.video is not video}
        self._forget_activities(lambda each: each.video is video)
        self.comments = {number: each for number, each in self.comments.items() if each.video is not video}
        for playlist in self.playlists.values():
            playlist.elements = [element for element in playlist.elements if element.video is not video]

    def forget_channel(self, channel: Channel) -> None:
        """Remove what belongs to a channel."""
        self.offers = {number: each for number, each in self.offers.items() if each.channel is not channel}
        self.collaborators = {
            number: each for number, each in self.collaborators.items() if each.channel is not channel
        }
        self._forget_activities(lambda each: each.channel is channel)

    def forget_user(self, user: User) -> None:
        """Remove what belongs to a user."""
        self.playlists = {number: each for number, each in self.playlists.items() if each.owner is not user}
        self.comments = {number: each for number, each in self.comments.items() if each.user is not user}
        for kept in (self.follows, self.mutes, self.history):
            kept.pop(user.id, None)
        self.offers = {
            number: each for number, each in self.offers.items() if user is not each.giver and user is not each.taker
        }
        self.collaborators = {number: each for number, each in self.collaborators.items() if each.user is not user}
        self._forget_activities(lambda each: each.user is user)
