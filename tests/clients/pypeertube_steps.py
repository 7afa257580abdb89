"""PyPI's `pypeertube`, which works on `requests` with models of its own: login, search, and what else it offers."""

from datetime import UTC, datetime
from functools import partial

from pypeertube import channels, playlists, videos
from pypeertube.client import ApiClient
from steps import Job, Steps

_NOTHING = dict.fromkeys((
    "category", "comments_policy", "description", "download_enabled", "language", "licence", "name", "nsfw",
    "nsfw_flags", "nsfw_summary", "originally_published_at", "preview_file", "privacy", "support", "tags",
    "thumbnail_file", "video_passwords", "wait_transcoding",
))  # fmt: skip


def searched(steps: Steps, client: ApiClient) -> None:
    """Search by all that can be told of a video."""
    for name, text, wanted in (
        ("a name", "somebody's client", {}),
        ("nothing there", "no such name anywhere", {}),
        ("a tag", "somebody's client", {"tags_or": ["one", "nine"]}),
        ("all tags", "somebody's client", {"tags_and": ["one", "nine"]}),
        ("a category", "somebody's client", {"category": videos.Category.MUSIC}),
        ("some categories", "somebody's client", {"category": [videos.Category.FILMS, videos.Category.MUSIC]}),
        ("a long film", "somebody's client", {"duration_min": 100000}),
        ("a short film", "somebody's client", {"duration_max": 100000, "duration_min": 0}),
        ("what is new", "somebody's client", {"published_after": datetime(2020, 1, 1, tzinfo=UTC)}),
        ("what is old", "somebody's client", {"published_before": datetime(2020, 1, 1, tzinfo=UTC)}),
        ("lives", "somebody's client", {"live": True}),
        ("what is not safe", "somebody's client", {"include_nsfw": True}),
    ):
        steps.take(f"search {name}", partial(videos.search_videos, client, text, **wanted), says=counted)


def counted(found: object) -> str:
    """Say how many there are."""
    return f"{len(found)} found" if isinstance(found, list) else "done"


def walk(job: Job, steps: Steps) -> None:
    """Take the steps."""
    steps.take("login with a wrong password", lambda: ApiClient(job.url, job.username, "not it"))
    client = steps.take("login", lambda: ApiClient(job.url, job.username, job.password))
    searched(steps, client)
    steps.take("a video", lambda: videos.get_video(client, job.video))
    steps.take("no video", lambda: videos.get_video(client, "999999999"))
    steps.take("a channel", lambda: channels.get_channel(client, job.channel))
    steps.take("a channel's videos", lambda: videos.get_videos_in_channel(client, job.channel), says=counted)
    steps.take("an upload", lambda: videos.upload_video(
        client, job.channel_id, "Uploaded by pypeertube", job.film, category=videos.Category.MUSIC,
        language="en", licence=videos.Licence.BY, privacy=videos.Privacy.UNLISTED, tags=["one", "two"], nsfw=False,
    ))  # fmt: skip
    steps.take("an edit", lambda: videos.update_video(client, job.video, **{**_NOTHING, "name": "Edited by it"}))
    steps.take("an edit that is refused", lambda: videos.update_video(client, job.video, **{**_NOTHING, "name": "x"}))
    playlist(job, steps, client)
    steps.take("logout", client.logout)


def playlist(job: Job, steps: Steps, client: ApiClient) -> None:
    """Make a playlist, fill it, find it, and take it away."""
    name, picture = "Made by pypeertube", f"{job.folder}/picture.png"
    steps.take("a playlist without a picture", lambda: playlists.create_playlist(client, job.channel_id, name))
    made = steps.take(
        "a playlist",
        lambda: playlists.create_playlist(client, job.channel_id, name, "Of a test", thumbnail_file=picture),
    )
    number = 999999999 if made is None else made.id  # it does not understand playlists of 6.3
    steps.take("a video in it", lambda: playlists.add_video_to_playlist(client, number, job.video_id, start=0, end=1))
    steps.take("its videos", lambda: playlists.get_videos_in_playlist(client, number), says=counted)
    steps.take("playlists found", lambda: playlists.search_playlists(client, name), says=counted)
    listed = partial(playlists.get_playlists_in_channel, client, job.channel)
    steps.take("playlists of a channel", listed, says=counted)
    steps.take("another name", lambda: playlists.update_playlist(client, number, display_name="Renamed"))
    steps.take("no playlist", lambda: playlists.delete_playlist(client, number))


if __name__ == "__main__":
    taken = Steps()
    walk(Job.read(), taken)
    taken.print()
