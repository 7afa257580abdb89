"""Everything a real PeerTube 6.3.0 was recorded to answer, asked of the emulator in the same order.

The emulator's clock follows the recording, so its windows open and close when the recorded ones did.
"""

import asyncio
import json
import re
from calendar import timegm
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from aiopeertube.emulator import Emulator
from aiopeertube.emulator.options import UserOptions

RECORDING = Path(__file__).parent.parent / "data" / "wire-6.3.0.jsonl"
ROWS: list[dict[str, Any]] = [json.loads(line) for line in RECORDING.read_text().splitlines()]

# Of these only the rate limit is compared: the routes belong to what is not emulated.
NOT_EMULATED = {
    93: "playlists",
    **dict.fromkeys((94, 95), "comments"),
    96: "ratings",
    **dict.fromkeys((97, 98), "search"),
    **dict.fromkeys((99, 100), "list of users"),
    101: "jobs",
}
# Requests that were made before a row without being recorded; only their count shows in the headers.
UNRECORDED = {35: 1, 107: 49}
# Dates are whole seconds. Half a second past them agrees with all that was recorded but one `retry-after`,
# which tells that its row came earlier in its second than the window's first one in its own.
EARLY_IN_THEIR_SECOND = dict.fromkeys((99, 100, 101), 0.25)
# Rows whose body was clipped to some of its keys.
CLIPPED = {16}

IMAGE = ("t.jpg", b"\xff\xd8\xff\xe0 not much of an image", "image/jpeg")
SRT = b"1\n00:00:00,000 --> 00:00:01,000\nHello\n"
# The file that was uploaded had this length; of its content the recording holds the beginning.
VIDEO = b"\x00\x00\x00 ftypisom\x00\x00\x02\x00isomiso2avc1mp41".ljust(2685, b".")
# The recording holds multipart bodies as text only.
MULTIPART: dict[int, dict[str, Any]] = {
    46: {"tags[0]": "ccc", "name": "Multipart name"},
    68: {"thumbnailfile": IMAGE},
    69: {"thumbnailfile": ("t.txt", b"hello", "text/plain")},
    74: {"captionfile": ("a.srt", SRT, "application/x-subrip")},
    75: {"captionfile": ("a.vtt", b"WEBVTT\n\n00:00.000 --> 00:01.000\nHallo\n", "text/vtt")},
    70: {
        "channelId": "2",
        "name": "Uploaded",
        "tags[0]": "x1",
        "privacy": "2",
        "videofile": ("t.mp4", VIDEO, "video/mp4"),
    },
    71: {"channelId": "2", "videofile": ("t.mp4", VIDEO, "video/mp4")},
    72: {"channelId": "2", "name": "Not a video", "videofile": ("t.mp4", b"not a video", "video/mp4")},
    76: {"captionfile": ("a.vtt", b"WEBVTT\n", "text/vtt")},
    77: {"captionfile": ("a.txt", b"hello", "text/plain")},
}
# Headers of requests are not in the recording. Its bodies and answers tell what these said.
ANNOUNCED = {"X-Upload-Content-Length": str(len(VIDEO)), "X-Upload-Content-Type": "video/mp4"}
PIECES = {81: (0, 1000), 83: (0, 1000), 84: (2000, 2100), 85: (1000, 2685)}
HEADERS = {
    **dict.fromkeys((80, 87), ANNOUNCED),
    **{number: {"Content-Range": f"bytes {start}-{end - 1}/{len(VIDEO)}"} for number, (start, end) in PIECES.items()},
    **{number: {"Content-Range": f"bytes */{len(VIDEO)}"} for number in (82, 86)},
}
# Answers without a body that say so; with a 204 aiohttp does not let anybody say it.
NO_LENGTH = {88}
BAD_TOKEN = {9, 66}
UPLOADED = "e9e312a8-55e1-48fb-912d-b356e290636c"
RESUMABLE = "789c2f77-142f-4e0f-b59c-1cec4077ee45"
UUIDS = {70: UPLOADED, 85: RESUMABLE}
UPLOAD_ID = re.compile(r"(?<=upload_id=)[0-9a-f-]+")


def upload_id(location: str) -> str:
    found = UPLOAD_ID.search(location)
    assert found is not None, location
    return found[0]


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: Any


class Replay:
    def __init__(self) -> None:
        self.now = 0.0
        users = (UserOptions("root", "test12345", "administrator"), UserOptions("nisv", "secret123"))
        self.server = Emulator(videos=0, users=users, clock=lambda: self.now)
        self.tokens: dict[str, str] = {}
        # Values of the recording that the emulator has others for: the client's, and tokens.
        self.others: dict[str, str] = {}
        self.answers: list[Answer] = []

    async def run(self) -> list[Answer]:
        self.fill()
        async with self.server, aiohttp.ClientSession() as session:
            for number, row in enumerate(ROWS):
                second = timegm(parsedate(row["response"]["headers"]["date"]))
                self.now = second + EARLY_IN_THEIR_SECOND.get(number, 0.5)
                for _ in range(UNRECORDED.get(number, 0)):
                    await self.send(session, "GET", "/api/v1/videos/categories")
                with self.next_uuid(UUIDS.get(number)):
                    self.answers.append(await self.replay(session, number, row))
                self.learn(number, row, self.answers[-1])
        return self.answers

    def fill(self) -> None:
        store = self.server.store
        channel = store.channels["nisv_channel"]
        uuid, tags = "38773124-8101-4655-a4ef-2124259155af", ("tag41974", "tag42668")
        store.add_video("R 38773124 8 1", channel, description="Original description 3", uuid=uuid, tags=tags)
        for number in range(2, 401):
            store.add_video(f"R {number}", channel, description=f"Original description {number}")

    async def replay(self, session: aiohttp.ClientSession, number: int, row: dict[str, Any]) -> Answer:
        request = row["request"]
        headers = {}
        if row["as_"] != "anonymous":
            headers["Authorization"] = f"Bearer {self.tokens[row['as_']]}"
        elif number in BAD_TOKEN:
            headers["Authorization"] = "Bearer 0123456789abcdef"
        headers |= HEADERS.get(number, {})
        method, path = request["method"], UPLOAD_ID.sub(lambda found: self.others[found[0]], request["path"])
        if number in NOT_EMULATED:
            return await self.send(session, method, path, headers=headers)
        options: dict[str, Any] = {"params": request.get("params"), "json": request.get("json")}
        if number in MULTIPART:
            options["data"] = _multipart(MULTIPART[number])
        elif number in PIECES:
            options["data"] = VIDEO[slice(*PIECES[number])]
        elif isinstance(request.get("data"), str):
            headers["Content-Type"] = "application/json"
            options["data"] = request["data"].encode()
        elif "data" in request:
            options["data"] = {name: self.others.get(value, value) for name, value in request["data"].items()}
        if request.get("json"):
            options["json"] = {
                name: self.others.get(value, value) if isinstance(value, str) else value
                for name, value in request["json"].items()
            }
        return await self.send(session, method, path, headers=headers, **options)

    async def send(self, session: aiohttp.ClientSession, method: str, path: str, **options: Any) -> Answer:
        async with session.request(method, self.server.url + path, **options) as response:
            text = await response.text()
            is_json = "json" in response.headers.get("Content-Type", "")
            body = json.loads(text) if is_json and text else text
            return Answer(response.status, {name.lower(): value for name, value in response.headers.items()}, body)

    def learn(self, number: int, row: dict[str, Any], answer: Answer) -> None:
        recorded = row["response"]["body"]
        if isinstance(recorded, dict) and answer.status == 200:
            for name in ("client_id", "client_secret", "access_token", "refresh_token"):
                if name in recorded:
                    self.others[recorded[name]] = answer.body[name]
        speaker = {1: "user", 2: "admin", 112: "user2"}.get(number)
        if speaker:
            self.tokens[speaker] = answer.body["access_token"]
        if "location" in row["response"]["headers"]:
            both = (row["response"]["headers"], answer.headers)
            recorded_id, answered_id = (upload_id(headers["location"]) for headers in both)
            self.others[recorded_id] = answered_id

    @contextmanager
    def next_uuid(self, uuid: str | None) -> Iterator[None]:
        """Later rows name the videos that were uploaded, so they get the recorded names."""
        with pytest.MonkeyPatch.context() as patch:
            if uuid is not None:
                patch.setattr(self.server.store, "new_uuid", lambda: uuid)
            yield


def _multipart(fields: dict[str, Any]) -> aiohttp.FormData:
    form = aiohttp.FormData(default_to_multipart=True)
    for name, value in fields.items():
        if isinstance(value, tuple):
            filename, content, content_type = value
            form.add_field(name, content, filename=filename, content_type=content_type)
        else:
            form.add_field(name, value)
    return form


@pytest.fixture(scope="module")
def answers() -> list[Answer]:
    return asyncio.run(Replay().run())


def _named(numbers: list[int]) -> list[Any]:
    return [pytest.param(number, id=f"{number}-{ROWS[number]['name']}") for number in numbers]


ALL = list(range(len(ROWS)))
EMULATED = [number for number in ALL if number not in NOT_EMULATED]
PROBLEMS = [number for number in EMULATED if "problem" in ROWS[number]["response"]["headers"].get("content-type", "")]


@pytest.mark.parametrize("number", _named(ALL))
def test_rate_limit_headers(answers: list[Answer], number: int) -> None:
    recorded, answered = ROWS[number]["response"]["headers"], answers[number].headers
    names = ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "retry-after", "date")
    assert {name: answered.get(name) for name in names} == {name: recorded.get(name) for name in names}


@pytest.mark.parametrize("number", _named(EMULATED))
def test_status_and_headers(answers: list[Answer], number: int) -> None:
    recorded, answered = ROWS[number]["response"], answers[number]
    assert answered.status == recorded["status"]
    for name in ("content-type", "cache-control", "connection", "keep-alive", "range"):
        assert answered.headers.get(name) == recorded["headers"].get(name)
    if number not in NO_LENGTH:
        assert ("content-length" in answered.headers) == ("content-length" in recorded["headers"])


@pytest.mark.parametrize("number", _named([80, 87]))
def test_where_pieces_go(answers: list[Answer], number: int) -> None:
    """The host is another one, and so is the last part of the id: it is the time, to the millisecond."""
    recorded = ROWS[number]["response"]["headers"]["location"]
    answered = answers[number].headers["location"]
    assert re.sub(r"(?<=//)[^/]+", "127.0.0.1:9000", answered).rpartition("-")[0] == recorded.rpartition("-")[0]


def test_names_of_what_was_uploaded(answers: list[Answer]) -> None:
    for number in (70, 85):
        assert answers[number].body == ROWS[number]["response"]["body"]


@pytest.mark.parametrize("number", _named(EMULATED))
def test_shape_of_body(answers: list[Answer], number: int) -> None:
    _same_shape(ROWS[number]["response"]["body"], answers[number].body, "body", clipped=number in CLIPPED)


@pytest.mark.parametrize("number", _named(PROBLEMS))
def test_errors_word_for_word(answers: list[Answer], number: int) -> None:
    recorded, answered = ROWS[number]["response"]["body"], answers[number].body
    assert _clipped_like(answered, recorded) == recorded
    assert list(answered) == list(recorded), "in the same order"


def test_what_edits_left(answers: list[Answer]) -> None:
    """The rows that read a video after it was edited tell what the edit did."""
    for number in (41, 43):
        recorded, answered = ROWS[number]["response"]["body"], answers[number].body
        for name in ("name", "category", "licence", "language", "description", "support", "originallyPublishedAt"):
            assert answered[name] == recorded[name]
        assert sorted(answered["tags"]) == sorted(recorded["tags"])


def test_totals(answers: list[Answer]) -> None:
    for number in (18, 20, 21, 25, 27, 28, 29, 30, 31, 34, 73, 78, 107, 110):
        assert answers[number].body["total"] == ROWS[number]["response"]["body"]["total"]


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
