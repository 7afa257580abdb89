"""Conflicts, as people and programs see them: all three values, wherever a conflict is told, and an exit code."""

from pathlib import Path

import pytest

from aiopeertube.emulator import Emulator

from .conftest import Cli, rows, video

TOLD = "name was Video 0001, is wanted Ours, and is Theirs now"


@pytest.fixture(autouse=True)
def state(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))


@pytest.fixture
def table(server: Emulator, user: Cli) -> str:
    """An export in which two fields of a video were edited, one of them by a colleague, too."""
    assert user("export", "t.csv", "--mine", "--fields", "uuid,name,support", "--quiet").exit_code == 0
    text = Path("t.csv").read_text(encoding="utf-8")
    Path("t.csv").write_text(text.replace(",Video 0001,,", ",Ours,Ours,"), encoding="utf-8")
    video(server, 1).name = "Theirs"
    return "t.csv"


def test_a_plan_tells_conflicts(user: Cli, table: str) -> None:
    result = user("plan", table)
    assert result.exit_code == 1
    assert "11 are as they should be, 1 cannot be done" in result.stderr
    assert TOLD in result.stderr
    lines = rows(user("plan", table, "--format", "jsonl").stdout)
    assert [(row["state"], row["fields"]) for row in lines] == [("planned", ["support"]), ("conflict", ["name"])]
    assert lines[1]["conflicts"] == {"name": {"base": "Video 0001", "mine": "Ours", "server": "Theirs"}}
    assert user("plan", table, "--overwrite").exit_code == 0


@pytest.mark.parametrize("dry_run", [(), ("--dry-run", "--failed", "t.failed.csv")])
def test_a_run_tells_conflicts(user: Cli, server: Emulator, table: str, dry_run: tuple[str, ...]) -> None:
    result = user("apply", table, "--format", "jsonl", *dry_run)
    assert result.exit_code == 1
    assert TOLD in result.stderr
    assert "conflicts are left as they are; --overwrite changes them all the same" in result.stderr
    (conflict,) = [row for row in rows(result.stdout) if row["state"] == "conflict"]
    assert conflict["conflicts"] == {"name": {"base": "Video 0001", "mine": "Ours", "server": "Theirs"}}
    assert (conflict["fields"], conflict["line"]) == (["name"], 2)
    assert f"changed by somebody else: {TOLD}" in Path("t.failed.csv").read_text(encoding="utf-8")
    assert (video(server, 1).name, video(server, 1).support) == ("Theirs", None if dry_run else "Ours")


def test_the_way_past_them_is_explicit(user: Cli, server: Emulator, table: str) -> None:
    assert user("apply", table).exit_code == 1
    assert user("apply", table, "--overwrite").exit_code == 0
    assert (video(server, 1).name, video(server, 1).support) == ("Ours", "Ours")
    assert user("rollback", "last").exit_code == 0
    assert video(server, 1).name == "Theirs"
