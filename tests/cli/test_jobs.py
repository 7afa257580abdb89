"""What people see of jobs: tried first, listed, shown, looked at again and undone."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from aiopeertube.emulator import Emulator

from .conftest import Cli, Terminal, rows, video


@pytest.fixture(autouse=True)
def folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    return home / "state" / "aiopeertube" / "jobs"


def table(*numbers: int, name: str = "in.csv", prefix: str = "Film") -> None:
    Path(name).write_text("id,name\n" + "".join(f"{number},{prefix} {number}\n" for number in numbers))


def test_the_first_of_a_table_are_tried(server: Emulator, user: Cli) -> None:
    table(*range(1, 6))
    tried = user("apply", "in.csv", "--first", "2")
    assert (tried.exit_code, server.statistics().by_route["PUT /videos/{id}"]) == (0, 2)
    assert "verify: 2 stand as written, 0 differ" in tried.stderr
    assert "3 are left: the same command with --resume, and without --first, goes on with them" in tried.stderr
    rest = user("apply", "in.csv", "--resume")
    assert (rest.exit_code, "5 changed" in rest.stderr) == (0, True)
    assert user("verify", "last").exit_code == 0


def test_a_list_of_jobs_fits_on_a_small_screen(
    server: Emulator, user: Cli, terminal: Callable[..., Terminal], folder: Path
) -> None:
    name = "a-table-with-a-name-that-goes-on-and-on-and-on.csv"
    table(1, 99, name=name)
    user("apply", name)
    user("rollback", "last")
    (folder / "broken.journal").write_bytes(b"no journal")
    screen = terminal("jobs", "list", COLUMNS="80")
    assert screen.end() == 0
    jobs = [path.stem for path in folder.iterdir() if path.suffix == ".journal" and path.stem != "broken"]
    assert len(jobs) == 2
    assert all(job in screen.text for job in jobs), "a name that is cut is no name"
    assert all(len(line.rstrip()) <= 80 for line in screen.text.splitlines() if "broken" not in line)
    assert "rolled back" in screen.text
    assert "broken.journal: the journal " in screen.text


def test_jobs_are_listed_and_resumed_by_when_they_began(server: Emulator, user: Cli, folder: Path) -> None:
    table(1)
    user("apply", "in.csv")
    table(1, 2, 3, prefix="New")
    user("apply", "in.csv", "--first", "1")
    first, second = (job["job"] for job in reversed(rows(user("jobs", "list").stdout)))
    assert user("rollback", first).exit_code == 1  # the second job has changed the same video since
    back, *others = (job["job"] for job in rows(user("jobs", "list").stdout))
    assert (others, back.endswith("-back-in")) == ([second, first], True)
    os.utime(folder / f"{first}.journal")  # as a rollback leaves it
    assert "3 changed" in user("apply", "in.csv", "--resume").stderr


def test_outcomes_and_writes_have_the_values(server: Emulator, user: Cli) -> None:
    table(1, 99)
    old = video(server, 1).name
    user("apply", "in.csv")
    one, other = rows(user("jobs", "export", "last", "--format", "jsonl").stdout)
    assert (one["before"], one["after"]) == ({"name": old}, {"name": "Film 1"})
    assert (other["state"], other["before"]) == ("failed", None)
    table(1, prefix="Movie")
    user("apply", "in.csv", "--resume")
    written = rows(user("jobs", "export", "last", "--writes", "--format", "jsonl").stdout)
    assert [(row["outcome"], row["before"]["name"], row["after"]["name"]) for row in written] == [
        ("changed", old, "Film 1"), ("changed", "Film 1", "Movie 1"),
    ]  # fmt: skip
    assert written[0]["at"] < written[1]["at"]
    csv = user("jobs", "export", "last", "--format", "csv", "--state", "changed").stdout
    assert csv.splitlines()[0].endswith(",before,after")


def test_what_is_not_done_is_told(server: Emulator, user: Cli) -> None:
    table(1, 99)
    user("apply", "in.csv")
    video(server, 1).name = "Meanwhile"
    found = user("verify", "last", "--format", "jsonl")
    assert found.exit_code == 1
    assert "verify: 0 stand as written, 1 differs; 1 was not done by this job" in found.stderr
    assert [row.get("undone", "") for row in rows(found.stdout)] == ["", "failed"]
    assert "not done (failed): 99: there is no such video" in found.stderr


@pytest.mark.parametrize(("answer", "exit_code", "name"), [("y", 0, "Video"), ("n", 130, "Film 1")])
def test_a_rollback_asks_on_a_terminal(
    server: Emulator, user: Cli, terminal: Callable[..., Terminal], answer: str, exit_code: int, name: str
) -> None:
    table(1)
    user("apply", "in.csv")
    screen = terminal("rollback", "last")
    screen.expect(f"Roll back 1 video at {server.url}, of the job ")
    screen.expect("[y/N]: ")
    screen.type(answer)
    assert screen.end() == exit_code
    assert video(server, 1).name.startswith(name)
    assert ("nothing was rolled back" in screen.text) == (answer == "n")


def test_a_rollback_is_not_asked_for_elsewhere(server: Emulator, user: Cli) -> None:
    table(1)
    user("apply", "in.csv")
    undone = user("rollback", "last")
    assert undone.exit_code == 0
    assert "rollback of the job " in undone.stderr
    again = user("apply", "in.csv", "--resume")
    assert (again.exit_code, "was rolled back by" in again.stderr) == (2, True)


def test_what_cannot_come_back_is_told_before(server: Emulator, user: Cli) -> None:
    Path("in.csv").write_text("id\n1\n")
    told = user("delete", "in.csv", "--yes")
    assert "A rollback cannot bring back: files and comments of 1 video" in told.stderr


@pytest.mark.skipif(os.name == "nt", reason="permissions")
@pytest.mark.parametrize("log", [False, True])
def test_a_journal_on_a_read_only_medium(
    server: Emulator, user: Cli, home: Path, monkeypatch: pytest.MonkeyPatch, log: bool
) -> None:
    """As SQLite meets it: nothing can be made beside the file."""
    table(1)
    user("apply", "in.csv", "--journal", "a.journal")
    medium = home / "medium"
    medium.mkdir()
    shutil.copyfile("a.journal", medium / "a.journal")
    if log:
        (medium / "a.journal-wal").write_bytes(b"")
    kept = sorted(path.name for path in medium.iterdir())
    monkeypatch.setattr("aiopeertube.migrate.journal.journal_file.can_be_written", lambda path: False)
    connected = __import__("aiopeertube.migrate.journal.journal_file", fromlist=["_connected"])._connected

    def refusing(path: Path, undo: object, how: str) -> object:
        return connected(path.with_name("missing") if how == "mode=ro" else path, undo, how)

    monkeypatch.setattr("aiopeertube.migrate.journal.journal_file._connected", refusing)
    shown = user("jobs", "show", str(medium / "a.journal"))
    assert (shown.exit_code, "changed" in shown.stdout) == (0, True)
    assert user("verify", str(medium / "a.journal")).exit_code == 0
    assert sorted(path.name for path in medium.iterdir()) == kept


def test_a_report_is_a_page_or_json(server: Emulator, user: Cli) -> None:
    table(1, 2, 99)
    user("apply", "in.csv")
    made = user("jobs", "report", "last", "-o", "run.html")
    assert (made.exit_code, made.stdout, made.stderr) == (0, "", "report: run.html\n")
    page = Path("run.html").read_text()
    assert "<strong>2</strong> <span>changed</span>" in page
    assert "<svg" in page
    again = user("jobs", "report", "last", "-o", "run.html")
    assert (again.exit_code, "--overwrite-output" in again.stderr) == (2, True)
    assert user("jobs", "report", "last", "-o", "run.html", "--overwrite-output").exit_code == 0
    told = json.loads(user("jobs", "report", "last", "--format", "json").stdout)
    assert (told["counts"], told["user"], told["total"]["by_status"]["204"]) == (
        {"changed": 2, "failed": 1},
        "nisv",
        2,
    )
    assert user("jobs", "report", "last").stdout.startswith("<!doctype html>")
    assert user("jobs", "report", "nothing").exit_code == 2


def test_the_numbers_of_a_run_are_in_a_file(server: Emulator, user: Cli) -> None:
    table(1, 2, 99)
    done = user("apply", "in.csv", "--metrics-file", "run.prom")
    assert done.exit_code == 1
    told = Path("run.prom").read_text()
    assert f'aiopeertube_items_total{{instance="{server.url}",state="changed"}} 2\n' in told
    assert f'aiopeertube_attempts_total{{instance="{server.url}",status="204"}} 2\n' in told
    assert f'aiopeertube_running{{instance="{server.url}"}} 0\n' in told
    user("videos", "update", "1", "2", "--name", "Same", "--metrics-file", "run.prom")
    assert 'state="ok"} 2\n' in Path("run.prom").read_text()
    sent = server.statistics().requests
    refused = user("apply", "in.csv", "--metrics-file", "nowhere/run.prom")
    assert (refused.exit_code, "--metrics-file" in refused.stderr, server.statistics().requests) == (2, True, sent)
