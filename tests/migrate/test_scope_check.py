"""Whether a scope is there, and whose it is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from aiopeertube import PeerTube
from aiopeertube.errors import InputError
from aiopeertube.migrate.scope import Scope, Who
from aiopeertube.migrate.scope_check import Editor, check_scope
from aiopeertube.testing import MockTransport, reply
from aiopeertube.wire.messages import Request, Response

pytestmark = pytest.mark.anyio

ANNA: dict[str, Any] = {"id": 1, "name": "anna", "host": "here"}
FILMS: dict[str, Any] = {"id": 1, "name": "films", "host": "here", "ownerAccount": ANNA}
AFAR: dict[str, Any] = {"id": 2, "name": "afar", "host": "there", "ownerAccount": {"name": "anna", "host": "there"}}
NOBODYS: dict[str, Any] = {"id": 3, "name": "nobodys", "host": "here", "ownerAccount": None}
LISTS: dict[str, list[dict[str, Any]]] = {"video-channels": [FILMS, AFAR, NOBODYS], "accounts": [ANNA]}


def answer(request: Request) -> Response:
    what, _, name = request.path.removeprefix("/api/v1/").partition("/")
    if not name:
        return reply(200, {"total": len(LISTS[what]), "data": LISTS[what]})
    local = name.removesuffix("%40here").removesuffix("@here")
    for one in LISTS[what]:
        if local in {
            one["name"].upper(),
            one["name"],
            f"{one['name']}@{one['host']}",
            f"{one['name']}%40{one['host']}",
        }:
            return reply(200, one)
    return reply(404, {"detail": "not found"})


@asynccontextmanager
async def client() -> AsyncIterator[PeerTube]:
    async with PeerTube("https://here", transport=MockTransport(answer)) as pt:
        yield pt


def who(name: str = "anna", *, staff: bool = False, host: str = "here") -> Editor:
    return Editor(Who(name, name, staff, modern=True), host)


@pytest.mark.parametrize(
    ("scope", "options", "found"),
    [
        (Scope(), {}, Scope()),
        (Scope(channel="films"), {}, Scope(channel="films")),
        (Scope(channel="FILMS"), {}, Scope(channel="films")),
        (Scope(channel="films@here"), {}, Scope(channel="films@here")),
        (Scope(account="ANNA"), {}, Scope(account="anna")),
        (Scope(channel="films", account="anna"), {}, Scope(channel="films", account="anna")),
        (Scope(channel="nobodys", account="anna"), {}, Scope(channel="nobodys", account="anna")),
        # what is the reader's own they see all of
        (Scope(channel="films"), {"reader": who()}, Scope(channel="films", mine=True)),
        (Scope(account="anna"), {"reader": who()}, Scope(account="anna", mine=True)),
        (Scope(channel="films"), {"reader": who("bert")}, Scope(channel="films")),
        (Scope(channel="films"), {"reader": who(host="there")}, Scope(channel="films")),
        (Scope(channel="films"), {"reader": who(staff=True)}, Scope(channel="films")),
        (Scope(channel="nobodys"), {"reader": who()}, Scope(channel="nobodys")),
        (Scope(account="anna"), {"reader": who("bert")}, Scope(account="anna")),
        # what somebody may edit
        (Scope(channel="films"), {"editor": who()}, Scope(channel="films")),
        (Scope(channel="films"), {"editor": who("root", staff=True)}, Scope(channel="films")),
        (Scope(channel="nobodys"), {"editor": who("bert")}, Scope(channel="nobodys")),
        (Scope(account="anna", mine=True), {"editor": who()}, Scope(account="anna", mine=True)),
    ],
)
async def test_a_scope_that_is_there(scope: Scope, options: dict[str, Any], found: Scope) -> None:
    async with client() as pt:
        assert await check_scope(pt, scope, **options) == found


@pytest.mark.parametrize(
    ("scope", "options", "option", "why"),
    [
        (
            Scope(channel="filmz"),
            {},
            "channel",
            "channel: filmz: did you mean films? (there is no channel 'filmz')",
        ),
        (
            Scope(channel="qqq"),
            {},
            "channel",
            "channel: there is no channel 'qqq'; there are films, afar@there, nobodys",
        ),
        (
            Scope(channel="a b/c"),
            {},
            "channel",
            "channel: there is no channel 'a b/c'; there are films, afar@there, nobodys",
        ),
        (Scope(account="anne"), {}, "account", "account: anne: did you mean anna? (there is no account 'anne')"),
        (
            Scope(channel="films"),
            {"editor": who("bert")},
            "channel",
            "channel: films is not yours: it belongs to anna, and you are bert",
        ),
        (
            Scope(channel="films", mine=True),
            {"editor": who("root", staff=True)},
            "channel",
            "channel: films is not yours: it belongs to anna, and you are root",
        ),
        (
            Scope(account="anna"),
            {"editor": who("bert")},
            "account",
            "account: anna is not yours: it belongs to anna, and you are bert",
        ),
        (
            Scope(channel="afar@there"),
            {"editor": who("root", staff=True)},
            "channel",
            "channel: afar is on there: what is there cannot be edited from here",
        ),
    ],
)
async def test_why_a_scope_is_none(scope: Scope, options: dict[str, Any], option: str, why: str) -> None:
    async with client() as pt:
        with pytest.raises(InputError) as caught:
            await check_scope(pt, scope, **options)
    assert (str(caught.value), caught.value.option) == (why, option)


async def test_a_channel_is_of_the_account() -> None:
    LISTS["accounts"].append({"name": "bert", "host": "here"})
    try:
        async with client() as pt:
            with pytest.raises(InputError, match=r"^channel: films belongs to anna, not to bert$") as caught:
                await check_scope(pt, Scope(channel="films", account="bert"))
    finally:
        LISTS["accounts"].pop()
    assert caught.value.option == "channel"
