"""`channels`: listed, shown, made, edited and deleted."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from aiopeertube.emulator import Emulator, Fault

from .conftest import Cli, Terminal, rows

PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)


def named(result: str) -> list[str]:
    return [row["name"] for row in rows(result)]


def test_lists(server: Emulator, user: Cli) -> None:
    assert named(user("channels", "list", "--sort", "createdAt").stdout) == [
        "root_channel", "nisv_channel", "moderator_channel", "twofactor_channel",
    ]  # fmt: skip
    assert named(user("channels", "list", "--limit", "1", "--sort", "createdAt").stdout) == ["root_channel"]
    assert named(user("channels", "list", "--mine").stdout) == ["nisv_channel"]
    assert named(user("channels", "list", "--account", "root").stdout) == ["root_channel"]
    assert named(user("channels", "list", "--search", "moderator").stdout) == ["moderator_channel"]
    text = user("channels", "list", "--format", "csv", "--fields", "id,name,ownerAccount.name").stdout
    assert {(row["name"], row["ownerAccount.name"]) for row in csv.DictReader(io.StringIO(text))} >= {
        ("nisv_channel", "nisv")
    }
    assert "nisv_channel" in user("channels", "list", "--format", "table").stdout


def test_a_list_needs_no_user_but_one_s_own(server: Emulator, cli: Cli) -> None:
    assert len(rows(cli("channels", "list", "--url", server.url).stdout)) == 4
    assert cli("channels", "list", "--mine", "--url", server.url).exit_code == 3


def test_made_with_pictures_and_edited(server: Emulator, user: Cli) -> None:
    Path("a.png").write_bytes(PNG)
    made = user("channels", "create", "films", "--description", "Old films", "--avatar", "a.png", "--banner", "a.png")
    row = rows(made.stdout)[0]
    assert (made.exit_code, row["name"], row["displayName"], row["description"]) == (0, "films", "films", "Old films")
    assert row["avatars"]
    assert row["banners"]
    edited = user(
        "channels", "update", "films", "nisv_channel", "--display-name", "Films of 1939", "--support", "Give",
        "--clear", "description", "--clear", "banner",
    )  # fmt: skip
    assert (edited.exit_code, len(rows(edited.stdout))) == (0, 4)
    assert [(line["channel"], line.get("part")) for line in rows(edited.stdout)] == [
        ("films", None), ("films", "banner"), ("nisv_channel", None), ("nisv_channel", "banner"),
    ]  # fmt: skip
    shown = json.loads(user("channels", "get", "films", "--format", "json").stdout)
    assert (shown["displayName"], shown["support"], shown["description"]) == ("Films of 1939", "Give", None)
    assert shown["avatars"]
    assert not shown["banners"]


def test_shown_in_order_and_some_missing(server: Emulator, user: Cli) -> None:
    result = user("channels", "get", "nisv_channel", "nobody", "root_channel", "--fields", "name", "--quiet")
    assert result.exit_code == 1
    assert named(result.stdout) == ["nisv_channel", "root_channel"]
    assert result.stderr.startswith("aiopeertube: failed: nobody: GET /api/v1/video-channels/nobody answered 404")


def test_a_list_is_input(server: Emulator, user: Cli) -> None:
    listed = user("channels", "list", "--mine").stdout
    assert user("channels", "update", "-", "--support", "Give", input=listed).exit_code == 0
    assert server.store.channels["nisv_channel"].support == "Give"
    elsewhere = '{"name": "films", "host": "other.example", "isLocal": false}\n'
    result = user("channels", "update", "-", "--support", "Give", "--dry-run", input=elsewhere + "here\n")
    assert [row["path"].rpartition("/")[2] for row in rows(result.stdout)] == ["films@other.example", "here"]


def test_a_dry_run_says_what_could_not_be_sent(server: Emulator, user: Cli) -> None:
    result = user("channels", "update", "-", "--support", "Give", "--dry-run", input="films\na/b\n")
    assert (result.exit_code, len(rows(result.stdout))) == (1, 1)
    assert result.stderr.startswith("aiopeertube: failed: a/b: 'a/b' is not the name of a channel")


def test_what_was_made_is_told_where_its_picture_is_refused(server: Emulator, user: Cli) -> None:
    Path("a.png").write_bytes(PNG)
    server.faults.add(Fault("5xx", path="/video-channels/*/avatar/pick", status=500))
    result = user("channels", "create", "films", "--avatar", "a.png")
    assert result.exit_code != 0
    assert result.stderr.startswith("aiopeertube: the channel films is made, without all of its pictures\n")
    assert "films" in server.store.channels


def test_a_dry_run_sends_nothing(server: Emulator, user: Cli) -> None:
    Path("a.png").write_bytes(PNG)
    before = server.store.channels["nisv_channel"].display_name
    result = user("channels", "update", "nisv_channel", "--display-name", "Other", "--avatar", "a.png", "--dry-run")
    assert [(row["method"], row["path"]) for row in rows(result.stdout)] == [
        ("PUT", "/api/v1/video-channels/nisv_channel"),
        ("POST", "/api/v1/video-channels/nisv_channel/avatar/pick"),
    ]
    assert server.store.channels["nisv_channel"].display_name == before


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("update nisv_channel", "Nothing to change: give at least one field."),
        ("update nisv_channel --support x --clear support", "support is given twice."),
        ("update nisv_channel --avatar none.png", "cannot read none.png: No such file or directory"),
        ("update nisv_channel --banner notes.txt", "bannerfile: notes.txt is not called .jpg, .png, .gif or .webp"),
        ("update a/b --support x", "'a/b' is not the name of a channel"),
        (f"create {'x' * 51}", "name: must have 1 to 50 characters, has 51"),
        ("list --mine --account root", "--mine and --account exclude each other."),
        ("get nisv_channel --fields ,", "--fields names no field."),
        ("delete nisv_channel", "cannot ask for confirmation"),
    ],
)
def test_input_is_checked_first(server: Emulator, user: Cli, words: str, message: str) -> None:
    Path("notes.txt").write_text("no image")
    before = server.statistics().requests
    result = user("channels", *words.split())
    assert result.exit_code == 2
    assert message in result.stderr
    assert server.statistics().requests == before


def test_deleted_when_somebody_says_so(server: Emulator, user: Cli, terminal: Callable[..., Terminal]) -> None:
    assert user("channels", "create", "films").exit_code == 0
    screen = terminal("channels", "delete", "films")
    screen.expect(f"Delete channel films at {server.url}? This cannot be undone. [y/N]: ")
    screen.type("n")
    assert (screen.end(), "films" in server.store.channels) == (130, True)
    assert user("channels", "delete", "films", "-y").exit_code == 0
    assert "films" not in server.store.channels


def test_somebody_elses(server: Emulator, user: Cli) -> None:
    result = user("channels", "update", "root_channel", "--support", "Mine")
    assert result.exit_code == 1
    assert "answered 403" in result.stderr
    assert user("channels", "create", "root_channel").exit_code == 5
