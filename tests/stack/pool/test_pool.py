"""The pool against a server that says what the test wants, byte for byte."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import trustme

from aiopeertube import PeerTube, errors
from aiopeertube.stack.pool.aiohttp import AiohttpPool
from aiopeertube.wire.answers import nothing
from aiopeertube.wire.messages import JsonBody, Request

pytestmark = pytest.mark.anyio

DONE = b"HTTP/1.1 204 No Content\r\n\r\n"


class Script:
    """Answers one request after the other; None as an answer closes the connection instead."""

    def __init__(self, *answers: bytes | None) -> None:
        self.answers = list(answers)
        self.requests: list[bytes] = []
        self.origin = ""
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while self.answers:
                head = await reader.readuntil(b"\r\n\r\n")
                length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
                self.requests.append(head + await reader.readexactly(int(length or 0)))
                answer = self.answers.pop(0)
                if answer is None:
                    break
                writer.write(answer)
                if b"close" in answer:
                    break
        except (asyncio.IncompleteReadError, ConnectionResetError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def answering(*answers: bytes | None, tls: ssl.SSLContext | None = None) -> AsyncIterator[Script]:
    script = Script(*answers)
    server = await asyncio.start_server(script.serve, "127.0.0.1", 0, ssl=tls)
    async with server:
        script.origin = f"{'https' if tls else 'http'}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield script


@pytest.fixture
async def pool() -> AsyncIterator[AiohttpPool]:
    pool = AiohttpPool(timeout=5.0)
    yield pool
    await pool.aclose()


def asking(script: Script, method: str = "GET", target: str = "/api/v1/config", **options: Any) -> Request:
    return Request(method, script.origin, target, decode=nothing, **options)


async def test_what_goes_over_the_wire(pool: AiohttpPool) -> None:
    async with answering(DONE) as script:
        request = asking(script, "PUT", "/api/v1/videos/1", body=JsonBody(b'{"name":"Caf\xc3\xa9"}'))
        request.token = "abc"
        await pool.handle(request)
    head, _, body = script.requests[0].partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    assert first == "PUT /api/v1/videos/1 HTTP/1.1"
    assert body == b'{"name":"Caf\xc3\xa9"}'
    assert len(headers) == len(lines)
    assert headers.pop("User-Agent").startswith("aiopeertube/")
    assert "gzip" in headers.pop("Accept-Encoding")
    assert headers == {
        "Host": script.origin.removeprefix("http://"),
        "Accept": "application/json",
        "Authorization": "Bearer abc",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
    }


@pytest.mark.parametrize(
    ("method", "has_length"), [("GET", False), ("HEAD", False), ("DELETE", True), ("POST", True)]
)
async def test_no_body_is_said_where_one_could_be(pool: AiohttpPool, method: str, has_length: bool) -> None:
    async with answering(DONE) as script:
        await pool.handle(asking(script, method))
    assert (b"Content-Length: 0\r\n" in script.requests[0]) is has_length


async def test_one_token_after_another_and_none(pool: AiohttpPool) -> None:
    async with answering(DONE, DONE, DONE) as script:
        for token in ("first", "second", None):
            request = asking(script)
            request.token = token
            await pool.handle(request)
    assert b"Bearer first" in script.requests[0]
    assert b"Bearer second" in script.requests[1]
    assert b"Authorization" not in script.requests[2]
    assert script.connections == 1


async def test_a_target_cannot_end_the_line_it_stands_in(pool: AiohttpPool) -> None:
    async with answering(DONE) as script:
        await pool.handle(asking(script, target="/api/v1/x y\r\nX-Evil: é"))
    assert script.requests[0].startswith(b"GET /api/v1/x%20y%0D%0AX-Evil:%20%C3%A9 HTTP/1.1\r\n")


@pytest.mark.parametrize("headers", [(("x-peertube-otp", "123\r\nX-Evil: 1"),), (("x\n", "1"),)])
async def test_a_header_cannot_either(pool: AiohttpPool, headers: tuple[tuple[str, str]]) -> None:
    async with answering(DONE) as script:
        with pytest.raises(errors.InvalidField):
            await pool.handle(asking(script, headers=headers))
    assert script.requests == []


async def test_a_token_with_a_line_break_is_not_sent_nor_shown(pool: AiohttpPool) -> None:
    async with answering(DONE) as script:
        request = asking(script)
        request.token = "secret\r\nX-Evil: 1"
        with pytest.raises(errors.InvalidField) as caught:
            await pool.handle(request)
    assert "secret" not in str(caught.value)


async def test_hints_come_before_the_answer(pool: AiohttpPool) -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
    async with answering(early + b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", DONE) as script:
        assert (await pool.handle(asking(script))).body == b"{}"
        assert (await pool.handle(asking(script))).status == 204
    assert script.connections == 1


async def test_the_answer_to_head_has_a_length_and_no_body(pool: AiohttpPool) -> None:
    async with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", DONE) as script:
        assert (await pool.handle(asking(script, "HEAD"))).body == b""
        assert (await pool.handle(asking(script))).status == 204
    assert script.connections == 1


async def test_an_answer_may_end_with_its_connection(pool: AiohttpPool) -> None:
    async with answering(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nto the end") as script:
        assert (await pool.handle(asking(script))).body == b"to the end"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (None, errors.ConnectionLost),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\ncut", errors.ConnectionLost),
        (b"SSH-2.0-OpenSSH_9.2 close\r\n\r\n", errors.UnexpectedResponse),
    ],
)
async def test_what_is_no_answer_gives_no_connection_back(
    pool: AiohttpPool, answer: bytes | None, error: type[errors.PeerTubeError]
) -> None:
    async with answering(answer, DONE) as script:
        with pytest.raises(error):
            await pool.handle(asking(script))
        assert (await pool.handle(asking(script))).status == 204
    assert script.connections == 2


async def test_a_kept_connection_that_was_closed_is_an_attempt_like_any_other() -> None:
    """No repeat below the layers: the limiter has to see every request."""
    async with answering(DONE, None, DONE) as script, PeerTube(script.origin) as pt:
        await pt.videos.delete(1)
        await pt.videos.delete(2)
        assert pt.statistics().requests == len(script.requests) == 3
        assert pt.statistics().retries == 1


async def test_a_cancelled_request_gives_no_connection_back(pool: AiohttpPool) -> None:
    async with answering(b"", DONE) as script:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(pool.handle(asking(script)), 0.05)
        assert (await pool.handle(asking(script))).status == 204
    assert script.connections == 2


async def test_nobody_listens(pool: AiohttpPool) -> None:
    async with answering() as script:
        pass
    with pytest.raises(errors.ServerUnreachable):
        await pool.handle(asking(script))


async def test_many_origins_are_not_remembered_for_ever(pool: AiohttpPool) -> None:
    for port in range(1, 60):
        request = Request("GET", f"http://127.0.0.1:{port}", "/", decode=nothing)
        with pytest.raises(errors.ServerUnreachable):
            await pool.handle(request)
    assert len(pool._exchange._origins) < 40


async def test_who_leaves_a_server_keeps_nothing_open(pool: AiohttpPool) -> None:
    async with answering(DONE, DONE, DONE) as script, answering(DONE, DONE) as other:
        for one in (script, other):
            await pool.handle(asking(one))
        pool.leave(script.origin)
        pool.leave(script.origin)
        pool.leave("http://nobody.example")
        for one in (script, other):
            await pool.handle(asking(one))
    assert (script.connections, other.connections) == (2, 1)


async def test_a_certificate_of_an_authority_of_ones_own() -> None:
    authority = trustme.CA()
    theirs, ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("127.0.0.1").configure_cert(theirs)
    authority.configure_trust(ours)
    async with answering(DONE, DONE, tls=theirs) as script:
        async with PeerTube(script.origin, attempts=1) as pt:
            with pytest.raises(errors.CertificateNotTrusted, match="is not trusted"):
                await pt.config.get()
        async with PeerTube(script.origin, ssl_context=ours) as pt:
            await pt.videos.update(1, name="A film")
            await pt.videos.delete(1)
    assert [request.partition(b" ")[0] for request in script.requests] == [b"PUT", b"DELETE"]
