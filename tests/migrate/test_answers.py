"""Answers about one video: only what is about that video, and looks like one, is taken."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from aiopeertube import PeerTube
from aiopeertube.errors import UnexpectedResponse
from aiopeertube.migrate.metadata import answers
from aiopeertube.migrate.metadata.passwords import Passwords
from aiopeertube.testing import MockTransport, reply
from aiopeertube.wire.messages import Request, Response

pytestmark = pytest.mark.anyio

UUID = "9c9de5e8-0a1e-484a-b099-e80766180a6d"
OTHER = "5a71eb42-d31d-4cf0-9a63-42319bfeb9c6"
VIDEO: dict[str, Any] = {
    "id": 7,
    "uuid": UUID,
    "name": "Film",
    "account": {"name": "anna"},
    "channel": {"name": "films"},
    "privacy": {"id": 5},
    "tags": [],
}


@asynccontextmanager
async def client(answer: Callable[[Request], Response]) -> AsyncIterator[PeerTube]:
    async with PeerTube("https://here", transport=MockTransport(answer), attempts=1) as pt:
        yield pt


@pytest.mark.parametrize(
    ("video", "why"),
    [
        (VIDEO, ""),
        ({"uuid": UUID, "name": ""}, ""),
        ([1], "the whole answer is [1], not a video"),
        (None, "the whole answer is None, not a video"),
        (VIDEO | {"uuid": 3}, "uuid is 3, not a text"),
        (VIDEO | {"name": None}, "name is None, not a text"),
        (VIDEO | {"account": None}, "account is None, not an object with a name"),
        (VIDEO | {"channel": {"name": 3}}, "channel is {'name': 3}, not an object with a name"),
        (VIDEO | {"channel": "films"}, "channel is 'films', not an object with a name"),
        (VIDEO | {"tags": "a"}, "tags is 'a', not a list of texts"),
    ],
)
def test_what_is_odd_about_a_video(video: object, why: str) -> None:
    assert answers.video_problem(video, ["tags"]) == why


def test_only_what_is_needed_must_be_in_order() -> None:
    assert answers.video_problem(VIDEO | {"tags": "a"}) == ""


@pytest.mark.parametrize(
    ("ref", "answer", "why"),
    [
        (UUID, VIDEO, ""),
        ("7", VIDEO, ""),
        ("7", {"uuid": OTHER, "name": "x"}, ""),  # without an id it cannot be told
        ("mVkfS2HMNqAWhxF5PJ6uLg", VIDEO, ""),
        ("8", VIDEO, f"video 8: in the server's answer another video stands, {UUID}"),
        (UUID, VIDEO | {"uuid": OTHER}, f"video {UUID}: in the server's answer another video stands, {OTHER}"),
        (UUID, VIDEO | {"tags": 3}, f"video {UUID}: in the server's answer tags is 3, not a list of texts"),
        (UUID, [], f"video {UUID}: in the server's answer the whole answer is [], not a video"),
    ],
)
async def test_an_answer_about_another_video_is_none(ref: str, answer: object, why: str) -> None:
    async with client(lambda request: reply(201, answer)) as pt:
        if not why:
            assert await answers.video(pt, ref, ["tags"]) == answer
            return
        with pytest.raises(UnexpectedResponse) as caught:
            await answers.video(pt, ref, iter(["tags"]))
    assert (str(caught.value), caught.value.status) == (why, 201)


async def test_passwords_are_asked_for_only_where_they_are_needed_and_there() -> None:
    asked: list[str] = []

    def answer(request: Request) -> Response:
        assert request.method == "GET"
        asked.append(request.target.removeprefix("/api/v1/videos/"))
        if not request.path.endswith("/passwords"):
            return reply(200, VIDEO | {"privacy": {"id": 5 if UUID in request.path else 1}, "id": 7})
        start = 100 if "start=100" in request.target else 0
        return reply(
            200, {"total": 101, "data": [{"password": f"p{n:03}"} for n in range(start, 100 + start // 100)]}
        )

    async with client(answer) as pt:
        whole = await answers.whole_video(pt, UUID, iter(["name", "videoPasswords"]))
        assert asked == [UUID, f"{UUID}/passwords?start=0&count=100", f"{UUID}/passwords?start=100&count=100"]
        assert isinstance(whole["videoPasswords"], Passwords)
        assert whole["videoPasswords"].values == tuple(f"p{n:03}" for n in range(101))
        assert {name: whole[name] for name in VIDEO} == VIDEO
        asked.clear()
        assert "videoPasswords" not in await answers.whole_video(pt, "7", ["videoPasswords"])
        assert "videoPasswords" not in await answers.whole_video(pt, UUID, ["name"])
        assert asked == ["7", UUID]


async def test_a_whole_video_is_looked_at_as_far_as_it_is_needed() -> None:
    async with client(lambda request: reply(200, VIDEO | {"tags": 3})) as pt:
        assert (await answers.whole_video(pt, UUID, ["name"]))["tags"] == 3
        with pytest.raises(UnexpectedResponse, match="tags is 3"):
            await answers.whole_video(pt, UUID, ["tags"])


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({}, "the passwords of a video: data is None, not a list"),
        ({"data": [{}]}, "a password of a video: password is None, not a text"),
        ({"data": ["abc"]}, "a password of a video: the whole answer is 'abc', not an object"),
    ],
)
async def test_odd_passwords_are_named(answer: object, why: str) -> None:
    async with client(lambda request: reply(200, answer)) as pt:
        with pytest.raises(UnexpectedResponse) as caught:
            await answers.passwords_of(pt, UUID)
    assert str(caught.value) == why
