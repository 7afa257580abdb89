"""`chapters`: listed, replaced from a file or stdin, and removed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from aiopeertube.emulator import Emulator

from .conftest import Cli, Terminal, rows

LINES = "0:00 Start\n1:02 - The middle: a part\n\n1:00:03 The end\n"
CHAPTERS = [
    {"timecode": 0, "title": "Start"},
    {"timecode": 62, "title": "The middle: a part"},
    {"timecode": 3603, "title": "The end"},
]


@pytest.mark.parametrize("format", ["json", "jsonl", "csv"])
def test_what_is_written_can_be_put_back(server: Emulator, user: Cli, format: str) -> None:
    Path("in.txt").write_text(LINES)
    assert user("chapters", "put", "3", "in.txt").exit_code == 0
    assert rows(user("chapters", "get", "3").stdout) == CHAPTERS
    written = user("chapters", "get", "3", "--format", format).stdout
    assert user("chapters", "put", "4", "-", input=written).exit_code == 0
    assert rows(user("chapters", "get", "4").stdout) == CHAPTERS


@pytest.mark.parametrize(
    "text",
    [
        '{"chapters": [{"timecode": 0, "title": "One"}]}',
        '{"timecode": "0:00", "title": "One"}\n',
        "timecode,title\n0:00,One\n",
        "\ufeff00:00 \u2013 One\r\n",
        "  0 One",
    ],
)
def test_other_forms(server: Emulator, user: Cli, text: str) -> None:
    result = user("chapters", "put", "3", "-", "--dry-run", input=text)
    assert rows(result.stdout)[0]["json"] == {"chapters": [{"timecode": 0, "title": "One"}]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "- has no chapter; `clear` removes those that are there."),
        ("0:00 Start\nThe end\n", "-, line 2: 'The end' is no chapter; it looks like 1:02:03 Title."),
        ("0:61:00 Start\n", "'0:61:00 Start' is no chapter"),
        ("0:99 Start\n", "'0:99 Start' is no chapter"),
        ("[1]", "a chapter has a timecode and a title"),
        ("[{]", "- is not JSON"),
        ('[{"timecode": -1, "title": "x"}]', "timecode"),
        ('[{"timecode": "soon", "title": "x"}]', "'soon x' is no chapter"),
        ("0:00 Start\n0:00 Again", "two of them start at second 0"),
        (b"\xff\xfe", "cannot read -: it is not text in UTF-8"),
    ],
)
def test_what_is_no_chapter(server: Emulator, user: Cli, text: str, message: str) -> None:
    before = server.statistics().requests
    result = user("chapters", "put", "3", "-", input=text)
    assert result.exit_code in {2, 74}
    assert message in result.stderr
    assert server.statistics().requests == before


def test_a_file_that_is_not_there(server: Emulator, user: Cli) -> None:
    result = user("chapters", "put", "3", "none.txt")
    assert (result.exit_code, result.stderr) == (
        2, "aiopeertube: error: cannot read none.txt: No such file or directory\n",
    )  # fmt: skip


def test_removed_when_somebody_says_so(server: Emulator, user: Cli, terminal: Callable[..., Terminal]) -> None:
    for number in ("3", "4"):
        assert user("chapters", "put", number, "-", input="0 One").exit_code == 0
    screen = terminal("chapters", "clear", "3")
    screen.expect(f"Delete the chapters of video 3 at {server.url}? This cannot be undone. [y/N]: ")
    screen.type("y")
    assert screen.end() == 0
    assert user("chapters", "clear", "-", "-y", input="4\n").exit_code == 0
    assert user("chapters", "get", "3").stdout == user("chapters", "get", "4").stdout == ""
    assert user("chapters", "get", "99").exit_code == 5
