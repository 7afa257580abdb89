"""Cells: what is written is read back, whatever it is."""

import random

import pytest

from aiopeertube.migrate.values import (
    CLEARED,
    boolean,
    cell_text,
    fitting,
    moment,
    server_moment,
    tag_list,
    tags_cell,
    text_cell,
    unique,
)


@pytest.mark.parametrize("text", ["a", "<clear>", " <clear> ", "\\<clear>", "\\\\<clear>", "\\n", "\\", "a <clear>"])
def test_every_text_comes_back_from_its_cell(text: str) -> None:
    assert cell_text(text_cell(text)) == text


def test_an_empty_cell_leaves_and_a_marker_clears() -> None:
    assert [cell_text(cell) for cell in ("", "  ", None)] == [None, None, None]
    assert cell_text("<clear>") is CLEARED
    assert cell_text("-", marker="-") is CLEARED
    assert text_cell(None) == ""


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("1939", "1939-01-01T00:00:00.000Z"),
        ("1939-05", "1939-05-01T00:00:00.000Z"),
        ("1939-05-31", "1939-05-31T00:00:00.000Z"),
        ("1939/05/31", "1939-05-31T00:00:00.000Z"),
        ("31-5-1939", "1939-05-31T00:00:00.000Z"),
        ("31.05.1939", "1939-05-31T00:00:00.000Z"),
        ("31/5/1939", "1939-05-31T00:00:00.000Z"),
        ("5/31/1939", "1939-05-31T00:00:00.000Z"),
        ("5/5/1939", "1939-05-05T00:00:00.000Z"),
        ("1939-05-31T12:00:00+02:00", "1939-05-31T10:00:00.000Z"),
        ("1939-05-31 12:00", "1939-05-31T12:00:00.000Z"),
        ("1960-01-01T00:00:00.123Z", "1960-01-01T00:00:00.123Z"),
    ],
)
def test_dates_in_the_usual_forms(text: str, due: str) -> None:
    assert moment(text) == due == moment(due) == server_moment(due)


@pytest.mark.parametrize("text", ["4/5/1939", "31/31/1939", "1939-13-01", "yesterday", "39", "1939-05-31T99:00"])
def test_what_is_no_date_or_may_be_two(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        moment(text)


def test_tags_come_back_from_their_cell() -> None:
    chance = random.Random(7)
    for _ in range(2000):
        tags = unique(
            "".join(chance.choices('ab ;,[]"\\é', k=chance.randint(1, 8))) for _ in range(chance.randint(0, 5))
        )
        assert unique(tag_list(tags_cell(tags))) == tags or not tags


def test_tags_by_semicolon_by_comma_or_as_asked() -> None:
    assert tag_list("a; b;;c ") == ["a", "b", "c"]
    assert tag_list("a, b") == ["a", "b"]
    assert tag_list("a, b; c") == ["a, b", "c"]
    assert tag_list("a|b;c", "|") == ["a", "b;c"]
    with pytest.raises(ValueError, match="JSON list"):
        tag_list('["a", 1]')


def test_fitting_keeps_the_first_five_that_the_server_takes() -> None:
    assert fitting(["a", "bb", "bb", "c" * 31, "cc", "dd", "ee", "ff", "gg"]) == ["bb", "cc", "dd", "ee", "ff"]


def test_booleans() -> None:
    assert [boolean(text) for text in ("true", "Yes", "1", "false", "NO", "0")] == [True] * 3 + [False] * 3
    with pytest.raises(ValueError, match="neither"):
        boolean("perhaps")
