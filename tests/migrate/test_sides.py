"""Whose edit is whose, field by field: what was known, what is wanted, what the server has."""

from typing import Any

import pytest

from aiopeertube.migrate import Item, Vocabulary
from aiopeertube.migrate.plans import merging
from aiopeertube.migrate.plans.merging import Conflict
from aiopeertube.migrate.rows.exported import digest

OLD, NEW = "2026-01-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z"
LONG = {"sha256": digest("long")}


def wanting(wanted: dict[str, Any], *, before: dict[str, Any] | None = None, **note: Any) -> Item:
    return Item("a", wanted, 2, uuid="u", name="Film", before=before, note=note)


@pytest.mark.parametrize(
    ("item", "now", "found"),
    [
        # nothing is known: nobody else edited it
        (wanting({"name": "mine"}), {"name": "theirs"}, {}),
        (wanting({"name": "mine"}, base={"name": "was"}), {"name": "was"}, {}),
        (wanting({"name": "mine"}, base={"name": "was"}), {"name": "mine"}, {}),
        (
            wanting({"name": "mine"}, base={"name": "was"}),
            {"name": "theirs"},
            {"name": {"base": "was", "mine": "mine", "server": "theirs"}},
        ),
        # of very long values a digest alone is known
        (wanting({"name": "mine"}, base={"name": LONG}), {"name": "long"}, {}),
        (
            wanting({"name": "mine"}, base={"name": LONG}),
            {"name": "else"},
            {"name": {"mine": "mine", "server": "else"}},
        ),
        # what an earlier job of the table wrote is ours
        (wanting({"name": "mine"}, base={"name": "was"}, own={"name": digest("ours")}), {"name": "ours"}, {}),
        (
            wanting({"name": "mine"}, own={"name": digest("ours")}),
            {"name": "else"},
            {"name": {"mine": "mine", "server": "else"}},
        ),
        # and so is what an earlier look found
        (wanting({"name": "mine"}, before={"name": "seen"}, base={"name": "was"}), {"name": "seen"}, {}),
        (
            wanting({"name": "mine"}, before={"name": "seen"}),
            {"name": "else"},
            {"name": {"base": "seen", "mine": "mine", "server": "else"}},
        ),
        (
            wanting({"name": "mine"}, before={"name": "seen"}, base={"name": "was"}),
            {"name": "else"},
            {"name": {"base": "was", "mine": "mine", "server": "else"}},
        ),
        # the time of the last edit tells where nothing else does
        (wanting({"name": "mine"}, since=NEW), {"name": "theirs"}, {}),
        (wanting({"name": "mine"}, since=OLD), {"name": "theirs"}, {"name": {"mine": "mine", "server": "theirs"}}),
        (wanting({"name": "mine"}, since=OLD, base={"name": "was"}), {"name": "was"}, {}),
        (wanting({"name": "mine"}, since=OLD), {"name": "mine"}, {}),
        # passwords that are not there are the privacy's doing
        (
            wanting({"videoPasswords": "s", "privacy": 5}, base={"privacy": 1}),
            {"videoPasswords": None, "privacy": 1},
            {},
        ),
        (
            wanting({"videoPasswords": "s", "privacy": 5}, base={"privacy": 2}),
            {"videoPasswords": None, "privacy": 1},
            {
                "videoPasswords": {"mine": "s", "server": None},
                "privacy": {"base": 2, "mine": 5, "server": 1},
            },
        ),
    ],
)
def test_what_somebody_else_changed(item: Item, now: dict[str, Any], found: dict[str, Any]) -> None:
    assert merging.conflicts(item, now, NEW) == found


@pytest.mark.parametrize(
    ("since", "there", "conflict"),
    [
        (OLD, OLD, False),
        (OLD, "2026-01-01T01:00:00+01:00", False),
        (OLD, NEW, True),
        (OLD, None, True),
        ("x", OLD, True),
    ],
)
def test_moments_are_compared_as_such(since: str, there: str | None, conflict: bool) -> None:
    item = wanting({"name": "mine"}, since=since)
    assert bool(merging.conflicts(item, {"name": "theirs"}, there)) is conflict


@pytest.mark.parametrize(
    ("cell", "moment", "same"),
    [
        (OLD, OLD, True),
        ("2026-01-01", OLD, True),
        (OLD, "2026-01-01T00:00:00.123Z", True),
        ("2026-01-01T00:00:00.123Z", OLD, False),
        (OLD, "2026-01-01T00:00:01.000Z", False),
        (None, None, False),
        (OLD, None, False),
        (None, OLD, False),
        ("soon", OLD, False),
        (OLD, "0001-01-01T00:00:00+02:00", False),
    ],
)
def test_a_spreadsheet_may_cut_off_milliseconds(cell: object, moment: object, same: bool) -> None:
    assert merging.is_moment(cell, moment) is same


def test_a_privacy_tells_of_passwords_alone_and_only_where_there_are_none() -> None:
    now = {"name": None, "privacy": 1}
    item = wanting({"name": "mine", "privacy": 1}, base={"privacy": 2, "name": None})
    assert merging.conflicts(item, now, NEW) == {}
    item = wanting({"videoPasswords": "s", "privacy": 5}, base={"privacy": 1, "videoPasswords": "t"})
    there = {"videoPasswords": "u", "privacy": 5}
    assert list(merging.conflicts(item, there, NEW)) == ["videoPasswords"]


def test_all_that_would_go_is_told() -> None:
    before = {"nsfw": True, "nsfwFlags": 3, "nsfwSummary": "s"}
    after = {"nsfw": False, "nsfwFlags": 0, "nsfwSummary": None}
    item = wanting({}, base={"nsfwFlags": 1, "nsfwSummary": "t"})
    assert list(merging.drops(item, before, after, NEW)) == ["nsfwFlags", "nsfw", "nsfwSummary"]
    assert merging.drops(wanting({}, since=NEW), before, after, NEW) == {}


@pytest.mark.parametrize(
    ("note", "before", "after", "names"),
    [
        (
            {"base": {"nsfwFlags": 1}},
            {"nsfw": True, "nsfwFlags": 3},
            {"nsfw": False, "nsfwFlags": 0},
            ["nsfwFlags", "nsfw"],
        ),
        ({"base": {"nsfwFlags": 3}}, {"nsfw": True, "nsfwFlags": 3}, {"nsfw": False, "nsfwFlags": 0}, []),
        ({"base": {"nsfwFlags": 1}}, {"nsfw": True, "nsfwFlags": 0}, {"nsfw": False, "nsfwFlags": 0}, []),
        ({"base": {"nsfwFlags": 1}}, {"nsfwFlags": 3}, {"nsfwFlags": 0}, []),
        ({"base": {"nsfwFlags": 1}}, {"nsfw": False, "nsfwFlags": 3}, {"nsfw": True, "nsfwFlags": 5}, []),
        ({"base": {"name": "x"}}, {"name": "y"}, {"name": ""}, []),
    ],
)
def test_what_would_go_with_a_wanted_field(
    note: dict[str, Any], before: dict[str, Any], after: dict[str, Any], names: list[str]
) -> None:
    found = merging.drops(wanting({}, **note), before, after, NEW)
    assert list(found) == names
    for name in names:
        known = {"base": note["base"][name]} if name in note["base"] else {}
        assert found[name] == known | {"mine": after[name], "server": before[name]}


def test_what_is_not_as_the_job_left_it() -> None:
    item = wanting({}, before={"a": 1, "b": 2, "c": 3, "d": 4}, expected={"a": 1, "b": 9}, perhaps={"c": 3, "d": 5})
    item.after = {"a": 10, "b": 20, "c": 30, "d": 40}
    assert merging.unexpected(item) == {
        "b": {"base": 9, "mine": 20, "server": 2},
        "d": {"mine": 40, "server": 4},
    }
    assert merging.unexpected(wanting({}, expected=None)) == {}
    emptied = wanting({}, before={"a": None}, expected={})
    emptied.after = {"a": 1}
    assert merging.unexpected(emptied) == {"a": {"mine": 1, "server": None}}, "nobody knew that it would be empty"
    emptied.note["perhaps"] = {"a": None}
    assert merging.unexpected(emptied) == {}


def test_what_a_plan_knows_of_a_video_that_was_not_edited_since() -> None:
    base = {"support": "s", "commentsPolicy": 2, "name": "n", "scheduleUpdate.updateAt": OLD, "videoPasswords": "x"}
    item = wanting(dict.fromkeys([*base, "tags"]), base=base, proof=OLD)
    assert merging.proven(item, {"updatedAt": OLD}) == {"support": "s", "commentsPolicy": {"id": 2}}
    assert merging.proven(item, {"updatedAt": NEW}) == {}
    assert merging.proven(item, {}) == {}
    assert merging.proven(wanting({}, base=base), {"updatedAt": None}) == {}
    assert merging.proven(wanting({"support": "x"}, proof=OLD), {"updatedAt": OLD}) == {}


def test_what_a_plan_wants() -> None:
    item = Item(
        "a", {"x": 1}, 2, {"r": 1}, 5, "planned", "u", "n", {"name": "o"}, {"name": "n"}, "r", True, 3,
        {"seen": OLD, "key": "k", "export": "e", "names": {}}, True,
    )  # fmt: skip
    found = merging.planned(item)
    assert (found.wanted, found.state, found.before, found.after, found.ready) == (
        {"name": "n"},
        "read",
        None,
        None,
        False,
    )
    assert found.note == {"base": {"name": "o"}, "proof": OLD, "key": "k", "export": "e"}
    assert (found.ref, found.line, found.uuid) == ("a", 2, "u")
    assert merging.planned(Item("a", {})).note == {"base": {}}
    assert merging.planned(Item("a", {})).wanted == {}


def test_what_was_in_conflict_is_wanted_again() -> None:
    item = wanting({"name": "n"}, before={"name": "o"}, conflicts={"name": {}}, base={"name": "b"})
    item.settle("conflict", "why")
    item.after, item.ready = {"name": "n"}, True
    found = merging.reopened(item)
    assert (found.state, found.reason, found.before, found.after, found.ready) == ("read", "", None, None, False)
    assert (found.note, found.wanted, found.ref) == ({"base": {"name": "b"}}, {"name": "n"}, "a")


def test_conflicts_become_an_item_of_their_own() -> None:
    sides = {"name": {"base": "b", "mine": "m", "server": "s"}}
    item = wanting(
        {"name": "m", "tags": ["x"]}, before={"tags": []}, conflicts=sides, seen=OLD, looked={"nsfw": True}
    )
    item.id, item.ready, item.after = 7, True, {"tags": ["x"]}
    item.settle("planned", "partly")
    apart = merging.set_apart(item)
    assert apart is not None
    assert (apart.id, apart.state, apart.before, apart.after, apart.ready) == (
        0,
        "conflict",
        None,
        {"name": "m"},
        False,
    )
    assert apart.note == {"conflicts": sides, "looked": {"tags": [], "nsfw": True}}
    assert apart.wanted == {"name": "m", "tags": ["x"]}
    assert (item.wanted, item.reason, item.id) == ({"tags": ["x"]}, "", 7)
    assert item.note == {"seen": OLD, "looked": {"nsfw": True}}
    assert merging.set_apart(item) is None
    assert merging.set_apart(wanting({}, conflicts=sides)) is None


def test_conflicts_are_told_with_labels() -> None:
    words = Vocabulary(labels={"category": {"1": "Music", "2": "Films"}})
    item = wanting({}, conflicts={
        "category": {"base": 1, "mine": 2, "server": None},
        "name": {"mine": "m", "server": "s"},
    })  # fmt: skip
    assert merging.told(item, words) == [
        Conflict("u", "Film", 2, "category", "Music", "Films", "(none)"),
        Conflict("u", "Film", 2, "name", "?", "m", "s"),
    ]
    assert merging.told(wanting({}), words) == []
    assert merging.reason(item, words) == (
        "changed by somebody else: category was Music, is wanted Films, and is (none) now; "
        "name was ?, is wanted m, and is s now"
    )
