"""What a rollback plans by what its job wrote, and what it keeps of a list's row for the look just before."""

from collections.abc import Mapping
from typing import Any

import pytest

from aiopeertube import PeerTube
from aiopeertube.migrate import Item
from aiopeertube.migrate.journal.item import EXPECTED, LATE
from aiopeertube.migrate.metadata.objects import HIDDEN, Objects
from aiopeertube.migrate.scope import Seen, Who
from aiopeertube.migrate.steps.putting_off import can_be_put_off, put_off

UUID = "5a71eb42-d31d-4cf0-9a63-42319bfeb9c6"
ANNA, STAFF = (Who("anna", "anna", staff, modern=True) for staff in (False, True))
ROW: dict[str, Any] = {
    "uuid": UUID,
    "name": "Now",
    "updatedAt": "2026-01-01T00:00:00.000Z",
    "isLocal": True,
    "privacy": {"id": 1},
    "account": {"name": "anna"},
    "description": "cut...",
    "support": None,
    "thumbnails": ["much"],
}
OF_BORIS = ROW | {"account": {"name": "boris"}}


def item(wanted: Mapping[str, Any], **note: Any) -> Item:
    return Item(UUID, dict(wanted), name="Then", note=note)


@pytest.mark.parametrize(
    ("one", "who", "row", "can"),
    [
        (item({"name": "Old"}, expected={"name": "New"}), ANNA, ROW, True),
        (item({"name": "Old"}, expected={"name": "New"}), ANNA, None, True),
        (item({"name": "Old"}, expected={"name": "New"}), ANNA, OF_BORIS, False),
        (item({"name": "Old"}, expected={"name": "New"}), STAFF, OF_BORIS, True),
        (item({"privacy": 2}, expected={"privacy": 1}), ANNA, ROW, True),
        (item({"privacy": 5}, expected={"privacy": 1}), ANNA, ROW, False),
        (item({"videoPasswords": "sealed"}, expected={"videoPasswords": None}), ANNA, ROW, False),
        (item({}, expected={"name": "New"}), ANNA, ROW, False),
        (item({"name": "Old"}, expected={}), ANNA, ROW, False),
        (item({"name": "Old"}), ANNA, ROW, False),
        (item({"name": "Old"}, expected={"name": "New"}, perhaps={"name": "New"}), ANNA, ROW, False),
    ],
)
def test_what_can_be_put_off(one: Item, who: Who, row: Mapping[str, Any] | None, can: bool) -> None:
    assert can_be_put_off(Seen(UUID, row, one.wanted, one), who) is can


def test_what_is_planned_is_what_the_job_wrote() -> None:
    one = item({"name": "Old", "support": None}, **{EXPECTED: {"name": "New", "support": "Thanks", "nsfw": True}})
    put_off(Seen(UUID, None, one.wanted, one), None)
    assert (one.before, one.after) == ({"name": "New", "support": "Thanks"}, {"name": "Old", "support": None})
    assert (one.uuid, one.name, one.state, one.ready, one.known) == (UUID, "Then", "planned", True, {})
    assert (one.note[LATE], one.note[HIDDEN]) == ({}, True)


@pytest.mark.parametrize(
    ("row", "kept"),
    [
        (ROW, {name: ROW[name] for name in ("uuid", "name", "updatedAt", "isLocal", "privacy", "description")}),
        (ROW | {"privacy": {"id": 3}}, {}),  # the server gives no object of it
        (None, {}),
    ],
)
def test_of_a_row_what_an_object_completes_is_kept(row: Mapping[str, Any] | None, kept: dict[str, Any]) -> None:
    one = item({"description": "Old"}, **{EXPECTED: {"description": "New"}})
    put_off(Seen(UUID, row, ["description"], one), Objects(PeerTube("https://here", token="t")))
    assert (one.note[LATE], one.note.get(HIDDEN)) == (kept, None if kept else True)
    assert one.name == ("Now" if row else "Then")
