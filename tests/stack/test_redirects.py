"""Redirects: reads follow them, the token stays at home, writes follow none."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Self

import pytest

from aiopeertube import PeerTube, errors
from aiopeertube.stack.redirects import Redirects
from aiopeertube.testing import MockTransport, reply
from aiopeertube.wire.answers import nothing
from aiopeertube.wire.messages import Request, Response

Page = tuple[int, str] | Response | Exception  # status and location, or the answer itself, or what to raise

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("virtual_backend")]

HOME = "https://videos.example"
AWAY = "https://files.example"


class Web:
    """Answers by method-less address; notes what came at the moment it came, since requests change."""

    def __init__(self, **pages: list[Page]) -> None:
        self.pages = pages
        self.seen: list[tuple[str, str, str | None]] = []

    def to(self, address: str, *answers: Page) -> Self:
        self.pages[address] = list(answers)
        return self

    def answer(self, request: Request) -> Response:
        self.seen.append((request.method, request.origin + request.target, request.token))
        answers = self.pages[request.origin + request.target]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        return reply(answer[0], location=answer[1]) if isinstance(answer, tuple) else answer

    @property
    def addresses(self) -> list[str]:
        return [address for _, address, _ in self.seen]

    @property
    def tokens(self) -> list[str | None]:
        return [token for _, _, token in self.seen]

    def client(self, **options: Any) -> PeerTube:
        return PeerTube(HOME, token="secret", transport=MockTransport(self.answer), **options)


OK = reply(200, {"id": 7})
VIDEO = f"{HOME}/api/v1/videos/7"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("location", ["/api/v1/videos/8?a=1", f"{HOME}/api/v1/videos/8?a=1", "8?a=1"])
async def test_a_read_follows_within_its_origin_with_the_token(status: int, location: str) -> None:
    web = Web().to(VIDEO, (status, location)).to(f"{HOME}/api/v1/videos/8?a=1", OK)
    async with web.client() as pt:
        assert dict(await pt.videos.get(7)) == {"id": 7}
    assert web.addresses == [VIDEO, f"{HOME}/api/v1/videos/8?a=1"]
    assert web.tokens == ["secret", "secret"]


@pytest.mark.parametrize(
    "there",
    [
        "https://other.example",
        "http://videos.example",
        "https://videos.example:8443",
        "https://sub.videos.example",
        "https://videos.example.evil.example",
    ],
)
async def test_a_read_follows_to_another_origin_without_the_token(there: str) -> None:
    web = Web().to(VIDEO, (302, f"{there}/x")).to(f"{there}/x", OK)
    async with web.client() as pt:
        assert dict(await pt.videos.get(7)) == {"id": 7}
        assert pt.statistics().renewals == 0
    assert web.tokens == ["secret", None]


async def test_a_videos_password_stays_at_home_like_the_token() -> None:
    headers: list[tuple[tuple[str, str], ...]] = []

    def answer(request: Request) -> Response:
        headers.append(request.headers)
        return OK if request.origin == AWAY else reply(302, location=f"{AWAY}/x")

    async with PeerTube(HOME, transport=MockTransport(answer)) as pt:
        for _ in range(2):
            await pt.videos.get(7, videoPassword="hunter2")
    home = (("x-peertube-video-password", "hunter2"),)
    assert headers == [home, (), home, ()]


@pytest.mark.parametrize("location", ["/\udcff", "http://h\udcff/"])
async def test_an_address_of_any_bytes_is_refused_in_words_that_can_be_shown(location: str) -> None:
    for method in ("GET", "PUT"):
        web = Web().to(VIDEO, (302, location))
        async with web.client() as pt:
            with pytest.raises(errors.RedirectRefused) as caught:
                await pt.request(method, "/videos/7")
        assert f"{caught.value} {caught.value.location}".encode()


async def test_an_address_without_scheme_goes_over_the_same_one() -> None:
    web = Web().to(VIDEO, (302, "//other.example/x")).to("https://other.example/x", OK)
    async with web.client() as pt:
        await pt.videos.get(7)
    assert web.tokens == ["secret", None]


async def test_the_token_stays_away_on_the_way_back() -> None:
    web = Web().to(VIDEO, (302, "https://other.example/x"))
    web.to("https://other.example/x", (302, f"{HOME}/y")).to(f"{HOME}/y", OK)
    async with web.client() as pt:
        await pt.videos.get(7)
    assert web.tokens == ["secret", None, None]


async def test_the_next_request_has_the_token_again() -> None:
    web = Web().to(VIDEO, (302, "https://other.example/x")).to("https://other.example/x", OK)
    async with web.client() as pt:
        await pt.videos.get(7)
        await pt.videos.get(7)
    assert web.tokens == ["secret", None, "secret", None]


async def test_what_a_redirect_led_to_takes_no_slot_here() -> None:
    """A request that is under way elsewhere is nobody's reason to wait, and its end wakes nobody here."""

    async def answer(request: Request) -> Response:
        if request.origin != HOME:
            await asyncio.sleep(0.05)
            return reply(200, {"id": 0})
        return reply(302, location=f"{AWAY}/api/v1/x") if request.path.endswith("/moved") else reply(200, {"id": 1})

    async with PeerTube(HOME, transport=MockTransport(answer), concurrency=1) as pt, asyncio.timeout(5):
        moved = asyncio.create_task(pt.request("GET", "/moved").send())
        await asyncio.sleep(0.01)
        here = await asyncio.gather(*(pt.request("GET", f"/{number}") for number in range(3)))
        assert (here, await moved) == ([{"id": 1}] * 3, {"id": 0})


async def test_a_refusal_elsewhere_renews_no_token() -> None:
    web = Web().to(VIDEO, (302, "https://other.example/x"))
    web.to("https://other.example/x", reply(401, {"code": "invalid_token"}))
    async with web.client() as pt:
        with pytest.raises(errors.NotPermitted):
            await pt.videos.get(7)
    assert len(web.seen) == 2


@pytest.mark.parametrize(
    "write",
    [
        lambda pt: pt.videos.update(7, name="Film"),
        lambda pt: pt.videos.delete(7),
        lambda pt: pt.request("POST", "/videos/7", json={}),
        lambda pt: pt.request("POST", "/videos/7", json={}, idempotent=True),
    ],
)
@pytest.mark.parametrize("location", ["/api/v1/videos/8", "https://other.example/x"])
async def test_a_write_follows_nowhere_and_is_not_repeated(
    write: Callable[[PeerTube], Awaitable[Any]], location: str
) -> None:
    web = Web().to(VIDEO, (308, location))
    async with web.client() as pt:
        with pytest.raises(errors.RedirectRefused, match="a write is not sent elsewhere") as caught:
            await write(pt)
    assert (caught.value.status, caught.value.location) == (308, location)
    assert len(web.seen) == 1


@pytest.mark.parametrize("location", ["ftp://other.example/x", "mailto:a@b", "file:///etc/passwd", "javascript:x"])
async def test_a_read_follows_to_web_addresses_alone(location: str) -> None:
    web = Web().to(VIDEO, (302, location))
    async with web.client() as pt:
        with pytest.raises(errors.RedirectRefused, match="not a web address"):
            await pt.videos.get(7)
    assert len(web.seen) == 1


@pytest.mark.parametrize(
    "address", ["http://[bad", "/\udce9", "http://\udce9/x", "/x\x01", "http://a..b/", "http://a\\b/"]
)
async def test_a_broken_address_is_refused(address: str) -> None:
    web = Web().to(VIDEO, (302, address))
    async with web.client() as pt:
        with pytest.raises(errors.RedirectRefused):
            await pt.videos.get(7)


async def test_a_loop_ends() -> None:
    web = Web().to(VIDEO, (302, VIDEO))
    async with web.client() as pt:
        with pytest.raises(errors.RedirectRefused, match="on and on"):
            await pt.videos.get(7)
    assert len(web.seen) == 6  # the request itself, and five redirects


async def test_five_redirects_are_followed() -> None:
    web = Web().to(VIDEO, (302, "/1")).to(f"{HOME}/5", OK)
    for hop in range(1, 5):
        web.to(f"{HOME}/{hop}", (302, f"/{hop + 1}"))
    async with web.client() as pt:
        assert dict(await pt.videos.get(7)) == {"id": 7}


@pytest.mark.parametrize("failure", [reply(503), errors.ConnectionLost("gone")])
async def test_a_retry_begins_where_it_was_asked(failure: Page) -> None:
    web = Web().to(VIDEO, (302, "https://other.example/x")).to("https://other.example/x", failure, OK)
    async with web.client() as pt:
        request = pt.prepare(pt.videos.get(7))
        assert await pt.send(request) == {"id": 7}
        assert (request.origin, request.target, request.path) == (HOME, "/api/v1/videos/7", "/api/v1/videos/7")
        assert request.authenticate
    assert web.addresses == [VIDEO, "https://other.example/x"] * 2
    assert web.tokens == ["secret", None] * 2


async def test_an_error_names_what_was_asked_for() -> None:
    web = Web().to(VIDEO, (302, "/elsewhere")).to(f"{HOME}/elsewhere", reply(404, {"detail": "no"}))
    async with web.client() as pt:
        with pytest.raises(errors.NotFound) as caught:
            await pt.videos.get(7)
    assert caught.value.path == "/api/v1/videos/7"


async def test_a_read_without_a_place_to_go_is_an_odd_answer() -> None:
    web = Web().to(VIDEO, reply(302))
    async with web.client(attempts=1) as pt:
        with pytest.raises(errors.UnexpectedResponse, match="expected an answer, got status 302"):
            await pt.videos.get(7)


@pytest.mark.parametrize("status", [300, 302, 304])
async def test_a_write_that_was_sent_nowhere_is_not_done(status: int) -> None:
    web = Web().to(VIDEO, reply(status))
    async with web.client(attempts=1) as pt:
        with pytest.raises(errors.PeerTubeError):
            await pt.videos.update(7, name="Film")


# -- the layer by itself -------------------------------------------------------------------------


class Way:
    """Answers in turn, and keeps where each request went and whether it may be signed."""

    def __init__(self, *answers: Response) -> None:
        self.answers = list(answers)
        self.seen: list[tuple[str, str, str, bool]] = []

    async def handle(self, request: Request) -> Response:
        self.seen.append((request.origin, request.target, request.path, request.authenticate))
        return self.answers.pop(0)


def asking(method: str = "GET") -> Request:
    return Request(method, HOME, "/a/b?c=1", path="/a/b", decode=nothing)


async def test_where_it_goes_and_that_the_request_is_as_it_was() -> None:
    for method in ("GET", "HEAD"):
        way = Way(reply(302, location="d?e=f"), reply(307, location=AWAY), reply(302, location="x"), OK)
        request = asking(method)
        assert await Redirects(way).handle(request) is OK
        assert way.seen == [
            (HOME, "/a/b?c=1", "/a/b", True),
            (HOME, "/a/d?e=f", "/a/d", True),
            (AWAY, "/", "/", False),
            (AWAY, "/x", "/x", False),
        ]
        assert way.seen[-1][3] is False
        assert (request.origin, request.target, request.path, request.authenticate) == way.seen[0]


@pytest.mark.parametrize("last", [reply(302), reply(201, location="/elsewhere")])
async def test_what_is_no_redirect_is_an_answer(last: Response) -> None:
    for answers in ([last], [reply(302, location="/x"), last]):
        assert await Redirects(Way(*answers)).handle(asking()) is last


REFUSED = [
    ("PUT", "/x", "a write is not sent elsewhere; use that address as the instance's"),
    ("GET", "ftp://b/x", "not a web address"),
    ("GET", "/x", "redirects go on and on"),
]


@pytest.mark.parametrize(("method", "location", "why"), REFUSED)
async def test_what_is_refused_says_why(method: str, location: str, why: str) -> None:
    with pytest.raises(errors.RedirectRefused) as caught:
        await Redirects(Way(*[reply(302, location=location)] * 6)).handle(asking(method))
    path = "/x" if "on and on" in why else "/a/b"
    assert str(caught.value) == f"{method} {path} was redirected (302) to {location}: {why}"
    assert (caught.value.status, caught.value.location) == (302, location)


def test_how_it_is_shown() -> None:
    assert repr(Redirects(Way())) == "<Redirects>"
