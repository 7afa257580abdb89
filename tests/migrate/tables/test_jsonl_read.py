"""JSON lines."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aiopeertube.errors import ConfigurationError
from aiopeertube.migrate.problems import Problems
from aiopeertube.migrate.tables import Row, open_source

Read = Callable[..., tuple[list[Row], list[tuple[int | None, str]]]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read bytes as a file: rows, and (line, reason) of what is wrong."""

    def read(data: bytes, **options: Any) -> tuple[list[Row], list[tuple[int | None, str]]]:
        path = tmp_path / "films.jsonl"
        path.write_bytes(data)
        source = open_source(str(path), **options)
        assert source.columns == ()
        problems = Problems(source.name)
        rows = list(source.rows(problems))
        return rows, [(problem.line, problem.reason) for problem in problems._kept]

    return read


def test_any_values_and_any_keys(read: Read) -> None:
    rows, problems = read(b'{"uuid": "a", "tags": ["x", null]}\r\n\n  \n{"n": 1.5, "deep": {"a": true}}')
    assert not problems
    assert rows == [Row(1, {"uuid": "a", "tags": ["x", None]}), Row(4, {"n": 1.5, "deep": {"a": True}})]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"a": 1', "not JSON: "),
        (b'{"a": NaN}', "at character 7"),
        (b"[1]", "not an object but a list"),
        (b'"x"', "not an object but text"),
        (b"1", "not an object but a number"),
        (b"null", "not an object but null"),
        (b"true", "not an object but true or false"),
        (b'{"a": "\xe9"}', "byte 0xE9 is not UTF-8; the encoding is another, like cp1252"),
        (b'{"a": "\0"}', "a NUL character"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_bad_lines_are_named_and_the_rest_is_read(read: Read, line: bytes, reason: str) -> None:
    rows, [(number, found)] = read(b'{"a": 1}\n' + line + b'\n{"a": 2}\n')
    assert number == 2
    assert reason in found
    assert [row.line for row in rows] == [1, 3]


def test_line_separators_of_other_formats_break_no_line(read: Read) -> None:
    text = '{"a": "x\u2028\u0085\u000c"}\n'.replace("\u000c", "\\f")
    assert read(text.encode())[0] == [Row(1, {"a": "x\u2028\u0085\f"})]


def test_encodings(read: Read) -> None:
    text = '{"a": "é🎬"}\n{"b": 1}\n'
    expected = [Row(1, {"a": "é🎬"}), Row(2, {"b": 1})]
    assert read(text.encode("utf-8-sig")) == (expected, [])
    assert read(text.encode("utf-16")) == (expected, [])
    assert read('{"a": "é"}'.encode("cp1252"), encoding="cp1252") == ([Row(1, {"a": "é"})], [])


def test_a_long_line_ends_reading(read: Read) -> None:
    rows, [(line, reason)] = read(b'{"a": 1}\n{"a": "' + b"x" * 1_100_000 + b'"}\n{"a": 2}\n')
    assert ([row.line for row in rows], line) == ([1], 2)
    assert "longer than 1,048,576 characters" in reason


@pytest.mark.parametrize("option", [{"columns": ["a"]}, {"delimiter": ","}, {"sheet": "x"}])
def test_options_of_other_formats(read: Read, option: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="means nothing for JSONL"):
        read(b"{}", **option)
