"""Captions and deletes: what a dry run looks at, and what verify compares."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aiopeertube.emulator import Emulator
from aiopeertube.emulator.model.entities import Caption

from .conftest import Cli, Terminal, rows, video

SRT = b"1\r\n00:00:01,000 --> 00:00:02,500\r\nHello\r\n"
NOBODYS = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(autouse=True)
def state(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))


@pytest.fixture
def table(server: Emulator) -> Path:
    """Two videos of the user's, one that is not there, and one of somebody else's."""
    root = server.store.channels["root_channel"]
    theirs = server.store.add_video("Theirs", root, privacy=1)
    path = Path("in.csv")
    uuids = (video(server, 1).uuid, video(server, 2).uuid, NOBODYS, theirs.uuid)
    path.write_text("uuid,file,language\n" + "".join(f"{uuid},a.srt,nl\n" for uuid in uuids))
    Path("a.srt").write_bytes(SRT)
    return path


def test_verify_compares_what_captions_say(server: Emulator, user: Cli) -> None:
    Path("a.srt").write_bytes(SRT)
    Path("b.vtt").write_bytes(b"WEBVTT\n\n00:01.000 --> 00:02.000\nHi\n")
    lines = [
        f"{video(server, 1).uuid},a.srt,nl",
        f"{video(server, 1).uuid},b.vtt,en",
        f"{video(server, 2).uuid},a.srt,nl",
    ]
    Path("in.csv").write_text("uuid,file,language\n" + "\n".join(lines) + "\n")
    assert user("captions", "in.csv").exit_code == 0
    Path("a.srt").unlink()  # what it said is known
    assert "3 stand as written, 0 differ" in user("verify", "last").stderr
    server.store.captions[1]["en"].content += b"\n00:03.000 --> 00:04.000\nmore\n"
    del server.store.captions[2]["nl"]
    result = user("verify", "last")
    assert result.exit_code == 1
    assert "the captions in en say something else than" in result.stderr
    assert "it has no captions in this language" in result.stderr
    assert "2 differ" in result.stderr


@pytest.mark.parametrize("verb", ["delete", "captions", "thumbnails"])
def test_a_dry_run_looks_at_the_videos(server: Emulator, user: Cli, table: Path, verb: str) -> None:
    if verb == "thumbnails":
        Path("a.jpg").write_bytes(b"\xff\xd8\xff\xe0")
        table.write_text(table.read_text().replace("a.srt", "a.jpg").replace(",nl", "").replace(",language", ""))
    result = user(verb, str(table), "--dry-run", "--format", "text", "--ignore", "*")
    assert result.exit_code == 1
    assert f"line 4, {NOBODYS}: there is no such video, or it is hidden from this user" in result.stderr
    assert "line 5, Theirs: not yours to change: it belongs to root" in result.stderr
    assert "2 planned, 2 failed" in result.stderr
    assert ("would be deleted: line 2, Video 0001" in result.stderr) == (verb == "delete")
    assert {"DELETE", "PUT"}.isdisjoint(route.split()[0] for route in server.statistics().by_route)


def test_a_dry_delete_tells_programs_each_video(server: Emulator, user: Cli, table: Path) -> None:
    lines = rows(user("delete", str(table), "--dry-run", "--ignore", "*").stdout)
    assert [(line["line"], line["state"]) for line in lines] == [
        (2, "planned"), (3, "planned"), (4, "failed"), (5, "failed"),
    ]  # fmt: skip
    assert lines[0]["name"] == "Video 0001"
    assert len(server.store.videos) == 13


def test_nothing_in_captions_steers_a_terminal(
    server: Emulator, user: Cli, terminal: Callable[..., Terminal]
) -> None:
    odd = VTT + b"\x1b]0;title\x07\xff\n"
    server.store.captions[3] = {"nl": Caption("nl", "odd-nl.vtt", odd, 0.0)}
    screen = terminal("captions", "get", "3", "nl")
    assert screen.end() == 0
    assert "Hello" in screen.text
    assert "\x1b]0;title" not in screen.raw
    assert user("captions", "get", "3", "nl").stdout_bytes == odd


class Forgetful(dict[int, Any]):
    """Keeps nothing that is put into it."""

    def setdefault(self, key: int, default: Any = None) -> Any:
        return default


VTT = b"WEBVTT\n\n00:01.000 --> 00:02.500\nHello\n"


def test_those_of_a_video(server: Emulator, user: Cli) -> None:
    Path("a.srt").write_bytes(SRT)
    Path("b.vtt").write_bytes(VTT)
    assert user("captions", "put", "3", "nl", "a.srt").exit_code == 0
    assert user("captions", "put", "3", "en", "b.vtt").exit_code == 0
    listed = user("captions", "list", "3")
    assert [row["language"]["id"] for row in rows(listed.stdout)] == ["en", "nl"]
    assert "Dutch" in user("captions", "list", "3", "--format", "table").stdout
    assert user("captions", "get", "3", "en").stdout == VTT.decode()
    assert user("captions", "get", "3", "nl", "-o", "out.vtt").exit_code == 0
    assert "Hello" in Path("out.vtt").read_text()
    refused = user("captions", "get", "3", "en", "-o", "out.vtt")
    assert (refused.exit_code, "out.vtt is already there" in refused.stderr) == (2, True)
    assert user("captions", "get", "3", "en", "-o", "out.vtt", "--overwrite-output").exit_code == 0
    assert Path("out.vtt").read_bytes() == VTT
    deleted = user("captions", "delete", "3", "-", "--yes", input=listed.stdout)
    assert [(row["language"], row["state"]) for row in rows(deleted.stdout)] == [("en", "ok"), ("nl", "ok")]
    assert user("captions", "list", "3").stdout == ""
    missing = user("captions", "get", "3", "nl")
    assert (missing.exit_code, "video 3 has no captions in nl" in missing.stderr) == (5, True)


def test_captions_that_the_server_loses_are_sent_again(server: Emulator, user: Cli) -> None:
    Path("b.vtt").write_bytes(VTT)
    server.store.captions = Forgetful()
    result = user("captions", "put", "3", "nl", "b.vtt")
    assert (result.exit_code, "does not keep them" in result.stderr) == (75, True)
    assert server.statistics().by_route["PUT /videos/{id}/captions/{language}"] > 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("put 3 nl none.srt", "cannot read none.srt: No such file or directory"),
        ("put 3 nl notes.txt", "captionfile: notes.txt is not called .srt or .vtt"),
        ("put 3 nl empty.srt", "captionfile: "),
        ("put 3 n/l a.srt", "'n/l' is not a language code; it looks like nl or pt-BR"),
        ("get x nl", "'x' is not a video id, UUID or short UUID"),
        ("list x", "'x' is not a video id, UUID or short UUID"),
        ("delete 3 nl", "cannot ask for confirmation"),
    ],
)
def test_what_is_named_is_checked_first(server: Emulator, user: Cli, words: str, message: str) -> None:
    Path("notes.txt").write_text("no captions")
    Path("empty.srt").touch()
    result = user("captions", *words.split())
    assert result.exit_code in {2, 74}
    assert message in result.stderr
    assert "PUT" not in str(server.statistics().by_route)
