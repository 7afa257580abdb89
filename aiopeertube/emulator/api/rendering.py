"""Bodies: how what is stored looks on the wire."""

from typing import Any
from urllib.parse import quote_plus
from zlib import crc32

from aiopeertube.emulator.model import ids
from aiopeertube.emulator.model.constants import (
    CATEGORIES,
    COMMENT_POLICIES,
    COMMENTS_DISABLED,
    EMBED_POLICIES,
    HIDDEN,
    LICENCES,
    MODERN_LICENCES,
    PRIVACIES,
    ROLES,
    STATES,
    UNKNOWN,
)
from aiopeertube.emulator.model.entities import Caption, Channel, User, Video
from aiopeertube.emulator.model.languages import LANGUAGES, MODERN_LANGUAGES
from aiopeertube.emulator.model.notices import DEFAULTS
from aiopeertube.emulator.wire.clocks import iso
from aiopeertube.emulator.wire.video_files import SourceFile

TRUNCATED_LENGTH = 250
INCLUDE_STATE, INCLUDE_BLOCKED, INCLUDE_OWNER, INCLUDE_FILES = 1, 2, 4, 8
INCLUDE_SOURCE, INCLUDE_AUTOMATIC_TAGS, INCLUDE_TAGS = 32, 64, 128

Body = dict[str, Any]

_ME_OF_8: Body = {
    "nsfwFlagsDisplayed": 0,
    "nsfwFlagsHidden": 0,
    "nsfwFlagsWarned": 0,
    "nsfwFlagsBlurred": 0,
    "language": None,
    "newFeaturesInfoRead": 1,
}
_OWNER_OF_OWN: Body = {"ownerAccountId": None, "ownerAccountName": None}
_SUMMARY = ("url", "name", "host", "avatars", "id", "hostRedundancyAllowed", "displayName")
_PICTURES = "/lazy-static/thumbnails/"
_PICTURE_SIZES = (
    (1920, 1080, "16:9"),
    (1400, 1400, "1:1"),
    (1280, 720, "16:9"),
    (850, 480, "16:9"),
    (280, 157, "16:9"),
)


def truncated(text: str | None) -> str | None:
    """Return a description as in rows: cut to 250 characters, the last three of them dots."""
    if not text:
        return None
    short = _cut(text, TRUNCATED_LENGTH)
    # The server counts characters beyond the basic plane once when it cuts and twice when it checks.
    excess = len(short.encode("utf-16-le")) // 2 - TRUNCATED_LENGTH
    return short if excess <= 0 else _cut(text, TRUNCATED_LENGTH - excess)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 3] + "..."


def unordered(tags: tuple[str, ...], uuid: str) -> list[str]:
    """Return tags in a stable order that is unrelated to the order in which they were sent."""
    return sorted(tags, key=lambda tag: crc32(f"{uuid} {tag}".encode()))


class Renderer:
    """Makes bodies.

    `host` is the server's host and port, as in its URLs; `born` when it was set up, in seconds since 1970; `modern`
    makes it look like 8.x.
    """

    def __init__(self, host: str, born: float, *, modern: bool) -> None:
        self.host = host
        self._born = born
        self.url = f"http://{host}"
        self.modern = modern

    def account(self, user: User) -> Body:
        """Return a user's account."""
        return {
            **self._actor("accounts", user.username),
            "id": user.account_id,
            "hostRedundancyAllowed": False,
            "followingCount": 0,
            "followersCount": 0,
            "createdAt": iso(user.created_at),
            "displayName": user.display_name,
            "description": user.description,
            "updatedAt": iso(user.created_at),
            "userId": user.id,
        }

    def server_account(self) -> Body:
        """Return the account of the server itself."""
        at = iso(self._born)
        return {
            **self._actor("accounts", "peertube"),
            "id": 1,
            "hostRedundancyAllowed": False,
            "followingCount": 0,
            "followersCount": 0,
            "createdAt": at,
            "displayName": "peertube",
            "description": None,
            "updatedAt": at,
        }

    def account_summary(self, user: User) -> Body:
        """Return a user's account as lists of channels in 8.x show it."""
        body = self.account(user)
        return {name: body[name] for name in _SUMMARY}

    def listed_channel(self, channel: Channel) -> Body:
        """Return a channel as lists show it."""
        body = self.channel(channel)
        return {**body, "ownerAccount": self.account_summary(channel.owner)} if self.modern else body

    def channel(self, channel: Channel, *, with_owner: bool = True) -> Body:
        """Return a channel in full."""
        body = {
            **self._actor("video-channels", channel.name),
            "avatars": channel.pictures.get("avatar", []),
            "id": channel.id,
            "hostRedundancyAllowed": False,
            "followingCount": 0,
            "followersCount": 0,
            "createdAt": iso(channel.created_at),
            "banners": channel.pictures.get("banner", []),
            "displayName": channel.display_name,
            "description": channel.description,
            "support": channel.support,
            "isLocal": True,
            "updatedAt": iso(channel.updated_at),
        }
        if self.modern:
            body["publicEmail"] = channel.public_email
        if with_owner:
            body["ownerAccount"] = self.account(channel.owner)
        return body

    def me(self, user: User, channels: list[Channel], shared: list[Channel]) -> Body:
        """Return the user who asks, with their channels, and those of others that are `shared` with them."""
        more = _OWNER_OF_OWN if self.modern else {}
        body = {
            "id": user.id,
            "username": user.username,
            "email": user.email,
            "theme": "instance-default",
            "pendingEmail": None,
            "emailVerified": None,
            "nsfwPolicy": "do_not_list",
            "p2pEnabled": True,
            "videosHistoryEnabled": True,
            "autoPlayVideo": True,
            "autoPlayNextVideo": False,
            "autoPlayNextVideoPlaylist": True,
            "videoLanguages": None,
            "role": {"id": user.role, "label": ROLES[user.role]},
            "videoQuota": user.quota,
            "videoQuotaDaily": user.daily_quota,
            "noInstanceConfigWarningModal": False,
            "noWelcomeModal": False,
            "noAccountSetupWarningModal": False,
            "blocked": user.is_blocked,
            "blockedReason": user.blocked_reason,
            "account": self.account(user),
            "notificationSettings": DEFAULTS | ({"automaticBlocklist": 1} if self.modern else {}),
            "videoChannels": [self.channel(channel, with_owner=False) | more for channel in channels],
            "createdAt": iso(user.created_at),
            "pluginAuth": None,
            "lastLoginDate": None if user.last_login_at is None else iso(user.last_login_at),
            "twoFactorEnabled": user.otp is not None,
            "adminFlags": user.admin_flags,
            "specialPlaylists": [{"id": user.watch_later, "name": "Watch later", "type": 2}],
        }
        if not self.modern:
            return body | {"emailPublic": False} | user.settings
        return body | _ME_OF_8 | {"videoChannelCollaborations": list(map(self._shared, shared))} | user.settings

    def _shared(self, channel: Channel) -> Body:
        """Return a channel of another user that is edited together."""
        owner = self.account_summary(channel.owner)
        del owner["url"]
        names = {"ownerAccountId": owner["id"], "ownerAccountName": owner["name"]}
        return {**self.channel(channel, with_owner=False), "ownerAccount": owner, **names}

    def rows(self, videos: list[Video], include: int = 0) -> list[Body]:
        """Return videos as a list shows them."""
        return [self._row(video, include) for video in videos]

    def own_rows(self, videos: list[Video]) -> list[Body]:
        """Return videos as their owner's list shows them."""
        more = INCLUDE_OWNER | INCLUDE_TAGS if self.modern else 0
        rows = self.rows(videos, INCLUDE_STATE | INCLUDE_BLOCKED | more)
        return [row | _schedule(video) for row, video in zip(rows, videos, strict=True)]

    def video(self, video: Video) -> Body:
        """Return a video in full."""
        body = {
            **self._row(video, INCLUDE_BLOCKED | INCLUDE_FILES),
            "description": video.description,
            "account": self.account(video.channel.owner),
            "channel": self.channel(video.channel) | {"banners": []},  # which only the channel's own page has
            **_schedule(video),
            "support": video.support,
            "tags": unordered(video.tags, video.uuid),
            "commentsPolicy": {"id": video.comments_policy, "label": COMMENT_POLICIES[video.comments_policy]},
            "downloadEnabled": video.download_enabled,
            "waitTranscoding": video.wait_transcoding,
            "inputFileUpdatedAt": None if video.file_updated_at is None else iso(video.file_updated_at),
            "state": _constant(video.state, STATES),
            "trackerUrls": [f"{self.url}/tracker/announce", f"ws://{self.host}/tracker/socket"],
        }
        if self.modern:
            return body | {"liveSchedules": [], "embedPrivacyPolicy": _constant(video.embed_policy, EMBED_POLICIES)}
        return body | {
            "descriptionPath": f"/api/v1/videos/{video.uuid}/description",
            "commentsEnabled": video.comments_policy != COMMENTS_DISABLED,
        }

    def source(self, source: SourceFile, kept: str = "") -> Body:
        """Return what is known of the file that was uploaded, and is `kept` under this name; "": it is not."""
        return {
            **({} if self.modern else {"filename": source.name, "fileUrl": None}),
            "inputFilename": source.name,
            "fileDownloadUrl": f"{self.url}/download/original-video-files/{kept}" if kept else None,
            "resolution": {"id": 720, "label": "720p"},
            "size": source.size,
            "width": 1280,
            "height": 720,
            "fps": 25,
            "metadata": {},
            "createdAt": iso(source.created_at),
        }

    def caption(self, caption: Caption) -> Body:
        """Return one language's captions."""
        path = f"/lazy-static/video-captions/{caption.file}"
        return {
            "language": _constant(caption.language, MODERN_LANGUAGES if self.modern else LANGUAGES),
            "automaticallyGenerated": False,
            "captionPath": path,
            **({"fileUrl": f"{self.url}{path}", "m3u8Url": None} if self.modern else {}),
            "updatedAt": iso(caption.updated_at),
        }

    def _actor(self, kind: str, name: str) -> Body:
        return {"url": f"{self.url}/{kind}/{name}", "name": name, "host": self.host, "avatars": []}

    def _row(self, video: Video, include: int) -> Body:
        uuid, short = video.uuid, truncated(video.description)
        channel = video.channel
        updated, originally = video.updated_at, video.originally_published_at
        body = {
            "id": video.id,
            "uuid": uuid,
            "shortUUID": ids.to_short(uuid),
            "url": f"{self.url}/videos/watch/{uuid}",
            "name": video.name,
            "category": _constant(video.category, CATEGORIES),
            "licence": _constant(video.licence, MODERN_LICENCES if self.modern else LICENCES),
            "language": _constant(video.language, MODERN_LANGUAGES if self.modern else LANGUAGES),
            "privacy": _constant(video.privacy, PRIVACIES),
            "nsfw": video.nsfw,
            "truncatedDescription": short,
            "description": short,
            "isLocal": True,
            "duration": video.duration,
            "aspectRatio": video.aspect_ratio,
            "views": video.views,
            "viewers": 0,
            "likes": video.likes,
            "dislikes": video.dislikes,
            "thumbnailPath": f"/lazy-static/thumbnails/{video.thumbnail or uuid}.jpg",
            "previewPath": f"/lazy-static/previews/{video.preview or uuid}.jpg",
            "embedPath": f"/videos/embed/{uuid}",
            "createdAt": iso(video.created_at),
            "updatedAt": iso(updated),
            "publishedAt": iso(video.published_at),
            "originallyPublishedAt": None if originally is None else iso(originally),
            "isLive": video.is_live,
            "account": self.user_summary(channel.owner),
            "channel": self.channel_summary(channel),
        }
        if self.modern:
            body |= self._of_8(video)
        if include:
            body |= self._included(video, include)
        return body

    def _of_8(self, video: Video) -> Body:
        """Return what rows of 8.x have besides, or otherwise."""
        name = video.thumbnail or video.uuid
        pictures = [
            {
                "height": height,
                "width": width,
                "aspectRatio": ratio,
                "fileUrl": f"{self.url}{_PICTURES}{name}-{width}.jpg",
            }
            for width, height, ratio in _PICTURE_SIZES
        ]
        return {
            "nsfwFlags": video.nsfw_flags,
            "nsfwSummary": video.nsfw_summary,
            "downloads": 0,
            "thumbnailPath": f"{_PICTURES}{name}-280.jpg",
            "previewPath": f"{_PICTURES}{name}-1920.jpg",
            "thumbnails": pictures,
            "embedPath": f"/videos/embed/{ids.to_short(video.uuid)}",
            "comments": video.comments,
        }

    def user_summary(self, user: User) -> Body:
        """Return a user's account as rows of videos show it."""
        return self._summary("accounts", user.account_id, user.username, user.display_name)

    def channel_summary(self, channel: Channel) -> Body:
        """Return a channel as rows of videos show it."""
        return self._summary("video-channels", channel.id, channel.name, channel.display_name)

    def _summary(self, kind: str, number: int, name: str, display_name: str) -> Body:
        return {
            "id": number,
            "displayName": display_name,
            "name": name,
            "url": f"{self.url}/{kind}/{name}",
            "host": self.host,
            "avatars": [],
        }

    def _included(self, video: Video, include: int) -> Body:
        """Return what `include` adds to a row."""
        more: Body = {}
        if include & INCLUDE_STATE:
            more["state"] = _constant(video.state, STATES)
            more["waitTranscoding"] = video.wait_transcoding
            more |= _schedule(video) if self.modern else {}
        if include & INCLUDE_BLOCKED:
            reason = None if video.blocked is None else video.blocked.reason
            more |= {"blacklisted": video.blocked is not None, "blacklistedReason": reason}
        if include & INCLUDE_OWNER:
            more |= {"blockedOwner": False, "blockedServer": False}
        if include & INCLUDE_FILES:
            more |= {"streamingPlaylists": [], "files": [self.file(video)]}
        if include & INCLUDE_SOURCE:
            more["videoSource"] = None if video.source is None else self.source(video.source)
        if include & INCLUDE_AUTOMATIC_TAGS:
            more["automaticTags"] = []
        if include & INCLUDE_TAGS and self.modern:
            more["tags"] = unordered(video.tags, video.uuid)
        return more

    def file(self, video: Video) -> Body:
        """Return the one file of a video."""
        name = f"{video.uuid}-720"
        folder = "web-videos/private" if video.privacy in HIDDEN else "web-videos"
        torrent, file = f"{name}.torrent", f"{self.url}/static/{folder}/{name}.mp4"
        source = quote_plus(f"{self.url}/lazy-static/torrents/{torrent}")
        digest = video.uuid.replace("-", "") + "00000000"
        return {
            "id": video.id,
            "resolution": {"id": 720, "label": "720p"},
            "width": 1280,
            "height": 720,
            "magnetUri": f"magnet:?xs={source}&xt=urn:btih:{digest}&dn={quote_plus(video.name)}"
            f"&tr={quote_plus(f'{self.url}/tracker/announce')}&ws={quote_plus(file)}",
            "size": video.size,
            "fps": 25,
            "torrentUrl": f"{self.url}/lazy-static/torrents/{torrent}",
            "torrentDownloadUrl": f"{self.url}/download/torrents/{torrent}",
            "fileUrl": file,
            "fileDownloadUrl": f"{self.url}/download/web-videos/{name}.mp4",
            "metadataUrl": f"{self.url}/api/v1/videos/{video.uuid}/metadata/{video.id}",
            "hasAudio": True,
            "hasVideo": True,
            "storage": 0,
        }


def _constant(key: Any, labels: dict[Any, str]) -> Body:
    return {"id": key, "label": labels.get(key, UNKNOWN)}


def _schedule(video: Video) -> Body:
    if video.schedule is None:
        return {}
    scheduled: Body = {"updateAt": iso(video.schedule.at)}
    if video.schedule.privacy is not None:
        scheduled["privacy"] = video.schedule.privacy
    return {"scheduledUpdate": scheduled}
