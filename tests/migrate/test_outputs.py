"""Outputs never destroy what is read."""

import os
from pathlib import Path
from typing import Any

import pytest

from aiopeertube.errors import InputError
from aiopeertube.migrate import Item, Job, JobOptions, Journal, check_output
from aiopeertube.migrate.plans.report import failed_table, write_failed

pytestmark = pytest.mark.anyio


def test_an_input_is_no_output_under_any_name(tmp_path: Path) -> None:
    table, link, hard = tmp_path / "films.csv", tmp_path / "link.csv", tmp_path / "hard.csv"
    table.write_text("uuid,name")
    link.symlink_to(table)
    os.link(table, hard)
    for name in (table, link, hard):
        with pytest.raises(InputError, match="read from"):
            check_output(name, (str(table),))
    for other in ("-", None, tmp_path / "other.csv"):
        check_output(other, (str(table), "stdin"))


@pytest.mark.parametrize("name", ["", ".", "/"])
def test_an_output_has_the_name_of_a_file(name: str) -> None:
    with pytest.raises(InputError, match=r"directory|no name"):
        check_output(name, ())


def test_the_file_behind_stdin_is_an_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tmp_path / "failed.csv"
    table.write_text("uuid,name")
    with table.open() as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        with pytest.raises(InputError, match="read from"):
            check_output(table, ("stdin",))


def test_a_dry_run_writes_only_what_it_was_told_to() -> None:
    assert failed_table(JobOptions(dry_run=True), "films.csv") is None
    assert failed_table(JobOptions(dry_run=True, failed="f.csv"), "films.csv") == Path("f.csv")
    assert failed_table(JobOptions(), "films.csv") == Path("failed.csv")


async def test_failed_rows_of_json_have_all_their_columns(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [{"id": "1", "name": "a"}, {"id": "2", "tags": ["b"]}]
    failed = [Item(row["id"], {}, 1, row, state="failed", reason="r", ready=True) for row in rows]
    with Journal.create(tmp_path / "journal", Job("update", "http://x", "u", "t.jsonl")) as journal:
        await journal.begin_pass()
        await journal.add(failed)
        assert await write_failed(journal, tmp_path / "out.csv") == 2
    assert (tmp_path / "out.csv").read_bytes() == b'id,name,tags,reason\r\n1,a,,r\r\n2,,"[""b""]",r\r\n'
