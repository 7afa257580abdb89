"""What people see of a change before it is sent, and of a difference after it."""

import json
from pathlib import Path

import pytest

from aiopeertube.emulator import Emulator

from .conftest import Cli, video

LONG = "A film of the harbour, its ships and its dockers, by an amateur of this town, found in an attic in 1971."


@pytest.fixture(autouse=True)
def state(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))


def wanted(server: Emulator, number: int, before: str, after: str) -> None:
    """A table that wants another description of a video."""
    video(server, number).description = before
    Path("in.jsonl").write_text(json.dumps({"uuid": video(server, number).uuid, "description": after}) + "\n")


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (LONG, LONG.replace("attic", "cellar"), "town, found in an [-attic-]{+cellar+} in 1971."),
        (LONG.replace(", ", "\r\n"), LONG.replace(", ", "\n"), "description: line breaks alone: 3 x \\r\\n -> \\n"),
        (LONG, LONG + "\n", "in an attic in 1971.{+\\n+}"),
        ("a film", "a  film", "description: a {+␣+}film"),
    ],
)
def test_a_plan_shows_what_changes_of_a_text(server: Emulator, user: Cli, before: str, after: str, told: str) -> None:
    wanted(server, 1, before, after)
    assert told in user("plan", "in.jsonl").stdout


def test_verify_shows_what_differs_of_a_text(server: Emulator, user: Cli) -> None:
    wanted(server, 1, "", LONG)
    assert user("apply", "in.jsonl").exit_code == 0
    video(server, 1).description = LONG.replace("attic", "cellar")
    result = user("verify", "last")
    assert result.exit_code == 1
    assert "description is not as written: ... this town, found in an [-attic-]{+cellar+} in 1971." in result.stderr


def test_a_plan_in_full_shows_every_change_whole(server: Emulator, user: Cli) -> None:
    words = [f"word{number}" for number in range(200)]
    after = [word.upper() if number % 20 == 0 else word for number, word in enumerate(words)]
    wanted(server, 1, " ".join(words), " ".join(after))
    with Path("in.jsonl").open("a") as file:
        file.write(json.dumps({"uuid": video(server, 2).uuid, "name": "Second", "support": "Ours"}) + "\n")
    assert "(and in 7 more places)" in user("plan", "in.jsonl").stdout
    lines = user("plan", "in.jsonl", "--diff", "full").stdout.splitlines()
    first, second = (lines.index(f"{video(server, number).name} ({video(server, number).uuid}, line {number})")
                     for number in (1, 2))  # fmt: skip
    assert lines[first + 1].count("[-word") == lines[first + 1].count("{+WORD") == 10
    named = f"- name: {video(server, 2).name} -> Second"
    assert lines[second + 1 : second + 3] == [named, "- support: (none) -> Ours"]


@pytest.mark.parametrize("answer", ["n", "y"])
def test_who_sits_at_a_terminal_sees_what_would_change_and_is_asked(
    server: Emulator, user: Cli, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    wanted(server, 1, "Old words", "New words")
    monkeypatch.setattr("aiopeertube.cli.acting.is_terminal", lambda stream: True)
    monkeypatch.setattr("aiopeertube.cli.job_screen.is_terminal", lambda stream: True)
    result = user("apply", "in.jsonl", input=f"{answer}\n")
    assert "1 x description: Old words -> New words" in result.stderr
    assert f"Change 1 video at {server.url}?" in result.stderr
    assert result.exit_code == (0 if answer == "y" else 130)
    assert video(server, 1).description == ("New words" if answer == "y" else "Old words")
    assert f"Change 1 video at {server.url}?" not in user("apply", "in.jsonl", "--yes").stderr


def test_who_is_not_asked_hears_what_is_about_to_be_done(server: Emulator, user: Cli) -> None:
    wanted(server, 1, "Old words", "New words")
    assert f"update: 1 video at {server.url}; 1 request, " in user("apply", "in.jsonl").stderr
    assert f"update: 1 video at {server.url}; 2 requests, " in user("rollback", "last").stderr
