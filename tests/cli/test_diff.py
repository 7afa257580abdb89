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
