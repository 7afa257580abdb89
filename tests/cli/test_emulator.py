import json
import signal
import subprocess
import urllib.request
from functools import partial
from typing import Any

import pytest

from .conftest import Begin, Cli


@pytest.fixture
def start(begin: Begin) -> Begin:
    return partial(begin, "emulator")


def ask(url: str, path: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{url}/api/v1{path}") as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


class TestServing:
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_prints_address_and_users_until_it_is_ended(self, start: Begin, number: signal.Signals) -> None:
        process = start("--videos", "7", "--server-version", "8.2")
        first, *users = [line(process) for _ in range(5)]
        url = first.split()[0]
        assert ask(url, "/videos")["total"] == 7
        assert ask(url, "/config")["serverVersion"] == "8.2.1"
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
        assert (process.returncode, out, err) == (0, "", "")
        assert users[0] == "  root         test-root    administrator\n"
        assert users[1] == "  nisv         secret123    user\n"
        assert users[3] == "  twofactor    secret123    user, one-time code 123456\n"

    def test_json_and_end_of_stdin(self, start: Begin) -> None:
        process = start("--videos", "3", "--format", "json", "--until-eof")
        told = json.loads(line(process))
        assert ask(told["url"], "/videos")["total"] == 3
        assert {"username": "nisv", "password": "secret123", "role": "user"} in told["users"]
        out, err = process.communicate(timeout=20)
        assert (process.returncode, out, err) == (0, "", "")

    def test_options(self, start: Begin) -> None:
        args = ("--rate-limit", "5/60s", "--latency", "0.001", "--token-lifetime", "60", "--seed", "3")
        process = start("--format=json", *args, "--write-seconds=0.001", "--fault", "5xx=0", "--fault", "stall=0:1")
        url = json.loads(line(process))["url"]
        with urllib.request.urlopen(f"{url}/api/v1/videos") as answer:
            assert answer.headers["X-RateLimit-Limit"] == "5"

    def test_no_limit(self, start: Begin) -> None:
        url = json.loads(line(start("--format=json", "--rate-limit=none")))["url"]
        with urllib.request.urlopen(f"{url}/api/v1/videos") as answer:
            assert "X-RateLimit-Limit" not in answer.headers

    def test_port_is_taken(self, start: Begin) -> None:
        process = start("--format=json")
        port = json.loads(line(process))["url"].rpartition(":")[2]
        second = start("--port", port)
        out, err = second.communicate(timeout=20)
        assert (second.returncode, out) == (2, "")
        assert err.startswith(f"aiopeertube: error: cannot listen on 127.0.0.1:{port}: ")


class TestRefused:
    @pytest.mark.parametrize(
        ("args", "message"),
        [
            (("--rate-limit", "fast"), "Invalid value for '--rate-limit': 'fast' is neither \"none\" nor"),
            (("--rate-limit", "0/10s"), "Invalid value for '--rate-limit': '0/10s' is neither"),
            (("--fault", "flood=0.1"), "Invalid value for '--fault': 'flood=0.1': a fault is one of"),
            (("--fault", "5xx=2"), "Invalid value for '--fault': '5xx=2': 2.0 is not in the range 0<=x<=1."),
            (("--fault", "stall=0.1:nan"), "Invalid value for '--fault': 'stall=0.1:nan': 'nan' is not a"),
            (("--latency", "nan"), "Invalid value for '--latency': 'nan' is not a finite number"),
            (("--rate-limit", "5/infs"), "Invalid value for '--rate-limit': '5/infs' is neither"),
            (("--port", "70000"), "Invalid value for '--port': 70000 is not in the range 0<=x<=65535."),
        ],
    )  # fmt: skip
    def test_bad_options(self, cli: Cli, args: tuple[str, ...], message: str) -> None:
        result = cli("emulator", *args)
        assert result.exit_code == 2
        assert result.stderr.startswith(f"aiopeertube: error: {message}")
