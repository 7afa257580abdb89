"""Uploads in chunks: the machine alone, and what the driver makes of answers, against a server that forgets."""

import asyncio
import os
import random
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from aiopeertube import Call, PeerTube, errors
from aiopeertube.resumable import Machine, Ticket, upload
from aiopeertube.resumable.ends import ends_of
from aiopeertube.resumable.machine import (
    MISSES,
    RESTARTS,
    SMALLEST,
    Action,
    Ask,
    Done,
    GiveUp,
    Look,
    Lost,
    Refused,
    Send,
    Start,
    Wait,
)
from aiopeertube.testing import MockTransport, reply
from aiopeertube.types import VideoId
from aiopeertube.wire.messages import JsonBody, RawBody, Request, Response

Event = str | tuple[Any, ...]  # a method of the machine, with its arguments if it takes any

Row = dict[str, Any]  # of a list of videos
File = tuple[str | None, int | None] | None  # name and size, as far as the server knows them

T = TypeVar("T")

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("virtual_backend")]

VIDEO: VideoId = {"id": 7, "uuid": "38773124-8101-4655-a4ef-2124259155af", "shortUUID": "kkGMgK9ZtnKfYAgnEtQxbv"}
MOST = 20_000  # steps after which an upload is said never to end


# -- the machine ---------------------------------------------------------------------------------


def expected(kind: type[T], action: Action) -> T:
    assert isinstance(action, kind)
    return action


def run(machine: Machine, *events: Event) -> list[Action]:
    """Tell one event after the other; return what it wants to do after each, pauses left out."""
    wanted = [machine.next()]
    for event in events:
        action = machine.next()
        sent = action if isinstance(action, Send) else None
        name, *arguments = event if isinstance(event, tuple) else (event,)
        if name == "answered":
            (offset,) = arguments
            machine.answered(offset, sent)
        elif name in {"failed", "crashed", "unknown"}:
            getattr(machine, name)(sent)
        elif name in {"refused", "unreadable"}:
            machine.refused(sent, unreadable=name == "unreadable")
        elif name in {"locked", "making"}:
            machine.busy(sent, making=name == "making")
        else:
            getattr(machine, name)(*arguments)
        if isinstance(machine.next(), Wait):
            machine.rested()
        wanted.append(machine.next())
    return wanted


def test_one_chunk_after_the_other() -> None:
    wanted = run(Machine(25, chunk_size=10), ("started", 0), ("answered", 10), ("answered", 20), ("finished", VIDEO))
    assert wanted == [Start(), Send(0, 10), Send(10, 20), Send(20, 25), Done(VIDEO)]


def test_nothing_changes_until_something_happened() -> None:
    machine = Machine(25, chunk_size=10)
    machine.started(0)
    assert [machine.next() for _ in range(3)] == [Send(0, 10)] * 3


def test_it_goes_on_from_where_the_server_is() -> None:
    wanted = run(Machine(50, chunk_size=10), ("started", 0), ("answered", 4), ("answered", 14), ("answered", 2))
    assert wanted[1:] == [Send(0, 10), Send(4, 14), Send(14, 24), Send(2, 12)]


def test_an_announcement_may_find_some_of_it() -> None:
    assert run(Machine(50, chunk_size=10), ("started", 30))[1] == Send(30, 40)


def test_a_resumed_upload_is_asked_for_first() -> None:
    assert run(Machine(50, chunk_size=10, resumed=True), ("answered", 33)) == [Ask(), Send(33, 43)]


@pytest.mark.parametrize("event", ["failed", "crashed", "locked", "making"])
def test_after_a_failure_the_server_is_asked(event: str) -> None:
    wanted = run(Machine(50, chunk_size=10), ("started", 0), event, ("answered", 3), event, ("answered", 13))
    assert wanted[2:] == [Ask(), Send(3, 13), Ask(), Send(13, 23)]


def test_an_answer_without_an_offset_is_a_failure() -> None:
    assert run(Machine(50, chunk_size=10), ("started", 0), ("answered", None))[-1] == Ask()


def test_more_than_was_sent_is_not_believed() -> None:
    wanted = run(Machine(50, chunk_size=10), ("started", 0), ("answered", 40), "failed", ("answered", 50))
    assert wanted[2:] == [Send(10, 20), Ask(), Send(20, 30)]


def test_what_was_there_before_is_believed_but_not_beyond_the_end() -> None:
    assert run(Machine(50, chunk_size=10, resumed=True), ("answered", 90))[-1] == Send(49, 50)


def test_all_of_it_and_no_end_takes_the_last_byte_again() -> None:
    wanted = run(Machine(20, chunk_size=10), ("started", 10), "failed", ("answered", 20), ("finished", VIDEO))
    assert wanted[2:] == [Ask(), Send(19, 20), Done(VIDEO)]


def test_a_server_that_never_sees_the_end_is_given_up() -> None:
    wanted = run(Machine(20, chunk_size=20), ("started", 0), *[("answered", 20)] * (MISSES + 2))
    assert wanted[-2:] == [Send(19, 20), GiveUp(perhaps_finished=False, stuck=False)]


def test_pauses_grow_and_end_with_progress() -> None:
    machine = Machine(50, chunk_size=10)
    machine.started(0)
    pauses = []
    for _ in range(MISSES):
        machine.failed(None)
        pauses.append(expected(Wait, machine.next()).seconds)
        machine.rested()
    assert pauses == [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0]
    machine.answered(10, Send(0, 10))
    machine.failed(None)
    assert machine.next() == Wait(0.25)


def test_no_progress_is_given_up() -> None:
    machine = Machine(50, chunk_size=10)
    assert run(machine, ("started", 0), *["failed"] * (MISSES + 1))[-1] == GiveUp(False, False)


def test_a_server_that_always_goes_back_is_given_up() -> None:
    machine = Machine(50, chunk_size=10)
    wanted = run(machine, ("started", 0), *[("answered", 10), ("answered", 0)] * (MISSES + 2))
    assert wanted[-1] == GiveUp(False, False)


def test_sending_it_all_again_is_no_failure() -> None:
    once = [("answered", n) for n in range(10, 500, 10)]
    wanted = run(Machine(500, chunk_size=10), ("started", 0), *once, ("answered", 0), *once)
    assert wanted[-1] == Send(490, 500)


def test_chunks_shrink_when_they_fail_again_and_again() -> None:
    size = SMALLEST * 100
    machine = Machine(size, chunk_size=SMALLEST * 8)
    machine.started(0)
    sizes = []
    for _ in range(6):
        chunk = expected(Send, machine.next())
        sizes.append((chunk.end - chunk.begin) // SMALLEST)
        machine.failed(chunk)
        machine.rested()
        machine.answered(0, None)
    assert sizes == [8, 8, 4, 2, 1, 1]


def test_chunks_too_large_for_a_proxy_shrink_at_once_and_to_an_end() -> None:
    machine = Machine(SMALLEST * 100, chunk_size=SMALLEST * 4)
    machine.started(0)
    assert [machine.too_large() for _ in range(3)] == [True, True, False]
    assert machine.next() == Ask()
    assert Machine(50, chunk_size=10).too_large() is False


class TestWhatBecameOfIt:
    """Whether there may be a video of which nobody heard."""

    def machine(self, **options: Any) -> Machine:
        return Machine(20, chunk_size=10, **options)

    @pytest.mark.parametrize("gone", ["unknown", "unreadable"])
    @pytest.mark.parametrize(
        "events",
        [("failed",), ("failed", "failed"), ("making",), ("failed", "making", "making"), ("crashed",), ("locked",)],
    )
    def test_the_last_answer_was_lost_and_the_upload_is_gone(self, events: tuple[str, ...], gone: str) -> None:
        wanted = run(self.machine(), ("started", 10), *events, gone)
        assert wanted[1:] == [Send(10, 20), *[Ask()] * len(events), Look()]

    def test_the_last_chunk_itself_meets_no_upload(self) -> None:
        assert run(self.machine(), ("started", 10), "unknown")[-1] == Look()

    def test_an_upload_of_an_earlier_run_is_gone(self) -> None:
        for gone in ("unknown", "unreadable"):
            assert run(self.machine(resumed=True), gone)[-1] == Look()

    def test_the_look_finds_it(self) -> None:
        wanted = run(self.machine(), ("started", 10), "failed", "unknown", ("found", VIDEO))
        assert wanted[-2:] == [Look(), Done(VIDEO)]

    def test_the_look_finds_that_there_is_none_so_it_begins_anew(self) -> None:
        for gone in ("unknown", "unreadable"):
            wanted = run(self.machine(), ("started", 10), "failed", gone, ("not_found",), ("started", 0))
            assert wanted[-3:] == [Look(), Start(), Send(0, 10)]

    def test_unless_that_is_not_wanted_either(self) -> None:
        wanted = run(self.machine(restart=False), ("started", 10), "failed", "unknown", ("not_found",))
        assert wanted[-1] == Lost(perhaps_finished=False)

    def test_the_look_finds_nothing_out(self) -> None:
        for restart in (True, False):
            wanted = run(self.machine(restart=restart), ("started", 10), "failed", "unknown", ("not_sure",))
            assert wanted[-1] == Lost(perhaps_finished=True)

    def test_the_first_answer_to_the_last_chunk_says_that_it_is_no_video(self) -> None:
        """And yet somebody on the way may have sent it twice, so that is looked into."""
        for found, end in ((("found", VIDEO), Done(VIDEO)), (("not_found",), Refused()), (("not_sure",), Refused())):
            assert run(self.machine(), ("started", 10), "unreadable", found)[-2:] == [Look(), end]

    def test_any_refusal_after_the_last_answer_was_lost_is_looked_into(self) -> None:
        wanted = run(self.machine(), ("started", 10), "failed", "refused", ("not_found",))
        assert wanted[-2:] == [Look(), Refused()]

    @pytest.mark.parametrize(
        ("events", "perhaps"),
        [
            (("failed", "refused", ("not_found",)), False),
            (("failed", "refused", ("not_sure",)), True),
            (("unreadable", ("not_sure",)), False),  # that was the answer to the last chunk, and no other is missing
            (("unreadable", ("not_found",)), False),
        ],
    )
    def test_only_when_nobody_can_tell_is_a_refused_one_in_doubt(
        self, events: tuple[Event, ...], perhaps: bool
    ) -> None:
        machine = self.machine()
        assert run(machine, ("started", 10), *events)[-1] == Refused()
        assert machine.perhaps_finished is perhaps

    def test_a_refusal_before_that_is_not(self) -> None:
        for event in ("refused", "unreadable"):
            assert run(self.machine(), ("started", 0), event)[-1] == Refused()

    def test_it_looks_before_it_gives_up(self) -> None:
        lost = run(self.machine(), ("started", 10), *["failed"] * (MISSES + 1), ("found", VIDEO))
        assert lost[-2:] == [Look(), Done(VIDEO)]
        wanted = run(self.machine(), ("started", 10), *["failed"] * (MISSES + 1), ("not_found",))
        assert wanted[-1] == GiveUp(perhaps_finished=True, stuck=False)

    def test_one_that_lacked_bytes_begins_anew(self) -> None:
        assert run(self.machine(), ("started", 0), "unknown", ("started", 0))[-2:] == [Start(), Send(0, 10)]
        wanted = run(self.machine(resumed=True), ("answered", 5), "failed", ("answered", 6), "failed", "unknown")
        assert wanted[-1] == Start()

    def test_unless_that_is_not_wanted(self) -> None:
        assert run(self.machine(restart=False), ("started", 0), "unknown")[-1] == Lost(perhaps_finished=False)

    def test_or_happens_again_and_again(self) -> None:
        events: list[Event] = [("started", 0), "unknown"]
        wanted = run(self.machine(), *events * (RESTARTS + 1))
        assert wanted.count(Start()) == RESTARTS + 1
        assert wanted[-1] == Lost(perhaps_finished=False)

    def test_the_server_failed_at_making_the_video(self) -> None:
        for found in ("not_found", "not_sure"):
            wanted = run(self.machine(), ("started", 10), "crashed", "making", (found,))
            assert wanted[-2:] == [Look(), GiveUp(True, stuck=True)]

    def test_a_failure_before_that_is_one_like_others(self) -> None:
        assert run(self.machine(), ("started", 0), "crashed", "making", "locked")[-1] == Ask()

    def test_nor_does_a_chunk_on_its_way_mean_that(self) -> None:
        assert run(self.machine(), ("started", 10), "crashed", "locked", ("answered", 12))[-1] == Send(12, 20)

    def test_a_server_that_stays_busy_is_given_up_after_its_patience(self) -> None:
        machine = self.machine(patience=100.0)
        machine.started(10)
        waited = 0.0
        while not isinstance(machine.next(), GiveUp | Look):
            machine.busy(None, making=True)
            if isinstance(action := machine.next(), Wait):
                waited += action.seconds
                machine.rested()
        assert 60 < waited <= 100
        assert expected(GiveUp, machine.next()).stuck

    def test_nothing_of_the_kind(self) -> None:
        assert run(self.machine(), ("started", 0), *["failed"] * 9)[-1] == GiveUp(False, stuck=False)


@pytest.mark.parametrize(("size", "chunk"), [(0, 1), (-1, 1), (1, 0)])
def test_sizes_that_make_no_sense(size: int, chunk: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        Machine(size, chunk_size=chunk)


class FakeServer:
    """Bytes on a disk, as PeerTube keeps them, between a network and a disk that lose some."""

    def __init__(self, seed: int, size: int) -> None:
        self.random = random.Random(seed)
        self.size = size
        self.here = self.length = 0  # bytes without a gap, and the file's length
        self.made = 0  # videos
        self.trouble = self.random.choice([0.0, 0.05, 0.3, 0.7])
        self.lies = self.random.choice([0.0, 0.0, 0.2])

    def answer(self, machine: Machine, sent: Send | None) -> None:
        if self.made:  # the upload is forgotten
            answers: list[Callable[[Send | None], None]]
            answers = [machine.unknown, machine.failed, self.unreadable(machine)]
            return self.random.choice(answers)(sent)
        kind = self.random.choice("bbbbbbolssulmc") if self.random.random() < self.trouble else "ok"
        if sent is not None and kind != "b":
            assert sent.begin <= self.length, "a gap"
            self.write(sent.begin, sent.end if kind != "s" else self.random.randint(sent.begin, sent.end))
            self.made += sent.end == self.size and kind in {"ok", "o", "c", "u"}
        if kind == "c":
            return machine.crashed(sent)
        if kind == "s" or kind == "b" or kind == "o":
            return machine.failed(sent)
        if kind == "l":
            self.here = self.length = self.random.randint(0, self.length)
            return machine.failed(sent)
        if kind == "u" and (sent is None or sent.end < self.size):
            self.here = self.length = 0
            return machine.unknown(sent)
        if kind == "m":
            return machine.busy(sent, making=self.random.random() < 0.5)
        if sent is not None and sent.end == self.size:
            return machine.finished(VIDEO)
        return machine.answered(self.told(sent), sent)

    @staticmethod
    def unreadable(machine: Machine) -> Callable[[Send | None], None]:
        return lambda sent: machine.refused(sent, unreadable=True)

    def look(self, machine: Machine) -> None:
        if self.random.random() < self.trouble / 4:
            machine.not_sure()
        elif self.made:
            machine.found(VIDEO)
        else:
            machine.not_found()
            self.here = self.length = 0

    def write(self, begin: int, end: int) -> None:
        assert begin <= self.here
        self.here = max(self.here, end)
        self.length = max(self.length, end)

    def told(self, sent: Send | None) -> int | None:
        if self.random.random() < self.lies:
            return self.random.choice([None, self.random.randint(0, self.here)])
        return sent.end if sent is not None else self.length


@pytest.mark.parametrize("seed", range(300))
def test_whatever_is_lost_there_is_no_gap_and_an_end(seed: int) -> None:
    size = random.Random(seed).randint(1, 500)
    server = FakeServer(seed, size)
    machine = Machine(size, chunk_size=random.Random(seed + 1).randint(1, 60))
    for _ in range(MOST):
        match machine.next():
            case Start():
                machine.started(0)
            case Ask():
                server.answer(machine, None)
            case Wait():
                machine.rested()
            case Send(begin, end) as sent:
                assert 0 <= begin < end <= size
                assert end - begin <= machine.chunk_size
                server.answer(machine, sent)
            case Look():
                server.look(machine)
            case Done():
                assert server.here == size
                assert server.made == 1
                return
            case Lost(perhaps_finished=perhaps) | GiveUp(perhaps_finished=perhaps):
                assert server.trouble or server.lies
                assert server.made <= perhaps
                return
            case Refused():
                assert server.trouble
                assert server.made <= machine.perhaps_finished
                return
    pytest.fail("it never ends")


@pytest.mark.parametrize("seed", range(100))
def test_a_server_that_says_just_anything_makes_no_gap_and_no_endless_upload(seed: int) -> None:
    rng = random.Random(seed)
    size = rng.randint(1, 200)
    machine = Machine(size, chunk_size=rng.randint(1, 20), restart=rng.random() < 0.5)
    whole = 0
    for _ in range(MOST):
        action = machine.next()
        if isinstance(action, Done | Lost | GiveUp | Refused):
            return
        if isinstance(action, Look):
            rng.choice([machine.not_found, machine.not_sure])()
            continue
        if isinstance(action, Start):
            machine.started(0)
            whole = 0
            continue
        if isinstance(action, Wait):
            machine.rested()
            continue
        sent = action if isinstance(action, Send) else None
        if sent is not None:
            assert sent.begin <= whole, "a gap"
            whole = max(whole, sent.end)
        match rng.randrange(20):
            case 0:
                machine.unknown(sent)
            case 1:
                machine.busy(sent, making=rng.random() < 0.5)
            case 2:
                machine.crashed(sent)
            case 3 | 4:
                machine.failed(sent)
            case 5:
                machine.too_large()
            case 6:
                machine.refused(sent, unreadable=rng.random() < 0.8)
            case _:
                machine.answered(rng.randint(-5, size * 2), sent)
    pytest.fail("it never ends")


# -- the driver ----------------------------------------------------------------------------------

ID = "af63ac4c86019afc-1"
LOCATION = f"//elsewhere.example/api/v1/videos/upload-resumable?upload_id={ID}"


@pytest.fixture
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read files on the loop: the virtual clock cannot wait for threads."""

    async def to_thread(function: Callable[..., T], *arguments: Any) -> T:
        return function(*arguments)

    monkeypatch.setattr("aiopeertube.resumable.driver.asyncio.to_thread", to_thread)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    path.write_bytes(bytes(range(250)) * 10)
    return path


def row_of(number: int, uuid: str, **changes: Any) -> Row:
    row = {"id": number, "uuid": uuid, "shortUUID": f"short{number}", "name": "Film", "channel": {"id": 1}}
    return row | changes


OLD, MADE = row_of(6, "an-old-one"), row_of(7, VIDEO["uuid"], shortUUID=VIDEO["shortUUID"])


class Disk:
    """Answers as PeerTube does; `script` has one entry for each PUT: None, a Response, or an error to raise.

    `rows` are the user's videos before the upload, `made` those that came of it (seen once a PUT was made), the
    newest first; `files` their file's name and size where it is not the upload's.
    """

    def __init__(
        self,
        *script: Response | Exception | None,
        size: int = 2500,
        rows: Iterable[Row] = (OLD,),
        made: Iterable[Row] = (),
        files: dict[str, File] | None = None,
    ) -> None:
        self.script = list(script)
        self.size = size
        self.rows, self.made, self.files = rows, made, files or {}
        self.data = bytearray()
        self.seen: list[str] = []
        self.looked = 0
        self.finished = False

    def list(self, request: Request) -> Response:
        if "/source" in request.path:
            uuid = request.path.split("/")[-2]
            known = self.files.get(uuid, ("film.mp4", self.size))
            return reply(404, {}) if known is None else reply(200, {"inputFilename": known[0], "size": known[1]})
        if request.path == "/api/v1/videos":  # the client asks whether the server is there
            return self.probed()
        assert request.path == "/api/v1/users/me/videos"
        sent = any(entry.startswith("PUT") for entry in self.seen)
        self.looked += sent
        rows = [*self.made, *self.rows] if sent else list(self.rows)
        return reply(200, {"total": len(rows), "data": rows})

    def probed(self) -> Response:
        return reply(200, {"total": 0, "data": []})

    async def handle(self, request: Request) -> Response:
        if request.method == "GET":
            return self.list(request)
        ranged = dict(request.headers).get("Content-Range")
        self.seen.append(f"{request.method} {ranged}" if ranged else request.method)
        assert request.origin == "http://127.0.0.1"
        if request.method == "POST":
            self.data.clear()
            return reply(201, location=LOCATION)
        assert request.target.endswith(f"?upload_id={ID}")
        if request.method == "DELETE":
            return reply(204)
        planned = self.script.pop(0) if self.script else None
        if isinstance(planned, Exception):
            raise planned
        return planned or self.put(request, ranged)

    def put(self, request: Request, ranged: str | None) -> Response:
        if isinstance(request.body, RawBody):
            assert ranged is not None
            begin = int(ranged.removeprefix("bytes ").split("-")[0])
            assert begin <= len(self.data)
            self.data[begin : begin + len(request.body.data)] = request.body.data
            self.finished = begin + len(request.body.data) == self.size
        if self.finished:
            return reply(200, {"video": VIDEO})
        return Response(308, {"range": f"bytes=0-{len(self.data) - 1}"}, b"")

    def client(self) -> PeerTube:
        return PeerTube("http://127.0.0.1", token="t", transport=MockTransport(self.handle))


class Outage(Disk):
    """A server that is not there for some seconds after so many chunks; the next one arrives, but not its answer."""

    def __init__(self, answered: int, *, seconds: float) -> None:
        super().__init__()
        self.answered, self.seconds = answered, seconds
        self.away_since = 0.0

    async def handle(self, request: Request) -> Response:
        now = asyncio.get_running_loop().time()
        if len(self.seen) <= self.answered or (self.away_since and now >= self.away_since + self.seconds):
            return await super().handle(request)
        if not self.away_since:
            self.away_since = now
            await super().handle(request)
            raise errors.ConnectionLost("gone")
        raise errors.ServerUnreachable("refused")


async def send(disk: Disk, path: Path, **options: Any) -> VideoId:
    given: dict[str, Any] = {"channelId": 1, "name": "Film", "chunk_size": 1000} | options
    async with disk.client() as pt:
        return await upload(pt, path, **given)


FIRST, SECOND, THIRD = "PUT bytes 0-999/2500", "PUT bytes 1000-1999/2500", "PUT bytes 2000-2499/2500"
ASKED = "PUT bytes */2500"
LOCKED = {"error": {"code": "FileLocked", "message": "File locked"}}
FORGOTTEN = {"error": {"code": "FileNotFound", "message": "Not found"}}


def gone() -> Response:
    return reply(404, FORGOTTEN)


def unreadable() -> Response:
    return reply(422, {"detail": "Video file unreadable."})


def making() -> Response:
    return reply(503, {"detail": "The upload is already being processed"}, retry_after="300")


@pytest.mark.usefixtures("inline")
class TestDriver:
    async def test_every_byte_and_the_video(self, film: Path) -> None:
        disk, heard = Disk(), []
        video = await send(disk, film, on_progress=lambda *told: heard.append(told))
        assert video == VIDEO
        assert disk.seen == ["POST", FIRST, SECOND, THIRD]
        assert bytes(disk.data) == film.read_bytes()
        assert heard == [(1000, 2500), (2000, 2500), (2500, 2500)]

    async def test_the_ticket_comes_before_any_byte_and_may_be_waited_for(self, film: Path) -> None:
        disk = Disk()
        heard = []

        async def keep(ticket: Ticket) -> None:
            await asyncio.sleep(5)
            heard.append((ticket, list(disk.seen)))

        await send(disk, film, on_started=keep)
        status = film.stat()
        assert heard == [(Ticket(ID, 2500, status.st_mtime_ns, newest=6), ["POST"])]

    async def test_goes_on_with_a_ticket(self, film: Path) -> None:
        disk = Disk()
        disk.data[:] = film.read_bytes()[:1500]
        status = film.stat()
        for ticket in (ID, Ticket(ID, 2500, status.st_mtime_ns)):
            disk.seen.clear()
            disk.finished = False
            del disk.data[1500:]
            assert await send(disk, film, upload_id=ticket) == VIDEO
            assert disk.seen == [ASKED, "PUT bytes 1500-2499/2500"]
            assert bytes(disk.data) == film.read_bytes()

    @pytest.mark.parametrize(
        "trouble",
        [
            errors.ConnectionLost("gone"),
            errors.RequestTimeout("late"),
            reply(502, text="<h1>Bad gateway</h1>"),
            reply(408, text="<h1>Request timeout</h1>"),
            reply(500, {"detail": "out of order"}),
            reply(200, text="<h1>Welcome</h1>"),
            Response(308, {}, b""),
            Response(308, {"range": "bytes=0-NaN"}, b""),
        ],
        ids=repr,
    )
    async def test_a_failure_in_the_middle_asks_and_goes_on(self, film: Path, trouble: Response | Exception) -> None:
        disk = Disk(None, trouble)
        assert await send(disk, film) == VIDEO
        assert disk.seen == ["POST", FIRST, SECOND, ASKED, SECOND, THIRD]
        assert bytes(disk.data) == film.read_bytes()

    async def test_a_locked_upload_is_waited_for(self, film: Path) -> None:
        disk = Disk(errors.ConnectionLost("gone"), *[reply(423, LOCKED)] * 5)
        began = asyncio.get_running_loop().time()
        assert await send(disk, film) == VIDEO
        assert disk.seen[1:8] == [FIRST, *[ASKED] * 6]
        assert asyncio.get_running_loop().time() - began > 10

    async def test_the_last_answer_was_lost_and_the_server_still_has_to_make_the_video(self, film: Path) -> None:
        disk = Disk(None, None, errors.ConnectionLost("gone"), reply(200, {"video": VIDEO}))
        assert await send(disk, film) == VIDEO
        assert disk.seen[-2:] == [THIRD, ASKED]

    @pytest.mark.parametrize(
        "after",
        [
            (lambda: [gone()]),  # 6.3
            (lambda: [making(), making(), gone()]),
            (lambda: [unreadable(), gone()]),  # 8.2, within the first 0.1 s
            (lambda: [making(), unreadable()]),
            (lambda: [errors.RequestTimeout("late"), gone()]),
        ],
    )
    async def test_the_last_answer_was_lost_and_the_video_is_made(
        self, film: Path, after: Callable[[], list[Response | Exception]]
    ) -> None:
        disk = Disk(None, None, errors.ConnectionLost("gone"), *after(), made=[MADE])
        assert await send(disk, film) == VIDEO
        assert (disk.seen.count("POST"), disk.looked) == (1, 1)

    async def test_somebody_on_the_way_sent_the_last_chunk_twice(self, film: Path) -> None:
        for answer in (unreadable(), gone()):
            disk = Disk(None, None, answer, made=[MADE])
            assert await send(disk, film) == VIDEO
            assert disk.seen == ["POST", FIRST, SECOND, THIRD]

    async def test_the_last_chunk_was_lost_with_the_upload_so_it_is_sent_once_more(self, film: Path) -> None:
        disk = Disk(None, None, errors.ConnectionLost("gone"), gone())
        assert await send(disk, film) == VIDEO
        assert disk.seen == ["POST", FIRST, SECOND, THIRD, ASKED, "DELETE", "POST", FIRST, SECOND, THIRD]

    async def test_an_upload_of_an_earlier_run_is_found_by_its_ticket(self, film: Path) -> None:
        disk = Disk(gone(), made=[MADE])
        ticket = Ticket(ID, 2500, film.stat().st_mtime_ns, newest=6)
        assert await send(disk, film, upload_id=ticket) == VIDEO
        assert disk.seen == [ASKED]

    async def test_when_the_list_cannot_be_read_nobody_knows(self, film: Path) -> None:
        class Listless(Disk):
            def list(self, request: Request) -> Response:
                return super().list(request) if not self.seen else reply(403, {})

        disk = Listless(None, None, errors.ConnectionLost("gone"), gone())
        with pytest.raises(errors.UploadUnknown, match="look for it") as caught:
            await send(disk, film)
        assert (caught.value.upload_id, caught.value.perhaps_finished) == (ID, True)
        assert disk.seen.count("POST") == 1

    async def test_the_server_failed_at_the_video(self, film: Path) -> None:
        disk = Disk(None, None, reply(500, {"detail": "serialize"}), making())
        with pytest.raises(errors.UploadStuck, match="already being processed") as caught:
            await send(disk, film)
        assert (caught.value.upload_id, caught.value.perhaps_finished) == (ID, True)

    async def test_one_that_was_forgotten_begins_anew(self, film: Path) -> None:
        disk = Disk(None, gone())
        tickets: list[Ticket] = []
        assert await send(disk, film, on_started=tickets.append) == VIDEO
        assert disk.seen == ["POST", FIRST, SECOND, "POST", FIRST, SECOND, THIRD]
        assert len(tickets) == 2
        assert bytes(disk.data) == film.read_bytes()

    async def test_unless_that_is_not_wanted(self, film: Path) -> None:
        with pytest.raises(errors.UploadUnknown) as caught:
            await send(Disk(None, gone()), film, restart=False)
        assert not caught.value.perhaps_finished

    async def test_one_of_an_earlier_run_that_is_gone_may_have_been_finished(self, film: Path) -> None:
        with pytest.raises(errors.UploadUnknown) as caught:
            await send(Disk(gone()), film, upload_id=ID)
        assert caught.value.perhaps_finished

    async def test_a_server_that_is_away_for_good(self, film: Path) -> None:
        disk = Disk(None, *[errors.ConnectionLost("gone")] * 20)
        with pytest.raises(errors.UploadFailed, match="no progress: gone") as caught:
            await send(disk, film)
        assert type(caught.value) is errors.UploadFailed
        assert isinstance(caught.value.__cause__, errors.ConnectionLost)
        assert (caught.value.upload_id, caught.value.perhaps_finished) == (ID, False)

    @pytest.mark.parametrize("answered", [0, 1, 2])
    async def test_an_outage_is_waited_out(self, film: Path, answered: int) -> None:
        disk = Outage(answered, seconds=90)
        began = asyncio.get_running_loop().time()
        assert await send(disk, film) == VIDEO
        assert bytes(disk.data) == film.read_bytes()
        assert disk.seen.count("POST") == 1
        assert asyncio.get_running_loop().time() - began >= 90

    @pytest.mark.parametrize("answered", [0, 1, 2])
    async def test_the_end_of_patience_is_the_end_and_tells_what_is_in_doubt(self, film: Path, answered: int) -> None:
        disk = Outage(answered, seconds=1e6)
        with pytest.raises(errors.ServerAway) as caught:
            await send(disk, film)
        assert caught.value.in_doubt is (answered == 2)  # the last chunk was sent, and its answer lost
        assert 120 <= asyncio.get_running_loop().time() - disk.away_since < 150

    @pytest.mark.parametrize("answered", [0, 1, 2])
    async def test_a_client_that_is_closed_ends_it(self, film: Path, answered: int) -> None:
        disk = Disk(*[None] * answered, errors.ClientClosed("closed"))
        with pytest.raises(errors.ClientClosed) as caught:
            await send(disk, film)
        assert caught.value.in_doubt is (answered == 2)
        assert len(disk.seen) == 1 + answered + 1

    @pytest.mark.parametrize(
        ("script", "perhaps"), [((None,), False), ((None, None, errors.ConnectionLost("x")), True)]
    )
    async def test_a_dead_token_ends_it_at_once(
        self, film: Path, script: tuple[Exception | None, ...], perhaps: bool
    ) -> None:
        disk = Disk(*script, reply(401, {"code": "invalid_token"}))
        with pytest.raises(errors.SessionExpired) as caught:
            await send(disk, film)
        assert caught.value.in_doubt is perhaps
        assert len(disk.seen) == 1 + len(script) + 1

    async def test_what_an_error_of_a_bulk_run_says(self, film: Path) -> None:
        """An upload that perhaps made its video is in doubt; one that made none failed."""

        class Uploading:
            def __init__(self, pt: PeerTube) -> None:
                self.pt = pt

            def prepare(self, call: Call[Any]) -> Request:
                return self.pt.prepare(call)

            async def send(self, request: Request) -> VideoId:
                given: dict[str, Any] = {"channelId": 1, "name": "Film", "chunk_size": 1000, "restart": False}
                return await upload(self.pt, film, upload_id=request.tag, **given)

        states = []
        for ticket, script in ((ID, [gone()]), (None, [None, gone()])):
            async with Disk(*script).client() as pt:
                calls = [pt.uploads.status(ID, 2500).tagged(ticket)]
                async with pt.bulk(calls, sender=Uploading(pt)) as run:
                    states += [(outcome.state, type(outcome.error)) async for outcome in run]
        assert states == [("in doubt", errors.UploadUnknown), ("failed", errors.UploadUnknown)]

    async def test_no_video_is_final_and_lets_the_id_go(self, film: Path) -> None:
        disk = Disk(None, None, reply(422, {"detail": "Video file unreadable."}))
        with pytest.raises(errors.Unprocessable, match="unreadable"):
            await send(disk, film)
        assert disk.seen[-2:] == [THIRD, "DELETE"]

    @pytest.mark.parametrize(
        ("status", "kind"), [(403, errors.NotPermitted), (409, errors.Conflict), (413, errors.TooLarge)]
    )
    async def test_refusals_are_final(self, film: Path, status: int, kind: type[errors.ApiError]) -> None:
        disk = Disk(None, reply(status, {}))
        with pytest.raises(kind):
            await send(disk, film)
        assert disk.seen == ["POST", FIRST, SECOND]

    async def test_redirects_are_not_followed(self, film: Path) -> None:
        disk = Disk(Response(308, {"location": "https://elsewhere.example/", "range": "bytes=0-9"}, b""))
        with pytest.raises(errors.RedirectRefused):
            await send(disk, film)
        assert disk.seen == ["POST", FIRST]

    async def test_chunks_that_a_proxy_refuses_get_smaller(self, tmp_path: Path) -> None:
        path = tmp_path / "film.mp4"
        path.write_bytes(os.urandom(SMALLEST * 5))
        disk = Disk(reply(413, text="too large"), size=SMALLEST * 5)
        assert await send(disk, path, chunk_size=SMALLEST * 4) == VIDEO
        assert disk.seen[2:] == [
            f"PUT bytes */{SMALLEST * 5}",
            f"PUT bytes 0-{SMALLEST * 2 - 1}/{SMALLEST * 5}",
            f"PUT bytes {SMALLEST * 2}-{SMALLEST * 4 - 1}/{SMALLEST * 5}",
            f"PUT bytes {SMALLEST * 4}-{SMALLEST * 5 - 1}/{SMALLEST * 5}",
        ]
        assert bytes(disk.data) == path.read_bytes()

    async def test_a_chunk_is_never_larger_than_it_should_be(self, film: Path) -> None:
        sizes = []

        class Watching(Disk):
            def put(self, request: Request, ranged: str | None) -> Response:
                assert isinstance(request.body, RawBody)
                sizes.append(len(request.body.data))
                return super().put(request, ranged)

        await send(Watching(), film, chunk_size=70)
        assert (max(sizes), sum(sizes)) == (70, 2500)


@pytest.mark.usefixtures("inline")
class TestWhichVideo:
    """Among the user's videos, the one that came of an upload whose answer was lost, and no other."""

    LOST = (None, None, errors.ConnectionLost("gone"))

    async def found(self, film: Path, **options: Any) -> str:
        known = options.pop("known", ())

        async def is_known(uuid: str) -> bool:
            return uuid in known

        disk = Disk(*self.LOST, gone(), **options)
        video = await send(disk, film, is_known=is_known, restart=False)
        return video["uuid"]

    @pytest.mark.parametrize(
        "other",
        [
            row_of(8, "other", name="Another film"),
            row_of(8, "other", name="film"),
            row_of(8, "other", channel={"id": 2}),
            row_of(6, "other"),  # not made since
            row_of(5, "other"),
        ],
        ids=str,
    )
    async def test_others_are_not_it(self, film: Path, other: Row) -> None:
        assert await self.found(film, made=[other, MADE]) == VIDEO["uuid"]
        with pytest.raises(errors.UploadUnknown) as caught:
            await self.found(film, made=[other])
        assert not caught.value.perhaps_finished

    @pytest.mark.parametrize("file", [("another.mp4", 2500), ("film.mp4", 2501)])
    async def test_nor_those_of_another_file(self, film: Path, file: File) -> None:
        other = row_of(8, "other")
        assert await self.found(film, made=[other, MADE], files={"other": file}) == VIDEO["uuid"]
        with pytest.raises(errors.UploadUnknown):
            await self.found(film, made=[other], files={"other": file})

    @pytest.mark.parametrize("file", [None, ("film.mp4", None), (None, None)])
    async def test_a_server_may_know_nothing_of_the_file(self, film: Path, file: File) -> None:
        assert await self.found(film, made=[MADE], files={VIDEO["uuid"]: file}) == VIDEO["uuid"]

    async def test_nor_what_belongs_to_something_else(self, film: Path) -> None:
        other = row_of(8, "other")
        assert await self.found(film, made=[other, MADE], known={"other"}) == VIDEO["uuid"]
        with pytest.raises(errors.UploadUnknown):
            await self.found(film, made=[other], known={"other"})

    async def test_of_two_that_fit_nobody_can_tell(self, film: Path) -> None:
        with pytest.raises(errors.UploadUnknown, match=f"other, {VIDEO['uuid']}") as caught:
            await self.found(film, made=[row_of(8, "other"), MADE])
        assert caught.value.perhaps_finished

    async def test_one_that_another_upload_of_this_client_became(self, film: Path) -> None:
        disk = Disk(*self.LOST, gone(), made=[MADE])
        async with disk.client() as pt:
            ends_of(pt).came_of("another-upload", VIDEO)
            with pytest.raises(errors.UploadUnknown) as caught:
                await upload(pt, film, channelId=1, name="Film", chunk_size=1000, restart=False)
        assert not caught.value.perhaps_finished

    async def test_the_same_upload_gone_on_with_once_more_is_the_same_video(self, film: Path) -> None:
        disk = Disk(made=[MADE])
        tickets: list[Ticket] = []
        async with disk.client() as pt:
            options: dict[str, Any] = {"channelId": 1, "name": "Film", "chunk_size": 1000}
            assert await upload(pt, film, on_started=tickets.append, **options) == VIDEO
            disk.script = [gone()]
            assert await upload(pt, film, upload_id=tickets[0], **options) == VIDEO
        assert disk.seen == ["POST", FIRST, SECOND, THIRD, ASKED]

    async def test_names_are_trimmed_as_the_server_trims_them(self, film: Path) -> None:
        disk = Disk(*self.LOST, gone(), made=[MADE])
        assert await send(disk, film, name="\ufeff\u3000 Film\u00a0\n") == VIDEO
        disk = Disk(*self.LOST, gone(), made=[row_of(7, VIDEO["uuid"], name="Film\x85")])
        assert (await send(disk, film, name="Film\x85"))["uuid"] == VIDEO["uuid"]

    async def test_a_user_without_videos(self, film: Path) -> None:
        disk = Disk(*self.LOST, gone(), rows=[], made=[MADE])
        assert await send(disk, film) == VIDEO

    async def test_uploads_that_are_alike_end_one_after_the_other(self, film: Path) -> None:
        at_the_end = most = 0

        class Watching(Disk):
            async def handle(self, request: Request) -> Response:
                nonlocal at_the_end, most
                last = "Content-Range" in dict(request.headers)
                at_the_end += last
                most = max(most, at_the_end)
                await asyncio.sleep(1)
                at_the_end -= last
                return await super().handle(request)

        disk = Watching()
        async with disk.client() as pt:
            options: dict[str, Any] = {"channelId": 1}
            await asyncio.gather(*(upload(pt, film, name="Film", **options) for _ in range(5)))
            assert most == 1
            await asyncio.gather(*(upload(pt, film, name=f"Film {n}", **options) for n in range(5)))
            assert most > 1

    async def test_one_that_is_cancelled_at_its_end_holds_up_no_other(self, film: Path) -> None:
        disk = Disk(None, None, *[making()] * 500)
        async with disk.client() as pt:
            options: dict[str, Any] = {"channelId": 1, "name": "Film", "chunk_size": 1000}
            first = asyncio.ensure_future(upload(pt, film, **options))
            await asyncio.sleep(5)
            second = asyncio.ensure_future(upload(pt, film, **options))
            await asyncio.sleep(5)
            assert not second.done()
            first.cancel()
            disk.script.clear()
            assert await second == VIDEO


@pytest.mark.usefixtures("inline")
class TestFiles:
    @pytest.mark.parametrize(("name", "why"), [("missing.mp4", "No such file"), (".", "not a file")])
    async def test_what_cannot_be_read(self, tmp_path: Path, name: str, why: str) -> None:
        disk = Disk()
        with pytest.raises(errors.FileUnreadable, match=why) as caught:
            await send(disk, tmp_path / name)
        assert str(caught.value).count("cannot read") == 1
        assert disk.seen == []

    async def test_an_empty_file(self, tmp_path: Path) -> None:
        path = tmp_path / "empty.mp4"
        path.touch()
        disk = Disk()
        with pytest.raises(errors.FileUnreadable, match="empty"):
            await send(disk, path)
        assert disk.seen == []

    async def test_fields_are_checked_first_even_when_there_is_nothing_to_announce(self, film: Path) -> None:
        disk = Disk()
        for ticket in (None, ID):
            with pytest.raises(errors.InvalidField, match="name"):
                await send(disk, film, name="F", upload_id=ticket)
        assert disk.seen == []

    async def test_another_file_than_the_ticket_is_of(self, film: Path) -> None:
        status = film.stat()
        disk = Disk()
        for ticket in (Ticket(ID, 2499, status.st_mtime_ns), Ticket(ID, 2500, status.st_mtime_ns - 1)):
            with pytest.raises(errors.FileChanged, match="changed since") as caught:
                await send(disk, film, upload_id=ticket)
            assert caught.value.upload_id == ID
        assert disk.seen == []

    @pytest.mark.parametrize(
        "change",
        [
            lambda path: path.write_bytes(path.read_bytes() + b"more"),
            lambda path: path.write_bytes(b"less"),
            lambda path: os.utime(path, ns=(1, 1)),
        ],
        ids=["longer", "shorter", "touched"],
    )
    async def test_one_that_changes_while_it_is_sent(self, film: Path, change: Callable[[Path], object]) -> None:
        disk = Disk()
        with pytest.raises(errors.FileChanged, match="during its upload") as caught:
            await send(disk, film, on_progress=lambda *_: change(film))
        assert caught.value.upload_id == ID
        assert disk.seen == ["POST", FIRST]

    @pytest.mark.parametrize(
        ("name", "kind"),
        [
            ("a.mp4", "video/mp4"),
            ("a.MKV", "video/x-matroska"),
            ("a.unheard", "application/octet-stream"),
            ("a", "application/octet-stream"),
        ],
    )
    async def test_the_server_decides_about_types(self, tmp_path: Path, name: str, kind: str) -> None:
        path = tmp_path / name
        path.write_bytes(b"x" * 10)
        kinds = []

        class Watching(Disk):
            async def handle(self, request: Request) -> Response:
                if request.method == "POST":
                    kinds.append(dict(request.headers)["X-Upload-Content-Type"])
                return await super().handle(request)

        await send(Watching(size=10), path)
        await send(Watching(size=10), path, content_type="video/webm")
        assert kinds == [kind, "video/webm"]

    async def test_two_files_alike_are_two_uploads(self, film: Path) -> None:
        keys = []

        class Watching(Disk):
            async def handle(self, request: Request) -> Response:
                if request.method == "POST":
                    assert isinstance(request.body, JsonBody)
                    keys.append(request.body.data)
                return await super().handle(request)

        await send(Watching(), film)
        await send(Watching(), film)
        await send(Watching(), film, lastModified="row 7")
        assert keys[0] != keys[1]
        assert b'"lastModified":"row 7"' in keys[2]
