"""Templates: what is filled in, what goes with an empty column, and what is refused."""

import re
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiopeertube.migrate.rows.templates import Template, text_of


@pytest.mark.parametrize(
    ("template", "cells", "filled"),
    [
        ("{a}: {b}", {"a": "A", "b": "B"}, "A: B"),
        ("{a}: {b}", {"a": "A"}, "A"),
        ("{a}: {b}", {"b": "B"}, "B"),
        ("{a}: {b}", {}, ""),
        ("{a} - {b} - {c}", {"a": "A", "c": "C"}, "A - C"),
        ("{a}, {b}, {c}", {"c": "C"}, "C"),
        ("{a} ({b})", {"a": "A"}, "A"),
        ("{a} ({b})", {"a": "A", "b": "B"}, "A (B)"),
        ("{a} ({b}), {c}", {"a": "A", "c": "C"}, "A, C"),
        ("{a} {b}", {"b": "B"}, "B"),
        ("{a}{b}", {"a": "A", "b": "B"}, "AB"),
        ("{a}/{b}", {"a": "A"}, "A"),
        ("{a} min. - {b}", {"a": "3"}, "3 min."),
        ("{a}. Director: {b}", {"b": "B"}, "Director: B"),
        ("{a} ({b}). Director: {c}", {"a": "A", "c": "C"}, "A. Director: C"),
        ("{a}, by {b}", {"b": "B"}, "by B"),
        ("{a}\n\n{b}", {"b": "B"}, "B"),
        ("{a}\n\n{b}\n\n{c}", {"a": "A", "c": "C"}, "A\n\nC"),
        ("{a}\n{b}\n{c}", {"a": "A", "c": "C"}, "A\nC"),
        ("{a}\n\nDirector: {b}\nCamera: {c}", {"a": "A", "c": "C"}, "A\n\nCamera: C"),
        ("{a}\n\nCredits:\n{b}", {"a": "A"}, "A"),
        ("{a}\n\nFrom the archive.", {"a": "A"}, "A\n\nFrom the archive."),
        ("{a}\n\nFrom the archive.", {}, ""),
        ("{a}\r\n\r\n{b}", {"a": "A"}, "A"),
        ("always", {}, "always"),
        ("{{{a}}}", {"a": "A"}, "{A}"),
        ("{a:.3}", {"a": "ABCDE"}, "ABC"),
        ("{category.label} x", {"category.label": "Films"}, "Films x"),
        ("{a}", {"a": "1, 2 - {b}"}, "1, 2 - {b}"),
    ],
)
def test_what_is_filled_in(template: str, cells: dict[str, str], filled: str) -> None:
    assert Template.read(template).fill(cells) == filled


@pytest.mark.parametrize("template", ["{a", "a}", "{a}}", "{{a}", "{a{b}}"])
def test_braces_that_do_not_match(template: str) -> None:
    with pytest.raises(ValueError, match="is alone"):
        Template.read(template)


def test_columns_that_are_not_there_are_named() -> None:
    template = Template.read("{titel}: {abstract} {a.b}", ("title", "abstract"))
    assert template.columns == ("titel", "abstract", "a.b")
    assert list(template.unknown(("title", "abstract"))) == [
        "titel: did you mean title? a template names a column that is not there: 'titel'",
        "a template names a column that is not there: 'a.b'",
    ]


def test_a_column_may_look_like_a_format() -> None:
    assert Template.read("{dc:title}").columns == ("dc:title",)
    assert Template.read("{a:10}").columns == ("a",)
    assert Template.read("{a:10}", ("a:10",)).columns == ("a:10",)


def test_cells_of_json_are_written_as_in_a_table() -> None:
    assert [text_of(cell) for cell in (None, True, 3, ["a", "b"], " x ")] == ["", "true", "3", "a; b", "x"]
    assert [text_of(cell) for cell in ([None, "a", False, 1.5], [])] == ["a; false; 1.5", ""]


@pytest.mark.parametrize("cell", [{}, {"nl": "x"}, [{"nl": "x"}], [["a"]], [["a"], "b"]])
def test_json_within_json_is_no_text(cell: Any) -> None:
    with pytest.raises(ValueError, match="JSON within JSON is no text"):
        text_of(cell)


_SEPARATORS = st.sampled_from([", ", ": ", " - ", " | ", "; ", "\n", "\n\n", " "])


@given(st.lists(_SEPARATORS, min_size=1, max_size=4))
def test_separators_stand_only_between_columns_that_are_there(separators: list[str]) -> None:
    names = [f"c{number}" for number in range(len(separators) + 1)]
    text = "".join(f"{{{name}}}{gap}" for name, gap in zip(names, [*separators, ""], strict=True))
    for there in product((True, False), repeat=len(names)):
        cells = {name: name.upper() for name, is_there in zip(names, there, strict=True) if is_there}
        filled = Template.read(text).fill(cells)
        between = [one for one in re.split(r"C\d", filled) if one]
        assert re.findall(r"C\d", filled) == list(cells.values())
        assert len(between) == max(0, len(cells) - 1)
        assert set(between) <= {*separators}
