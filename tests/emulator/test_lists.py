"""Searches and sorts: each release finds by what it can be asked for, and refuses the rest."""

from typing import Any

import pytest

from aiopeertube.emulator import Emulator

from .conftest import Clock, Visitor, form

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["6.3", "8.2"])
def options(request: pytest.FixtureRequest, clock: Clock) -> dict[str, Any]:
    return {"videos": 4, "rate_limit": None, "login_limit": None, "clock": clock, "server_version": request.param}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("durationMin=100&durationMax=200", {1, 2}),
        ("durationMin=101", {2, 3, 4}),
        ("startDate=2024-01-01T02:00:00.000Z", {2, 3, 4}),
        ("startDate=2024-01-01&endDate=2024-01-01T02:02:00.000Z", {1, 2}),
        ("originallyPublishedStartDate=1950-01-01", {3}),
        ("originallyPublishedEndDate=1950-01-01", set()),
        ("search=video&durationMax=99", set()),
    ],
)
async def test_searches_heed_bounds(server: Emulator, visitor: Visitor, query: str, found: set[int]) -> None:
    for number, video in server.store.videos.items():
        video.duration = number * 100
    server.store.videos[3].originally_published_at = 0.0
    _, _, body = await visitor.get(f"/search/videos?{query}")
    assert {row["id"] for row in body["data"]} == found
    assert body["total"] == len(found)


async def test_searches_find_by_uuid(server: Emulator, visitor: Visitor) -> None:
    uuid = server.store.videos[2].uuid
    _, _, body = await visitor.get(f"/search/videos?uuids[]={uuid}")
    assert [row["uuid"] for row in body["data"]] == [uuid]


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("durationMin=x", {"durationMin": "Invalid value"}),
        ("startDate=then", {"startDate": "Should have a start date that conforms to ISO 8601"}),
        ("search=", {"search": "Invalid value"}),
        ("uuids=1", {"uuids": "Should have valid array of uuid"}),
        (
            "durationMax=&originallyPublishedEndDate=1",
            {
                "durationMax": "Invalid value",
                "originallyPublishedEndDate": "Should have a published end date that conforms to ISO 8601",
            },
        ),
    ],
)
async def test_searches_refuse(visitor: Visitor, query: str, wrong: dict[str, str]) -> None:
    status, _, body = await visitor.get(f"/search/videos?{query}")
    assert (status, {name: each["msg"] for name, each in body["invalid-params"].items()}) == (400, wrong)


# As real servers answered, of 6.3 and of 8.2.
@pytest.mark.parametrize(
    ("path", "statuses"),
    [
        ("/videos?sort=comments", (400, 200)),
        ("/videos?sort=-match", (400, 200)),
        ("/videos?sort=best", (200, 200)),
        ("/search/videos?sort=trending", (400, 400)),
        ("/search/videos?sort=hot", (400, 200)),
        ("/search/video-channels?sort=name", (400, 400)),
        ("/search/video-playlists?sort=updatedAt", (400, 400)),
        ("/video-channels/nisv_channel/video-playlists?sort=videoChannelPosition", (400, 200)),
    ],
)
async def test_a_release_sorts_by_what_it_knows(
    server: Emulator, visitor: Visitor, path: str, statuses: tuple[int, int]
) -> None:
    assert (await visitor.get(path))[0] == statuses[server.options.is_modern]


async def test_playlists_of_a_channel_are_moved(server: Emulator, owner: Visitor) -> None:
    channel, store = server.store.channels["nisv_channel"], server.store.community
    for _ in "abc":
        made = (await owner.call("POST", "/video-playlists", data=_playlist(channel.id)))[2]["videoPlaylist"]["id"]
    path = "/video-channels/nisv_channel/video-playlists"
    status, _, body = await owner.call("POST", f"{path}/reorder", json={"startPosition": 3, "insertAfterPosition": 0})
    if not server.options.is_modern:
        assert status == 400
        return
    _, _, found = await owner.get(f"{path}?sort=videoChannelPosition")
    assert [row["id"] for row in found["data"]] == [made, made - 2, made - 1]
    assert [row["videoChannelPosition"] for row in found["data"]] == [1, 2, 3]
    status, _, body = await owner.call("POST", f"{path}/reorder", json={"startPosition": 4, "insertAfterPosition": 0})
    told = "Start position or insert after position exceed the channel limits (max: 3)"
    assert (status, body["detail"]) == (400, told)
    server.store.remove_channel(channel)
    assert store.playlists[made].privacy == 3


def _playlist(channel: int) -> Any:
    return form(displayName="A playlist", privacy="1", videoChannelId=str(channel))
