"""Fields: out of answers, out of cells, into requests."""

from dataclasses import replace

import pytest

from aiopeertube.migrate.exporting import cell, columns_for
from aiopeertube.migrate.metadata import fields
from aiopeertube.migrate.metadata.changes import on_the_wire
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


def test_the_wire_has_its_own_name_for_the_channel() -> None:
    assert on_the_wire({"channel": 3, "name": "x"}) == {"channelId": 3, "name": "x"}
