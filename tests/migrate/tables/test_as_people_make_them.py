"""Tables as spreadsheets and people leave them: what is round the rows, above them, hidden in them, or not seen."""

import csv
import io
import json
import os
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import workbooks
from workbooks import Sheet, number, shared, sheet

from aiopeertube.errors import ConfigurationError, FileUnreadable
from aiopeertube.migrate.problems import Problems
from aiopeertube.migrate.tables import Row, open_sink, open_source

Trouble = tuple[int | None, str | None, str]
Read = Callable[..., tuple[list[Row], list[Trouble], list[str]]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a file, or bytes: rows, what is wrong with it, and what is noted."""

    def read(
        data: Path | bytes, name: str = "films.csv", **options: Any
    ) -> tuple[list[Row], list[Trouble], list[str]]:
        path = data if isinstance(data, Path) else tmp_path / name
        if isinstance(data, bytes):
            path.write_bytes(data)
        source = open_source(str(path), **options)
        problems = Problems(source.name)
        rows = list(source.rows(problems))
        return rows, [(one.line, one.column, one.reason) for one in problems._kept], problems.notes

    return read


def saved(folder: Path, format: str, rows: Sequence[Sequence[str]]) -> Path:
    """Save rows as a spreadsheet does: each with all columns."""
    path = folder / f"films.{format}"
    if format == "xlsx":
        workbooks.write(path, sheet(*([shared(cell) for cell in row] for row in rows)))
    else:
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, delimiter="\t" if format == "tsv" else ",").writerows(rows)
    return path


# Blank rows and columns.


@pytest.mark.parametrize("format", ["csv", "tsv", "xlsx"])
def test_blank_rows_and_columns_are_none(read: Read, tmp_path: Path, format: str) -> None:
    rows = [
        ["", " ", "", "", ""],
        ["", "id", "", "name", " "],
        ["", "1", "\u00a0", "a", ""],
        ["", "", "", "\u200b", ""],
        ["", "2", "", "", ""],
        ["", " ", "", " ", ""],
    ]
    found = [Row(3, {"id": "1", "name": "a"}), Row(5, {"id": "2", "name": ""})]
    assert read(saved(tmp_path, format, rows)) == (found, [], [])


@pytest.mark.parametrize("format", ["csv", "tsv", "xlsx"])
def test_a_column_without_a_name_that_says_something_is_told_once(read: Read, tmp_path: Path, format: str) -> None:
    rows = [["id", "", "name"], ["1", "", "a"], ["2", "lost", "b"], ["3", "lost", "c"]]
    found, [(line, column, reason)], _ = read(saved(tmp_path, format, rows))
    assert [row.cells["id"] for row in found] == ["1"]
    assert (line, column) == (1, None)
    assert reason.startswith("the header has no name for column 2")
    assert "line 3 has 'lost' there" in reason


def test_the_end_of_a_file_of_dos_is_no_row(read: Read) -> None:
    assert read(b"id,name\r\n1,a\r\n\x1a") == ([Row(2, {"id": "1", "name": "a"})], [], [])


def test_blank_objects_are_no_rows(read: Read) -> None:
    data = b'{"id": 1}\n{}\n{"id": null, "name": " "}\n{"id": 2}\n'
    assert [row.line for row in read(data, "films.jsonl")[0]] == [1, 4]


# Before the table.


@pytest.mark.parametrize("line", ["sep=;", "SEP=;", '"sep=;"', "\ufeffsep=;", "sep=;,,", "sep=|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_line_that_names_the_delimiter(read: Read, line: str, end: str) -> None:
    mark = line.strip('\ufeff",').partition("=")[2]
    text = f"{line}{end}id{mark}name{end}1{mark}a,b{end}"
    assert read(text.encode()) == ([Row(3, {"id": "1", "name": "a,b"})], [], [])
    assert read(text.removeprefix("\ufeff").encode("utf-16"))[0] == [Row(3, {"id": "1", "name": "a,b"})]


def test_a_tab_may_be_named_and_a_delimiter_that_is_given_wins(read: Read) -> None:
    assert read(b"sep=\t\nid\tname\n1\ta\n")[0] == [Row(3, {"id": "1", "name": "a"})]
    assert read(b"sep=,\nid;name\n1;a\n", delimiter=";")[0] == [Row(3, {"id": "1", "name": "a"})]
    assert read(b"sep=;\n1;a\n", columns=["id", "name"])[0] == [Row(2, {"id": "1", "name": "a"})]


def test_a_column_may_be_called_like_that(read: Read) -> None:
    assert read(b"sep,name\n1,a\n")[0] == [Row(2, {"sep": "1", "name": "a"})]
    assert read(b"sep=\n1\n")[0] == [Row(2, {"sep=": "1"})]


TITLED = [
    ["Films of the archive", "", ""],
    ["made in 2024; by hand", "", ""],
    ["", "", ""],
    ["id", "name", "x"],
    ["1", "a", "b"],
]


@pytest.mark.parametrize("format", ["csv", "tsv", "xlsx"])
@pytest.mark.parametrize("row", [3, 4])
def test_a_title_above_the_header(read: Read, tmp_path: Path, format: str, row: int) -> None:
    path = saved(tmp_path, format, TITLED)
    assert read(path, header_row=row) == ([Row(5, {"id": "1", "name": "a", "x": "b"})], [], [])
    assert read(path, header_row=5, columns=["id", "-", "x"])[0] == [Row(5, {"id": "1", "x": "b"})]


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_a_title_is_told_from_a_header(tmp_path: Path, format: str) -> None:
    source = open_source(str(saved(tmp_path, format, TITLED)))
    problems = Problems(source.name)
    assert source.columns == ("Films of the archive",)
    assert list(source.rows(problems)) == [Row(2, {"Films of the archive": "made in 2024; by hand"})]
    assert {(problem.line, problem.option) for problem in problems._kept} == {(4, "header_row"), (5, "header_row")}


def test_a_header_that_is_not_there(read: Read, tmp_path: Path) -> None:
    assert read(b"id,name\n1,a\n", header_row=9)[1] == [
        (None, None, "it is empty: there is no header from line 9 on")
    ]
    with pytest.raises(ConfigurationError, match="they count from 1"):
        read(b"id\n", header_row=0)
    with pytest.raises(ConfigurationError, match="header_row means nothing for JSONL"):
        read(b"{}\n", "films.jsonl", header_row=2)


# Names of columns.


@pytest.mark.parametrize("format", ["csv", "tsv", "xlsx"])
@pytest.mark.parametrize("name", ["na\u200bme", "\ufeffname", "name\u00a0", "\u202aname\u202c", "na\u00adme"])
def test_what_cannot_be_seen_in_a_header_does_not_count(read: Read, tmp_path: Path, format: str, name: str) -> None:
    rows, problems, notes = read(saved(tmp_path, format, [["id", name], ["1", "a"]]))
    assert (rows, problems) == ([Row(2, {"id": "1", "name": "a"})], [])
    assert notes == (
        [] if name == "name\u00a0" else [f"films.{format}: line 1: the header's {name!a} is read as 'name'"]
    )


def test_what_cannot_be_seen_in_names_of_json(read: Read) -> None:
    rows, problems, notes = read(json.dumps({"id": 1, "na\u200bme": "a"}).encode(), "films.jsonl")
    assert (rows, problems) == ([Row(1, {"id": 1, "name": "a"})], [])
    assert len(notes) == 1


def test_letters_that_are_taken_apart_are_the_same(read: Read) -> None:
    assert read("id,re\u0301alisateur\n1,a\n".encode())[0] == [Row(2, {"id": "1", "réalisateur": "a"})]


@pytest.mark.parametrize("format", ["csv", "tsv", "xlsx"])
@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (["name", "name\u00a0"], "named twice in the header, columns 1, 2"),
        (["name", "na\u200bme"], "named twice in the header, columns 1, 2"),
        (["name", "Name"], "differs from Name by its case alone, columns 1, 2"),
    ],
)
def test_names_that_look_alike(read: Read, tmp_path: Path, format: str, names: list[str], reason: str) -> None:
    rows, [(line, column, found)], _ = read(saved(tmp_path, format, [names, ["a", "b"]]))
    assert (rows, line, column) == ([], 1, "name")
    assert found.startswith(reason)


@pytest.mark.parametrize("format", ["csv", "tsv", "xlsx"])
def test_names_that_differ_by_case_where_one_is_ignored(read: Read, tmp_path: Path, format: str) -> None:
    path = saved(tmp_path, format, [["id", "ID"], ["1", "x"]])
    assert read(path, ignored=["ID"]) == ([Row(2, {"id": "1", "ID": "x"})], [], [])


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"name": "a", "name": "b"}', "the column name is there twice"),
        ('{"name": "a", "na\u200bme": "b"}', "named twice in this line"),
        ('{"name": {"a": 1, "a": 2}, "url": "https://x"}', ""),
    ],
)
def test_a_name_that_is_twice_in_an_object(read: Read, line: str, reason: str) -> None:
    problems = read(line.encode(), "films.jsonl")[1]
    assert [found[2] for found in problems] == ([reason] if reason else [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_headers_in_other_letters(read: Read, encoding: str) -> None:
    """UTF-16 is known without its mark, too."""
    text = "id;Größe;şehir\r\n1;ä;b\r\n"
    assert read(text.encode(encoding)) == ([Row(2, {"id": "1", "Größe": "ä", "şehir": "b"})], [], [])


def test_a_header_in_another_encoding_is_told_as_that(read: Read) -> None:
    data = "id;Größe\r\n1;ä\r\n".encode("cp1252")
    assert read(data, encoding="cp1252")[0] == [Row(2, {"id": "1", "Größe": "ä"})]
    rows, [(line, _, reason)], _ = read(data)
    assert (rows, line) == ([], 1)
    assert reason == "column 2: byte 0xF6 is not UTF-8; the encoding is another, like cp1252"


# Cells.


def test_names_of_files_may_be_any_bytes(read: Read, tmp_path: Path) -> None:
    rows, problems, _ = read(b"uuid,file\n1,caf\xe9.srt\n")
    assert problems == []
    assert os.fsencode(rows[0].cells["file"]) == b"caf\xe9.srt"
    with open_sink(str(tmp_path / "again.csv"), ["uuid", "file"]) as sink:
        sink.write(rows[0].cells)
    assert (tmp_path / "again.csv").read_bytes() == b"uuid,file\r\n1,caf\xe9.srt\r\n"


@pytest.mark.parametrize("format", ["csv", "tsv", "xlsx"])
def test_what_is_ignored_may_say_what_it_likes(read: Read, tmp_path: Path, format: str) -> None:
    path = saved(tmp_path, format, [["id", "notes"], ["1", "#REF!"], ["2", "b"]])
    rows = [Row(2, {"id": "1", "notes": "#REF!"}), Row(3, {"id": "2", "notes": "b"})]
    assert read(path, ignored=["notes"]) == (rows, [], [])
    assert read(path)[1][0][:2] == (2, "notes")


# Workbooks.


def book(path: Path, *sheets: Sheet, **options: Any) -> Path:
    workbooks.write(path, *sheets, **options)
    return path


IDS = [[shared("id")], [shared("1")], [shared("2")]]


def test_hidden_rows_and_columns_and_merged_cells_are_read_and_told(read: Read, tmp_path: Path) -> None:
    one = Sheet(
        {1: [shared("id"), shared("name")], 2: [shared("1"), shared("a")], 5: [shared("2"), None]},
        {2: 'hidden="1"', 5: 'hidden="true" ht="3"'},
        before='<cols><col min="2" max="3" hidden="1"/></cols>',
        after='<mergeCells><mergeCell ref="B2:B5"/></mergeCells>',
    )
    rows, problems, notes = read(book(tmp_path / "films.xlsx", one))
    assert [row.cells for row in rows] == [{"id": "1", "name": "a"}, {"id": "2", "name": ""}]
    assert problems == []
    assert notes == [
        "films.xlsx: hidden rows are read like the others: 2, 5",
        "films.xlsx: hidden columns are read like the others: 2 of them",
        "films.xlsx: cells are merged, and only the first of each has a text: B2:B5",
    ]


def test_the_first_sheet_that_is_seen_is_read_and_the_others_told(read: Read, tmp_path: Path) -> None:
    sheets = [
        Sheet({1: [shared("x")], 2: [shared("0")]}, {}, name="Lists", state="hidden"),
        Sheet(dict(enumerate(IDS, 1)), {}, name="Films"),
        Sheet({1: [shared("x")]}, {}, name="Old & done", state="veryHidden"),
    ]
    path = book(tmp_path / "films.xlsx", *sheets)
    rows, _, notes = read(path)
    assert [row.cells for row in rows] == [{"id": "1"}, {"id": "2"}]
    assert notes == ["films.xlsx: the sheet Films is read, and not Lists (hidden), Old & done (hidden)"]
    assert read(path, sheet="Lists") == ([Row(2, {"x": "0"})], [], [])


def test_strict_workbooks_are_read(read: Read, tmp_path: Path) -> None:
    rows = [[shared("id"), shared("a date")], [number("7"), workbooks.day("1939-05-31T00:00:00")]]
    rows += [[shared("x" * 30_000), shared("y" * 30_000)] for _ in range(50)]
    found, problems, _ = read(book(tmp_path / "films.xlsx", sheet(*rows), strict=True))
    assert problems == []
    assert found[0] == Row(2, {"id": "7", "a date": "1939-05-31"})
    assert [row.cells for row in found[1:]] == [{"id": "x" * 30_000, "a date": "y" * 30_000}] * 50


def test_days_that_begin_in_1904(read: Read, tmp_path: Path) -> None:
    rows = sheet([shared("a date")], [number("14396", "yyyy-mm-dd")])
    assert read(book(tmp_path / "a.xlsx", rows))[0] == [Row(2, {"a date": "1939-05-31"})]
    assert read(book(tmp_path / "b.xlsx", rows, properties='date1904="1"'))[0] == [Row(2, {"a date": "1943-06-01"})]


def test_days_about_which_spreadsheets_disagree_are_refused(read: Read, tmp_path: Path) -> None:
    """Excel knows a 29 February 1900, which there was not; LibreOffice does not."""
    days = [["1"], ["60"], ["61"], ["-365"]]
    rows = sheet([shared("a date")], *([number(day, "yyyy-mm-dd")] for [day] in days))
    found, problems, _ = read(book(tmp_path / "films.xlsx", rows))
    assert [row.cells["a date"] for row in found] == ["1900-03-01", "1898-12-30"]
    assert [(line, column) for line, column, _ in problems] == [(2, "a date"), (3, "a date")]


def test_rows_far_away_take_no_time_of_their_own(read: Read, tmp_path: Path) -> None:
    rows: dict[int, list[Any]] = {1: [shared("id")], 2: [shared("1")], 1_048_576: [shared("2")]}
    lies = '<dimension ref="A1:XFD1048576"/>'
    path = book(tmp_path / "films.xlsx", Sheet(rows, {}, before=lies))
    tracemalloc.start()
    assert [row.line for row in read(path)[0]] == [2, 1_048_576]
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
    tracemalloc.stop()


@pytest.mark.parametrize("line", [1_048_577, 4_000_000_000, 0, -3])
def test_rows_that_no_sheet_has(read: Read, tmp_path: Path, line: int) -> None:
    rows: dict[int, list[Any]] = {1: [shared("id")], 2: [shared("1")], line: [shared("2")]}
    found, [(at, _, reason)], _ = read(book(tmp_path / "films.xlsx", Sheet(rows, {})))
    assert (found, at) == ([Row(2, {"id": "1"})], 3)
    assert reason.startswith(f"the sheet is damaged from here on ({'row' if line >= 0 else ''}")


@pytest.mark.parametrize("cell", ["XFE2", "ZZZ2", "AAAA2", "2", "?"])
def test_columns_that_no_sheet_has(read: Read, tmp_path: Path, cell: str) -> None:
    path = book(tmp_path / "films.xlsx", sheet(*IDS))
    edited(path, "xl/worksheets/sheet1.xml", 'r="A2"', f'r="{cell}"')
    rows, [(_, _, reason)], _ = read(path)
    assert rows == []
    assert reason.startswith("the sheet is damaged from here on")


def test_a_cell_in_the_last_column_of_every_row(read: Read, tmp_path: Path) -> None:
    path = book(tmp_path / "films.xlsx", sheet(*IDS))
    edited(path, "xl/worksheets/sheet1.xml", "</row>", '<c r="XFD2" t="n"><v></v></c></row>')
    assert [row.cells for row in read(path)[0]] == [{"id": "1"}, {"id": "2"}]


def edited(path: Path, part: str, old: str, new: str) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("xl/styles.xml", "<fill/>", "<fill><strange/></fill>"),
        ("xl/styles.xml", "</styleSheet>", '<dxfs count="x"><dxf><odd/></dxf></dxfs></styleSheet>'),
        (
            "xl/workbook.xml",
            "</workbook>",
            '<definedNames><definedName odd="1">#REF!</definedName></definedNames></workbook>',
        ),
        ("xl/worksheets/sheet1.xml", "</worksheet>", '<dataValidations odd="x"><bad/></dataValidations></worksheet>'),
        ("xl/_rels/workbook.xml.rels", 'Target="worksheets/', 'Target="/xl/worksheets/'),
        ("xl/_rels/workbook.xml.rels", 'Target="sharedStrings', 'Target="./SharedStrings'),
    ],
)
def test_what_is_not_needed_may_be_strange(read: Read, tmp_path: Path, part: str, old: str, new: str) -> None:
    path = book(tmp_path / "films.xlsx", sheet(*IDS))
    edited(path, part, old, new)
    assert [row.cells for row in read(path)[0]] == [{"id": "1"}, {"id": "2"}]


def test_parts_whose_names_have_backslashes(read: Read, tmp_path: Path) -> None:
    path = book(tmp_path / "films.xlsx", sheet(*IDS))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name.replace("/", "\\")) if "sheets/" in name else name, data)
    assert [row.cells for row in read(path)[0]] == [{"id": "1"}, {"id": "2"}]


def test_a_style_that_is_not_there_hides_no_number(read: Read, tmp_path: Path) -> None:
    path = book(tmp_path / "films.xlsx", sheet([shared("id")], [number("7")]))
    edited(path, "xl/worksheets/sheet1.xml", 't="n" s="0"', 't="n" s="99"')
    [row], _, _ = read(path)
    assert "by the format '(unknown)'" in row.cells["id"].reason


def test_a_shared_text_that_is_not_there(read: Read, tmp_path: Path) -> None:
    for index in ("-1", "99"):
        path = book(tmp_path / "films.xlsx", sheet(*IDS))
        edited(path, "xl/worksheets/sheet1.xml", "<v>2</v>", f"<v>{index}</v>")
        rows, [(line, _, reason)], _ = read(path)
        assert ([row.line for row in rows], line) == ([2], 3)
        assert "damaged" in reason


def test_dates_by_formats_of_other_countries(read: Read, tmp_path: Path) -> None:
    path = book(tmp_path / "films.xlsx", sheet([shared("a date")], [number("14396", "x")]))
    edited(path, "xl/styles.xml", '<xf numFmtId="165"', '<xf numFmtId="57"')
    [row], _, _ = read(path)
    assert row.cells["a date"] == "1939-05-31"
    assert row.cells["a date"].kind == "moment"


def test_entities_that_grow_are_refused(tmp_path: Path) -> None:
    path = book(tmp_path / "films.xlsx", sheet(*IDS))
    bomb = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    edited(path, "xl/sharedStrings.xml", "<sst", f'<!DOCTYPE x [<!ENTITY a0 "x">{bomb}]><sst a="&a11;"')
    with pytest.raises(FileUnreadable, match="damaged"):
        open_source(str(path))


# Out.


def test_a_full_disk_leaves_one_error_and_nothing_else(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    assert resource
    code = (
        "import resource, signal, sys\n"
        "from aiopeertube.migrate.tables import open_sink\n"
        "import openpyxl\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "sink = open_sink(sys.argv[1], ['a'])\n"
        "for n in range(3000): sink.write({'a': str(n)})\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, -1))\n"
        "try: sink.close()\n"
        "except OSError as exc: print('told:', exc)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (-1, -1))\n"  # the disk has room for what is measured
    )
    done = subprocess.run(
        # -B: a module that is imported meanwhile would be compiled into a file that is cut short.
        [sys.executable, "-B", "-X", "dev", "-c", code, str(tmp_path / "films.xlsx")],
        check=False,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("told: [Errno")
    assert list(tmp_path.iterdir()) == []


def test_what_we_write_is_seen_as_text_by_openpyxl(tmp_path: Path) -> None:
    with open_sink(str(tmp_path / "films.xlsx"), ["a"]) as sink:
        sink.write({"a": "=cmd|' /C calc'!A0"})
    active = openpyxl.load_workbook(io.BytesIO((tmp_path / "films.xlsx").read_bytes())).active
    assert active is not None
    assert (active["A2"].data_type, active["A2"].value) == ("s", "=cmd|' /C calc'!A0")
