"""What type checkers see of nouns around videos: results have names, and wrong words are refused; never run."""

from collections.abc import Mapping
from typing import assert_type

from aiopeertube import Call, Paginator, PeerTube
from aiopeertube.types import Channel, Page, VideoRow
from aiopeertube.types.abuses import Abuse, AbuseCreated, AbuseMessage, AbuseMessageCreated
from aiopeertube.types.account_parts import AccountRating
from aiopeertube.types.channel_parts import ChannelCreated
from aiopeertube.types.comments import Comment, CommentTree
from aiopeertube.types.jobs import ServerJob
from aiopeertube.types.me import PlaylistEntry, VideoRating
from aiopeertube.types.playlists import Playlist, PlaylistCreated, PlaylistElement
from aiopeertube.types.users import User, UserCreated
from aiopeertube.types.video_parts import Chapters


def results_have_names(pt: PeerTube) -> None:
    assert_type(pt.playlists.list(), Paginator[Playlist])
    assert_type(pt.playlists.create(displayName="Best"), Call[PlaylistCreated])
    assert_type(pt.playlists.elements.list(3), Paginator[PlaylistElement])
    assert_type(pt.playlists.privacies(), Call[Mapping[str, str]])
    assert_type(pt.videos.comments.list(7), Paginator[Comment])
    assert_type(pt.videos.comments.get(7, 1), Call[CommentTree])
    assert_type(pt.videos.chapters.get(7), Call[Chapters])
    assert_type(pt.videos.rate(7, rating="like"), Call[None])
    assert_type(pt.accounts.ratings("anna"), Paginator[AccountRating])
    assert_type(pt.me.rating(7), Call[VideoRating])
    assert_type(pt.me.in_playlists(videoIds=[7]), Call[dict[str, list[PlaylistEntry]]])
    assert_type(pt.search.videos(search="x"), Paginator[VideoRow])
    assert_type(pt.search.channels(search="x"), Paginator[Channel])
    assert_type(pt.abuses.list(state=1), Paginator[Abuse])
    assert_type(pt.abuses.create(reason="spam", video={"id": 7}), Call[AbuseCreated])
    assert_type(pt.abuses.messages.list(5), Call[Page[AbuseMessage]])
    assert_type(pt.abuses.messages.create(5, message="Why?"), Call[AbuseMessageCreated])
    assert_type(pt.channels.create(name="films", displayName="Films"), Call[ChannelCreated])
    assert_type(pt.users.list(role=2), Paginator[User])
    assert_type(pt.users.create(username="a", password="secret1", email="a@b.example", role=2), Call[UserCreated])
    assert_type(pt.jobs.list("failed"), Paginator[ServerJob])


def wrong_words_are_refused(pt: PeerTube) -> None:
    pt.videos.rate(7, rating="love")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    pt.playlists.create(displayName="a", privacy=4)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    pt.playlists.create(name="a")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    pt.users.list(role=9)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    pt.abuses.list(state=0)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    pt.abuses.create(reason="a", video={})  # type: ignore[typeddict-item]  # pyright: ignore[reportArgumentType]
    pt.jobs.list("lost")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    pt.feeds.videos("pdf")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    pt.videos.chapters.update(7, chapters=[{}])  # type: ignore[typeddict-item]  # pyright: ignore[reportArgumentType]
