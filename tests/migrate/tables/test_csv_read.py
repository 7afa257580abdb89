"""CSV: what is read is what was meant, and what cannot be is named with its line and column."""

import csv
import io
import random
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aiopeertube.errors import ConfigurationError
from aiopeertube.migrate.problems import Problems
from aiopeertube.migrate.tables import Row, open_source

Trouble = tuple[int | None, str | None, str]  # line, column, reason
Read = Callable[..., tuple[list[Row], list[Trouble]]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read bytes as a file: rows, and (line, column, reason) of what is wrong."""

    def read(data: str | bytes, name: str = "films.csv", **options: Any) -> tuple[list[Row], list[Trouble]]:
        path = tmp_path / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        source = open_source(str(path), **options)
        problems = Problems(source.name)
        rows = list(source.rows(problems))
        return rows, [(problem.line, problem.column, problem.reason) for problem in problems._kept]

    return read


def cells(result: tuple[list[Row], list[Trouble]]) -> list[list[Any]]:
    rows, problems = result
    assert not problems
    return [list(row.cells.values()) for row in rows]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_know_the_line_where_they_begin(read: Read, end: str) -> None:
    rows, problems = read(f'id,text{end}1,"a{end}b{end}c"{end}{end}2,d{end}')
    assert not problems
    assert rows == [Row(2, {"id": "1", "text": f"a{end}b{end}c"}), Row(6, {"id": "2", "text": "d"})]


def test_the_header_is_stripped_and_cells_are_not(read: Read) -> None:
    assert read(" id , name \n1, a \n")[0] == [Row(2, {"id": "1", "name": " a "})]


def test_names_for_a_file_without_header_some_ignored(read: Read) -> None:
    rows, problems = read("a|b|c|d\ne|f|g|h\n", columns=["id", "", "-", " tags "])
    assert not problems
    assert rows == [Row(1, {"id": "a", "tags": "d"}), Row(2, {"id": "e", "tags": "h"})]


@pytest.mark.parametrize("columns", [["id", "id"], ["", "-"], []])
def test_names_that_make_no_header(read: Read, columns: list[str]) -> None:
    with pytest.raises(ConfigurationError, match="columns: "):
        read("a,b\n", columns=columns)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a,b\n"say ""hi""",2\n', 'say "hi"'),
        ('a,b\n5" disk,2\n', '5" disk'),  # as `csv` does
        ('a,b\nsay "hi", 2\n', 'say "hi"'),
        ('a,b\n"quoted"  ,2\n', "quoted  "),  # as `csv` does
        ('a,b\n"Zuiderzee" (1934),2\n', '"Zuiderzee" (1934)'),  # `csv` would lose the quotes
        ('a,b\n"",2\n', ""),
        ('a,b\n"""",2\n', '"'),
    ],
)
def test_quotes(read: Read, text: str, expected: str) -> None:
    assert cells(read(text, delimiter=","))[0][0] == expected


@pytest.mark.parametrize("inside", ["x,y", 'x""y', "x\ny"])
def test_text_after_a_closing_quote_is_refused_where_it_could_be_lost(read: Read, inside: str) -> None:
    rows, [(line, column, reason)] = read(f'a,b\n1,2\n0,"{inside}" z\n3,4\n', delimiter=",")
    assert (line, column) == (3, "b")
    assert "after the closing quote: 'z'" in reason
    assert [row.cells["a"] for row in rows] == ["1", "3"]


def test_a_quote_that_is_never_closed_is_named_where_it_begins(read: Read) -> None:
    rows, [(line, column, reason)] = read('a,b\n1,2\n"x\ny","z\nz\nz\n3,4\n', delimiter=",")
    assert (line, column) == (4, "b")
    assert "never closed" in reason
    assert [row.line for row in rows] == [2]


def test_ragged_rows_are_named_with_both_numbers(read: Read) -> None:
    rows, problems = read("a,b,c\n1,2\n1,2,3\n1,2,3,4\n\n1\n")
    assert [row.line for row in rows] == [3]
    assert problems == [
        (n, None, f"{c} where the header has 3") for n, c in ((2, "2 cells"), (4, "4 cells"), (6, "1 cell"))
    ]


def test_ragged_rows_where_columns_were_given(read: Read) -> None:
    _, problems = read("1|2\n1|2|3\n", columns=["a", "b"])
    assert problems == [(2, None, "3 cells where 2 columns were given")]


def test_a_header_is_refused_whose_names_are_missing_or_double(read: Read) -> None:
    rows, problems = read("a,,b,a\n1,2,3,4\n")
    assert rows == []
    assert [(line, column) for line, column, _ in problems] == [(1, "a"), (1, None)]
    assert "columns 1, 4" in problems[0][2]
    assert "column 2" in problems[1][2]


def test_an_empty_file(read: Read) -> None:
    assert read("") == ([], [(None, None, "it is empty: there is no header")])
    assert read("\n\r\n") == ([], [(None, None, "it is empty: there is no header")])
    assert read("", columns=["a"]) == ([], [])


def test_nul(read: Read) -> None:
    rows, [(line, column, reason)] = read(b'a,b\n1,2\n"x\ny","z\nz\0"\n3,4\n', delimiter=",")
    assert (line, column) == (5, "b")
    assert "NUL" in reason
    assert [row.line for row in rows] == [2, 6]


@pytest.mark.parametrize(
    ("data", "options"),
    [
        ("id,name\n1,é🎬\n".encode(), {}),
        ("id,name\n1,é🎬\n".encode("utf-8-sig"), {}),
        ("id,name\n1,é🎬\n".encode("utf-8-sig"), {"encoding": "UTF8"}),
        ("id,name\n1,é🎬\n".encode("utf-16"), {}),
        (b"\xfe\xff" + "id,name\n1,é🎬\n".encode("utf-16-be"), {}),
        (b"\xff\xfe" + "id,name\n1,é🎬\n".encode("utf-16-le"), {"encoding": "utf-16-le"}),
        ("id,name\n1,é🎬\n".encode("utf-32"), {}),
    ],
)
def test_encodings_that_know_themselves(read: Read, data: bytes, options: dict[str, str]) -> None:
    assert read(data, **options) == ([Row(2, {"id": "1", "name": "é🎬"})], [])


def test_another_encoding_when_it_is_given(read: Read) -> None:
    data = "id,name\n1,café €\n".encode("cp1252")
    assert cells(read(data, encoding="cp1252")) == [["1", "café €"]]
    rows, [(line, column, reason)] = read(data)
    assert (rows, line, column) == ([], 2, "name")
    assert reason == "byte 0xE9 is not UTF-8; the encoding is another, like cp1252"


def test_bytes_that_are_not_of_the_encoding(read: Read) -> None:
    data = "id,name\n1,ok\n".encode("utf-16") + b"2\0,\0\x00\xd8x\0\n\0" + "3,ok\n".encode("utf-16-le") + b"4"
    rows, problems = read(data, delimiter=",")
    assert [row.line for row in rows] == [2, 4]
    assert [(line, column) for line, column, _ in problems] == [(3, "name"), (5, "id")]
    assert "not UTF-16" in problems[0][2]
    assert read(b"id,name\n1,\x81\n", encoding="cp1252")[1][0][:2] == (2, "name")


@pytest.mark.parametrize("encoding", ["klingon", "rot13", "zlib"])
def test_an_encoding_that_there_is_not(read: Read, encoding: str) -> None:
    with pytest.raises(ConfigurationError, match=encoding):
        read("a,b\n", encoding=encoding)


def test_a_bad_byte_far_from_its_chunk(read: Read) -> None:
    """Decoders see chunks; the line that is named is that of the byte."""
    lines = [f"{n},text {n}".encode() for n in range(5000)]
    lines[4321] = b"4321,\xff"
    rows, [(line, column, _)] = read(b"id,name\n" + b"\n".join(lines))
    assert (line, column, len(rows)) == (4323, "name", 4999)


def test_long_cells_are_named_and_the_rest_is_read(read: Read) -> None:
    rows, problems = read("a,b\n1," + "x" * 100_000 + "\n2," + "x" * 100_001 + "\n3,y\n")
    assert [row.cells["a"] for row in rows] == ["1", "3"]
    assert problems == [(3, "b", "100,001 characters; at most 100,000 are read")]


def test_a_long_line_ends_reading(read: Read) -> None:
    rows, [(line, _, reason)] = read("a,b\n1,2\n" + "x" * 1_100_000 + "\n3,4\n")
    assert ([row.line for row in rows], line) == ([2], 3)
    assert "longer than 1,048,576 characters" in reason


def test_a_quote_that_swallows_the_rest_is_named_where_it_begins(read: Read) -> None:
    rows, [(line, column, reason)] = read('a,b\n1,2\n1,"2\n' + "1,2\n" * 300_000)
    assert ([row.line for row in rows], line, column) == ([2], 3, "b")
    assert "not closed within 1,048,576 characters" in reason


def test_a_header_that_is_endless(read: Read) -> None:
    rows, [(line, _, reason)] = read("a,b" * 600_000)
    assert (rows, line) == ([], 1)
    assert "longer than" in reason


def test_a_file_may_be_read_again(tmp_path: Path) -> None:
    path = tmp_path / "films.csv"
    path.write_text("a,b\n1,2\n")
    source = open_source(str(path))
    problems = Problems(source.name)
    assert list(source.rows(problems)) == list(source.rows(problems)) == [Row(2, {"a": "1", "b": "2"})]


@pytest.mark.parametrize("line", [b"1," + b"x" * 1000 + b"\n", b'1,"' + (b"x" * 249 + b"\n") * 4 + b'"\n'])
def test_memory_does_not_depend_on_the_number_of_rows(tmp_path: Path, line: bytes) -> None:
    peaks = []
    for count in (1000, 5000):
        path = tmp_path / f"{count}.csv"
        path.write_bytes(b"a,b\n" + line * count)
        tracemalloc.start()
        assert sum(1 for _ in open_source(str(path)).rows(Problems("x"))) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.2


def test_a_gigantic_line_is_not_held(tmp_path: Path) -> None:
    path = tmp_path / "giant.csv"
    with path.open("wb") as file:
        file.write(b"a,b\n1,2\n")
        file.truncate(1 << 30)  # a gigabyte of NULs, on no disk
    tracemalloc.start()
    problems = Problems("giant.csv")
    assert [row.line for row in open_source(str(path)).rows(problems)] == [2]
    assert tracemalloc.get_traced_memory()[1] < 32 << 20
    tracemalloc.stop()
    assert [problem.line for problem in problems._kept] == [3]


def test_as_python_reads_it_where_nothing_is_wrong() -> None:
    """Random texts of the characters that matter: what `csv` reads in its strict mode we read alike."""
    from aiopeertube.migrate.tables.csv_records import Lines, Records

    rng = random.Random(3)
    compared = 0
    for _ in range(3000):
        text = "".join(rng.choices('ab",\n\r ', weights=(5, 5, 4, 4, 2, 1, 2), k=rng.randrange(1, 25)))
        records = list(Records(Lines(io.StringIO(text, newline="")), ","))
        try:
            expected = list(csv.reader(io.StringIO(text, newline=""), strict=True))
        except csv.Error:
            continue
        compared += 1
        assert [record.cells for record in records] == [row for row in expected if row]
        assert not any(record.faults for record in records)
    assert compared > 500
