"""`comments`: listed, written, approved and deleted."""

import pytest

from aiopeertube.emulator import Emulator

from .conftest import ADMIN, USER, Cli, rows, video


def ids(text: str) -> list[int]:
    return [row["id"] for row in rows(text)]


def test_a_thread(server: Emulator, user: Cli) -> None:
    first = rows(user("comments", "create", "3", "Hello").stdout)[0]
    assert (first["text"], first["videoId"]) == ("Hello", 3)
    answer = rows(user("comments", "reply", f"3/{first['id']}", "And to you").stdout)[0]
    nested = rows(user("comments", "reply", f"3/{answer['id']}", "Thanks", "--fields", "id,threadId").stdout)[0]
    assert nested["threadId"] == first["id"]
    assert user("comments", "create", "3", "-", "--format", "table", input="Another\n").exit_code == 0
    assert [row["text"] for row in rows(user("comments", "list", "3", "--sort", "createdAt").stdout)] == [
        "Hello", "Another",
    ]  # fmt: skip
    thread = user("comments", "get", f"3/{first['id']}").stdout
    assert [row["text"] for row in rows(thread)] == ["Hello", "And to you", "Thanks"]


def test_of_all_videos_for_moderators(server: Emulator, user: Cli, admin: Cli) -> None:
    for number in ("1", "2", "3"):
        assert user("comments", "create", number, f"On {number}", "--url", server.url, **USER).exit_code == 0
    assert [row["text"] for row in rows(admin("comments", "list", "--sort", "createdAt").stdout)] == [
        "On 1", "On 2", "On 3",
    ]  # fmt: skip
    listed = admin("comments", "list", "--search", "On 2", "--local").stdout
    assert [row["text"] for row in rows(listed)] == ["On 2"]
    deleted = admin("comments", "delete", "-", "--yes", input=listed)
    assert [(row["comment"], row["state"]) for row in rows(deleted.stdout)] == [(f"2/{ids(listed)[0]}", "ok")]
    assert len(rows(admin("comments", "list").stdout)) == 2


def test_on_one_s_own_videos(server: Emulator, user: Cli) -> None:
    assert user("comments", "create", "1", "Nice").exit_code == 0
    assert [row["text"] for row in rows(user("comments", "list", "--mine").stdout)] == ["Nice"]
    refused = user("comments", "list")
    assert (refused.exit_code, "answered 403" in refused.stderr) == (5, True)


def test_held_for_review(server: Emulator, user: Cli, admin: Cli) -> None:
    video(server, 1).comments_policy = 3
    video(server, 1).channel.owner = server.store.users["root"]
    made = rows(user("comments", "create", "1", "May I?", "--url", server.url, **USER).stdout)[0]
    held = admin("comments", "list", "--held").stdout
    assert ids(held) == [made["id"]]
    assert ids(user("comments", "list", "--mine", "--held", "--url", server.url, **ADMIN).stdout) == ids(held)
    assert admin("comments", "approve", "-", input=held).exit_code == 0
    assert admin("comments", "list", "--held").stdout == ""
    assert ids(admin("comments", "list", "--not-held").stdout) == [made["id"]]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("delete 7", "'7' is not a comment; it looks like 7/42, the ids of video and comment"),
        ("approve 7/x", "'7/x' is not a comment"),
        ("get 7/0", "'7/0' is not a comment"),
        ("create x Hello", "'x' is not a video id, UUID or short UUID"),
        ("create 3 " + "x" * 10_001, "text: must have 1 to 10000 characters, has 10001"),
        ("list 3 --held", "A video's comments can only be sorted"),
        ("list --mine --local", "--local and --remote cannot be used with --mine."),
        ("delete 7/42", "cannot ask for confirmation"),
    ],
)
def test_input_is_checked_first(server: Emulator, user: Cli, words: str, message: str) -> None:
    before = server.statistics().requests
    result = user("comments", *words.split())
    assert result.exit_code == 2
    assert message in result.stderr
    assert server.statistics().requests == before
