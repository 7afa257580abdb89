"""Private: one file per noun of the API, named after its paths; the client's attributes are instances of these.

A noun's module, and the types it knows, are imported when the noun is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from .abuses import Abuses as Abuses
    from .accounts import Accounts as Accounts
    from .auth import Auth as Auth
    from .automatic_tags import AutomaticTags as AutomaticTags
    from .blocklist import Blocklist as Blocklist
    from .captions import Captions as Captions
    from .channel_syncs import ChannelSyncs as ChannelSyncs
    from .channels import Channels as Channels
    from .client_config import ClientConfig as ClientConfig
    from .config import Config as Config
    from .custom_pages import CustomPages as CustomPages
    from .downloads import Downloads as Downloads
    from .feeds import Feeds as Feeds
    from .imports import Imports as Imports
    from .jobs import Jobs as Jobs
    from .me import Me as Me
    from .metrics import Metrics as Metrics
    from .overviews import Overviews as Overviews
    from .player_settings import PlayerSettings as PlayerSettings
    from .playlists import Playlists as Playlists
    from .plugins import Plugins as Plugins
    from .runners import Runners as Runners
    from .search import Search as Search
    from .server import Server as Server
    from .uploads import Uploads as Uploads
    from .users import Users as Users
    from .videos import Videos as Videos
    from .watched_words import WatchedWords as WatchedWords

_MODULES: Final = {
    "Abuses": "abuses",
    "Accounts": "accounts",
    "Auth": "auth",
    "AutomaticTags": "automatic_tags",
    "Blocklist": "blocklist",
    "Captions": "captions",
    "ChannelSyncs": "channel_syncs",
    "Channels": "channels",
    "ClientConfig": "client_config",
    "Config": "config",
    "CustomPages": "custom_pages",
    "Downloads": "downloads",
    "Feeds": "feeds",
    "Imports": "imports",
    "Jobs": "jobs",
    "Me": "me",
    "Metrics": "metrics",
    "Overviews": "overviews",
    "PlayerSettings": "player_settings",
    "Playlists": "playlists",
    "Plugins": "plugins",
    "Runners": "runners",
    "Search": "search",
    "Server": "server",
    "Uploads": "uploads",
    "Users": "users",
    "Videos": "videos",
    "WatchedWords": "watched_words",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f".{_MODULES[name]}", __name__), name)
    globals()[name] = found
    return found
