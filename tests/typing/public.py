"""What type checkers see of the public names; never run. mypy and pyright read it, both strictly."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any, Literal, assert_type

from aiopeertube import (
    BulkRun,
    BulkStatistics,
    Call,
    Halt,
    Outcome,
    Paginator,
    PeerTube,
    PeerTubeError,
    Statistics,
    errors,
    events,
)
from aiopeertube.emulator import Emulator, EmulatorOptions, EmulatorStatistics, Fault
from aiopeertube.resumable import upload
from aiopeertube.testing import MockTransport, reply
from aiopeertube.types import (
    About,
    Account,
    Caption,
    Channel,
    Me,
    OAuthClient,
    Page,
    QuotaUsed,
    ServerConfig,
    TokenResponse,
    UploadProgress,
    UploadStarted,
    VideoDetails,
    VideoId,
    VideoImport,
    VideoRow,
    VideoUploaded,
)


def every_resource(pt: PeerTube, client: OAuthClient) -> None:
    assert_type(pt.accounts.list(), Paginator[Account])
    assert_type(pt.accounts.get("a"), Call[Account])
    assert_type(pt.accounts.videos("a"), Paginator[VideoRow])
    assert_type(pt.accounts.channels("a"), Paginator[Channel])
    assert_type(pt.auth.client(), Call[OAuthClient])
    assert_type(pt.auth.token(client, username="u", password="p"), Call[TokenResponse])
    assert_type(pt.auth.refresh(client, refresh_token="r"), Call[TokenResponse])
    assert_type(pt.auth.revoke(), Call[None])
    assert_type(pt.captions.list(1), Call[Page[Caption]])
    assert_type(pt.captions.put(1, "nl", "a.vtt"), Call[None])
    assert_type(pt.captions.delete(1, "nl"), Call[None])
    assert_type(pt.channels.list(), Paginator[Channel])
    assert_type(pt.channels.get("c"), Call[Channel])
    assert_type(pt.channels.videos("c"), Paginator[VideoRow])
    assert_type(pt.config.get(), Call[ServerConfig])
    assert_type(pt.config.about(), Call[About])
    assert_type(pt.imports.list(), Paginator[VideoImport])
    assert_type(pt.me.get(), Call[Me])
    assert_type(pt.me.quota(), Call[QuotaUsed])
    assert_type(pt.me.videos(sort="createdAt"), Paginator[VideoRow])
    assert_type(pt.uploads.chunk("u", b"", 0, 1), Call[UploadProgress])
    assert_type(pt.uploads.status("u", 1), Call[UploadProgress])
    assert_type(pt.uploads.cancel("u"), Call[None])
    assert_type(
        pt.uploads.start(filename="f", size=1, content_type="video/mp4", channelId=1, name="abc"), Call[UploadStarted]
    )
    assert_type(pt.videos.list(), Paginator[VideoRow])
    assert_type(pt.videos.get(1), Call[VideoDetails])
    assert_type(pt.videos.update("u", name="abc", category=None), Call[None])
    assert_type(pt.videos.upload(channelId=1, name="abc", videofile="f.mp4"), Call[VideoUploaded])
    assert_type(pt.videos.delete(1), Call[None])
    assert_type(pt.videos.languages(), Call[Mapping[str, str]])
    assert_type(pt.request("GET", "/x"), Call[Any])  # JSON of whatever shape


async def calls_are_awaited_like_coroutines(pt: PeerTube) -> None:
    assert_type(await pt.me.get(), Me)
    assert_type(await pt.videos.update(1, name="abc").send(), None)
    both = await asyncio.gather(pt.me.get(), pt.videos.get(1))
    assert_type(both, tuple[Me, VideoDetails])
    others = await asyncio.gather(pt.me.quota(), pt.videos.privacies())
    assert_type(others, tuple[QuotaUsed, Mapping[str, str]])
    assert_type(await asyncio.wait_for(pt.me.get(), 1), Me)
    async with asyncio.TaskGroup() as group:
        assert_type(group.create_task(pt.me.get().send()), asyncio.Task[Me])
    assert_type(pt.videos.get(1).tagged("row 1"), Call[VideoDetails])
    assert_type(pt.videos.get(1).as_dict(), dict[str, Any])


async def listings(pt: PeerTube) -> None:
    async for row in pt.me.videos():
        assert_type(row, VideoRow)
        assert_type(row["name"], str)
    async for page in pt.videos.list().pages():
        assert_type(page, list[VideoRow])
    assert_type(await pt.videos.list().collect(limit=3), list[VideoRow])
    assert_type(await pt.videos.list().total(), int)


async def renames(pt: PeerTube) -> AsyncIterator[Call[None]]:
    async for video in pt.me.videos(sort="createdAt"):
        yield pt.videos.update(video["uuid"], name=video["name"].title())


async def bulk_runs(pt: PeerTube) -> None:
    run = pt.bulk(renames(pt), halt="2%")
    assert_type(run, BulkRun[None])
    async with pt.bulk([pt.videos.get(1)], halt=Halt(failures=5)) as outcomes:
        async for outcome in outcomes:
            assert_type(outcome, Outcome[VideoDetails])
            assert_type(outcome.call, Call[VideoDetails])
            assert_type(outcome.result, VideoDetails | None)
            assert_type(outcome.error, Exception | None)
            assert_type(outcome.state, Literal["ok", "failed", "in doubt", "not started"])
    assert_type(run.statistics(), BulkStatistics)


async def different_calls_share_a_run(pt: PeerTube) -> None:
    pt.bulk([pt.videos.update(1, name="abc"), pt.videos.get(2)])
    pt.bulk([pt.videos.get(1), pt.me.quota(), pt.videos.delete(2)])
    pt.bulk(call for call in (pt.me.get(), pt.videos.update(1, name="abc")))
    calls: list[Call[object]] = [pt.videos.get(2), pt.videos.delete(3)]
    assert_type(pt.bulk(calls), BulkRun[object])
    update_or_get: list[Call[VideoDetails | None]] = [pt.videos.update(1, name="abc"), pt.videos.get(2)]
    async with pt.bulk(update_or_get) as outcomes:
        async for outcome in outcomes:
            assert_type(outcome.result, VideoDetails | None)


def takes_a_retry(event: events.Retrying) -> None:
    assert_type(event.wait, float)


async def the_rest(pt: PeerTube) -> None:
    assert_type(await upload(pt, "x.mp4", channelId=1, name="abc"), VideoId)
    assert_type(pt.statistics(), Statistics)
    assert_type(pt.statistics().by_status, Mapping[int, int])
    off = pt.on(events.Retrying, takes_a_retry)
    assert_type(off(), None)
    async with PeerTube("https://x.example", transport=MockTransport(lambda request: reply(204))) as mocked:
        assert_type(mocked, PeerTube)
    try:
        await pt.videos.get(1)
    except errors.ApiError as error:
        assert_type(error.status, int)
    except PeerTubeError as error:
        assert_type(str(error), str)


def the_emulator(emulator: Emulator, options: EmulatorOptions, counts: EmulatorStatistics, fault: Fault) -> None:
    assert_type(emulator.url, str)
