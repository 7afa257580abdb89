"""One video is one item, whatever rows call it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from aiopeertube import PeerTube, migrate
from aiopeertube.emulator import Emulator
from aiopeertube.emulator.model.ids import to_short
from aiopeertube.migrate.metadata.references import canonical

pytestmark = pytest.mark.anyio
CAPTIONS = "1\n00:00:01,000 --> 00:00:02,000\nHallo\n"
MP4 = b"\x00\x00\x00 ftypisom\x00\x00\x02\x00isomiso2avc1mp41" + bytes(200)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return tmp_path


@pytest.fixture
async def server() -> AsyncIterator[Emulator]:
    async with Emulator(videos=6, rate_limit=None, login_limit=None) as started:
        yield started


@pytest.fixture
async def pt(server: Emulator) -> AsyncIterator[PeerTube]:
    async with PeerTube(server.url, username="nisv", password="secret123") as client:
        yield client


def write(name: str, text: str) -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


def uuid(server: Emulator, number: int) -> str:
    return server.store.videos[number].uuid


def puts(server: Emulator) -> int:
    return sum(server.statistics().edits.values())


async def test_every_name_of_a_video_comes_to_one_item(pt: PeerTube, server: Emulator) -> None:
    one = uuid(server, 1)
    short = to_short(one)
    host = server.url.partition("://")[2]
    forms = [
        one, one.upper(), short, "1", f"{server.url}/w/{short}", f"{server.url}/videos/watch/{one.upper()}/",
        f"{server.url}/videos/embed/{one}?start=1s", f"{server.url}/api/v1/videos/1", f"{host}/w/{short};threadId=3",
        f"/videos/watch/{one}",
    ]  # fmt: skip
    fields = ["name,Film", "support,Help us", "language,nl", "category,1", "licence,2", "nsfw,true"]
    rows = [dict([fields[place % len(fields)].split(",")]) | {"video": form} for place, form in enumerate(forms)]
    columns = ("video", "name", "support", "language", "category", "licence", "nsfw")
    lines = [",".join(row.get(column, "") for column in columns) for row in rows]
    write("t.csv", "\n".join([",".join(columns), *lines, ""]))
    run = await migrate.apply(pt, "t.csv")
    assert (run.counts["changed"], run.failed, puts(server)) == (1, 0, 1)
    video = server.store.videos[1]
    assert (video.name, video.support, video.language, video.category, video.licence, video.nsfw) == (
        "Film", "Help us", "nl", 1, 2, True,
    )  # fmt: skip
    assert (await migrate.verify(pt, run.journal)).differ == 0
    again = await migrate.apply(pt, "t.csv", job=migrate.JobOptions(resume=True))
    assert (again.counts["changed"], again.failed, puts(server)) == (1, 0, 1)
    assert (await migrate.rollback(pt, run.journal)).counts == {"changed": 1}
    assert video.name == "Video 0001"


async def test_a_contradiction_names_both_lines_before_anything_is_sent(pt: PeerTube, server: Emulator) -> None:
    write("t.csv", f"video,name\n2,Other\n1,First\n{to_short(uuid(server, 1))},Second\n")
    with pytest.raises(migrate.BadSource) as caught:
        await migrate.apply(pt, "t.csv")
    assert [(problem.line, problem.reason) for problem in caught.value.problems] == [
        (4, "contradicts line 3, which names the same video")
    ]
    assert puts(server) == 0


async def test_a_joined_row_that_fails_is_written_whole(pt: PeerTube, server: Emulator) -> None:
    server.store.videos[1].passwords, server.store.videos[1].privacy = (), 5  # which nobody can edit
    write("t.csv", f"video,name,support\n1,Film,\n{uuid(server, 1)},,Help us\n")
    run = await migrate.apply(pt, "t.csv", job=migrate.JobOptions(failed="f.csv"))
    assert run.failed == 1
    assert "1,Film,Help us," in Path("f.csv").read_text()


@pytest.mark.parametrize("columns", ["uuid,id", "id,uuid"])
async def test_columns_of_one_row_that_name_two_videos(pt: PeerTube, server: Emulator, columns: str) -> None:
    names = {"uuid": uuid(server, 1), "id": "2"}
    cells = ",".join(names[column] for column in columns.split(","))
    write("t.csv", f"{columns},name\n{cells},Film\n{uuid(server, 3) if columns[0] == 'u' else 3},,Good\n")
    with pytest.raises(migrate.BadSource, match="2 is not the video that the row names otherwise") as caught:
        await migrate.apply(pt, "t.csv")
    assert [(problem.line, problem.column) for problem in caught.value.problems] == [(2, "id")]
    assert puts(server) == 0


async def test_two_uuids_in_one_row_need_no_look(pt: PeerTube, server: Emulator) -> None:
    write("t.csv", f"uuid,url,name\n{uuid(server, 1)},{server.url}/w/{to_short(uuid(server, 2))},Film\n")
    with pytest.raises(migrate.BadSource, match="is another video than"):
        await migrate.plan(pt, "t.csv")
    write("t.csv", f"uuid,url,name\n{uuid(server, 1)},https://elsewhere.example/w/abc,Film\n")
    with await migrate.plan(pt, "t.csv") as plan:
        assert plan.changes == 1, "an address of the instance that a table came from says nothing"


async def test_rows_that_are_not_compared_meet_as_well(pt: PeerTube, server: Emulator) -> None:
    one = uuid(server, 1)
    write("c.srt", CAPTIONS)
    write("d.srt", CAPTIONS.replace("Hallo", "Dag"))
    write("t.csv", f"video,language,file\n1,nl,c.srt\n{one},nl,c.srt\n{one},en,d.srt\n")
    assert (await migrate.captions(pt, "t.csv")).counts == {"changed": 2, "unchanged": 1}
    write("t.csv", f"video,language,file\n{one},nl,c.srt\n1,nl,d.srt\n")
    with pytest.raises(migrate.BadSource, match="contradicts line 2"):
        await migrate.captions(pt, "t.csv")


async def test_nothing_is_deleted_by_a_row_that_names_two_videos(pt: PeerTube, server: Emulator) -> None:
    write("t.csv", f"id,uuid\n1,{uuid(server, 2)}\n3,{uuid(server, 3)}\n")
    with pytest.raises(migrate.BadSource, match="1 is not the video"):
        await migrate.delete(pt, "t.csv")
    assert len(server.store.videos) == 6
    write("t.csv", f"id,uuid\n3,{uuid(server, 3)}\n{4},\n,{uuid(server, 4)}\n")
    assert (await migrate.delete(pt, "t.csv")).counts == {"changed": 2, "unchanged": 1}
    assert len(server.store.videos) == 4


async def test_old_keys_name_the_videos_that_jobs_made_of_them(pt: PeerTube, server: Emulator) -> None:
    Path("f.mp4").write_bytes(MP4)
    write("up.csv", "key,file,name,channel\nA 1,f.mp4,One,nisv_channel\nB 2,f.mp4,Two,nisv_channel\n")
    assert (await migrate.upload(pt, "up.csv")).counts == {"changed": 2}
    write("t.csv", "key,name\nA 1,Film one\nB 2,Film two\n")
    assert (await migrate.apply(pt, "t.csv")).counts == {"changed": 2}
    assert {video.name for video in server.store.videos.values()} > {"Film one", "Film two"}
    write("t.csv", "key,name\nC 3,Film three\n")
    with pytest.raises(migrate.BadSource, match=r"no earlier upload or import .* of the key 'C 3'") as caught:
        await migrate.plan(pt, "t.csv")
    assert caught.value.problems[0].column == "key"
    Path("g.mp4").write_bytes(MP4 + b"another")
    write("other.csv", "key,file,name,channel\nA 1,g.mp4,One again,nisv_channel\n")
    await migrate.upload(pt, "other.csv")
    write("t.csv", "key,name\nA 1,Film one\n")
    with pytest.raises(migrate.BadSource, match="several videos were made"):
        await migrate.plan(pt, "t.csv")


async def test_a_key_of_another_user_is_not_known(pt: PeerTube, server: Emulator) -> None:
    Path("f.mp4").write_bytes(MP4)
    write("up.csv", "key,file,name,channel\nA 1,f.mp4,One,nisv_channel\n")
    await migrate.upload(pt, "up.csv")
    write("t.csv", "key,name\nA 1,Film one\n")
    async with PeerTube(server.url, username="root", password="test-root") as root:
        with pytest.raises(migrate.BadSource, match="no earlier upload or import of this user"):
            await migrate.plan(root, "t.csv")


@pytest.mark.parametrize("text", ["/w", "videos.example", "//other.example/w/sY6rPiwzy85rQxwp1E7LMa", "/about/1"])
def test_half_addresses_that_name_none(text: str) -> None:
    with pytest.raises(ValueError, match="not"):
        canonical(text, "https://videos.example")
