"""Private: one file per noun of the API, named after its paths; the client's attributes are instances of these.

A noun's module, and the types it knows, are imported when the noun is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from .abuse_messages import AbuseMessages as AbuseMessages
    from .abuses import Abuses as Abuses
    from .accounts import Accounts as Accounts
    from .auth import Auth as Auth
    from .automatic_tags import AutomaticTags as AutomaticTags
    from .blocklist import Blocklist as Blocklist
    from .captions import Captions as Captions
    from .channel_pictures import ChannelAvatar as ChannelAvatar
    from .channel_pictures import ChannelBanner as ChannelBanner
    from .channel_syncs import ChannelSyncs as ChannelSyncs
    from .channels import Channels as Channels
    from .chapters import Chapters as Chapters
    from .client_config import ClientConfig as ClientConfig
    from .collaborators import Collaborators as Collaborators
    from .comments import Comments as Comments
    from .config import Config as Config
    from .custom_pages import CustomPages as CustomPages
    from .downloads import Downloads as Downloads
    from .embed_privacy import EmbedPrivacy as EmbedPrivacy
    from .feeds import Feeds as Feeds
    from .imports import Imports as Imports
    from .jobs import Jobs as Jobs
    from .lives import Lives as Lives
    from .me import Me as Me
    from .metrics import Metrics as Metrics
    from .overviews import Overviews as Overviews
    from .ownership import ChannelOwnership as ChannelOwnership
    from .ownership import VideoOwnership as VideoOwnership
    from .player_settings import PlayerSettings as PlayerSettings
    from .playlist_elements import PlaylistElements as PlaylistElements
    from .playlists import Playlists as Playlists
    from .plugins import Plugins as Plugins
    from .runners import Runners as Runners
    from .search import Search as Search
    from .server import Server as Server
    from .studio import Studio as Studio
    from .uploads import Uploads as Uploads
    from .users import Users as Users
    from .video_blacklist import VideoBlacklist as VideoBlacklist
    from .video_files import VideoFiles as VideoFiles
    from .video_passwords import VideoPasswords as VideoPasswords
    from .video_source import Source as Source
    from .video_stats import VideoStats as VideoStats
    from .videos import Videos as Videos
    from .watched_words import WatchedWords as WatchedWords

_MODULES: Final = {
    "AbuseMessages": "abuse_messages",
    "Abuses": "abuses",
    "Accounts": "accounts",
    "Auth": "auth",
    "AutomaticTags": "automatic_tags",
    "Blocklist": "blocklist",
    "Captions": "captions",
    "ChannelAvatar": "channel_pictures",
    "ChannelBanner": "channel_pictures",
    "ChannelOwnership": "ownership",
    "ChannelSyncs": "channel_syncs",
    "Channels": "channels",
    "Chapters": "chapters",
    "ClientConfig": "client_config",
    "Collaborators": "collaborators",
    "Comments": "comments",
    "Config": "config",
    "CustomPages": "custom_pages",
    "Downloads": "downloads",
    "EmbedPrivacy": "embed_privacy",
    "Feeds": "feeds",
    "Imports": "imports",
    "Jobs": "jobs",
    "Lives": "lives",
    "Me": "me",
    "Metrics": "metrics",
    "Overviews": "overviews",
    "PlayerSettings": "player_settings",
    "PlaylistElements": "playlist_elements",
    "Playlists": "playlists",
    "Plugins": "plugins",
    "Runners": "runners",
    "Search": "search",
    "Server": "server",
    "Source": "video_source",
    "Studio": "studio",
    "Uploads": "uploads",
    "Users": "users",
    "VideoBlacklist": "video_blacklist",
    "VideoFiles": "video_files",
    "VideoOwnership": "ownership",
    "VideoPasswords": "video_passwords",
    "VideoStats": "video_stats",
    "Videos": "videos",
    "WatchedWords": "watched_words",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f".{_MODULES[name]}", __name__), name)
    globals()[name] = found
    return found
