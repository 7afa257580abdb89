"""Going into answers, whatever is there."""

from typing import Any

import pytest

from aiopeertube.errors import UnexpectedResponse
from aiopeertube.migrate.metadata.shapes import brief, labels_in, taken, whole_number

ANSWER = {"a": {"b": 3, "c": "text", "d": [1], "e": True, "f": None}}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "None"),
        ("é", "'\\xe9'"),
        ("x" * 58, f"'{'x' * 58}'"),
        ("x" * 59, f"'{'x' * 56}..."),
        ([1, {"a": 2}], "[1, {'a': 2}]"),
    ],
)
def test_a_value_is_shown_in_a_few_characters(value: object, shown: str) -> None:
    assert brief(value) == shown
    assert len(shown) <= 60


@pytest.mark.parametrize(
    ("path", "kind", "due"),
    [
        ((), dict, ANSWER),
        (("a", "b"), int, 3),
        (("a", "c"), str, "text"),
        (("a", "d"), list, [1]),
        (("a", "e"), bool, True),
    ],
)
def test_what_is_of_the_kind_is_taken(path: tuple[str, ...], kind: type, due: object) -> None:
    assert taken(ANSWER, *path, kind=kind, what="it") == due


@pytest.mark.parametrize(
    ("answer", "path", "kind", "why"),
    [
        ([1], (), dict, "it: the whole answer is [1], not an object"),
        ([1], ("a",), int, "it: the whole answer is [1], not an object"),
        (ANSWER, ("a", "c", "x"), int, "it: a.c is 'text', not an object"),
        (ANSWER, ("a", "e"), int, "it: a.e is True, not a whole number"),
        (ANSWER, ("a", "b"), str, "it: a.b is 3, not a text"),
        (ANSWER, ("a", "b"), bool, "it: a.b is 3, not true or false"),
        (ANSWER, ("a", "f"), list, "it: a.f is None, not a list"),
        (ANSWER, ("a", "z"), list, "it: a.z is None, not a list"),
    ],
)
def test_what_is_not_is_named_by_where_it_is(answer: object, path: tuple[str, ...], kind: type, why: str) -> None:
    with pytest.raises(UnexpectedResponse) as caught:
        taken(answer, *path, kind=kind, what="it")
    assert (str(caught.value), caught.value.status) == (why, 200)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (["a"], "the list: the whole answer is ['a'], not an object"),
        ({"1": "a", "2": 3}, "the list: 2 is 3, not a text"),
        ({"1": None, "2": "a"}, "the list: 1 is None, not a text"),
    ],
)
def test_a_list_of_constants_is_labels_by_id(answer: Any, why: str) -> None:
    assert labels_in({"1": "a", "nl": "b"}, "the list") == {"1": "a", "nl": "b"}
    with pytest.raises(UnexpectedResponse, match=r"^the list: ") as caught:
        labels_in(answer, "the list")
    assert str(caught.value) == why


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("15.0", "15"), ("0.0", "0"), ("15", "15"), ("15.00", "15.00"), ("15.5", "15.5"), ("1.000", "1.000"),
        (".0", ".0"), ("-1.0", "-1.0"), ("15.", "15."), ("\u0661.0", "\u0661.0"), ("a.0", "a.0"),
    ],
)  # fmt: skip
def test_whole_numbers_of_libraries(text: str, due: str) -> None:
    assert whole_number(text) == due
