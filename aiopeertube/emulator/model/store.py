"""The data of the emulated server."""

import random
from collections.abc import Callable, Iterable
from typing import Any

from . import ids
from .archives import Archive
from .community import WATCH_LATER, Community, Playlist
from .constants import PRIVATE
from .entities import Caption, Channel, Marks, Token, User, Video, VideoImport
from .kept import Kept
from .notices import Notices
from .runners import Runners
from .uploads import PendingUploads

_OBJECTS_ARE_KEPT = 1.0  # seconds


class Store:
    """Users, channels, videos and tokens.

    `users` and `channels` are by name, `videos` by id in order of creation, `tokens` by access token (expired ones
    included), `captions` by id of the video and language, `imports` by id. `uploads` are unfinished files,
    `former_channels` the names of channels that were removed.
    """

    def __init__(self, seed: int, clock: Callable[[], float]) -> None:
        self._random = random.Random(f"store {seed}")  # noqa: S311 -- an emulator has no secrets.
        self._clock = clock
        self._by_uuid: dict[str, Video] = {}
        self._by_refresh: dict[str, Token] = {}
        self._file_tokens: dict[str, tuple[int, float]] = {}
        self._last_video = self._last_user = self._last_channel = 0
        self.community = Community()
        self.notices = Notices()
        self.marks = Marks()
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.former_channels: set[str] = set()
        self.videos: dict[int, Video] = {}
        self.tokens: dict[str, Token] = {}
        self.captions: dict[int, dict[str, Caption]] = {}
        self.pictures: dict[str, bytes] = {}  # that were sent, by the UUID in their names
        self.uploads = PendingUploads()
        self.objects = Kept(_OBJECTS_ARE_KEPT)
        self.imports: dict[int, VideoImport] = {}
        self.runners = Runners(self.new_uuid, clock)
        self.exports: dict[int, Archive] = {}  # that were made
        self.archives: dict[int, Archive] = {}  # that users brought
        self.client_id = f"{self._random.getrandbits(128):032x}"
        self.client_secret = f"{self._random.getrandbits(128):032x}"

    def add_user(self, username: str, password: str, role: int, otp: str | None = None) -> User:
        """Add a user, their account and their first channel."""
        self._last_user += 1
        # Account 1 belongs to the server itself, so accounts are one ahead of users.
        user = User(self._last_user, username, password, role, otp, self._last_user + 1, self._clock())
        self.users[username] = user
        self.add_channel(f"{username}_channel", user)
        self._add_watch_later(user)
        return user

    def _add_watch_later(self, user: User) -> None:
        """Give a user the playlist that everybody has."""
        draw = random.Random(f"watch later {user.username}")  # noqa: S311 -- an emulator has no secrets.
        number, uuid = self.community.number("playlist"), ids.uuid_from_bits(draw.getrandbits(128))
        made = Playlist(number, uuid, user, "Watch later", 3, user.created_at, user.created_at, WATCH_LATER)
        self.community.playlists[number] = made
        user.watch_later = number

    def user_by_id(self, number: int) -> User | None:
        """Return a user by id."""
        return next((user for user in self.users.values() if user.id == number), None)

    def remove_user(self, user: User) -> None:
        """Remove a user and all that is theirs."""
        for channel in self.channels_of(user):
            self.remove_channel(channel)
        for token in [token for token in self.tokens.values() if token.user is user]:
            self.revoke(token)
        self.community.forget_user(user)
        self.notices.forget_user(user)
        for kept in (self.exports, self.archives):
            for archive in [each for each in kept.values() if each.user is user]:
                del kept[archive.id]
        del self.users[user.username]

    def add_channel(self, name: str, owner: User, display_name: str | None = None, **fields: Any) -> Channel:
        """Add a channel of a user."""
        now = self._clock()
        self._last_channel += 1
        channel = Channel(self._last_channel, name, display_name or name, owner, now, now, **fields)
        self.channels[name] = channel
        return channel

    def remove_channel(self, channel: Channel) -> None:
        """Remove a channel and its videos; playlists become private, and the name is not free again."""
        for video in self.videos_of([channel]):
            self.remove_video(video)
        for playlist in self.community.playlists_of(channel):
            playlist.channel, playlist.privacy = None, PRIVATE
        self.community.forget_channel(channel)
        del self.channels[channel.name]
        self.former_channels.add(channel.name)

    def give_channel(self, channel: Channel, owner: User) -> None:
        """Give a channel to another user, with what is in it."""
        channel.owner = owner
        channel.collaborators.discard(owner.id)
        for playlist in self.community.playlists_of(channel):
            playlist.owner = owner
        self.marks.structure += 1
        self.marks.content += 1

    def channel_by_id(self, number: int) -> Channel | None:
        """Return a channel by id."""
        return next((channel for channel in self.channels.values() if channel.id == number), None)

    def channels_of(self, user: User) -> list[Channel]:
        """Return a user's channels."""
        return [channel for channel in self.channels.values() if channel.owner is user]

    def channels_shared_with(self, user: User) -> list[Channel]:
        """Return the channels of others that a user may edit."""
        return [channel for channel in self.channels.values() if user.id in channel.collaborators]

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
        self.community.forget_video(video)
        self.notices.forget_video(video)
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

    def open_files(self, video: Video, until: float) -> str:
        """Make a token that opens a video's files for a while."""
        token = self.new_uuid()
        self._file_tokens[token] = (video.id, until)
        return token

    def opens(self, token: str, video: Video, now: float) -> bool:
        """Tell whether a token opens a video's files."""
        number, until = self._file_tokens.get(token, (0, 0.0))
        return number == video.id and until > now

    def revoke(self, token: Token) -> None:
        """Revoke both tokens of a pair."""
        self.tokens.pop(token.access, None)
        self._by_refresh.pop(token.refresh, None)
