"""Fields: out of answers, out of cells, into requests."""

from dataclasses import replace
from typing import Any

import pytest

from aiopeertube.migrate.exporting import cell, columns_for
from aiopeertube.migrate.metadata import fields
from aiopeertube.migrate.metadata.changes import on_the_wire
from aiopeertube.migrate.metadata.field_reads import PASSWORDS
from aiopeertube.migrate.metadata.fields import Reading
from aiopeertube.migrate.metadata.values import CLEARED

VIDEO = {
    "uuid": "5a71eb42-d31d-4cf0-9a63-42319bfeb9c6",
    "name": "Diergaarde",
    "description": 'Een <clear> ;, "tekst"\r\nmet 🎞 en עברית',
    "support": None,
    "tags": ["b; c", "aa"],
    "category": {"id": 2, "label": "Films"},
    "licence": {"id": None, "label": "Unknown"},
    "language": {"id": "nl", "label": "Dutch"},
    "privacy": {"id": 1, "label": "Public"},
    "nsfw": False,
    "commentsPolicy": {"id": 3, "label": "Requires approval"},
    "downloadEnabled": True,
    "waitTranscoding": False,
    "originallyPublishedAt": "1939-05-31T00:00:00.000Z",
    "channel": {"id": 3, "name": "afp"},
    "account": {"name": "nisv"},
    "views": 3,
}


@pytest.mark.parametrize("name", fields.FIELDS)
def test_a_cell_of_an_export_asks_for_what_is_there(name: str, reading: Reading) -> None:
    text = cell(VIDEO, name, as_json=False)
    (now,) = fields.current(VIDEO, [name]).values()
    read = fields.parsed(name, text, reading)
    assert read == now or (read is None and now in (None, []))
    value = cell(VIDEO, name, as_json=True)
    typed = fields.typed(name, value, reading)
    assert typed == now or (typed is CLEARED and now is None)


def test_labels_stand_beside_ids_and_say_nothing_where_nothing_is_chosen() -> None:
    assert columns_for(["licence", "name"]) == ("uuid", "licence", "licence.label", "name")
    assert columns_for(["id", "licence.label"]) == ("id", "licence.label")
    assert cell(VIDEO, "language.label", as_json=False) == "Dutch"
    assert cell(VIDEO, "licence.label", as_json=False) == ""
    assert cell(VIDEO, "licence.label", as_json=True) is None
    with pytest.raises(ValueError, match="no field 'nmae'"):
        columns_for(["nmae"])


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("category", "films", 2),
        ("category", "15", 15),
        ("language", "Dutch", "nl"),
        ("language", "nl", "nl"),
        ("privacy", "Unlisted", 2),
        ("commentsPolicy", "Disabled", 2),
        ("licence", "https://creativecommons.org/licenses/by-sa/3.0/nl/", 2),
        ("licence", "http://creativecommons.org/publicdomain/mark/1.0/", 7),
        ("channel", "afp", 3),
        ("nsfw", "yes", True),
        ("tags", "bb; aa; aa", ["aa", "bb"]),
        ("originallyPublishedAt", "1939", "1939-01-01T00:00:00.000Z"),
        ("name", "  Film  ", "Film"),
        ("description", "  Film  ", "  Film  "),
        ("name", "", None),
    ],
)
def test_cells_by_label_and_by_id(name: str, text: str, value: object, reading: Reading) -> None:
    assert fields.parsed(name, text, reading) == value


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("category", "Film", "did you mean 'films'|did you mean 'Films'"),
        ("language", "Nederlands", "no language"),
        ("channel", "afb", "did you mean 'afp'"),
        ("name", "x" * 121, "3 to 120"),
        ("tags", "a;bb", "2 to 30"),
        ("tags", ";".join(f"tag{n}" for n in range(6)), "at most 5"),
        ("nsfw", "maybe", "neither true nor false"),
        ("originallyPublishedAt", "soon", "."),
    ],
)
def test_cells_that_can_be_nothing_say_why(name: str, text: str, why: str, reading: Reading) -> None:
    with pytest.raises(ValueError, match=why):
        fields.parsed(name, text, reading)


@pytest.mark.parametrize(
    ("name", "value"), [("tags", "x" * 40), ("tags", [1]), ("nsfw", 3), ("category", 99), ("channel", 9), ("name", 7)]
)
def test_json_that_can_be_nothing(name: str, value: object, reading: Reading) -> None:
    with pytest.raises(ValueError, match=r"."):
        fields.typed(name, value, reading)


def test_fitting_cuts_instead_of_complaining(reading: Reading) -> None:
    reading = replace(reading, fit=True)
    assert len(fields.parsed("name", "x" * 200, reading)) == 120
    assert fields.parsed("tags", "a; zz; yy; xx; ww; vv; uu", reading) == ["vv", "ww", "xx", "yy", "zz"]


def test_what_can_be_cleared() -> None:
    assert (fields.cleared("description"), fields.cleared("tags")) == (None, [])
    for name in ("name", "privacy", "channel", "nsfw"):
        with pytest.raises(ValueError, match="cannot be cleared"):
            fields.cleared(name)


def test_what_a_row_of_a_list_lacks() -> None:
    row = {"description": "short", "name": "n"}
    assert not fields.lacks(row, ["name", "description", "category"])
    assert fields.lacks({"description": "long..."}, ["description"])
    assert fields.lacks(row, ["tags"])
    assert not fields.lacks(row | {"tags": []}, ["tags"])
    assert fields.lacks(row, ["support"])
    assert not fields.lacks({"description": None}, ["description"])

    for name in (fields.AT, fields.THEN):
        assert fields.lacks({}, [name])
        assert not fields.lacks({"scheduledUpdate": None}, [name])
    assert fields.lacks({"description": "long\u2026"}, ["name", "description"])
    in_rows = {name for name, field in fields.FIELDS.items() if field.in_rows}
    assert {name for name in fields.FIELDS if not fields.lacks({"tags": [], "scheduledUpdate": None}, [name])} == {
        *in_rows, "tags", fields.AT, fields.THEN,
    }  # fmt: skip


TEXTS = ("name", "description", "support", "nsfwSummary")
CONSTANTS = ("category", "licence", "language", "privacy", "commentsPolicy")


def test_what_kind_of_field_each_is() -> None:
    of = fields.FIELDS.values()
    assert set(fields.LABELLED) == set(CONSTANTS)
    assert {field.name for field in of if not field.clearable} == {
        "name", "privacy", "nsfw", "commentsPolicy", "downloadEnabled", "waitTranscoding", "channel",
    }  # fmt: skip
    assert {field.name for field in of if not field.in_rows} == {
        "support", "tags", "commentsPolicy", "downloadEnabled", fields.AT, fields.THEN, PASSWORDS,
    }  # fmt: skip
    assert {field.name: field.empty for field in of if field.empty is not None} == {"tags": [], "nsfwFlags": 0}
    assert {field.name: field.wire for field in of if field.wire} == {"channel": "channelId"}
    assert {field.name for field in of if field.key != field.name} == {fields.AT, fields.THEN, PASSWORDS}
    assert not any(fields.FIELDS[name].key for name in (fields.AT, fields.THEN, PASSWORDS))
    assert {field.name: field.since for field in of if field.since} == {
        "nsfwFlags": (7, 2), "nsfwSummary": (7, 2), "commentsPolicy": (6, 2), PASSWORDS: (6, 0),
    }  # fmt: skip
    assert {PASSWORDS} == fields.SECRET
    assert {field.name for field in of if field.take is None} == set(TEXTS)


@pytest.mark.parametrize(
    ("name", "most"), [("name", 120), ("description", 10_000), ("support", 1_000), ("nsfwSummary", 250)]
)
def test_texts_are_cut_only_where_that_was_asked_for(name: str, most: int, reading: Reading) -> None:
    field, long = fields.FIELDS[name], "x" * (most + 1)
    assert field.parse(long, reading) == long
    assert field.parse(long, replace(reading, fit=True)) == "x" * most
    assert field.parse("abc", replace(reading, fit=True)) == "abc"
    assert (field.read({name: "text"}), field.read({})) == ("text", None)
    assert field.read({name: ""}) == ("" if name == "name" else None)
    with pytest.raises(ValueError, match=f"^{name} is 3, not a text$"):
        field.read({name: 3})


@pytest.mark.parametrize("name", ["nsfw", "downloadEnabled", "waitTranscoding"])
def test_flags(name: str, reading: Reading) -> None:
    field = fields.FIELDS[name]
    assert (field.parse("yes", reading), field.parse("0", reading)) == (True, False)
    assert [field.show(value) for value in (True, False, None)] == ["true", "false", ""]
    assert field.take is not None
    assert field.take(True, reading) is True
    with pytest.raises(ValueError, match=f"^1 is not a value of {name}$"):
        field.take(1, reading)
    with pytest.raises(ValueError, match=f"^{name} is 1, not true or false$"):
        field.read({name: 1})


@pytest.mark.parametrize(
    ("name", "value", "due"),
    [
        ("category", 2, 2),
        ("licence", 7, 7),
        ("privacy", 3, 3),
        ("commentsPolicy", 2, 2),
        (fields.THEN, 1, 1),
        ("channel", 3, 3),
        ("nsfwFlags", 5, 5),
        ("nsfwFlags", 2**31 - 1, 2**31 - 1),
        ("tags", ("bb", "aa", "bb"), ["aa", "bb"]),
        ("originallyPublishedAt", 1939, "1939-01-01T00:00:00.000Z"),
        (fields.AT, "2030-01-01", "2030-01-01T00:00:00.000Z"),
        ("originallyPublishedAt", "+010000-01-01T00:00:00.000Z", "+010000-01-01T00:00:00.000Z"),
        ("nsfwFlags", " 7 ", 7),
        (fields.THEN, "Unlisted", 2),
        ("name", " Film ", "Film"),
        ("name", " ", None),
        ("support", "", None),
    ],
)
def test_values_of_json(name: str, value: object, due: object, reading: Reading) -> None:
    assert fields.typed(name, value, reading) == due


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("name", 7, "7 is not a value of name"),
        ("category", True, "True is not a value of category"),
        ("category", 2.0, "2.0 is not a value of category"),
        ("tags", {"a": 1}, "{'a': 1} is not a value of tags"),
        ("tags", ["a", 1], "['a', 1] is not a value of tags"),
        ("nsfwFlags", True, "True is not a value of nsfwFlags"),
        ("nsfwFlags", "-1", "'-1' is not a whole number"),
        ("nsfwFlags", "\u0663", "'\\u0663' is not a whole number"),
        ("nsfwFlags", 2**31, "must be from 0 to 2147483647"),
        ("nsfwFlags", -1, "must be from 0 to 2147483647"),
        ("nsfwFlags", "9" * 30, "it has more than 64 bits"),
        (fields.THEN, 3, "a schedule cannot bring privacy 3; it can bring 1, 2 or 4"),
        ("originallyPublishedAt", "+020000-01-01T00:00:00.000Z", "the server takes no year of more than four digits"),
        ("description", "null", "the server takes the text 'null' for none at all; to clear the field say so"),
        ("language", "null", "the instance has no language 'null'"),
        ("support", "ab\ufe0f", "the server counts no variation selectors: it has 2 characters"),
        ("name", "ab", "must have 3 to 120 characters"),
    ],
)
def test_why_a_value_is_none_of_the_field(name: str, value: object, why: str, reading: Reading) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        fields.typed(name, value, reading)
    assert why in str(caught.value)


def test_what_the_server_would_not_take_may_be_there(reading: Reading) -> None:
    for name, value in (("category", 99), ("description", "null"), ("nsfwFlags", 2**31)):
        with pytest.raises(fields.Doubtful) as caught:
            fields.typed(name, value, reading)
        assert caught.value.value == value


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("name", " Film", "the server cuts the blanks around a name off"),
        ("description", " Film", ""),
        ("name", "null", ""),
        ("nsfwSummary", "null", "the server takes the text 'null' for none at all; to clear the field say so"),
        ("name", "abc\ufe0f", ""),
        ("nsfwSummary", "a\ufe0f\ufe0e", "the server counts no variation selectors: it has 1 characters"),
        ("channel", "whatever", ""),
        (PASSWORDS, "whatever", ""),
        ("originallyPublishedAt", "+010000-01-01T00:00:00.000Z", ""),
        (fields.AT, "+010000-01-03T00:00:00.000Z", "the server takes no year of more than four digits"),
        (fields.THEN, None, ""),
        (fields.THEN, 4, ""),
        (fields.THEN, 5, "a schedule cannot bring privacy 5; it can bring 1, 2 or 4"),
        ("nsfwFlags", 0, ""),
        ("nsfwFlags", 2**31 - 1, ""),
        ("tags", ["a"], "must have 2 to 30 characters, has 1"),
        ("tags", ["aa"], ""),
    ],
)
def test_what_the_server_would_refuse(name: str, value: object, why: str) -> None:
    told = fields.refusal(name, value)
    assert why in told
    assert bool(told) == bool(why)


@pytest.mark.parametrize(
    ("now", "wanted", "said"),
    [
        ({"name": "a"}, {"name": "a"}, ""),
        ({"name": "a", "nsfw": True}, {"name": "b", "nsfw": False}, "name is 'a', not 'b'; nsfw is True, not False"),
        ({}, {"category": 2}, "category is None, not 2"),
        ({"name": "x" * 60}, {"name": "y"}, f"name is '{'x' * 60}', not 'y'"),
        ({"name": "x" * 61}, {"name": "y"}, f"name is not as written: y -> {'x' * 57}..."),
        ({"name": None}, {"name": "y" * 61}, f"name is None, not '{'y' * 61}'"),
        ({PASSWORDS: "s"}, {PASSWORDS: "t"}, "videoPasswords is not as written"),
    ],
)
def test_what_is_not_as_wanted(now: dict[str, Any], wanted: dict[str, Any], said: str) -> None:
    assert fields.differences(now, wanted) == said


def test_what_a_server_does_not_know() -> None:
    assert fields.unknown_here({"name": "n"}, ["name", fields.AT]) == ""
    assert fields.unknown_here({}, ["name"]) == "this server has no name, and would ignore it"
    assert fields.unknown_here({"support": None}, ["name", "support", "tags"]) == (
        "this server has no name, no tags, and would ignore it"
    )


@pytest.mark.parametrize(
    ("name", "version", "said"),
    [
        ("nsfwFlags", (6, 3, 1), "this server (6.3.1) has no nsfwFlags, which came with 7.2"),
        ("nsfwFlags", (7, 2), ""),
        ("nsfwFlags", (), ""),
        ("name", (1,), ""),
    ],
)
def test_fields_came_with_versions(name: str, version: tuple[int, ...], said: str) -> None:
    assert fields.too_new(name, version) == said


def test_a_server_of_8_has_one_picture(reading: Reading) -> None:
    shown = [replace(reading, version=version).one_picture for version in ((), (7, 9), (8,), (8, 2), (9,))]
    assert shown == [False, False, True, True, True]


def test_markers_and_separators_are_those_that_were_chosen(reading: Reading) -> None:
    chosen = replace(reading, marker="-", tag_separator="|", date_order="month")
    assert fields.parsed("support", " - ", chosen) is CLEARED
    assert fields.parsed("support", "<clear>", chosen) == "<clear>"
    assert fields.parsed("tags", "aa|b;b", chosen) == ["aa", "b;b"]
    assert fields.parsed("originallyPublishedAt", "4/5/1939", chosen) == "1939-04-05T00:00:00.000Z"
    assert fields.typed("support", None, chosen) is CLEARED


def test_the_wire_has_its_own_name_for_the_channel() -> None:
    assert on_the_wire({"channel": 3, "name": "x"}) == {"channelId": 3, "name": "x"}
