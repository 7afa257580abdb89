"""Uploads and imports from tables, as people run them, against the emulator."""

import hashlib
import os
import random
import signal
import subprocess
from pathlib import Path

import pytest

from aiopeertube.emulator import Emulator, Fault
from aiopeertube.emulator.model.entities import Video

from .conftest import USER, Cli, command, rows, wait_until

HEAD = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2"


@pytest.fixture(autouse=True)
def state(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))


def film(name: str, size: int = 5000, seed: int = 0) -> str:
    data = HEAD + random.Random(seed).randbytes(size)
    Path(name).write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def made(server: Emulator, after: int = 12) -> list[Video]:
    return [video for number, video in server.store.videos.items() if number > after]


def sha256(video: Video) -> str:
    assert video.source is not None
    return video.source.sha256


def test_files_become_videos_with_the_metadata_of_their_rows(server: Emulator, user: Cli) -> None:
    hashes = [film(f"{n}.mp4", seed=n) for n in range(3)]
    Path("in.csv").write_text(
        "key|file|name|tags|licence|originallyPublishedAt|privacy\n"
        "oai:0|0.mp4|Film 0|aa;bb|https://creativecommons.org/licenses/by-sa/3.0/nl/|1939|Public\n"
        "oai:1|1.mp4|Film 1|||1940-05|Unlisted\noai:2|2.mp4|Film 2||||\n"
    )
    result = user("upload", "in.csv", "--channel", "nisv_channel", "--format", "jsonl")
    assert result.exit_code == 0
    assert [row["state"] for row in rows(result.stdout)] == ["changed"] * 3
    videos = {video.name: video for video in made(server)}
    assert {name: sha256(video) for name, video in videos.items()} == {
        f"Film {n}": digest for n, digest in enumerate(hashes)
    }
    assert (videos["Film 0"].licence, set(videos["Film 0"].tags), videos["Film 0"].privacy) == (2, {"aa", "bb"}, 1)
    assert videos["Film 1"].privacy == 2
    mapped = user("jobs", "map", "last").stdout
    assert all(f"oai:{n},{videos[f'Film {n}'].uuid}" in mapped for n in range(3))
    assert "3 stand as written, 0 differ" in user("verify", "last").stderr
    videos["Film 1"].licence = 4
    videos["Film 0"].licence = 5
    assert user("verify", "last").exit_code == 1
    assert user("upload", "in.csv", "--channel", "nisv_channel", "--resume").exit_code == 0
    assert len(made(server)) == 3


def test_rows_that_can_be_no_video_are_told_before_anything_is_sent(server: Emulator, user: Cli) -> None:
    film("good.mp4")
    Path("empty.mp4").write_bytes(b"")
    Path("in.csv").write_text("file,name,channel\ngood.mp4,ab,nisv_channel\nempty.mp4,Film,nope\nnone.mp4,,\n")
    result = user("upload", "in.csv")
    assert result.exit_code == 2
    for told in (
        "line 2, column name", "line 3, column channel: there is no channel 'nope'", "line 3, column file:",
        "line 4, column name: a new video needs one", "line 4, column file: cannot read",
    ):  # fmt: skip
        assert told in result.stderr
    assert result.stderr.count("line 3, column channel") == 1, "what is there, and wrong, is not told to be missing"
    assert made(server) == []


def test_what_is_no_video_fails_and_the_rest_goes_on(server: Emulator, user: Cli) -> None:
    film("good.mp4")
    Path("bad.mp4").write_bytes(b"<html>" * 100)
    Path("in.csv").write_text("file,name\nbad.mp4,Bad film\ngood.mp4,Good film\n")
    result = user("upload", "in.csv", "--channel", "nisv_channel", "--format", "jsonl")
    assert result.exit_code == 1
    assert {row["name"]: (row["state"], row["again"]) for row in rows(result.stdout)} == {
        "Bad film": ("failed", False), "Good film": ("changed", False),
    }  # fmt: skip
    assert "bad.mp4,Bad film," in Path("in.failed.csv").read_text()


def test_a_killed_upload_goes_on_from_where_the_server_is(home: Path, cli: Cli) -> None:
    size = 24 * 1024 * 1024  # three chunks
    digest = film("film.mp4", size)
    Path("in.csv").write_text("file,name\nfilm.mp4,Long film\n")
    with Emulator.in_thread(videos=2, rate_limit=None, login_limit=None) as server:
        assert cli("login", "--url", server.url, **USER).exit_code == 0
        server.faults.add(Fault("stall", method="PUT", path="/videos/upload-resumable", seconds=0.3))
        ways = ["upload", "in.csv", "--channel", "nisv_channel", "--quiet"]
        run = subprocess.Popen(command(*ways), env=dict(os.environ), stdout=subprocess.DEVNULL)
        route = "PUT /videos/upload-resumable"
        wait_until(lambda: server.statistics().by_route.get(route, 0) >= 2 or run.poll() is not None)
        run.send_signal(signal.SIGKILL)
        run.wait()
        server.faults.clear()
        before = server.statistics().by_route[route]
        assert cli(*ways, "--resume").exit_code == 0
        # It asks where the server is, and what that has is not sent once more.
        assert server.statistics().by_route[route] - before <= 4
        assert server.statistics().by_route["POST /videos/upload-resumable"] == 1
        (video,) = made(server, 2)
        assert sha256(video) == digest


def test_a_table_that_is_uploaded_twice_makes_nothing_twice_and_says_so(server: Emulator, user: Cli) -> None:
    film("0.mp4"), film("1.mp4", seed=1), film("2.mp4", seed=2)
    head, first, second = "file,name\n", "0.mp4,Film 0\n1.mp4,Film 1\n", "2.mp4,Film 2\n"
    Path("in.csv").write_text(head + first)
    ways = ["upload", "in.csv", "--channel", "nisv_channel", "--format", "jsonl"]
    assert user(*ways).exit_code == 0
    uuids = {video.name: video.uuid for video in made(server)}
    again = user(*ways)
    assert again.exit_code == 0
    assert "2 videos exist already" in again.stderr
    assert "2 unchanged" in again.stderr
    assert len(made(server)) == 2
    Path("in.csv").write_text(head + first + second)
    third = user(*ways)
    assert [row["name"] for row in rows(third.stdout)] == ["Film 2"]
    assert len(made(server)) == 3
    film_1 = server.store.video(uuids["Film 1"])
    assert film_1 is not None
    server.store.remove_video(film_1)
    assert [row["name"] for row in rows(user(*ways).stdout)] == ["Film 1"], "it no longer exists"
    # Other wishes are another video.
    Path("in.csv").write_text(head + "0.mp4,Film zero\n")
    assert [row["name"] for row in rows(user(*ways).stdout)] == ["Film zero"]


@pytest.mark.parametrize("version", ["6.3", "8.2"])
def test_uploads_whose_last_answers_are_lost_are_all_told(version: str, home: Path, cli: Cli) -> None:
    count = 6
    for number in range(count):
        film(f"{number}.mp4", seed=number)
    Path("in.csv").write_text("key,file,name\n" + "".join(f"{n},{n % 3}.mp4,Film {n % 2}\n" for n in range(count)))
    with Emulator.in_thread(videos=2, rate_limit=None, login_limit=None, server_version=version) as server:
        assert cli("login", "--url", server.url, **USER).exit_code == 0
        server.faults.add(Fault("reset-after", method="PUT", path="/videos/upload-resumable", times=count))
        result = cli("upload", "in.csv", "--channel", "nisv_channel", "--format", "jsonl")
        assert result.exit_code == 0
        told = {row["video"]: row["name"] for row in rows(result.stdout)}
        assert told == {video.uuid: video.name for video in made(server, 2)}
        assert len(told) == count


def test_an_upload_whose_end_nobody_saw_is_found_and_not_sent_twice(server: Emulator, user: Cli) -> None:
    film("film.mp4")
    Path("in.csv").write_text("file,name\nfilm.mp4,Only film\n")
    server.faults.add(Fault("reset-after", method="PUT", path="/videos/upload-resumable", times=1))
    result = user("upload", "in.csv", "--channel", "nisv_channel", "--format", "jsonl")
    assert result.exit_code == 0
    assert [video.name for video in made(server)] == ["Only film"]
    assert rows(result.stdout)[0]["video"] == made(server)[0].uuid


def test_imports_are_asked_for_once(home: Path, cli: Cli) -> None:
    Path("in.csv").write_text(
        "key,targetUrl,name\nold/1,https://files.example/1.mp4,Film 1\nold/2,https://files.example/2.mp4,Film 2\n"
    )
    ways = ["import", "in.csv", "--channel", "nisv_channel"]
    with Emulator.in_thread(videos=2, rate_limit=None, login_limit=None, imports=True) as server:
        assert cli("login", "--url", server.url, **USER).exit_code == 0
        server.faults.add(Fault("reset-after", method="POST", path="/videos/imports", times=1))
        assert cli(*ways, "--concurrency", "1").exit_code == 0
        assert sorted(video.name for video in made(server, 2)) == ["Film 1", "Film 2"]
        assert len(cli("jobs", "map", "last").stdout.splitlines()) == 3


def test_an_older_import_of_the_same_address_is_not_taken_for_a_new_one(home: Path, cli: Cli) -> None:
    ways = ["import", "in.csv", "--channel", "nisv_channel", "--format", "jsonl"]
    head = "key,targetUrl,name,privacy\n"
    row = "{},https://media.example/one.mp4,{},1\n"
    with Emulator.in_thread(videos=2, rate_limit=None, login_limit=None, imports=True) as server:
        assert cli("login", "--url", server.url, **USER).exit_code == 0
        Path("in.csv").write_text(head + row.format(0, "Old import"))
        assert cli(*ways).exit_code == 0
        # Nothing was done, though the answer does not say so; the older one has the same address, then the same name.
        for key, name in ((1, "Corrected file"), (2, "Old import")):
            server.faults.add(Fault("5xx", method="POST", path="/videos/imports", times=1, status=502))
            Path("in.csv").write_text(head + row.format(key, name))
            failed = cli(*ways)
            assert failed.exit_code == 1
            assert "502" in rows(failed.stdout)[0]["reason"]
            assert cli(*ways, "--resume-failed").exit_code == 0
        assert [video.name for video in made(server, 2)] == ["Old import", "Corrected file", "Old import"]
        assert cli("verify", "last").exit_code == 0


def test_imports_alike_whose_answers_are_lost_are_each_told_once(home: Path, cli: Cli) -> None:
    Path("in.csv").write_text(
        "key,targetUrl,name\n" + "".join(f"{n},https://files.example/1.mp4,Film\n" for n in range(4))
    )
    with Emulator.in_thread(videos=2, rate_limit=None, login_limit=None, imports=True) as server:
        assert cli("login", "--url", server.url, **USER).exit_code == 0
        server.faults.add(Fault("reset-after", method="POST", path="/videos/imports", times=4))
        result = cli("import", "in.csv", "--channel", "nisv_channel", "--format", "jsonl")
        assert result.exit_code == 0
        assert {row["video"] for row in rows(result.stdout)} == {video.uuid for video in made(server, 2)}
        assert len(made(server, 2)) == 4


def test_imports_that_the_instance_does_not_allow(server: Emulator, user: Cli) -> None:
    Path("in.csv").write_text("targetUrl,name\nhttps://files.example/1.mp4,Film 1\nfile.mp4,Film 2\n")
    refused = user("import", "in.csv", "--channel", "nisv_channel")
    assert (refused.exit_code, "line 3, column targetUrl" in refused.stderr) == (2, True)
    Path("in.csv").write_text("targetUrl,name\nhttps://files.example/1.mp4,Film 1\n")
    result = user("import", "in.csv", "--channel", "nisv_channel", "--format", "jsonl")
    assert result.exit_code == 1
    assert "409" in rows(result.stdout)[0]["reason"]
