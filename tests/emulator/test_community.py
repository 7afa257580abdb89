"""What users make of videos: refused in the server's words, and kept as the server keeps it."""

from typing import Any

import aiohttp
import pytest

from aiopeertube.emulator import Emulator

from .conftest import Clock, Visitor

pytestmark = pytest.mark.anyio
CHAPTERS = "Chapters must have a valid title and timecode, and each timecode must be unique"
NO_CHANNEL = 'Cannot set "public" or "unlisted" a playlist that is not assigned to a channel.'
TWICE = [{"timecode": 1, "title": "a"}, {"timecode": 1, "title": "b"}]


@pytest.fixture(params=["6.3", "8.2"])
def options(request: pytest.FixtureRequest, clock: Clock) -> dict[str, Any]:
    return {"videos": 4, "rate_limit": None, "login_limit": None, "clock": clock, "server_version": request.param}


def is_8(server: Emulator) -> bool:
    return server.options.is_modern


def right(number: int, path: str) -> tuple[str, str]:
    name = "User nisv does not have right"
    return f"{name} {number} to access to /.", f"{name} (No. {number}) to access to /api/v1{path}."


# As two real servers answered a user: method, path, body, status, and what they said (of 6.3, of 8.2, or of both).
REFUSED: list[tuple[str, str, Any, int, str | tuple[str, str]]] = [
    ("GET", "/abuses", None, 403, right(6, "/abuses")),
    ("GET", "/jobs", None, 403, right(7, "/jobs")),
    ("GET", "/videos/blacklist", None, 403, right(12, "/videos/blacklist")),
    ("GET", "/server/blocklist/accounts", None, 403, right(10, "/server/blocklist/accounts")),
    ("GET", "/videos/comments?sort=-createdAt", None, 403, right(21, "/videos/comments?sort=-createdAt")),
    ("POST", "/users/1/block", None, 403, right(1, "/users/1/block")),
    ("POST", "/users/me/blocklist/accounts", {"accountName": "nisv"}, 409, "You cannot block yourself."),
    ("POST", "/users/me/blocklist/accounts", {"accountName": "nobody"}, 404, "Account not found"),
    ("DELETE", "/users/me/blocklist/servers/a.example", None, 404, "Server block entry not found."),
    ("POST", "/videos/1/comment-threads", {"text": ""}, 400, "Incorrect request parameters: text"),
    ("PUT", "/videos/1/rate", {"rating": "love"}, 400, "Incorrect request parameters: rating"),
    ("POST", "/abuses", {"reason": "ab cd"}, 400, "video id or account id or comment id is required."),
    ("GET", "/video-playlists/999999", None, 404, "Video playlist not found"),
    ("DELETE", "/users/me/subscriptions/nobody@a.example", None, 404, "Subscription nobody@a.example not found."),
    ("DELETE", "/video-channels/none", None, 404, "Video channel not found"),
    ("PUT", "/videos/1/chapters", {"chapters": TWICE}, 400, "Incorrect request parameters: chapters"),
    (
        "DELETE",
        "/video-channels/root_channel",
        None,
        403,
        (
            "Only a user with sufficient right can access this account resource.",
            "This user has not owner rights on this channel",
        ),
    ),
    (
        "GET",
        "/accounts/root/ratings",
        None,
        403,
        (
            "Only the owner of this account can manage this account resource.",
            "Only a user with sufficient right can manage this account resource.",
        ),
    ),
]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "words"), REFUSED, ids=lambda value: value if isinstance(value, str) else ""
)
async def test_refused_in_the_servers_words(
    owner: Visitor, method: str, path: str, body: Any, status: int, words: str | tuple[str, str]
) -> None:
    answered, _, problem = await owner.call(method, path, **({} if body is None else {"json": body}))
    expected = words if isinstance(words, str) else words[is_8(owner.server)]
    assert (answered, problem["detail"]) == (status, expected)
    if path.endswith("chapters"):
        assert problem["invalid-params"]["chapters"]["msg"] == CHAPTERS


async def test_an_open_playlist_needs_a_channel(owner: Visitor) -> None:
    for privacy in ("1", "2"):
        status, _, problem = await _playlist(owner, privacy=privacy)
        assert (status, problem["detail"]) == (400, NO_CHANNEL)


async def _playlist(visitor: Visitor, **fields: str) -> tuple[int, dict[str, str], Any]:
    form = aiohttp.FormData(default_to_multipart=True)
    for name, value in {"displayName": "List", **fields}.items():
        form.add_field(name, value)
    return await visitor.call("POST", "/video-playlists", data=form)


@pytest.mark.parametrize(
    ("start", "after", "length", "left"),
    [
        (1, 4, 1, "bcda"),
        (4, 0, 1, "dabc"),
        (2, 4, 2, "adbc"),
        (3, 1, 2, "acdb"),
        (2, 1, 1, "abcd"),
        (1, 1, 1, "abcd"),
    ],
)
async def test_videos_of_a_playlist_are_moved(owner: Visitor, start: int, after: int, length: int, left: str) -> None:
    _, _, made = await _playlist(owner, videoChannelId="2", privacy="1")
    path = f"/video-playlists/{made['videoPlaylist']['id']}/videos"
    for video in (1, 2, 3, 4):
        await owner.call("POST", path, json={"videoId": video})
    where = {"startPosition": start, "insertAfterPosition": after, "reorderLength": length}
    assert (await owner.call("POST", f"{path}/reorder", json=where))[0] == 204
    _, _, found = await owner.get(path)
    assert "".join("abcd"[row["video"]["id"] - 1] for row in found["data"]) == left
    assert [row["position"] for row in found["data"]] == [1, 2, 3, 4]
    where["startPosition"] = 5
    assert (await owner.call("POST", f"{path}/reorder", json=where))[0] == 400


async def test_a_private_playlist_is_its_owners(owner: Visitor, visitor: Visitor) -> None:
    _, _, made = await _playlist(owner)
    path = f"/video-playlists/{made['videoPlaylist']['uuid']}"
    assert (await visitor.get(path))[0] == 403
    assert (await owner.get(path))[2]["privacy"]["id"] == 3
    names = [row["displayName"] for row in (await owner.get("/accounts/nisv/video-playlists"))[2]["data"]]
    assert sorted(names) == ["List", "Watch later"]
    assert (await visitor.get("/accounts/nisv/video-playlists"))[2]["data"] == []


async def test_a_blocked_video_is_kept_from_the_public(admin: Visitor, owner: Visitor, visitor: Visitor) -> None:
    assert (await admin.call("POST", "/videos/1/blacklist", json={"reason": "a test"}))[0] == 204
    assert (await admin.call("POST", "/videos/1/blacklist"))[0] == 409
    assert (await visitor.get("/videos/1"))[0] == 401
    assert (await visitor.get("/videos"))[2]["total"] == 3
    assert (await owner.get("/videos/1"))[2]["blacklistedReason"] == "a test"
    assert (await owner.get("/users/me/videos"))[2]["total"] == 4
    await admin.call("DELETE", "/videos/1/blacklist")
    assert (await visitor.get("/videos"))[2]["total"] == 4


async def test_a_thread_is_a_tree(owner: Visitor, admin: Visitor, visitor: Visitor) -> None:
    _, _, first = await admin.call("POST", "/videos/1/comment-threads", json={"text": "one"})
    thread = first["comment"]["id"]
    _, _, second = await owner.call("POST", f"/videos/1/comments/{thread}", json={"text": "two"})
    await admin.call("POST", f"/videos/1/comments/{second['comment']['id']}", json={"text": "three"})
    _, _, tree = await visitor.get(f"/videos/1/comment-threads/{thread}")
    assert tree["comment"]["totalReplies"] == 2
    assert tree["comment"]["totalRepliesFromVideoAuthor"] == 1
    assert tree["children"][0]["children"][0]["comment"]["text"] == "three"
    assert (await owner.call("DELETE", f"/videos/1/comments/{thread}"))[0] == 204
    _, _, found = await visitor.get("/videos/1/comment-threads")
    assert (found["total"], found["totalNotDeletedComments"]) == (1, 2)
    assert (found["data"][0]["isDeleted"], found["data"][0]["account"]) == (True, None)


async def test_comments_may_be_switched_off(owner: Visitor, server: Emulator) -> None:
    server.store.videos[1].comments_policy = 2
    assert (await owner.call("POST", "/videos/1/comment-threads", json={"text": "one"}))[0] == 409


async def test_the_order_that_servers_take_for_comments_fails(owner: Visitor) -> None:
    status, _, problem = await owner.get("/users/me/videos/comments")
    assert status == 500
    assert "publishedAt" in problem["detail"]
    assert (await owner.get("/users/me/videos/comments?sort=-createdAt"))[2] == {"total": 0, "data": []}


async def test_ratings_are_counted_once(owner: Visitor, server: Emulator) -> None:
    likes = server.store.videos[1].likes
    for rating, more in (("like", 1), ("like", 1), ("dislike", 0), ("none", 0)):
        assert (await owner.put("/videos/1/rate", json={"rating": rating}))[0] == 204
        assert server.store.videos[1].likes == likes + more
        assert (await owner.get("/users/me/videos/1/rating"))[2] == {"videoId": 1, "rating": rating}


async def test_a_channel_goes_with_its_videos(owner: Visitor, server: Emulator) -> None:
    assert (await owner.call("DELETE", "/video-channels/nisv_channel"))[0] == 409  # the last one
    await owner.call("POST", "/video-channels", json={"name": "other", "displayName": "Other"})
    assert (await owner.call("DELETE", "/video-channels/nisv_channel"))[0] == 204
    assert not server.store.videos
    assert (await owner.get("/accounts/nisv/video-channels"))[2]["total"] == 1


async def test_what_is_left_of_a_channel(owner: Visitor, visitor: Visitor, server: Emulator) -> None:
    await owner.call("POST", "/video-channels", json={"name": "other", "displayName": "Other"})
    number = str(server.store.channels["other"].id)
    _, _, made = await _playlist(owner, displayName="A list", privacy="1", videoChannelId=number)
    path = f"/video-playlists/{made['videoPlaylist']['id']}"
    server.store.community.playlists[made["videoPlaylist"]["id"]].privacy = 3
    assert (await visitor.get("/video-channels/other/video-playlists"))[2]["total"] == 0
    assert (await owner.get("/video-channels/other/video-playlists"))[2]["total"] == int(is_8(server))
    server.store.community.playlists[made["videoPlaylist"]["id"]].privacy = 1
    await owner.call("DELETE", "/video-channels/other")
    _, _, left = await owner.get(path)
    assert (left["privacy"]["id"], left["videoChannel"]) == (3, None)
    again = await owner.call("POST", "/video-channels", json={"name": "other", "displayName": "Other"})
    assert again[0] == 409
    assert "has already existed" in again[2]["detail"]


async def test_who_is_blocked_is_out(admin: Visitor, owner: Visitor, server: Emulator) -> None:
    number = server.store.users["nisv"].id
    assert (await admin.call("POST", f"/users/{number}/block", json={"reason": "a test"}))[0] == 204
    assert (await owner.get("/users/me"))[0] == 401
    status, _, problem = await owner.grant(username="nisv", password="secret123", grant_type="password")
    assert (status, problem["detail"]) == (400, "User is blocked.")
    assert problem["code"] == ("account_blocked" if is_8(server) else "access_denied")
    assert (await admin.call("POST", "/users/1/block"))[2]["detail"] == "Cannot block the root user"


async def test_a_user_is_removed_with_all_that_is_theirs(admin: Visitor, owner: Visitor, server: Emulator) -> None:
    await owner.call("POST", "/videos/1/comment-threads", json={"text": "one"})
    number = server.store.users["nisv"].id
    assert (await admin.call("DELETE", f"/users/{number}"))[0] == 204
    assert (await admin.get(f"/users/{number}"))[0] == 404
    assert not server.store.videos
    assert not server.store.community.comments
    assert all(playlist.owner.username != "nisv" for playlist in server.store.community.playlists.values())
    assert (await admin.call("DELETE", "/users/1"))[2]["detail"] == "Cannot remove the root user"


async def test_a_new_user_is_checked(admin: Visitor) -> None:
    wrong = {"username": "B L", "password": "x", "email": "blk1", "role": 7}
    _, _, problem = await admin.call("POST", "/users", json=wrong)
    assert list(problem["invalid-params"]) == ["username", "password", "email", "role"]
    right_one = {"username": "nisv", "password": "secret123", "email": "n@example.com", "role": 2}
    assert (await admin.call("POST", "/users", json=right_one))[0] == 409


async def test_search_and_overview(visitor: Visitor, server: Emulator) -> None:
    server.store.videos[2].name = "A rare film"
    assert [row["id"] for row in (await visitor.get("/search/videos?search=RARE"))[2]["data"]] == [2]
    assert (await visitor.get("/search/video-channels?search=nisv"))[2]["total"] == 1
    server.store.videos[2].category, server.store.videos[2].tags = 5, ("rare",)
    _, _, found = await visitor.get("/overviews/videos?page=1")
    assert {name: len(kinds) for name, kinds in found.items()} == {"categories": 1, "channels": 1, "tags": 1}
    assert all(row["channel"]["name"] == "nisv_channel" for row in found["channels"][0]["videos"])


@pytest.mark.parametrize(
    ("sent", "status", "words"),
    [
        ({"email": "o@example.com"}, 400, "currentPassword parameter is missing"),
        ({"email": "o@example.com", "currentPassword": "not it"}, 401, "currentPassword is invalid."),
        ({"nsfwPolicy": "hide"}, 400, "Incorrect request parameters: nsfwPolicy"),
    ],
)
async def test_who_changes_what_is_theirs_is_known(
    owner: Visitor, sent: dict[str, str], status: int, words: str
) -> None:
    answered, _, problem = await owner.put("/users/me", json=sent)
    assert (answered, problem["detail"]) == (status, words)


async def test_a_user_changes_their_account(owner: Visitor, visitor: Visitor) -> None:
    sent = {"displayName": "Archive", "description": "Films", "password": "secret456", "currentPassword": "secret123"}
    assert (await owner.put("/users/me", json={**sent, "autoPlayVideo": False}))[0] == 204
    _, _, me = await owner.get("/users/me")
    assert (me["account"]["displayName"], me["autoPlayVideo"]) == ("Archive", False)
    assert (await visitor.get("/videos/1"))[2]["account"]["displayName"] == "Archive"
    assert (await owner.grant(username="nisv", password="secret456", grant_type="password"))[0] == 200
