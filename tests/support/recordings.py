"""Recordings of real servers, and their replay: what a server was asked is asked of the emulator in the same order.

The emulator's clock follows the recording, so its windows open and close when the recorded ones did.
"""

import json
import re
from calendar import timegm
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from aiopeertube.emulator import Emulator
from aiopeertube.emulator.options import UserOptions

DATA = Path(__file__).parents[1] / "data"
IMAGE = ("t.jpg", b"\xff\xd8\xff\xe0 not much of an image", "image/jpeg")
UPLOAD_ID = re.compile(r"(?<=upload_id=)[0-9a-f-]+")

Row = dict[str, Any]


def rows_of(version: str) -> list[Row]:
    """Read the recording of a version."""
    return [json.loads(line) for line in (DATA / f"wire-{version}.jsonl").read_text().splitlines()]


def upload_id(location: str) -> str:
    found = UPLOAD_ID.search(location)
    assert found is not None, location
    return found[0]


@dataclass(frozen=True)
class Recording:
    """What was recorded, and what has to be known to ask it again. Rows are named by their number.

    A request may have `headers`, `multipart`, a `piece` of the video, and `bad_token`; `data` that is text is JSON
    that cannot be read. `unrecorded` counts the requests that were made before a row without being recorded.
    """

    version: str
    rows: list[Row]
    video: bytes  # the file that was uploaded had this length and beginning
    users: tuple[UserOptions, ...]
    fill: Callable[[Emulator], None] = field(repr=False)
    logins: dict[int, str]  # who got a token
    uuids: dict[int, str]  # of videos that were made
    totals: tuple[int, ...]  # lists of which the emulator has as many
    after_edits: tuple[int, ...]  # reads that tell what an edit did
    others: dict[str, str] = field(default_factory=dict)  # what stands for another value
    early: dict[int, float] = field(default_factory=dict)  # rows that came early in their second
    clipped: frozenset[int] = frozenset()  # rows whose body was clipped to some of its keys
    cached: frozenset[int] = frozenset()  # rows that the server answered as it had before, headers and all

    def named(self, numbers: list[int]) -> list[Any]:
        """Make parameters of some rows."""
        return [pytest.param(self, n, id=f"{self.version}-{n}-{self.rows[n]['name']}") for n in numbers]


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: Any


class Replay:
    """Asks an emulator what a recording asked."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.now = 0.0
        self.server = Emulator(
            videos=0,
            users=recording.users,
            clock=lambda: self.now,
            server_version=recording.version.rpartition(".")[0],
        )
        self.tokens: dict[str, str] = {}
        # Values of the recording that the emulator has others for: the client's, and tokens.
        self.others = dict(recording.others)
        self.answers: list[Answer] = []

    async def run(self) -> list[Answer]:
        """Ask everything."""
        recording = self.recording
        async with self.server, aiohttp.ClientSession() as session:
            for number, row in enumerate(recording.rows):
                second = timegm(parsedate(row["response"]["headers"]["date"]))
                self.now = second + recording.early.get(number, 0.5)
                if not number:
                    recording.fill(self.server)
                for _ in range(row.get("unrecorded", 0)):
                    await self.send(session, "GET", "/api/v1/videos/categories")
                with self.next_uuid(recording.uuids.get(number)):
                    self.answers.append(await self.replay(session, row))
                self.learn(number, row, self.answers[-1])
        return self.answers

    async def replay(self, session: aiohttp.ClientSession, row: Row) -> Answer:
        """Ask what a row asked."""
        request = row["request"]
        headers = dict(request.get("headers", {}))
        if row["as_"] != "anonymous":
            headers["Authorization"] = f"Bearer {self.tokens[row['as_']]}"
        elif request.get("bad_token"):
            headers["Authorization"] = "Bearer 0123456789abcdef"
        path = UPLOAD_ID.sub(lambda found: self.others[found[0]], request["path"])
        return await self.send(session, request["method"], path, headers=headers, **self.body_of(request))

    def body_of(self, request: dict[str, Any]) -> dict[str, Any]:
        """Make aiohttp's options of a request's query and body."""
        options: dict[str, Any] = {"params": request.get("params")}
        if "multipart" in request:
            options["data"] = self.multipart(request["multipart"])
        elif "piece" in request:
            options["data"] = self.recording.video[slice(*request["piece"])]
        elif isinstance(request.get("data"), str):
            options["data"] = aiohttp.BytesPayload(request["data"].encode(), content_type="application/json")
        elif "data" in request:
            options["data"] = self.replaced(request["data"])
        elif "json" in request:
            options["json"] = self.replaced(request["json"])
        return options

    def replaced(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Put the emulator's values for the recorded ones."""
        return {name: self.others.get(v, v) if isinstance(v, str) else v for name, v in fields.items()}

    def multipart(self, fields: dict[str, Any]) -> aiohttp.FormData:
        """Make a form; a field that is an object is a file."""
        form = aiohttp.FormData(default_to_multipart=True)
        for name, value in fields.items():
            if isinstance(value, dict):
                content = {"video": self.recording.video, "image": IMAGE[1]}.get(value.get("file", ""))
                content = value["text"].encode() if content is None else content
                form.add_field(name, content, filename=value["filename"], content_type=value["type"])
            else:
                form.add_field(name, value)
        return form

    async def send(self, session: aiohttp.ClientSession, method: str, path: str, **options: Any) -> Answer:
        """Send a request."""
        async with session.request(method, self.server.url + path, **options) as response:
            text = await response.text()
            is_json = "json" in response.headers.get("Content-Type", "")
            body = json.loads(text) if is_json and text else text
            return Answer(response.status, {name.lower(): value for name, value in response.headers.items()}, body)

    def learn(self, number: int, row: Row, answer: Answer) -> None:
        """Note what the emulator says where the recording says something else that is used later."""
        recorded = row["response"]["body"]
        if isinstance(recorded, dict) and answer.status == 200:
            for name in ("client_id", "client_secret", "access_token", "refresh_token"):
                if name in recorded:
                    self.others[recorded[name]] = answer.body[name]
        if speaker := self.recording.logins.get(number):
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
