"""Which format it is, and files that are none."""

import io
import os
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from aiopeertube.errors import ConfigurationError, FileUnreadable
from aiopeertube.migrate.inputs import open_input
from aiopeertube.migrate.problems import Problems
from aiopeertube.migrate.tables import Row, open_source
from aiopeertube.migrate.tables.csv_read import Delimited


@pytest.mark.parametrize(
    ("name", "options", "data"),
    [
        ("films.csv", {}, "a,b\n1,2\n"),
        ("FILMS.CSV", {}, "a,b\n1,2\n"),
        ("films.txt", {}, "a|b\n1|2\n"),
        ("films.tsv", {}, "a\tb\n1\t2\n"),
        ("films.tab", {}, "a\tb\n1\t2\n"),
        ("films.tsv", {"delimiter": ";"}, "a;b\n1;2\n"),
        ("films.csv", {"delimiter": "tab"}, "a\tb\n1\t2\n"),
        ("films.csv", {"delimiter": "\\t"}, "a\tb\n1\t2\n"),
        ("films.dat", {"format": "tsv"}, "a\tb\n1\t2\n"),
        ("films.jsonl", {}, '{"a": "1", "b": "2"}\n'),
        ("films.ndjson", {}, '{"a": "1", "b": "2"}\n'),
        ("films.csv", {"format": "jsonl"}, '{"a": "1", "b": "2"}\n'),
        ("films", {}, '\ufeff \n{"a": "1", "b": "2"}\n'),
        ("films", {}, "a;b\n1;2\n"),
    ],
)
def test_formats(tmp_path: Path, name: str, options: dict[str, Any], data: str) -> None:
    path = tmp_path / name
    path.write_text(data, encoding="utf-8", newline="")
    source = open_source(str(path), **options)
    assert source.name == name
    problems = Problems(name)
    assert [row.cells for row in source.rows(problems)] == [{"a": "1", "b": "2"}]
    problems.raise_if_any()


@pytest.mark.parametrize(
    ("data", "options"),
    [("a,b\n1,2\n", {}), ('{"a": "1", "b": "2"}', {}), ("a\tb\n1\t2\n", {"format": "tsv"})],
)
def test_stdin(monkeypatch: pytest.MonkeyPatch, data: str, options: dict[str, Any]) -> None:
    stdin = io.BytesIO(data.encode())
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=stdin))
    source = open_source("-", **options)
    assert source.name == "stdin"
    assert [row.cells for row in source.rows(Problems("stdin"))] == [{"a": "1", "b": "2"}]
    assert not stdin.closed
    with pytest.raises(FileUnreadable, match="only once"):
        list(source.rows(Problems("stdin")))


def test_stdin_is_read_as_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"a,b\n" + b"".join(b"%d,x\n" % n for n in range(100_000))
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(data)))
    rows = list(open_source("-").rows(Problems("stdin")))
    assert [int(row.cells["a"]) for row in rows] == list(range(100_000))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_with_a_name(tmp_path: Path) -> None:
    path = tmp_path / "films.csv"
    os.mkfifo(path)
    writer = threading.Thread(target=lambda: path.write_bytes(b"a,b\n" + b"1,2\n" * 100_000))
    writer.start()
    assert sum(1 for _ in open_source(str(path)).rows(Problems("x"))) == 100_000
    writer.join()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_opened_once_also_where_a_plan_might_be(tmp_path: Path) -> None:
    path = tmp_path / "films"  # as a shell names what another command writes: <(sort films.csv)
    os.mkfifo(path)
    writer = threading.Thread(target=lambda: path.write_bytes(b"uuid,name\n1,2\n"))
    writer.start()
    source = open_input(str(path)).content
    assert isinstance(source, Delimited)
    assert [row.cells for row in source.rows(Problems("x"))] == [{"uuid": "1", "name": "2"}]
    writer.join()


def test_a_plan_is_no_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = b'{"plan":1,"kind":"update"}\n{"end":true,"changes":0}\n'
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(plan)))
    (tmp_path / "p.csv").write_bytes(plan)
    for path in ("-", str(tmp_path / "p.csv")):
        with pytest.raises(FileUnreadable, match="it is a plan and no table: `apply` takes it, as a file"):
            open_source(path)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ('[{"a": 1}, {"a": 2}]', "line 1: not an object but a list; each line is one"),
        (' [\n {\n  "a": 1\n }\n]\n', "line 1: JSON over several lines; each line is one object"),
        ('[{\n  "a": 1\n }]\n', "line 1: JSON over several lines; each line is one object"),
        ('{\n  "a": 1\n}\n', "line 1: JSON over several lines; each line is one object"),
    ],
)
def test_json_that_has_no_lines_is_told_as_what_it_is(tmp_path: Path, data: str, reason: str) -> None:
    path = tmp_path / "films.json"
    path.write_text(data)
    problems = Problems("films.json")
    assert list(open_source(str(path)).rows(problems)) == []
    (problem,) = problems._kept
    assert reason in str(problem)


def test_columns_are_known_before_rows_are_read(tmp_path: Path) -> None:
    path = tmp_path / "films.csv"
    path.write_text(" uuid , name\n1,2\n")
    assert open_source(str(path)).columns == ("uuid", "name")
    assert open_source(str(path), columns=["id", "-"]).columns == ("id",)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match=r"cannot read .*gone.csv: No such file"):
        open_source(str(tmp_path / "gone.csv"))
    with pytest.raises(FileUnreadable, match="directory"):
        open_source(str(tmp_path))
    with pytest.raises(FileUnreadable, match="null"):
        open_source("a\0b.csv")


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "films.csv"
    path.write_text("a,b\n")
    monkeypatch.setattr(
        "pathlib.Path.open", lambda *_: (_ for _ in ()).throw(PermissionError(13, "Permission denied"))
    )
    with pytest.raises(FileUnreadable, match="Permission denied"):
        open_source(str(path))


def test_a_file_that_fails_while_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 300_000:
                raise OSError(5, "Input/output error")
            return super().read(size)

    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=Failing(b"a,b\n" + b"1,2\n" * 200_000)))
    rows = open_source("-").rows(Problems("stdin"))
    assert next(rows) == Row(2, {"a": "1", "b": "2"})
    with pytest.raises(FileUnreadable, match="Input/output error"):
        list(rows)


@pytest.mark.parametrize(
    ("name", "options", "reason"),
    [
        ("films.csv", {"format": "xml"}, "format 'xml'"),
        ("films.ods", {}, r"\.ods is not supported"),
        ("films.xls", {}, r"\.xls is not supported"),
        ("films.csv", {"delimiter": "||"}, "delimiter '||'"),
        ("films.csv", {"delimiter": '"'}, "delimiter"),
        ("films.csv", {"delimiter": ""}, "delimiter"),
        ("films.csv", {"sheet": "x"}, "sheet means nothing for CSV"),
    ],
)
def test_options_that_make_no_sense(tmp_path: Path, name: str, options: dict[str, Any], reason: str) -> None:
    path = tmp_path / name
    path.write_text("a,b\n")
    with pytest.raises(ConfigurationError, match=reason.replace("||", r"\|\|")):
        open_source(str(path), **options)


def test_a_workbook_that_is_called_csv(tmp_path: Path) -> None:
    path = tmp_path / "films.csv"
    path.write_bytes(b"PK\x03\x04...")
    with pytest.raises(FileUnreadable, match="a ZIP archive"):
        open_source(str(path))
