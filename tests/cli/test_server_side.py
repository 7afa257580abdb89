"""What the server does on its own: `imports` of the user, and `server-jobs` of administrators."""

import pytest

from aiopeertube.emulator import Emulator

from .conftest import ADMIN, Cli, rows, video


@pytest.fixture
def imported(server: Emulator) -> None:
    nisv = server.store.users["nisv"]
    for number in (1, 2, 3):
        made = server.store.add_import(nisv, video(server, number), f"https://example.com/{number}.mp4")
        made.state = 2


@pytest.mark.usefixtures("imported")
def test_imports_are_listed_and_forgotten(server: Emulator, user: Cli) -> None:
    assert len(rows(user("imports", "list").stdout)) == 3
    one = user("imports", "list", "--target-url", "https://example.com/2.mp4", "--fields", "id,targetUrl,video.name")
    assert rows(one.stdout) == [{"id": 2, "targetUrl": "https://example.com/2.mp4", "video.name": "Video 0002"}]
    of_video = user("imports", "list", "--video-id", "3", "--fields", "id")
    assert rows(of_video.stdout) == [{"id": 3}]
    assert "Video 0003" in user("imports", "list", "--format", "table").stdout
    result = user("imports", "delete", "-", "--yes", input=one.stdout)
    assert [(row["import"], row["state"]) for row in rows(result.stdout)] == [("2", "ok")]
    assert set(server.store.imports) == {1, 3}
    assert 2 in server.store.videos


@pytest.mark.usefixtures("imported")
def test_only_what_is_pending_is_cancelled(server: Emulator, user: Cli) -> None:
    server.store.imports[2].state = 1
    refused = user("imports", "delete", "2", "--yes")
    assert (refused.exit_code, "Cannot delete a pending video import" in refused.stderr) == (1, True)
    result = user("imports", "cancel", "1", "2", "99")
    assert result.exit_code == 1
    states = {row["import"]: row["state"] for row in rows(result.stdout)}
    assert states == {"1": "failed", "2": "ok", "99": "failed"}
    assert rows(user("imports", "list", "--fields", "id,state.label").stdout)[1] == {
        "id": 2, "state.label": "Cancelled",
    }  # fmt: skip


@pytest.mark.usefixtures("imported")
def test_imports_are_retried_where_the_server_can(server: Emulator, user: Cli) -> None:
    old = user("imports", "retry", "1")
    assert (old.exit_code, "PeerTube has it from 8.0 on" in old.stderr) == (1, True)


def test_jobs_are_listed_by_state_and_type(server: Emulator, admin: Cli) -> None:
    everything = rows(admin("server-jobs", "list", "--all").stdout)
    assert {row["state"] for row in everything} == {"completed"}
    assert rows(admin("server-jobs", "list", "--state", "failed").stdout) == []
    kind = everything[0]["type"]
    listed = rows(admin("server-jobs", "list", "--state", "completed", "--job-type", kind, "--limit", "2").stdout)
    assert [row["type"] for row in listed] == [kind, kind]
    assert kind in admin("server-jobs", "list", "--format", "table").stdout
    other = admin("server-jobs", "list", "--job-type", "email")
    assert (other.exit_code, other.stdout) == (0, "")


def test_jobs_are_paused_and_resumed(server: Emulator, admin: Cli) -> None:
    assert [admin("server-jobs", verb).exit_code for verb in ("pause", "resume")] == [0, 0]
    routes = server.statistics().by_route
    assert (routes["POST /jobs/pause"], routes["POST /jobs/resume"]) == (1, 1)


def test_jobs_are_cancelled_where_the_server_can(server: Emulator, admin: Cli) -> None:
    listed = admin("server-jobs", "list", "--limit", "2").stdout
    result = admin("server-jobs", "cancel", "-", "email/7", input=listed)
    named = {f"{row['type']}/{row['id']}" for row in rows(listed)}
    assert (result.exit_code, {row["job"] for row in rows(result.stdout)}) == (1, {*named, "email/7"})
    assert "PeerTube has it from 8.0 on" in result.stderr


def test_not_for_everybody(server: Emulator, user: Cli) -> None:
    assert user("server-jobs", "list").exit_code == 5
    assert user("server-jobs", "pause").exit_code == 5


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("server-jobs list --state done", "'done' is not one of 'active', 'completed'"),
        ("server-jobs cancel 7", "'7' is not a job; it looks like video-transcoding/42, its type and id"),
        ("server-jobs cancel a/b/c", "'a/b/c' is not a job"),
        ("imports cancel x", "'x' is not the id of an import, a number"),
        ("imports delete 7", "cannot ask for confirmation"),
    ],
)
def test_input_is_checked_first(server: Emulator, cli: Cli, words: str, message: str) -> None:
    result = cli(*words.split(), "--url", server.url, **ADMIN)
    assert result.exit_code == 2
    assert message in result.stderr
    assert server.statistics().requests == 0
