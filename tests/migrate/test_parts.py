"""Rows that make one item together, and what a row was when it was exported."""

import zlib
from base64 import urlsafe_b64encode
from typing import Any

import pytest

from aiopeertube.migrate.exact_json import dumps
from aiopeertube.migrate.journal.item import Item
from aiopeertube.migrate.metadata.fields import Reading
from aiopeertube.migrate.metadata.passwords import SAFE, Safe
from aiopeertube.migrate.metadata.values import CLEARED
from aiopeertube.migrate.problems import Problems
from aiopeertube.migrate.rows import exported, parts
from aiopeertube.migrate.rows.edits import Edits
from aiopeertube.migrate.rows.exported import Exported
from aiopeertube.migrate.rows.layout import Layout
from aiopeertube.migrate.rows.own_writes import OwnWrites, row_of
from aiopeertube.migrate.rows.rows import RowReader
from aiopeertube.migrate.tables.source import Row

UUID = "5a71eb42-d31d-4cf0-9a63-42319bfeb9c6"


def part(line: int, **wanted: Any) -> Item:
    return parts.part_of(Row(line, {"n": str(line), "videoPasswords": "secret"}), "a", wanted, name="Film")


def test_rows_of_one_item_are_put_together() -> None:
    first, other = part(12, p=1), part(3, q=2)
    lone = Item("b", {"p": 5}, 4, {"n": "4"})
    (both, alone), pairs = parts.united([first, lone, other])
    assert pairs == []
    assert (both.wanted, both.line, both.name) == ({"p": 1, "q": 2}, 12, "Film")
    assert [parts.line_of(both, name) for name in ("p", "q", "r")] == [12, 3, 12]
    assert parts.rows_of(both) == [{"n": "3"}, {"n": "12"}], "in the table's order, and without secrets"
    assert alone is lone
    assert (parts.line_of(lone, "p"), parts.rows_of(lone)) == (4, [{"n": "4"}])


def test_rows_that_contradict_each_other_are_pairs() -> None:
    first, second, third = part(2, p=1), part(3, q=1), part(1234, q=2, p=1)
    items, pairs = parts.united([first, second, third])
    assert (items, pairs) == ([first], [(first, third)])
    assert parts.contradiction(first, third, "playlist") == "q contradicts line 3, which names the same playlist"
    plain, other = Item("a", {"name": "x"}, 1500), Item("a", {"name": "y"}, 9)
    assert parts.contradiction(plain, other, "video") == "contradicts line 1,500, which names the same video"
    assert (
        parts.contradiction(Item("a", {}), Item("a", {}), "video") == "contradicts line 0, which names the same video"
    )


def test_what_is_noted_of_a_row_is_kept() -> None:
    item = parts.part_of(Row(2, {"n": "x"}), "a", {"p": 1}, note={"names": {}})
    assert item.note == {"names": {}, "lines": {"p": 2}, "rows": {"2": {"n": "x"}}}


@pytest.mark.parametrize(
    ("cell", "typed", "seconds"),
    [
        ("95", False, 95),
        (" 1:35 ", False, 95),
        ("1:02:03", False, 3723),
        ("0:00", False, 0),
        ("0", False, 0),
        ("59:59", False, 3599),
        ("2147483647", False, 2**31 - 1),
        (95, True, 95),
        ("", False, None),
        (" ", True, None),
        (None, False, CLEARED),
        ("<clear>", False, CLEARED),
    ],
)
def test_times_of_cells(cell: Any, typed: bool, seconds: object, reading: Reading) -> None:
    problems = Problems("t.csv")
    cells = parts.Cells(
        Row(2, {"at": cell}), RowReader("https://x", reading, Layout(ignored=frozenset("*")), problems, typed=typed)
    )
    assert cells.seconds("at") == seconds
    assert cells.seconds("elsewhere") is None
    assert cells.are_good


@pytest.mark.parametrize(
    ("cell", "typed", "why"),
    [
        ("soon", False, "'soon' is no time: seconds like 95, or like 1:35 or 1:02:03"),
        ("1:60", False, "'1:60' is no time"),
        ("60:00", False, "'60:00' is no time"),
        ("1:2:3", False, "'1:2:3' is no time"),
        ("<clear>", True, "'<clear>' is no time"),
        ("2147483648", False, "'2147483648' is too late"),
        (True, True, "True is no text"),
        ([1], True, "[1] is no text"),
    ],
)
def test_what_is_no_time(cell: Any, typed: bool, why: str, reading: Reading) -> None:
    problems = Problems("t.csv")
    cells = parts.Cells(
        Row(7, {"at": cell}), RowReader("https://x", reading, Layout(ignored=frozenset("*")), problems, typed=typed)
    )
    assert cells.seconds("at") is None
    assert not cells.are_good
    with pytest.raises(ValueError, match=r".") as caught:
        problems.raise_if_any()
    assert str(caught.value).startswith(f"t.csv, line 7, column at: {why}")


@pytest.mark.parametrize(
    ("cell", "text", "why"),
    [
        ("ab", "ab", ""),
        (" ab ", " ab ", ""),
        ("abcde", "abcde", ""),
        ("a", None, "it must have 2 to 5 characters, and has 1"),
        ("abcdef", None, "it must have 2 to 5 characters, and has 6"),
        ("null", None, "the server takes the text 'null' for none at all; to clear the field say so"),
        ("<clear>", CLEARED, ""),
        ("", None, ""),
    ],
)
def test_texts_of_cells(cell: str, text: object, why: str, reading: Reading) -> None:
    problems = Problems("t.csv")
    cells = parts.Cells(
        Row(2, {"t": cell}), RowReader("https://x", reading, Layout(extra=frozenset({"t"})), problems)
    )
    assert cells.text("t", 2, 5) == text
    if why:
        with pytest.raises(ValueError, match=r".") as caught:
            problems.raise_if_any()
        assert str(caught.value) == f"t.csv, line 2, column t: {why}"
    assert cells.are_good is not bool(why)


def test_a_row_may_name_a_video(reading: Reading) -> None:
    def cells(**row: Any) -> parts.Cells:
        return parts.Cells(Row(2, row), RowReader("https://x", reading, Layout(), Problems("t.csv")))

    for row, names in (
        ({"uuid": UUID}, True),
        ({"key": "k"}, True),
        ({"id": 3}, True),
        ({"id": " "}, False),
        ({}, False),
    ):
        assert cells(**row, name="n").names_video() is names
    assert cells(uuid=UUID, id="7").video() == (UUID, {"names": {"id": "7"}})
    assert cells(name="x").video() == (None, {})


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (95, "1:35"), (599, "9:59"), (3599, "59:59"), (3600, "1:00:00"), (3723, "1:02:03")],
)
def test_times_are_written_as_they_are_read(seconds: int, text: str) -> None:
    assert parts.clock(seconds) == text


# -- what was exported -----------------------------------------------------------------------------

VALUES = {"name": "Film", "tags": ["a"], "support": None, "nsfw": False}


def test_what_was_exported_is_read_back() -> None:
    fixed = {"createdAt": "2020-01-01T00:00:00.000Z"}
    for args in ((), ("2026-01-01T00:00:00.000Z",), ("2026-01-01T00:00:00.000Z", fixed)):
        text = exported.write(UUID, VALUES, *args)
        assert exported.read(f" {text}\n") == Exported(UUID, VALUES, *args)
        assert text.isascii()
        assert text.startswith("x1")
        assert "=" not in text


def test_the_longest_texts_are_told_by_their_digests() -> None:
    noise = "".join(chr(0x4E00 + n * 7919 % 20000) for n in range(9_000))
    values = {"name": "Film", "description": noise, "support": noise[:8_999][::-1], "tags": ["a"]}
    text = exported.write(UUID, values)
    assert len(text) <= 32_000
    found = exported.read(text)
    assert found.values["description"] == {"sha256": exported.digest(noise)}
    assert {name: found.values[name] for name in ("name", "tags")} == {"name": "Film", "tags": ["a"]}
    assert not exported.is_told(found.values["description"])
    assert exported.is_same(found.values["description"], noise)
    assert not exported.is_same(found.values["description"], noise + "x")


def packed(content: Any) -> str:
    body = urlsafe_b64encode(zlib.compress(dumps(content))).decode().rstrip("=")
    return f"x1{zlib.crc32(body.encode()):08x}{body}"


@pytest.mark.parametrize(
    "text",
    [
        exported.write(UUID, VALUES)[:-1],
        exported.write(UUID, VALUES).replace("x1", "x10", 1),
        packed([1]),
        packed({"uuid": "x", "fields": {}}),
        packed({"uuid": 3, "fields": {}}),
        packed({"uuid": UUID, "fields": []}),
        packed({"uuid": UUID}),
        packed({"uuid": UUID, "fields": {}, "edited": 3}),
        packed({"uuid": UUID, "fields": {}, "fixed": 3}),
        packed({"uuid": UUID, "fields": {"name": "x" * (1 << 21)}}),
        "x1" + f"{zlib.crc32(b'abcd'):08x}abcd",
        "x1\ud800",
    ],
)
def test_what_is_damaged_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"^it is damaged, so nobody can tell what was edited in this row: copy"):
        exported.read(text)


def test_what_no_export_wrote_is_shown() -> None:
    with pytest.raises(ValueError, match=r"^'yes, on Monday it wa' was not written by an export; empty the cell if"):
        exported.read("yes, on Monday it was")
    assert exported.read(packed({"uuid": UUID, "fields": {}})) == Exported(UUID)


def test_a_digest_tells_one_row_of_an_export_from_others() -> None:
    rows = [
        Exported(UUID, VALUES),
        Exported(UUID, VALUES, "2026"),
        Exported(UUID, {**VALUES, "name": "x"}),
        Exported("", VALUES),
    ]
    assert len({row.digest for row in rows}) == 4
    assert rows[0].digest == Exported(UUID, dict(reversed(VALUES.items()))).digest
    assert exported.digest("\ud800") != exported.digest("\ud801")
    assert exported.digest({"a": 1, "b": 2}) == exported.digest({"b": 2, "a": 1})
    assert len(exported.digest(None)) == 32


# -- edits -----------------------------------------------------------------------------------------


def edits(own: OwnWrites | None = None, *, typed: bool = False) -> tuple[Edits, Problems]:
    problems = Problems("t.csv")
    return Edits(problems, own or OwnWrites(), typed=typed), problems


WAS = Exported(UUID, {"name": "Film", "tags": ["a"], "support": None, "description": "a\r\nb", "nsfw": True})


def test_a_row_says_what_it_was() -> None:
    known, problems = edits()
    assert [known.was(2, {"exported": cell}) for cell in (None, "", " ")] == [None] * 3
    assert known.was(2, {}) is None
    assert known.was(2, {"exported": exported.write(UUID, WAS.values)}) == WAS
    assert problems.total == 0
    assert known.was(2, {"exported": 5}) is None
    with pytest.raises(ValueError, match=r"line 2, column exported: '5' was not written by an export"):
        problems.raise_if_any()


def test_seals_of_another_key_tell_nothing() -> None:
    foreign, ours = Safe(lambda: b"k" * 32).seal(["a"]), SAFE.seal(["a"])
    known, _ = edits()
    for seal, kept in ((foreign, {"name": "x"}), (ours, {"name": "x", "videoPasswords": ours})):
        was = known.was(2, {"exported": exported.write(UUID, {"name": "x", "videoPasswords": seal})})
        assert was is not None
        assert was.values == kept


@pytest.mark.parametrize(
    ("wanted", "cells", "edited"),
    [
        ({"name": "Film", "tags": ["a"]}, ("name", "tags"), {}),
        ({"name": "New", "tags": ["a"]}, ("name", "tags"), {"name": "New"}),
        ({"category": 2}, ("category",), {"category": 2}),
        ({"description": "a\nb"}, ("description",), {}),
        ({"description": "a\nc"}, ("description",), {"description": "a\nc"}),
        ({"description": "a\r\nc"}, ("description",), {"description": "a\r\nc"}),
        ({}, ("name", "support"), {}),
    ],
)
def test_only_what_was_edited_is_wanted(
    wanted: dict[str, Any], cells: tuple[str, ...], edited: dict[str, Any]
) -> None:
    known, _ = edits()
    assert known.edited(wanted, dict.fromkeys(cells, ""), WAS) == edited


def test_of_json_line_breaks_are_edits() -> None:
    known, _ = edits(typed=True)
    assert known.edited({"description": "a\nb"}, {"description": "a\nb"}, WAS) == {"description": "a\nb"}
    assert known.respelled == 0


def test_what_an_own_job_wrote_otherwise_is_put_back() -> None:
    own = OwnWrites()
    own.add(WAS.digest, {"name": "Ours", "support": "ours", "tags": ["a"]})
    known, _ = edits(own)
    cells = dict.fromkeys(("name", "support", "tags"), "")
    assert known.edited({"name": "Film", "tags": ["a"]}, cells, WAS) == {"name": "Film", "support": None}
    assert known.put_back == 2


def test_what_is_noted_of_a_row() -> None:
    own = OwnWrites()
    own.add(WAS.digest, {"name": "Ours"})
    own.add(row_of("7", {"updatedAt": "2026-01-01 00:00"}), {"tags": ["x"]})
    known, _ = edits(own)
    moment = "2026-01-01T00:00:00.000Z"
    assert known.noted(UUID, {}, WAS, {"name": "New"}) == {
        "export": WAS.digest,
        "base": {"name": "Film"},
        "own": {"name": exported.digest("Ours")},
    }
    assert known.noted("7", {"updatedAt": moment}, WAS, {"name": "New"})["of"] == UUID
    assert "since" not in known.noted("7", {"updatedAt": moment}, WAS, {"name": "New"})
    assert known.noted(UUID, {"updatedAt": moment}, WAS, {"name": "New", "category": 2})["since"] == moment
    assert known.noted("7", {"updatedAt": "2026-01-01 00:00"}, None, {"tags": []}) == {
        "since": "2026-01-01 00:00",
        "own": {"tags": exported.digest(["x"])},
    }
    assert known.noted("8", {"updatedAt": " "}, None, {"tags": []}) == {}
    # what goes with nsfw is known, too
    flags = Exported(UUID, {"nsfw": True, "nsfwFlags": 3})
    assert known.noted(UUID, {}, flags, {"nsfw": False})["base"] == {"nsfw": True, "nsfwFlags": 3}


@pytest.mark.parametrize(
    ("name", "cell", "same"),
    [
        ("name", "Film", True),
        ("name", "film", False),
        ("name", "", False),
        ("name", None, False),
        ("nsfw", "true", True),
        ("tags", "a", True),
        ("category", "2", False),
    ],
)
def test_a_cell_is_written_as_it_was(name: str, cell: Any, same: bool) -> None:
    assert edits()[0].is_as_exported(name, cell, WAS) is same


def test_a_cell_of_json_is_as_it_was() -> None:
    known, _ = edits(typed=True)
    assert known.is_as_exported("tags", ["a"], WAS)
    assert not known.is_as_exported("tags", "a", WAS)
    secret = Exported(UUID, {"videoPasswords": "(given)"})
    assert not known.is_as_exported("videoPasswords", "(given)", secret)
    assert not known.is_as_exported("name", "x", Exported(UUID, {"name": {"sha256": "x"}}))


def test_what_an_older_export_did_not_note_is_no_edit() -> None:
    known, _ = edits()
    old = Exported(UUID, {}, "", {"createdAt": "2020-05-31T00:00:00.000Z"})
    url = f"https://elsewhere.example/videos/watch/{UUID}"
    known.look_at_fixed(2, {"views": "7", "account": "nisv", "id": "9", "state": "Published", "url": url}, old)
    assert list(known.remarks("<clear>")) == []
    known.look_at_fixed(3, {"url": "https://elsewhere.example/w/another", "uuid": UUID}, old)
    assert list(known.remarks("<clear>")) == [
        "url cannot be changed, and 1 cell was edited, first in line 3: left as it is"
    ]


def test_what_may_not_be_meant_so_is_said() -> None:
    own = OwnWrites()
    own.add(WAS.digest, {"nsfw": False})
    known, _ = edits(own)
    fixed = Exported(
        UUID, {}, "", {"createdAt": "2020-05-31T00:00:00.000Z", "publishedAt": "2020-05-31T00:00:00.000Z"}
    )
    assert list(known.remarks("<clear>")) == []
    for cell in ("2020-05-31 10:00", "", "31 mei 2020 10:00", "31-May-20"):
        known.look_at_fixed(2, {"createdAt": cell}, fixed)
    assert list(known.remarks("<clear>")) == []
    known.look_at_fixed(3, {"createdAt": "2021-05-31", "publishedAt": "2020-06-01"}, fixed)
    known.look_at_fixed(4, {"createdAt": "soon"}, fixed)
    known.edited({"nsfw": True, "description": "a\nb"}, dict.fromkeys(("name", "support", "nsfw", "tags")), WAS)
    assert list(known.remarks("-")) == [
        "createdAt cannot be changed, and 2 cells were edited, first in line 3: left as it is",
        "publishedAt cannot be changed, and 1 cell was edited, first in line 3: left as it is",
        "2 cells were emptied since the export; an empty cell leaves its field as it is, - empties it",
        "1 cell is as exported, and an earlier job of yours wrote otherwise since: to be put back",
        "1 cell differs from the export in the kind of line breaks alone, as spreadsheets write them: no edit",
    ]
