"""A noun's name alone means its command `apply`, and is used as before there were others."""

from pathlib import Path

import pytest

from aiopeertube.emulator import Emulator

from .conftest import Cli, video

SRT = b"1\r\n00:00:01,000 --> 00:00:02,500\r\nHello\r\n"


@pytest.fixture(autouse=True)
def state(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))


@pytest.fixture
def table(server: Emulator) -> str:
    Path("a.srt").write_bytes(SRT)
    text = f"uuid,file,language\n{video(server, 1).uuid},a.srt,nl\n"
    for name in ("in.csv", "apply", "-odd.csv", "lst"):
        Path(name).write_text(text)
    return text


@pytest.mark.parametrize(
    "words",
    [
        "captions in.csv",
        "captions apply in.csv",
        "captions --format text in.csv",
        "captions -q in.csv --format text",
        "captions -qv apply in.csv",
        "captions -qv in.csv",
        "captions --timeout 9 in.csv",
        "captions --timeout=9 --journal j in.csv",
        "captions --language apply in.csv",
        "captions -- -odd.csv",
        "captions apply apply",
        "captions ./apply",
        "captions lst",
    ],
)
def test_the_table_alone_is_enough(server: Emulator, user: Cli, table: str, words: str) -> None:
    result = user(*words.split())
    assert result.exit_code == 0, result.stderr
    assert list(server.store.captions[1]) == ["nl"]


def test_a_table_from_stdin(server: Emulator, user: Cli, table: str) -> None:
    assert user("captions", "-", "--folder", ".", input=table).exit_code == 0
    assert list(server.store.captions[1]) == ["nl"]


@pytest.mark.parametrize("words", ["captions in.csv", "captions apply in.csv", "captions --quiet in.csv"])
def test_the_variables_have_the_name_of_the_noun(server: Emulator, user: Cli, table: str, words: str) -> None:
    assert user(*words.split(), AIOPEERTUBE_CAPTIONS_DRY_RUN="1").exit_code == 0
    assert not server.store.captions.get(1)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("captions aply in.csv", "No such command 'aply'. Did you mean 'apply'?"),
        ("captions -q APPLY", "No such command 'APPLY'. Did you mean 'apply'?"),
        ("captions apply.csv", "cannot read apply.csv: No such file or directory"),
        ("captions films", "cannot read films: No such file or directory"),
        ("captions --dry-run", "Missing argument 'TABLE'."),
        ("captions -q", "Missing command."),
        ("captions in.csv --langage nl", "--language"),
    ],
)
def test_a_word_that_is_no_command(cli: Cli, words: str, message: str) -> None:
    result = cli(*words.split())
    assert result.exit_code == 2
    assert message in result.stderr


@pytest.mark.parametrize(
    "words", ["captions --help", "captions -h", "captions -qh aply", "captions --url x --help y"]
)
def test_help_is_that_of_the_group(cli: Cli, words: str) -> None:
    result = cli(*words.split())
    assert result.exit_code == 0
    text = " ".join(result.stdout.split())
    assert "`aiopeertube captions TABLE` is short for `aiopeertube captions apply TABLE`" in text
    assert "AIOPEERTUBE_CAPTIONS_DRY_RUN" in text
    assert "Commands:" in result.stdout


def test_help_after_a_table_is_that_of_apply(cli: Cli) -> None:
    assert cli("captions", "in.csv", "--help").stdout.startswith(
        "Usage: aiopeertube captions apply [OPTIONS] TABLE\n"
    )
