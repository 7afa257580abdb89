import csv
import io
import json
import os
import subprocess
from collections.abc import Callable

import pytest

from aiopeertube.emulator import Emulator

from .conftest import Cli, Terminal, command, rows, video


class TestList:
    def test_jsonl_where_nobody_looks(self, server: Emulator, cli: Cli) -> None:
        result = cli("videos", "list", "--url", server.url)
        assert (result.exit_code, result.stderr) == (0, "")
        assert [row["id"] for row in rows(result.stdout)] == list(range(12, 0, -1))

    def test_short_list_is_one_request(self, server: Emulator, cli: Cli) -> None:
        result = cli("videos", "list", "--url", server.url, "--limit", "5")
        assert len(rows(result.stdout)) == 5
        assert server.statistics().requests == 1

    def test_needs_no_login_and_no_check(self, server: Emulator, user: Cli) -> None:
        before = server.statistics().requests
        assert user("videos", "list").exit_code == 0
        assert server.statistics().requests == before + 1

    @pytest.mark.parametrize("format", ["json", "jsonl", "csv", "table"])
    def test_all_of_many(self, cli: Cli, format: str) -> None:
        with Emulator.in_thread(videos=350, rate_limit=None) as server:
            result = cli("videos", "list", "--url", server.url, "--all", "--format", format, "--fields", "id,name")
        assert result.exit_code == 0
        if format == "json":
            found = [row["id"] for row in json.loads(result.stdout)]
        elif format == "jsonl":
            found = [row["id"] for row in rows(result.stdout)]
        elif format == "csv":
            found = [int(row["id"]) for row in csv.DictReader(io.StringIO(result.stdout))]
        else:
            found = [int(line.split()[0]) for line in result.stdout.splitlines() if "Video 0" in line]
        assert found == list(range(350, 0, -1))

    @pytest.mark.parametrize("limit", [0, 3, 1234])
    def test_limit(self, server: Emulator, cli: Cli, limit: int) -> None:
        result = cli("videos", "list", "--url", server.url, "--limit", str(limit), "--format", "json")
        assert len(json.loads(result.stdout)) == min(limit, 12)

    def test_nothing_found(self, server: Emulator, cli: Cli) -> None:
        where = ("--url", server.url, "--search", "no such thing")
        assert cli("videos", "list", *where, "--format", "json").stdout == "[]\n"
        assert cli("videos", "list", *where, "--format", "jsonl").stdout == ""
        assert cli("videos", "list", *where, "--format", "csv", "--fields", "id,name").stdout == "id,name\n"

    def test_fields_reach_in(self, server: Emulator, cli: Cli) -> None:
        result = cli("videos", "list", "--url", server.url, "--limit", "1", "--fields", "id, channel.name,no.such")
        assert rows(result.stdout) == [{"id": 12, "channel.name": "nisv_channel", "no.such": None}]

    def test_csv_keeps_what_it_is_given(self, server: Emulator, cli: Cli) -> None:
        video(server, 12).name = 'Comma, "quote"\nand\x1b[31m line'
        result = cli(
            "videos", "list", "--url", server.url, "--limit", "1", "--format", "csv", "--fields", "name,channel"
        )
        (row,) = csv.DictReader(io.StringIO(result.stdout, newline=""))
        assert row["name"] == 'Comma, "quote"\nand\x1b[31m line'
        assert json.loads(row["channel"])["name"] == "nisv_channel"

    def test_not_ascii(self, server: Emulator, cli: Cli) -> None:
        video(server, 12).name = "Été, 日本 🎬"
        for form in ("jsonl", "csv", "json", "table"):
            ran = cli("videos", "list", "--url", server.url, "--limit", "1", "--format", form)
            assert "Été, 日本 🎬" in ran.stdout

    def test_filters(self, server: Emulator, cli: Cli) -> None:
        for number in (2, 5, 7):
            video(server, number).tags = ("rare", "red") if number == 5 else ("rare",)
            video(server, number).category, video(server, number).language = (1, "nl") if number != 7 else (2, "fr")

        def found(*options: str) -> list[int]:
            ran = cli("videos", "list", "--url", server.url, "--sort", "createdAt", "--fields", "id", *options)
            assert ran.exit_code == 0, ran.stderr
            return [row["id"] for row in rows(ran.stdout)]

        assert found("--tag", "rare") == [2, 5, 7]
        assert found("--tag", "rare", "--tag", "red") == [5]
        assert found("--tag", "rare", "--category", "music") == [2, 5]
        assert found("--tag", "rare", "--category", "1", "--category", "Films") == [2, 5, 7]
        assert found("--tag", "rare", "--language", "Dutch") == [2, 5]
        assert found("--search", "Video 0003") == [3]
        assert found("--channel", "nisv_channel", "--limit", "1") == [1]
        assert found("--account", "nisv", "--limit", "2") == [1, 2]
        assert found("--account", "root") == []

    def test_mine(self, server: Emulator, user: Cli) -> None:
        video(server, 3).privacy = 3
        video(server, 4).category = 7
        everything = rows(user("videos", "list", "--mine", "--fields", "id").stdout)
        assert {"id": 3} in everything
        assert len(everything) == 12
        assert rows(user("videos", "list", "--mine", "--privacy", "private", "--fields", "id").stdout) == [{"id": 3}]
        gaming = rows(user("videos", "list", "--mine", "--category", "Gaming", "--fields", "id,category.id").stdout)
        assert {"id": 4, "category.id": 7} in gaming
        assert {row["category.id"] for row in gaming} == {7}

    def test_details(self, server: Emulator, cli: Cli) -> None:
        video(server, 12).description, video(server, 12).tags = "x" * 900, ("one", "two")
        ran = cli(
            "videos", "list", "--url", server.url, "--limit", "2", "--details", "--fields", "id,description,tags"
        )
        first, second = rows(ran.stdout)
        assert first == {"id": 12, "description": "x" * 900, "tags": ["one", "two"]}
        assert second["id"] == 11

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            (("--fields", "id,tags"), "Lists come without tags: add --details to fetch each video in full."),
            (("--fields", ","), "--fields names no field."),
            (("--mine", "--channel", "x"), "--channel, --account and --mine exclude each other."),
            (
                ("--mine", "--tag", "xx"),
                "--tag and --nsfw cannot be used with --mine: the server ignores them there.",
            ),
            (("--limit", "-1"), "Invalid value for '--limit': -1 is not in the range x>=0."),
        ],
    )
    def test_refused(self, server: Emulator, cli: Cli, options: tuple[str, ...], message: str) -> None:
        result = cli("videos", "list", "--url", server.url, *options)
        assert result.exit_code == 2
        assert result.stderr == (f"aiopeertube: error: {message}\nhint: see `aiopeertube videos list --help`\n")
        assert server.statistics().requests == 0

    def test_unknown_label(self, server: Emulator, cli: Cli) -> None:
        result = cli("videos", "list", "--url", server.url, "--category", "musik")
        assert result.exit_code == 2
        assert result.stderr == ("aiopeertube: error: the instance has no category 'musik'; did you mean 'Music'?\n")

    def test_no_such_channel(self, server: Emulator, cli: Cli) -> None:
        result = cli("videos", "list", "--url", server.url, "--channel", "nobody")
        assert result.exit_code == 5
        assert result.stderr.startswith("aiopeertube: error: GET /api/v1/video-channels/nobody/videos answered 404: ")

    def test_table_on_a_terminal(self, server: Emulator, terminal: Callable[..., Terminal]) -> None:
        video(server, 12).name = "Sneaky \x1b]0;owned\x07\x1b[2J [bold]name[/bold] \u202eback"
        screen = terminal("videos", "list", "--url", server.url, "--limit", "3")
        assert screen.end() == 0
        assert "Sneaky ]0;owned[2J [bold]name[/bold] back" in screen.text
        assert not {"\x07", "\u202e"} & set(screen.raw)
        assert "\x1b[2J" not in screen.raw
        assert "publishedAt" in screen.text
        assert "\x1b[1m" in screen.raw

    def test_a_narrow_terminal_cuts_texts_and_no_names(
        self, server: Emulator, terminal: Callable[..., Terminal]
    ) -> None:
        last = video(server, 12)
        last.name = "A name that is much longer than this terminal is wide, and is cut"
        fields = "uuid,name,url,channel.url"
        screen = terminal("videos", "list", "--url", server.url, "--limit", "1", "--fields", fields, COLUMNS="60")
        assert screen.end() == 0
        assert last.name not in screen.text
        assert "A name …" in screen.text
        assert last.uuid in screen.text
        assert f"{server.url}/videos/watch/{last.uuid}" in screen.text

    @pytest.mark.parametrize("encoding", ["cp1252", "ascii", "latin-1"])
    def test_what_stdout_cannot_encode_is_written_as_its_number(self, server: Emulator, encoding: str) -> None:
        video(server, 12).name = "Film \U0001f3ac, not lost"
        args = ("videos", "list", "--url", server.url, "--limit", "1", "--format", "table")
        env = os.environ | {"PYTHONUTF8": "0", "PYTHONIOENCODING": encoding}
        done = subprocess.run(command(*args), capture_output=True, env=env, check=False, timeout=20)
        assert (done.returncode, done.stderr) == (0, b"")
        assert b"Film \\U0001f3ac, not lost" in done.stdout

    def test_no_color(self, server: Emulator, terminal: Callable[..., Terminal]) -> None:
        for how, env in ((("--no-color",), {}), ((), {"NO_COLOR": "anything at all"})):
            screen = terminal("videos", "list", "--url", server.url, "--limit", "1", *how, **env)
            assert screen.end() == 0
            assert "\x1b[3" not in screen.raw

    def test_reader_goes_away(self, server: Emulator) -> None:
        ran = subprocess.run(
            f"{' '.join(command('videos', 'list', '--all', '--url', server.url, '--details'))} | true; "
            "echo ${PIPESTATUS[0]}",
            shell=True, executable="/bin/bash", capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert (ran.stdout, ran.stderr) == ("141\n", "")
