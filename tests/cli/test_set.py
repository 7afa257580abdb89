"""Typos in scopes, rules and templates: refused with a suggestion before anything is sent."""

import json
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


@pytest.mark.parametrize("kind", ["plan", "apply", "captions", "thumbnails", "upload", "import"])
@pytest.mark.parametrize("extension", ["csv", "jsonl"])
@pytest.mark.parametrize(
    ("compose", "said"),
    [
        ("support={nmae}", "nmae: did you mean name?"),
        ("descripton={name}", "descripton: did you mean description?"),
        ("description={name", "is alone; write {{"),
    ],
)
def test_a_template_with_a_typo_is_refused(
    cli: Cli, server: Emulator, home: Path, *, kind: str, extension: str, compose: str, said: str
) -> None:
    (home / "film.mp4").write_bytes(b"film")
    (home / "film.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nHallo\n")
    cells = {"uuid": server.store.videos[1].uuid, "name": "Film", "channel": "nisv_channel"}
    own = {
        "captions": {"file": "film.srt", "language": "nl"},
        "upload": {"file": "film.mp4"},
        "import": {"targetUrl": "https://videos.example/film.mp4"},
    }.get(kind, {})
    if kind in {"upload", "import"}:
        del cells["uuid"]
    elif own:
        del cells["channel"]
    row = cells | own
    text = ",".join(row) + "\n" + ",".join(row.values()) if extension == "csv" else json.dumps(row)
    (home / f"t.{extension}").write_text(text + "\n")
    user = {"PEERTUBE_URL": server.url, **USER}
    result = cli(kind, f"t.{extension}", "--compose", compose, "--ignore", "name", **user)
    assert (result.exit_code, said in result.stderr, "--compose" in result.stderr) == (2, True, True), result.stderr
    assert server.statistics().writes == 0


@pytest.mark.parametrize("verb", ["plan", "apply"])
def test_what_is_cut_to_fit_is_listed(cli: Cli, server: Emulator, home: Path, verb: str) -> None:
    uuid = server.store.videos[1].uuid
    (home / "t.csv").write_text(f"uuid,name,tags\n{uuid},{'n' * 130},one; two; x; three; four; five; six\n")
    result = cli(verb, "t.csv", "--fit", PEERTUBE_URL=server.url, **USER)
    assert result.exit_code == 0
    assert f"line 2, {uuid}: name cut from 130 to 120 characters" in result.stderr
    assert f"line 2, {uuid}: tags without 'six', 'x'" in result.stderr
