"""Another file for a video, and archives: sent whole and in order, whatever breaks on the way."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from aiopeertube import PeerTube, errors, resumable
from aiopeertube.testing import MockTransport, reply
from aiopeertube.wire.messages import JsonBody, RawBody, Response

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_pauses")]
DATA = bytes(range(256)) * 40
CHUNK = 1000
UUID = "38773124-8101-4655-a4ef-2124259155af"
PATHS = {
    "replace": f"/api/v1/videos/{UUID}/source/replace-resumable",
    "import_archive": "/api/v1/users/3/imports/import-resumable",
}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aiopeertube.resumable.others.random.uniform", lambda *_: 0.0)


class Server:
    """Takes chunks as the server's library does; the answers to the requests of the numbers `breaks` are lost."""

    def __init__(self, kind: str, *, breaks: tuple[int, ...] = (), status: int | None = None) -> None:
        self.path = PATHS[kind]
        self.end = reply(204) if kind == "replace" else reply(200, {"userImport": {"id": 4}})
        self.breaks = breaks
        self.status = status
        self.kept = bytearray()
        self.asked = 0
        self.announced: list[bytes] = []
        self.forgets = False

    def answer(self, request: Any) -> Response:
        assert request.path == self.path
        if self.status is not None:
            return reply(self.status, {"detail": "no"})
        if request.method == "POST":
            assert isinstance(request.body, JsonBody)
            self.announced.append(request.body.data)
            return Response(201, {"location": f"//a.example{self.path}?upload_id=a-1"}, b"")
        self.asked += 1
        made = self._take(request)
        if self.asked in self.breaks:
            raise errors.ConnectionLost("gone")
        return made

    def _take(self, request: Any) -> Response:
        if self.forgets:
            return reply(404, {"error": {"code": "FileNotFound", "message": "Not found"}})
        headers = dict(request.headers)
        found = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", headers["Content-Range"])
        if found is not None:
            assert isinstance(request.body, RawBody)
            start = int(found[1])
            self.kept[start:] = request.body.data
            if len(self.kept) == int(found[3]):
                self.forgets = True
                return self.end
        return Response(308, {"range": f"bytes=0-{len(self.kept) - 1}"}, b"")


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    path.write_bytes(DATA)
    return path


async def send(server: Server, kind: str, path: Path, **options: Any) -> Any:
    async with PeerTube("https://a.example", token="t", transport=MockTransport(server.answer)) as pt:
        if kind == "replace":
            return await resumable.replace(pt, UUID, path, chunk_size=CHUNK, **options)
        return await resumable.import_archive(pt, 3, path, chunk_size=CHUNK, **options)


@pytest.mark.parametrize("kind", PATHS)
async def test_a_file_arrives(kind: str, film: Path) -> None:
    server = Server(kind)
    told: list[tuple[int, int]] = []
    tickets: list[resumable.Ticket] = []
    made = await send(server, kind, film, on_progress=lambda *seen: told.append(seen), on_started=tickets.append)
    assert made == (None if kind == "replace" else 4)
    assert bytes(server.kept) == DATA
    assert server.announced == [b'{"filename":"film.mp4"}']
    assert told[-1] == (len(DATA), len(DATA))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert tickets[0].upload_id == "a-1"


@pytest.mark.parametrize("kind", PATHS)
async def test_lost_answers_are_asked_for(kind: str, film: Path) -> None:
    server = Server(kind, breaks=(2, 3, 7))
    await send(server, kind, film)
    assert bytes(server.kept) == DATA
    assert len(server.announced) == 1


@pytest.mark.parametrize("kind", PATHS)
async def test_another_process_goes_on(kind: str, film: Path) -> None:
    server = Server(kind)
    server.kept[:] = DATA[:3000]
    status = film.stat()
    await send(server, kind, film, upload_id=resumable.Ticket("a-1", status.st_size, status.st_mtime_ns))
    assert bytes(server.kept) == DATA
    assert server.announced == []


@pytest.mark.parametrize("kind", PATHS)
async def test_an_end_whose_answer_was_lost_is_in_doubt(kind: str, film: Path) -> None:
    server = Server(kind, breaks=(len(DATA) // CHUNK + 1,))
    with pytest.raises(errors.UploadUnknown, match="look before you send") as caught:
        await send(server, kind, film)
    assert caught.value.perhaps_finished
    assert bytes(server.kept) == DATA
    assert len(server.announced) == 1


@pytest.mark.parametrize("kind", PATHS)
async def test_a_refusal_is_told(kind: str, film: Path) -> None:
    with pytest.raises(errors.NotPermitted):
        await send(Server(kind, status=403), kind, film)


@pytest.mark.parametrize("kind", PATHS)
async def test_a_file_that_changed_is_not_gone_on_with(kind: str, film: Path) -> None:
    server = Server(kind)
    with pytest.raises(errors.FileChanged):
        await send(server, kind, film, upload_id=resumable.Ticket("a-1", 5, 5))
    assert server.asked == 0


async def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "a.zip").touch()
    with pytest.raises(errors.FileUnreadable):
        await send(Server("import_archive"), "import_archive", tmp_path / "a.zip")


@pytest.mark.parametrize("kind", PATHS)
async def test_a_file_that_changes_meanwhile_ends_it_at_once(kind: str, film: Path) -> None:
    server = Server(kind)

    def change(done: int, _: int) -> None:
        if done == 3 * CHUNK:
            film.write_bytes(DATA + b"!")

    with pytest.raises(errors.FileChanged) as caught:
        await send(server, kind, film, on_progress=change)
    assert (caught.value.upload_id, caught.value.in_doubt, server.asked) == ("a-1", False, 3)


LAST = -(-len(DATA) // CHUNK)  # the number of the last chunk


@pytest.mark.parametrize("how", ["the server is away", "the client is closed"])
@pytest.mark.parametrize(("lost", "doubt"), [(1, False), (LAST - 1, False), (LAST, True)])
@pytest.mark.parametrize("kind", PATHS)
async def test_whatever_ends_it_is_in_doubt_once_the_last_byte_may_have_arrived(
    kind: str, lost: int, doubt: bool, how: str, film: Path
) -> None:
    server = Server(kind, breaks=(lost,))

    def answer(request: Any) -> Response:
        if server.asked >= lost:
            raise errors.ServerAway("gone")
        return server.answer(request)

    async with PeerTube("https://a.example", token="t", transport=MockTransport(answer)) as pt:
        if kind == "replace":
            sending = asyncio.ensure_future(resumable.replace(pt, UUID, film, chunk_size=CHUNK))
        else:
            sending = asyncio.ensure_future(resumable.import_archive(pt, 3, film, chunk_size=CHUNK))  # type: ignore[arg-type]
        while how == "the client is closed" and server.asked < lost:  # noqa: ASYNC110 - the server is no task
            await asyncio.sleep(0)
        if how == "the client is closed":
            await pt.__aexit__(None, None, None)
        with pytest.raises((errors.ServerAway, errors.ClientClosed)) as caught:
            await sending
    assert caught.value.in_doubt is doubt
