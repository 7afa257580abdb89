"""Functions of one's own for tables, and scopes that are not there."""

import json
from pathlib import Path

import pytest

from aiopeertube.emulator import Emulator

from .conftest import ADMIN, USER, Cli, video

CODE = """
def tidy(row):
    if row["name"] == "":
        raise LookupError("no name")
    return {"name": row["name"].title(), "tags": row["keywords"].split("/"), "language": "Dutch", "support": None}

def misspelt(row):
    return {"nmae": "x"}

def nothing(row):
    return None

def odd(row):
    return [row]
"""


@pytest.fixture(autouse=True)
def code(home: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """A module in the current directory, under a name that no other test has."""
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    name = f"mine_{abs(hash(request.node.name))}"
    Path(f"{name}.py").write_text(CODE)
    return name


def table(server: Emulator, *names: str, format: str = "csv") -> str:
    rows = [
        {"uuid": video(server, number).uuid, "name": name, "keywords": "aa/bb"}
        for number, name in enumerate(names, 1)
    ]
    if format == "jsonl":
        Path("in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    else:
        lines = [",".join(row.values()) for row in rows]
        Path("in.csv").write_text("uuid,name,keywords\n" + "\n".join(lines) + "\n")
    return f"in.{format}"


@pytest.mark.parametrize("format", ["csv", "jsonl"])
def test_a_function_makes_fields_of_columns(server: Emulator, user: Cli, code: str, format: str) -> None:
    name = table(server, "a film", "another", format=format)
    video(server, 1).support = "old"
    result = user("apply", name, "--function", f"{code}:tidy", "--format", "text")
    assert result.exit_code == 0, result.stderr
    made = video(server, 1)
    assert (made.name, sorted(made.tags), made.language, made.support) == ("A Film", ["aa", "bb"], "nl", None)
    assert "2 unchanged" in user("apply", name, "--function", f"{code}:tidy", "--format", "text").stderr


def test_a_function_serves_uploads_too(server: Emulator, user: Cli, code: str) -> None:
    Path("a.mp4").write_bytes(b"\0\0\0\x18ftypisom\0\0\2\0isomiso2")
    Path("new.csv").write_text("file,name,keywords\na.mp4,a film,aa/bb\n")
    assert user("upload", "new.csv", "--channel", "nisv_channel", "--function", f"{code}:tidy").exit_code == 0
    assert [one.name for one in server.store.videos.values()][-1] == "A Film"


@pytest.mark.parametrize(
    ("function", "told"),
    [
        ("tidy", "line 3: {second}: function: tidy ({code}.py:4): LookupError: no name; see --function"),
        ("misspelt", "line 2: {first}: function: misspelt ({code}.py:7): nmae: did you mean name?"),
        (
            "odd",
            "line 2: {first}: function: odd ({code}.py:13): it must return a mapping of fields",
        ),
        ("tidyy", "--function: '{code}:tidyy' is not there: did you mean tidy?"),
    ],
)
def test_errors_of_a_function_name_the_place_and_the_video(
    server: Emulator, user: Cli, code: str, function: str, told: str
) -> None:
    name = table(server, "a film", "")
    result = user("apply", name, "--function", f"{code}:{function}")
    assert result.exit_code == 2
    expected = told.format(first=video(server, 1).uuid, second=video(server, 2).uuid, code=code)
    assert expected in result.stderr
    assert not server.statistics().edits


def test_a_function_that_returns_nothing_changes_nothing(server: Emulator, user: Cli, code: str) -> None:
    result = user("plan", table(server, "Video 0001"), "--function", f"{code}:nothing")
    assert "0 videos would change, 1 is as it should be" in result.stderr


def test_a_plan_takes_no_function(server: Emulator, user: Cli, code: str) -> None:
    assert user("plan", table(server, "a film"), "--ignore", "keywords", "-o", "plan.jsonl").exit_code == 0
    result = user("apply", "plan.jsonl", "--function", f"{code}:tidy")
    assert (result.exit_code, "--function: it is for tables, and this is a plan" in result.stderr) == (2, True)


@pytest.mark.parametrize("who", ["nisv", "moderator", "root"])
@pytest.mark.parametrize(
    "words",
    [
        ("export", "o.csv", "--channel", "nope"),
        ("export", "o.csv", "--account", "nope"),
        ("set", "name=abc", "--channel", "nope", "--dry-run"),
        ("set", "name=abc", "--account", "nope", "--dry-run"),
        ("set", "name=abc", "--mine", "--channel", "twofactor_channel", "--dry-run"),
    ],
)
def test_a_scope_that_is_not_there_is_bad_usage_for_everybody(
    server: Emulator, cli: Cli, who: str, words: tuple[str, ...]
) -> None:
    env = ADMIN if who == "root" else USER | {"PEERTUBE_USERNAME": who}
    result = cli(*words, PEERTUBE_URL=server.url, **env)
    assert (result.exit_code, result.stderr.count("error: --")) == (2, 1)
    assert not Path("o.csv").exists()


def test_all_of_ones_own_channel_is_exported(server: Emulator, user: Cli) -> None:
    video(server, 1).privacy = 3
    for scope in (("--channel", "nisv_channel"), ("--account", "nisv"), ("--mine",)):
        assert "12 videos written" in user("export", "o.csv", "--overwrite", *scope).stderr
