"""Requests by a proxy: plain ones are forwarded, encrypted ones take a tunnel, and nobody hears of its password."""

import asyncio
import logging
import ssl
from pathlib import Path

import pytest
import trustme
from proxies import forwarding

from aiopeertube import PeerTube, errors
from aiopeertube._proxies import Proxies
from aiopeertube.emulator import Emulator


@pytest.mark.anyio
async def test_all_kinds_of_bodies_are_forwarded(tmp_path: Path) -> None:
    (tmp_path / "film.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nHallo\n")
    async with Emulator(videos=3, rate_limit=None) as server, forwarding("joe:p@ss") as proxy:
        way = proxy.origin.replace("//", "//joe:p%40ss@")
        async with PeerTube(server.url, username="nisv", password="secret123", proxy=way) as pt:
            await pt.videos.update(1, name="By the proxy")
            await pt.captions.put(1, "nl", tmp_path / "film.srt")
        assert server.store.videos[1].name == "By the proxy"
    assert f"PUT {server.url}/api/v1/videos/1" in proxy.asked
    assert f"PUT {server.url}/api/v1/videos/1/captions/nl" in proxy.asked
    assert f"POST {server.url}/api/v1/users/token" in proxy.asked


@pytest.mark.anyio
async def test_a_tunnel_hides_what_is_in_it() -> None:
    authority = trustme.CA()
    theirs, ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("127.0.0.1").configure_cert(theirs)
    authority.configure_trust(ours)
    sent: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(3):
            sent.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(serve, "127.0.0.1", 0, ssl=theirs) as server:
        port = server.sockets[0].getsockname()[1]
        async with forwarding("joe:secret-word") as proxy:
            way = proxy.origin.replace("//", "//joe:secret-word@")
            url = f"https://127.0.0.1:{port}"
            async with PeerTube(url, token="t0ken", ssl_context=ours, proxy=way) as pt:
                await pt.videos.delete(1)
                await pt.videos.delete(2)
                await pt.videos.delete(3)
    assert proxy.asked == [f"CONNECT 127.0.0.1:{port}"]
    assert b"t0ken" not in b"".join(proxy.heads)
    assert [head.partition(b" HTTP/")[0] for head in sent] == [b"DELETE /api/v1/videos/%d" % n for n in (1, 2, 3)]
    assert b"roxy" not in b"".join(sent)


@pytest.mark.anyio
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_proxy_that_lets_nobody_pass_is_named_without_its_password(
    scheme: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with forwarding("joe:right") as proxy:
        way = proxy.origin.replace("//", "//joe:hunter2@")
        async with PeerTube(f"{scheme}://127.0.0.1:9", attempts=1, patience=0.1, proxy=way) as pt:
            with pytest.raises(errors.ServerUnreachable) as caught:
                await pt.config.get()
            told = f"{caught.value!r} {caught.value.__cause__!r} {pt!r} {pt._proxies!r} {pt._pool!r}"
    assert f"the proxy {proxy.origin} wants another user name or password" in told
    assert "hunter2" not in told + caplog.text


@pytest.mark.anyio
async def test_a_proxy_that_is_not_there_is_what_is_named() -> None:
    async with PeerTube("https://videos.example", attempts=1, patience=0.1, proxy="http://127.0.0.1:9") as pt:
        with pytest.raises(errors.ServerUnreachable, match=r"cannot connect to the proxy http://127\.0\.0\.1:9"):
            await pt.config.get()


@pytest.mark.anyio
async def test_a_proxy_without_a_way_to_the_server() -> None:
    async with (
        forwarding(status=b"502 Bad Gateway") as proxy,
        PeerTube("https://videos.example", attempts=1, patience=0.1, proxy=proxy.origin) as pt,
    ):
        with pytest.raises(errors.ServerUnreachable, match="cannot reach the server: it answered 502"):
            await pt.config.get()


@pytest.mark.parametrize(
    ("environment", "origin", "proxy"),
    [
        ({"HTTPS_PROXY": "http://p:1"}, "https://a.example", "http://p:1"),
        ({"HTTPS_PROXY": "http://p:1"}, "http://a.example", None),
        ({"HTTP_PROXY": "p:1"}, "http://a.example", "http://p:1"),
        ({"ALL_PROXY": "http://p"}, "https://a.example", "http://p:80"),
        ({"https_proxy": "http://low:1", "HTTPS_PROXY": "http://up:1"}, "https://a.example", "http://low:1"),
        ({"https_proxy": "", "HTTPS_PROXY": "http://up:1"}, "https://a.example", None),
        ({"HTTP_PROXY": "http://p:1", "REQUEST_METHOD": "GET"}, "http://a.example", None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "b.example, a.example"}, "https://a.example", None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": ".example"}, "https://a.example", None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "*.example"}, "https://a.example", None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "ample"}, "https://a.example", "http://p:1"),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "*"}, "https://a.example", None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "a.example:8443"}, "https://a.example", "http://p:1"),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "a.example:443"}, "https://a.example", None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "10.0.0.0/8"}, "https://10.1.2.3", None),
        ({"HTTPS_PROXY": "http://p:1", "no_proxy": "[::1]"}, "https://[::1]:9000", None),
        ({"HTTPS_PROXY": "http://p:1", "no_proxy": "::1"}, "https://[::1]:9000", None),
    ],
)
def test_the_environment_says_which_way(environment: dict[str, str], origin: str, proxy: str | None) -> None:
    found = Proxies.of_environment(environment).of(origin)
    assert (found and found.origin) == proxy


@pytest.mark.parametrize(
    "url", ["socks5://u:hunter2@p:1", "http://", "http://u:hunter2@p:99999", "http://u:hunter2@p/path"]
)
def test_what_is_no_proxy_is_refused_and_not_quoted(url: str) -> None:
    with pytest.raises(errors.ConfigurationError) as caught:
        PeerTube("https://videos.example", proxy=url)
    assert str(caught.value).startswith("proxy: ")
    assert "hunter2" not in repr(caught.value)


def test_no_password_goes_to_a_proxy_unencrypted() -> None:
    with pytest.raises(errors.InsecureCredentials, match=r"by the proxy http://p\.example:1 unencrypted"):
        PeerTube("http://localhost:9000", token="t", proxy="http://p.example:1")
    PeerTube("https://videos.example", token="t", proxy="http://p.example:1")


def test_only_from_env_reads_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://p:1")
    monkeypatch.setenv("PEERTUBE_URL", "https://videos.example")
    assert PeerTube.from_env()._proxies.of("https://videos.example") is not None
    assert PeerTube.from_env(proxy=None)._proxies.of("https://videos.example") is None
    assert PeerTube("https://videos.example")._proxies.of("https://videos.example") is None
