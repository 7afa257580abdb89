"""PyPI's `peertube`, a client generated from PeerTube's specification: its reads, as somebody with a token."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from peertube import AuthenticatedClient, Client
from peertube.api.accounts import get_account, get_account_videos, get_accounts
from peertube.api.config import get_about, get_config
from peertube.api.my_user import get_api_users_me_video_quota_used, get_api_users_me_videos, get_user_info
from peertube.api.search import search_channels, search_playlists, search_videos
from peertube.api.session import get_o_auth_client
from peertube.api.stats import get_instance_stats
from peertube.api.video import (
    get_categories,
    get_languages,
    get_licences,
    get_video,
    get_video_channel_videos,
    get_video_privacy_policies,
    get_video_source,
    get_videos,
    list_video_storyboards,
)
from peertube.api.video_captions import get_video_captions
from peertube.api.video_channels import (
    get_api_accounts_name_video_channels,
    get_video_channel,
    get_video_channel_followers,
    get_video_channels,
)
from peertube.api.video_chapters import get_video_chapters
from peertube.api.video_comments import get_api_videos_id_comment_threads
from peertube.api.video_playlists import (
    get_playlist_privacy_policies,
    get_playlists,
)
from peertube.models.get_videos_sort import GetVideosSort
from steps import Job, Steps

Read = Callable[..., Any]


def _reads(job: Job) -> dict[str, tuple[Read, tuple[Any, ...], dict[str, Any]]]:
    """Name the reads, each with what is to be read."""
    video, user, channel = UUID(job.video), job.username, job.channel
    named: dict[str, tuple[Read, tuple[Any, ...], dict[str, Any]]] = {
        "videos by name": (get_videos.sync_detailed, (), {"count": 3, "sort": GetVideosSort.NAME, "is_local": True}),
        "videos with a word": (get_videos.sync_detailed, (), {"search": "somebody's client"}),
        "videos of two categories": (get_videos.sync_detailed, (), {"count": 2, "category_one_of": [1, 2]}),
        "a search": (search_videos.sync_detailed, (), {"search": "somebody's client"}),
        "a search for channels": (search_channels.sync_detailed, (), {"search": channel}),
        "a search for playlists": (search_playlists.sync_detailed, (), {"search": "no such name anywhere"}),
        "no video": (get_video.sync_detailed, (999999999,), {}),
    }
    for read, *of in (
        *((each,) for each in (get_config, get_about, get_instance_stats, get_o_auth_client, get_user_info)),
        *((each,) for each in (get_api_users_me_videos, get_api_users_me_video_quota_used)),
        *((each,) for each in (get_categories, get_languages, get_licences, get_video_privacy_policies)),
        *((each,) for each in (get_accounts, get_video_channels, get_playlists, get_playlist_privacy_policies)),
        *((each, video) for each in (get_video, get_video_captions, get_video_chapters, list_video_storyboards)),
        *((each, video) for each in (get_video_source, get_api_videos_id_comment_threads)),
        *((each, user) for each in (get_account, get_account_videos, get_api_accounts_name_video_channels)),
        *((each, channel) for each in (get_video_channel, get_video_channel_videos, get_video_channel_followers)),
    ):
        named[read.__name__.rpartition(".")[2]] = (read.sync_detailed, tuple(of), {})
    return named


def _body(ask: Callable[[], Any]) -> Any:
    return ask().parsed


def walk(job: Job, steps: Steps) -> None:
    """Read all of it, as a user and as nobody."""
    nobody = Client(base_url=job.url, raise_on_unexpected_status=True)
    user = AuthenticatedClient(base_url=job.url, token=job.token, raise_on_unexpected_status=True)
    strangers = ("get_user_info", "get_video", "videos by name")
    reads = _reads(job)
    for who, client, names in (("", user, reads), (", as nobody", nobody, strangers)):
        for name in names:
            read, of, wanted = reads[name]
            ask = partial(read, *of, client=client, **wanted)
            steps.take(name + who, partial(_body, ask), says=lambda _: "200")  # it raises for all others


if __name__ == "__main__":
    taken = Steps()
    walk(Job.read(), taken)
    taken.print()
