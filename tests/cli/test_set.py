"""Typos in scopes and rules: refused with a suggestion before anything is sent."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from aiopeertube.emulator import Emulator

from .conftest import ADMIN, USER, Cli


@pytest.fixture(autouse=True)
def state(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))


@pytest.mark.parametrize("who", [USER, ADMIN], ids=["user", "administrator"])
@pytest.mark.parametrize(
    ("scope", "said"),
    [
        (("--channel", "nisv_chanel"), "--channel: nisv_chanel: did you mean nisv_channel?"),
        (("--account", "niisv"), "--account: niisv: did you mean nisv?"),
        (("--channel", "root_channel", "--account", "nisv"), "root_channel"),
    ],
)
def test_a_scope_that_is_not_there_is_refused(
    cli: Cli, server: Emulator, who: dict[str, str], scope: Sequence[str], said: str
) -> None:
    result = cli("set", *scope, "language=nl", "--yes", PEERTUBE_URL=server.url, **who)
    assert (result.exit_code, said in result.stderr) == (2, True)
    assert server.statistics().edits == {}


def test_the_scope_of_another_is_refused(cli: Cli, server: Emulator) -> None:
    for scope in (("--channel", "root_channel"), ("--account", "root")):
        result = cli("set", *scope, "language=nl", "--yes", PEERTUBE_URL=server.url, **USER)
        assert (result.exit_code, "is not yours" in result.stderr) == (2, True)


@pytest.mark.parametrize("who", [{}, USER, ADMIN], ids=["anonymous", "user", "administrator"])
@pytest.mark.parametrize(("option", "name"), [("--channel", "nisv_chanel"), ("--account", "niisv")])
def test_no_export_of_a_scope_that_is_not_there(
    cli: Cli, server: Emulator, home: Path, who: dict[str, str], option: str, name: str
) -> None:
    result = cli("export", "out.csv", option, name, PEERTUBE_URL=server.url, **who)
    assert (result.exit_code, "did you mean nisv" in result.stderr) == (2, True)
    assert not (home / "out.csv").exists()
