"""The same rules or table at several instances of one's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from aiopeertube.cli.saved import token_path
from aiopeertube.emulator import Emulator, Fault
from aiopeertube.stack.tokens import Token, TokenFile

from .conftest import USER, Cli, rows


@pytest.fixture(autouse=True)
def state(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))


@pytest.fixture
def servers(cli: Cli, home: Path) -> Iterator[list[Emulator]]:
    """Three of one's own, the same user logged in to each; the second holds other videos."""
    with (
        Emulator.in_thread(videos=3, rate_limit=None, login_limit=None) as one,
        Emulator.in_thread(videos=2, rate_limit=None, login_limit=None, seed=7) as two,
        Emulator.in_thread(videos=3, rate_limit=None, login_limit=None) as three,
    ):
        made = [one, two, three]
        for server in made:
            assert cli("login", "--url", server.url, **USER).exit_code == 0
        (home / "mine.txt").write_text("".join(f"{server.url}\n" for server in made))
        yield made


def supports(server: Emulator) -> set[object]:
    return {video.support for video in server.store.videos.values()}


def test_rules_at_each(cli: Cli, servers: list[Emulator]) -> None:
    result = cli("set", "--mine", "support=Thanks", "--instances", "mine.txt", "--yes", "--format", "text")
    assert result.exit_code == 0, result.stderr
    assert all(supports(server) == {"Thanks"} for server in servers)
    lines = [line.split() for line in result.stdout.splitlines() if "http" in line]
    assert [(line[0], line[1], line[2]) for line in lines] == [
        (server.url, "done", str(len(server.store.videos))) for server in servers
    ]
    assert len(rows(cli("jobs", "list", "--format", "jsonl").stdout)) == 3


def test_one_that_fails_stops_none_of_the_others(cli: Cli, servers: list[Emulator]) -> None:
    servers[1].faults.add(Fault("reset"))
    result = cli("set", "--mine", "support=Thanks", "--instances", "mine.txt", "--yes", "--format", "jsonl")
    assert result.exit_code == 1
    assert [supports(server) == {"Thanks"} for server in servers] == [True, False, True]
    told = rows(result.stdout)
    assert {row["instance"] for row in told} == {servers[0].url, servers[2].url}
    assert {row["state"] for row in told} == {"changed"}
    assert f"{servers[0].url}: done (3 changed)" in result.stderr
    assert f"{servers[1].url}: " in result.stderr


def test_going_on_begins_where_the_job_did_not_come_to(cli: Cli, servers: list[Emulator], home: Path) -> None:
    again = ("set", "--mine", "support=Thanks", "--instances", "mine.txt", "--yes", "--format", "text", "--resume")
    (home / "first.txt").write_text(f"{servers[0].url}\n")
    assert cli("set", "--mine", "support=Thanks", "--instances", "first.txt", "--yes").exit_code == 0
    sent = servers[0].statistics().requests
    result = cli(*again)
    assert result.exit_code == 0, result.stderr
    assert all(supports(server) == {"Thanks"} for server in servers)
    assert result.stderr.count("it was not begun here yet") == 2
    assert servers[0].statistics().requests - sent < 10
    assert len(rows(cli("jobs", "list", "--format", "jsonl").stdout)) == 3
    assert "it was not begun" not in cli(*again).stderr


def test_a_login_by_a_name_in_its_own_letters_is_found(cli: Cli, home: Path) -> None:
    origin = "https://b\u00fccher.invalid:9000"
    path = token_path(origin)
    assert path is not None
    TokenFile(path, origin=origin, username="nisv").save(Token("access"))
    (home / "mine.txt").write_text("https://B\u00dcCHER.invalid:9000\n")
    result = cli("set", "--mine", "support=Thanks", "--instances", "mine.txt", "--yes", "--timeout", "1")
    assert "not logged in" not in result.stderr
    assert "cannot connect" in result.stderr
    path.unlink()
    assert "not logged in" in cli("set", "--mine", "support=Thanks", "--instances", "mine.txt", "--yes").stderr


def test_a_table_at_each(cli: Cli, servers: list[Emulator], home: Path) -> None:
    uuids = [video.uuid for video in servers[0].store.videos.values()]
    (home / "edits.csv").write_text("uuid,support\n" + "".join(f"{uuid},Merci\n" for uuid in uuids))
    result = cli("apply", "edits.csv", "--instances", "mine.txt", "--format", "text")
    assert result.exit_code == 1  # the second has none of these videos
    assert [supports(server) == {"Merci"} for server in servers] == [True, False, True]
    results = {line.split()[0]: " ".join(line.split()[1:]) for line in result.stdout.splitlines() if "http" in line}
    assert results[servers[0].url].startswith("done 3")
    assert results[servers[1].url].startswith("some failed")


def test_resuming_goes_on_where_something_is_left(cli: Cli, servers: list[Emulator]) -> None:
    rule = ("set", "--mine", "support=Thanks", "--instances", "mine.txt", "--yes", "--format", "text")
    assert cli(*rule, "--first", "2").exit_code == 0
    thanked = [sum(video.support == "Thanks" for video in server.store.videos.values()) for server in servers]
    assert thanked == [2, 2, 2]
    result = cli(*rule, "--resume")
    assert result.exit_code == 0
    assert all(supports(server) == {"Thanks"} for server in servers), result.stderr


def test_all_are_looked_at_before_anything_is_sent(cli: Cli, servers: list[Emulator], home: Path) -> None:
    (home / "more.txt").write_text(f"{servers[0].url}\nhttps://other.example\nhttps://third.example\n")
    result = cli("set", "--mine", "support=Thanks", "--instances", "more.txt", "--yes")
    assert result.exit_code == 3
    assert "not logged in to https://other.example, https://third.example" in result.stderr
    assert "Thanks" not in supports(servers[0])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--url", "https://a.example"), "--url"),
        (("--token", "secret"), "--token"),
        (("--password", "secret"), "--password"),
        (("--journal", "x"), "--journal"),
        (("--failed", "x"), "--failed"),
        (("--instances", "nowhere.txt"), "cannot read nowhere.txt"),
        (("--instances", "empty.txt"), "names no instance"),
    ],
)
def test_what_belongs_to_one_is_refused(cli: Cli, home: Path, arguments: tuple[str, ...], told: str) -> None:
    (home / "mine.txt").write_text("videos.example\n")
    (home / "empty.txt").write_text("# none yet\n")
    result = cli("set", "--mine", "support=Thanks", "--instances", "mine.txt", "--yes", *arguments)
    assert (result.exit_code, told in result.stderr) == (2, True), result.stderr
    assert "secret" not in result.stderr


def test_a_table_of_stdin_is_refused(cli: Cli) -> None:
    result = cli("apply", "-", "--instances", "mine.txt", input="uuid,support\n")
    assert (result.exit_code, "only once" in result.stderr) == (2, True)
