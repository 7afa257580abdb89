"""Running the command line: in this process, in one of its own, and on a terminal."""

import http.client
import http.server
import json
import os
import pty
import re
import select
import shlex
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click.testing
import pytest

from aiopeertube.cli.app import app
from aiopeertube.emulator import Emulator

PASSWORD = "secret123"
USER = {"PEERTUBE_USERNAME": "nisv", "PEERTUBE_PASSWORD": PASSWORD}
ADMIN = {"PEERTUBE_USERNAME": "root", "PEERTUBE_PASSWORD": "test-root"}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, and an environment that says nothing."""
    for name in [name for name in os.environ if name.startswith(("PEERTUBE_", "AIOPEERTUBE_"))] + [
        "NO_COLOR",
        "FORCE_COLOR",
    ]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(autouse=True)
def impatient(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries without pauses, and servers that are away without patience."""
    monkeypatch.setattr("aiopeertube.stack.retry._LONGEST", 0.001)
    monkeypatch.setenv("PEERTUBE_PATIENCE", "0.3")
    monkeypatch.setattr("aiopeertube.cli.diagnosis._PATIENCE", 0.3)


@pytest.fixture
def config(home: Path) -> Path:
    """Where the command line keeps things."""
    return home / "config" / "aiopeertube"


@pytest.fixture
def server() -> Iterator[Emulator]:
    with Emulator.in_thread(videos=12, rate_limit=None, login_limit=None) as started:
        yield started


Result = click.testing.Result
Cli = Callable[..., Result]


@pytest.fixture
def cli() -> Cli:
    """Run a command in this process; neither stdin nor stdout is a terminal."""

    def run(*args: str, input: str | bytes | None = None, **env: str) -> Result:
        result = click.testing.CliRunner(env=env).invoke(app, list(args), input=input, prog_name="aiopeertube")
        assert "Traceback" not in result.output
        return result

    return run


@pytest.fixture
def user(server: Emulator, cli: Cli) -> Cli:
    """`cli`, logged in as nisv."""
    assert cli("login", "--url", server.url, **USER).exit_code == 0
    return cli


@pytest.fixture
def admin(server: Emulator, cli: Cli) -> Cli:
    """`cli`, logged in as root."""
    assert cli("login", "--url", server.url, **ADMIN).exit_code == 0
    return cli


def command(*args: str) -> list[str]:
    return [sys.executable, "-m", "aiopeertube", *args]


def rows(text: str) -> list[Any]:
    """The values of JSON lines."""
    return [json.loads(line) for line in text.splitlines()]


def video(server: Emulator, number: int) -> Any:
    return server.store.videos[number]


# Whoever runs tests in the background hands down that Ctrl-C is ignored.
_HEEDS_CTRL_C = """
import signal, sys
{uvloop}
signal.signal(signal.SIGINT, signal.default_int_handler)
from aiopeertube.__main__ import main
main()
"""


def interruptible(*args: str, uvloop: bool = True) -> list[str]:
    """A command that heeds Ctrl-C; on uvloop where it is installed, unless it is not wanted."""
    code = _HEEDS_CTRL_C.format(uvloop="" if uvloop else "sys.modules['uvloop'] = None")
    return [sys.executable, "-c", code, *args]


Begin = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def begin() -> Iterator[Begin]:
    """Start a command that can be interrupted, with pipes; none outlives its test."""
    started: list[subprocess.Popen[str]] = []

    def start(*args: str, uvloop: bool = True) -> subprocess.Popen[str]:
        argv, pipe = interruptible(*args, uvloop=uvloop), subprocess.PIPE
        process = subprocess.Popen(argv, text=True, stdin=pipe, stdout=pipe, stderr=pipe)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def in_shell(redirection: str, *args: str) -> subprocess.CompletedProcess[str]:
    """Run a command with a shell's redirection, like <&-; its output is buffered, as it is for most."""
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return subprocess.run(
        f"{shlex.join(command(*args))} {redirection}",
        shell=True, executable="/bin/bash", capture_output=True, text=True, check=False, timeout=20, env=buffered,
    )  # fmt: skip


def wait_until(condition: Callable[[], object]) -> None:
    """Look again and again, for 20 seconds at most."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def plain(text: str) -> str:
    """The text without a terminal's escape sequences."""
    return re.sub(r"\x1b(\[[0-9;?]*[A-Za-z]|\][^\x07]*\x07)", "", text).replace("\r\n", "\n")


class Terminal:
    """A command on a terminal of its own, and who sits at it."""

    def __init__(self, args: Sequence[str], env: dict[str, str]) -> None:
        self._screen, terminal = pty.openpty()
        self.process = subprocess.Popen(
            interruptible(*args),
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            env={**os.environ, "TERM": "xterm", "COLUMNS": "120", **env},
            start_new_session=True,
        )
        os.close(terminal)
        self.raw = ""
        self._seen = 0

    def read(self) -> bool:
        """Take in what comes next; False at the end."""
        if not select.select([self._screen], [], [], 20)[0]:
            raise AssertionError(f"nothing comes any more after: {self.raw!r}")
        try:
            chunk = os.read(self._screen, 65536)
        except OSError:  # the other side is closed
            return False
        self.raw += chunk.decode("utf-8", "replace")
        return bool(chunk)

    def expect(self, text: str) -> None:
        """Wait until `text` is on the screen, after what was expected before."""
        while text not in self.raw[self._seen :]:
            assert self.read(), f"{text!r} does not come: {self.raw!r}"
        self._seen = self.raw.index(text, self._seen) + len(text)

    def type(self, line: str) -> None:
        os.write(self._screen, line.encode() + b"\n")

    def end(self) -> int:
        """Wait for the end; return the exit code."""
        while self.read():
            pass
        os.close(self._screen)
        return self.process.wait(20)

    @property
    def text(self) -> str:
        return plain(self.raw)


@pytest.fixture
def terminal() -> Iterator[Callable[..., Terminal]]:
    """Start a command on a terminal."""
    started: list[Terminal] = []

    def start(*args: str, **env: str) -> Terminal:
        started.append(Terminal(args, env))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
            each.process.wait()


@contextmanager
def web_server(handler: type[http.server.BaseHTTPRequestHandler], tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Something that is no PeerTube; gives its port."""

    class Server(http.server.ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            pass

    with Server(("127.0.0.1", 0), handler) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


class Pages(http.server.BaseHTTPRequestHandler):
    """Answers whatever is asked with a page, as single-page applications do."""

    status = 200
    content_type = "text/html"
    page = b"<html><title>Welcome</title></html>"

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.send_header("content-type", self.content_type)
        self.send_header("content-length", str(len(self.page)))
        self.send_header("location", "https://elsewhere.invalid/login")  # of no meaning but with 3xx
        self.end_headers()
        self.wfile.write(self.page)

    do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - the names that http.server looks for

    def log_message(self, format: str, *args: object) -> None:
        pass


class Json(Pages):
    """Another API."""

    content_type = "application/json"
    page = b'{"hello": "world"}'


class Gateway(Pages):
    """A proxy whose server does not answer."""

    status = 502


class Moved(Pages):
    """Somewhere else."""

    status = 302


class Files(http.server.SimpleHTTPRequestHandler):
    """Knows no such path."""

    def log_message(self, format: str, *args: object) -> None:
        pass
