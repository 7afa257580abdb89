import csv
import io
import json

import pytest

from aiopeertube.emulator import Emulator

from .conftest import Cli, rows, video


class TestGet:
    def test_one(self, server: Emulator, cli: Cli) -> None:
        result = cli("videos", "get", "3", "--url", server.url, "--format", "json")
        assert json.loads(result.stdout)["uuid"] == video(server, 3).uuid
        assert result.stdout.startswith("{\n  ")
        assert rows(cli("videos", "get", video(server, 3).uuid, "--url", server.url, "--fields", "id").stdout) == [
            {"id": 3}
        ]

    def test_several_in_order(self, server: Emulator, cli: Cli) -> None:
        wanted = ["9", "2", "2", "5", "11"]
        result = cli("videos", "get", *wanted, "--url", server.url, "--fields", "id,tags", "--format", "json")
        assert [str(row["id"]) for row in json.loads(result.stdout)] == wanted

    def test_card_and_table(self, server: Emulator, cli: Cli) -> None:
        video(server, 3).description = "First line\nsecond\x1b[5m line"
        card = cli("videos", "get", "3", "--url", server.url, "--format", "table").stdout
        assert "Video 0003" in card
        assert "second[5m line" in card
        table = cli("videos", "get", "3", "4", "--url", server.url, "--format", "table").stdout
        assert "Video 0003" in table
        assert "Video 0004" in table

    def test_csv(self, server: Emulator, cli: Cli) -> None:
        for ids in (("3",), ("3", "4")):
            text = cli("videos", "get", *ids, "--url", server.url, "--format", "csv").stdout
            assert [row["id"] for row in csv.DictReader(io.StringIO(text))] == list(ids)

    def test_one_is_missing(self, server: Emulator, cli: Cli) -> None:
        result = cli("videos", "get", "99", "--url", server.url)
        assert (result.exit_code, result.stdout) == (5, "")
        assert result.stderr == "aiopeertube: error: GET /api/v1/videos/99 answered 404: Video not found\n"

    def test_some_are_missing(self, server: Emulator, cli: Cli) -> None:
        result = cli("videos", "get", "1", "99", "2", "--url", server.url, "--fields", "id", "--quiet")
        assert result.exit_code == 1
        assert rows(result.stdout) == [{"id": 1}, {"id": 2}]
        assert result.stderr == "aiopeertube: failed: 99: GET /api/v1/videos/99 answered 404: Video not found\n"

    @pytest.mark.parametrize("answer", [None, [], "film"])
    def test_what_is_no_video_is_no_answer(
        self, server: Emulator, user: Cli, monkeypatch: pytest.MonkeyPatch, answer: object
    ) -> None:
        monkeypatch.setattr("aiopeertube.emulator.api.rendering.Renderer.video", lambda *_, **__: answer)
        for args in (("get", "1"), ("get", "1", "2"), ("list", "--details", "--limit", "2")):
            result = user("videos", *args)
            assert result.exit_code not in {0, 70}, args
            assert "expected a JSON object" in result.stderr

    def test_malformed(self, server: Emulator, cli: Cli) -> None:
        result = cli("videos", "get", "1", "../users", "--url", server.url)
        assert result.exit_code == 2
        assert result.stderr == "aiopeertube: error: '../users' is not a video id, UUID or short UUID\n"
        assert server.statistics().requests == 0

    def test_stdin(self, server: Emulator, cli: Cli) -> None:
        lines = f'1\n\n{{"id": 2, "uuid": "{video(server, 2).uuid}"}}\n{{"video": "3", "state": "ok"}}\n 4 \n5'
        result = cli("videos", "get", "-", "--url", server.url, "--fields", "id", input=lines)
        assert result.exit_code == 0
        assert sorted(row["id"] for row in rows(result.stdout)) == [1, 2, 3, 4, 5]
