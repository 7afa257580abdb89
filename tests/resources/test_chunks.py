"""Files in chunks: what becomes of the headers and statuses that their announcements and chunks are answered with."""

from collections.abc import Callable
from typing import Any

import pytest
from cases_videos import SENT

from aiopeertube import Call, PeerTube
from aiopeertube.errors import UnexpectedResponse
from aiopeertube.wire.messages import Response

JSON = {"content-type": "application/json"}
ANNOUNCED = {"location": "//a.example/api/v1/users/3/imports/import-resumable?upload_id=a-1"}
ARCHIVE = Response(200, JSON, b'{"userImport": {"id": 4}}')
FIRST_BYTE = Response(308, {"range": "bytes=0-0"}, b"")
NOT_REPLACED = {"offset": 1, "replaced": False}
REPLACED = {"offset": None, "replaced": True}

Build = Callable[[PeerTube], Call[Any]]
# By the name of a method: how it is called, and what it makes of answers.
OF_CHUNKS: dict[str, tuple[Build, list[tuple[Response, Any]]]] = {
    "users.imports.uploads().start": (
        lambda pt: pt.users.imports.uploads(3).start(filename="a.zip", size=9),
        [
            (Response(201, ANNOUNCED, b""), {"upload_id": "a-1", "offset": 0}),
            (Response(200, {**ANNOUNCED, "range": "bytes=0-3"}, b""), {"upload_id": "a-1", "offset": 4}),
        ],
    ),
    "users.imports.uploads().chunk": (
        lambda pt: pt.users.imports.uploads(3).chunk("a-1", b"xyz", 6, 9),
        [(FIRST_BYTE, {"offset": 1, "userImport": None}), (ARCHIVE, {"offset": None, "userImport": {"id": 4}})],
    ),
    "users.imports.uploads().status": (
        lambda pt: pt.users.imports.uploads(3).status("a-1", 9),
        [
            (Response(308, {"range": "bytes=0-5"}, b""), {"offset": 6, "userImport": None}),
            (ARCHIVE, {"offset": None, "userImport": {"id": 4}}),
        ],
    ),
    "users.imports.uploads().cancel": (
        lambda pt: pt.users.imports.uploads(3).cancel("a-1"),
        [(Response(204, {}, b""), None)],
    ),
    "videos.source.replacements().start": (
        lambda pt: pt.videos.source.replacements(7).start(**SENT),
        [(Response(201, {"location": "/x?upload_id=a-1"}, b""), {"upload_id": "a-1", "offset": 0})],
    ),
    "videos.source.replacements().chunk": (
        lambda pt: pt.videos.source.replacements(7).chunk("a-1", b"xyz", 3, 9),
        [(FIRST_BYTE, NOT_REPLACED), (Response(204, {}, b""), REPLACED)],
    ),
    "videos.source.replacements().status": (
        lambda pt: pt.videos.source.replacements(7).status("a-1", 9),
        [(FIRST_BYTE, NOT_REPLACED), (Response(204, {}, b""), REPLACED)],
    ),
    "videos.source.replacements().cancel": (
        lambda pt: pt.videos.source.replacements(7).cancel("a-1"),
        [(Response(204, {}, b""), None)],
    ),
}


@pytest.fixture
def client() -> PeerTube:
    return PeerTube("http://localhost", token="t")


@pytest.mark.parametrize("name", OF_CHUNKS)
def test_result(name: str, client: PeerTube) -> None:
    build, answers = OF_CHUNKS[name]
    for response, expected in answers:
        assert build(client).decode(response) == expected


def test_an_archive_is_announced(client: PeerTube) -> None:
    call = client.users.imports.uploads(3).start(filename="a.zip", size=9)
    assert call.headers == (("X-Upload-Content-Length", "9"), ("X-Upload-Content-Type", "application/zip"))


def test_an_end_without_an_import(client: PeerTube) -> None:
    with pytest.raises(UnexpectedResponse, match="import of an archive"):
        client.users.imports.uploads(3).status("a-1", 9).decode(Response(200, JSON, b'{"video": {}}'))


def test_chunks_go_where_they_belong(client: PeerTube) -> None:
    call = client.users.imports.uploads(3).chunk("a-1", b"xyz", 6, 9)
    assert call.headers == (("Content-Range", "bytes 6-8/9"),)
