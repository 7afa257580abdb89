"""No wait is silent: its reason and its end are said on stderr, for people and for programs."""

import json
from pathlib import Path

import pytest

from aiopeertube.cli import waiting
from aiopeertube.cli.waiting import Wait
from aiopeertube.emulator import Emulator, Fault

from .conftest import USER, Cli

A_DAY = Fault("429", method="PUT", seconds=86400)


@pytest.fixture
def table(server: Emulator, home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    monkeypatch.setattr("aiopeertube.cli.screens._Quiet.between", 0.3)
    (home / "t.csv").write_text(f"uuid,name\n{server.store.videos[1].uuid},Other\n")
    return "t.csv"


def test_a_day_is_said_and_not_waited_for(server: Emulator, user: Cli, table: str) -> None:
    server.faults.add(A_DAY)
    result = user("apply", table, PEERTUBE_PATIENCE="1.5")
    assert result.exit_code == 75
    assert "waiting for the rate limit, next window in" in result.stderr
    assert "the server asks for 24.0 h, so this gives up then" in result.stderr
    assert "it asks to wait for 86400 s more" in result.stderr
    assert "--resume" in result.stderr
    server.faults.clear()
    assert user("apply", table, "--resume").exit_code == 0
    assert server.store.videos[1].name == "Other"


def test_programs_read_progress_and_waits_as_json(server: Emulator, user: Cli, table: str) -> None:
    server.faults.add(A_DAY)
    result = user("apply", table, "--progress", "jsonl", PEERTUBE_PATIENCE="1.5")
    lines = [json.loads(line) for line in result.stderr.splitlines() if line.startswith("{")]
    waits = [line["waiting"] for line in lines if line["waiting"] is not None]
    assert {"step", "done", "total", "state", "seconds_left", "waiting"} == set(lines[0])
    assert {wait["reason"] for wait in waits} == {"rate limit"}
    assert {wait["asked"] for wait in waits} == {86400}
    assert all(0 <= wait["ends_in"] <= 1.6 for wait in waits)
    assert len({wait["until"] for wait in waits}) <= 2


def test_the_limit_of_logins_is_said_before_anything_is_shown(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "_SILENT", 0.2)
    with Emulator.in_thread(videos=1, rate_limit=None, login_limit=(1, 17.5)) as server:
        env = {"PEERTUBE_URL": server.url, **USER}
        assert cli("whoami", **env).exit_code == 0
        monkeypatch.setattr("aiopeertube.stack.window._FIGURES_PATIENCE", 1.0)
        result = cli("whoami", **env)
    assert result.exit_code == 75
    assert f"{server.url}: waiting for the rate limit, next window in" in result.stderr
    assert "it asks to wait for" in result.stderr


def test_a_server_that_does_not_answer_is_said(server: Emulator, user: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "_SILENT", 0.2)
    server.faults.add(Fault("stall", path="/users/me", seconds=1.0, times=1))
    result = user("whoami")
    assert result.exit_code == 0
    assert f"{server.url}: no answer for" in result.stderr
    assert user("whoami").stderr == ""
    server.faults.add(Fault("stall", path="/users/me", seconds=1.0, times=1))
    assert user("whoami", "--quiet").stderr == ""


@pytest.mark.parametrize(
    ("wait", "said"),
    [
        (Wait("rate limit", 8.4), "waiting for the rate limit, next window in 8 s, at "),
        (Wait("rate limit", 290.0, asked=290.0), "next window in 5 min, at "),
        (Wait("server away", 2.0, gives_up_in=99.0, what="server away for 9 s"), "next try in 2 s, giving up in"),
    ],
)
def test_waits_in_words(wait: Wait, said: str) -> None:
    assert said in str(wait)
    assert "gives up then" not in str(wait)
