"""Wrong addresses, each told apart from the others."""

import socket
import ssl
from pathlib import Path

import pytest
import trustme

from aiopeertube._settings import origin_of
from aiopeertube.emulator import Emulator, Fault
from aiopeertube.errors import InvalidURL

from .conftest import USER, Cli, Files, Gateway, Json, Moved, Pages, web_server

COMMANDS = {
    "list": ("videos", "list"),
    "login": ("login",),
    "whoami": ("whoami",),
    "update": ("videos", "update", "1", "2", "--name", "Where am I"),
    "get": ("videos", "get", "1", "2"),
    "api": ("api", "GET", "/config"),
}
every_command = pytest.mark.parametrize("args", COMMANDS.values(), ids=COMMANDS)


@pytest.fixture(scope="module")
def tls() -> ssl.SSLContext:
    """A certificate of nobody's authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(context)
    return context


def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@every_command
def test_nobody_listens(cli: Cli, args: tuple[str, ...]) -> None:
    url = f"http://127.0.0.1:{closed_port()}"
    result = cli(*args, "--url", url, **USER)
    assert (result.exit_code, result.stdout) == (4, "")
    first, hint = result.stderr.splitlines()
    assert first.startswith(f"aiopeertube: error: cannot connect to {url}: ")
    assert hint == "hint: check the address, and whether the server runs"


def test_no_such_host(cli: Cli) -> None:
    result = cli("videos", "list", "--url", "https://nowhere.invalid")
    assert result.exit_code == 4
    assert result.stderr.startswith("aiopeertube: error: cannot connect to https://nowhere.invalid: ")


@every_command
def test_https_where_http_is_spoken(server: Emulator, cli: Cli, args: tuple[str, ...]) -> None:
    url = server.url.replace("http://", "https://")
    result = cli(*args, "--url", url, **USER)
    assert result.exit_code == 4
    assert result.stderr == f"aiopeertube: error: {url} does not speak https\nhint: try --url {server.url}\n"


@every_command
def test_http_where_https_is_spoken(cli: Cli, tls: ssl.SSLContext, args: tuple[str, ...]) -> None:
    with web_server(Pages, tls) as port:
        result = cli(*args, "--url", f"http://127.0.0.1:{port}", **USER)
    assert result.exit_code == 4
    assert result.stderr == (
        f"aiopeertube: error: http://127.0.0.1:{port} does not speak plain http\nhint: try --url https://127.0.0.1:{port}\n"
    )


@every_command
def test_certificate_of_nobody(cli: Cli, tls: ssl.SSLContext, args: tuple[str, ...]) -> None:
    with web_server(Pages, tls) as port:
        result = cli(*args, "--url", f"https://127.0.0.1:{port}", **USER)
    assert result.exit_code == 4
    first, hint = result.stderr.splitlines()
    assert first.startswith(f"aiopeertube: error: the certificate of https://127.0.0.1:{port} is not trusted: ")
    assert hint == "hint: for a private authority set SSL_CERT_FILE to its certificate"


@every_command
@pytest.mark.parametrize("handler", [Pages, Files])
def test_another_web_server(cli: Cli, handler: type[Pages], args: tuple[str, ...]) -> None:
    with web_server(handler) as port:
        result = cli(*args, "--url", f"http://127.0.0.1:{port}", **USER)
    assert (result.exit_code, result.stdout) == (4, "")
    assert result.stderr == (
        f"aiopeertube: error: http://127.0.0.1:{port} answers, but it is not a PeerTube\n"
        "hint: check the address given with --url, PEERTUBE_URL or at the last login\n"
    )


@pytest.mark.parametrize("command", sorted(COMMANDS.keys() - {"api"}))
def test_another_api(cli: Cli, command: str) -> None:
    with web_server(Json) as port:
        result = cli(*COMMANDS[command], "--url", f"http://127.0.0.1:{port}", **USER)
    assert (result.exit_code, result.stdout) == (4, "")
    assert result.stderr.splitlines()[0].endswith("answers, but it is not a PeerTube")


def test_list_of_another_api(cli: Cli) -> None:
    with web_server(Json) as port:
        result = cli("videos", "list", "--url", f"http://127.0.0.1:{port}")
    assert (result.exit_code, "answers, but it is not a PeerTube" in result.stderr) == (4, True)


def test_run_over_many_finds_out_before_it_logs_in(cli: Cli) -> None:
    asked = []

    class Noted(Pages):
        def do_GET(self) -> None:  # noqa: N802 - see Pages
            asked.append(self.path)
            super().do_GET()

        do_POST = do_PUT = do_GET  # noqa: N815 - see Pages

    with web_server(Noted) as port:
        cli(*COMMANDS["update"], "--url", f"http://127.0.0.1:{port}", **USER)
    assert set(asked) == {"/api/v1/ping", "/api/v1/videos?start=0&count=0"}  # which asks whether it is there at all
    assert len(asked) <= 12


@every_command
def test_server_behind_a_gateway_is_down(cli: Cli, args: tuple[str, ...]) -> None:
    with web_server(Gateway) as port:
        result = cli(*args, "--url", f"http://127.0.0.1:{port}", **USER)
    assert (result.exit_code, result.stdout) == (75, "")
    first, hint = result.stderr.splitlines()
    quoted = "/ping answered 502: <html>" in first
    assert quoted or "/oauth-clients/local answered 502: text/html, " in first  # near secrets nothing is quoted
    assert hint == "hint: the server may be starting or overloaded; run it again"


def test_moved(cli: Cli) -> None:
    with web_server(Moved) as port:
        result = cli("whoami", "--url", f"http://127.0.0.1:{port}", **USER)
    assert result.exit_code == 4
    first, hint = result.stderr.splitlines()
    assert "was redirected (302) to https://elsewhere.invalid/login" in first
    assert hint == "hint: if that is the instance, use --url https://elsewhere.invalid"


def test_name_that_no_host_can_have(cli: Cli) -> None:
    result = cli("videos", "list", "--url", f"https://{'a' * 80}.example")
    assert result.exit_code in {2, 4}
    assert len(result.stderr.splitlines()) == 2


def test_another_web_server_for_nobody(cli: Cli) -> None:
    with web_server(Files) as port:
        result = cli("videos", "get", "1", "2", "--url", f"http://127.0.0.1:{port}")
    assert result.exit_code == 4
    assert result.stderr.splitlines()[-2].endswith("answers, but it is not a PeerTube")


@pytest.mark.parametrize(
    "url",
    [
        "videos.example",
        "ftp://videos.example",
        "https://me:hush@videos.example",
        "https://videos.example/w/x",
        "https://videos.example:port",
    ],
)
def test_no_address(cli: Cli, url: str) -> None:
    with pytest.raises(InvalidURL) as refusal:
        origin_of(url)
    result = cli("videos", "list", "--url", url)
    assert result.exit_code == 2
    assert result.stderr == (
        f"aiopeertube: error: {refusal.value}\n"
        "hint: give the address with --url or PEERTUBE_URL, like https://videos.example\n"
    )
    assert "hush" not in result.output


def test_none_at_all(cli: Cli) -> None:
    result = cli("videos", "list")
    assert result.exit_code == 2
    assert result.stderr == (
        "aiopeertube: error: which instance?\n"
        "hint: give its address with --url or PEERTUBE_URL, or run `aiopeertube login` once\n"
    )


@pytest.mark.parametrize("args", [("whoami",), ("videos", "update", "1", "--name", "Open"), ("videos", "list")])
def test_credentials_over_plain_http(cli: Cli, args: tuple[str, ...]) -> None:
    result = cli(*args, "--url", "http://videos.example", **USER)
    assert result.exit_code == 2
    first, hint = result.stderr.splitlines()
    assert first.startswith("aiopeertube: error: user name, password or token would go to http://videos.example")
    assert hint == "hint: use an https:// address, or --allow-http if you trust the network"


class TestPassingTrouble:
    def test_no_answer_in_time(self, server: Emulator, cli: Cli) -> None:
        server.faults.add(Fault("stall", seconds=30.0))
        result = cli("videos", "list", "--url", server.url, "--timeout", "0.05")
        assert result.exit_code == 75
        assert result.stderr == (
            f"aiopeertube: error: no answer from {server.url} to GET /api/v1/videos in time\n"
            "hint: run the same command again; a slow server may need a longer --timeout\n"
        )

    def test_connection_lost(self, server: Emulator, cli: Cli) -> None:
        server.faults.add(Fault("reset"))
        result = cli("videos", "list", "--url", server.url)
        assert result.exit_code == 75
        assert result.stderr.startswith(
            f"aiopeertube: error: connection to {server.url} lost during GET /api/v1/videos"
        )

    def test_refused_by_the_rate_limit(self, server: Emulator, cli: Cli) -> None:
        server.faults.add(Fault("429"))
        result = cli("videos", "list", "--url", server.url)
        assert result.exit_code == 75
        assert result.stderr.splitlines()[1].startswith("hint: wait a little and run it again")

    def test_server_error(self, server: Emulator, cli: Cli) -> None:
        server.faults.add(Fault("5xx", status=500))
        result = cli("videos", "list", "--url", server.url)
        assert result.exit_code == 5
        assert result.stderr.startswith("aiopeertube: error: GET /api/v1/videos answered 500: ")

    def test_a_page_from_a_peertube_is_passing(self, server: Emulator, cli: Cli) -> None:
        server.faults.add(Fault("garbage", path="/videos"))
        result = cli("videos", "list", "--url", server.url)
        assert result.exit_code == 75
        assert result.stderr.startswith("aiopeertube: error: expected JSON, got status 200 with text/html")

    def test_server_that_goes_away_on_the_way(self, cli: Cli, tmp_path: Path) -> None:
        with Emulator.in_thread(videos=3, rate_limit=None) as server:
            cli("login", "--url", server.url, **USER)

            server.faults.add(Fault("reset", path="/videos/2"))
            result = cli("videos", "update", "1", "2", "3", "--name", "Partly")
        assert result.exit_code == 1
        assert "in doubt: 2: connection to" in result.stderr


class TestProxies:
    """Which way requests go, by the option and by the environment."""

    @pytest.mark.parametrize("how", ["option", "PEERTUBE_PROXY", "HTTP_PROXY", "http_proxy", "ALL_PROXY"])
    def test_a_dead_proxy_is_named_and_its_password_is_not(self, server: Emulator, cli: Cli, how: str) -> None:
        dead = "http://joe:hunter2@127.0.0.1:9"
        args, env = (("--proxy", dead), {}) if how == "option" else ((), {how: dead})
        result = cli(*args, "whoami", "--url", server.url, **USER, **env)
        assert (result.exit_code, server.statistics().requests) == (4, 0)
        assert "cannot connect to the proxy http://127.0.0.1:9: " in result.stderr
        assert "hunter2" not in result.output

    def test_there_are_ways_past_it(self, server: Emulator, cli: Cli) -> None:
        dead = {"HTTP_PROXY": "http://127.0.0.1:9", "PEERTUBE_URL": server.url, **USER}
        assert cli("whoami", **dead, NO_PROXY="localhost,127.0.0.1").exit_code == 0
        assert cli("--proxy", "none", "whoami", **dead).exit_code == 0
        assert cli("whoami", "--proxy", "socks5://127.0.0.1:9", **dead).exit_code == 2
