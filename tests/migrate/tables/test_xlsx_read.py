"""Workbooks, made with openpyxl as a spreadsheet program makes them, or by hand where it does not."""

import datetime as dt
import io
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
import workbooks
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from aiopeertube.errors import ConfigurationError, FileUnreadable
from aiopeertube.migrate.problems import Problems
from aiopeertube.migrate.tables import Row, open_source

Trouble = tuple[int | None, str | None, str]  # row, column, reason
Read = Callable[..., tuple[list[Row], list[Trouble]]]

NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
MIDNIGHT = dt.datetime.fromisoformat("1939-01-02")


@pytest.fixture
def book() -> Workbook:
    return openpyxl.Workbook()


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a workbook: rows, and (row, column, reason) of what is wrong."""

    def read(book: Workbook, **options: Any) -> tuple[list[Row], list[Trouble]]:
        path = tmp_path / "films.xlsx"
        book.save(path)
        return read_file(path, **options)

    return read


def active(book: Workbook) -> Worksheet:
    assert isinstance(book.active, Worksheet)
    return book.active


def read_file(path: Path, **options: Any) -> tuple[list[Row], list[Trouble]]:
    source = open_source(str(path), **options)
    problems = Problems(source.name)
    rows = list(source.rows(problems))
    return rows, [(problem.line, problem.column, problem.reason) for problem in problems._kept]


def rewritten(path: Path, part: str, change: Callable[[bytes], bytes]) -> None:
    """Change a part of a workbook's archive."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts.get(part, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def shared(path: Path, *texts: str) -> None:
    """Make a workbook of one column whose texts (XML) are in a table of their own, as Excel does it."""
    openpyxl.Workbook().save(path)
    strings = "".join(f"<si>{text}</si>" for text in ("<t>text</t>", *texts))
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>{n - 1}</v></c></row>' for n in range(1, len(texts) + 2))
    sheet = f'<worksheet xmlns="{NS}"><sheetData>{cells}</sheetData></worksheet>'
    rewritten(path, "xl/worksheets/sheet1.xml", lambda _: sheet.encode())
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    entry = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'.encode()
    rewritten(path, "[Content_Types].xml", lambda xml: xml.replace(b"</Types>", entry))
    rewritten(path, "xl/sharedStrings.xml", lambda _: f'<sst xmlns="{NS}">{strings}</sst>'.encode())


@pytest.mark.parametrize(
    ("value", "number_format", "expected"),
    [
        ("text", None, "text"),
        (" spaces ", None, " spaces "),
        (None, None, ""),
        (12, None, "12"),
        (12.0, None, "12"),
        (-0.5, None, "-0.5"),
        (0.1 + 0.2, None, "0.3"),
        (True, None, "true"),
        (False, None, "false"),
        (dt.date(1939, 1, 2), None, "1939-01-02"),
        (MIDNIGHT, "yyyy-mm-dd", "1939-01-02"),
        (MIDNIGHT, 'd" hours" mmm yy', "1939-01-02"),
        (MIDNIGHT, "[$-413]d mmm yy", "1939-01-02"),
        (MIDNIGHT, "yyyy-mm-dd hh:mm", "1939-01-02T00:00:00"),
        (dt.datetime.fromisoformat("1939-01-02T03:04:05"), "yyyy-mm-dd", "1939-01-02T03:04:05"),
        (dt.time(3, 4, 5), None, "03:04:05"),
        (dt.timedelta(hours=30, minutes=4), None, "30:04:00"),
    ],
)
def test_values(read: Read, book: Workbook, value: object, number_format: str | None, expected: str) -> None:
    active(book).append(["id", "value", "last"])
    active(book).append([1, value, "x"])
    if number_format:
        active(book)["B2"].number_format = number_format
    assert read(book) == ([Row(2, {"id": "1", "value": expected, "last": "x"})], [])


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("=1+1", "a formula; paste its value"),
        ("#N/A", "an error: #N/A"),
        (2.1016080500348858e18, "has lost digits"),
    ],
)
def test_cells_that_cannot_be_relied_on(read: Read, book: Workbook, value: float | str, reason: str) -> None:
    for row in (["id", "value"], [1, "a"], [2, value], [3, "b"]):
        active(book).append(row)
    rows, [(line, column, found)] = read(book)
    assert [row.line for row in rows] == [2, 4]
    assert (line, column) == (3, "value")
    assert reason in found


@pytest.mark.parametrize(
    "formula",
    [
        '<f t="array" ref="B2:B4">UPPER(A2:A4)</f>',  # as newer Excels have nearly each that gives several values
        '<f t="dataTable" ref="B2:B3" dt2D="0" dtr="0" r1="A1"/>',
        '<f t="shared" si="0"/>',  # of which the first is not there
        "<f/>",
        "<f></f>",
    ],
)
def test_a_formula_of_any_form_is_no_text(tmp_path: Path, formula: str) -> None:
    path = tmp_path / "films.xlsx"
    cell = workbooks.Cell("str", f"{formula}<v>A TITLE</v>")
    titles = [workbooks.inline("id"), workbooks.inline("name")]
    workbooks.write(path, workbooks.sheet(titles, [workbooks.number("1"), cell]))
    problems = Problems("films.xlsx")
    assert list(open_source(str(path)).rows(problems)) == []
    (problem,) = problems._kept
    assert (problem.line, problem.column, problem.reason) == (2, "name", "a formula; paste its value")


def test_a_date_out_of_range(read: Read, book: Workbook) -> None:
    active(book).append(["id"])
    active(book).append([-1e9])
    active(book)["A2"].number_format = "yyyy-mm-dd"
    assert read(book)[1] == [(2, "id", "an error: #VALUE!")]


def test_empty_rows_are_skipped_and_counted(read: Read, book: Workbook) -> None:
    active(book)["A3"], active(book)["B3"] = "id", " name "
    active(book)["A7"], active(book)["B9"] = "1", "x"
    assert read(book) == ([Row(7, {"id": "1", "name": ""}), Row(9, {"id": "", "name": "x"})], [])


def test_cells_beyond_the_header(read: Read, book: Workbook) -> None:
    active(book).append(["id", "name", None, ""])
    active(book).append([1, "a", None])
    active(book).append([1, "a", None, "lost"])
    rows, problems = read(book)
    assert rows == [Row(2, {"id": "1", "name": "a"})]
    assert problems == [(3, None, "4 cells where the header has 2")]


def test_names_for_a_sheet_without_header(read: Read, book: Workbook) -> None:
    active(book).append([1, "=1+1", "a"])
    assert read(book, columns=["id", "-", "name"]) == ([Row(1, {"id": "1", "name": "a"})], [])


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (["id", None, "name"], "no name for column 2"),
        (["id", "name", "id"], "columns 1, 3"),
        (["id", "=1+1"], "column 2 is a formula"),
        ([], "it is empty"),
    ],
)
def test_headers_that_are_none(read: Read, book: Workbook, header: list[Any], reason: str) -> None:
    if header:
        active(book).append(header)
        active(book).append([1, 2, 3])
    rows, [(line, _, found)] = read(book)
    assert rows == []
    assert line == (1 if header else None)
    assert reason in found


def test_sheets(read: Read, book: Workbook) -> None:
    active(book).append(["first"])
    book.create_sheet("Other").append(["other"])
    active(book).append(["1"])
    book["Other"].append(["2"])
    assert read(book)[0] == [Row(2, {"first": "1"})]
    assert read(book, sheet="Other")[0] == [Row(2, {"other": "2"})]
    with pytest.raises(ConfigurationError, match=r"sheet Third: .* Sheet, Other"):
        read(book, sheet="Third")


def test_merged_cells_and_formats(read: Read, book: Workbook) -> None:
    for row in (["id", "name"], [1, "a"], [2, None]):
        active(book).append(row)
    active(book).merge_cells("B2:B3")
    active(book)["A1"].font = Font(bold=True)
    assert [row.cells["name"] for row in read(book)[0]] == ["a", ""]


def test_shared_texts_are_read_with_their_escapes(tmp_path: Path) -> None:
    """openpyxl would not know `_x000D_` from `_x005F_x000D_`."""
    path = tmp_path / "films.xlsx"
    texts = ["a_x000D_\nb", "_x005F_x000D_", "_xD83D_", "_x005f_x005F_x0041_"]
    shared(path, *(f'<t xml:space="preserve">{text}</t>' for text in texts))
    rows, problems = read_file(path)
    assert not problems
    assert [row.cells["text"] for row in rows] == ["a\r\nb", "_x000D_", "_xD83D_", "_x005FA"]


def test_runs_of_a_text_are_joined_without_how_they_sound(tmp_path: Path) -> None:
    path = tmp_path / "films.xlsx"
    runs = '<r><rPr><b/></rPr><t>bold </t></r><r><t>plain</t></r><rPh sb="0" eb="1"><t>sound</t></rPh>'
    shared(path, runs)
    assert read_file(path) == ([Row(2, {"text": "bold plain"})], [])


def test_a_long_number_that_is_whole_in_the_file(tmp_path: Path, book: Workbook) -> None:
    for row in (["id"], [12]):
        active(book).append(row)
    path = tmp_path / "films.xlsx"
    book.save(path)
    rewritten(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b">12<", b">2101608050034885731<"))
    assert read_file(path) == ([Row(2, {"id": "2101608050034885731"})], [])


def test_a_sheet_that_is_larger_than_it_says(tmp_path: Path, book: Workbook) -> None:
    for row in (["id", "name"], [1, "a"], [2, "b"]):
        active(book).append(row)
    path = tmp_path / "films.xlsx"
    book.save(path)
    rewritten(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b'ref="A1:B3"', b'ref="A1:A2"'))
    assert [row.cells["name"] for row in read_file(path)[0]] == ["a", "b"]


@pytest.mark.parametrize("data", [b"", b"a,b\n", b"PK\x03\x04 and nothing else", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_files_that_are_no_workbook(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "films.xlsx"
    path.write_bytes(data)
    with pytest.raises(FileUnreadable, match=r"films.xlsx: not an XLSX file"):
        open_source(str(path))


def test_an_archive_that_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "films.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", "<a/>")
    with pytest.raises(FileUnreadable, match="not an XLSX file"):
        open_source(str(path))


def test_a_sheet_that_is_damaged_in_the_middle(tmp_path: Path, book: Workbook) -> None:
    active(book).append(["id"])
    for n in range(5000):
        active(book).append([n])
    path = tmp_path / "films.xlsx"
    book.save(path)
    rewritten(path, "xl/worksheets/sheet1.xml", lambda xml: xml[: len(xml) // 2])
    rows, [(line, _, reason)] = read_file(path)
    assert 1000 < len(rows) < 3000
    assert line == rows[-1].line + 1
    assert "damaged from here on" in reason


def test_every_cut_workbook_is_refused_or_reported(tmp_path: Path, book: Workbook) -> None:
    for row in (["id", "name"], [1, "a"], [2, "b"]):
        active(book).append(row)
    whole = tmp_path / "whole.xlsx"
    book.save(whole)
    data, path = whole.read_bytes(), tmp_path / "cut.xlsx"
    for at in range(0, len(data), 97):
        path.write_bytes(data[:at])
        with pytest.raises(FileUnreadable):
            open_source(str(path))
    for at in range(0, len(data), 53):
        path.write_bytes(data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :])
        try:
            read_file(path)
        except (FileUnreadable, ConfigurationError):
            continue


def test_a_gigantic_shared_text_is_not_held(tmp_path: Path) -> None:
    path = tmp_path / "films.xlsx"
    shared(path, f"<t>{'x' * (5 << 20)}</t>")
    with pytest.raises(FileUnreadable, match="too long"):
        open_source(str(path))


def test_a_gigantic_cell_is_not_held(tmp_path: Path, book: Workbook) -> None:
    for row in (["id"], ["good"], ["here"]):
        active(book).append(row)
    path = tmp_path / "films.xlsx"
    book.save(path)
    rewritten(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"here", b"x" * (5 << 20)))
    rows, [(_, _, reason)] = read_file(path)
    assert rows in ([], [Row(2, {"id": "good"})])  # they come as the parser sees them
    assert reason == "the sheet is damaged from here on (a text is too long)"


def test_long_cells(tmp_path: Path) -> None:
    path = tmp_path / "films.xlsx"
    shared(path, f"<t>{'x' * 100_001}</t>", "<t>good</t>")
    assert read_file(path) == (
        [Row(3, {"text": "good"})],
        [(2, "text", "100,001 characters; at most 100,000 are read")],
    )


def test_stdin(monkeypatch: pytest.MonkeyPatch, book: Workbook) -> None:
    active(book).append(["id"])
    active(book).append([1])
    data = io.BytesIO()
    book.save(data)

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    cases: list[dict[str, Any]] = [{}, {"format": "xlsx"}]
    for options in cases:
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=Pipe(data.getvalue())))
        assert list(open_source("-", **options).rows(Problems("stdin"))) == [Row(2, {"id": "1"})]


def test_without_openpyxl_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "films.xlsx").write_bytes(b"")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ConfigurationError, match=r"pip install 'aiopeertube\[xlsx\]'"):
        open_source(str(tmp_path / "films.xlsx"))


def test_openpyxl_is_not_loaded_for_other_formats() -> None:
    import subprocess

    code = "import sys, aiopeertube.migrate.tables, aiopeertube.migrate.tables; sys.exit('openpyxl' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("option", [{"delimiter": ","}, {"encoding": "utf-8"}])
def test_options_of_other_formats(read: Read, book: Workbook, option: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="means nothing for XLSX"):
        read(book, **option)
