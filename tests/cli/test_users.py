"""`users`: listed, shown, made, edited, blocked and deleted by an administrator; passwords stay secret."""

from collections.abc import Callable

import pytest

from aiopeertube import Call
from aiopeertube.emulator import Emulator
from aiopeertube.resources.users import Users

from .conftest import Cli, Terminal, rows

SECRET = "hush-hush-1939"
NEW = {"PEERTUBE_NEW_PASSWORD": SECRET}


@pytest.fixture
def anna(admin: Cli) -> str:
    made = admin("users", "create", "anna", "--email", "anna@example.com", **NEW)
    assert made.exit_code == 0, made.stderr
    assert SECRET not in made.output
    return str(rows(made.stdout)[0]["id"])


def test_made_and_shown(server: Emulator, admin: Cli) -> None:
    made = admin(
        "users", "create", "anna", "--email", "anna@example.com", "--role", "moderator", "--video-quota", "2G",
        "--video-quota-daily", "unlimited", "--admin-flags",
        "bypass-video-auto-blacklist", **NEW,
    )  # fmt: skip
    row = rows(made.stdout)[0]
    assert (row["username"], row["email"], row["role"]["id"]) == ("anna", "anna@example.com", 1)
    assert (row["videoQuota"], row["videoQuotaDaily"], row["adminFlags"]) == (2 * 1024**3, -1, 1)
    assert server.store.users["anna"].password == SECRET
    listed = admin("users", "list", "--search", "anna", "--format", "table").stdout
    assert "anna@example.com" in listed
    shown = rows(admin("users", "get", "1", "2", str(row["id"]), "--fields", "username").stdout)
    assert [row["username"] for row in shown] == ["root", "nisv", "anna"]
    assert "videosCount" in rows(admin("users", "get", "2", "--with-stats").stdout)[0]


def test_a_filter_that_6_3_ignores(server: Emulator, admin: Cli) -> None:
    assert [
        row["username"] for row in rows(admin("users", "list", "--role", "moderator", "--limit", "1").stdout)
    ] == ["moderator"]


def test_blocked_from_a_list(server: Emulator, admin: Cli, anna: str) -> None:
    listed = admin("users", "list", "--search", "anna").stdout
    assert admin("users", "block", "-", "--reason", "spam", input=listed).exit_code == 0
    blocked = rows(admin("users", "list", "--blocked").stdout)
    assert [(row["username"], row["blockedReason"]) for row in blocked] == [("anna", "spam")]
    result = admin("users", "unblock", anna, "99")
    assert (result.exit_code, {row["user"]: row["state"] for row in rows(result.stdout)}) == (
        1, {anna: "ok", "99": "failed"},
    )  # fmt: skip
    assert len(rows(admin("users", "list", "--not-blocked", "--sort", "id").stdout)) == 5


def test_edited_and_deleted(server: Emulator, admin: Cli, anna: str) -> None:
    changes = ("--role", "1", "--video-quota", "500M", "--email", "a@example.com", "--email-verified")
    assert admin("users", "update", anna, *changes).exit_code == 0
    row = rows(admin("users", "get", anna).stdout)[0]
    assert (row["role"]["id"], row["videoQuota"], row["email"]) == (1, 500 * 1024**2, "a@example.com")
    assert admin("users", "delete", anna, "--yes").exit_code == 0
    assert "anna" not in server.store.users


def test_a_new_password_is_never_written(server: Emulator, admin: Cli, anna: str) -> None:
    other = {"PEERTUBE_NEW_PASSWORD": SECRET + "-2"}
    dry = admin("users", "update", anna, "--new-password", "--dry-run", **other)
    assert rows(dry.stdout)[0]["json"] == {"password": "(secret)"}
    changed = admin("users", "update", anna, "--new-password", "-v", **other)
    assert changed.exit_code == 0
    assert SECRET not in dry.output + changed.output
    assert server.store.users["anna"].password == SECRET + "-2"


def test_a_password_is_asked_for_twice(server: Emulator, admin: Cli, terminal: Callable[..., Terminal]) -> None:
    screen = terminal("users", "create", "anna", "--email", "anna@example.com")
    for question in ("New password of anna: ", "Repeat for confirmation: "):
        screen.expect(question)
        screen.type(SECRET)
    assert screen.end() == 0
    assert SECRET not in screen.text
    assert server.store.users["anna"].password == SECRET


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("create anna --email a@example.com", "there is no password for anna"),
        ("create anna", "Missing option '--email'"),
        (
            "create anna --email a@example.com --role boss",
            "'boss' is not one of 'administrator', 'moderator', 'user'",
        ),
        ("create anna --email a@example.com --password x", "set PEERTUBE_NEW_PASSWORD, or run"),
        ("update 5", "Nothing to change: give at least one field."),
        ("update 5 --video-quota much", "'much' is not a number of bytes like 500M or 2G, or unlimited"),
        ("update 5 --video-quota G", "'G' is not a number of bytes"),
        ("update anna --role user", "'anna' is not the id of a user, a number"),
        ("get 0", "'0' is not the id of a user, a number"),
        ("delete 5", "cannot ask for confirmation"),
    ],
)
def test_input_is_checked_first(server: Emulator, admin: Cli, words: str, message: str) -> None:
    before = server.statistics().requests
    result = admin("users", *words.split())
    assert result.exit_code == 2
    assert message in result.stderr
    assert server.statistics().requests == before


def test_not_for_everybody(server: Emulator, user: Cli) -> None:
    result = user("users", "list")
    assert (result.exit_code, "answered 403" in result.stderr) == (5, True)


def test_all_fields_have_the_api_s_names(server: Emulator, admin: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, object]] = []

    def create(self: Users, **fields: object) -> Call[None]:
        sent.append(fields)
        return self.delete(99)

    monkeypatch.setattr(Users, "create", create)
    words = ("users", "create", "anna", "--email", "a@example.com")
    assert admin(*words, "--channel-name", "films", **NEW).exit_code == 5
    assert sent[-1] == {
        "username": "anna", "password": SECRET, "email": "a@example.com", "role": 2, "channelName": "films",
    }  # fmt: skip
    assert admin(*words, "--mail-password-link").exit_code == 5
    assert sent[-1]["password"] == ""
