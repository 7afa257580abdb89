"""Outputs never destroy what is read."""

import os
from pathlib import Path
from typing import Any

import pytest

from aiopeertube.errors import ConfigurationError, InputError
from aiopeertube.migrate import Item, Job, JobOptions, Journal, check_output
from aiopeertube.migrate.outputs import free_name, unwritable, unwritten
from aiopeertube.migrate.plans.report import beside, failed_table, write_failed

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


@pytest.mark.parametrize(
    ("name", "options", "why", "option"),
    [
        ("", {}, "no name of a file", ""),
        ("", {"option": "failed"}, "failed: no name of a file", "failed"),
        ("{here}", {}, "cannot write '{here}': it is a directory", ""),
        ("a\0b", {}, r"cannot write 'a\x00b': no file can be called so", ""),
        ("{here}/" + "x" * 300, {}, "cannot write {here}/" + "x" * 300 + ": File name too long", ""),
        ("{here}/none/f.csv", {"option": "output"}, "output: cannot write {here}/none/f.csv: No such file", "output"),
        (
            "{here}/in.csv",
            {"option": "output", "overwrite": True},
            "output: cannot write {here}/in.csv: it is read from; choose another name",
            "output",
        ),
        ("{here}/there.csv", {}, "{here}/there.csv is already there; choose another name", ""),
        (
            "{here}/there.csv",
            {"option": "o", "to_overwrite": "overwrite"},
            "{here}/there.csv is already there",
            "overwrite",
        ),
    ],
)
def test_why_an_output_cannot_be(tmp_path: Path, name: str, options: dict[str, Any], why: str, option: str) -> None:
    for there in ("in.csv", "there.csv"):
        (tmp_path / there).write_text("x")
    with pytest.raises(InputError) as caught:
        check_output(name.format(here=tmp_path), ("", str(tmp_path / "in.csv"), "\0"), **options)
    assert str(caught.value).startswith(why.format(here=tmp_path))
    assert caught.value.option == option
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "there.csv"], "a trial leaves nothing"


def test_what_can_be_written(tmp_path: Path) -> None:
    there = tmp_path / "there.csv"
    there.write_text("as it was")
    check_output(there, (), overwrite=True)
    check_output(tmp_path / "new.csv", ("stdin", "no such file"))
    assert (there.read_text(), [*tmp_path.iterdir()]) == ("as it was", [there])
    assert [unwritable(path) for path in (there, "/dev/null", tmp_path / "new.csv")] == ["", "", ""]


def test_names_that_are_free(tmp_path: Path) -> None:
    path = tmp_path / "films.failed.csv"
    assert free_name(path) == path
    path.symlink_to("nowhere")
    assert free_name(path) == tmp_path / "films.failed.2.csv"
    (tmp_path / "films.failed.2.csv").touch()
    assert free_name(path) == tmp_path / "films.failed.3.csv"


def test_an_output_that_broke_off_is_named() -> None:
    assert str(unwritten("-", OSError(28, "No space left"))) == str(unwritten("stdout", OSError(28, "No space left")))
    assert "No space left" in str(unwritten("f.csv", OSError(28, "No space left")))
    assert "odd" in str(unwritten("f.csv", OSError("odd")))


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("films.csv", "films.failed.csv"),
        ("films.TSV", "films.failed.tsv"),
        ("films.jsonl", "films.failed.jsonl"),
        ("films.xlsx", "films.failed.xlsx"),
        ("films.txt", "films.failed.csv"),
        ("films", "films.failed.csv"),
    ],
)
def test_failed_rows_go_beside_their_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert beside(str(tmp_path / source)) == Path("failed.csv"), "it is not there"
    (tmp_path / source).touch()
    assert failed_table(JobOptions(), str(tmp_path / source)) == tmp_path / name
    (tmp_path / name).touch()
    assert failed_table(JobOptions(), str(tmp_path / source)) == (tmp_path / name).with_stem(f"{Path(name).stem}.2")


def test_failed_rows_go_where_they_are_wanted(tmp_path: Path) -> None:
    there, new = tmp_path / "there.csv", tmp_path / "new.csv"
    there.touch()
    assert failed_table(JobOptions(failed=""), "films.csv") is None
    assert failed_table(JobOptions(failed=new), "films.csv") == new
    assert failed_table(JobOptions(failed="-"), "films.csv") == Path("-")
    assert failed_table(JobOptions(failed=there, overwrite_output=True), "films.csv") == there
    assert failed_table(JobOptions(failed=there, resume=True), "films.csv") == tmp_path / "there.2.csv"
    with pytest.raises(InputError) as caught:
        failed_table(JobOptions(failed=there), "films.csv")
    assert caught.value.option == "overwrite_output"
    with pytest.raises(InputError, match=r"^failed: .* read from") as caught:
        failed_table(JobOptions(failed=new), "films.csv", (str(new),))
    with pytest.raises(ConfigurationError) as unknown:
        failed_table(JobOptions(failed=tmp_path / "failed.xls"), "films.csv")
    assert unknown.value.option == "failed"


async def test_failed_rows_have_the_columns_of_their_table(tmp_path: Path) -> None:
    item = Item("1", {}, 1, {"id": "1", "other": "b"}, state="conflict", reason="r", ready=True)
    job = Job("update", "http://x", "u", "t.csv", ("id", "name", "reason"))
    with Journal.create(tmp_path / "journal", job) as journal:
        await journal.begin_pass()
        await journal.add([item])
        assert await write_failed(journal, tmp_path / "out.csv") == 1
    assert (tmp_path / "out.csv").read_text() == "id,name,reason\n1,,r\n"


async def test_failed_rows_of_json_have_all_their_columns(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [{"id": "1", "name": "a"}, {"id": "2", "tags": ["b"]}]
    failed = [Item(row["id"], {}, 1, row, state="failed", reason="r", ready=True) for row in rows]
    with Journal.create(tmp_path / "journal", Job("update", "http://x", "u", "t.jsonl")) as journal:
        await journal.begin_pass()
        await journal.add(failed)
        assert await write_failed(journal, tmp_path / "out.csv") == 2
    assert (tmp_path / "out.csv").read_bytes() == b'id,name,tags,reason\r\n1,a,,r\r\n2,,"[""b""]",r\r\n'
