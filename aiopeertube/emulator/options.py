"""The options of an emulator."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from .faults import Fault

RoleName = Literal["administrator", "moderator", "user"]

_REFRESH_LIFETIMES = {"6.3": 1209599, "8.2": 2419199}


@dataclass(frozen=True, slots=True)
class UserOptions:
    """One account of the emulated server.

    Attributes:
        username: The name to log in with; the account has the same name and owns ``<username>_channel``.
        password: The password to log in with.
        role: What the account may do.
        otp: The two-factor code of the account; None: no two-factor authentication.
    """

    username: str
    password: str
    role: RoleName = "user"
    otp: str | None = None


DEFAULT_USERS = (
    UserOptions("root", "test-root", "administrator"),
    UserOptions("nisv", "secret123"),
    UserOptions("moderator", "secret123", "moderator"),
    UserOptions("twofactor", "secret123", otp="123456"),
)


@dataclass(frozen=True, slots=True)
class EmulatorOptions:
    """How an emulated server behaves.

    Attributes:
        videos: Number of initial videos, all public and owned by the first ordinary user.
        file_size: Bytes of each initial video's file; None: as many as it lasts long.
        host: The address to listen on.
        port: The port to listen on; 0: any free one.
        server_version: The release to look like.
        rate_limit: Requests per window, and the window's seconds; None: no limit and no headers.
        login_limit: The same for logins, which also count for `rate_limit`.
        object_limit: As `rate_limit`, for ActivityPub objects, which are counted by themselves.
        feed_limit: As `rate_limit`, for feeds, which are counted by themselves.
        latency: Seconds added to each answer, half before and half after, as a network's round trip does;
            no resource of the server is held during it.
        read_seconds: Seconds that reading a list or a video takes; four run at once, others wait.
        write_seconds: Seconds that a write takes by itself; 0.045 is like a small real server. 0: at once, no limits.
        serialization_failures: Whether parallel writes may fail as on a real server
            (needs `write_seconds`).
        imports: Whether users may import videos; nothing is ever fetched.
        replacements: Whether users may replace the files of their videos.
        originals: Whether the files that were uploaded are there for their owners to download.
        additional_extensions: Whether files of other kinds than .webm, .ogv and .mp4 may be uploaded, like .mxf.
        access_token_lifetime: Seconds that an access token is valid.
        refresh_token_lifetime: Seconds that a refresh token is valid; None: the release's default.
        seed: Seed of the generated data and of everything random.
        users: The accounts.
        faults: Initial faults.
        clock: Returns the time in seconds since 1970; tests of windows pass their own.
    """

    videos: int = 50
    file_size: int | None = None
    host: str = "127.0.0.1"
    port: int = 0
    server_version: Literal["6.3", "8.2"] = "6.3"
    rate_limit: tuple[int, float] | None = (50, 10.0)
    login_limit: tuple[int, float] | None = (15, 300.0)
    object_limit: tuple[int, float] | None = (500, 10.0)
    feed_limit: tuple[int, float] | None = (50, 10.0)
    latency: float = 0.0
    read_seconds: float = 0.0
    write_seconds: float = 0.0
    serialization_failures: bool = True
    imports: bool = False
    replacements: bool = False
    originals: bool = False
    additional_extensions: bool = False
    access_token_lifetime: int = 86399
    refresh_token_lifetime: int | None = None
    seed: int = 0
    users: Sequence[UserOptions] = DEFAULT_USERS
    faults: Sequence[Fault] = ()
    clock: Callable[[], float] = time.time

    def __post_init__(self) -> None:
        if self.server_version not in _REFRESH_LIFETIMES:
            msg = f"server_version is one of {', '.join(_REFRESH_LIFETIMES)}, not {self.server_version!r}"
            raise ValueError(msg)
        if self.videos < 0:
            raise ValueError("videos is a number of videos, 0 or more")
        if self.videos and not self.users:
            raise ValueError("videos need a user who owns them")

    @property
    def is_modern(self) -> bool:
        """Whether it looks like 8.x rather than 6.x."""
        return self.server_version == "8.2"

    @property
    def full_version(self) -> str:
        """The version as the server reports it."""
        return "8.2.1" if self.is_modern else "6.3.0"

    @property
    def refresh_lifetime(self) -> int:
        """Seconds that a refresh token is valid."""
        lifetime = self.refresh_token_lifetime
        return _REFRESH_LIFETIMES[self.server_version] if lifetime is None else lifetime
