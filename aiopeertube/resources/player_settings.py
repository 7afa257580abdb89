"""/player-settings; only 8.x."""

from typing import Literal

from aiopeertube.types.instance import PlayerSettings as PlayerSettingsSchema
from aiopeertube.wire.call import Call
from aiopeertube.wire.identifiers import VideoRef, handle_problem, segment, video_problem

from ._api import Noun
from ._checks import choice_problem, first

_CHANNEL_THEMES = ("instance-default", "galaxy", "lucide")
_VIDEO_THEMES = ("channel-default", *_CHANNEL_THEMES)


class PlayerSettings(Noun):
    """How the player looks, for a channel's videos and for single ones; only 8.x.

    `raw` asks for what was set, which may be a default's name, in place of what comes of it.
    """

    __slots__ = ()

    def get_channel(self, channel: str, *, raw: bool | None = None) -> Call[PlayerSettingsSchema]:
        """Get a channel's settings; only 8.x."""
        problem = handle_problem("channel", channel)
        return self._ask("GET", _channel(channel), problem, query={"raw": raw}, since="8.0")

    def update_channel(
        self, channel: str, *, theme: Literal["instance-default", "galaxy", "lucide"]
    ) -> Call[PlayerSettingsSchema]:
        """Set a channel's theme; only 8.x."""
        problem = first(handle_problem("channel", channel), choice_problem("theme", theme, _CHANNEL_THEMES))
        return self._ask("PUT", _channel(channel), problem, json={"theme": theme}, since="8.0")

    def get_video(self, video: VideoRef, *, raw: bool | None = None) -> Call[PlayerSettingsSchema]:
        """Get a video's settings; only 8.x."""
        return self._ask("GET", _video(video), video_problem(video), query={"raw": raw}, since="8.0")

    def update_video(
        self, video: VideoRef, *, theme: Literal["channel-default", "instance-default", "galaxy", "lucide"]
    ) -> Call[PlayerSettingsSchema]:
        """Set a video's theme; only 8.x."""
        problem = first(video_problem(video), choice_problem("theme", theme, _VIDEO_THEMES))
        return self._ask("PUT", _video(video), problem, json={"theme": theme}, since="8.0")


def _channel(channel: str) -> str:
    return f"/player-settings/video-channels/{segment(channel)}"


def _video(video: VideoRef) -> str:
    return f"/player-settings/videos/{segment(video)}"
