"""Everything that real servers were recorded to answer, asked of the emulator in the same order."""

import asyncio
import re
from functools import cache
from typing import Any

import pytest
import recording_630
import recording_821
from recordings import Answer, Recording, Replay

RECORDINGS = (recording_630.RECORDING, recording_821.RECORDING)
# Answers without a body that say so; with a 204 aiohttp does not let anybody say it.
NO_LENGTH = {"resumable cancel"}


@cache
def replayed(version: str) -> list[Answer]:
    (recording,) = [each for each in RECORDINGS if each.version == version]
    return asyncio.run(Replay(recording).run())


def both(recording: Recording, number: int) -> tuple[dict[str, Any], Answer]:
    return recording.rows[number]["response"], replayed(recording.version)[number]


def _named(choice: str) -> list[Any]:
    rows: list[Any] = []
    for recording in RECORDINGS:
        rows += recording.named([n for n in range(len(recording.rows)) if _is(choice, recording.rows[n])])
    return rows


def _is(choice: str, row: dict[str, Any]) -> bool:
    if choice == "problem":
        return "problem" in row["response"]["headers"].get("content-type", "")
    return choice == "any" or (choice == "location" and "location" in row["response"]["headers"])


ALL = [
    parameter
    for recording in RECORDINGS
    for parameter in recording.named([n for n in range(len(recording.rows)) if n not in recording.cached])
]


@pytest.mark.parametrize(("recording", "number"), ALL)
def test_rate_limit_headers(recording: Recording, number: int) -> None:
    recorded, answered = both(recording, number)
    names = ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "retry-after", "date")
    expected = {name: recorded["headers"].get(name) for name in names}
    assert {name: answered.headers.get(name) for name in names} == expected


@pytest.mark.parametrize(("recording", "number"), _named("any"))
def test_status_and_headers(recording: Recording, number: int) -> None:
    recorded, answered = both(recording, number)
    assert answered.status == recorded["status"]
    for name in ("content-type", "cache-control", "connection", "keep-alive", "range"):
        if number not in recording.cached:
            assert answered.headers.get(name) == recorded["headers"].get(name)
    if recording.rows[number]["name"] not in NO_LENGTH:
        assert ("content-length" in answered.headers) == ("content-length" in recorded["headers"])
    assert ("etag" in answered.headers) == ("etag" in recorded["headers"])
    if isinstance(answered.body, str):
        assert answered.headers.get("etag") == recorded["headers"].get("etag")


@pytest.mark.parametrize(("recording", "number"), _named("location"))
def test_where_pieces_go(recording: Recording, number: int) -> None:
    """The host is another one, and so are the first and the last part of the id: the user's, and the time's."""
    recorded, answered = both(recording, number)
    there, here = recorded["headers"]["location"], answered.headers["location"]
    assert _comparable(here) == _comparable(there)


def _comparable(location: str) -> str:
    return re.sub(r"(?<=//)[^/]+", "host", re.sub(r"(?<=upload_id=)[0-9a-f]+|[0-9a-f]+$", "", location))


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.version)
def test_names_of_what_was_uploaded(recording: Recording) -> None:
    for number, uuid in recording.uuids.items():
        recorded, answered = both(recording, number)
        assert recorded["body"]["video"]["uuid"] == uuid
        assert {**answered.body["video"], "id": 0} == {**recorded["body"]["video"], "id": 0}


@pytest.mark.parametrize(("recording", "number"), _named("any"))
def test_shape_of_body(recording: Recording, number: int) -> None:
    recorded, answered = both(recording, number)
    _same_shape(recorded["body"], answered.body, "body", clipped=number in recording.clipped)


@pytest.mark.parametrize(("recording", "number"), _named("problem"))
def test_errors_word_for_word(recording: Recording, number: int) -> None:
    recorded, answered = both(recording, number)
    assert _clipped_like(answered.body, recorded["body"]) == recorded["body"]
    assert list(answered.body) == list(recorded["body"]), "in the same order"


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.version)
def test_what_edits_left(recording: Recording) -> None:
    """The rows that read a video after it was edited tell what the edit did."""
    names = {"name", "category", "licence", "language", "description", "support", "originallyPublishedAt"}
    names |= {"nsfw", "nsfwFlags", "nsfwSummary", "commentsPolicy", "privacy"}
    for number in recording.after_edits:
        recorded, answered = both(recording, number)
        for name in names & recorded["body"].keys():
            assert answered.body[name] == recorded["body"][name]
        assert sorted(answered.body["tags"]) == sorted(recorded["body"]["tags"])


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.version)
def test_totals(recording: Recording) -> None:
    for number in recording.totals:
        recorded, answered = both(recording, number)
        assert answered.body["total"] == recorded["body"]["total"]


def _same_shape(recorded: Any, answered: Any, where: str, *, clipped: bool = False) -> None:
    if isinstance(recorded, dict):
        assert isinstance(answered, dict), where
        missing, more = recorded.keys() - answered.keys(), answered.keys() - recorded.keys()
        assert not missing, f"{where} lacks {missing}"
        assert clipped or not more, f"{where} has also {more}"
        for name, value in recorded.items():
            _same_shape(value, answered[name], f"{where}.{name}", clipped=clipped)
    elif isinstance(recorded, list):
        assert isinstance(answered, list), where
        if recorded and answered:
            _same_shape(recorded[0], answered[0], f"{where}[0]")
    elif recorded is not None and answered is not None:
        assert isinstance(answered, (int, float) if isinstance(recorded, (int, float)) else type(recorded)), where


def _clipped_like(answered: Any, recorded: Any) -> Any:
    """The answer, cut where the recording was: long texts end in an ellipsis, lists have two items."""
    if isinstance(recorded, dict) and isinstance(answered, dict):
        return {name: _clipped_like(value, recorded.get(name)) for name, value in answered.items()}
    if isinstance(recorded, str) and recorded.endswith("…") and isinstance(answered, str):
        return answered[: len(recorded) - 1] + "…"
    if isinstance(recorded, list) and isinstance(answered, list) and len(recorded) == 2:
        return answered[:2]
    return answered
