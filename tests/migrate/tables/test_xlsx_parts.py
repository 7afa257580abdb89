"""Parts of a workbook as streams: how long a text may be, and where a strict one is split."""

import io

import pytest

from aiopeertube.migrate.tables.xlsx_package import _RUN_LIMIT, _Bounded
from aiopeertube.migrate.tables.xlsx_strict import Loosened, _split

PIECE = 1 << 16


def read_all(data: bytes) -> bytes:
    with _Bounded(io.BytesIO(data)) as bounded:
        return b"".join(iter(lambda: bounded.read(PIECE), b""))


def test_many_long_texts_are_read() -> None:
    data = b"".join(b"<t>" + b"x" * (PIECE * 40) + b"</t>" for _ in range(3))
    assert len(data) > _RUN_LIMIT > PIECE * 40
    assert read_all(data) == data


def test_a_text_without_end_is_not() -> None:
    with pytest.raises(ValueError, match="too long"):
        read_all(b"<t>" + b"x" * (_RUN_LIMIT + 2 * PIECE) + b"</t>")


@pytest.mark.parametrize(
    ("data", "whole", "kept"),
    [
        (b"ab<cd", b"ab", b"<cd"),
        (b"abcd", b"abcd", b""),
        (b"<cd", b"", b"<cd"),
        (b"<" + b"x" * PIECE, b"<" + b"x" * PIECE, b""),
    ],
)
def test_a_strict_part_is_split_before_a_tag_that_may_go_on(data: bytes, whole: bytes, kept: bytes) -> None:
    assert _split(data) == (whole, kept)


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_a_name_that_is_read_in_pieces_is_renamed(size: int) -> None:
    strict = b'<a xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main"/>'
    part = Loosened(io.BytesIO(strict * 3))
    usual = b'<a xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    assert b"".join(iter(lambda: part.read(size), b"")) == usual * 3
