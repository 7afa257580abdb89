"""What the emulated server keeps: users, channels, videos and what comes with them."""

from dataclasses import dataclass, field
from typing import Any

from aiopeertube.emulator.wire.video_files import SourceFile

from .constants import COMMENTS_ENABLED, MODERATOR, PUBLIC, PUBLISHED

# What lists neither sort nor filter by unless they are asked to, see `Marks`.
_COSMETIC = frozenset({
    "name", "category", "licence", "language", "description", "support", "tags", "updated_at",
    "originally_published_at", "comments_policy", "download_enabled", "wait_transcoding", "schedule",
    "passwords", "nsfw_flags", "nsfw_summary", "thumbnail", "preview", "source", "comments", "embed_policy",
    "embed_domains",
})  # fmt: skip

PENDING, SUCCESS, FAILED, CANCELLED = 1, 2, 3, 5  # states of an import

IMPORT_STATES = {PENDING: "Pending", SUCCESS: "Success", FAILED: "Failed", CANCELLED: "Cancelled"}


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
    email: str = ""
    display_name: str = ""
    description: str | None = None
    quota: int = -1  # bytes; -1: no limit
    daily_quota: int = -1
    admin_flags: int = 0
    is_blocked: bool = False
    blocked_reason: str | None = None
    watch_later: int = 0  # id of that playlist
    feed_token: str = ""  # opens the feed of what they follow; empty: they never asked for it
    settings: dict[str, Any] = field(default_factory=dict)  # as they show themselves to the user

    def __post_init__(self) -> None:
        self.email = self.email or f"{self.username}@example.com"
        self.display_name = self.display_name or self.username

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
    public_email: str | None = None
    pictures: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # by kind: avatar, banner
    collaborators: set[int] = field(default_factory=set)  # ids of users who may edit it besides

    def is_managed_by(self, user: User) -> bool:
        """Whether a user may edit it and what is in it."""
        return user.is_staff or self.owner is user or user.id in self.collaborators


@dataclass(slots=True)
class Caption:
    """One language's captions of a video."""

    language: str
    file: str
    content: bytes  # as it was sent
    updated_at: float
    is_srt: bool = False  # the server makes WebVTT of it


@dataclass(slots=True, eq=False)
class Block:
    """That moderators took a video from the public."""

    id: int
    created_at: float
    updated_at: float
    reason: str | None = None
    note: str | None = None
    unfederated: bool = False


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
    file_updated_at: float | None = None  # when another file came; None: never
    # None: it was born with the server.
    source: SourceFile | None = field(default=None, repr=False)
    comments: int = 0
    embed_policy: int = 1
    embed_domains: tuple[str, ...] = ()
    # Why moderators took it from the public; None: they did not.
    blocked: "Block | None" = field(default=None, repr=False)

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
    error: str | None = None
