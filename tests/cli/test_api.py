import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from aiopeertube.emulator import Emulator

from .conftest import Cli, Terminal, command


class TestReading:
    @pytest.mark.parametrize("path", ["/videos/licences", "videos/licences", "/api/v1/videos/licences"])
    def test_path(self, server: Emulator, cli: Cli, path: str) -> None:
        result = cli("api", "GET", path, "--url", server.url)
        assert (result.exit_code, result.stderr) == (0, "")
        assert json.loads(result.stdout)["1"] == "Attribution"
        assert result.stdout.endswith("}\n")

    def test_query(self, server: Emulator, cli: Cli) -> None:
        for args in (
            ("/videos", "-q", "count=2", "-q", "sort=createdAt"),
            ("/videos?count=2", "--query", "sort=createdAt"),
        ):
            page = json.loads(cli("api", "get", *args, "--url", server.url).stdout)
            assert [row["id"] for row in page["data"]] == [1, 2]

    def test_list_in_query(self, server: Emulator, cli: Cli) -> None:
        server.store.videos[2].language, server.store.videos[3].language = "nl", "fr"
        for number in {*range(1, 13)} - {2, 3}:
            server.store.videos[number].language = None
        args = ("-q", "languageOneOf=nl", "-q", "languageOneOf=fr", "--url", server.url)
        assert json.loads(cli("api", "GET", "/videos", *args).stdout)["total"] == 2

    def test_include(self, server: Emulator, cli: Cli) -> None:
        text = cli("api", "GET", "/videos/1", "--include", "--url", server.url).stdout
        head, _, body = text.partition("\n\n")
        assert head.splitlines()[0] == "HTTP 200"
        assert "content-type: application/json; charset=utf-8" in head.splitlines()
        assert json.loads(body)["id"] == 1

    def test_pretty_on_a_terminal(self, server: Emulator, terminal: Callable[..., Terminal]) -> None:
        server.store.videos[1].name = "Bad \x1b[2J\x9b31m\u202e name"
        screen = terminal("api", "GET", "/videos/1", "--url", server.url)
        assert screen.end() == 0
        assert '{\n  "id": 1,' in screen.text
        assert not {"\x1b", "\x9b", "\u202e"} & set(screen.raw)
        assert json.loads(screen.text)["name"] == "Bad \x1b[2J\x9b31m\u202e name"

    @pytest.mark.parametrize("path", ["/no such/#thing/é", "/no%20such/%23thing/%C3%A9"])
    def test_path_is_quoted(self, server: Emulator, cli: Cli, path: str) -> None:
        result = cli("api", "GET", path, "--url", server.url)
        assert result.exit_code == 5
        assert "GET /api/v1/no%20such/%23thing/%C3%A9 answered 4" in result.stderr
        assert "Bad status line" not in result.stderr
        assert "Invalid char" not in result.stderr

    def test_uses_the_saved_token(self, user: Cli) -> None:
        assert json.loads(user("api", "GET", "/users/me").stdout)["username"] == "nisv"


class TestWriting:
    def test_fields(self, server: Emulator, user: Cli) -> None:
        result = user("api", "PUT", "/videos/1", "-f", "name=0123", "-F", 'tags=["aa","bb"]', "-F", "category=7")
        assert (result.exit_code, result.stdout) == (0, "")
        video = server.store.videos[1]
        assert (video.name, set(video.tags), video.category) == ("0123", {"aa", "bb"}, 7)

    def test_include_without_body(self, user: Cli) -> None:
        assert user("api", "PUT", "/videos/1", "-f", "name=Named", "--include").stdout.startswith("HTTP 204\n")

    def test_input(self, server: Emulator, user: Cli, tmp_path: Path) -> None:
        (tmp_path / "body.json").write_text('{"name": "From a file"}')
        assert user("api", "PUT", "/videos/1", "--input", "body.json").exit_code == 0
        assert server.store.videos[1].name == "From a file"
        assert user("api", "PUT", "/videos/1", "--input", "-", input='{"name": "From stdin"}').exit_code == 0
        assert server.store.videos[1].name == "From stdin"

    def test_input_from_a_pipe(self, server: Emulator, user: Cli) -> None:
        args = command("api", "PUT", "/videos/1", "--input", "/dev/stdin")
        subprocess.run(args, input=b'{"name": "Piped"}', check=True, timeout=20)
        assert server.store.videos[1].name == "Piped"

    def test_file(self, server: Emulator, user: Cli, tmp_path: Path) -> None:
        (tmp_path / "new.png").write_bytes(b"\x89PNG" + bytes(20))
        args = ("--file", "thumbnailfile=new.png", "-F", 'tags=["aa","bb"]')
        assert user("api", "PUT", "/videos/1", *args).exit_code == 0
        assert server.store.videos[1].thumbnail
        assert set(server.store.videos[1].tags) == {"aa", "bb"}

    @pytest.mark.parametrize(
        ("args", "message"),
        [
            (("PUT", "/videos/1", "--input", "none.json"), "cannot read none.json: No such file or directory"),
            (
                ("PUT", "/videos/1", "--file", "thumbnailfile=none.png"),
                "cannot read none.png: No such file or directory",
            ),
            (("PUT", "/videos/1", "--input", "bad.json"), "--input bad.json is not JSON"),
            (("PUT", "/videos/1", "--input", "-", "-f", "a=b"), "--input is the whole body: no -f, -F or --file"),
            (("PUT", "/videos/1", "-F", "a=b"), "-F a: 'b' is not JSON"),
            (("PUT", "/videos/1", "-f", "a"), "-f: 'a' is not of the form key=value."),
            (("GET", "/videos", "-q", "count"), "-q: 'count' is not of the form key=value."),
            (("GET", "https://videos.example/x"), "PATH begins after the host, like /videos"),
            (("FETCH", "/videos"), "Invalid value for 'METHOD': 'FETCH' is not one of"),
        ],
    )
    def test_checked_before_anything_is_sent(
        self, server: Emulator, user: Cli, tmp_path: Path, args: tuple[str, ...], message: str
    ) -> None:
        (tmp_path / "bad.json").write_text("{not json")
        before = server.statistics().requests
        result = user("api", *args)
        assert result.exit_code == 2
        assert result.stderr.startswith(f"aiopeertube: error: {message}")
        assert server.statistics().requests == before


class TestRefused:
    def test_not_found(self, server: Emulator, cli: Cli) -> None:
        result = cli("api", "GET", "/videos/99", "--url", server.url)
        assert (result.exit_code, result.stdout) == (5, "")
        assert result.stderr == "aiopeertube: error: GET /api/v1/videos/99 answered 404: Video not found\n"

    def test_invalid_fields_are_named(self, user: Cli) -> None:
        result = user("api", "PUT", "/videos/1", "-f", "name=x")
        assert result.exit_code == 5
        assert "answered 400: name: " in result.stderr

    def test_nobody(self, server: Emulator, cli: Cli) -> None:
        result = cli("api", "GET", "/users/me", "--url", server.url)
        assert result.exit_code == 3
        assert result.stderr == (
            f"aiopeertube: error: not logged in to {server.url}: GET /api/v1/users/me needs a user\n"
            f"hint: run `aiopeertube login --url {server.url}`, or set PEERTUBE_USERNAME and PEERTUBE_PASSWORD\n"
        )
