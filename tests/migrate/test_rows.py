"""Rows: what they ask for, and every complaint with its line and column."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from aiopeertube.migrate.journal.item import Item
from aiopeertube.migrate.metadata.fields import Reading
from aiopeertube.migrate.metadata.fitting import Cuts
from aiopeertube.migrate.problems import BadSource, Problems
from aiopeertube.migrate.rows.layout import Layout
from aiopeertube.migrate.rows.rows import RowReader
from aiopeertube.migrate.tables.source import Row, Stored

Read = Callable[..., Item | None]

ORIGIN = "https://videos.example"
UUID = "5a71eb42-d31d-4cf0-9a63-42319bfeb9c6"


@pytest.fixture
def problems() -> Problems:
    return Problems("films.csv")


@pytest.fixture
def read(reading: Reading, problems: Problems) -> Read:
    def read(
        cells: dict[str, Any], line: int = 2, layout: Layout | None = None, *, typed: bool = False
    ) -> Item | None:
        return RowReader(ORIGIN, reading, layout or Layout(), problems, typed=typed).read(Row(line, cells))

    return read


def made(item: Item | None) -> Item:
    assert item is not None
    return item


def complaints(problems: Problems) -> list[tuple[int | None, str | None, str]]:
    with pytest.raises(BadSource) as caught:
        problems.raise_if_any()
    return [(problem.line, problem.column, problem.reason) for problem in caught.value.problems]


def test_only_cells_that_say_something_count(read: Read, problems: Problems) -> None:
    item = made(read({"uuid": UUID, "name": "Film", "description": "", "tags": "<clear>", "support": " "}, 7))
    assert (item.ref, item.wanted, item.line) == (UUID, {"name": "Film", "tags": []}, 7)
    assert problems.total == 0


def test_a_row_that_asks_for_nothing_is_done(read: Read) -> None:
    assert made(read({"uuid": UUID, "name": ""})).state == "unchanged"


def test_labels_and_ids_agree_or_one_of_them_is_empty(read: Read, problems: Problems) -> None:
    assert made(read({"uuid": UUID, "category": "2", "category.label": "Films"})).wanted == {"category": 2}
    assert made(read({"uuid": UUID, "category": "", "category.label": "Films"})).wanted == {"category": 2}
    assert made(read({"uuid": UUID, "category": "1", "category.label": ""})).wanted == {"category": 1}
    assert read({"uuid": UUID, "category": "1", "category.label": "Films"}, 9) is None
    ((line, column, reason),) = complaints(problems)
    assert (line, column) == (9, "category.label")
    assert "contradicts category" in reason
    layout = Layout(frozenset({"category"}))
    assert made(read({"uuid": UUID, "category": "1", "category.label": "Films"}, layout=layout)).wanted == {
        "category": 2
    }


def test_all_complaints_about_a_row_are_told(read: Read, problems: Problems) -> None:
    assert read({"uuid": "x", "name": "a", "language": "Nope", "privacy": "<clear>"}, 3) is None
    assert [(line, column) for line, column, _ in complaints(problems)] == [
        (3, "uuid"), (3, "name"), (3, "language"), (3, "privacy"),
    ]  # fmt: skip


def test_a_contradiction_names_the_option_that_helps(read: Read, problems: Problems) -> None:
    assert read({"uuid": UUID, "category": "1", "category.label": "Films"}, 5) is None
    with pytest.raises(BadSource) as caught:
        problems.raise_if_any()
    (problem,) = caught.value.problems
    assert (problem.line, problem.column, problem.option) == (5, "category.label", "ignore")
    assert problem.reason == "it contradicts category; edit both, empty one of them, or ignore its column"


def test_what_the_server_would_not_take_waits_for_a_look(reading: Reading, problems: Problems) -> None:
    rows = RowReader(ORIGIN, reading, Layout(), problems, compared=True)
    item = made(rows.read(Row(2, {"uuid": UUID, "category": "99", "name": "Film"})))
    why = "the instance has no category '99'; it has Music, Films, Science & Technology"
    assert (item.wanted, item.note) == ({"category": 99, "name": "Film"}, {"doubts": {"category": ["category", why]}})
    problems.raise_if_any()
    made(rows.read(Row(3, {"uuid": UUID, "category": "99"})))
    problems.add(9, None, "bad")
    assert complaints(problems)[1] == (3, "category", why)


def test_what_is_cut_is_told_with_its_row(reading: Reading, problems: Problems) -> None:
    said: list[str] = []
    rows = RowReader(ORIGIN, replace(reading, fit=True), Layout(), problems, cuts=Cuts(said.append))
    rows.read(Row(1234, {"uuid": UUID, "name": "x" * 130, "tags": "", "support": "abc"}))
    rows.read(Row(3, {"name": "x" * 130}))
    assert said == [
        f"line 1,234, {UUID}: name cut from 130 to 120 characters",
        f"line 3, {'x' * 130}: name cut from 130 to 120 characters",
    ]


def test_a_field_that_the_server_does_not_know_is_told_once(reading: Reading, problems: Problems) -> None:
    rows = RowReader(ORIGIN, replace(reading, version=(6, 3)), Layout(), problems)
    for line in (2, 3):
        rows.read(Row(line, {"uuid": UUID, "nsfwFlags": "1"}))
    with pytest.raises(BadSource) as caught:
        problems.raise_if_any()
    (problem,) = caught.value.problems
    assert (problem.line, problem.column, problem.option) == (2, "nsfwFlags", "ignore")


def test_a_row_without_a_video(read: Read, problems: Problems) -> None:
    assert read({"name": "Film"}) is None
    ((_, column, reason),) = complaints(problems)
    assert column is None
    assert "names no video" in reason


def test_values_of_json_are_typed(read: Read, problems: Problems) -> None:
    cells = {"uuid": UUID, "name": "<clear>", "description": None, "tags": ["bb", "aa"], "nsfw": True, "category": 2}
    assert made(read(cells, typed=True)).wanted == {
        "name": "<clear>", "description": None, "tags": ["aa", "bb"], "nsfw": True, "category": 2,
    }  # fmt: skip
    assert read({"uuid": UUID, "colour": 1}, typed=True) is None
    ((_, column, _),) = complaints(problems)
    assert column == "colour"


def test_columns_that_mean_nothing_are_named(problems: Problems) -> None:
    Layout().check(["uuid", "nmae", "updatedAt", "key"], problems)
    ((line, column, reason),) = complaints(problems)
    assert (line, column) == (1, "nmae")
    assert "did you mean 'name'" in reason
    assert Layout(frozenset({"*"})).unknown(["nmae"]) == []
    assert Layout(frozenset({"nmae"})).unknown(["nmae"]) == []


def test_a_field_made_of_several_columns(read: Read, problems: Problems) -> None:
    layout = Layout(frozenset({"text", "abstract"}), {"description": "{text}\n\n{abstract}"})
    item = made(read({"uuid": UUID, "text": "A film.", "abstract": " Kort. "}, layout=layout))
    assert item.wanted == {"description": "A film.\n\nKort."}
    assert item.row == {"uuid": UUID, "text": "A film.", "abstract": " Kort. "}
    assert read({"uuid": UUID, "text": "A film."}, layout=layout) is None
    assert "abstract" in complaints(problems)[0][2]


def test_the_old_key_is_kept(read: Read) -> None:
    assert made(read({"uuid": UUID, "key": "oai:1", "name": "Film"})).note == {"key": "oai:1"}


DAY = Stored("1939-05-31", "moment", "d-m-yyyy")


def test_what_a_cell_stores_and_does_not_show_is_no_text(read: Read, problems: Problems) -> None:
    row = {
        "uuid": UUID,
        "name": Stored("1234", "number", "#,##0"),
        "description": DAY,
        "support": Stored("true", "truth", ""),
    }
    assert read(row, 4) is None
    assert [(line, column) for line, column, _ in complaints(problems)] == [
        (4, "name"),
        (4, "description"),
        (4, "support"),
    ]
    assert "the cell has the date or time 1939-05-31, and shows it by the format 'd-m-yyyy'" in str(problems._kept[1])


def test_what_a_cell_stores_is_right_where_that_is_wanted(read: Read, problems: Problems) -> None:
    row = {
        "uuid": UUID,
        "originallyPublishedAt": DAY,
        "nsfw": Stored("true", "truth", ""),
        "name": "Film",
        "views": DAY,
    }
    wanted = made(read(row)).wanted
    assert wanted == {"originallyPublishedAt": "1939-05-31T00:00:00.000Z", "nsfw": True, "name": "Film"}
    number = {"uuid": UUID, "originallyPublishedAt": Stored("1939", "number", "#,##0")}
    assert read(number) is None
    assert problems.total == 1


@pytest.mark.parametrize("typed", [False, True])
def test_separators_alone_are_no_tags_and_no_way_to_clear_them(read: Read, problems: Problems, typed: bool) -> None:
    for cell in ("; ; ", ";", " , "):
        assert made(read({"uuid": UUID, "tags": cell}, typed=typed)).wanted == {}
    assert made(read({"uuid": UUID, "tags": "[]"}, typed=typed)).wanted == {"tags": []}
    assert problems.total == 0


def test_objects_of_json_become_no_text(read: Read, problems: Problems) -> None:
    layout = Layout(ignored=frozenset({"rest"}), composed={"description": "{meta}"})
    read({"uuid": UUID, "meta": {"nl": "x"}, "rest": {}}, layout=layout, typed=True)
    read({"uuid": UUID, "key": {"old": 1}, "name": "Film"}, 3, typed=True)
    assert complaints(problems) == [
        (2, "meta", "JSON within JSON is no text: give its parts as columns, or use a function"),
        (3, "key", "{'old': 1} is no key: that is a text or a number"),
    ]


def test_a_field_is_composed_of_what_cells_show(read: Read, problems: Problems) -> None:
    row = {"uuid": UUID, "title": "Film", "day": DAY}
    dates = Layout(frozenset({"*"}), {"originallyPublishedAt": "{day}", "name": "{title}"})
    assert made(read(row, layout=dates)).wanted["originallyPublishedAt"] == "1939-05-31T00:00:00.000Z"
    assert read(row, 7, Layout(frozenset({"*"}), {"description": "{title}, {day}"})) is None
    ((line, column, reason),) = complaints(problems)
    assert (line, column) == (7, "day")
    assert "write it as text" in reason


def test_cells_that_stand_in_no_field_may_show_what_they_like(read: Read, problems: Problems) -> None:
    row = {"uuid": UUID, "name": "Film", "notes": DAY, "key": Stored("7", "number", "x")}
    assert made(read(row, layout=Layout(frozenset({"notes", "key"})))).wanted == {"name": "Film"}
    assert problems.total == 0


def test_columns_of_templates_are_known_ones(problems: Problems) -> None:
    composed = {"descripton": "{name}", "support": "{nmae}", "language.label": "{name}"}
    Layout(composed=composed).check(["uuid", "name"], problems)
    assert [(line, column) for line, column, _ in complaints(problems)] == [(None, None), (None, None)]
    (_, _, target), (_, _, used) = complaints(problems)
    assert "descripton: did you mean description?" in target
    assert "nmae: did you mean name?" in used


def test_a_column_that_a_template_uses_has_a_meaning(problems: Problems) -> None:
    Layout(composed={"description": "{abstract}"}).check(["uuid", "abstract"], problems)
    assert problems.total == 0


def test_a_template_of_columns_that_clear_clears(read: Read) -> None:
    layout = Layout(frozenset({"a", "b"}), {"description": "{a}, {b}"})
    assert made(read({"uuid": UUID, "a": "<clear>", "b": "Bees"}, layout=layout)).wanted == {"description": "Bees"}
    assert made(read({"uuid": UUID, "a": "<clear>", "b": ""}, layout=layout)).wanted == {"description": None}


def test_rows_of_json_may_lack_what_a_template_uses(read: Read) -> None:
    layout = Layout(composed={"description": "{a}, {b}"})
    assert made(read({"uuid": UUID, "a": ["x", "y"]}, layout=layout, typed=True)).wanted == {"description": "x; y"}
