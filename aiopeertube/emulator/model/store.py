"""The data of the emulated server."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from aiopeertube.emulator.wire.video_files import SourceFile

from . import ids
from .constants import COMMENTS_ENABLED, MODERATOR, PUBLIC, PUBLISHED
from .uploads import PendingUploads

# What lists neither sort nor filter by unless they are asked to, see `Marks`.
_COSMETIC = frozenset({
    "name", "category", "licence", "language", "description", "support", "tags", "updated_at",
    "originally_published_at", "comments_policy", "download_enabled", "wait_transcoding", "schedule",
    "passwords", "nsfw_flags", "nsfw_summary", "thumbnail", "preview", "source",
})  # fmt: skip

PENDING, SUCCESS, FAILED = 1, 2, 3  # states of an import

IMPORT_STATES = {PENDING: "Pending", SUCCESS: "Success", FAILED: "Failed"}


@dataclass(slots=True)
class Marks:
    """Counters of changes to videos, so that lists know when to sort again."""

    content: int = 0  # of any kind
    structure: int = 0  # those that affect which videos a plain list has, or their order


@dataclass(slots=True)
class User:
    """A user and their account."""

    id: int
    username: str
    password: str
    role: int
    otp: str | None
    account_id: int
    created_at: float
    last_login_at: float | None = None

    @property
    def is_staff(self) -> bool:
        """Whether this is an administrator or a moderator."""
        return self.role <= MODERATOR


@dataclass(slots=True)
class Channel:
    """A channel and its owner."""

    id: int
    name: str
    display_name: str
    owner: User
    created_at: float
    updated_at: float
    description: str | None = None
    support: str | None = None


@dataclass(slots=True)
class Caption:
    """One language's captions of a video."""

    language: str
    file: str
    content: bytes  # as it was sent
    updated_at: float
    is_srt: bool = False  # the server makes WebVTT of it


@dataclass(slots=True)
class Schedule:
    """A scheduled change of privacy."""

    at: float
    privacy: int | None


@dataclass(slots=True, eq=False)
class Video:
    """A video. Its fields may be changed at any time, and the server shows them from then on."""

    marks: Marks = field(repr=False)
    id: int
    uuid: str
    name: str
    channel: Channel = field(repr=False)
    created_at: float
    updated_at: float
    published_at: float
    category: int | None = None
    licence: int | None = None
    language: str | None = None
    privacy: int = PUBLIC
    nsfw: bool = False
    nsfw_flags: int = 0
    nsfw_summary: str | None = None
    description: str | None = None
    support: str | None = None
    tags: tuple[str, ...] = ()
    comments_policy: int = COMMENTS_ENABLED
    download_enabled: bool = True
    wait_transcoding: bool = False
    originally_published_at: float | None = None
    duration: int = 1
    aspect_ratio: float = 1.7778
    size: int = 2685
    views: int = 0
    likes: int = 0
    dislikes: int = 0
    is_live: bool = False
    state: int = PUBLISHED
    schedule: Schedule | None = None
    passwords: tuple[str, ...] = ()
    # The file's own name; None: derived from the uuid.
    thumbnail: str | None = None
    preview: str | None = None
    # None: it was born with the server.
    source: SourceFile | None = field(default=None, repr=False)

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)
        marks = self.marks
        marks.content += 1
        if name not in _COSMETIC:
            marks.structure += 1


@dataclass(slots=True)
class Token:
    """An access token and the refresh token that came with it."""

    access: str
    refresh: str
    user: User
    access_ends_at: float
    refresh_ends_at: float


@dataclass(slots=True, eq=False)
class VideoImport:
    """An import of a video."""

    id: int
    user: User = field(repr=False)
    video: Video
    target_url: str
    created_at: float
    updated_at: float
    state: int = PENDING


class Store:
    """Users, channels, videos and tokens.

    `users` and `channels` are by name, `videos` by id in order of creation, `tokens` by access token (expired ones
    included), `captions` by id of the video and language, `imports` by id. `uploads` are unfinished files.
    """

    def __init__(self, seed: int, clock: Callable[[], float]) -> None:
        self._random = random.Random(f"store {seed}")  # noqa: S311 -- an emulator has no secrets.
        self._clock = clock
        self._by_uuid: dict[str, Video] = {}
        self._by_refresh: dict[str, Token] = {}
        self._last_video = 0
        self.marks = Marks()
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.videos: dict[int, Video] = {}
        self.tokens: dict[str, Token] = {}
        self.captions: dict[int, dict[str, Caption]] = {}
        self.uploads = PendingUploads()
        self.imports: dict[int, VideoImport] = {}
        self.client_id = f"{self._random.getrandbits(128):032x}"
        self.client_secret = f"{self._random.getrandbits(128):032x}"

    def add_user(self, username: str, password: str, role: int, otp: str | None = None) -> User:
        """Add a user, their account and their first channel."""
        number = len(self.users) + 1
        # Account 1 belongs to the server itself, so accounts are one ahead of users.
        user = User(number, username, password, role, otp, number + 1, self._clock())
        self.users[username] = user
        self.add_channel(f"{username}_channel", user)
        return user

    def add_channel(self, name: str, owner: User, display_name: str | None = None, **fields: Any) -> Channel:
        """Add a channel of a user."""
        now = self._clock()
        channel = Channel(len(self.channels) + 1, name, display_name or name, owner, now, now, **fields)
        self.channels[name] = channel
        return channel

    def channel_by_id(self, number: int) -> Channel | None:
        """Return a channel by id."""
        return next((channel for channel in self.channels.values() if channel.id == number), None)

    def channels_of(self, user: User) -> list[Channel]:
        """Return a user's channels."""
        return [channel for channel in self.channels.values() if channel.owner is user]

    def new_uuid(self) -> str:
        """Return an unused UUID."""
        return ids.uuid_from_bits(self._random.getrandbits(128))

    def add_video(
        self, name: str, channel: Channel, *, uuid: str | None = None, created_at: float | None = None, **fields: Any
    ) -> Video:
        """Add a video with the next id.

        `uuid` None makes a new one. `created_at` is in seconds since 1970; None means now. `fields` are of `Video`.
        """
        self._last_video += 1
        uuid = uuid or self.new_uuid()
        created_at = self._clock() if created_at is None else created_at
        fields.setdefault("updated_at", created_at)
        fields.setdefault("published_at", created_at)
        video = Video(self.marks, self._last_video, uuid, name, channel, created_at, **fields)
        self.videos[video.id] = self._by_uuid[uuid] = video
        return video

    def remove_video(self, video: Video) -> None:
        """Remove a video and what belongs to it."""
        del self.videos[video.id], self._by_uuid[video.uuid]
        self.captions.pop(video.id, None)
        self.marks.content += 1
        self.marks.structure += 1

    def video(self, key: int | str) -> Video | None:
        """Return a video by id, UUID or short UUID."""
        if isinstance(key, int):
            return self.videos.get(key)
        if key.isdigit() and len(key) != ids.SHORT_LENGTH:
            return self.videos.get(int(key))
        uuid = ids.from_short(key) if len(key) == ids.SHORT_LENGTH else key.lower()
        return self._by_uuid.get(uuid)

    def add_import(self, user: User, video: Video, target_url: str) -> VideoImport:
        """Add an import into a video."""
        now = self._clock()
        made = VideoImport(len(self.imports) + 1, user, video, target_url, now, now)
        self.imports[made.id] = made
        return made

    def videos_of(self, channels: Iterable[Channel]) -> list[Video]:
        """Return the videos of `channels`."""
        wanted = {channel.id for channel in channels}
        return [video for video in self.videos.values() if video.channel.id in wanted]

    def issue_token(self, user: User, access_seconds: float, refresh_seconds: float) -> Token:
        """Make a new pair of tokens."""
        now = self._clock()
        access, refresh = (f"{self._random.getrandbits(160):040x}" for _ in range(2))
        token = Token(access, refresh, user, now + access_seconds, now + refresh_seconds)
        self.tokens[access] = self._by_refresh[refresh] = token
        return token

    def token_of_refresh(self, refresh: str) -> Token | None:
        """Return the pair of an unused refresh token."""
        return self._by_refresh.get(refresh)

    def revoke(self, token: Token) -> None:
        """Revoke both tokens of a pair."""
        self.tokens.pop(token.access, None)
        self._by_refresh.pop(token.refresh, None)
