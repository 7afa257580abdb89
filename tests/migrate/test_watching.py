"""What whoever watches a verb is told: each step, what is said, what is asked, in order."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from aiopeertube import PeerTube, migrate
from aiopeertube.emulator import Emulator
from aiopeertube.testing import MockTransport, reply
from aiopeertube.wire.messages import Request, Response

pytestmark = pytest.mark.anyio

SRT = "1\n00:00:01,000 --> 00:00:02,000\nHallo\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(50)
MP4 = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + b"x" * 1000


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place of its own for journals, and an empty directory to be in."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr("aiopeertube.stack.retry._LONGEST", 0.001)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path


@pytest.fixture
async def server() -> AsyncIterator[Emulator]:
    async with Emulator(videos=3, rate_limit=None, login_limit=None) as started:
        yield started


@pytest.fixture
async def pt(server: Emulator) -> AsyncIterator[PeerTube]:
    async with PeerTube(server.url, username="nisv", password="secret123") as client:
        yield client


class Heard(migrate.Unwatched):
    """Writes down what it hears, the address and the time aside."""

    wants_totals = True

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._advanced = 0

    def _add(self, line: str) -> None:
        if self._advanced:
            self.lines.append(f"advance {self._advanced}")
        self._advanced = 0
        self.lines.append(line)

    @contextmanager
    def step(self, name: str, total: int | None = None) -> Iterator[None]:
        self._add(f"begin {name}" + ("" if total is None else f" {total}"))
        yield
        self._add(f"end {name}")

    def expect(self, total: int) -> None:
        self._add(f"expect {total}")

    def advance(self, number: int = 1) -> None:
        self._advanced += number

    def settled(self, item: migrate.Item) -> None:
        self._add(f"settled {item.state}")

    def say(self, line: str) -> None:
        self._add(f"say {line}")

    async def planned(self, plan: migrate.Plan) -> None:
        self._add(f"planned {plan.changes}")

    async def confirm(self, question: str) -> bool:
        self._add(f"confirm {question}")
        return True

    def opened(self, run: object) -> None:
        self._add("opened")


def write(name: str, text: str) -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


async def told(verb: Any, *args: Any, **options: Any) -> list[str]:
    heard = Heard()
    await verb(*args, watcher=heard, **options)
    return heard.lines


def sending(name: str, count: int = 1, *, settled: str = "changed") -> list[str]:
    """What is told while so many changes are sent."""
    return [f"begin {name} {count}", "opened", *[f"settled {settled}"] * count, f"end {name}"]


COMPARED = ["begin compare", "expect 1", "advance 1", "end compare"]


async def test_edits_and_what_follows_them(pt: PeerTube, server: Emulator) -> None:
    table, here = write("films.csv", "id,name\n1,Film\n"), server.url
    assert await told(migrate.plan, pt, table) == COMPARED
    question = f"confirm Change 1 video at {here}?"
    assert await told(migrate.apply, pt, table) == [*COMPARED, "planned 1", question, *sending("apply")]
    (journal,) = Path("../state").rglob("*.journal")
    assert await told(migrate.verify, pt, journal) == ["begin verify", "expect 1", "advance 1", "end verify"]
    said, *rest = await told(migrate.rollback, pt, journal)
    assert said.startswith(f"say rollback of the job {journal.stem}: update, {Path(table).absolute()}, begun 20")
    named = said.removeprefix("say rollback of ")
    asked = f"confirm Roll back 1 video at {here}, of {named}?"
    late = "say 1 video to be looked at, each just before it is put back: what others changed since shows then"
    assert rest == [*COMPARED, late, "planned 1", asked, *sending("rollback")]
    resumed = migrate.JobOptions(resume=True)
    assert await told(migrate.apply, pt, write("same.csv", "id,name\n1,Video 0001\n")) == [
        *COMPARED,
        "planned 0",
        "begin apply 0",
        "opened",
        "end apply",
    ]
    with pytest.raises(migrate.JournalError):
        await migrate.apply(pt, table, job=resumed)


async def test_a_look_before_each_change_is_a_request_of_its_own(pt: PeerTube, server: Emulator) -> None:
    costs: list[int] = []

    class Asking(migrate.Unwatched):
        async def planned(self, plan: migrate.Plan) -> None:
            costs.append(plan.estimate.requests + plan.estimate.objects)

    nothing, one = write("same.csv", "id,name\n1,Video 0001\n"), write("one.csv", "id,name\n1,Film\n")
    for table, expect in ((nothing, True), (nothing, False), (one, True), (one, False)):
        await migrate.apply(pt, table, expect=expect, watcher=Asking(), job=migrate.JobOptions(dry_run=True))
    assert costs == [0, 0, 2, 1]


async def test_a_plan_that_was_written_is_compared_too(pt: PeerTube, server: Emulator) -> None:
    with await migrate.plan(pt, write("films.csv", "id,name\n1,Film\n")) as plan:
        await plan.write("p.plan")
        question = f"confirm Change 1 video at {server.url}?"
        assert await told(migrate.apply, pt, "p.plan") == [*COMPARED, "planned 1", question, *sending("apply")]
        server.store.videos[1].name = "Video 0001"
        assert await told(migrate.apply, pt, plan) == [*COMPARED, "planned 1", question, *sending("apply")]


async def test_rules_say_what_they_cut(pt: PeerTube, server: Emulator) -> None:
    rules = migrate.Rules(edits=("name=" + "x" * 130,))
    cells = migrate.CellOptions(fit=True)
    heard = await told(migrate.set_, pt, rules, cells=cells)
    assert heard[0] == "say every video: name cut from 130 to 120 characters"
    assert heard[1:] == [
        "begin compare", "expect 3", "advance 3", "end compare", "planned 3",
        f"confirm Change 3 videos at {server.url}?", *sending("set", 3),
    ]  # fmt: skip
    dry = migrate.JobOptions(dry_run=True)
    assert (await told(migrate.set_, pt, migrate.Rules(edits=("nsfw=true",)), job=dry))[-2:] == [
        "end compare",
        "planned 3",
    ]


async def test_other_kinds(pt: PeerTube, server: Emulator) -> None:
    write("nl.srt", SRT)
    Path("a.png").write_bytes(PNG)
    Path("f.mp4").write_bytes(MP4)
    once = ["planned 1"]
    files = write("files.csv", "id,file\n1,nl.srt\n")
    assert await told(migrate.captions, pt, files, language="nl") == [*once, *sending("captions")]
    assert await told(migrate.thumbnails, pt, write("i.csv", "id,file\n1,a.png\n")) == [*once, *sending("thumbnails")]
    new = write("new.csv", "file,name\nf.mp4,New\n")
    assert await told(migrate.upload, pt, new, channel="nisv_channel") == [*once, *sending("upload")]
    question = f"confirm Delete 1 video at {server.url}? This cannot be undone."
    assert await told(migrate.delete, pt, write("d.csv", "id\n1\n")) == ["planned 1", question, *sending("delete")]


async def test_what_is_whole(pt: PeerTube, server: Emulator) -> None:
    first = server.store.videos[1].uuid
    chapters = write("chapters.csv", f"uuid,timecode,title\n{first},0,Begin\n")
    playlists = write("playlists.csv", f"playlist,uuid\nMine,{first}\n")
    channels = write("channels.csv", "name,displayName\nnew_one,New\n")
    heard = {
        name: await told(getattr(migrate, name), pt, table)
        for name, table in (("chapters", chapters), ("playlists", playlists), ("channels", channels))
    }
    assert heard == {
        name: ["begin compare", "expect 1", "advance 1", "end compare", "planned 1", *sending(name)] for name in heard
    }


async def test_exports(pt: PeerTube, server: Emulator) -> None:
    mine = migrate.Scope(mine=True)
    whole = ["begin export", "expect 3", "advance 3", "end export"]
    assert await told(migrate.export, pt, "a.csv", scope=mine) == whole
    assert await told(migrate.export_chapters, pt, "b.csv", scope=mine) == whole
    assert await told(migrate.export_channels, pt, "c.csv") == ["begin export", "advance 1", "end export"]
    assert await told(migrate.export_playlists, pt, "d.csv") == ["begin export", "expect 0", "end export"]
    async with PeerTube(server.url) as nobody:
        assert await told(migrate.export, nobody, "e.csv") == whole
        assert await told(migrate.export_chapters, nobody, "f.csv") == whole


def uuid(number: int) -> str:
    return f"5a71eb42-d31d-4cf0-9a63-42319bfeb9c{number}"


async def test_videos_that_vanish_or_cannot_be_read_are_counted() -> None:
    def answer(request: Request) -> Response:
        path = request.path.removeprefix("/api/v1/videos")
        if not path:
            rows = [{"id": number, "uuid": uuid(number), "name": f"N{number}"} for number in range(5)]
            return reply(200, {"total": 5, "data": rows})
        found = {f"/{uuid(0)}/chapters": {"chapters": [{"timecode": 3, "title": "B"}, {"timecode": 0, "title": "A"}]}}
        odd = {f"/{uuid(3)}/chapters": {"chapters": 3}, f"/{uuid(4)}/chapters": {"chapters": []}}
        return reply(200, (found | odd)[path]) if path in found | odd else reply(404, {"detail": "gone"})

    heard = Heard()
    async with PeerTube("https://here", transport=MockTransport(answer), attempts=1) as pt:
        done = await migrate.export_chapters(pt, "a.csv", watcher=heard)
    assert (done.written, done.vanished, done.failed, done.whole, done.path) == (2, 2, 1, False, "a.csv")
    assert Path("a.csv").read_text() == f"uuid,name,timecode,title\n{uuid(0)},N0,0,A\n{uuid(0)},N0,3,B\n"
    (said,) = [line for line in heard.lines if line.startswith("say")]
    assert said == f"say not exported: {uuid(3)}: the chapters of a video: chapters is 3, not a list"
    assert [line for line in heard.lines if line.startswith("advance")] == ["advance 5"]
