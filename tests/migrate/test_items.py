"""Items: what rows and jobs come to together."""

from typing import Any

import pytest

from aiopeertube.migrate.journal.item import Item, joined, merged, together
from aiopeertube.migrate.problems import BadSource, CellError, Problem, Problems


def test_a_change_is_known_by_what_is_wanted() -> None:
    one = Item("a", {"name": "x", "tags": ["b"]})
    assert one.change == Item("b", {"tags": ["b"], "name": "x"}, 7).change
    assert one.change != Item("a", {"name": "y", "tags": ["b"]}).change
    assert (len(one.change), one.change) == (32, one.change.lower())


def test_what_is_known_of_a_video() -> None:
    item = Item("a", {}, before={"name": "old", "tags": []}, after={"name": "new"}, note={"looked": {"tags": ["x"]}})
    assert item.known == {"name": "old", "tags": ["x"]}
    assert item.settle("changed").known == {"name": "new", "tags": ["x"]}
    assert Item("a", {}).known == {}
    assert Item("a", {}, state="changed").known == {}


def test_an_item_is_settled() -> None:
    item = Item("a", {}, state="planned")
    assert item.settle("failed", "why", again=True) is item
    assert (item.state, item.reason, item.again) == ("failed", "why", True)
    item.settle("unchanged")
    assert (item.state, item.reason, item.again) == ("unchanged", "", False)


def test_rows_of_one_video_are_one_item() -> None:
    first = Item("a", {"name": "x"}, 2, {"id": "1", "name": "x", "tags": ""}, note={"key": "k"})
    other = Item(
        "a", {"tags": []}, 3, {"id": "2", "tags": "b", "name": None}, note={"doubts": {"tags": ["tags", "?"]}}
    )
    first.take_in(other, {"name": "x", "tags": []})
    assert first.wanted == {"name": "x", "tags": []}
    assert first.row == {"id": "1", "name": "x", "tags": "b"}
    assert first.note == {"key": "k", "doubts": {"tags": ["tags", "?"]}}
    third = Item("a", {}, note={"doubts": {"tags": ["t", "!"], "name": ["n", "."]}})
    first.take_in(third, first.wanted)
    assert first.note["doubts"] == {"tags": ["tags", "?"], "name": ["n", "."]}
    plain = Item("a", {})
    plain.take_in(Item("a", {}), {})
    assert plain.note == {}


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
        ({"a": 1}, {"a": 1}, {"a": 1}),
        ({"a": 1}, {"a": 2}, None),
        ({"a": None}, {"a": 1, "b": 1}, None),
        ({}, {}, {}),
    ],
)
def test_what_two_rows_want_together(one: Any, other: Any, both: Any) -> None:
    assert merged(one, other) == both


def test_what_is_noted_of_two_rows() -> None:
    one = {"key": "a", "base": {"name": "x"}, "lines": {"p": 1}}
    other = {"key": "b", "names": {}, "base": {"name": "y", "tags": []}, "own": {"name": "d"}, "rows": {"2": {}}}
    assert together(one, other) == {
        "key": "a",
        "names": {},
        "base": {"name": "x", "tags": []},
        "own": {"name": "d"},
        "lines": {"p": 1},
        "rows": {"2": {}},
    }
    assert together({}, {}) == {}


def test_what_a_job_did_in_several_steps_is_one_change() -> None:
    def step(before: dict[str, Any] | None, after: dict[str, Any] | None, name: str = "") -> Item:
        return Item("a", {}, name=name, before=before, after=after)

    whole = joined([
        step({"name": "1"}, {"name": "2"}),
        step({"name": "2", "tags": []}, {"name": "3", "tags": ["x"]}),
        step({"tags": ["foreign"]}, {"tags": ["y"]}, "last"),
        step(None, None, "latest"),
    ])  # fmt: skip
    assert (whole.before, whole.after) == ({"name": "1", "tags": ["foreign"]}, {"name": "3", "tags": ["y"]})
    assert whole.name == "latest"


# -- what is wrong with an input -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "column", "text"),
    [
        (None, None, "f.csv: why"),
        (1234, None, "f.csv, line 1,234: why"),
        (3, "name", "f.csv, line 3, column name: why"),
        (None, "name", "f.csv, column name: why"),
    ],
)
def test_a_problem_says_where(line: int | None, column: str | None, text: str) -> None:
    assert str(Problem("f.csv", line, column, "why")) == text


def test_problems_are_told_at_once_and_only_the_first_thousand() -> None:
    problems = Problems("f.csv")
    problems.raise_if_any()
    problems.add(1, "name", "bad", option="ignore")
    problems.add_cell(2, CellError("tags", "worse", option="fit"))
    with pytest.raises(BadSource) as caught:
        problems.raise_if_any()
    first, second = caught.value.problems
    assert (first, second) == (
        Problem("f.csv", 1, "name", "bad", "ignore"),
        Problem("f.csv", 2, "tags", "worse", "fit"),
    )
    assert (str(caught.value), caught.value.total) == ("f.csv, line 1, column name: bad (and 1 more)", 2)
    for number in range(1500):
        problems.add(number, None, "again")
    with pytest.raises(BadSource, match=r"\(and 1,501 more\)$") as caught:
        problems.raise_if_any()
    assert (len(caught.value.problems), caught.value.total) == (1000, 1502)


def test_doubts_are_errors_only_beside_others() -> None:
    problems = Problems("f.csv")
    for number in range(1100):
        problems.doubt(number, "category", "not listed")
    problems.raise_if_any()
    problems.doubt(5, "category", "not listed")
    problems.add(9, None, "bad")
    with pytest.raises(BadSource) as caught:
        problems.raise_if_any()
    assert caught.value.problems == (Problem("f.csv", 9, None, "bad"), Problem("f.csv", 5, "category", "not listed"))
    assert caught.value.total == 2
    many = Problems("f.csv")
    many.add(1, None, "bad")
    for number in range(1100):
        many.doubt(number, "category", "not listed")
    with pytest.raises(BadSource) as caught:
        many.raise_if_any()
    assert (len(caught.value.problems), caught.value.total) == (1000, 1001)


def test_notes_have_the_name_of_the_file_and_an_end() -> None:
    problems = Problems("f.csv")
    for number in range(30):
        problems.note(f"note {number}")
    assert problems.notes == [f"f.csv: note {number}" for number in range(20)]
