"""Cells: what is written is read back, whatever it is."""

import random
import re
import time
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from aiopeertube.migrate.metadata.values import (
    CLEARED,
    boolean,
    cell_text,
    fitting,
    js_trimmed,
    moment,
    server_moment,
    shortest_length,
    stamp,
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
    assert (text_cell(None), repr(CLEARED)) == ("", "CLEAR")

    for text in ("\\n", "\\", "X<clear>"):
        assert text_cell(text) == text
    assert text_cell("<clear>") == "\\<clear>"
    assert [cell_text("\\-", marker="-"), text_cell("-", marker="-")] == ["-", "\\-"]


@pytest.mark.parametrize("cell", ["<CLEAR>", "<Clear>", " <clear >", "&lt;clear&gt;", "\uff1cclear\uff1e"])
def test_what_is_nearly_the_marker_is_no_guess(cell: str) -> None:
    with pytest.raises(ValueError, match="is nearly <clear>, which empties a field: write that, or"):
        cell_text(cell)
    assert cell_text(text_cell(cell)) == cell
    assert cell_text("\\" + cell) == cell


def test_words_around_the_marker_are_text() -> None:
    assert [cell_text(cell) for cell in ("clear", "<clear> sky", "<clear", "\\clear")] == [
        "clear", "<clear> sky", "<clear", "\\clear",
    ]  # fmt: skip


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
        ("5/1939", "1939-05-01T00:00:00.000Z"),
        ("1939.5.31", "1939-05-31T00:00:00.000Z"),
        ("04.05.1939", "1939-05-04T00:00:00.000Z"),
        ("19390531", "1939-05-31T00:00:00.000Z"),
        ("31-5-1939 9:05", "1939-05-31T09:05:00.000Z"),
        ("5/31/1939 2:30 PM", "1939-05-31T14:30:00.000Z"),
        ("5/31/1939 12:30:15 am", "1939-05-31T00:30:15.000Z"),
        ("31.5.1939 23:30+01:00", "1939-05-31T22:30:00.000Z"),
        ("13/5/1939", "1939-05-13T00:00:00.000Z"),
        ("5/13/1939", "1939-05-13T00:00:00.000Z"),
        ("13-12-1939", "1939-12-13T00:00:00.000Z"),
        ("13/12/1939", "1939-12-13T00:00:00.000Z"),
        ("31.5.1939 1:05 am", "1939-05-31T01:05:00.000Z"),
        ("31.5.1939 12:05 PM", "1939-05-31T12:05:00.000Z"),
        ("1939-05-31T1430", "1939-05-31T14:30:00.000Z"),
    ],
)
def test_dates_in_the_usual_forms(text: str, due: str) -> None:
    assert moment(text) == due == moment(due) == server_moment(due)


@pytest.mark.parametrize("text", ["4/5/1939", "31/31/1939", "1939-13-01", "yesterday", "39", "1939-05-31T99:00"])
def test_what_is_no_date_or_may_be_two(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        moment(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("4/5/1939", "may be the 4. of month 5 or the other way; write it YYYY-MM-DD"),
        ("04-05-1939 12:00", "may be the 4. of month 5 or the other way"),
        ("12/5/1939", "may be the 12. of month 5 or the other way"),
        ("5/12/1939", "may be the 5. of month 12 or the other way"),
        ("5/39", "is no date; write it like"),
        ("31.5.1939 0:05 AM", "has no hour from 1 to 12 before AM"),
        ("05-31-1939", "is no date"),
        ("31-5-39", "has no year of four digits"),
        ("1939-02-30", "is no date (day is out of range for month)"),
        ("0000", "is no date (year 0 is out of range)"),
        ("about 1939", "is no date; write it like 1939-05-31, 1939-05 or 1939"),
        ("1939-05-31 13:00 PM", "has no hour from 1 to 12 before PM"),
        ("14396", "is the number by which a spreadsheet knows a day; format the cell as a date"),
        ("0001-01-01T00:00:00+02:00", "is out of range in UTC"),
        ("9999-12-31 23:59-02:00", "is out of range in UTC"),
        ("1939-05-31T", "is no date"),
        ("1939--05", "is no date"),
        ("1939-05/31", "is no date"),
    ],
)
def test_dates_are_refused_with_a_clear_word(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^'{re.escape(text)}' {re.escape(reason)}"):
        moment(text)


def test_what_comes_first_can_be_told_for_a_whole_table() -> None:
    for text in ("4/5/1939", "4-5-1939", "04-05-1939", "4.5.1939"):
        assert moment(text, "day") == "1939-05-04T00:00:00.000Z"
        assert moment(text, "month") == "1939-04-05T00:00:00.000Z"
    assert moment("1939-04-05", "month") == "1939-04-05T00:00:00.000Z"
    with pytest.raises(ValueError, match="month must be in"):
        moment("31/5/1939", "month")


def test_a_year_may_be_a_number() -> None:
    assert server_moment(1939) == "1939-01-01T00:00:00.000Z"
    with pytest.raises(ValueError, match="True"):
        server_moment(value=True)


@pytest.mark.parametrize(
    ("value", "due"),
    [
        (None, None),
        ("", None),
        (datetime(1939, 5, 31, 14, 30, tzinfo=UTC), "1939-05-31T14:30:00.000Z"),
        (datetime(1939, 5, 31, 14, 30, tzinfo=timezone(timedelta(hours=2))), "1939-05-31T12:30:00.000Z"),
        (datetime(1939, 5, 31, 14, 30), "1939-05-31T14:30:00.000Z"),  # noqa: DTZ001 - as a caller may have it
        (date(1939, 5, 31), "1939-05-31T00:00:00.000Z"),
        ("1939-05-31", "1939-05-31T00:00:00.000Z"),
    ],
)
def test_moments_of_code_and_of_the_server(value: object, due: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert server_moment(value) == due
        assert not isinstance(value, datetime) or stamp(value) == due
    finally:
        monkeypatch.undo()
        time.tzset()


def test_tags_come_back_from_their_cell() -> None:
    chance = random.Random(7)
    for _ in range(2000):
        tags = unique(
            "".join(chance.choices('ab ;,[]"\\é', k=chance.randint(1, 8))) for _ in range(chance.randint(0, 5))
        )
        assert unique(tag_list(tags_cell(tags))) == tags or not tags


def test_a_cell_of_tags_is_plain_where_it_can_be() -> None:
    assert [tags_cell(tags) for tags in ([], ["a"], ["a", "X b"])] == ["", "a", "a; X b"]
    for odd in (" a", "a ", "a;b", "a,b", "[a"):
        assert tags_cell(["a", odd]) == f'["a","{odd}"]'


def test_tags_by_semicolon_by_comma_or_as_asked() -> None:
    assert tag_list("a; b;;c ") == ["a", "b", "c"]
    assert tag_list("a, b") == ["a", "b"]
    assert tag_list("a, b; c") == ["a, b", "c"]
    assert tag_list("a|b;c", "|") == ["a", "b;c"]
    assert tag_list(' ["a", "b;c"]') == ["a", "b;c"]
    with pytest.raises(ValueError, match=r"^tags in square brackets must be a JSON list of texts$"):
        tag_list('["a", 1]')


def test_fitting_keeps_the_first_five_that_the_server_takes() -> None:
    assert fitting(["a", "bb", "bb", "c" * 31, "cc", "dd", "ee", "ff", "gg"]) == ["bb", "cc", "dd", "ee", "ff"]
    assert fitting(["c" * 30, "a\ufe0f", "\u2764\ufe0f\ufe0f", "ab\ufe0e"]) == ["c" * 30, "ab\ufe0e"]


def test_characters_as_the_server_counts_and_cuts_them() -> None:
    assert [shortest_length(text) for text in ("", "ab", "a\ufe0f\ufe0e", "\ufe0f")] == [0, 2, 1, 0]
    assert js_trimmed("\ufeff\u3000 \x1c a b \x85\n") == "\x1c a b \x85"


def test_booleans() -> None:
    assert [boolean(text) for text in ("true", "Yes", "1", "false", "NO", "0")] == [True] * 3 + [False] * 3
    with pytest.raises(ValueError, match="neither"):
        boolean("perhaps")
