"""The fields of a video: the server's limits, and both ways of encoding."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from aiopeertube.errors import InvalidField
from aiopeertube.wire.fields import form_fields, problem_of

GOOD = [
    {},
    {"name": "abc"},
    {"name": "x" * 120},
    {"name": "日本語"},
    {"name": "😀" * 120},
    {"description": None},
    {"description": "abc"},
    {"description": "x" * 10_000},
    {"support": None},
    {"support": "x" * 1_000},
    {"tags": None},
    {"tags": []},
    {"tags": ["ab", "x" * 30]},
    {"tags": ("ab",)},
    {"tags": ["t1", "t2", "t3", "t4", "t5"]},
    {"category": None, "licence": None, "language": None},
    {"privacy": 1, "channelId": 3},
    {"originallyPublishedAt": None},
    {"originallyPublishedAt": "1960-01-01"},
    {"originallyPublishedAt": "1960-01-01T12:00:00Z"},
    {"originallyPublishedAt": "1960-01-01T12:00:00.123+02:00"},
    {"originallyPublishedAt": date(1960, 1, 1)},
    {"originallyPublishedAt": datetime(1960, 1, 1, tzinfo=UTC)},
    {"someFieldOfTomorrow": object()},
]

BAD = [
    ("name", None, "cannot be empty"),
    ("name", "ab", "must have 3 to 120 characters, has 2"),
    ("name", "x" * 121, "has 121"),
    ("name", "😀" * 121, "has 121"),
    ("name", 7, "must be text, not int"),
    ("name", b"abc", "must be text, not bytes"),
    ("privacy", None, "cannot be empty"),
    ("channelId", None, "cannot be empty"),
    ("description", "ab", "must have 3 to 10000"),
    ("description", "x" * 10_001, "has 10001"),
    ("language", "ca-valencia", "must have 1 to 10 characters, has 11"),
    ("support", "ab", "must have 3 to 1000"),
    ("support", "x" * 1_001, "has 1001"),
    ("tags", "foo", "must be a list of tags, not str"),
    ("tags", {"ab"}, "must be a list of tags, not set"),
    ("tags", ["t1", "t2", "t3", "t4", "t5", "t6"], "at most 5 tags, not 6"),
    ("tags", ["ab", "a"], "'a': must have 2 to 30"),
    ("tags", ["x" * 31], "has 31"),
    ("tags", ["ab", None], "a tag cannot be empty"),
    ("tags", [7], "must be text, not int"),
    ("originallyPublishedAt", "notadate", "must be a date"),
    ("originallyPublishedAt", "1960-13-01", "must be a date"),
    ("originallyPublishedAt", "", "must be a date"),
    ("originallyPublishedAt", 0, "must be a date"),
]


@pytest.mark.parametrize("fields", GOOD, ids=lambda fields: repr(fields)[:40])
def test_what_the_server_takes_passes(fields: dict[str, Any]) -> None:
    assert problem_of(fields) is None


@pytest.mark.parametrize(("field", "value", "complaint"), BAD, ids=lambda part: repr(part)[:30])
def test_what_the_server_refuses_is_refused_here(field: str, value: object, complaint: str) -> None:
    problem = problem_of({field: value})
    assert isinstance(problem, InvalidField)
    assert problem.field == field
    assert complaint in str(problem)


def test_the_first_complaint_is_given() -> None:
    problem = problem_of({"category": 1, "support": "x", "name": "x"})
    assert problem is not None
    assert problem.field == "support"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, ()),
        ({"name": "Film", "category": 3}, (("name", "Film"), ("category", "3"))),
        ({"nsfw": True, "waitTranscoding": False}, (("nsfw", "true"), ("waitTranscoding", "false"))),
        ({"tags": ["a b", "c"]}, (("tags[0]", "a b"), ("tags[1]", "c"))),
        ({"tags": ("a",)}, (("tags[0]", "a"),)),
        ({"tags": []}, (("tags", "null"),)),
        ({"tags": ()}, (("tags", "null"),)),
        ({"category": None}, (("category", "null"),)),
        ({"category": 0}, (("category", "0"),)),
        (
            {"scheduleUpdate": {"updateAt": date(2030, 1, 2), "privacy": 1}},
            (("scheduleUpdate[updateAt]", "2030-01-02"), ("scheduleUpdate[privacy]", "1")),
        ),
        ({"a": {"b": [{"c": True}]}}, (("a[b][0][c]", "true"),)),
        (
            {"originallyPublishedAt": datetime(1960, 1, 1, 12, tzinfo=UTC)},
            (("originallyPublishedAt", "1960-01-01T12:00:00+00:00"),),
        ),
        ({"originallyPublishedAt": date(1960, 1, 1)}, (("originallyPublishedAt", "1960-01-01"),)),
        ({"name": ""}, (("name", ""),)),
    ],
)
def test_fields_are_flattened_for_a_form(fields: dict[str, Any], expected: tuple[tuple[str, str], ...]) -> None:
    assert form_fields(fields) == expected
