"""Bodies on their way: what goes, piece after piece, and what comes, within bounds."""

import asyncio
import io
import threading
from pathlib import Path
from typing import Any

import pytest

from aiopeertube import errors
from aiopeertube.stack.pool.bodies import Watched, pour, read_bounded
from aiopeertube.wire.answers import nothing
from aiopeertube.wire.messages import Request

pytestmark = pytest.mark.anyio

MIB = 1 << 20


@pytest.fixture
def anyio_backend() -> str:
    """Run on the real clock: a file is read by a thread."""
    return "asyncio"


REQUEST = Request("GET", "http://a", "/x?y=1", path="/x", decode=nothing)


class Stream:
    """Gives pieces, one after the other; its end shows with the last one, or after it."""

    def __init__(self, *pieces: bytes, shows: bool = True) -> None:
        self.pieces, self.shows = list(pieces), shows

    async def readany(self) -> bytes:
        return self.pieces.pop(0) if self.pieces else b""

    def at_eof(self) -> bool:
        return self.shows and not self.pieces


class Writer:
    def __init__(self, log: list[Any]) -> None:
        self.log = log

    async def write(self, data: bytes) -> None:
        self.log.append(data)


@pytest.mark.parametrize("pieces", [(), (b"one",), (b"one", b"two", b"three")])
@pytest.mark.parametrize("shows", [True, False])
async def test_an_answer_is_read_to_its_end(pieces: tuple[bytes, ...], shows: bool) -> None:
    found = await read_bounded(Stream(*pieces, shows=shows), REQUEST)
    assert (type(found), found) == (bytes, b"".join(pieces))


async def test_an_answer_has_a_bound() -> None:
    sixteen = bytes(16 * MIB)
    assert len(await read_bounded(Stream(*[sixteen] * 4), REQUEST)) == 64 * MIB
    with pytest.raises(errors.UnexpectedResponse) as caught:
        await read_bounded(Stream(*[sixteen] * 4, b"1"), REQUEST)
    assert str(caught.value) == "the answer to GET /x has more than 64 MiB"
    assert caught.value.status == 200


@pytest.mark.parametrize("on_disk", [True, False])
async def test_a_body_goes_piece_after_piece_and_says_so(tmp_path: Path, on_disk: bool) -> None:
    data = bytes(range(256)) * 2500  # two pieces and a half
    (tmp_path / "file").write_bytes(data)
    with (tmp_path / "file").open("rb") if on_disk else io.BytesIO(data) as file:
        log: list[Any] = []
        body = Watched(file, lambda: log.append("progress"), "video/mp4")
        assert (body.size, body.content_type) == (len(data), "video/mp4")
        for write in (body.write(Writer(log)), body.write_with_length(Writer(log), 5)):  # type: ignore[arg-type]
            log.clear()
            await write  # from its beginning, each time
            assert [item if isinstance(item, str) else len(item) for item in log] == [
                *("progress", 1 << 18, "progress", 1 << 18, "progress", len(data) - (1 << 19), "progress")
            ]
            assert b"".join(item for item in log if isinstance(item, bytes)) == data


class File:
    """A file that notes which thread reads it."""

    def __init__(self, raw: io.BytesIO) -> None:
        self.raw = raw
        self.threads: set[bool] = set()

    def seek(self, *where: int) -> int:
        return self.raw.seek(*where)

    def read(self, size: int) -> bytes:
        self.threads.add(threading.current_thread() is threading.main_thread())
        return self.raw.read(size)


async def test_a_file_on_a_disk_is_read_by_a_thread_and_one_in_memory_makes_room_for_others() -> None:
    file = File(io.BytesIO(bytes(1 << 20)))
    await Watched(file, lambda: None, "video/mp4").write(Writer([]))  # type: ignore[arg-type]
    assert file.threads == {False}
    rounds: list[int] = []

    async def others() -> None:
        while True:
            rounds.append(1)
            await asyncio.sleep(0)

    beside = asyncio.create_task(others())
    await Watched(io.BytesIO(bytes(1 << 20)), lambda: None, "video/mp4").write(Writer([]))  # type: ignore[arg-type]
    beside.cancel()
    assert len(rounds) == 4  # once for each piece


@pytest.mark.parametrize("size", [1 << 18, (1 << 18) + 1, 600_000])
@pytest.mark.parametrize("grows", [True, False])
async def test_no_more_goes_than_was_announced_and_no_file_that_changes_goes_whole(
    tmp_path: Path, grows: bool, size: int
) -> None:
    path = tmp_path / "file"
    log: list[bytes] = []
    path.write_bytes(bytes(size))
    with path.open("rb") as file:
        body = Watched(file, lambda: None, "video/mp4")
        path.write_bytes(bytes(size + 1 if grows else size - 1))
        with pytest.raises(errors.FileUnreadable, match="file: it changed while it was sent"):
            await body.write(Writer(log))  # type: ignore[arg-type]
    assert sum(map(len, log)) < size


async def test_a_file_that_cannot_be_read_says_so() -> None:
    class Broken(File):
        def read(self, size: int) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(errors.FileUnreadable, match="a file: Input/output error"):
        await Watched(Broken(io.BytesIO(bytes(10))), lambda: None, "video/mp4").write(Writer([]))  # type: ignore[arg-type]


async def test_a_body_as_text() -> None:
    body = Watched(io.BytesIO("Café".encode()), lambda: None, "text/plain")
    assert [body.decode(), body.decode("utf-8"), body.decode("ascii", "ignore")] == ["Café", "Café", "Caf"]
    with pytest.raises(UnicodeDecodeError):
        body.decode("ascii")


async def test_a_file_is_poured_as_it_comes() -> None:
    log: list[Any] = []

    class Taking:
        def begin(self, status: int, headers: Any) -> None:
            log.append((status, headers))

        async def write(self, data: bytes) -> None:
            log.append(data)

    await pour(Taking(), lambda: log.append("progress"), 206, {"a": "b"}, Stream(b"one", b"two"))
    assert log == [(206, {"a": "b"}), "progress", b"one", "progress", "progress", b"two", "progress"]
