"""Listeners by kind of event."""

import asyncio
import dataclasses
import inspect
from collections.abc import Callable
from typing import Any

import pytest

from aiopeertube import PeerTube, errors, events
from aiopeertube.events import AttemptFinished, Hooks, Retrying, TokenRenewed
from aiopeertube.testing import MockTransport, reply
from aiopeertube.wire.messages import Request, Response


def test_a_listener_hears_its_kind_alone_in_order() -> None:
    hooks = Hooks()
    heard: list[object] = []
    hooks.on(TokenRenewed, heard.append)
    for how in ("login", "refresh"):
        hooks.emit(TokenRenewed(how))
    hooks.emit(Retrying("GET", "/x", 1, "why", 0.5))
    assert heard == [TokenRenewed("login"), TokenRenewed("refresh")]


def test_listeners_are_called_in_the_order_of_their_coming() -> None:
    hooks = Hooks()
    heard: list[object] = []
    hooks.on(TokenRenewed, lambda event: heard.append(1))
    hooks.on(TokenRenewed, lambda event: heard.append(2))
    hooks.emit(TokenRenewed("login"))
    assert heard == [1, 2]


def test_nobody_listens_after_all_are_taken_off() -> None:
    hooks = Hooks()
    heard: list[object] = []
    assert not hooks.wants(TokenRenewed)
    one, two = hooks.on(TokenRenewed, heard.append), hooks.on(TokenRenewed, lambda event: None)
    assert hooks.wants(TokenRenewed)
    assert not hooks.wants(Retrying)
    one()
    assert hooks.wants(TokenRenewed)
    two()
    assert not hooks.wants(TokenRenewed)
    hooks.emit(TokenRenewed("login"))
    assert heard == []


@pytest.mark.parametrize("failure", [LookupError(), asyncio.CancelledError()])
def test_a_listener_that_raises_harms_neither_the_others_nor_who_tells(failure: BaseException) -> None:
    def fails(event: TokenRenewed) -> None:
        raise failure  # a CancelledError is that of a task whose result it asked for

    hooks = Hooks()
    heard: list[object] = []
    hooks.on(TokenRenewed, fails)
    hooks.on(TokenRenewed, heard.append)
    hooks.emit(TokenRenewed("login"))
    assert heard == [TokenRenewed("login")]


def test_taking_off_twice_does_no_harm() -> None:
    hooks = Hooks()
    off = hooks.on(TokenRenewed, lambda event: None)
    off()
    off()
    assert not hooks.wants(TokenRenewed)


def test_taking_off_twice_leaves_the_same_listeners_other_place() -> None:
    hooks = Hooks()
    heard: list[object] = []
    off = hooks.on(TokenRenewed, heard.append)
    hooks.on(TokenRenewed, heard.append)
    off()
    off()
    hooks.emit(TokenRenewed("login"))
    assert len(heard) == 1


def test_a_listener_may_take_itself_off_while_it_is_called() -> None:
    hooks = Hooks()
    heard: list[object] = []
    offs: list[Callable[[], None]] = []

    def once(event: TokenRenewed) -> None:
        heard.append("once")
        offs[0]()

    offs.append(hooks.on(TokenRenewed, once))
    hooks.on(TokenRenewed, lambda event: heard.append("always"))
    hooks.emit(TokenRenewed("login"))
    hooks.emit(TokenRenewed("login"))
    assert heard == ["once", "always", "always"]


def test_hooks_say_how_many_listen() -> None:
    hooks = Hooks()
    hooks.on(TokenRenewed, print)
    hooks.on(Retrying, print)
    assert repr(hooks) == "<Hooks, 2 listeners>"


KINDS = [kind for _, kind in inspect.getmembers(events, dataclasses.is_dataclass)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_details_cannot_be_changed(kind: type[Any]) -> None:
    event = kind(*[None] * len(dataclasses.fields(kind)))
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(event, dataclasses.fields(kind)[0].name, "x")


@pytest.mark.anyio
@pytest.mark.usefixtures("virtual_backend")
async def test_what_a_failing_and_repeated_request_tells() -> None:
    answers: list[Response | Exception] = [errors.ConnectionLost("gone"), reply(503), reply(200, {"id": 7})]

    def answer(request: Request) -> Response:
        if request.path == "/api/v1/videos":  # the client asks whether the server is there
            return reply(200, {"total": 0, "data": []})
        found = answers.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    heard: list[AttemptFinished | Retrying] = []
    async with PeerTube("http://localhost", transport=MockTransport(answer)) as pt:
        pt.on(AttemptFinished, heard.append)
        pt.on(Retrying, heard.append)
        await pt.videos.get(7)
    asked = [event for event in heard if event.path == "/api/v1/videos"]
    assert [type(event) for event in asked] == [AttemptFinished]
    heard = [event for event in heard if event not in asked]
    kinds = [type(event).__name__ for event in heard]
    assert kinds == ["AttemptFinished", "Retrying", "AttemptFinished", "Retrying", "AttemptFinished"]
    attempts = [event for event in heard if isinstance(event, AttemptFinished)]
    assert [(a.attempt, a.status, a.error) for a in attempts] == [(1, 0, "gone"), (2, 503, ""), (3, 200, "")]
    assert all((e.method, e.path) == ("GET", "/api/v1/videos/7") for e in heard)
    assert next(e.reason for e in heard if isinstance(e, Retrying)) == "gone"
