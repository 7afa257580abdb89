"""One rule for all formats: kinds of cells, as each format can have them, and what each is read and written as.

A kind is read alike from CSV, TSV, JSON lines and XLSX, unless `but` says otherwise, and why.
"""

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import openpyxl
import pytest
import workbooks
from openpyxl.utils.escape import unescape
from workbooks import Cell

from aiopeertube.migrate.metadata.fields import Reading
from aiopeertube.migrate.problems import Problems
from aiopeertube.migrate.rows.layout import Layout
from aiopeertube.migrate.rows.rows import RowReader
from aiopeertube.migrate.tables import open_sink, open_source

FORMATS: Final = ("csv", "tsv", "jsonl", "xlsx")
UUID: Final = "5a71eb42-d31d-4cf0-9a63-42319bfeb9c6"


@dataclass(frozen=True)
class Refused:
    """A complaint that has `word` in it, with the line and the column of the cell."""

    word: str


class Left:
    """The field stays as it is: the cell is empty."""

    def __repr__(self) -> str:
        return "left"


LEFT: Final = Left()
_SAME: Final = object()


@dataclass(frozen=True)
class Kind:
    """A kind of cell: `plain` is what stands in CSV and TSV, quotes aside; by default JSON and XLSX have it, too."""

    name: str
    plain: str | None
    due: Any
    json: Any = _SAME
    xlsx: Cell | object = _SAME
    column: str = "description"
    but: Mapping[str, tuple[Any, str]] = field(default_factory=dict)  # format -> what it is there, and why

    def expected(self, format: str) -> Any:
        return self.but[format][0] if format in self.but else self.due


TYPED: Final = "the file says itself that this is text, and no spreadsheet runs it"
NUMBER: Final = "JSON has numbers, and one is no text"
SHOWN: Final = "CSV has what was seen; of this format a workbook does not say what is seen"
DIGITS: Final = "a workbook has the digits that a spreadsheet writes short in CSV"


def both(word: str) -> dict[str, tuple[Any, str]]:
    return {"jsonl": (word, TYPED), "xlsx": (word, TYPED)}


def text(name: str, value: str, due: Any = _SAME, **options: Any) -> Kind:
    return Kind(name, value, value if due is _SAME else due, **options)


def date(name: str, value: str, due: Any, **options: Any) -> Kind:
    due = due if isinstance(due, Refused) else f"{due}.000Z"
    return Kind(name, value, due, column="originallyPublishedAt", **options)


KINDS: Final = [
    text("text", "Zuiderzee"),
    text("text with spaces at its ends", "  both  "),
    text("text with quotes", 'say "hi"'),
    text("text in quotes", '"Zuiderzee"'),
    text("text with delimiters", "a,b;c|d\te"),
    text("text with line breaks", "one\ntwo\r\nthree"),
    text("text of several planes", "🎬 שלום e\u0301"),
    text("text with characters that cannot be seen", "a\u200bb\u00a0c\ufeffd"),
    text(
        "text that looks like an escape of XLSX", "_x000D_ and more", xlsx=workbooks.shared("_x005F_x000D_ and more")
    ),
    text("text within the cell", "a & b < c", xlsx=workbooks.inline("a & b < c")),
    text(
        "text of several runs, with how it sounds",
        "bold plain",
        xlsx=workbooks.runs(
            "<r><t xml:space='preserve'>bold </t></r><r><t>plain</t></r><rPh sb='0' eb='1'><t>x</t></rPh>"
        ),
    ),
    text("text that looks like a number", "007"),
    text("text of many digits", "2101608050034885731"),
    text("text that looks like true", "TRUE"),
    text("text that looks like a date", "1939-05-31"),
    text("text that begins with a quote", "'t Hooge Land"),
    text("text that begins with hashes", "#1934 and more"),
    text("text like an error in a sentence", "it says #N/A"),
    text("text like an exponent without a sign", "1E5"),
    text("text that begins with a plus", "+31 20 123"),
    text("text that begins with a minus", "- zonder titel"),
    text("text that begins with an at sign", "@archive"),
    text("nothing", "", LEFT),
    text("spaces", "   ", LEFT),
    text("a space that does not break", "\u00a0", LEFT),
    text(
        "an escaped marker",
        "\\<clear>",
        "<clear>",
        but={"jsonl": ("\\<clear>", "null clears there, so that there is no marker to be escaped")},
    ),
    *(
        text(f"an error, {word}", word, Refused(f"an error: {word}"))
        for word in ("#NAME?", "#REF!", "#N/A", "#DIV/0!", "#WAARDE!", "#BEZUG!", "#NOM?", "Err:502", "########")
    ),
    text(
        "an error, as the spreadsheet has it",
        "#VALUE!",
        Refused("an error: #VALUE!"),
        xlsx=workbooks.error("#VALUE!"),
    ),
    text("an error that is meant", "'#NAME?", "#NAME?"),
    text("an error that is meant, with a quote", "''#NAME?", "'#NAME?"),
    text("digits in a formula", '="007"', "007", xlsx=workbooks.formula('"007"', "007")),
    text("digits in a formula that is text", '="007"', "007"),
    text("quotes in a formula", '="a ""b"""', 'a "b"', xlsx=workbooks.formula('"a ""b"""', 'a "b"')),
    text(
        "a formula", "=1+1", Refused("a formula"), xlsx=workbooks.formula("1+1", "2"), but={"jsonl": ("=1+1", TYPED)}
    ),
    text("text like a formula", "=1+1", Refused("a formula"), but=both("=1+1")),
    text("a formula that is meant as text", "'=1+1", "=1+1"),
    text("a formula that is meant as text, with a quote", "''=1+1", "'=1+1"),
    text("a plus that is meant", "'+31", "+31"),
    text("a number written short", "1.23E+15", Refused("has lost digits")),
    text("a number written short that is meant", "'1.23E+15", "1.23E+15"),
    text(
        "a number of fifteen digits",
        "1.23457E+14",
        Refused("has lost digits"),
        json=123456789012345,
        xlsx=workbooks.number("123456789012345"),
        but={"jsonl": (Refused("not a value"), NUMBER), "xlsx": ("123456789012345", DIGITS)},
    ),
    text(
        "a number that lost its digits",
        "2.10161E+18",
        Refused("has lost digits"),
        json=2.101608050034885731e18,
        xlsx=workbooks.number("2.1016080500348858E+18"),
    ),
    *(
        text(
            f"a number by the format {code}",
            seen,
            json=float(stored),
            xlsx=workbooks.number(stored, code),
            but={"jsonl": (Refused("not a value"), NUMBER)},
        )
        for stored, code, seen in (
            ("120", "General", "120"),
            ("12.5", "General", "12.5"),
            ("0.30000000000000004", "General", "0.3"),
            ("7", "0000", "0007"),
            ("7", '"NISV-"0000', "NISV-0007"),
            ("1.5", "0.00", "1.50"),
            ("0.12", "0%", "12%"),
            ("0.125", "0.0%", "12.5%"),
            ("-30", "0", "-30"),
            ("120", "#,##0", "120"),
            ("999.5", "#,##0.0", "999.5"),
            ("999", "#,##0;[Red]-#,##0", "999"),
        )
    ),
    *(
        text(
            f"a number by the format {code}",
            seen,
            json=float(stored),
            xlsx=workbooks.number(stored, code),
            but={"jsonl": (Refused("not a value"), NUMBER), "xlsx": (Refused("the cell has the number"), SHOWN)},
        )
        for stored, code, seen in (
            ("1234", "#,##0", "1.234"),
            ("1000", "#,##0;[Red]-#,##0", "1.000"),
            ("-1234", "#,##0", "-1.234"),
            ("1.555", "0.00", "1.56"),
            ("0.129", "0%", "13%"),
            ("5", "_-€ * #,##0.00_-;-€ * #,##0.00_-", "€ 5,00"),
            ("0", '0;-0;"nihil"', "nihil"),
            ("12.5", "# ??/??", "12 1/2"),
        )
    ),
    text(
        "a number by the format 0.00E+00",
        "1.20E+01",
        Refused("has lost digits"),
        json=12.0,
        xlsx=workbooks.number("12", "0.00E+00"),
        but={"jsonl": (Refused("not a value"), NUMBER), "xlsx": (Refused("the cell has the number"), SHOWN)},
    ),
    text(
        "true in a column of text",
        "TRUE",
        json=True,
        xlsx=workbooks.truth(value=True),
        but={
            "jsonl": (Refused("not"), "JSON has true, and that is no text"),
            "xlsx": (Refused("in the user's language"), SHOWN),
        },
    ),
    text(
        "a date in a column of text",
        "31-5-1939",
        xlsx=workbooks.number("14396", "d-m-yyyy"),
        but={"xlsx": (Refused("the cell has the date or time 1939-05-31"), SHOWN)},
    ),
    text(
        "a date in a column of text, shown as ISO has it", "1939-05-31", xlsx=workbooks.number("14396", "yyyy-mm-dd")
    ),
    text(
        "a time in a column of text",
        "12:30",
        xlsx=workbooks.number("0.520833333333333", "h:mm"),
        but={"xlsx": (Refused("the cell has the date or time 12:30:00"), SHOWN)},
    ),
    text("a NUL", "a\0b", Refused("NUL"), xlsx=workbooks.shared("a_x0000_b")),
    text("more than a cell can have", "x" * 100_001, Refused("100,001 characters")),
    date("a date", "1939-05-31", "1939-05-31T00:00:00", xlsx=workbooks.number("14396", "d-m-yyyy")),
    date("a date of a strict workbook", "1939-05-31", "1939-05-31T00:00:00", xlsx=workbooks.day("1939-05-31")),
    date(
        "a date with a time",
        "1939-05-31 14:30",
        "1939-05-31T14:30:00",
        xlsx=workbooks.number("14396.604166666666", "d-m-yy h:mm"),
    ),
    date("a date of Dutch or German", "31.5.1939", "1939-05-31T00:00:00"),
    date("a date with hyphens", "31-05-1939", "1939-05-31T00:00:00"),
    date("a date of English", "05/31/1939", "1939-05-31T00:00:00"),
    date("a year", "1939", "1939-01-01T00:00:00", json=1939, xlsx=workbooks.number("1939")),
    date("a year and month", "1939-05", "1939-05-01T00:00:00"),
    date("a date that may be two", "4/5/1939", Refused("may be the 4. of month 5")),
    date(
        "the number of a day",
        "14396",
        Refused("format the cell as a date"),
        json=14396,
        xlsx=workbooks.number("14396"),
    ),
    date("no date", "about 1939", Refused("is no date")),
    Kind("true", "TRUE", True, json=True, xlsx=workbooks.truth(value=True), column="nsfw"),
    Kind("no", "no", False, column="nsfw"),
    Kind(
        "one for true",
        "1",
        True,
        json=1,
        xlsx=workbooks.number("1"),
        column="nsfw",
        but={"jsonl": (Refused("not a value"), "JSON has true and false")},
    ),
    Kind("an id", "2", 2, json=2, xlsx=workbooks.number("2"), column="category"),
    Kind("a label", "Films", 2, column="category"),
    Kind("tags", "a b; c d", ["a b", "c d"], column="tags"),
]


def written(kind: Kind, format: str, folder: Path) -> Path:
    """Write the kind into a table whose second row is plain."""
    path = folder / f"table.{format}"
    columns = ["uuid", kind.column, "key"]
    value = kind.plain if kind.json is _SAME or format in {"csv", "tsv"} else kind.json
    if format == "jsonl":
        path.write_text(json.dumps(dict(zip(columns, (UUID, value, "k"), strict=True))) + "\n")
    elif format == "xlsx":
        cell = workbooks.shared(str(kind.plain)) if kind.xlsx is _SAME else kind.xlsx
        assert isinstance(cell, Cell)
        header = [workbooks.shared(column) for column in columns]
        row = [workbooks.shared(UUID), cell, workbooks.shared("k")]
        workbooks.write(path, workbooks.sheet(header, row))
    else:
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, delimiter="\t" if format == "tsv" else ";").writerows([columns, [UUID, value, "k"]])
    return path


def found(path: Path, column: str, reading: Reading) -> Any:
    """Read the cell as a plan does: what the field is to be, or the complaint."""
    source = open_source(str(path))
    problems = Problems(source.name)
    reader = RowReader("https://videos.example", reading, Layout(), problems, typed=not source.columns)
    rows = list(source.rows(problems))
    wanted = [item.wanted for row in rows if (item := reader.read(row)) is not None]
    if problems.total:
        [problem] = problems._kept
        assert (problem.line, problem.column) == (1 if path.suffix == ".jsonl" else 2, column)
        return Refused(problem.reason)
    return wanted[0].get(column, LEFT)


def test_there_are_enough_kinds_each_once() -> None:
    assert len({(kind.name, kind.plain) for kind in KINDS}) == len(KINDS) >= 60
    assert all(reason for kind in KINDS for _, reason in kind.but.values())


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_read(kind: Kind, format: str, tmp_path: Path, reading: Reading) -> None:
    due = kind.expected(format)
    seen = found(written(kind, format, tmp_path), kind.column, reading)
    if isinstance(due, Refused):
        assert isinstance(seen, Refused)
        assert due.word in seen.word
    else:
        assert (type(seen), seen) == (type(due), due)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.but], ids=lambda kind: kind.name)
def test_a_difference_that_is_written_down_is_one(kind: Kind) -> None:
    assert all(due != kind.due for due, _ in kind.but.values())


# What is read otherwise than as it stands, so that it needs the quote in every format.
TRACES: Final = {
    kind.plain
    for kind in KINDS
    if kind.plain
    and (kind.plain.startswith('="') or getattr(kind.due, "word", "").startswith(("an error", "has lost")))
}
TEXTS: Final = sorted({
    *TRACES,
    *(kind.plain for kind in KINDS if kind.plain and kind.plain != "x" * 100_001 and "\0" not in kind.plain),
    *(kind.due for kind in KINDS if isinstance(kind.due, str)),
    "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1", "'", "''", "'=", "''+", "'a",
    "= ",
})  # fmt: skip
RUN: Final = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def quoted(value: str, format: str) -> bool:
    """Tell whether a quote is due before a text: where a spreadsheet would run it, or it would not be read back."""
    bare = value.lstrip("'")
    return bare in TRACES or (bare.startswith(RUN) and (format in {"csv", "tsv"} or bare != value))


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("value", TEXTS)
def test_written(value: str, format: str, tmp_path: Path) -> None:
    path = tmp_path / f"table.{format}"
    with open_sink(str(path), ["uuid", "description"]) as sink:
        sink.write({"uuid": UUID, "description": value})
    problems = Problems(path.name)
    assert [row.cells["description"] for row in open_source(str(path)).rows(problems)] == [value]
    problems.raise_if_any()
    assert by_others(path) == ("'" + value if quoted(value, format) and value.strip() else value)


def by_others(path: Path) -> Any:
    """Return the cell as other programs read it."""
    if path.suffix == ".jsonl":
        return json.loads(path.read_bytes())["description"]
    if path.suffix == ".xlsx":
        sheet = openpyxl.load_workbook(path).active
        assert sheet is not None
        return unescape(sheet["B2"].value)
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file, delimiter="\t" if path.suffix == ".tsv" else ",", strict=True))[1][1]
