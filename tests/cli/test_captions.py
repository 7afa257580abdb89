"""Captions and deletes: what a dry run looks at, and what verify compares."""

from pathlib import Path

import pytest

from aiopeertube.emulator import Emulator

from .conftest import Cli, rows, video

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
