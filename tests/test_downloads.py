"""Files that come piece after piece, from a server that breaks off, changes the file, or cannot go on."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from aiopeertube import PeerTube, errors
from aiopeertube._downloads import _is_of_another, _mark_of, _may_pass
from aiopeertube.testing import MockTransport, reply
from aiopeertube.wire.messages import Response

pytestmark = pytest.mark.anyio

FILE = bytes(range(256)) * 4000  # about a MiB
TAG = '"v1"'


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Server:
    """Serves FILE, and breaks off after `most` bytes of each answer; without `ranges` it always begins anew."""

    def __init__(self, *, most: int = len(FILE), ranges: bool = True) -> None:
        self.most = most
        self.ranges = ranges
        self.file = FILE
        self.tag = TAG
        self.asked: list[dict[str, str]] = []
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        if head.startswith("GET /api/"):  # the client looks whether the server is still there
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            writer.close()
            return
        asked = dict(line.lower().split(": ", 1) for line in head.splitlines()[1:] if line)
        self.asked.append(asked)
        first, _, last = asked.get("range", "bytes=0-")[6:].partition("-")
        start, stop = int(first), min(int(last or len(self.file)) + 1, len(self.file))
        is_part = "range" in asked and self.ranges and asked.get("if-range", self.tag) == self.tag
        if not is_part:
            start, stop = 0, len(self.file)
        part = f"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {start}-{stop - 1}/{len(self.file)}\r\n"
        writer.write((part if is_part else "HTTP/1.1 200 OK\r\n").encode())
        writer.write(f"ETag: {self.tag}\r\nContent-Length: {stop - start}\r\n\r\n".encode())
        writer.write(self.file[start : min(stop, start + self.most)])
        await writer.drain()
        writer.close()


@asynccontextmanager
async def serving(server: Server) -> AsyncIterator[PeerTube]:
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    async with listening, PeerTube(f"http://127.0.0.1:{port}") as pt:
        yield pt


async def test_a_file_gets_its_name_when_it_is_whole(tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    target = tmp_path / "a.mp4"
    async with serving(Server()) as pt:
        saved = await pt.downloads.web_video("a.mp4").save(target, on_progress=lambda *seen: told.append(seen))
    assert saved.read_bytes() == FILE
    assert told[-1] == (len(FILE), len(FILE))
    assert [seen for seen, _ in told] == sorted(seen for seen, _ in told)
    assert list(tmp_path.iterdir()) == [target]


async def test_it_goes_on_where_it_broke_off(tmp_path: Path) -> None:
    server = Server(most=300_000)
    async with serving(server) as pt:
        await pt.downloads.web_video("a.mp4").save(tmp_path / "a.mp4")
    assert (tmp_path / "a.mp4").read_bytes() == FILE
    assert len(server.asked) == 4
    assert server.asked[1]["if-range"] == TAG
    assert all(asked["accept-encoding"] == "identity" for asked in server.asked)


async def test_another_process_goes_on(tmp_path: Path) -> None:
    (tmp_path / "a.mp4.part").write_bytes(FILE[:5000])
    (tmp_path / "a.mp4.part.mark").write_text(TAG)
    server = Server()
    async with serving(server) as pt:
        await pt.downloads.web_video("a.mp4").save(tmp_path / "a.mp4")
    assert (tmp_path / "a.mp4").read_bytes() == FILE
    assert [asked.get("range") for asked in server.asked] == ["bytes=5000-"]
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


async def test_what_is_left_of_another_file_is_not_kept(tmp_path: Path) -> None:
    (tmp_path / "a.mp4.part").write_bytes(b"other" * 1000)
    (tmp_path / "a.mp4.part.mark").write_text('"v0"')
    async with serving(Server()) as pt:
        await pt.downloads.web_video("a.mp4").save(tmp_path / "a.mp4")
    assert (tmp_path / "a.mp4").read_bytes() == FILE


async def test_a_part_without_a_mark_is_not_trusted(tmp_path: Path) -> None:
    (tmp_path / "a.mp4.part").write_bytes(b"other" * 1000)
    server = Server()
    async with serving(server) as pt:
        await pt.downloads.web_video("a.mp4").save(tmp_path / "a.mp4")
    assert (tmp_path / "a.mp4").read_bytes() == FILE
    assert "range" not in server.asked[0]


class Shortened(Server):
    """Has no such part, and says so."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.asked.append({})
        status = "416 Range Not Satisfiable" if "Range:" in head else "200 OK"
        body = b"" if "Range:" in head else FILE
        writer.write(f"HTTP/1.1 {status}\r\nETag: {TAG}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()


async def test_what_is_longer_than_the_file_is_begun_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aiopeertube._downloads._BASE", 0)
    (tmp_path / "a.mp4.part").write_bytes(FILE + b"!")
    (tmp_path / "a.mp4.part.mark").write_text(TAG, "ascii")
    server = Shortened()
    async with serving(server) as pt:
        assert (await pt.downloads.web_video("a.mp4").save(tmp_path / "a.mp4")).read_bytes() == FILE
    assert len(server.asked) == 2


async def test_a_stream_gives_each_byte_once() -> None:
    server = Server(most=300_000)
    async with serving(server) as pt:
        pieces = [piece async for piece in pt.downloads.web_video("a.mp4").stream()]
    assert b"".join(pieces) == FILE
    assert len(server.asked) == 4


async def test_a_stream_that_cannot_go_on_ends_with_an_error() -> None:
    async with serving(Server(most=300_000, ranges=False)) as pt:
        with pytest.raises(errors.UnexpectedResponse, match="cannot go on"):
            async for _ in pt.downloads.web_video("a.mp4").stream():
                pass


ODD_PARTS = {
    "it begins earlier": ({"Content-Range": f"bytes 1000-{len(FILE) - 1}/{len(FILE)}", "ETag": TAG}, FILE[1000:]),
    "it does not say where it begins": ({"ETag": TAG}, FILE[300_000:]),
    "it is of another file": (
        {"Content-Range": f"bytes 300000-{len(FILE) - 1}/{len(FILE)}", "ETag": '"v2"'},
        FILE[300_000:],
    ),
    "it is of a longer file": (
        {"Content-Range": f"bytes 300000-{len(FILE)}/{len(FILE) + 1}", "ETag": TAG},
        FILE[300_000:] + b"!",
    ),
}


class OddServer(Server):
    """Gives as a part what is none of the file that it began with, whatever `If-Range` asks for."""

    def __init__(self, headers: dict[str, str], part: bytes) -> None:
        super().__init__(most=300_000)
        self.headers = headers
        self.part = part

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        if "Range:" in head:
            told = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
            self.most = len(FILE)  # what is begun anew comes as a whole
            length = len(self.part)
            writer.write(f"HTTP/1.1 206 Partial Content\r\n{told}Content-Length: {length}\r\n\r\n".encode())
            writer.write(self.part)
            writer.close()
            return
        again = asyncio.StreamReader()
        again.feed_data(head.encode())
        await super().serve(again, writer)


@pytest.mark.parametrize("odd", ODD_PARTS)
async def test_a_part_that_does_not_fit_is_never_put_behind_what_is_there(
    odd: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aiopeertube._downloads._BASE", 0)
    async with serving(OddServer(*ODD_PARTS[odd])) as pt:
        saved = await asyncio.wait_for(pt.downloads.web_video("a.mp4").save(tmp_path / "a.mp4"), 30)
        assert saved.read_bytes() == FILE
    async with serving(OddServer(*ODD_PARTS[odd])) as pt:
        with pytest.raises((errors.FileChanged, errors.UnexpectedResponse)):
            async for _ in pt.downloads.web_video("a.mp4").stream():
                pass


async def test_two_downloads_to_one_path_do_not_mix(tmp_path: Path) -> None:
    (tmp_path / "a.mp4.part").write_bytes(FILE[:1000])
    (tmp_path / "a.mp4.part.mark").write_text(TAG, "ascii")
    async with serving(Server()) as pt:
        both = [pt.downloads.web_video("a.mp4").save(tmp_path / "a.mp4") for _ in range(2)]
        ends = await asyncio.gather(*both, return_exceptions=True)
    assert any(isinstance(end, errors.FileUnwritable) for end in ends)
    if (tmp_path / "a.mp4").exists():
        assert (tmp_path / "a.mp4").read_bytes() == FILE


async def test_a_stream_that_is_left_asks_for_no_more() -> None:
    async with serving(Server()) as pt:
        stream = pt.downloads.web_video("a.mp4").stream()
        assert FILE.startswith(await anext(stream))
        await stream.aclose()  # type: ignore[attr-defined]
        assert not [task for task in asyncio.all_tasks() if "_fill" in repr(task)]
        assert pt.statistics().in_flight == 0


MONDAY, TUESDAY = "Mon, 24 Nov 2025 08:00:00 GMT", "Tue, 25 Nov 2025 08:00:00 GMT"
MARKS = [  # the tag and the date of an answer, and by which its file is known
    (('"a"', MONDAY), '"a"'),
    (('"a"', ""), '"a"'),
    (("", MONDAY), MONDAY),
    (('W/"a"', MONDAY), MONDAY),  # in a condition a weak tag is none
    (('W/"a"', ""), 'W/"a"'),
    (('"\xe9"', ""), ""),
    (('"a\x01"', ""), ""),
    (("", ""), ""),
]


def _told(tag: str, date: str) -> dict[str, str]:
    return {name: value for name, value in (("etag", tag), ("last-modified", date)) if value}


@pytest.mark.parametrize(("told", "mark"), MARKS, ids=str)
def test_by_what_a_file_is_known_again(told: tuple[str, str], mark: str) -> None:
    assert _mark_of(_told(*told)) == mark


@pytest.mark.parametrize(
    ("mark", "told", "other"),
    [
        ('"a"', ('"a"', TUESDAY), False),
        ('"a"', ('"b"', MONDAY), True),
        ('"a"', ("", TUESDAY), False),  # a part need not say its tag
        (MONDAY, ('W/"a"', MONDAY), False),
        (MONDAY, ('W/"a"', TUESDAY), True),
        (MONDAY, ('"a"', ""), False),
        ('W/"a"', ('W/"b"', ""), True),
        ("", ('"a"', MONDAY), False),  # nothing is known of it yet
    ],
    ids=str,
)
def test_a_part_of_another_file_is_known_by_what_it_says(mark: str, told: tuple[str, str], other: bool) -> None:
    assert _is_of_another(mark, _told(*told)) is other


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (errors.ConnectionLost("gone"), True),
        (errors.RequestTimeout("late"), True),
        (errors.ServerError(status=500, method="GET", path="/"), True),
        (errors.ServerAway("gone"), False),
        (errors.ClientClosed("closed"), False),
        (errors.UnexpectedResponse("odd", status=200), False),
        (errors.FileChanged("another"), False),
        (errors.NotFound(status=404, method="GET", path="/"), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_only_what_may_pass_is_waited_for(error: errors.PeerTubeError, passes: bool) -> None:
    assert _may_pass(error) is passes


async def test_a_part_of_a_file_is_all_that_is_asked_for() -> None:
    server = Server(most=300_000)
    async with serving(server) as pt:
        part = await pt.downloads.web_video("a.mp4").part(1000, 601_000)
    assert (part.data, part.total, part.mark) == (FILE[1000:601_000], len(FILE), TAG)
    asked = [(each["range"], each.get("if-range")) for each in server.asked]
    assert asked == [("bytes=1000-600999", None), ("bytes=301000-600999", TAG)]


async def test_parts_are_of_one_file() -> None:
    server = Server()
    async with serving(server) as pt:
        file = pt.downloads.web_video("a.mp4")
        first = await file.part(0, 1000)
        server.file, server.tag = FILE[::-1], '"v2"'
        for begin, end in ((0, 1000), (1000, 2000)):
            with pytest.raises(errors.FileChanged, match="changed"):
                await file.part(begin, end, mark=first.mark)


async def test_a_server_that_gives_no_parts_is_told_of_before_all_of_it_is_in_memory() -> None:
    async with serving(Server(ranges=False)) as pt:
        file = pt.downloads.web_video("a.mp4")
        assert (await file.part(0, len(FILE))).data == FILE
        for begin in (0, 1000):
            with pytest.raises(errors.UnexpectedResponse, match="as a whole alone"):
                await file.part(begin, 2000)


async def test_a_file_that_is_shorter_than_was_told_is_not_asked_for_again() -> None:
    for ranges in (True, False):
        server = Server(ranges=ranges)
        async with serving(server) as pt:
            with pytest.raises(errors.FileChanged, match="has 1,024,000 bytes"):
                await pt.downloads.web_video("a.mp4").part(0, len(FILE) + 1)
        assert len(server.asked) == 1


async def test_a_server_that_always_begins_anew_and_breaks_off_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aiopeertube._downloads._BASE", 0)
    server = Server(most=1000, ranges=False)
    async with serving(server) as pt:
        with pytest.raises(errors.TransportError):
            await asyncio.wait_for(pt.downloads.web_video("a.mp4").save(tmp_path / "a.mp4"), 30)
    assert len(server.asked) < 20


def _mocked(answer: Callable[[], Response]) -> PeerTube:
    return PeerTube("https://a.example", transport=MockTransport(lambda request: answer()))


@pytest.mark.parametrize("where", ["the disk", "the progress"])
async def test_an_error_here_is_not_taken_for_one_of_the_connection(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full, server = OSError(28, "No space left on device"), Server()

    def fails(*_: object) -> None:
        raise full

    if where == "the disk":
        monkeypatch.setattr("aiopeertube._downloads._BUFFER", 1000)
        monkeypatch.setattr("aiopeertube._downloads._Part._write", fails)
    async with serving(server) as pt:
        with pytest.raises(OSError, match="No space left") as caught:
            await pt.downloads.web_video("a.mp4").save(
                tmp_path / "a.mp4", on_progress=fails if where == "the progress" else None
            )
        assert {health.state for health in pt.statistics().health} == {"up"}
        assert all(health.reason == "" for health in pt.statistics().health)
    assert caught.value is full
    assert len(server.asked) == 1


async def test_an_error_of_the_server_leaves_no_file(tmp_path: Path) -> None:
    async with _mocked(lambda: reply(404, {"detail": "not there"})) as pt:
        with pytest.raises(errors.NotFound, match="not there"):
            await pt.downloads.generate(7, videoFileIds=[1]).save(tmp_path / "a.mp4")
    assert not (tmp_path / "a.mp4").exists()


async def test_a_transport_that_reads_answers_whole(tmp_path: Path) -> None:
    async with _mocked(lambda: Response(200, {"content-length": "3"}, b"abc")) as pt:
        assert (await pt.downloads.web_video("a").save(tmp_path / "a")).read_bytes() == b"abc"


async def test_what_is_wrong_is_known_before_anything_is_sent(tmp_path: Path) -> None:
    async with _mocked(lambda: reply(204)) as pt:
        with pytest.raises(errors.InvalidField):
            await pt.downloads.web_video("../a").save(tmp_path / "a")
