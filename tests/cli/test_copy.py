"""`copy`, as people run it, between two emulators."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from aiopeertube.emulator import Emulator

from .conftest import PASSWORD, Cli, rows

FROM = {"PEERTUBE_FROM_USERNAME": "nisv", "PEERTUBE_FROM_PASSWORD": PASSWORD}
TO = {"PEERTUBE_TO_USERNAME": "nisv", "PEERTUBE_TO_PASSWORD": PASSWORD}


@pytest.fixture(autouse=True)
def state(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))


@pytest.fixture
def source() -> Iterator[Emulator]:
    with Emulator.in_thread(videos=3, rate_limit=None, login_limit=None, server_version="8.2") as started:
        for video in started.store.videos.values():
            video.size, video.duration = 20_000, 1
        yield started


@pytest.fixture
def target() -> Iterator[Emulator]:
    with Emulator.in_thread(videos=0, rate_limit=None, login_limit=None) as started:
        yield started


@pytest.fixture
def between(source: Emulator, target: Emulator) -> tuple[str, ...]:
    return "--from", source.url, "--to", target.url


def test_all_is_copied_verified_and_mapped(
    source: Emulator, target: Emulator, between: tuple[str, ...], cli: Cli
) -> None:
    source.store.videos[2].licence = 8
    result = cli("copy", *between, "--format", "jsonl", **FROM, **TO)
    assert result.exit_code == 0, result.stderr
    assert sorted(row["state"] for row in rows(result.stdout)) == ["changed"] * 3
    assert "3 videos, 58.6 KiB of files" in result.stderr
    assert "licence (the instance has no licence 8)" in result.stderr
    assert "views" in result.stderr
    assert "originallyPublishedAt: 3 videos without one get" in result.stderr
    there = {row["there"]: row["without"] for row in rows(result.stdout)}
    assert there == {
        f"video:{video.uuid}": {"licence": "the instance has no licence 8"} if video.id == 2 else {}
        for video in source.store.videos.values()
    }
    login = {"PEERTUBE_URL": target.url, "PEERTUBE_USERNAME": "nisv", "PEERTUBE_PASSWORD": PASSWORD}
    assert "3 stand as written, 0 differ" in cli("verify", "last", **login).stderr
    mapped = cli("jobs", "map", "last").stdout
    copies = {video.name: video.uuid for video in target.store.videos.values()}
    for video in source.store.videos.values():
        assert f"/videos/watch/{video.uuid}" in mapped
        assert f"/w/{video.uuid},{copies[video.name]},{target.url}/w/{copies[video.name]}" in mapped
    again = cli("copy", *between, **FROM, **TO)
    assert again.exit_code == 0
    assert "there already: " in again.stderr
    assert len(target.store.videos) == 3


def test_a_dry_run_says_how_much_there_is(target: Emulator, between: tuple[str, ...], cli: Cli) -> None:
    result = cli("copy", *between, "--dry-run", **FROM, **TO)
    assert result.exit_code == 0
    assert "3 videos" in result.stderr
    assert not target.store.videos


def test_logins_that_are_kept_are_used_by_their_hosts(source: Emulator, target: Emulator, cli: Cli) -> None:
    for server in (source, target):
        login = {"PEERTUBE_URL": server.url, "PEERTUBE_USERNAME": "nisv", "PEERTUBE_PASSWORD": PASSWORD}
        assert cli("login", **login).exit_code == 0
    there, here = (server.url.removeprefix("http://") for server in (source, target))
    named = ("--channel", "nisv_channel", "--channel-name", "nisv_channel=films")
    result = cli("copy", "--from", there, "--to", here, *named)
    assert result.exit_code == 0, result.stderr
    assert {video.channel.name for video in target.store.videos.values()} == {"films"}
    assert target.statistics().logins == 1


def test_what_is_of_one_instance_does_not_go_to_the_other(between: tuple[str, ...], cli: Cli) -> None:
    result = cli("copy", *between, PEERTUBE_FROM_PASSWORD=PASSWORD, **TO)
    assert (result.exit_code, "PEERTUBE_FROM_USERNAME" in result.stderr) == (2, True)
    result = cli("copy", *between, PEERTUBE_USERNAME="nisv", PEERTUBE_PASSWORD=PASSWORD)
    assert result.exit_code == 2  # nobody reads there, so it is to be said what
    assert "channel" in result.stderr
    result = cli("copy", *between, "--to-user", "nisv", **FROM)
    assert (result.exit_code, "PEERTUBE_TO_PASSWORD" in result.stderr) == (2, True)


def test_an_instance_is_not_copied_to_itself(source: Emulator, cli: Cli) -> None:
    other = source.url.replace("127.0.0.1", "localhost")
    result = cli("copy", "--from", source.url, "--to", other, **FROM, **TO)
    assert (result.exit_code, "cannot be copied to itself" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--videos", "a.csv", "--channel", "x"), "--videos excludes"),
        (("--channel-name", "films"), "THERE=HERE"),
        (("--via", "import"), "does not let users import"),
        (("--channel", "nobody"), "nobody"),
    ],
)
def test_bad_usage(between: tuple[str, ...], cli: Cli, arguments: tuple[str, ...], says: str) -> None:
    result = cli("copy", *between, *arguments, **FROM, **TO)
    assert (result.exit_code, says in result.stderr) == (2, True), result.stderr


def test_a_trial_of_the_first(target: Emulator, between: tuple[str, ...], cli: Cli) -> None:
    result = cli("copy", *between, "--first", "2", **FROM, **TO)
    assert result.exit_code == 0, result.stderr
    assert "2 stand as written" in result.stderr
    assert len(target.store.videos) == 2
    result = cli("copy", *between, "--resume", "--progress", "jsonl", **FROM, **TO)
    assert result.exit_code == 0, result.stderr
    assert len(target.store.videos) == 3
    other = cli("copy", *between, "--resume", "--channel-name", "nisv_channel=films", **FROM, **TO)
    assert (other.exit_code, "see --channel-name" in other.stderr) == (2, True), other.stderr
    assert json.loads(next(line for line in result.stderr.splitlines() if line.startswith("{")))
