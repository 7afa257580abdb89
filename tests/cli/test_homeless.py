"""Users without a home: a container's bare number, somebody else's home, one that is not there or not writable."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from aiopeertube.emulator import Emulator

from .conftest import USER, Cli

Leave = Callable[[Path, pytest.MonkeyPatch], None]


def _nobody(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No HOME, and no entry in the list of users."""
    pwd = pytest.importorskip("pwd")

    def gone(number: int) -> None:
        raise KeyError(number)

    monkeypatch.delenv("HOME")
    monkeypatch.setattr(pwd, "getpwuid", gone)


def _not_there(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "file").write_text("")
    monkeypatch.setenv("HOME", str(home / "file" / "home"))  # and nobody can make it


def _of_another(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(home / "another"))
    (home / "another").mkdir(mode=0o700)
    stat = Path.stat

    def refused(self: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        if "another" in self.parts[:-1]:
            raise PermissionError(13, "Permission denied", str(self))
        return stat(self, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(Path, "stat", refused)


@pytest.fixture(params=[_nobody, _not_there, _of_another], ids=lambda leave: str(leave.__name__))
def homeless(request: pytest.FixtureRequest, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    leave: Leave = request.param
    leave(home, monkeypatch)


pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="homes of POSIX")


@pytest.mark.usefixtures("homeless")
class TestHomeless:
    def test_what_is_in_the_environment_is_enough(self, server: Emulator, cli: Cli) -> None:
        result = cli("whoami", PEERTUBE_URL=server.url, **USER)
        assert (result.exit_code, result.stdout) == (0, f"nisv (User) at {server.url}\n")

    def test_nobody_is_logged_in(self, server: Emulator, cli: Cli) -> None:
        assert cli("whoami").exit_code == 2  # which instance?
        assert cli("whoami", "--url", server.url).exit_code == 3
        assert cli("logout", "--url", server.url).exit_code == 0

    def test_a_login_says_where_it_could_be_kept(self, server: Emulator, cli: Cli) -> None:
        result = cli("login", "--url", server.url, **USER)
        assert result.exit_code in {2, 74}
        assert "this is a bug" not in result.stderr
        assert server.statistics().requests == 0

    def test_a_job_asks_for_a_place_of_its_journal(self, server: Emulator, cli: Cli, home: Path) -> None:
        uuid = server.store.videos[1].uuid
        (home / "t.csv").write_text(f"uuid,name\n{uuid},Other\n")
        env = {"PEERTUBE_URL": server.url, **USER}
        result = cli("apply", "t.csv", **env)
        assert (result.exit_code, server.statistics().edits) == (2, {})
        assert "--journal" in result.stderr
        assert "XDG_STATE_HOME" in result.stderr
        assert cli("plan", "t.csv", **env).exit_code == 0
        assert cli("apply", "t.csv", "--dry-run", **env).exit_code == 0
        assert cli("apply", "t.csv", "--journal", "here.journal", **env).exit_code == 0
        assert cli("verify", "here.journal", **env).exit_code == 0
        assert server.store.videos[1].name == "Other"

    def test_there_are_no_jobs(self, cli: Cli) -> None:
        assert cli("jobs", "list").exit_code == 0
        assert cli("jobs", "show", "last").exit_code == 2
