"""The pool without a network that users test with."""

import asyncio
from typing import Any

import pytest

from aiopeertube import PeerTube, errors
from aiopeertube.testing import MockTransport, reply
from aiopeertube.wire.answers import json_value
from aiopeertube.wire.messages import Request, Response

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("virtual_backend")]


def a_request() -> Request:
    return Request("GET", "http://localhost", "/api/v1/x", decode=json_value)


def test_a_reply_of_json() -> None:
    response = reply(201, {"a": "é"}, retry_after="3", x_ratelimit_limit="50")
    assert (response.status, json_value(response)) == (201, {"a": "é"})
    assert response.headers == {
        "content-type": "application/json; charset=utf-8",
        "retry-after": "3",
        "x-ratelimit-limit": "50",
    }


def test_a_reply_of_text() -> None:
    response = reply(502, text="<h1>é</h1>")
    assert (response.status, response.body) == (502, "<h1>é</h1>".encode())
    assert response.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("value", [[], {}, 0, False, ""])
def test_falsy_json_is_json(value: object) -> None:
    assert json_value(reply(200, value)) == value


def test_a_reply_of_nothing() -> None:
    response = reply(204)
    assert (response.status, response.body, response.headers) == (204, b"", {})
    assert reply().status == 200


def test_headers_go_before_the_default_content_type() -> None:
    assert (
        reply(400, {}, content_type="application/problem+json").headers["content-type"] == "application/problem+json"
    )


async def test_answers_may_be_plain_or_awaited() -> None:
    async def later(request: Request) -> Response:
        return reply(200, {"path": request.path})

    for answer in (lambda request: reply(200, {"path": request.path}), later):
        transport = MockTransport(answer)
        response = await transport.handle(a_request())
        assert json_value(response) == {"path": "/api/v1/x"}
        assert transport.requests == 1


async def test_what_the_answer_raises_is_raised() -> None:
    def lost(request: Request) -> Response:
        raise errors.ConnectionLost("gone")

    with pytest.raises(errors.ConnectionLost, match="gone"):
        await MockTransport(lost).handle(a_request())


@pytest.mark.parametrize("wrong", [None, {"total": 0}, 200])
async def test_an_answer_that_is_none_says_what_is_due(wrong: Any) -> None:
    with pytest.raises(TypeError, match=f"must be a Response, not {type(wrong).__name__}"):
        await MockTransport(lambda request: wrong).handle(a_request())


async def test_a_client_closes_it_and_counts_what_it_counts() -> None:
    transport = MockTransport(lambda request: reply(200, {"serverVersion": "8.2.0"}))
    async with PeerTube("https://videos.example", transport=transport) as pt:
        assert (await pt.config.get())["serverVersion"] == "8.2.0"
        await pt.config.get()
        closed = transport.closed
        assert not closed
        assert pt.statistics().requests == transport.requests == 2
    assert transport.closed
    assert repr(transport) == "<MockTransport, 2 requests>"


async def test_a_client_may_be_opened_again_and_not_twice() -> None:
    transport = MockTransport(lambda request: reply(200, {}))
    client = PeerTube("https://videos.example", transport=transport)
    for _ in range(2):
        async with client as pt:
            await pt.config.get()
            with pytest.raises(RuntimeError, match="already open"):
                await client.__aenter__()
    assert transport.requests == 2


async def test_logging_in_before_the_client_is_open_says_what_to_do() -> None:
    with pytest.raises(RuntimeError, match=r"async with"):
        await PeerTube("http://localhost", token="t").login()


async def test_statistics_before_the_client_is_open_say_what_to_do() -> None:
    with pytest.raises(RuntimeError, match=r"async with"):
        PeerTube("http://localhost", token="t").statistics()


async def test_logging_out_before_the_client_is_open_says_what_to_do() -> None:
    with pytest.raises(RuntimeError, match=r"async with"):
        await PeerTube("http://localhost", token="t").logout()


def test_a_client_belongs_to_the_event_loop_that_opened_it() -> None:
    transport = MockTransport(lambda request: reply(200, {}))
    pt = PeerTube("https://videos.example", transport=transport)

    async def ask() -> Any:
        return await pt.config.get()

    with asyncio.Runner() as one, asyncio.Runner() as another:
        one.run(pt.__aenter__())
        with pytest.raises(RuntimeError, match="another event loop"):
            another.run(ask())
        assert one.run(ask()) == {}
        one.run(pt.__aexit__(None, None, None))
    assert transport.requests == 1
