"""/video-channel-syncs."""

from aiopeertube.types.channel_syncs import ChannelSyncCreated
from aiopeertube.wire.call import Call

from ._api import Noun
from ._checks import address_problem, first, id_problem


class ChannelSyncs(Noun):
    """Channels elsewhere from which new videos are imported, if the administrator lets it.

    `accounts.channel_syncs` lists them.
    """

    __slots__ = ()

    def create(self, *, externalChannelUrl: str, videoChannelId: int) -> Call[ChannelSyncCreated]:
        """Follow a channel elsewhere. NotPermitted: the instance does not allow it."""
        address = address_problem("externalChannelUrl", externalChannelUrl)
        problem = first(address, id_problem("videoChannelId", videoChannelId))
        json = {"externalChannelUrl": externalChannelUrl, "videoChannelId": videoChannelId}
        return self._ask("POST", "/video-channel-syncs", problem, json=json)

    def delete(self, sync: int) -> Call[None]:
        """Follow a channel elsewhere no longer; what was imported stays."""
        return self._do("DELETE", f"/video-channel-syncs/{sync}", id_problem("channelSyncId", sync))

    def sync(self, sync: int) -> Call[None]:
        """Look for new videos now."""
        path = f"/video-channel-syncs/{sync}/sync"
        return self._do("POST", path, id_problem("channelSyncId", sync), idempotent=True)
