"""What the pool sends of each kind of body, byte for byte, and how it ends what takes too long."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import aiohttp
import aiohttp.abc
import pytest

from aiopeertube import errors
from aiopeertube._proxies import Proxies
from aiopeertube.stack.pool.aiohttp import AiohttpPool
from aiopeertube.stack.pool.deadlines import Deadlines
from aiopeertube.stack.pool.exchange import Exchange
from aiopeertube.wire.messages import FilePart, FormBody, JsonBody, Multipart, RawBody

from .test_pool import DONE, Script, answering, asking

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    """Run on the real clock: files are read by threads."""
    return "asyncio"


@pytest.fixture
async def pool() -> AsyncIterator[AiohttpPool]:
    pool = AiohttpPool(timeout=5.0)
    yield pool
    await pool.aclose()


async def arrived(script: Script) -> None:
    """Wait for the first request."""
    for _ in range(5000):
        if script.requests:
            return
        await asyncio.sleep(0.001)


def parts(request: bytes) -> tuple[str, dict[str, str], bytes]:
    """Take a request apart: its first line, its headers and its body."""
    head, _, body = request.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    return first, dict(line.split(": ", 1) for line in lines), body


class Here(aiohttp.abc.AbstractResolver):
    """Finds each name here."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[aiohttp.abc.ResolveResult]:
        found = aiohttp.abc.ResolveResult(
            hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=socket.AI_NUMERICHOST
        )
        return [found]

    async def close(self) -> None:
        """Do nothing."""


# -- bodies ------------------------------------------------------------------------------------------


async def test_a_form(pool: AiohttpPool) -> None:
    async with answering(DONE) as script:
        body = FormBody((("username", "anna"), ("password", "a b&c")))
        response = await pool.handle(asking(script, "POST", "/api/v1/users/token", body=body))
    first, headers, sent = parts(script.requests[0])
    assert first == "POST /api/v1/users/token HTTP/1.1"
    assert sent == b"username=anna&password=a+b%26c"
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert headers["Accept"] == "application/json"
    assert "Authorization" not in headers
    assert (response.status, response.body) == (204, b"")


@pytest.mark.parametrize(
    "body", [None, JsonBody(b"{}"), FormBody((("a", "b"),)), RawBody(b"1")], ids=lambda body: type(body).__name__
)
async def test_a_host_of_any_letters_is_named_as_it_is_looked_up(body: Any) -> None:
    pool = AiohttpPool(timeout=5.0, resolver=Here())
    async with answering(DONE) as script:
        port = script.origin.rpartition(":")[2]
        script.origin = f"http://müller.example:{port}"
        await pool.handle(asking(script, "PUT", "/a%2Fb?c=%C3%BC", body=body))
    first, headers, _ = parts(script.requests[0])
    assert (first, headers["Host"]) == ("PUT /a%2Fb?c=%C3%BC HTTP/1.1", f"xn--mller-kva.example:{port}")
    await pool.aclose()


async def test_what_a_request_says_itself_is_said_once(pool: AiohttpPool) -> None:
    async with answering(DONE) as script:
        request = asking(script, "GET", "/", headers=(("accept", "text/plain"),))
        request.token = "abc"
        await pool.handle(request)
    lines = script.requests[0].decode().lower().split("\r\n")
    assert [line for line in lines if line.startswith("accept:")] == ["accept: text/plain"]
    assert "authorization: bearer abc" in lines


async def test_a_chunk(pool: AiohttpPool) -> None:
    answer = b"HTTP/1.1 308 Resume\r\nRange: bytes=0-9\r\nLocation: /elsewhere\r\nContent-Length: 2\r\n\r\n{}"
    async with answering(answer) as script:
        request = asking(
            script, "PUT", "/a%20b?c=%2F", body=RawBody(b"0123456789", "video/mp4"), headers=(("Content-Range", "x"),)
        )
        request.token = "abc"
        response = await pool.handle(request)
    first, headers, sent = parts(script.requests[0])
    assert first == "PUT /a%20b?c=%2F HTTP/1.1"  # as it is, not encoded once more
    assert sent == b"0123456789"
    assert (headers["Content-Type"], headers["Content-Length"]) == ("video/mp4", "10")
    assert (headers["Authorization"], headers["Content-Range"]) == ("Bearer abc", "x")
    assert (response.status, response.body, response.headers["range"]) == (308, b"{}", "bytes=0-9")


@pytest.mark.parametrize("on_disk", [True, False])
async def test_a_form_with_files(pool: AiohttpPool, tmp_path: Path, on_disk: bool) -> None:
    (tmp_path / "a.png").write_bytes(b"picture")
    source = tmp_path / "a.png" if on_disk else b"picture"
    body = Multipart((("name", "Café"),), (FilePart("thumbnailfile", source, "b.png", "image/png"),))
    async with answering(DONE) as script:
        await pool.handle(asking(script, "PUT", body=body))
    _, headers, sent = parts(script.requests[0])
    kind, _, boundary = headers["Content-Type"].partition("; boundary=")
    assert kind == "multipart/form-data"
    first, second = (part for part in sent.split(f"--{boundary}".encode()) if b"name=" in part)
    assert b'name="name"' in first
    assert first.strip().endswith(b"\r\n\r\nCaf\xc3\xa9")
    assert b'name="thumbnailfile"; filename="b.png"' in second
    assert b"Content-Type: image/png" in second
    assert second.strip().endswith(b"\r\n\r\npicture")


async def test_a_form_without_files_is_one_of_parts_too(pool: AiohttpPool) -> None:
    async with answering(DONE) as script:
        await pool.handle(asking(script, "PUT", body=Multipart((("name", "x"),), ())))
    assert parts(script.requests[0])[1]["Content-Type"].startswith("multipart/form-data")


async def test_a_file_that_is_not_there(pool: AiohttpPool, tmp_path: Path) -> None:
    body = Multipart((), (FilePart("file", tmp_path / "gone.png", "b.png", "image/png"),))
    async with answering(DONE) as script:
        with pytest.raises(errors.FileUnreadable) as caught:
            await pool.handle(asking(script, "PUT", body=body))
    assert str(tmp_path / "gone.png") in str(caught.value)
    assert "No such file or directory" in str(caught.value)
    assert script.requests == []


@pytest.mark.parametrize("method", ["PUT", "POST"])
async def test_a_file_that_cannot_be_read_to_its_end_is_the_calls_own_fault(
    pool: AiohttpPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """The server has seen a part of a body, which it takes for nothing; and it is not away."""

    async def broken(*_: Any, **__: Any) -> bytes:
        raise errors.FileUnreadable(str(path), "Input/output error")

    path = tmp_path / "a.png"
    path.write_bytes(bytes(1000))
    monkeypatch.setattr("aiopeertube.stack.pool.bodies.Watched._read", broken)
    async with answering(DONE) as script:
        with pytest.raises(errors.FileUnreadable, match=r"a\.png: Input/output error"):
            await pool.handle(
                asking(script, method, body=Multipart((), (FilePart("f", path, "b.png", "image/png"),)))
            )
    assert script.requests == []


async def test_headers_of_a_requests_own(pool: AiohttpPool) -> None:
    async with answering(DONE, DONE) as script:
        for body in (None, JsonBody(b"{}")):
            await pool.handle(asking(script, "POST", body=body, headers=(("X-One", "1"), ("X-Two", "2"))))
    for request in script.requests:
        first, headers, _ = parts(request)
        assert first == "POST /api/v1/config HTTP/1.1"
        assert (headers["X-One"], headers["X-Two"]) == ("1", "2")
        assert headers["Host"] == script.origin.removeprefix("http://")


async def test_what_cannot_be_sent_names_the_header(pool: AiohttpPool) -> None:
    async with answering(DONE) as script:
        with pytest.raises(errors.InvalidField) as caught:
            await pool.handle(asking(script, headers=(("x-otp", "1\r\n2"),)))
    assert str(caught.value) == "x-otp: cannot be sent: there is a line break in it"


# -- answers -----------------------------------------------------------------------------------------


class Taking:
    def __init__(self) -> None:
        self.status, self.data = 0, b""

    def begin(self, status: int, headers: Mapping[str, str]) -> None:
        self.status = status
        assert headers["content-length"]

    async def write(self, data: bytes) -> None:
        self.data += data


@pytest.mark.parametrize(("status", "poured"), [(200, b"file"), (206, b"file"), (404, b""), (302, b"")])
async def test_a_file_goes_to_its_sink_and_other_answers_do_not(
    pool: AiohttpPool, status: int, poured: bytes
) -> None:
    async with answering(f"HTTP/1.1 {status} X\r\nLocation: /y\r\nContent-Length: 4\r\n\r\nfile".encode()) as script:
        request = asking(script)
        request.sink = sink = Taking()
        response = await pool.handle(request)
    assert (sink.status, sink.data) == (status if poured else 0, poured)
    assert (response.status, response.body) == (status, b"" if poured else b"file")
    assert response.headers["location"] == "/y"


@pytest.mark.parametrize("code", [101, 102, 103, 199])
async def test_what_nobody_asked_for_is_no_answer(pool: AiohttpPool, code: int) -> None:
    hint = f"HTTP/1.1 {code} Odd\r\n\r\n".encode()
    async with answering(hint * 9) as script:
        with pytest.raises(errors.UnexpectedResponse) as caught:
            await pool.handle(asking(script))
    said = f"{script.origin} answered GET /api/v1/config with {code}, which nobody asked for"
    assert (str(caught.value), caught.value.status) == (said, code)


@pytest.mark.parametrize("code", [100, 102, 199])
async def test_eight_hints_are_passed_over(pool: AiohttpPool, code: int) -> None:
    hint = f"HTTP/1.1 {code} Odd\r\n\r\n".encode()
    async with answering(hint * 8 + b"HTTP/1.1 205 Reset\r\nContent-Length: 2\r\n\r\n{}") as script:
        response = await pool.handle(asking(script))
    assert (response.status, response.body) == (205, b"{}")


async def test_what_came_unasked_on_a_kept_connection_is_left_alone(pool: AiohttpPool) -> None:
    async with answering(DONE + DONE, DONE) as script:
        await pool.handle(asking(script))
        await asyncio.sleep(0.02)
        assert (await pool.handle(asking(script, "DELETE"))).status == 204
    assert [request.partition(b" ")[0] for request in script.requests] == [b"GET", b"DELETE"]


@pytest.mark.parametrize(
    "body",
    [None, JsonBody(b"{}"), RawBody(b"1"), FormBody((("a", "b"),)), Multipart((("a", "b"),), ())],
    ids=lambda body: type(body).__name__,
)
async def test_a_kept_connection_on_which_something_came_later_is_not_used(pool: AiohttpPool, body: Any) -> None:
    connections = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionResetError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(DONE)
            if connections == 1:
                await asyncio.sleep(0.01)
                writer.write(b"HTTP/1.1 500 Late\r\nContent-Length: 0\r\n\r\n")
            await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server, answering() as script:
        script.origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        await pool.handle(asking(script))
        known = dict(pool._exchange._origins)
        await asyncio.sleep(0.05)
        assert (await pool.handle(asking(script, "PUT", body=body))).status == 204
        assert pool._exchange._origins == known
        await pool.aclose()
    assert connections == 2


async def test_a_connection_that_takes_too_long_has_sent_nothing(
    pool: AiohttpPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def late(*_: Any, **__: Any) -> None:
        raise TimeoutError

    monkeypatch.setattr(pool._exchange._connector, "connect", late)
    for body, there in ((None, ""), (RawBody(b"1"), "/api/v1/config")):
        async with answering(DONE) as script:
            with pytest.raises(errors.ServerUnreachable) as caught:
                await pool.handle(asking(script, "POST", body=body))
        said = str(caught.value)
        assert said.startswith(f"cannot connect to {script.origin}: ")
        assert said.endswith(f"{script.origin}{there}")


# -- too late, closed, cancelled ---------------------------------------------------------------------

FIELDS = (("a", "b"),)
FILE = FilePart("file", b"picture", "b.png", "image/png")
BODIES: list[Any] = [
    *(None, JsonBody(b"{}"), RawBody(b"1"), FormBody(FIELDS)),
    *(Multipart(FIELDS, ()), Multipart(FIELDS, (FILE,))),
]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: type(body).__name__)
async def test_an_answer_that_never_comes(body: Any) -> None:
    for own, general in ((0.03, 50.0), (None, 0.03)):
        pool = AiohttpPool(timeout=general)
        async with answering(b"", b"") as script:
            with pytest.raises(errors.RequestTimeout) as caught:
                await pool.handle(asking(script, "POST", body=body, timeout=own))
            await pool.aclose()
        assert str(caught.value) == f"no answer from {script.origin} to POST /api/v1/config in time"
        assert caught.value.__cause__ is None
        assert not pool._deadlines._due


@pytest.mark.parametrize("body", [None, FormBody(FIELDS)], ids=str)
async def test_a_name_that_is_looked_up_for_too_long_is_no_connection(body: Any) -> None:
    class Slow(Here):
        async def resolve(self, *_: Any, **__: Any) -> list[aiohttp.abc.ResolveResult]:
            await asyncio.sleep(60)
            return []

    pool = AiohttpPool(timeout=50.0, connect_timeout=0.03, resolver=Slow())
    async with answering() as script:
        script.origin = "http://slow.example"
        with pytest.raises(errors.ServerUnreachable, match=r"^cannot connect to http://slow\.example: "):
            await asyncio.wait_for(pool.handle(asking(script, "POST", body=body)), 10)
    await pool.aclose()


@pytest.mark.parametrize(
    "body", [None, JsonBody(b"{}"), RawBody(b"1"), Multipart((), (FILE,))], ids=lambda body: type(body).__name__
)
async def test_a_connection_that_never_comes_has_sent_nothing(body: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where `timeout` is shorter than `connect_timeout`, for one."""
    pool = AiohttpPool(timeout=0.03)

    async def never(*_: Any, **__: Any) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(pool._exchange._connector, "connect", never)
    async with answering() as script:
        request = asking(script, "POST", body=body)
        with pytest.raises(errors.ServerUnreachable, match=f"^no connection to {script.origin} in time$"):
            await pool.handle(request)
        assert request.unsent
    await pool.aclose()


@pytest.mark.parametrize("body", BODIES, ids=lambda body: type(body).__name__)
async def test_closing_ends_what_is_under_way_and_all_that_comes(pool: AiohttpPool, body: Any) -> None:
    async with answering(b"", b"") as script:
        asked = asyncio.create_task(pool.handle(asking(script, "POST", body=body)))
        await arrived(script)
        assert repr(pool) == "<AiohttpPool>"
        await pool.aclose()
        with pytest.raises(errors.ClientClosed) as caught:
            await asked
        assert str(caught.value) == "the client was closed during POST /api/v1/config"
        with pytest.raises(errors.ClientClosed) as caught:
            await pool.handle(asking(script))
        assert str(caught.value) == "the client is closed"
    assert repr(pool) == "<AiohttpPool, closed>"


async def test_being_cancelled_is_no_timeout(pool: AiohttpPool) -> None:
    async with answering(b"", b"") as script:
        asked = asyncio.create_task(pool.handle(asking(script)))
        await arrived(script)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        assert asked.cancelled()


async def test_what_breaks_below_aiohttp_is_a_lost_connection(
    pool: AiohttpPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks(*_: Any) -> None:
        raise OSError(104, "Connection reset by peer")

    monkeypatch.setattr(pool._exchange, "handle", breaks)
    async with answering(DONE) as script:
        with pytest.raises(errors.ConnectionLost) as caught:
            await pool.handle(asking(script))
    assert str(caught.value) == f"connection to {script.origin} lost: Connection reset by peer"


async def test_what_breaks_because_the_client_was_closed_says_so(
    pool: AiohttpPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks(*_: Any) -> None:
        pool._deadlines.closed = True
        raise aiohttp.ServerDisconnectedError

    monkeypatch.setattr(pool._exchange, "handle", breaks)
    async with answering(DONE) as script:
        with pytest.raises(errors.ClientClosed) as caught:
            await pool.handle(asking(script))
    assert str(caught.value) == "the client was closed during GET /api/v1/config"


async def test_a_body_that_makes_progress_is_not_too_late() -> None:
    """It takes longer than its timeout as a whole, and is never silent for so long."""
    pool = AiohttpPool(timeout=0.2)
    extended: list[tuple[Any, float]] = []

    class Noting(Deadlines):
        def extend(self, task: asyncio.Task[Any], seconds: float) -> None:
            extended.append((task, seconds))
            super().extend(task, seconds)

    pool._deadlines = Noting(asyncio.get_running_loop())
    part = FilePart("file", b"1", "b.png", "image/png")
    for body in (RawBody(b"1"), Multipart((), (part,))):
        for own in (None, 3.0):
            async with answering(DONE) as script:
                await pool.handle(asking(script, "PUT", body=body, timeout=own))
            assert {seconds for _, seconds in extended} == {own or 0.2}
            assert {task for task, _ in extended} == {asyncio.current_task()}
            extended.clear()
    async with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfile") as script:
        request = asking(script, timeout=2.0)
        request.sink = Taking()
        await pool.handle(request)
    assert set(extended) == {(asyncio.current_task(), 2.0)}
    await pool.aclose()


# -- how it is made ----------------------------------------------------------------------------------


async def test_how_the_pool_is_made() -> None:
    """Its connections have no limit and live for less than the server's; nothing repeats and nothing is kept."""
    for pool, connect in ((AiohttpPool(connect_timeout=3.0), 3.0), (AiohttpPool(), 10.0)):
        session = pool._session
        assert isinstance(session.connector, aiohttp.TCPConnector)
        assert session.connector.limit == 0
        assert session.connector._keepalive_timeout == 4.0
        assert session._retry_connection is False
        assert isinstance(session.cookie_jar, aiohttp.DummyCookieJar)
        assert session.timeout == pool._exchange._timeout == aiohttp.ClientTimeout(total=None, sock_connect=connect)
        assert pool._seconds == 60.0
        await pool.aclose()


async def test_thirty_odd_origins_are_remembered() -> None:
    async with aiohttp.ClientSession() as session:
        exchange = Exchange(session, Proxies(), connect_timeout=1.0)
        for number in range(33):
            exchange._add(f"http://a{number}")
        assert len(exchange._origins) == 33
        exchange._add("http://b")
        assert list(exchange._origins) == ["http://b"]


async def test_a_proxy_that_answers_in_the_servers_place(pool: AiohttpPool) -> None:
    answer = b"HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n"
    for body in (None, RawBody(b"1")):
        async with answering(answer) as script:
            behind = AiohttpPool(proxies=Proxies.given(script.origin.replace("://", "://anna:pass@")))
            with pytest.raises(errors.ProxyFailed, match="another user name or password"):
                await behind.handle(asking(script, "PUT", body=body))
            await behind.aclose()
        assert script.requests[0].startswith(f"PUT {script.origin}/api/v1/config HTTP/1.1".encode())
        assert parts(script.requests[0])[1]["Proxy-Authorization"] == "Basic YW5uYTpwYXNz"
        async with answering(answer) as script:
            assert (await pool.handle(asking(script, "PUT", body=body))).status == 407
