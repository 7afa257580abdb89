"""Where long texts differ, for people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiopeertube.migrate.metadata.excerpts import difference, excerpts, visible

LONG = "The film shows the old harbour of Rotterdam, with ships, cranes and dockers, and ends at the zoo."


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Film 1", "Movie 1", "Film 1 -> Movie 1"),
        ("a\r\nb", "a\nc", r"a\r\nb -> a\nc"),
        (LONG, LONG.replace("old", "new"), "The film shows the [-old-]{+new+} harbour of Rotterdam, w..."),
        (LONG, LONG.replace("at the zoo", "here"), "...s and dockers, and ends [-at the zoo-]{+here+}."),
        (LONG, LONG.replace(", with", ""), "...old harbour of Rotterdam[-, with-] ships, cranes and docke..."),
        (LONG, LONG + "\n", "...rs, and ends at the zoo.{+\\n+}"),
        (LONG, LONG + "\r\n", "...rs, and ends at the zoo.{+\\r\\n+}"),
        (LONG + " ", LONG, "...rs, and ends at the zoo.[-␣-]"),
        ("an end", "an end\n", "an end{+\\n+}"),
        ("a  b", "a b", "a [-␣-]b"),
        ("a\u00a0b", "a b", "a[-\\xa0-]{+␣+}b"),
        ("a\u200bb", "ab", "a\\u200bb -> ab"),
        ("one\r\ntwo\r\nthree\n", "one\ntwo\nthree\n", "line breaks alone: 2 x \\r\\n -> \\n"),
        ("one\ntwo\rthree", "one\r\ntwo\nthree", "line breaks alone: 1 x \\n -> \\r\\n, 1 x \\r -> \\n"),
        ("(none)", LONG, "(none) -> The film shows the old harbour of Rotterdam, with ships, ..."),
        ("x" * 300, "x" * 299 + "y", f"...{'x' * 21} -> ...{'x' * 20}y"),
    ],
)
def test_what_differs_is_shown_with_what_is_around_it(old: str, new: str, told: str) -> None:
    assert difference(old, new) == told


def test_of_many_places_some_are_shown_and_the_others_counted() -> None:
    many = f"{LONG} " * 9
    told = difference(many, many.replace("zoo", "museum"))
    assert told.count("[-zoo-]{+museum+}") == 3
    assert told.endswith("(and in 6 more places)")
    assert difference(LONG * 4, (LONG * 4).replace("zoo", "sea")).endswith("(and in 1 more place)")


def test_three_values_are_shown_from_where_they_begin_to_differ() -> None:
    texts = [LONG, LONG.replace("zoo", "sea"), LONG.replace("zoo", "mill")]
    assert excerpts(texts) == ["..." + text[len(LONG) - 24 :] for text in texts]


texts = st.text(st.sampled_from("ab.\r\n\t \u00a0\u200b\x07é"), max_size=150)


@given(texts, texts)
def test_a_difference_is_one_short_printable_line(old: str, new: str) -> None:
    told = difference(old, new)
    assert all(char.isprintable() for char in told)
    assert len(told) < 800


@given(texts, texts)
def test_no_change_looks_like_none(old: str, new: str) -> None:
    if old != new:
        before, arrow, after = difference(old, new).partition(" -> ")
        assert not arrow or before != after


@given(st.text())
def test_nothing_is_invisible(text: str) -> None:
    assert all(char.isprintable() for char in visible(text))
