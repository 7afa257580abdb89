"""What each kind of job makes of a row, of an item in doubt, and of what it finds when it looks again."""

import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from aiopeertube import PeerTube
from aiopeertube.errors import ConfigurationError, FileUnreadable, InvalidField, UnexpectedResponse
from aiopeertube.migrate import Item, Job, Journal, kinds
from aiopeertube.migrate.kinds import Captions, Delete, Import, Kind, Thumbnails, Update, Upload
from aiopeertube.migrate.kinds.captions import by_language, fetch_captions, is_same, not_captions, put_captions
from aiopeertube.migrate.kinds.creations import fields_of_new, sample
from aiopeertube.migrate.kinds.subtitles import said
from aiopeertube.migrate.kinds.thumbnails import image
from aiopeertube.migrate.metadata.fields import Reading
from aiopeertube.migrate.problems import BadSource, CellError, Problem, Problems
from aiopeertube.migrate.rows.layout import Layout
from aiopeertube.migrate.rows.rows import RowReader
from aiopeertube.migrate.tables.source import Row
from aiopeertube.resumable import CHUNK
from aiopeertube.testing import MockTransport, reply
from aiopeertube.wire.messages import Request, Response

pytestmark = pytest.mark.anyio

UUID = "5a71eb42-d31d-4cf0-9a63-42319bfeb9c6"
SRT = b"1\n00:00:01,000 --> 00:00:02,000\nHallo\n"
VTT = b"WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000\nHallo\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
VIDEO: dict[str, Any] = {
    "id": 7,
    "uuid": UUID,
    "name": "Now",
    "privacy": {"id": 1},
    "nsfw": False,
    "tags": [],
    "account": {"name": "anna"},
}


class Server:
    """Answers by method and path; what it was asked for is listed."""

    def __init__(self, **answers: Any) -> None:
        self.answers: dict[str, Any] = {"GET /videos/" + UUID: VIDEO, **answers}
        self.asked: list[str] = []

    def handle(self, request: Request) -> Response:
        path = request.path.removeprefix("/api/v1")
        self.asked.append(f"{request.method} {path}")
        found = self.answers.get(self.asked[-1], 404)
        if isinstance(found, list) and found and isinstance(found[0], Response):
            return found.pop(0) if len(found) > 1 else found[0]
        if isinstance(found, Response):
            return found
        return reply(found, {"detail": "no"}) if isinstance(found, int) else reply(200, found)


@asynccontextmanager
async def client(server: Server) -> AsyncIterator[PeerTube]:
    async with PeerTube("https://here", token="t", transport=MockTransport(server.handle), attempts=1) as pt:
        yield pt


@pytest.fixture
def journal(journal_path: Path) -> Journal:
    return Journal.create(journal_path, Job("update", "https://here", "anna", "t.csv"))


def rows(reading: Reading, problems: Problems, kind: Kind) -> RowReader:
    return RowReader("https://here", reading, Layout(extra=frozenset(kind.columns)), problems)


def read(kind: Kind, cells: Mapping[str, Any], reading: Reading) -> tuple[Item | None, list[Problem]]:
    """What a kind makes of a row, and what is wrong with that."""
    problems = Problems("t.csv")
    item = kind.read_row(Row(3, dict(cells)), rows(reading, problems, kind))
    try:
        problems.raise_if_any()
    except BadSource as exc:
        return item, list(exc.problems)
    return item, []


# -- all of them -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        # name, noun, compares, can be undone, can be checked
        (Update(), ("update", "video", True, True, True)),
        (Captions(), ("captions", "video", False, False, True)),
        (Thumbnails(), ("thumbnails", "video", False, False, False)),
        (Delete(), ("delete", "video", False, False, True)),
        (Upload(), ("upload", "video", False, False, True)),
        (Import(), ("import", "video", False, False, True)),
        (kinds.Chapters(), ("chapters", "video", True, True, True)),
        (kinds.Playlists(), ("playlists", "playlist", True, True, True)),
        (kinds.Channels(), ("channels", "channel", True, True, True)),
    ],
)
def test_what_kind_each_is(kind: Kind, facts: tuple[object, ...]) -> None:
    assert (kind.name, kind.noun, kind.compares, kind.can_be_undone, kind.can_be_checked) == facts
    assert type(kinds.of(kind.name)) is type(kind)
    assert bool(kind.question) == (kind.name == "delete")


def test_an_upload_takes_a_request_for_each_chunk_after_the_first() -> None:
    sizes = {0: 0, 1: 0, CHUNK: 0, CHUNK + 1: 1, 3 * CHUNK: 2}
    items = {size: Item("file:a", {"fields": {}, "file": "a", "size": size}) for size in sizes}
    assert {size: Upload.more_chunks(item) for size, item in items.items()} == sizes


def test_which_words_each_needs() -> None:
    words = {
        "update": ["category", "licence", "language", "privacy", "channel"],
        "captions": ["language"],
        "thumbnails": [],
        "delete": [],
        "upload": ["files of videos", "channel", "category", "licence", "language", "privacy", "channel"],
        "import": ["channel", "category", "licence", "language", "privacy", "channel"],
        "chapters": [],
        "channels": [],
    }
    assert {name: list(kinds.of(name).words(())) for name in words} == words
    assert list(Update().words(("uuid", "category.label", "scheduleUpdate.privacy"))) == [
        "uuid", "category", "scheduleUpdate.privacy", "privacy",
    ]  # fmt: skip
    assert list(Import().words(("language", "name"))) == ["channel", "language", "name"]


# -- rows ------------------------------------------------------------------------------------------


def test_rows_of_captions(tmp_path: Path, reading: Reading) -> None:
    (tmp_path / "a.srt").write_bytes(SRT)
    wanted = {
        "language": "nl",
        "file": str(tmp_path / "a.srt"),
        "sha256": hashlib.sha256(SRT).hexdigest(),
        "said": said(SRT),
    }
    kind = Captions("Dutch", tmp_path)
    item, _ = read(kind, {"uuid": UUID, "id": "7", "key": "k", "file": " a.srt "}, reading)
    assert item is not None
    assert (item.ref, item.uuid, item.line, item.state, item.ready) == (f"{UUID}/nl", UUID, 3, "planned", True)
    assert (item.wanted, item.after, item.note) == (wanted, {}, {"key": "k", "names": {"id": "7"}})
    item, _ = read(kind, {"uuid": UUID, "file": "a.srt", "language": "en"}, reading)
    assert item is not None
    assert item.wanted["language"] == "en"
    assert read(Captions(None, tmp_path), {"uuid": UUID, "file": "a.srt"}, reading) == (
        None,
        [Problem("t.csv", 3, "language", "there is none; add a column, or say one for all rows", "language")],
    )
    for cells, column, why in (
        ({"language": "xx", "file": "a.srt"}, "language", "the instance has no language 'xx'"),
        ({"file": "b.srt"}, "file", f"cannot read {tmp_path / 'b.srt'}: No such file or directory"),
        ({"file": ""}, "file", "no file is named"),
    ):
        _, (problem,) = read(kind, {"uuid": UUID} | cells, reading)
        assert (problem.column, problem.reason[: len(why)]) == (column, why)
    assert read(kind, {"file": "a.srt"}, reading)[1][0].reason.startswith("the row names no video")


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.srt", SRT, ""),
        ("a.SRT", b"\xef\xbb\xbf" + SRT, ""),
        ("a.vtt", VTT, ""),
        ("a.txt", SRT, "a.txt is not called .srt or .vtt"),
        ("a.srt", b"\xff" + SRT, "a.srt is not text in UTF-8"),
        ("a.vtt", SRT, "a.vtt does not begin with WEBVTT"),
        ("a.srt", b"nothing", "a.srt has no line like 00:00:01,000 --> 00:00:02,500"),
        ("a.srt", SRT + b" " * (20 * 1024 * 1024 - len(SRT)), ""),
        (
            "a.srt",
            SRT + b" " * (20 * 1024 * 1024 + 1 - len(SRT)),
            "a.srt is larger than the 20 MiB that PeerTube takes",
        ),
    ],
    ids=range(9),
)
def test_what_holds_captions(name: str, data: bytes, why: str) -> None:
    assert not_captions(Path(name), data) == why


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.png", PNG, ""),
        ("a.JPG", b"\xff\xd8x", ""),
        ("a.jpeg", b"\xff\xd8x", ""),
        ("a.webp", b"RIFFx", ""),
        ("a.gif", b"GIF8", "a.gif is not called .jpg, .png or .webp"),
        ("a.png", b"\xff\xd8x", "a.png is not what its name says"),
        ("a.png", PNG + bytes(4 * 1024 * 1024 - len(PNG)), ""),
        ("a.png", PNG + bytes(4 * 1024 * 1024 + 1 - len(PNG)), "a.png is larger than the 4 MiB that PeerTube takes"),
    ],
    ids=range(8),
)
def test_what_is_a_picture(tmp_path: Path, name: str, data: bytes, why: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    if not why:
        assert image(path, "file") == {"file": str(path), "sha256": hashlib.sha256(data).hexdigest()}
        return
    with pytest.raises(CellError) as caught:
        image(path, "file")
    assert (caught.value.column, caught.value.reason) == ("file", why)


def test_rows_of_pictures(tmp_path: Path, reading: Reading) -> None:
    for name, data in (("a.png", PNG), ("b.png", PNG + b"b")):
        (tmp_path / name).write_bytes(data)
    kind, new = Thumbnails(tmp_path), replace(reading, version=(8, 2))

    def files(cells: dict[str, str], how: Reading = reading) -> dict[str, str] | str:
        item, problems = read(kind, {"uuid": UUID} | cells, how)
        if item is None:
            return f"{problems[0].column}: {problems[0].reason}"
        return {column: Path(found["file"]).name for column, found in item.wanted.items()}

    both = {"thumbnailfile": "a.png", "previewfile": "b.png"}
    assert files({"file": "a.png"}) == {"thumbnailfile": "a.png", "previewfile": "a.png"}
    assert files(both) == both
    assert files({"file": "a.png", "previewfile": "b.png"}) == both
    assert files({"previewfile": "b.png"}) == {"previewfile": "b.png"}
    assert files({}) == "file: no image is named"
    assert files({"file": "a.png"}, new) == {"previewfile": "a.png"}
    assert files({"thumbnailfile": "a.png"}, new) == {"thumbnailfile": "a.png"}
    assert files(both, new) == (
        "thumbnailfile: videos of this server have one picture, so the thumbnail would be lost: give one file"
    )
    assert (
        files({"thumbnailfile": "c.png"}) == f"thumbnailfile: cannot read {tmp_path}/c.png: No such file or directory"
    )


def test_rows_of_new_videos(tmp_path: Path, reading: Reading) -> None:
    (tmp_path / "f.mp4").write_bytes(bytes(200))
    (tmp_path / "empty.mp4").write_bytes(b"")
    (tmp_path / "a.png").write_bytes(PNG)
    reading.words.extensions = (".mp4", ".webm")
    kind = Upload("afp", tmp_path)
    item, _ = read(kind, {"file": "f.mp4", "name": "New", "previewfile": "a.png", "key": "k", "tags": ""}, reading)
    assert item is not None
    path = str(tmp_path / "f.mp4")
    assert item.wanted == {
        "fields": {"channel": 3, "name": "New"},
        "file": path,
        "size": 200,
        "images": {"previewfile": str(tmp_path / "a.png")},
    }
    assert (item.ref, item.name, item.state, item.ready, item.after) == ("key:k", "New", "planned", True, {})
    assert item.note == {"key": "k", "content": sample(tmp_path / "f.mp4")}
    assert fields_of_new(item) == {"channelId": 3, "name": "New", "previewfile": tmp_path / "a.png"}
    item, _ = read(kind, {"file": "f.mp4", "name": "New", "channel": "nisv_channel"}, reading)
    assert item is not None
    assert (item.ref, item.wanted["fields"]["channel"], item.wanted["images"]) == (f"file:{path}", 2, {})
    (tmp_path / "f.mov").write_bytes(bytes(200))
    for cells, column, why in (
        ({"file": "f.mp4"}, "name", "a new video needs one"),
        ({"file": "f.mov", "name": "New"}, "file", "f.mov: the instance takes only .mp4, .webm"),
        ({"file": "empty.mp4", "name": "New"}, "file", f"{tmp_path}/empty.mp4 is empty"),
        ({"name": "New"}, "file", "no file is named"),
        (
            {"file": "f.mp4", "name": "New", "thumbnailfile": "x.png"},
            "thumbnailfile",
            f"cannot read {tmp_path}/x.png: No such",
        ),
        (
            {"file": "f.mp4", "name": "New", "privacy": "5"},
            None,
            "privacy 5 (password protected) needs videoPasswords",
        ),
    ):
        if column is None:
            reading.words.labels["privacy"] = {"5": "Protected"}
        found, (problem,) = read(kind, cells, reading)
        assert (found, problem.column, problem.reason[: len(why)]) == (None, column, why)
    _, problems = read(Upload(None, tmp_path), {"file": "f.mp4"}, reading)
    assert [(problem.column, problem.reason) for problem in problems] == [
        ("name", "a new video needs one"),
        ("channel", "a new video needs one"),
    ]
    with pytest.raises(ConfigurationError, match=r"^channel: there is no channel 'nope'") as caught:
        read(Upload("nope", tmp_path), {"file": "f.mp4", "name": "New"}, reading)
    assert caught.value.option == "channel"
    reading.words.extensions = ()
    assert read(kind, {"file": "f.mov", "name": "New"}, reading)[0] is not None


def test_rows_of_imports(reading: Reading) -> None:
    kind = Import("afp")
    item, _ = read(kind, {"targetUrl": " https://x.example/f.mp4 "}, reading)
    assert item is not None
    assert item.wanted == {"fields": {"channel": 3}, "targetUrl": "https://x.example/f.mp4", "images": {}}
    assert (item.ref, item.name, item.note) == ("targetUrl:https://x.example/f.mp4", "", {})
    for cell, why in (
        ("", "a new video needs an address to import it from"),
        ("ftp://x", "'ftp://x' is not an address"),
    ):
        _, (problem,) = read(kind, {"targetUrl": cell}, reading)
        assert (problem.column, problem.reason) == ("targetUrl", why)


def test_rows_of_deletions(reading: Reading) -> None:
    item, _ = read(Delete(), {"id": "7", "name": "x"}, reading)
    assert item is not None
    assert (item.ref, item.wanted, item.uuid, item.after, item.row) == (
        "7",
        {"delete": True},
        "7",
        {},
        {"id": "7", "name": "x"},
    )


def test_a_file_is_known_by_samples_of_it(tmp_path: Path) -> None:
    path, size = tmp_path / "f", 300_000
    names = set[str]()
    for at in (None, 0, 65_535, 150_000, size - 1):
        data = bytearray(size)
        if at is not None:
            data[at] = 1
        path.write_bytes(data)
        names.add(sample(path))
    assert len(names) == 5
    assert {len(name) for name in names} == {32}
    assert sample(tmp_path / "none") == ""


# -- in doubt, and looked at again -----------------------------------------------------------------


def edit(before: dict[str, Any], after: dict[str, Any]) -> Item:
    return Item(UUID, {}, 2, uuid=UUID, name="Film", state="sending", before=before, after=after)


@pytest.mark.parametrize(
    ("before", "after", "state", "reason"),
    [
        ({"name": "Old"}, {"name": "Now"}, "changed", "found done after an interruption"),
        ({"name": "Now"}, {"name": "New"}, "planned", ""),
        (
            {"name": "Old"},
            {"name": "New"},
            "conflict",
            "changed by somebody else: name was Old, is wanted New, and is Now now",
        ),
        (
            {"name": "Old", "nsfw": True},
            {"name": "New", "nsfw": False},
            "changed",
            "found done after an interruption",
        ),
        (
            {"name": "Old", "nsfw": False},
            {"name": "New", "nsfw": True},
            "conflict",
            "changed by somebody else: name was Old, is wanted New, and is Now now",
        ),
    ],
)
async def test_an_edit_in_doubt(
    before: dict[str, Any], after: dict[str, Any], state: str, reason: str, journal: Journal
) -> None:
    item = edit(before, after)
    with journal:
        async with client(Server()) as pt:
            await Update().ask(pt, journal, item)
    assert (item.state, item.reason) == (state, reason)
    if state == "conflict":
        assert item.note["conflicts"]["name"] == {"base": "Old", "mine": "New", "server": "Now"}


async def test_what_is_gone_is_told(journal: Journal) -> None:
    item = edit({"name": "Old"}, {"name": "New"})
    with journal:
        async with client(Server(**{"GET /videos/" + UUID: 404})) as pt:
            await Update().ask(pt, journal, item)
            assert (item.state, item.reason) == ("failed", "the video is gone")
            assert await Update().check(pt, item) == "the video is gone"
            new = Item("x", {"fields": {"name": "Now"}}, uuid=UUID)
            assert await Upload().check(pt, new) == "the video is gone"
            await Delete().ask(pt, journal, item)
            assert (item.state, await Delete().check(pt, item)) == ("changed", "")


async def test_what_is_there_is_compared(journal: Journal) -> None:
    item = edit({"name": "Old"}, {"name": "New"})
    with journal:
        async with client(Server()) as pt:
            assert await Update().check(pt, item) == "name is 'Now', not 'New'"
            assert await Update().check(pt, edit({"name": "Old"}, {"name": "Now"})) == ""
            assert await Upload().check(pt, Item("x", {"fields": {"name": "Now"}}, uuid=UUID)) == ""
            assert (
                await Upload().check(pt, Item("x", {"fields": {"nsfw": True}}, uuid=UUID))
                == "nsfw is False, not True"
            )
            await Delete().ask(pt, journal, item)
            assert (item.state, item.reason) == ("planned", "")
            assert await Delete().check(pt, item) == "the video is still there"
            for kind in (Upload(), Thumbnails(), Captions()):
                item.settle("sending")
                await kind.ask(pt, journal, item)
                assert (item.state, item.reason) == ("planned", "")
                kind.done(item, {"uuid": UUID})
                assert (item.state, item.uuid) == ("changed", UUID)
            assert await Thumbnails().check(pt, item) == ""


@pytest.mark.parametrize(
    ("before", "after", "state", "reason", "asked"),
    [
        ({"name": "Now"}, {"name": "New"}, "sending", "", 2),
        ({"name": "Old"}, {"name": "Now"}, "unchanged", "somebody made the same change meanwhile", 1),
        (
            {"name": "Old"},
            {"name": "New"},
            "conflict",
            "changed by somebody else: name was Old, is wanted New, and is Now now",
            1,
        ),
    ],
)
async def test_who_expects_looks_just_before(
    before: dict[str, Any], after: dict[str, Any], state: str, reason: str, asked: int, journal: Journal
) -> None:
    server, item = Server(**{"PUT /videos/" + UUID: reply(204)}), edit(before, after)
    with journal:
        async with client(server) as pt:
            call = Update(expect=True).call(pt, item)
            await Update(expect=True).send(pt, journal, item, pt.prepare(call))
    assert (item.state, item.reason, len(server.asked)) == (state, reason, asked)


async def test_a_deletion_keeps_what_was_there(journal: Journal) -> None:
    server = Server(**{"DELETE /videos/" + UUID: reply(204)})
    with journal:
        async with client(server) as pt:
            item = Item("7", {"delete": True}, uuid=UUID, note={"names": {"id": "8"}})
            await Delete().send(pt, journal, item, pt.prepare(Delete().call(pt, item)))
            assert (item.state, item.reason) == ("failed", f"id names another video than {UUID}; nothing was deleted")
            assert server.asked == ["GET /videos/" + UUID]
            item = Item("7", {"delete": True}, uuid=UUID, note={"names": {"id": "7"}})
            await Delete().send(pt, journal, item, pt.prepare(Delete().call(pt, item)))
    assert server.asked[1:] == ["GET /videos/" + UUID, "DELETE /videos/" + UUID]
    assert item.before is not None
    assert (item.name, item.before["name"], item.before["privacy"]) == ("Now", "Now", 1)


def captions_item(path: Path) -> Item:
    data = path.read_bytes()
    wanted = {"language": "nl", "file": str(path), "sha256": hashlib.sha256(data).hexdigest(), "said": said(data)}
    return Item(f"{UUID}/nl", wanted, uuid=UUID, state="sending")


def captions_of(path: str = "/lazy/nl.vtt", body: bytes = VTT) -> dict[str, Any]:
    listed = {"total": 1, "data": [{"language": {"id": "nl"}, "captionPath": path}]}
    return {
        f"GET /videos/{UUID}/captions": listed,
        f"PUT /videos/{UUID}/captions/nl": reply(204),
        "GET /lazy/nl.vtt": Response(200, {"content-type": "text/vtt"}, body),
    }


async def test_captions_are_sent_until_they_stay(tmp_path: Path, journal: Journal) -> None:
    path = tmp_path / "a.srt"
    path.write_bytes(SRT)
    none, listed = reply(200, {"total": 0, "data": []}), captions_of()
    put, get = f"PUT /videos/{UUID}/captions/nl", f"GET /videos/{UUID}/captions"
    there = reply(200, listed[get])
    with journal:
        for answers, tries, state in (
            ([there], 1, "sending"),
            ([none, none, there], 3, "sending"),
            ([none], 6, "failed"),
        ):
            server, item = Server(**listed | {get: list(answers)}), captions_item(path)
            async with client(server) as pt:
                await Captions().send(pt, journal, item, pt.prepare(Captions().call(pt, item)))
            assert (server.asked, item.state) == ([put, get] * tries, state)
        assert (item.reason, item.again) == ("the server takes the captions and does not keep them", True)
        path.write_bytes(SRT + b"x")
        async with client(server) as pt:
            call = Captions().call(pt, item)
            server.asked.clear()
            await Captions().send(pt, journal, item, pt.prepare(call))
    assert (item.reason, server.asked) == (f"{path} was changed since it was looked at", [])


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        (captions_of(), ""),
        (captions_of(body=VTT.replace(b"Hallo", b"Dag")), "the captions in nl say something else than {path}"),
        (captions_of() | {"GET /lazy/nl.vtt": 404}, "the file of the captions in nl is gone"),
        (
            captions_of() | {f"GET /videos/{UUID}/captions": {"total": 0, "data": []}},
            "it has no captions in this language",
        ),
        ({}, "the video is gone"),
    ],
)
async def test_captions_are_looked_at_again(answers: dict[str, Any], why: str, tmp_path: Path) -> None:
    path = tmp_path / "a.srt"
    path.write_bytes(SRT)
    async with client(Server(**answers)) as pt:
        assert await Captions().check(pt, captions_item(path)) == why.format(path=path)


async def test_captions_of_one_video(tmp_path: Path) -> None:
    path = tmp_path / "a.srt"
    path.write_bytes(SRT)
    (tmp_path / "b.srt").write_bytes(b"nothing")
    async with client(Server(**captions_of())) as pt:
        assert await put_captions(pt, UUID, "nl", path)
        assert await fetch_captions(pt, UUID, "nl") == VTT
        assert await fetch_captions(pt, UUID, "en") is None
        with pytest.raises(InvalidField, match=r"^captionfile: b\.srt has no line like"):
            await put_captions(pt, UUID, "nl", tmp_path / "b.srt")
        with pytest.raises(FileUnreadable, match="No such file or directory"):
            await put_captions(pt, UUID, "nl", tmp_path / "c.srt")


async def test_captions_that_are_nowhere_are_named() -> None:
    listed = {"total": 1, "data": [{"language": {"id": "nl"}}]}
    async with client(Server(**{f"GET /videos/{UUID}/captions": listed})) as pt:
        with pytest.raises(UnexpectedResponse, match=r"^the captions in nl: captionPath is None, not a text$"):
            await fetch_captions(pt, UUID, "nl")


@pytest.mark.parametrize(
    ("page", "why"),
    [
        ({}, "the list of captions: data is None, not a list"),
        ({"data": [{}]}, "the list of captions: language is None, not an object"),
        ({"data": [{"language": {"id": 3}}]}, "the list of captions: language.id is 3, not a text"),
    ],
)
def test_a_list_of_captions(page: object, why: str) -> None:
    with pytest.raises(UnexpectedResponse) as caught:
        by_language(page)
    assert str(caught.value) == why
    row = {"language": {"id": "nl"}, "captionPath": "/x"}
    assert by_language({"data": [row]}) == {"nl": row}


def test_a_file_may_change_or_go(tmp_path: Path) -> None:
    path = tmp_path / "a.srt"
    path.write_bytes(SRT)
    item = captions_item(path)
    assert is_same(item, item.wanted)
    assert item.state == "sending"
    path.write_bytes(SRT + b"x")
    assert not is_same(item, item.wanted)
    assert (item.state, item.reason, item.again) == ("failed", f"{path} was changed since it was looked at", False)
    path.unlink()
    assert not is_same(item, item.wanted)
    assert (item.reason, item.again) == (f"cannot read {path}: No such file or directory", True)


# -- imports ---------------------------------------------------------------------------------------

ADDRESS = "https://x.example/f.mp4"


def importing(**note: Any) -> Item:
    return Item("targetUrl:x", {"fields": {"channel": 3, "name": "Now"}, "targetUrl": ADDRESS}, id=1, note=note)


def import_of(number: int, *, url: str = ADDRESS, channel: int | None = 3, **video: Any) -> dict[str, Any]:
    made = {"uuid": f"u{number}", "name": "Now", "channel": {"id": channel}} | video
    return {"id": number, "targetUrl": url, "video": made}


@pytest.mark.parametrize(
    ("there", "uuid"),
    [
        ([], ""),
        ([import_of(9)], "u9"),
        ([import_of(9, channel=None)], "u9"),
        ([import_of(5)], ""),
        ([import_of(9, url="https://other")], ""),
        ([import_of(9, name="Other")], ""),
        ([import_of(9, channel=4)], ""),
        ([import_of(9) | {"video": None}, import_of(8)], "u8"),
    ],
)
async def test_an_import_in_doubt(there: list[dict[str, Any]], uuid: str, journal: Journal) -> None:
    item = importing(newest=5)
    with journal:
        async with client(Server(**{"GET /users/me/videos/imports": {"total": len(there), "data": there}})) as pt:
            await Import().ask(pt, journal, item)
            assert (item.uuid, item.state) == (uuid, "changed" if uuid else "planned")
            other = importing(newest=5)
            other.id = 2
            await Import().ask(pt, journal, other)
    assert other.state == "planned", "a video came of one item"


async def test_an_import_is_marked_before_it_is_sent(journal: Journal) -> None:
    listed = {"total": 1, "data": [import_of(9, url="https://other")]}
    answers = {"GET /users/me/videos/imports": listed, "POST /videos/imports": {"video": {"uuid": "u10"}}}
    server, item = Server(**answers), importing()
    with journal:
        async with client(server) as pt:
            for each in (item, replace(importing(), id=2)):
                answer = await Import().send(pt, journal, each, pt.prepare(Import().call(pt, each)))
                assert answer == {"uuid": "u10"}
    assert item.note["newest"] == 9
    assert server.asked == ["GET /users/me/videos/imports", "POST /videos/imports", "POST /videos/imports"]
