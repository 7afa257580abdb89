"""Tables of chapters, playlists and channels on the command line: given, looked at, taken back, and written."""

from pathlib import Path

import pytest

from aiopeertube.emulator import Emulator

from .conftest import Cli, rows, video


@pytest.fixture(autouse=True)
def state(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))


def lists(server: Emulator) -> dict[str, list[int]]:
    found = [each for each in server.store.community.playlists.values() if each.kind == 1]
    return {each.name: [element.video.id for element in each.elements] for each in found}


def write(name: str, *lines: str) -> str:
    Path(name).write_text("\n".join(lines) + "\n")
    return name


PLAYLISTS = ("playlist,privacy,channel,id", "Films,Public,nisv_channel,3", "Films,,,1", "Empty,,,")


def test_a_table_of_playlists_from_dry_run_to_rollback(server: Emulator, user: Cli) -> None:
    source = write("lists.csv", *PLAYLISTS)
    dry = user("playlists", source, "--dry-run", "--format", "text")
    assert dry.exit_code == 0
    assert "displayName: (none) -> Films (Films)" in dry.stderr
    assert "channel: (none) -> nisv_channel" in dry.stderr
    assert "would be replaced" not in dry.stderr
    assert "2 planned" in dry.stderr
    assert lists(server) == {}
    outcomes = rows(user("playlists", "apply", source).stdout)
    assert {line["name"]: line["state"] for line in outcomes} == {"Films": "changed", "Empty": "changed"}
    assert lists(server) == {"Films": [3, 1], "Empty": []}
    assert "2 stand as written, 0 differ" in user("verify", "last").stderr
    assert user("jobs", "show", "last").stdout.splitlines()[1].split() == ["kind", "playlists"]
    exported = rows(user("jobs", "export", "last", "--format", "jsonl").stdout)
    assert exported[0]["before"] == {
        "channel": None, "description": None, "displayName": None, "exists": False, "privacy": None, "videos": None,
    }  # fmt: skip
    assert exported[0]["after"]["displayName"] == "Films"
    assert rows(user("jobs", "export", "last", "--writes", "--format", "jsonl").stdout)[0]["outcome"] == "changed"
    assert user("rollback", "last", "--yes").exit_code == 0
    assert lists(server) == {}


def test_exact_and_max_changes(server: Emulator, user: Cli) -> None:
    user("playlists", write("lists.csv", *PLAYLISTS))
    source = write("less.csv", "playlist,id", "Films,1")
    refused = user("playlists", source, "--exact", "--max-changes", "0")
    assert refused.exit_code == 2
    assert "1 playlist would change, more than 0; see --max-changes" in refused.stderr
    assert user("playlists", source, "--exact").exit_code == 0
    assert lists(server)["Films"] == [1]


def test_a_table_of_channels_says_what_cannot_come_back(server: Emulator, user: Cli) -> None:
    Path("pictures").mkdir()
    for name in ("a.png", "b.png"):
        Path("pictures", name).write_bytes(b"\x89PNG " + name.encode())
    user("channels", write("one.csv", "name,avatar", "nisv_channel,a.png"), "--folder", "pictures")
    result = user("channels", write("two.csv", "name,avatar", "nisv_channel,b.png"), "--folder", "pictures")
    assert result.exit_code == 0
    assert "A rollback cannot bring back: avatar of 1 channel" in result.stderr
    assert len(server.store.channels["nisv_channel"].pictures["avatar"]) > 0


def test_a_bad_table_is_told_line_by_line(server: Emulator, user: Cli) -> None:
    uuid = video(server, 1).uuid
    result = user("chapters", write("in.csv", "uuid,timecode,title", f"{uuid},nine,A", f"{uuid},0,B", f"{uuid},0,C"))
    assert result.exit_code == 2
    assert "in.csv, line 2, column timecode: 'nine' is no time" in result.stderr
    assert "in.csv, line 4: the chapter at 0:00 contradicts line 3, which names the same video" in result.stderr
    assert "2 problems in the input; nothing was sent" in result.stderr


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "xlsx"])
def test_what_is_exported_asks_for_nothing_when_it_is_given_back(server: Emulator, user: Cli, suffix: str) -> None:
    uuid = video(server, 2).uuid
    source = write("in.csv", "uuid,timecode,title", f"{uuid},1:02:03,'=Main", f"{uuid},0,<clear")
    assert user("chapters", source).exit_code == 0
    write(
        "lists.csv",
        "playlist,privacy,channel,id,startTimestamp",
        "Films,Public,nisv_channel,3,5",
        "Films,,,1,",
        "1939,,,,",
    )
    assert user("playlists", "lists.csv").exit_code == 0
    assert user("channels", write("c.csv", "name,description", 'nisv_channel,"Two\nlines"')).exit_code == 0
    for noun, count in (("chapters", "2 chapters"), ("playlists", "3 rows"), ("channels", "1 channel")):
        written = user(noun, "export", f"out-{noun}.{suffix}", *(["--mine"] if noun == "chapters" else []))
        assert written.exit_code == 0
        assert f"{count} written to out-{noun}.{suffix}" in written.stderr
        again = user(noun, f"out-{noun}.{suffix}", "--format", "text")
        assert again.exit_code == 0, again.stderr
        assert " changed" not in again.stderr
        assert "unchanged" in again.stderr


def test_an_export_of_chapters_has_a_scope(server: Emulator, user: Cli) -> None:
    server.store.community.chapters[2] = [(0, "Start")]
    assert user("chapters", "export", "-", "--channel", "nisv_channel").stdout.splitlines()[1].endswith(",0,Start")
    refused = user("chapters", "export", "-", "--channel", "nisv_chanel")
    assert refused.exit_code == 2
    assert "did you mean nisv_channel?" in refused.stderr
    both = user("chapters", "export", "-", "--mine", "--channel", "nisv_channel")
    assert both.exit_code == 2


def test_an_export_replaces_nothing(server: Emulator, user: Cli) -> None:
    write("out.csv", "mine")
    refused = user("channels", "export", "out.csv")
    assert refused.exit_code == 2
    assert Path("out.csv").read_text() == "mine\n"
    assert user("channels", "export", "out.csv", "--overwrite").exit_code == 0
    assert Path("out.csv").read_text().startswith("name,displayName")
