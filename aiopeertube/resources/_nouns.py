"""The nouns of a client: each is made, and its module imported, when it is first used."""

from functools import cached_property

from aiopeertube import resources
from aiopeertube.wire.call import Sender


class Nouns(Sender):
    """Attributes that make calls, one per noun of the API."""

    @cached_property
    def auth(self) -> "resources.Auth":
        """Access tokens."""
        return resources.Auth(self)

    @cached_property
    def me(self) -> "resources.Me":
        """The logged-in user."""
        return resources.Me(self)

    @cached_property
    def users(self) -> "resources.Users":
        """Users, registrations, archives; mostly for administrators."""
        return resources.Users(self)

    @cached_property
    def config(self) -> "resources.Config":
        """The instance's configuration."""
        return resources.Config(self)

    @cached_property
    def server(self) -> "resources.Server":
        """The instance as a whole: follows, blocks, logs, counts."""
        return resources.Server(self)

    @cached_property
    def videos(self) -> "resources.Videos":
        """Videos."""
        return resources.Videos(self)

    @cached_property
    def channels(self) -> "resources.Channels":
        """Channels."""
        return resources.Channels(self)

    @cached_property
    def accounts(self) -> "resources.Accounts":
        """Accounts."""
        return resources.Accounts(self)

    @cached_property
    def channel_syncs(self) -> "resources.ChannelSyncs":
        """Channels elsewhere from which new videos are imported."""
        return resources.ChannelSyncs(self)

    @cached_property
    def playlists(self) -> "resources.Playlists":
        """Playlists."""
        return resources.Playlists(self)

    @cached_property
    def search(self) -> "resources.Search":
        """Searches for videos, channels and playlists."""
        return resources.Search(self)

    @cached_property
    def abuses(self) -> "resources.Abuses":
        """Reports of videos, comments and accounts."""
        return resources.Abuses(self)

    @cached_property
    def overviews(self) -> "resources.Overviews":
        """What a server shows on its page of discoveries."""
        return resources.Overviews(self)

    @cached_property
    def downloads(self) -> "resources.Downloads":
        """Files of videos."""
        return resources.Downloads(self)

    @cached_property
    def feeds(self) -> "resources.Feeds":
        """Feeds of what is new."""
        return resources.Feeds(self)

    @cached_property
    def captions(self) -> "resources.Captions":
        """Captions of a video."""
        return resources.Captions(self)

    @cached_property
    def uploads(self) -> "resources.Uploads":
        """Uploads in chunks."""
        return resources.Uploads(self)

    @cached_property
    def imports(self) -> "resources.Imports":
        """Videos that the server fetches from an address."""
        return resources.Imports(self)

    @cached_property
    def jobs(self) -> "resources.Jobs":
        """What the server does in the background."""
        return resources.Jobs(self)

    @cached_property
    def runners(self) -> "resources.Runners":
        """Machines that transcode for the instance, and their jobs."""
        return resources.Runners(self)

    @cached_property
    def plugins(self) -> "resources.Plugins":
        """Plugins and themes."""
        return resources.Plugins(self)

    @cached_property
    def custom_pages(self) -> "resources.CustomPages":
        """The instance's start page."""
        return resources.CustomPages(self)

    @cached_property
    def metrics(self) -> "resources.Metrics":
        """What players report."""
        return resources.Metrics(self)

    @cached_property
    def blocklist(self) -> "resources.Blocklist":
        """Who is muted."""
        return resources.Blocklist(self)

    @cached_property
    def watched_words(self) -> "resources.WatchedWords":
        """Words that make automatic tags."""
        return resources.WatchedWords(self)

    @cached_property
    def automatic_tags(self) -> "resources.AutomaticTags":
        """Tags that the server gives, and what becomes of their comments and videos."""
        return resources.AutomaticTags(self)

    @cached_property
    def player_settings(self) -> "resources.PlayerSettings":
        """How the player looks; only 8.x."""
        return resources.PlayerSettings(self)

    @cached_property
    def client_config(self) -> "resources.ClientConfig":
        """What the server remembers of a web client; only 8.x."""
        return resources.ClientConfig(self)
