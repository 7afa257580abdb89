"""A server in memory for the life of jobs: few videos, a few fields, and every edit written down."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import orjson

from aiopeertube.errors import PeerTubeError
from aiopeertube.testing import reply
from aiopeertube.wire.messages import JsonBody, Request, Response

Values = dict[str, str]

FIELDS = ("name", "description", "support")


def uuid_of(video: int) -> str:
    """Name a video."""
    return f"00000000-0000-4000-8000-{video:012}"


@dataclass(slots=True)
class Edit:
    """An edit that was carried out."""

    video: int
    before: Values
    after: Values


class Server:
    """Videos in memory.

    `edits` and `refusals` are those since they were emptied. `at_step` is called before each request, and after each
    edit. Of videos that are `unreadable` nothing is told, and of those that are `refused` no edit is taken.
    """

    def __init__(self, videos: int) -> None:
        self.videos: dict[int, Values] = {
            number: {"name": f"Video {number}", "description": "Nothing", "support": "Nobody"}
            for number in range(1, videos + 1)
        }
        self.unreadable: set[int] = set()
        self.refused: set[int] = set()
        self.edits: list[Edit] = []
        self.refusals: set[int] = set()
        self.at_step: Callable[[], None] = lambda: None
        self.dead = False  # nothing comes through any more

    def look(self, video: int) -> Values | None:
        """Return what anybody can see of a video."""
        return None if video in self.unreadable else self.videos.get(video)

    def answer(self, request: Request) -> Response:
        """Answer as a server would."""
        self.at_step()
        if self.dead:
            raise PeerTubeError("this process is dead")
        path, _, query = request.target.removeprefix("/api/v1").partition("?")
        if path == "/users/me":
            return reply(json={"username": "nisv", "account": {"name": "nisv", "id": 1}, "role": {"id": 2}})
        if path == "/config":
            return reply(json={"serverVersion": "6.3.0"})
        if path == "/users/me/videos":
            return self._page(parse_qs(query))
        number = int(path.rpartition("/")[2][-12:]) if path.startswith("/videos/") else 0
        if number not in self.videos:
            return _problem(404, "Video not found")
        if request.method == "PUT":
            return self._put(number, request)
        return _problem(403, "Hidden") if number in self.unreadable else reply(json=self._video(number))

    def _page(self, query: Mapping[str, list[str]]) -> Response:
        start, count = int(query["start"][0]), int(query["count"][0])
        rows = [self._video(number) for number in sorted(self.videos)]
        for row in rows:
            del row["support"]  # as a list has it
            if row["id"] in self.unreadable:
                del row["name"]
        return reply(json={"total": len(rows), "data": rows[start : start + count]})

    def _video(self, number: int) -> dict[str, Any]:
        owner = {"name": "nisv", "id": 1}
        known = {"id": number, "uuid": uuid_of(number), "account": owner, "channel": owner, "isLocal": True}
        return known | {**self.videos[number]}

    def _put(self, number: int, request: Request) -> Response:
        if number in self.refused:
            self.refusals.add(number)
            return _problem(400, "Incorrect request parameters")
        assert isinstance(request.body, JsonBody)
        after = orjson.loads(request.body.data)
        before = {name: self.videos[number][name] for name in after}
        self.videos[number] |= after
        self.edits.append(Edit(number, before, after))
        self.at_step()
        return reply(204)


def _problem(status: int, detail: str) -> Response:
    return reply(status, {"detail": detail}, content_type="application/problem+json")
