"""Outputs that cannot be written: found before the first change where that can be known, and always named."""

import os
import resource
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from aiopeertube.cli import stdout
from aiopeertube.cli.errors import Failure
from aiopeertube.emulator import Emulator

from .conftest import Cli, command, in_shell, rows, video

FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")


@pytest.fixture(autouse=True)
def state(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))


@pytest.fixture
def table(server: Emulator, user: Cli) -> str:
    """A table of twelve changes, by somebody who is logged in."""
    lines = (f"{one.uuid},Film {number}" for number, one in server.store.videos.items())
    Path("t.csv").write_text("uuid,name\n" + "\n".join(lines) + "\n")
    return "t.csv"


def edits(server: Emulator) -> int:
    return sum(server.statistics().edits.values())


@pytest.mark.parametrize("name", ["f.ods", "f.xls"])
def test_failed_rows_in_a_format_that_there_is_not(server: Emulator, user: Cli, table: str, name: str) -> None:
    result = user("apply", table, "--failed", name)
    assert (result.exit_code, edits(server)) == (2, 0)
    assert f"{name}: {name[1:]} is not supported; save it as .xlsx or .csv; see --failed" in result.stderr


def test_failed_rows_in_a_workbook_without_openpyxl(
    server: Emulator, user: Cli, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "openpyxl", None)
    result = user("apply", table, "--failed", "f.xlsx")
    assert (result.exit_code, edits(server)) == (2, 0)
    assert "openpyxl" in result.stderr


@pytest.mark.parametrize("place", [".", "t.csv"])
def test_a_place_of_the_journal_that_is_taken(server: Emulator, user: Cli, table: str, place: str) -> None:
    result = user("apply", table, "--journal", place)
    assert (result.exit_code, edits(server)) == (2, 0)
    told = "it is a directory" if place == "." else "there is a file at t.csv already"
    assert told in result.stderr


def test_nobody_reads_outcomes(server: Emulator, table: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    ran = subprocess.run(
        command("apply", table, "--format", "jsonl"), stdout=writer, stderr=subprocess.PIPE, check=False
    )
    os.close(writer)
    assert (ran.returncode, edits(server)) == (141, 0)


def test_a_reader_that_goes_away_leaves_a_job_that_goes_on(server: Emulator, user: Cli, table: str) -> None:
    many = "".join(f"{video(server, 1 + number % 12).uuid},{'x' * 900}\n" for number in range(12))
    Path("t.csv").write_text("uuid,description\n" + many)
    ran = in_shell("| head -c 1 >/dev/null; exit ${PIPESTATUS[0]}", "apply", table, "--format", "jsonl")
    assert ran.returncode in {0, 141}
    assert user("apply", table, "--resume", "--format", "text").exit_code == 0
    assert {len(one.description or "") for one in server.store.videos.values()} == {900}


@needs_full
def test_outcomes_that_find_no_room_say_how_to_go_on(server: Emulator, user: Cli, table: str) -> None:
    ran = in_shell(">/dev/full", "apply", table, "--format", "jsonl")
    assert ran.returncode == 74
    assert "stdout" in ran.stderr
    assert "No space left on device" in ran.stderr
    assert user("apply", table, "--format", "text").exit_code == 0


def test_a_disk_without_room_is_seen_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        f_bavail = 0

    with (tmp_path / "out").open("w") as file:
        monkeypatch.setattr("sys.stdout", file)
        stdout.check()
        monkeypatch.setattr("os.fstatvfs", lambda number: Full())
        with pytest.raises(Failure, match="No space left on device"):
            stdout.check()


@needs_full
@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("export", "-", "--mine", "--format", "csv"), "cannot write stdout: No space"),
        (("export", "/dev/full", "--mine", "--format", "csv", "--overwrite"), "cannot write /dev/full: No space"),
        (("plan", "t.csv", "-o", "-"), "cannot write stdout: No space"),
        (("plan", "t.csv"), "stdout: No space"),
        (("videos", "list"), "stdout: No space"),
    ],
)
def test_an_error_names_the_output(table: str, words: tuple[str, ...], named: str) -> None:
    ran = in_shell(">/dev/full", *words)
    assert (ran.returncode, named in ran.stderr) == (74, True), ran.stderr


def limited(size: int) -> Callable[[], None]:
    """Let files grow to so many bytes, as a full disk does."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def compiling_nothing() -> dict[str, str]:
    """Return an environment in which no module is compiled: it would be cut short, and break what comes later."""
    return os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}


@pytest.mark.parametrize("extension", ["csv", "xlsx", "jsonl"])
def test_an_export_that_finds_no_room_leaves_nothing(table: str, extension: str) -> None:
    name = f"o.{extension}"
    ran = subprocess.run(
        command("export", name, "--mine"),
        preexec_fn=limited(1024), env=compiling_nothing(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (ran.returncode, f"cannot write {name}: File too large" in ran.stderr) == (74, True), ran.stderr
    assert not list(Path().glob("*o.*"))


@pytest.mark.parametrize("size", [1024, 16384])
def test_a_job_that_finds_no_room_for_its_journal_sends_nothing(server: Emulator, table: str, size: int) -> None:
    ran = subprocess.run(
        command("apply", table),
        preexec_fn=limited(size), env=compiling_nothing(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode in {2, 74}
    assert edits(server) == 0
    assert rows(ran.stdout) == []
