import csv
import io
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aiopeertube.emulator import Emulator, Fault

from .conftest import USER, Cli, Terminal, command, interruptible, wait_until

PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)


def rows(text: str) -> list[Any]:
    return [json.loads(line) for line in text.splitlines()]


def video(server: Emulator, number: int) -> Any:
    return server.store.videos[number]


class TestList:
    def test_jsonl_where_nobody_looks(self, server: Emulator, cli: Cli):
        result = cli("videos", "list", "--url", server.url)
        assert (result.exit_code, result.stderr) == (0, "")
        assert [row["id"] for row in rows(result.stdout)] == list(range(12, 0, -1))

    def test_short_list_is_one_request(self, server: Emulator, cli: Cli):
        result = cli("videos", "list", "--url", server.url, "--limit", "5")
        assert len(rows(result.stdout)) == 5
        assert server.statistics().requests == 1

    def test_needs_no_login_and_no_check(self, server: Emulator, user: Cli):
        before = server.statistics().requests
        assert user("videos", "list").exit_code == 0
        assert server.statistics().requests == before + 1

    @pytest.mark.parametrize("format", ["json", "jsonl", "csv", "table"])
    def test_all_of_many(self, cli: Cli, format: str):
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
    def test_limit(self, server: Emulator, cli: Cli, limit: int):
        result = cli("videos", "list", "--url", server.url, "--limit", str(limit), "--format", "json")
        assert len(json.loads(result.stdout)) == min(limit, 12)

    def test_nothing_found(self, server: Emulator, cli: Cli):
        where = ("--url", server.url, "--search", "no such thing")
        assert cli("videos", "list", *where, "--format", "json").stdout == "[]\n"
        assert cli("videos", "list", *where, "--format", "jsonl").stdout == ""
        assert cli("videos", "list", *where, "--format", "csv", "--fields", "id,name").stdout == "id,name\n"

    def test_fields_reach_in(self, server: Emulator, cli: Cli):
        result = cli("videos", "list", "--url", server.url, "--limit", "1", "--fields", "id, channel.name,no.such")
        assert rows(result.stdout) == [{"id": 12, "channel.name": "nisv_channel", "no.such": None}]

    def test_csv_keeps_what_it_is_given(self, server: Emulator, cli: Cli):
        video(server, 12).name = 'Comma, "quote"\nand\x1b[31m line'
        result = cli(
            "videos", "list", "--url", server.url, "--limit", "1", "--format", "csv", "--fields", "name,channel"
        )
        (row,) = csv.DictReader(io.StringIO(result.stdout, newline=""))
        assert row["name"] == 'Comma, "quote"\nand\x1b[31m line'
        assert json.loads(row["channel"])["name"] == "nisv_channel"

    def test_not_ascii(self, server: Emulator, cli: Cli):
        video(server, 12).name = "Été, 日本 🎬"
        for form in ("jsonl", "csv", "json", "table"):
            ran = cli("videos", "list", "--url", server.url, "--limit", "1", "--format", form)
            assert "Été, 日本 🎬" in ran.stdout

    def test_filters(self, server: Emulator, cli: Cli):
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

    def test_mine(self, server: Emulator, user: Cli):
        video(server, 3).privacy = 3
        video(server, 4).category = 7
        everything = rows(user("videos", "list", "--mine", "--fields", "id").stdout)
        assert {"id": 3} in everything
        assert len(everything) == 12
        assert rows(user("videos", "list", "--mine", "--privacy", "private", "--fields", "id").stdout) == [{"id": 3}]
        gaming = rows(user("videos", "list", "--mine", "--category", "Gaming", "--fields", "id,category.id").stdout)
        assert {"id": 4, "category.id": 7} in gaming
        assert {row["category.id"] for row in gaming} == {7}

    def test_details(self, server: Emulator, cli: Cli):
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
    def test_refused(self, server: Emulator, cli: Cli, options: tuple[str, ...], message: str):
        result = cli("videos", "list", "--url", server.url, *options)
        assert result.exit_code == 2
        assert result.stderr == (f"aiopeertube: error: {message}\nhint: see `aiopeertube videos list --help`\n")
        assert server.statistics().requests == 0

    def test_unknown_label(self, server: Emulator, cli: Cli):
        result = cli("videos", "list", "--url", server.url, "--category", "musik")
        assert result.exit_code == 2
        assert result.stderr == ("aiopeertube: error: category: the instance has no 'musik'; did you mean 'Music'?\n")

    def test_no_such_channel(self, server: Emulator, cli: Cli):
        result = cli("videos", "list", "--url", server.url, "--channel", "nobody")
        assert result.exit_code == 5
        assert result.stderr.startswith("aiopeertube: error: GET /api/v1/video-channels/nobody/videos answered 404: ")

    def test_table_on_a_terminal(self, server: Emulator, terminal: Callable[..., Terminal]):
        video(server, 12).name = "Sneaky \x1b]0;owned\x07\x1b[2J [bold]name[/bold] \u202eback"
        screen = terminal("videos", "list", "--url", server.url, "--limit", "3")
        assert screen.end() == 0
        assert "Sneaky ]0;owned[2J [bold]name[/bold] back" in screen.text
        assert not {"\x07", "\u202e"} & set(screen.raw)
        assert "\x1b[2J" not in screen.raw
        assert "publishedAt" in screen.text
        assert "\x1b[1m" in screen.raw

    def test_no_color(self, server: Emulator, terminal: Callable[..., Terminal]):
        for how, env in ((("--no-color",), {}), ((), {"NO_COLOR": "anything at all"})):
            screen = terminal("videos", "list", "--url", server.url, "--limit", "1", *how, **env)
            assert screen.end() == 0
            assert "\x1b[3" not in screen.raw

    def test_reader_goes_away(self, server: Emulator):
        ran = subprocess.run(
            f"{' '.join(command('videos', 'list', '--all', '--url', server.url, '--details'))} | true; "
            "echo ${PIPESTATUS[0]}",
            shell=True, executable="/bin/bash", capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert (ran.stdout, ran.stderr) == ("141\n", "")


class TestGet:
    def test_one(self, server: Emulator, cli: Cli):
        result = cli("videos", "get", "3", "--url", server.url, "--format", "json")
        assert json.loads(result.stdout)["uuid"] == video(server, 3).uuid
        assert result.stdout.startswith("{\n  ")
        assert rows(cli("videos", "get", video(server, 3).uuid, "--url", server.url, "--fields", "id").stdout) == [
            {"id": 3}
        ]

    def test_several_in_order(self, server: Emulator, cli: Cli):
        wanted = ["9", "2", "2", "5", "11"]
        result = cli("videos", "get", *wanted, "--url", server.url, "--fields", "id,tags", "--format", "json")
        assert [str(row["id"]) for row in json.loads(result.stdout)] == wanted

    def test_card_and_table(self, server: Emulator, cli: Cli):
        video(server, 3).description = "First line\nsecond\x1b[5m line"
        card = cli("videos", "get", "3", "--url", server.url, "--format", "table").stdout
        assert "Video 0003" in card
        assert "second[5m line" in card
        table = cli("videos", "get", "3", "4", "--url", server.url, "--format", "table").stdout
        assert "Video 0003" in table
        assert "Video 0004" in table

    def test_csv(self, server: Emulator, cli: Cli):
        for ids in (("3",), ("3", "4")):
            text = cli("videos", "get", *ids, "--url", server.url, "--format", "csv").stdout
            assert [row["id"] for row in csv.DictReader(io.StringIO(text))] == list(ids)

    def test_one_is_missing(self, server: Emulator, cli: Cli):
        result = cli("videos", "get", "99", "--url", server.url)
        assert (result.exit_code, result.stdout) == (5, "")
        assert result.stderr == "aiopeertube: error: GET /api/v1/videos/99 answered 404: Video not found\n"

    def test_some_are_missing(self, server: Emulator, cli: Cli):
        result = cli("videos", "get", "1", "99", "2", "--url", server.url, "--fields", "id", "--quiet")
        assert result.exit_code == 1
        assert rows(result.stdout) == [{"id": 1}, {"id": 2}]
        assert result.stderr == "aiopeertube: failed: 99: GET /api/v1/videos/99 answered 404: Video not found\n"

    def test_malformed(self, server: Emulator, cli: Cli):
        result = cli("videos", "get", "1", "../users", "--url", server.url)
        assert result.exit_code == 2
        assert result.stderr == "aiopeertube: error: '../users' is not a video id, UUID or short UUID\n"
        assert server.statistics().requests == 0

    def test_stdin(self, server: Emulator, cli: Cli):
        lines = f'1\n\n{{"id": 2, "uuid": "{video(server, 2).uuid}"}}\n{{"video": "3", "state": "ok"}}\n 4 \n5'
        result = cli("videos", "get", "-", "--url", server.url, "--fields", "id", input=lines)
        assert result.exit_code == 0
        assert sorted(row["id"] for row in rows(result.stdout)) == [1, 2, 3, 4, 5]


class TestUpdate:
    def test_every_option(self, server: Emulator, user: Cli, tmp_path: Path):
        image = tmp_path / "image.png"
        image.write_bytes(PNG)
        result = user(
            "videos", "update", "2", "--name", "New name", "--description", "New words", "--support", "Give much",
            "--tag", "one", "--tag", "two", "--category", "Gaming", "--licence", "public domain dedication",
            "--language", "Dutch", "--privacy", "unlisted", "--nsfw", "--no-download", "--comments-policy",
            "disabled", "--originally-published-at", "1960-01-02", "--thumbnail", str(image), "--preview",
            str(image), "--set", "waitTranscoding=true",
        )  # fmt: skip
        assert (result.exit_code, rows(result.stdout)[0]["state"]) == (0, "ok"), result.stderr
        edited = video(server, 2)
        assert (edited.name, edited.description, edited.support) == ("New name", "New words", "Give much")
        assert (edited.tags, edited.category, edited.licence) == (("one", "two"), 7, 7)
        assert (edited.language, edited.privacy, edited.nsfw) == ("nl", 2, True)
        assert (edited.download_enabled, edited.comments_policy) == (False, 2)
        assert (edited.originally_published_at, edited.wait_transcoding) == (-315532800.0, True)
        assert edited.thumbnail
        assert edited.preview

    def test_changes_nothing_else(self, server: Emulator, user: Cli):
        video(server, 2).tags, video(server, 2).nsfw = ("kept", "too"), True
        before = {name: getattr(video(server, 2), name) for name in ("tags", "category", "description", "nsfw")}
        assert user("videos", "update", "2", "--name", "Only this").exit_code == 0
        assert before == {name: getattr(video(server, 2), name) for name in before}

    def test_clear(self, server: Emulator, user: Cli):
        target = video(server, 2)
        target.tags, target.description, target.category, target.language = ("xx",), "Words", 1, "nl"
        target.originally_published_at = 1.0
        names = ("tags", "description", "category", "language", "licence", "support", "originally-published-at")
        result = user("videos", "update", "2", *(part for name in names for part in ("--clear", name)))
        assert result.exit_code == 0
        assert (target.tags, target.description, target.category, target.language) == ((), None, None, None)
        assert (target.licence, target.support, target.originally_published_at) == (None, None, None)

    def test_outcomes_and_counts(self, server: Emulator, user: Cli):
        result = user("videos", "update", "1", "99", "2", "--name", "Counted")
        assert result.exit_code == 1
        outcomes = {row["video"]: row for row in rows(result.stdout)}
        assert {video: row["state"] for video, row in outcomes.items()} == {"1": "ok", "99": "failed", "2": "ok"}
        assert outcomes["99"]["error"] == "PUT /api/v1/videos/99 answered 404: Video not found"
        assert outcomes["1"]["attempts"] == 1
        failed, counts = result.stderr.splitlines()
        assert failed == "aiopeertube: failed: 99: PUT /api/v1/videos/99 answered 404: Video not found"
        assert counts.startswith("update: 2 done, 1 failed, in ")

    def test_quiet_text(self, server: Emulator, user: Cli):
        result = user("videos", "update", "1", "2", "--name", "Quiet", "--format", "text", "-q")
        assert (result.exit_code, result.output) == (0, "")

    def test_somebody_elses(self, server: Emulator, user: Cli):
        server.store.add_video("Root's own", server.store.channels["root_channel"])
        result = user("videos", "update", "13", "--name", "Mine now")
        assert result.exit_code == 1
        assert "answered 403: " in result.stderr

    def test_a_listing_is_input(self, server: Emulator, user: Cli):
        listed = user("videos", "list", "--all").stdout
        result = user("videos", "update", "-", "--language", "fr", input=listed)
        assert (result.exit_code, len(rows(result.stdout))) == (0, 12)
        assert {each.language for each in server.store.videos.values()} == {"fr"}
        again = user("videos", "update", "-", "--language", "de", input=result.stdout)
        assert again.exit_code == 0
        assert {each.language for each in server.store.videos.values()} == {"de"}

    def test_bad_lines_of_stdin_fail_alone(self, server: Emulator, user: Cli):
        result = user(
            "videos", "update", "-", "--name", "From stdin", "--format", "text", input='1\n../x\n{"a": 1}\n2\n'
        )
        assert result.exit_code == 1
        assert "aiopeertube: failed: ../x: '../x' is not a video id, UUID or short UUID\n" in result.stderr
        assert result.stderr.splitlines()[-1].startswith("update: 2 done, 2 failed, in ")

    def test_dry_run(self, server: Emulator, user: Cli):
        before = server.statistics().by_route
        result = user("videos", "update", "1", "2", "--language", "Dutch", "--clear", "tags", "--dry-run")
        assert result.exit_code == 0
        assert rows(result.stdout) == [
            {"method": "PUT", "path": f"/api/v1/videos/{number}", "json": {"language": "nl", "tags": []}}
            for number in (1, 2)
        ]
        assert server.statistics().by_route.get("PUT /videos/{id}") == before.get("PUT /videos/{id}")

    def test_failures_of_the_server_are_outlasted(self, server: Emulator, user: Cli):
        server.faults.add(Fault("5xx", 0.3, method="PUT"), Fault("reset", 0.2, method="PUT"))
        result = user("videos", "update", *map(str, range(1, 13)), "--name", "Stubborn", "--format", "text")
        assert result.exit_code == 0
        assert {each.name for each in server.store.videos.values()} == {"Stubborn"}

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            (("--name", "x"), "name: must have 3 to 120 characters, has 1"),
            (("--description", "x" * 10_001), "description: must have 3 to 10000 characters, has 10001"),
            (("--tag", "x"), "tags: 'x': must have 2 to 30 characters, has 1"),
            (tuple(part for n in range(6) for part in ("--tag", f"tag{n}")), "tags: at most 5 tags, there are 6"),
            (
                ("--originally-published-at", "yesterday"),
                "originallyPublishedAt: must be a date like 1960-01-01 or 1960-01-01T12:00:00Z, not 'yesterday'",
            ),
            (("--thumbnail", "none.jpg"), "cannot read none.jpg: No such file or directory"),
            (("--preview", "."), "cannot read .: Is a directory"),
            (("--thumbnail", "notes.txt"), "thumbnailfile: notes.txt is not called .jpg, .png or .webp"),
            (("--thumbnail", "big.jpg"), "thumbnailfile: big.jpg is larger than the 4 MiB that PeerTube takes"),
            (("--set", "name=null"), "name: cannot be empty"),
        ],
    )
    def test_input_is_checked_first(
        self, server: Emulator, user: Cli, tmp_path: Path, options: tuple[str, ...], message: str
    ):
        (tmp_path / "notes.txt").write_text("no image")
        (tmp_path / "big.jpg").write_bytes(bytes(4 * 1024 * 1024 + 1))
        before = server.statistics().requests
        result = user("videos", "update", "1", "2", *options)
        assert (result.exit_code, result.stderr) == (2, f"aiopeertube: error: {message}\n")
        assert server.statistics().requests == before

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ((), "Nothing to change: give at least one field."),
            (("--tag", "ab", "--clear", "tags"), "tags is given twice."),
            (("--set", "name"), "--set: 'name' is not of the form key=value."),
            (("--comments-policy", "maybe"), "Invalid value for '--comments-policy': 'maybe' is not one of"),
            (("--clear", "name"), "Invalid value for '--clear': 'name' is not one of"),
        ],
    )
    def test_usage(self, server: Emulator, user: Cli, options: tuple[str, ...], message: str):
        result = user("videos", "update", "1", *options)
        first, hint = result.stderr.splitlines()
        assert (result.exit_code, hint) == (2, "hint: see `aiopeertube videos update --help`")
        assert first.startswith(f"aiopeertube: error: {message}")

    def test_text_where_json_is_due(self, user: Cli):
        result = user("videos", "update", "1", "--set", "name=hello")
        assert result.exit_code == 2
        assert """text needs quotes: --set 'name="..."'""" in result.stderr

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            (("--language", "xx-none"), "language: the instance has no 'xx-none'"),
            (("--language", "dutsch"), "language: the instance has no 'dutsch'; did you mean 'Dutch'?"),
            (
                ("--privacy", "hidden"),
                "privacy: the instance has no 'hidden'; it has Public, Unlisted, Private, Internal, "  # noqa: ISC004
                "Password protected",
            ),
        ],
    )
    def test_unknown_labels(self, server: Emulator, user: Cli, options: tuple[str, ...], message: str):
        result = user("videos", "update", "1", *options)
        assert (result.exit_code, result.stderr) == (2, f"aiopeertube: error: {message}\n")
        assert "PUT /videos/{id}" not in server.statistics().by_route

    def test_unknown_field_is_sent_with_a_warning(self, server: Emulator, user: Cli):
        result = user("videos", "update", "1", "--set", "nmae=1", "-q")
        assert result.exit_code == 0
        assert result.stderr == "aiopeertube: warning: this version knows no field 'nmae'; it is sent as it is\n"

    def test_nobody(self, server: Emulator, cli: Cli):
        result = cli("videos", "update", "1", "--name", "Nobody's", "--url", server.url)
        assert result.exit_code == 3
        assert result.stderr.startswith(f"aiopeertube: error: not logged in to {server.url}")
        assert server.statistics().requests == 0

    def test_wrong_password_stops_at_once(self, server: Emulator, cli: Cli):
        env = {"PEERTUBE_USERNAME": "nisv", "PEERTUBE_PASSWORD": "not-so-secret"}
        result = cli("videos", "update", "1", "2", "3", "--name", "Wrong", "--url", server.url, **env)
        assert result.exit_code == 3
        assert len(result.stderr.splitlines()) == 2
        assert server.statistics().by_route["POST /users/token"] == 1

    def test_session_that_ends_on_the_way(self, server: Emulator, user: Cli):
        server.expire_tokens()
        server.store._by_refresh.clear()
        result = user("videos", "update", *map(str, range(1, 13)), "--name", "Too late")
        assert result.exit_code == 3
        assert result.stderr.splitlines()[-1].startswith("hint: run `aiopeertube login")

    def test_halt(self, server: Emulator, user: Cli):
        result = user(
            "videos", "update", *map(str, range(900, 1000)), "--name", "Gone", "--halt", "3", "--concurrency", "1"
        )
        assert result.exit_code == 75
        states = [row["state"] for row in rows(result.stdout)]
        assert (len(states), states.count("ok")) == (100, 0)
        assert states.count("not started") > 0
        assert result.stderr.splitlines()[-2].startswith("aiopeertube: error: the run was stopped: ")

    def test_bad_halt(self, user: Cli):
        result = user("videos", "update", "1", "--name", "Halted", "--halt", "soon")
        assert result.exit_code == 2
        assert result.stderr.startswith("aiopeertube: error: halt: 'soon' is not a number of failures")

    def test_options_before_and_after_and_from_the_environment(self, server: Emulator, cli: Cli):
        edit = ("--name", "Anywhere", "-q")
        for args in (
            ("--url", server.url, "videos", "update", "1", *edit),
            ("videos", "--url", server.url, "update", "1", *edit),
            ("videos", "update", "1", "--url", server.url, *edit),
            ("--url", "http://127.0.0.1:1", "videos", "update", "1", "--url", server.url, *edit),
        ):
            assert cli(*args, **USER).exit_code == 0
            assert cli(*args, **USER, PEERTUBE_URL="http://127.0.0.1:1").exit_code == 0
        assert cli("videos", "update", "1", *edit, PEERTUBE_URL=server.url, **USER).exit_code == 0

    @pytest.mark.parametrize("value", ["0", "-1", "many", "1.5"])
    def test_bad_concurrency(self, cli: Cli, value: str):
        for result in (
            cli("videos", "list", "--concurrency", value),
            cli("videos", "list", PEERTUBE_CONCURRENCY=value),
        ):
            assert result.exit_code == 2
            assert f"'{value}' is neither \"auto\" nor a number from 1 on" in result.stderr

    def test_bad_rate(self, server: Emulator, cli: Cli):
        result = cli("videos", "list", "--url", server.url, PEERTUBE_RATE="fast")
        assert result.exit_code == 2
        assert result.stderr.startswith("aiopeertube: error: rate: 'fast' is not a rate")


class TestDelete:
    def test_yes(self, server: Emulator, user: Cli):
        result = user("videos", "delete", "1", "2", "--yes")
        assert result.exit_code == 0
        assert {row["video"] for row in rows(result.stdout)} == {"1", "2"}
        assert not {1, 2} & server.store.videos.keys()

    def test_not_without_being_asked(self, server: Emulator, user: Cli):
        for args, lines in ((("1",), None), (("-",), "1\n")):
            result = user("videos", "delete", *args, input=lines)
            assert result.exit_code == 2
            assert result.stderr == (
                "aiopeertube: error: nobody can be asked whether to delete\nhint: add --yes if you are sure\n"
            )
        assert len(server.store.videos) == 12

    @pytest.mark.parametrize(("answer", "exit_code", "left"), [("y", 0, 10), ("n", 130, 12), ("", 130, 12)])
    def test_asks(
        self, server: Emulator, user: Cli, terminal: Callable[..., Terminal], answer: str, exit_code: int, left: int
    ):
        screen = terminal("videos", "delete", "1", "2")
        screen.expect(f"Delete 2 videos at {server.url}? There is no way back. [y/N]: ")
        screen.type(answer)
        assert screen.end() == exit_code
        assert len(server.store.videos) == left


class TestProgress:
    def test_bar_on_a_terminal(self, server: Emulator, user: Cli, terminal: Callable[..., Terminal]):
        screen = terminal("videos", "update", "1", "2", "99", "--name", "Barred")
        assert screen.end() == 1
        assert "3/3" in screen.text
        assert "aiopeertube: failed: 99: PUT /api/v1/videos/99 answered 404: Video not found" in screen.text
        assert '"state"' not in screen.text

    def test_quiet_on_a_terminal(self, server: Emulator, user: Cli, terminal: Callable[..., Terminal]):
        screen = terminal("videos", "update", "1", "2", "--name", "Silent", "--quiet")
        assert screen.end() == 0
        assert screen.raw == ""

    def test_lines_elsewhere(self, server: Emulator, user: Cli, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr("aiopeertube.cli.progress._SECONDS_BETWEEN_LINES", 0.0)
        result = user("videos", "update", "1", "2", "--name", "Logged")
        assert result.stderr.splitlines()[:2] == ["update: 1 of 2, 0 failed", "update: 2 of 2, 0 failed"]
        assert user("videos", "update", "1", "2", "--name", "Logged", "-q").stderr == ""


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
class TestInterrupted:
    def test_stops_cleanly(self, user: Cli):
        with Emulator.in_thread(videos=200, rate_limit=None, write_seconds=0.05) as server:
            user("login", "--url", server.url, **USER)
            ids = [str(number) for number in range(1, 201)]
            process = subprocess.Popen(
                interruptible("videos", "update", *ids, "--name", "Cut short"),
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            )  # fmt: skip
            assert process.stdout is not None
            wait_until(lambda: server.statistics().by_route.get("PUT /videos/{id}", 0) >= 5)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=20)
            edited = sum(each.name == "Cut short" for each in server.store.videos.values())
        assert process.returncode == 130
        states = [row["state"] for row in rows(out)]
        assert len(states) == 200, "every video has an outcome"
        assert states.count("ok") == edited
        counts, last = err.splitlines()[-2:]
        assert counts.startswith(f"update: {edited} done, 0 failed, {200 - edited} not started, in ")
        assert last == "aiopeertube: error: interrupted"

    def test_while_waiting_for_stdin(self, server: Emulator, user: Cli):
        process = subprocess.Popen(
            interruptible("videos", "update", "-", "--name", "Cut short"),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stdin is not None
        process.stdin.write("1\n")
        process.stdin.flush()
        wait_until(lambda: server.store.videos[1].name == "Cut short")
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        assert process.stderr is not None
        text = process.stderr.read()
        assert text.startswith("update: 1 done, 0 failed, the rest of the input not read, in ")
        assert "Traceback" not in text
        assert "Fatal" not in text
        for stream in (process.stdin, process.stdout, process.stderr):
            assert stream is not None
            stream.close()

    def test_a_single_call(self, server: Emulator):
        server.faults.add(Fault("stall", seconds=60.0))
        process = subprocess.Popen(
            interruptible("videos", "list", "--url", server.url),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        wait_until(lambda: server.statistics().requests)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
        assert (process.returncode, out, err) == (130, "", "aiopeertube: error: interrupted\n")
