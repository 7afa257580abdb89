import os
from pathlib import Path

import pytest

from aiopeertube.emulator import Emulator, Fault

from .conftest import USER, Cli, rows, video

PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)


class TestUpdate:
    def test_every_option(self, server: Emulator, user: Cli, tmp_path: Path) -> None:
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

    def test_changes_nothing_else(self, server: Emulator, user: Cli) -> None:
        video(server, 2).tags, video(server, 2).nsfw = ("kept", "too"), True
        before = {name: getattr(video(server, 2), name) for name in ("tags", "category", "description", "nsfw")}
        assert user("videos", "update", "2", "--name", "Only this").exit_code == 0
        assert before == {name: getattr(video(server, 2), name) for name in before}

    def test_clear(self, server: Emulator, user: Cli) -> None:
        target = video(server, 2)
        target.tags, target.description, target.category, target.language = ("xx",), "Words", 1, "nl"
        target.originally_published_at = 1.0
        names = ("tags", "description", "category", "language", "licence", "support", "originally-published-at")
        result = user("videos", "update", "2", *(part for name in names for part in ("--clear", name)))
        assert result.exit_code == 0
        assert (target.tags, target.description, target.category, target.language) == ((), None, None, None)
        assert (target.licence, target.support, target.originally_published_at) == (None, None, None)

    def test_outcomes_and_counts(self, server: Emulator, user: Cli) -> None:
        result = user("videos", "update", "1", "99", "2", "--name", "Counted")
        assert result.exit_code == 1
        outcomes = {row["video"]: row for row in rows(result.stdout)}
        assert {video: row["state"] for video, row in outcomes.items()} == {"1": "ok", "99": "failed", "2": "ok"}
        assert outcomes["99"]["error"] == "PUT /api/v1/videos/99 answered 404: Video not found"
        assert outcomes["1"]["attempts"] == 1
        failed, counts = result.stderr.splitlines()
        assert failed == "aiopeertube: failed: 99: PUT /api/v1/videos/99 answered 404: Video not found"
        assert counts.startswith("update: 2 done, 1 failed, in ")

    def test_quiet_text(self, server: Emulator, user: Cli) -> None:
        result = user("videos", "update", "1", "2", "--name", "Quiet", "--format", "text", "-q")
        assert (result.exit_code, result.output) == (0, "")

    def test_somebody_elses(self, server: Emulator, user: Cli) -> None:
        server.store.add_video("Root's own", server.store.channels["root_channel"])
        result = user("videos", "update", "13", "--name", "Mine now")
        assert result.exit_code == 1
        assert "answered 403: " in result.stderr

    def test_a_listing_is_input(self, server: Emulator, user: Cli) -> None:
        listed = user("videos", "list", "--all").stdout
        result = user("videos", "update", "-", "--language", "fr", input=listed)
        assert (result.exit_code, len(rows(result.stdout))) == (0, 12)
        assert {each.language for each in server.store.videos.values()} == {"fr"}
        again = user("videos", "update", "-", "--language", "de", input=result.stdout)
        assert again.exit_code == 0
        assert {each.language for each in server.store.videos.values()} == {"de"}

    def test_bad_lines_of_stdin_fail_alone(self, server: Emulator, user: Cli) -> None:
        result = user(
            "videos", "update", "-", "--name", "From stdin", "--format", "text", input='1\n../x\n{"a": 1}\n2\n'
        )
        assert result.exit_code == 1
        assert "aiopeertube: failed: ../x: '../x' is not a video id, UUID or short UUID\n" in result.stderr
        assert result.stderr.splitlines()[-1].startswith("update: 2 done, 2 failed, in ")

    def test_dry_run(self, server: Emulator, user: Cli) -> None:
        before = server.statistics().by_route
        result = user("videos", "update", "1", "2", "--language", "Dutch", "--clear", "tags", "--dry-run")
        assert result.exit_code == 0
        assert rows(result.stdout) == [
            {"method": "PUT", "path": f"/api/v1/videos/{number}", "json": {"language": "nl", "tags": []}}
            for number in (1, 2)
        ]
        assert server.statistics().by_route.get("PUT /videos/{id}") == before.get("PUT /videos/{id}")

    def test_failures_of_the_server_are_outlasted(self, server: Emulator, user: Cli) -> None:
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
            (tuple(part for n in range(6) for part in ("--tag", f"tag{n}")), "tags: at most 5 tags, not 6"),
            (
                ("--originally-published-at", "yesterday"),
                "originallyPublishedAt: must be a date like 1960-01-01 or 1960-01-01T12:00:00Z, not 'yesterday'",
            ),
            (("--thumbnail", "none.jpg"), "cannot read none.jpg: No such file or directory"),
            (("--preview", "."), "cannot read .: Is a directory"),
            (("--thumbnail", "notes.txt"), "thumbnailfile: notes.txt is not called .jpg, .png or .webp"),
            (("--thumbnail", "big.jpg"), "thumbnailfile: big.jpg is larger than the 4 MiB that PeerTube takes"),
            (("--thumbnail", "pipe.jpg"), "cannot read pipe.jpg: not a file"),
            (("--preview", "empty.jpg"), "previewfile: empty.jpg is empty"),
            (("--set", "name=null"), "name: cannot be empty"),
            (
                ("--name", "abc\udcff"),
                "name: cannot be sent: there is half a character in it (U+DCFF, at 3)",
            ),
        ],
    )
    def test_input_is_checked_first(
        self, server: Emulator, user: Cli, tmp_path: Path, options: tuple[str, ...], message: str
    ) -> None:
        (tmp_path / "notes.txt").write_text("no image")
        (tmp_path / "empty.jpg").touch()
        os.mkfifo(tmp_path / "pipe.jpg")
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
    def test_usage(self, server: Emulator, user: Cli, options: tuple[str, ...], message: str) -> None:
        result = user("videos", "update", "1", *options)
        first, hint = result.stderr.splitlines()
        assert (result.exit_code, hint) == (2, "hint: see `aiopeertube videos update --help`")
        assert first.startswith(f"aiopeertube: error: {message}")

    def test_text_where_json_is_due(self, user: Cli) -> None:
        result = user("videos", "update", "1", "--set", "name=hello")
        assert result.exit_code == 2
        assert """text needs quotes: --set 'name="..."'""" in result.stderr

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            (("--language", "xx-none"), "the instance has no language 'xx-none'"),
            (("--language", "dutsch"), "the instance has no language 'dutsch'; did you mean 'Dutch'?"),
            (
                ("--privacy", "hidden"),
                "the instance has no privacy 'hidden'; it has Public, Unlisted, Private, Internal, "  # noqa: ISC004
                "Password protected",
            ),
        ],
    )
    def test_unknown_labels(self, server: Emulator, user: Cli, options: tuple[str, ...], message: str) -> None:
        result = user("videos", "update", "1", *options)
        assert (result.exit_code, result.stderr) == (2, f"aiopeertube: error: {message}\n")
        assert "PUT /videos/{id}" not in server.statistics().by_route

    @pytest.mark.parametrize("options", [("--category", "99"), ("--licence", "0"), ("--set", "category=99")])
    def test_unknown_ids(self, server: Emulator, user: Cli, options: tuple[str, ...]) -> None:
        result = user("videos", "update", "1", *options)
        assert (result.exit_code, "the instance has no" in result.stderr) == (2, True)
        assert "PUT /videos/{id}" not in server.statistics().by_route

    def test_a_licence_by_its_address(self, server: Emulator, user: Cli) -> None:
        address = "https://creativecommons.org/licenses/by-sa/3.0/nl/"
        assert user("videos", "update", "1", "--licence", address).exit_code == 0
        assert video(server, 1).licence == 2

    def test_unknown_field_is_sent_with_a_warning(self, server: Emulator, user: Cli) -> None:
        result = user("videos", "update", "1", "--set", "nmae=1", "-q")
        assert result.exit_code == 0
        assert result.stderr == "aiopeertube: warning: this version knows no field 'nmae'; it is sent as it is\n"

    def test_nobody(self, server: Emulator, cli: Cli) -> None:
        result = cli("videos", "update", "1", "--name", "Nobody's", "--url", server.url)
        assert result.exit_code == 3
        assert result.stderr.startswith(f"aiopeertube: error: not logged in to {server.url}")
        assert server.statistics().requests == 0

    def test_wrong_password_stops_at_once(self, server: Emulator, cli: Cli) -> None:
        env = {"PEERTUBE_USERNAME": "nisv", "PEERTUBE_PASSWORD": "not-so-secret"}
        result = cli("videos", "update", "1", "2", "3", "--name", "Wrong", "--url", server.url, **env)
        assert result.exit_code == 3
        assert len(result.stderr.splitlines()) == 2
        assert server.statistics().by_route["POST /users/token"] == 1

    def test_session_that_ends_on_the_way(self, server: Emulator, user: Cli) -> None:
        server.expire_tokens()
        server.store._by_refresh.clear()
        result = user("videos", "update", *map(str, range(1, 13)), "--name", "Too late")
        assert result.exit_code == 3
        assert result.stderr.splitlines()[-1].startswith("hint: run `aiopeertube login")

    def test_halt(self, server: Emulator, user: Cli) -> None:
        result = user(
            "videos", "update", *map(str, range(900, 1000)), "--name", "Gone", "--halt", "3", "--concurrency", "1"
        )
        assert result.exit_code == 75
        states = [row["state"] for row in rows(result.stdout)]
        assert (len(states), states.count("ok")) == (100, 0)
        assert states.count("not started") > 0
        assert result.stderr.splitlines()[-2].startswith("aiopeertube: error: the run was stopped: ")

    def test_bad_halt(self, user: Cli) -> None:
        result = user("videos", "update", "1", "--name", "Halted", "--halt", "soon")
        assert result.exit_code == 2
        assert result.stderr.startswith("aiopeertube: error: --halt: 'soon' is not a number of failures")

    def test_options_before_and_after_and_from_the_environment(self, server: Emulator, cli: Cli) -> None:
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
    def test_bad_concurrency(self, cli: Cli, value: str) -> None:
        for result in (
            cli("videos", "list", "--concurrency", value),
            cli("videos", "list", PEERTUBE_CONCURRENCY=value),
        ):
            assert result.exit_code == 2
            assert f"must be \"auto\" or a positive integer, not '{value}'" in result.stderr

    def test_bad_rate(self, server: Emulator, cli: Cli) -> None:
        result = cli("videos", "list", "--url", server.url, PEERTUBE_RATE="fast")
        assert result.exit_code == 2
        assert result.stderr.startswith("aiopeertube: error: rate: 'fast' is not a rate")
