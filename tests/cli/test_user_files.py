"""Files of the user's: never replaced unless told, whatever the command."""

import csv
import errno
import os
from pathlib import Path
from typing import Any

import pytest

from aiopeertube.emulator import Emulator, Fault
from aiopeertube.migrate import Journal, JournalError
from aiopeertube.migrate.tables.target import Target

from .conftest import Cli, rows, video


@pytest.fixture(autouse=True)
def state(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    return home / "state" / "aiopeertube" / "jobs"


def read_csv(name: str) -> list[dict[str, str]]:
    with Path(name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write_csv(table: list[dict[str, str]], name: str) -> None:
    with Path(name).open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(table[0]))
        writer.writeheader()
        writer.writerows(table)


def puts(server: Emulator) -> int:
    return server.statistics().by_route.get("PUT /videos/{id}", 0)


class TestFilesOfTheUser:
    """Nothing that is there is replaced, and what cannot be written is found before the first change."""

    @pytest.fixture
    def bad(self, server: Emulator) -> str:
        """A table of which one row succeeds and one fails."""
        write_csv([{"uuid": video(server, 1).uuid, "name": "Film"}, {"uuid": NOBODY, "name": "Film"}], "t.csv")
        return "t.csv"

    def test_a_table_of_failed_rows_takes_a_free_name(self, user: Cli, bad: str) -> None:
        Path("t.failed.csv").write_text("an hour of corrections")
        Path("t.failed.2.csv").symlink_to("nowhere")
        result = user("apply", bad)
        assert (result.exit_code, Path("t.failed.csv").read_text()) == (1, "an hour of corrections")
        assert "1 row and its reason are in" in result.stderr
        assert "t.failed.3.csv" in result.stderr
        assert [row["uuid"] for row in read_csv("t.failed.3.csv")] == [NOBODY]

    def test_so_does_the_table_of_a_job_without_an_input(self, user: Cli, server: Emulator) -> None:
        Path("failed.csv").write_text("precious")
        server.faults.add(Fault("5xx", method="PUT", status=501, path=f"/videos/{video(server, 2).uuid}"))
        result = user("set", "--mine", "--yes", "support=Ours")
        assert (result.exit_code, Path("failed.csv").read_text()) == (1, "precious")
        assert "failed.2.csv" in result.stderr

    @pytest.mark.parametrize("command", [("apply",), ("apply", "--dry-run")])
    def test_a_named_one_is_refused_where_there_is_one(
        self, user: Cli, server: Emulator, bad: str, command: tuple[str, ...]
    ) -> None:
        Path("f.csv").write_text("precious")
        result = user(*command, bad, "--failed", "f.csv")
        assert (result.exit_code, Path("f.csv").read_text(), puts(server)) == (2, "precious", 0)
        assert "f.csv is already there; choose another name; see --overwrite-output" in result.stderr
        assert user(*command, bad, "--failed", "f.csv", "--overwrite-output").exit_code == 1
        assert [row["uuid"] for row in read_csv("f.csv")] == [NOBODY]

    def test_the_same_command_goes_on(self, user: Cli, bad: str) -> None:
        assert user("apply", bad, "--failed", "f.csv").exit_code == 1
        before = Path("f.csv").read_bytes()
        result = user("apply", bad, "--failed", "f.csv", "--resume-failed")
        assert (result.exit_code, Path("f.csv").read_bytes()) == (1, before)
        assert "f.2.csv" in result.stderr

    @pytest.mark.parametrize("option", [(), ("--overwrite-output",)])
    @pytest.mark.parametrize("name", ["t.csv", "./t.csv", "hard.csv", "soft.csv", "../here/t.csv"])
    def test_the_input_is_never_an_output(
        self, user: Cli, server: Emulator, bad: str, name: str, option: tuple[str, ...], home: Path
    ) -> None:
        (home / "here").symlink_to(home)
        os.link("t.csv", "hard.csv")
        Path("soft.csv").symlink_to("t.csv")
        name = name.replace("../here", str(home / "here"))
        before = Path("t.csv").read_bytes()
        assert user("apply", bad, "--failed", name, *option).exit_code == 2
        assert user("plan", bad, "-o", name, *option).exit_code == 2
        assert (Path("t.csv").read_bytes(), puts(server)) == (before, 0)

    def test_a_plan_is_replaced_only_when_told(self, user: Cli, bad: str) -> None:
        Path("t.plan").write_text("another plan")
        result = user("plan", bad, "-o", "t.plan")
        assert (result.exit_code, Path("t.plan").read_text()) == (2, "another plan")
        assert "see --overwrite-output" in result.stderr
        assert user("plan", bad, "-o", "t.plan", "--overwrite-output").exit_code == 1
        assert Path("t.plan").read_text().startswith('{"plan":1')

    @pytest.mark.parametrize("name", ["no/such/f.csv", ".", "t.csv/f.csv", "x" * 300])
    def test_what_cannot_be_written_is_found_before_the_first_change(
        self, user: Cli, server: Emulator, bad: str, name: str
    ) -> None:
        result, plan = user("apply", bad, "--failed", name), user("plan", bad, "-o", name)
        assert (result.exit_code, plan.exit_code, puts(server)) == (2, 2, 0)
        assert result.stderr.startswith("aiopeertube: error: --failed: cannot write")
        assert plan.stderr.startswith("aiopeertube: error: --output: cannot write")

    def test_two_outputs_have_two_names(self, user: Cli, server: Emulator, bad: str) -> None:
        result = user("apply", bad, "--failed", "one", "--journal", "./one", "--overwrite-output")
        assert (result.exit_code, puts(server)) == (2, 0)

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
    def test_a_disk_that_is_full_in_the_end_loses_no_counts(self, user: Cli, bad: str) -> None:
        result = user("apply", bad, "--failed", "/dev/full", "--format", "jsonl")
        assert result.exit_code == 74
        assert sorted(row["state"] for row in rows(result.stdout)) == ["changed", "failed"]
        assert "1 changed, 1 failed" in result.stderr
        assert "the table of failed rows could not be written" in result.stderr
        assert "`aiopeertube jobs export" in result.stderr

    def test_a_read_only_place_beside_the_input_is_no_obstacle(
        self, user: Cli, server: Emulator, bad: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Path("ro").mkdir()
        Path("t.csv").rename("ro/t.csv")
        unwritable_below(monkeypatch, Path("ro").resolve())
        result = user("apply", "ro/t.csv")
        assert result.exit_code == 1
        assert [row["uuid"] for row in read_csv("t.failed.csv")] == [NOBODY]
        assert "t.failed.csv" in result.stderr

    def test_no_place_at_all_is_told_before_the_first_change(
        self, user: Cli, server: Emulator, bad: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        unwritable_below(monkeypatch, Path.cwd())
        result = user("apply", bad)
        assert (result.exit_code, puts(server)) == (2, 0)
        assert "Read-only file system" in result.stderr

    @pytest.mark.parametrize("suffix", ["", ".lock", "-wal", "-shm", "-journal"])
    def test_a_journal_takes_no_file_of_yours(self, user: Cli, server: Emulator, bad: str, suffix: str) -> None:
        Path(f"my.journal{suffix}").write_text("precious")
        result = user("apply", bad, "--journal", "my.journal")
        assert (result.exit_code, Path(f"my.journal{suffix}").read_text(), puts(server)) == (2, "precious", 0)
        assert user("apply", bad, "--journal", "my.journal", "--resume").exit_code == 2
        assert Path(f"my.journal{suffix}").read_text() == "precious"

    def test_an_input_is_no_journal(self, user: Cli, bad: str) -> None:
        before = Path(bad).read_bytes()
        assert user("apply", bad, "--journal", bad).exit_code == 2
        assert user("apply", bad, "--journal", bad, "--resume").exit_code == 2
        assert Path(bad).read_bytes() == before


NOBODY = "00000000-0000-4000-8000-000000000000"


def unwritable_below(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Make a folder one that no table can be written into, as a read-only medium is."""
    opened = Target._open

    def open_(target: Target, final: Path) -> Any:
        if final.is_relative_to(folder):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        return opened(target, final)

    monkeypatch.setattr(Target, "_open", open_)


def test_exit_2_means_that_nothing_was_sent(user: Cli, server: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal that is found to be damaged after changes were sent is no bad usage."""

    async def damaged(self: Journal) -> dict[str, int]:
        if puts(server):
            raise JournalError(f"the journal {self.path} is damaged")
        return await counts(self)

    counts = Journal.counts
    monkeypatch.setattr(Journal, "counts", damaged)
    write_csv([{"uuid": video(server, 1).uuid, "name": "Film"}], "t.csv")
    result = user("apply", "t.csv")
    assert (result.exit_code, puts(server)) == (74, 1)
    assert "changes were sent" in result.stderr
