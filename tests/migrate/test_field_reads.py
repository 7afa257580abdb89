"""Fields out of answers: what a server says is taken, and what none says is named."""

from collections.abc import Callable
from typing import Any

import pytest

from aiopeertube.migrate.metadata import field_reads
from aiopeertube.migrate.metadata.passwords import SAFE, Passwords

Read = Callable[[Any], Any]
DAY = "1939-05-31T00:00:00.000Z"
FAR = "+020000-01-01T00:00:00.000Z"
name_of = field_reads.typed_as("name", (str,), "a text")
flags_of = field_reads.typed_as("flags", (int,), "a whole number")
schedule_at = field_reads.schedule_of("updateAt")
schedule_then = field_reads.schedule_of("privacy")


def moment(video: dict[str, Any]) -> Any:
    return field_reads.moment_of("when", video.get("when"))


@pytest.mark.parametrize(
    ("read", "video", "value"),
    [
        (name_of, {"name": "a"}, "a"),
        (name_of, {"name": None}, None),
        (name_of, {}, None),
        (flags_of, {"flags": 0}, 0),
        (field_reads.id_of("privacy"), {"privacy": {"id": 1, "label": "Public"}}, 1),
        (field_reads.id_of("language"), {"language": {"id": "nl"}}, "nl"),
        (field_reads.id_of("language"), {"language": {"id": None, "label": "Unknown"}}, None),
        (field_reads.id_of("language"), {"language": None}, None),
        (field_reads.id_of("language"), {}, None),
        (field_reads.tags_of, {"tags": ["b", "a", "b"]}, ["a", "b"]),
        (field_reads.tags_of, {"tags": None}, []),
        (field_reads.tags_of, {}, []),
        (moment, {"when": None}, None),
        (moment, {"when": DAY}, DAY),
        (moment, {"when": "1939-05-31T02:00:00+02:00"}, DAY),
        (moment, {"when": FAR}, FAR),
        (schedule_at, {}, None),
        (schedule_at, {"scheduledUpdate": None}, None),
        (schedule_at, {"scheduledUpdate": {"updateAt": DAY, "privacy": 1}}, DAY),
        (schedule_then, {"scheduledUpdate": {"updateAt": DAY, "privacy": 1}}, 1),
        (schedule_then, {"scheduledUpdate": {"updateAt": DAY, "privacy": None}}, None),
        (schedule_then, {"scheduledUpdate": {"updateAt": DAY}}, None),
        (field_reads.seal_of, {}, None),
        (field_reads.seal_of, {"videoPasswords": Passwords(["b", "a"])}, SAFE.seal(["a", "b"])),
    ],
)
def test_what_a_server_says_is_taken(read: Read, video: dict[str, Any], value: object) -> None:
    assert read(video) == value


@pytest.mark.parametrize(
    ("read", "video", "why"),
    [
        (name_of, {"name": 3}, "name is 3, not a text"),
        (name_of, {"name": ["x" * 80]}, "name is ['" + "x" * 55 + "..., not a text"),
        (flags_of, {"flags": True}, "flags is True, not a whole number"),
        (field_reads.id_of("privacy"), {"privacy": 1}, "privacy is 1, not an object with an id"),
        (
            field_reads.id_of("privacy"),
            {"privacy": {"label": "x"}},
            "privacy is {'label': 'x'}, not an object with an id",
        ),
        (field_reads.id_of("privacy"), {"privacy": {"id": [1]}}, "privacy is {'id': [1]}, not an object with an id"),
        (
            field_reads.id_of("privacy"),
            {"privacy": {"id": True}},
            "privacy is {'id': True}, not an object with an id",
        ),
        (field_reads.tags_of, {"tags": "a"}, "tags is 'a', not a list of texts"),
        (field_reads.tags_of, {"tags": ["a", 1]}, "tags is ['a', 1], not a list of texts"),
        (moment, {"when": 1939}, "when is 1939, not a date"),
        (moment, {"when": "soon"}, "when is 'soon', not a date"),
        (moment, {"when": "0001-01-01T00:00:00+02:00"}, "when is '0001-01-01T00:00:00+02:00', not a date"),
        (schedule_at, {"scheduledUpdate": 3}, "scheduledUpdate.updateAt is 3, not a date"),
        (schedule_at, {"scheduledUpdate": {"updateAt": "x"}}, "scheduledUpdate.updateAt is 'x', not a date"),
        (schedule_then, {"scheduledUpdate": "x"}, "scheduledUpdate.privacy is 'x', not an id"),
        (schedule_then, {"scheduledUpdate": {"privacy": True}}, "scheduledUpdate.privacy is True, not an id"),
    ],
)
def test_what_none_says_is_named(read: Read, video: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        read(video)
    assert str(caught.value) == why


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        (DAY, DAY),
        ("not a date", "not a date"),
        ("+010000-01-01T00:00:00.000Z", "9999-12-31T23:59:00.000-00:01"),
        ("+010000-01-01T07:59:59.000Z", "9999-12-31T23:59:59.000-08:00"),
        ("+010000-01-01T23:58:59Z", "9999-12-31T23:59:59-23:59"),
        ("+010000-01-01T23:59:00.000Z", None),
        ("+010000-01-02T00:00:00.000Z", None),
        (FAR, None),
        ("-000001-01-01T00:00:00Z", None),
    ],
)
def test_a_year_of_five_digits_is_sent_as_the_day_before(text: str, sent: str | None) -> None:
    assert field_reads.taken_as(text) == sent
    assert field_reads.is_far(text) == text.startswith(("+", "-"))
