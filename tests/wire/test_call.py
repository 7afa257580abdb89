"""A Call is a value: compared, printed and stored without anything being sent."""

import asyncio
import copy
import dataclasses
import pickle
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from aiopeertube import Call, PeerTube
from aiopeertube.errors import InvalidField, InvalidIdentifier
from aiopeertube.testing import MockTransport, reply
from aiopeertube.types import OAuthClient
from aiopeertube.wire.answers import json_value, nothing
from aiopeertube.wire.messages import FilePart, FormBody, JsonBody, Multipart, Request, Response

pytestmark = pytest.mark.anyio


def client(**options: Any) -> PeerTube:
    return PeerTube("http://localhost", token="t", **options)


def test_equal_calls_send_the_same_whoever_sends_them() -> None:
    here, there = client(), PeerTube("https://other.example")
    assert here.videos.get(7) == there.videos.get(7)
    assert here.videos.update(7, name="Film") == there.videos.update(7, name="Film")


async def test_equal_calls_are_each_sent_however_they_are_awaited_together() -> None:
    sent: list[str] = []

    async def answer(request: Request) -> Response:
        sent.append(request.origin)
        return reply(200, json={})

    origins = ["https://here.example", "https://there.example"]
    async with AsyncExitStack() as stack:
        clients = [PeerTube(origin, transport=MockTransport(answer)) for origin in origins]
        for pt in clients:
            await stack.enter_async_context(pt)
        await asyncio.gather(*(pt.request("POST", "/jobs", json={}) for pt in clients * 2))
        assert sorted(sent) == sorted(origins * 2)
        for end in asyncio.as_completed([pt.request("POST", "/jobs", json={}) for pt in clients * 2]):
            await end
    assert sorted(sent) == sorted(origins * 4)


@pytest.mark.parametrize(
    "other",
    [
        lambda pt: pt.videos.get(8),
        lambda pt: pt.videos.update(7, name="Film"),
        lambda pt: pt.videos.delete(7),
        lambda pt: pt.request("GET", "/videos/7", query={"x": 1}),
    ],
)
def test_calls_that_send_something_else_differ(other: Callable[[PeerTube], Call[Any]]) -> None:
    pt = client()
    assert pt.videos.get(7) != other(pt)


def test_bodies_and_headers_count() -> None:
    pt = client()
    assert pt.videos.update(7, name="One") != pt.videos.update(7, name="Two")
    oauth: OAuthClient = {"client_id": "i", "client_secret": "s"}
    without = pt.auth.token(oauth, username="u", password="p")
    assert without != pt.auth.token(oauth, username="u", password="p", otp="123456")
    assert without != pt.auth.token(oauth, username="u", password="q")


@pytest.mark.parametrize(
    ("query", "target"),
    [
        ((), "/p"),
        ((("a", "1"), ("b", "2")), "/p?a=1&b=2"),
        ((("a", "x y"),), "/p?a=x+y"),
        ((("a", "x+y"),), "/p?a=x%2By"),
        ((("a", "&=#?/%"),), "/p?a=%26%3D%23%3F%2F%25"),
        ((("search", "één 日本"),), "/p?search=%C3%A9%C3%A9n+%E6%97%A5%E6%9C%AC"),
        ((("tags[0]", "a"),), "/p?tags%5B0%5D=a"),
        ((("a", "1"), ("a", "2")), "/p?a=1&a=2"),
    ],
)
def test_a_target_is_quoted(query: tuple[tuple[str, str], ...], target: str) -> None:
    assert Call("GET", "/p", json_value, query=query).target == target


def test_a_path_with_a_query_of_its_own_takes_more() -> None:
    assert client().request("GET", "/videos?count=1", query={"start": 5}).target.count("?") == 1


async def test_awaiting_a_call_of_no_client_says_what_to_do() -> None:
    with pytest.raises(TypeError, match="has no client"):
        await Call("GET", "/p", json_value)


async def test_awaiting_a_call_of_a_closed_client_says_what_to_do() -> None:
    with pytest.raises(RuntimeError, match="async with"):
        await client().videos.get(7)


async def test_a_problem_is_raised_when_the_call_is_sent_and_nothing_goes_out() -> None:
    transport = MockTransport(lambda request: reply(200, {}))
    async with client(transport=transport) as pt:
        call = pt.videos.get("not a video")  # raises nothing yet
        for _ in range(2):
            with pytest.raises(InvalidIdentifier, match="not a video"):
                await call
        with pytest.raises(InvalidIdentifier):
            pt.prepare(call)
        with pytest.raises(InvalidField, match=r"^name: "):
            await pt.videos.update(7, name="x")
    assert transport.requests == 0


@pytest.mark.parametrize("path", ["videos", "//elsewhere.example/api/v1/videos", "https://elsewhere.example/", ""])
async def test_a_path_never_leaves_the_instance(path: str) -> None:
    transport = MockTransport(lambda request: reply(200, {}))
    async with client(transport=transport) as pt:
        with pytest.raises(InvalidField, match=r"^path: "):
            await pt.request("GET", path)
    assert transport.requests == 0


BUILT_WITH = [
    pytest.param(lambda pt: pt.videos.update(7, tags={"ab"}), id="a set of tags"),
    pytest.param(lambda pt: pt.videos.update(7, name=object()), id="an object as name"),
    pytest.param(lambda pt: pt.videos.update(7, name="ab\ud800c"), id="a lone surrogate"),
    pytest.param(lambda pt: pt.accounts.get("a\ud800"), id="a lone surrogate as account"),
    pytest.param(lambda pt: pt.request("GET", "/x", query={"a": object()}), id="an object in the query"),
    pytest.param(lambda pt: pt.request("POST", "/x", json=object()), id="an object as json"),
]


@pytest.mark.parametrize("build", BUILT_WITH)
def test_building_a_call_never_raises(build: Callable[[PeerTube], Call[Any]]) -> None:
    assert build(client()).problem is not None


async def test_a_call_may_be_sent_again() -> None:
    transport = MockTransport(lambda request: reply(200, {"n": request.attempts}))
    async with client(transport=transport) as pt:
        call: Call[Any] = pt.videos.get(7)
        assert await call == await call == {"n": 1}
    assert transport.requests == 2


def test_prepare_hands_on_everything() -> None:
    call = client().request("post", "/x", query={"a": [1, 2]}, json={"b": 1}, idempotent=True, timeout=3.0)
    request = client().prepare(call)
    assert (request.method, request.origin, request.target) == ("POST", "http://localhost", "/api/v1/x?a=1&a=2")
    assert (request.path, request.body) == ("/api/v1/x", JsonBody(b'{"b":1}'))
    assert (request.idempotent, request.timeout, request.authenticate) == (True, 3.0, True)


def test_nobody_is_authenticated_without_credentials() -> None:
    pt = PeerTube("https://videos.example")
    assert not pt.prepare(pt.videos.get(7)).authenticate
    assert client().prepare(client().videos.get(7)).authenticate
    assert not client().prepare(client().auth.client()).authenticate


def test_as_dict_is_plain_data() -> None:
    pt = client()
    assert pt.videos.get(7).as_dict() == {"method": "GET", "path": "/api/v1/videos/7"}
    assert pt.request("GET", "/videos", query={"t": ["a", "b"]}).as_dict() == {
        "method": "GET",
        "path": "/api/v1/videos",
        "query": [["t", "a"], ["t", "b"]],
    }
    nulled: Any = None  # VideoUpdate has no null for tags; what is given is what is sent
    assert pt.videos.update(7, name="Film", tags=nulled).as_dict() == {
        "method": "PUT",
        "path": "/api/v1/videos/7",
        "json": {"name": "Film", "tags": None},
    }
    assert pt.videos.update(7, name="Film", thumbnailfile="a.jpg", previewfile=b"\xff\xd8..").as_dict() == {
        "method": "PUT",
        "path": "/api/v1/videos/7",
        "fields": [["name", "Film"]],
        "files": [["thumbnailfile", "a.jpg"], ["previewfile", "(4 bytes)"]],
    }


def test_as_dict_leaves_secrets_out() -> None:
    call = client().auth.token({"client_id": "i", "client_secret": "s3"}, username="u", password="p4", otp="5678")
    assert call.as_dict() == {"method": "POST", "path": "/api/v1/users/token"}


def test_a_form_shows_nothing_of_itself() -> None:
    shown = repr(FormBody((("username", "anna"), ("password", "p4ssw0rd"))))
    assert "anna" not in shown
    assert "p4ssw0rd" not in shown


def test_a_call_is_shown_by_what_it_sends() -> None:
    shown = repr(client().videos.get(7))
    assert shown.startswith("Call(method='GET', path='/api/v1/videos/7'")
    assert "json_value" not in shown


def test_a_call_without_client_survives_a_process_border() -> None:
    body = Multipart((("a", "b"),), (FilePart("f", b"x", "f.jpg", "image/jpeg"),))
    call: Call[None] = Call("PUT", "/api/v1/videos/7", nothing, query=(("a", "b"),), body=body)
    assert pickle.loads(pickle.dumps(call)) == call


async def test_a_call_leaves_the_process_without_its_client() -> None:
    async with PeerTube("http://localhost", token="t0ps3cret", transport=MockTransport(lambda _: reply(200))) as pt:
        call = pt.videos.update(7, name="Film").tagged(3)
        written = pickle.dumps(call)
    assert b"t0ps3cret" not in written
    read = pickle.loads(written)
    assert (read, read.tag, read.sender) == (call, 3, None)


async def test_a_call_from_elsewhere_is_sent_by_the_client_that_runs_it() -> None:
    transport = MockTransport(lambda request: reply(204))
    call = pickle.loads(pickle.dumps(client().videos.update(7, name="Film")))
    async with client(transport=transport) as pt, pt.bulk([call]) as outcomes:
        assert [outcome.state async for outcome in outcomes] == ["ok"]
    assert transport.requests == 1


async def test_copies_of_a_call_belong_to_the_same_client() -> None:
    async with client(transport=MockTransport(lambda _: reply(200, {}))) as pt:
        call = pt.videos.get(7).tagged([1])
        deep = copy.deepcopy(call)
        assert (deep, deep.tag, deep.sender) == (call, [1], pt)
        assert deep.tag is not call.tag
        assert dataclasses.asdict(call)["sender"] is pt


def test_a_client_is_not_pickled_and_says_why() -> None:
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(client())


async def test_a_call_becomes_a_task_by_its_coroutine() -> None:
    async with client(transport=MockTransport(lambda _: reply(200, {"id": 7}))) as pt, asyncio.TaskGroup() as group:
        task = group.create_task(pt.videos.get(7).send())
    assert dict(task.result()) == {"id": 7}


def test_bytes_and_passwords_of_a_form_are_not_shown() -> None:
    big = client().videos.upload(channelId=1, name="Film", videofile=b"x" * 5_000_000, videoPasswords=["hunter2"])
    assert len(repr(big)) < 400
    assert "(5000000 bytes)" in repr(big)
    assert "hunter2" not in repr(big)


def test_as_dict_hides_fields_that_are_named_like_secrets() -> None:
    pt = client()
    user = {"username": "anna", "password": "hunter2", "more": [{"token": "t"}, {"client_secret": None}]}
    assert pt.request("POST", "/users", json=user).as_dict()["json"] == {
        "username": "anna",
        "password": "(secret)",
        "more": [{"token": "(secret)"}, {"client_secret": None}],
    }
    form = pt.videos.update(7, name="Film", videoPasswords=["hunter2"], thumbnailfile=b"jpg").as_dict()
    assert ["name", "Film"] in form["fields"]
    assert "hunter2" not in str(form)


@pytest.mark.parametrize("method", ["GET /evil HTTP/1.1\r\nHost: x\r\n\r\nDELETE", "GET X", "G\nT", ""])
def test_a_method_that_would_be_another_request_is_refused(method: str) -> None:
    problem = PeerTube("https://videos.example").request(method, "/videos/1").problem
    assert isinstance(problem, InvalidField)
    assert problem.field == "method"


def test_half_a_character_in_an_address_is_refused() -> None:
    pt = PeerTube("https://videos.example")
    for call in (pt.request("GET", "/v/\ud800"), pt.request("GET", "/v", query={"a": "\ud800"})):
        assert isinstance(call.problem, InvalidField)
