"""`playlists`: listed, made, filled, ordered, edited and deleted."""

from pathlib import Path

import pytest

from aiopeertube.emulator import Emulator

from .conftest import Cli, rows, video

PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)


@pytest.fixture
def playlist(user: Cli) -> str:
    made = user("playlists", "create", "Films of 1939", "--description", "Old ones")
    assert made.exit_code == 0, made.stderr
    return str(rows(made.stdout)[0]["id"])


def order(user: Cli, playlist: str) -> list[int]:
    return [row["video.id"] for row in rows(user("playlists", "items", playlist, "--fields", "video.id").stdout)]


def test_made_and_shown(server: Emulator, user: Cli) -> None:
    Path("a.png").write_bytes(PNG)
    made = user(
        "playlists", "create", "Public ones", "--privacy", "public", "--channel", "nisv_channel", "--thumbnail",
        "a.png", "--format", "table",
    )  # fmt: skip
    assert made.exit_code == 0, made.stderr
    assert "nisv_channel" in made.stdout
    assert [row["displayName"] for row in rows(user("playlists", "list").stdout)] == ["Public ones"]
    listed = rows(user("playlists", "list", "--mine", "--sort", "displayName").stdout)
    assert [row["displayName"] for row in listed] == ["Public ones", "Watch later"]
    own = user("playlists", "list", "--mine", "--playlist-type", "watch-later").stdout
    assert [row["displayName"] for row in rows(own)] == ["Watch later"]
    of_channel = rows(user("playlists", "list", "--channel", "nisv_channel").stdout)
    assert [row["displayName"] for row in of_channel] == ["Public ones"]
    assert len(rows(user("playlists", "list", "--account", "nisv").stdout)) == 2
    shown = user("playlists", "get", *(str(row["id"]) for row in listed), "--fields", "displayName,privacy.label")
    assert rows(shown.stdout) == [
        {"displayName": "Public ones", "privacy.label": "Public"},
        {"displayName": "Watch later", "privacy.label": "Private"},
    ]


def test_filled_in_the_given_order(server: Emulator, user: Cli, playlist: str) -> None:
    added = user("playlists", "add", playlist, "7", "3", video(server, 5).uuid, "--start-timestamp", "9")
    assert [(row["video"], row["state"]) for row in rows(added.stdout)] == [
        ("7", "ok"), ("3", "ok"), (video(server, 5).uuid, "ok"),
    ]  # fmt: skip
    listed = user("videos", "list", "--mine", "--sort", "createdAt", "--all").stdout
    assert user("playlists", "add", playlist, "-", input=listed).exit_code == 0
    assert order(user, playlist) == [7, 3, 5, *range(1, 13)]
    first = rows(user("playlists", "items", playlist, "--limit", "1").stdout)[0]
    assert (first["position"], first["startTimestamp"], first["stopTimestamp"]) == (1, 9, None)


def test_ordered_and_emptied(server: Emulator, user: Cli, playlist: str) -> None:
    assert user("playlists", "add", playlist, "1", "2", "3", "4").exit_code == 0
    assert user("playlists", "reorder", playlist, "3", "0", "--reorder-length", "2").exit_code == 0
    assert order(user, playlist) == [3, 4, 1, 2]
    assert user("playlists", "reorder", playlist, "1", "2").exit_code == 0
    assert order(user, playlist) == [4, 3, 1, 2]
    items = user("playlists", "items", playlist, "--limit", "3").stdout
    removed = user("playlists", "remove", playlist, "-", input=items)
    assert (removed.exit_code, len(rows(removed.stdout))) == (0, 3)
    assert order(user, playlist) == [2]


def test_some_cannot_be_added(server: Emulator, user: Cli, playlist: str) -> None:
    result = user("playlists", "add", playlist, "1", "99", "2")
    assert result.exit_code == 1
    assert "aiopeertube: failed: 99: POST " in result.stderr
    assert order(user, playlist) == [1, 2]


def test_edited_and_deleted(server: Emulator, user: Cli, playlist: str) -> None:
    changes = ("--display-name", "Renamed", "--privacy", "1", "--channel", "nisv_channel", "--clear", "description")
    assert user("playlists", "update", playlist, *changes).exit_code == 0
    row = rows(user("playlists", "get", playlist).stdout)[0]
    assert (row["displayName"], row["privacy"]["id"], row["description"]) == ("Renamed", 1, None)
    assert row["videoChannel"]["name"] == "nisv_channel"
    assert user("playlists", "update", playlist, "--clear", "channel", "--privacy", "private").exit_code == 0
    assert rows(user("playlists", "get", playlist).stdout)[0]["videoChannel"] is None
    dry = user("playlists", "update", playlist, "--channel", "nisv_channel", "--dry-run")
    assert rows(dry.stdout)[0]["fields"] == [["videoChannelId", str(server.store.channels["nisv_channel"].id)]]
    assert user("playlists", "delete", playlist, "99", "--yes").exit_code == 1
    assert user("playlists", "get", playlist).exit_code == 5


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("update 5", "Nothing to change: give at least one field."),
        ("update 5 --privacy hidden", "'hidden' is not one of 'public', 'unlisted', 'private', or an id of these."),
        ("update 5 --privacy 4", "'4' is not one of"),
        ("create " + "x" * 121, "displayName: must have 1 to 120 characters, has 121"),
        ("add ../5 1", "'../5' is not a"),
        ("add 5 one", "'one' is not a video id, UUID or short UUID"),
        ("add 5 1 --start-timestamp -3", "Invalid value for '--start-timestamp'"),
        ("remove 5 x", "'x' is not the id of an element of a playlist, a number"),
        ("reorder 5 0 3", "Invalid value for 'POSITION'"),
        ("list --mine --channel x", "--mine, --account and --channel exclude each other."),
        ("list --search x --channel x", "--search cannot be used with --channel"),
        ("list --search x --playlist-type regular", "--playlist-type cannot be used with --search"),
        ("delete 5", "cannot ask for confirmation"),
    ],
)
def test_input_is_checked_first(server: Emulator, user: Cli, words: str, message: str) -> None:
    before = server.statistics().requests
    result = user("playlists", *words.split())
    assert result.exit_code == 2
    assert message in result.stderr
    assert server.statistics().requests == before
