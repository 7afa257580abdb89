"""Passwords of videos: given to the server, asked for again, and found nowhere else."""

import logging
import os
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest
from edited_tables import Row, read_rows, write_rows

from aiopeertube import PeerTube, errors, migrate
from aiopeertube.emulator import Emulator
from aiopeertube.migrate.exact_json import dumps
from aiopeertube.migrate.metadata import passwords
from aiopeertube.migrate.metadata.passwords import Passwords, Safe, key_of_user, passwords_cell, passwords_in

pytestmark = pytest.mark.anyio
WORD, OTHER = "Geheim-7f3a", "Ander-91bc"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr("aiopeertube.stack.retry._LONGEST", 0.001)
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    caplog.set_level(logging.DEBUG)
    forget(monkeypatch)
    return tmp_path


@pytest.fixture(params=["6.3", "8.2"])
async def server(request: pytest.FixtureRequest) -> AsyncIterator[Emulator]:
    async with Emulator(videos=6, rate_limit=None, login_limit=None, server_version=request.param) as started:
        yield started


@pytest.fixture
async def pt(server: Emulator) -> AsyncIterator[PeerTube]:
    async with PeerTube(server.url, username="nisv", password="secret123") as client:
        yield client


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget what seals stand for, as another process would."""
    monkeypatch.setattr(passwords.SAFE, "_known", {})


def write(name: str, text: str) -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


def protect(server: Emulator, *numbers: int, word: str = WORD) -> None:
    for number in numbers:
        server.store.videos[number].privacy = 5
        server.store.videos[number].passwords = (word,)


def traces(home: Path, caplog: pytest.LogCaptureFixture, *inputs: str) -> list[str]:
    """Name whatever holds a password: files but the inputs, the log."""
    words = (WORD.encode(), OTHER.encode())
    files = [path for path in home.rglob("*") if path.is_file() and path.name not in inputs]
    found = [str(path) for path in files if any(word in path.read_bytes() for word in words)]
    assert files
    return found + [line for line in caplog.messages if WORD in line or OTHER in line]


async def test_protecting_videos_leaves_no_trace(
    pt: PeerTube, server: Emulator, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write("t.csv", f'id,privacy,videoPasswords\n1,5,{WORD}\n2,5,"[""{WORD}"",""{OTHER}""]"\n3,Password protected,\n')
    run = await migrate.apply(pt, "t.csv")
    assert run.counts == {"changed": 2, "failed": 1}, "a video without passwords cannot be protected"
    assert [server.store.videos[number].passwords for number in (1, 2, 3)] == [(WORD,), (OTHER, WORD), ()]
    with await migrate.plan(pt, "t.csv") as plan:
        assert (plan.changes, plan.counts["unchanged"], plan.cannot) == (0, 2, 1)
    write("u.csv", f"id,privacy,videoPasswords\n1,5,{OTHER}\n")
    with await migrate.plan(pt, "u.csv") as plan:
        assert plan.for_ever == {"videoPasswords": 1}
        assert [(change.old, change.new) for change in await plan.diff()] == [("(secret)", "(secret)")]
        await plan.write("p.plan")
        assert (WORD in repr(plan), OTHER in repr(plan)) == (False, False)
    assert (await migrate.verify(pt, run.journal)).differ == 0
    assert traces(home, caplog, "t.csv", "u.csv") == []
    failed = Path(run.failed_file or "").read_text()
    assert failed.startswith("id,privacy,videoPasswords,reason")


async def test_a_plan_of_another_process_holds_none(
    pt: PeerTube, server: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("t.csv", f"id,privacy,videoPasswords\n1,5,{WORD}\n")
    with await migrate.plan(pt, "t.csv") as plan:
        await plan.write("p.plan")
    forget(monkeypatch)
    with pytest.raises(migrate.BadSource, match="a plan holds no passwords"):
        await migrate.apply(pt, "p.plan")
    assert server.store.videos[1].privacy == 1


async def test_edits_of_protected_videos_carry_what_is_there(pt: PeerTube, server: Emulator) -> None:
    protect(server, 1, 2)
    write("t.csv", "id,name\n1,Renamed\n2,Renamed too\n3,As ever\n")
    run = await migrate.apply(pt, "t.csv")
    assert run.counts == {"changed": 3}
    assert [server.store.videos[number].passwords for number in (1, 2, 3)] == [(WORD,), (WORD,), ()]
    assert (await migrate.rollback(pt, run.journal)).counts == {"changed": 3}
    assert server.store.videos[1].name == "Video 0001"
    Path("a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 50)
    write("i.csv", "id,file\n1,a.png\n")
    assert (await migrate.thumbnails(pt, "i.csv")).counts == {"changed": 1}
    assert server.store.videos[1].passwords == (WORD,)


async def test_a_400_that_is_about_something_else_stays_one(pt: PeerTube, server: Emulator) -> None:
    protect(server, 1)
    server.store.videos[1].passwords = ()
    write("t.csv", "id,name\n1,Renamed\n")
    run = await migrate.apply(pt, "t.csv", job=migrate.JobOptions(failed="f.csv"))
    assert run.counts == {"failed": 1}
    assert "Video passwords are missing" in Path("f.csv").read_text()


async def test_leaving_is_told_and_cannot_be_undone(pt: PeerTube, server: Emulator) -> None:
    protect(server, 1)
    server.store.videos[2].privacy = 3
    write("t.csv", "id,privacy\n1,1\n2,1\n3,4\n")
    with await migrate.plan(pt, "t.csv") as plan:
        assert plan.for_ever == {"videoPasswords": 1, "publishedAt": 1}
    run = await migrate.apply(pt, "t.csv")
    write("u.csv", "id,privacy\n4,3\n5,2\n")  # a rollback publishes the first anew
    with await migrate.plan(pt, "u.csv") as plan:
        assert plan.for_ever == {"publishedAt": 1}
    back = await migrate.rollback(pt, run.journal)
    assert back.counts == {"changed": 2, "failed": 1}
    (why,) = [item.reason async for item in migrate.Journal.open(back.journal, read_only=True).items("failed")]
    assert "needs videoPasswords" in why


async def test_passwords_that_were_replaced_are_kept_nowhere(
    pt: PeerTube, server: Emulator, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, home: Path
) -> None:
    protect(server, 1)
    write("t.csv", f"id,videoPasswords\n1,{OTHER}\n2,{OTHER}\n")
    run = await migrate.apply(pt, "t.csv")
    assert run.counts == {"changed": 1, "failed": 1}, "the second has another privacy"
    assert server.store.videos[1].passwords == (OTHER,)
    forget(monkeypatch)
    assert (await migrate.rollback(pt, run.journal)).counts == {"failed": 1}
    assert server.store.videos[1].passwords == (OTHER,)
    assert traces(home, caplog, "t.csv") == []


async def test_a_resumed_job_reads_them_again(server: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stopping(migrate.Unwatched):
        def opened(self, run: migrate.Stoppable) -> None:
            self.run = run

        def settled(self, item: migrate.Item) -> None:
            self.run.stop("later")

    rows = "".join(f"{number},5,{WORD}\n" for number in range(1, 7))
    write("t.csv", f"id,privacy,videoPasswords\n{rows}")
    async with PeerTube(server.url, username="nisv", password="secret123", concurrency=1) as pt:
        assert (await migrate.apply(pt, "t.csv", watcher=Stopping())).left > 0
        forget(monkeypatch)
        run = await migrate.apply(pt, "t.csv", job=migrate.JobOptions(resume=True))
    assert (run.counts, {video.passwords for video in server.store.videos.values()}) == ({"changed": 6}, {(WORD,)})


async def test_set_keeps_none_either(
    pt: PeerTube, server: Emulator, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rules = migrate.Rules(edits=("privacy=5", f"videoPasswords={WORD}"))
    run = await migrate.set_(pt, rules)
    assert run.counts == {"changed": 6}
    assert {video.passwords for video in server.store.videos.values()} == {(WORD,)}
    assert traces(home, caplog) == []
    with pytest.raises(errors.InputError, match="cannot be looked for"):
        await migrate.set_(pt, migrate.Rules(edits=("nsfw=true",), where=(f"videoPasswords={WORD}",)))


async def test_a_function_may_give_them_and_sees_none(pt: PeerTube, server: Emulator) -> None:
    protect(server, 1)
    seen: list[object] = []

    def function(video: migrate.rules.rules.Video) -> dict[str, object]:
        seen.append(video.get("videoPasswords"))
        return {"privacy": 5, "videoPasswords": [OTHER]}

    run = await migrate.set_(pt, migrate.Rules(function=function))
    assert (run.counts, set(seen)) == ({"changed": 6}, {None})
    assert server.store.videos[1].passwords == (OTHER,)


async def test_an_export_has_them_only_when_it_is_asked_for_them(pt: PeerTube, server: Emulator) -> None:
    protect(server, 1)
    server.store.videos[2].privacy, server.store.videos[2].passwords = 5, ("a;b", "[c", " d ")
    mine = migrate.Scope(mine=True)
    await migrate.export(pt, "all.csv", scope=mine)
    assert "videoPasswords" not in Path("all.csv").read_text()
    await migrate.export(pt, "words.csv", scope=mine, fields=["id", "videoPasswords"])
    await migrate.export(pt, "words.jsonl", scope=mine, fields=["id", "videoPasswords"])
    rows = [orjson.loads(line) for line in Path("words.jsonl").read_text().splitlines()]
    assert [row["videoPasswords"] for row in rows[:3]] == [[WORD], [" d ", "[c", "a;b"], None]
    for table in ("words.csv", "words.jsonl"):
        with await migrate.plan(pt, table) as plan:
            assert plan.counts == {"unchanged": 6}, "what was written is read back as it is"


@pytest.mark.parametrize(
    ("cell", "why"),
    [("x", "number 1 must have 2 to 99"), ("[1]", "a list of texts"), ("[", "JSON list"), ("ab\nab", "twice")],
)
async def test_what_no_server_takes_is_told_without_showing_it(pt: PeerTube, cell: str, why: str) -> None:
    write("t.csv", f'id,privacy,videoPasswords\n1,5,"{cell}"\n')
    with pytest.raises(migrate.BadSource, match=why) as caught:
        await migrate.plan(pt, "t.csv")
    assert caught.value.problems[0].column == "videoPasswords"


async def test_they_cannot_be_composed_nor_stand_beside_another_privacy(pt: PeerTube) -> None:
    write("t.csv", "id,pw,privacy\n1,abc,5\n")
    with pytest.raises(migrate.BadSource, match="cannot be composed"):
        await migrate.plan(
            pt, "t.csv", table=migrate.TableOptions(compose={"videoPasswords": "{pw}"}, ignore=("pw",))
        )
    write("t.csv", "id,privacy,videoPasswords\n1,2,abc\n")
    with pytest.raises(migrate.BadSource, match="only videos with privacy 5"):
        await migrate.plan(pt, "t.csv")


async def test_new_videos_may_be_protected(
    pt: PeerTube, server: Emulator, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    Path("f.mp4").write_bytes(b"\x00\x00\x00 ftypisom\x00\x00\x02\x00isomiso2avc1mp41" + bytes(200))
    write("t.csv", f"file,name,channel,privacy,videoPasswords\nf.mp4,New,nisv_channel,5,{WORD}\n")
    run = await migrate.upload(pt, "t.csv")
    assert run.counts == {"changed": 1}
    (made,) = [video for video in server.store.videos.values() if video.name == "New"]
    assert (made.privacy, made.passwords) == (5, (WORD,))
    assert (await migrate.verify(pt, run.journal)).differ == 0
    assert traces(home, caplog, "t.csv") == []
    write("t.csv", "file,name,channel,privacy\nf.mp4,New,nisv_channel,5\n")
    with pytest.raises(migrate.BadSource, match="needs videoPasswords"):
        await migrate.upload(pt, "t.csv")


def test_no_json_can_be_made_of_them_and_no_repr_shows_them() -> None:
    found = Passwords([WORD])
    for encode in (orjson.dumps, dumps):
        with pytest.raises(TypeError):
            encode({"a": found})
    safe = Safe(lambda: b"k" * 32)
    assert WORD not in repr(found) + repr(safe) + safe.seal([WORD])
    assert safe.seal(["a1", "b2"]) == safe.seal(["b2", "a1"]) != Safe(lambda: b"j" * 32).seal(["a1", "b2"])
    assert safe.opened(safe.seal(["b2", "a1"])) == ("a1", "b2")
    assert safe.opened("sealed:") is None


@pytest.mark.parametrize(
    "values", [["abc"], ["a;b, c"], [" a "], ["["], ["<clear>"], ["\\<clear>"], ["a", "b"], ["é\nx"], []]
)
def test_a_cell_gives_them_back(values: list[str]) -> None:
    assert passwords_in(passwords_cell(values)) == values


def test_the_key_is_the_users_alone(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = key_of_user()
    (file,) = (home / "state").rglob("seals.key*")
    assert (key_of_user(), file.read_bytes()) == (key, key)
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_bytes(b"")
    assert key_of_user() != key, "what is no key is not used"
    nowhere = home / "file"
    nowhere.write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(nowhere))
    assert len(key_of_user()) == 32


# -- in tables that were exported ------------------------------------------------------------------

FIELDS = ("uuid", "name", "privacy", "nsfw", "videoPasswords", "updatedAt")


async def table_of(pt: PeerTube, name: str = "x.csv") -> list[Row]:
    await migrate.export(pt, name, scope=migrate.Scope(mine=True), fields=FIELDS)
    return read_rows(name)


async def test_an_unprotected_video_is_protected_again_by_the_table_of_before(pt: PeerTube, server: Emulator) -> None:
    protect(server, 1)
    rows = await table_of(pt)
    left = [rows[0] | {"privacy": "1", "privacy.label": "", "videoPasswords": ""}, *rows[1:]]
    assert (await migrate.apply(pt, write_rows("left.csv", left))).counts["changed"] == 1
    stood = server.store.videos[1].passwords
    assert (await migrate.apply(pt, "x.csv")).counts["changed"] == 1
    assert (stood, server.store.videos[1].passwords, server.store.videos[1].privacy) == ((), (WORD,), 5)


async def test_passwords_that_somebody_else_changed_are_left_where_theirs_is_the_only_edit(
    pt: PeerTube, server: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    protect(server, 1, 2)
    rows = await table_of(pt)
    assert WORD not in Path("x.csv").read_text().replace(WORD, "", 2), "what remembers them does not hold them"
    for number in (1, 2):
        server.store.videos[number].passwords = (OTHER,)
        server.store.videos[number].updated_at += 60
    with await migrate.plan(pt, "x.csv") as plan:
        assert plan.counts == {"unchanged": 6}
    both = write_rows("both.csv", [rows[0] | {"videoPasswords": "of mine"}, *rows[1:]])
    with await migrate.plan(pt, both) as plan:
        assert [conflict.field for conflict in plan.conflicts] == ["videoPasswords"]
    # Another user's key tells nothing of them, so the time of the row has to.
    monkeypatch.setattr(passwords, "SAFE", Safe(lambda: b"k" * 32))
    for module in ("metadata.changes", "metadata.field_reads", "metadata.fields", "rows.edits"):
        monkeypatch.setattr(f"aiopeertube.migrate.{module}.SAFE", passwords.SAFE)
    with await migrate.plan(pt, "x.csv") as plan:
        assert [conflict.field for conflict in plan.conflicts] == ["videoPasswords"] * 2


async def test_whether_an_unprotected_video_may_be_protected_is_asked_of_its_privacy(
    pt: PeerTube, server: Emulator
) -> None:
    await migrate.export(pt, "x.csv", scope=migrate.Scope(mine=True), fields=("uuid", "name", "privacy", "updatedAt"))
    rows = [
        row | {"privacy": "5", "privacy.label": "", "videoPasswords": WORD} for row in read_rows("x.csv")[:2]
    ]  # a column that was not exported
    for number in (1, 2):
        server.store.videos[number].updated_at += 60
    server.store.videos[2].privacy = 2
    run = await migrate.apply(pt, write_rows("ours.csv", rows))
    assert run.counts == {"changed": 1, "conflict": 1}
    assert [server.store.videos[number].privacy for number in (1, 2)] == [5, 2]
