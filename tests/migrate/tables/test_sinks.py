"""What is written is read back exactly, and nothing half-written has the file's name."""

import csv
import io
import os
import random
import signal
import subprocess
import sys
import tracemalloc
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from aiopeertube.errors import ConfigurationError, InputError
from aiopeertube.migrate.problems import Problems
from aiopeertube.migrate.tables import open_sink, open_source
from aiopeertube.migrate.tables.cell_text import harmless
from aiopeertube.migrate.tables.header import is_blank
from aiopeertube.migrate.tables.xlsx_escapes import escaped, unescaped

CONTROLS = "".join(map(chr, [*range(1, 32), 127, 0x85, 0xA0, 0x2028, 0xFEFF, 0xFFFE, 0xFFFF]))
TRICKY: list[str] = [
    *("", " ", "  both  ", "\ttab\t", '"', '""', '"quoted"', '"quoted" and more', 'say "hi"', "a,b;c|d\te"),
    *("\n", "\r", "\r\n", "one\ntwo\rthree\r\nfour\n", "=1+1", "=", "+1", "-1", "@x", "#N/A", "TRUE", "007", "1e5"),
    *(
        "1939-01-01",
        "🎬👩\u200d🚀",
        "שלום עולם",
        "مرحبا",
        "e\u0301",
        "_x000D_",
        "_x005F_",
        "_x000D_x000D_",
        "_x000D\r",
    ),
    *("__x0001_", "_xD83D_", "\ufeff", "'", "\\", "{", "<b>&amp;</b>", "]]>", "NULL", "-", *CONTROLS, CONTROLS),
]
FORMATS = [
    *(pytest.param("csv", {"delimiter": delimiter}, id=f"csv{delimiter!r}") for delimiter in (",", ";", "|", "\t")),
    pytest.param("csv", {"bom": True}, id="csv-bom"),
    pytest.param("tsv", {}, id="tsv"),
    pytest.param("jsonl", {}, id="jsonl"),
    pytest.param("xlsx", {}, id="xlsx"),
]


def written(path: str | Path, columns: Sequence[str], rows: Iterable[Sequence[Any]], **options: Any) -> None:
    with open_sink(str(path), columns, **options) as sink:
        for row in rows:
            sink.write(dict(zip(columns, row, strict=True)))


def read(path: Path, **options: Any) -> list[list[Any]]:
    source = open_source(str(path), **options)
    problems = Problems(source.name)
    rows = [list(row.cells.values()) for row in source.rows(problems)]
    problems.raise_if_any()
    return rows


def random_text(rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.3:
        return rng.choice(TRICKY)
    if kind < 0.35:
        return "".join(rng.choices('abc "\n\r,;|\t🎬ש_x0D', k=10_000))
    return "".join(rng.choices('ab "\n\r,;|\t🎬ש_x00D=' + CONTROLS, k=rng.randrange(30)))


@pytest.mark.parametrize(("format", "options"), FORMATS)
@pytest.mark.parametrize("width", [1, 2, 7])
def test_every_text_survives(tmp_path: Path, format: str, options: dict[str, Any], width: int) -> None:
    rng = random.Random(f"{format} {options} {width}")
    columns = [f"column {n}" for n in range(width)]
    rows = [[text] * width for text in TRICKY]
    rows += [[random_text(rng) for _ in range(width)] for _ in range(150)]
    rows = [row for row in rows if not all(map(is_blank, row))]  # a row of which nothing is seen is no row
    path = tmp_path / f"films.{format}"
    written(path, columns, rows, **options)
    assert read(path) == rows  # the delimiter is found, not told


@pytest.mark.parametrize("seed", range(60))
def test_the_delimiter_of_small_files_is_found(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    width, delimiter = rng.randrange(1, 4), rng.choice(",;|\t")
    columns = [f"{rng.choice(['a', 'b;c', 'd,e', 'f|g'])}{n}" for n in range(width)]
    rows = [[random_text(rng) for _ in range(width)] for _ in range(rng.randrange(4))]
    path = tmp_path / "films.csv"
    written(path, columns, rows, delimiter=delimiter)
    assert open_source(str(path)).columns == tuple(columns)
    assert read(path) == [row for row in rows if not all(map(is_blank, row))]


def test_python_reads_our_csv(tmp_path: Path) -> None:
    rows = [[text, "x"] for text in TRICKY]
    path = tmp_path / "films.csv"
    written(path, ["a", "b"], rows)
    with path.open(newline="", encoding="utf-8") as file:
        found = list(csv.reader(file, strict=True))
    assert found == [["a", "b"], *([harmless(text, typed=False), "x"] for text, _ in rows)]
    quoted = [text for (cell, _), (text, _) in zip(found[1:], rows, strict=True) if cell != text]
    assert quoted == ["\ttab\t", "=1+1", "=", "+1", "-1", "@x", "#N/A", "-"]


def test_csv_is_as_in_rfc_4180(tmp_path: Path) -> None:
    path = tmp_path / "films.csv"
    with open_sink(str(path), ["a", "b", "c"]) as sink:
        sink.write({"b": 'x "y"', "a": 1})
        sink.write({"a": True, "b": None, "c": "x;y"})
    assert path.read_bytes() == b'a,b,c\r\n1,"x ""y""",\r\ntrue,,"x;y"\r\n'


def test_byte_order_mark_on_demand(tmp_path: Path) -> None:
    written(tmp_path / "a.csv", ["a"], [["é"]], bom=True)
    assert (tmp_path / "a.csv").read_bytes() == b"\xef\xbb\xbfa\r\n\xc3\xa9\r\n"


def test_a_single_empty_cell_is_a_row(tmp_path: Path) -> None:
    written(tmp_path / "a.csv", ["a"], [[""]])
    assert (tmp_path / "a.csv").read_bytes() == b'a\r\n""\r\n'


def test_jsonl_holds_any_values_and_any_columns(tmp_path: Path) -> None:
    path = tmp_path / "films.jsonl"
    with open_sink(str(path), ()) as sink:
        sink.write({"tags": ["x", None], "deep": {"a": 1.5}})
        sink.write({"other": True})
    assert read(path) == [[["x", None], {"a": 1.5}], [True]]
    assert path.read_text().count("\n") == 2


def test_workbooks_hold_text_only(tmp_path: Path) -> None:
    path = tmp_path / "films.xlsx"
    written(path, ["a"], [[text] for text in ("=1+1", "#N/A", "007", "1939-01-01", "TRUE")])
    sheet = openpyxl.load_workbook(path).active
    assert isinstance(sheet, Worksheet)
    assert [(cell.value, cell.data_type, cell.number_format) for cell in sheet["A"][1:]] == [
        (text, "s", "@") for text in ("=1+1", "'#N/A", "007", "1939-01-01", "TRUE")
    ]
    assert sheet.freeze_panes == "A2"


def test_workbooks_saved_again_are_read_the_same(tmp_path: Path) -> None:
    path, again = tmp_path / "films.xlsx", tmp_path / "again.xlsx"
    rows = [[text, "x"] for text in TRICKY if not text.startswith(("=", "#"))]
    written(path, ["a", "b"], rows)
    openpyxl.load_workbook(path).save(again)
    assert read(again) == rows


def test_escapes_are_reversible() -> None:
    rng = random.Random(1)
    for _ in range(20_000):
        text = "".join(rng.choices("_x0D5F\r\x01a", k=rng.randrange(20)))
        assert unescaped(escaped(text)) == text
        assert "\r" not in escaped(text)


@pytest.mark.parametrize("format", ["csv", "tsv", "xlsx"])
def test_cells_of_no_column_are_refused(tmp_path: Path, format: str) -> None:
    with (
        pytest.raises(ValueError, match="no such column: c"),
        open_sink(str(tmp_path / f"x.{format}"), ["a"]) as sink,
    ):
        sink.write({"a": "1", "c": "2"})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("format", "text"),
    [
        ("csv", "a\0b"),
        ("csv", "x" * 100_001),
        ("xlsx", "x" * 32_768),
        ("xlsx", "🎬" * 16_384),
        ("xlsx", "\r" * 5_000),
    ],
)
def test_what_could_not_be_read_back_is_not_written(tmp_path: Path, format: str, text: str) -> None:
    with pytest.raises(InputError), open_sink(str(tmp_path / f"x.{format}"), ["a"]) as sink:
        sink.write({"a": text})
    assert list(tmp_path.iterdir()) == []


def test_a_row_that_is_too_long_to_be_read_back(tmp_path: Path) -> None:
    columns = [str(n) for n in range(11)]
    with pytest.raises(InputError, match="1,048,576"), open_sink(str(tmp_path / "x.csv"), columns) as sink:
        sink.write(dict.fromkeys(columns, "x" * 100_000))


@pytest.mark.parametrize("format", ["csv", "jsonl", "xlsx"])
def test_the_name_is_given_at_the_end(tmp_path: Path, format: str) -> None:
    path = tmp_path / f"films.{format}"
    sink = open_sink(str(path), ["a"])
    sink.write({"a": "1"})
    assert not path.exists()
    sink.close()
    assert list(tmp_path.iterdir()) == [path]
    assert read(path) == [["1"]]
    sink.close()  # once more does no harm


@pytest.mark.parametrize("format", ["csv", "jsonl", "xlsx"])
@pytest.mark.parametrize("rows", [0, 1000])
def test_an_exception_leaves_nothing(tmp_path: Path, format: str, rows: int) -> None:
    path = tmp_path / f"films.{format}"
    with pytest.raises(KeyboardInterrupt), open_sink(str(path), ["a"]) as sink:
        for n in range(rows):
            sink.write({"a": str(n)})
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_a_kill_leaves_nothing_under_the_name(tmp_path: Path) -> None:
    path = tmp_path / "films.csv"
    path.write_text("before")
    code = (
        "import os, signal, sys; from aiopeertube.migrate.tables import open_sink\n"
        f"sink = open_sink({str(path)!r}, ['a'], overwrite=True)\n"
        "for n in range(10_000): sink.write({'a': str(n)})\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -signal.SIGKILL
    assert path.read_text() == "before"


def test_a_file_is_replaced_only_on_demand(tmp_path: Path) -> None:
    path = tmp_path / "films.csv"
    path.write_text("before")
    with pytest.raises(ConfigurationError, match=r"films.csv is already there"):
        open_sink(str(path), ["a"])
    with open_sink(str(path), ["a"], overwrite=True) as sink:
        assert path.read_text() == "before"
        sink.write({"a": "1"})
    assert read(path) == [["1"]]
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_appears_meanwhile_is_kept_and_so_is_ours(tmp_path: Path) -> None:
    path = tmp_path / "films.csv"
    sink = open_sink(str(path), ["a"])
    sink.write({"a": "1"})
    path.write_text("theirs")
    with pytest.raises(ConfigurationError, match="what was written is in"):
        sink.close()
    assert path.read_text() == "theirs"
    [ours] = [other for other in tmp_path.iterdir() if other != path]
    assert ours.read_text() == "a\n1\n"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("before")
    (tmp_path / "link.csv").symlink_to("real.csv")
    written(tmp_path / "link.csv", ["a"], [["1"]], overwrite=True)
    assert (tmp_path / "link.csv").is_symlink()
    assert read(tmp_path / "real.csv") == [["1"]]


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="needs open files as names")
def test_an_open_pipe_by_its_name_is_written_as_it_is() -> None:
    reading, writing = os.pipe()  # as /dev/stdout is one, and >(gzip)
    with os.fdopen(reading, "rb") as reader:
        with open_sink(f"/dev/fd/{writing}", ["a"], format="csv") as sink:
            sink.write({"a": "1"})
        os.close(writing)
        assert reader.read() == b"a\r\n1\r\n"


def test_a_new_file_has_the_usual_permissions(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    written(tmp_path / "films.csv", ["a"], [])
    assert (tmp_path / "films.csv").stat().st_mode == (tmp_path / "usual").stat().st_mode


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")  # noqa: PTH110
def test_a_full_disk(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space left"):  # noqa: SIM117
        with open_sink("/dev/full", ["a"], format="csv") as sink:
            for _ in range(10_000):
                sink.write({"a": "x" * 100})


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="No such file"):
        open_sink(str(tmp_path / "gone" / "films.csv"), ["a"])
    with pytest.raises(ConfigurationError, match="directory"):
        open_sink(str(tmp_path), ["a"])


@pytest.mark.parametrize(
    "options",
    [{"format": "xml"}, {"delimiter": "||"}, {"format": "jsonl", "delimiter": ","}, {"format": "xlsx", "bom": True}],
)
def test_options_that_make_no_sense(tmp_path: Path, options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        open_sink(str(tmp_path / "films.csv"), ["a"], **options)
    assert list(tmp_path.iterdir()) == []


def test_xlsx_without_openpyxl(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ConfigurationError, match=r"pip install 'aiopeertube\[xlsx\]'"):
        open_sink(str(tmp_path / "films.xlsx"), ["a"])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("format", ["csv", "tsv", "jsonl", "xlsx"])
def test_stdout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, format: str) -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: object) -> int:
            raise io.UnsupportedOperation

        tell = seek

    stdout = Pipe()
    monkeypatch.setattr("sys.stdout", SimpleNamespace(buffer=stdout))
    written("-", ["a", "b"], [["1", "é"]], format=format)
    monkeypatch.undo()
    assert not stdout.closed
    path = tmp_path / f"films.{format}"
    path.write_bytes(stdout.getvalue())
    assert read(path) == [["1", "é"]]


def test_csv_memory_does_not_depend_on_the_number_of_rows(tmp_path: Path) -> None:
    peaks = []
    for count in (500, 5000):
        tracemalloc.start()
        written(tmp_path / f"{count}.csv", ["a"], (["x" * 1000] for _ in range(count)))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5


@pytest.mark.parametrize("name", ["films.json", "films.xlsm", "films.PDF"])
def test_a_name_that_promises_something_else_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with pytest.raises(ConfigurationError, match=r"a table is no \.\w+; call it \.csv") as caught:
        open_sink(str(path), ["a"])
    assert caught.value.option == "format"
    assert not any(tmp_path.iterdir())
    for other, kind in ((path, "jsonl"), (tmp_path / "films.2024", None)):
        with open_sink(str(other), ["a"], format=kind) as sink:
            sink.write({"a": "b"})
    assert path.read_text() == '{"a":"b"}\n'
