import json
import subprocess
from typing import Any

import pytest

from aiopeertube.cli.demo import scenes
from aiopeertube.cli.demo.scenes import Plan, Scene, Score

from .conftest import Cli, command


class TestDemo:
    def test_json(self) -> None:
        ran = subprocess.run(
            command("demo", "--videos", "60", "--format", "json"), capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stderr
        told = json.loads(ran.stdout)
        assert told["videos"] == 60
        writes, limited = told["scenes"]
        for scene in (writes, limited):
            assert (scene["edits"], scene["ours"]["applied"], scene["ours"]["lost"]) == (60, 60, 0)
            assert scene["plain"]["applied"] + scene["plain"]["lost"] == 60
        assert writes["plain"]["lost"] == writes["plain"]["errors"]
        assert limited["plain"]["lost"] == limited["plain"]["refused"] == 14

    def test_table(self) -> None:
        ran = subprocess.run(command("demo", "--videos", "5", "-q"), capture_output=True, text=True, check=False)
        assert (ran.returncode, ran.stderr) == (0, "")
        head, *lines = [line for line in ran.stdout.splitlines() if line.strip()]
        assert head.split() == ["applied", "lost", "seconds", "requests", "429s", "5xx"]
        assert lines[1].split()[:4] == ["5", "edits", "as", "administrator"]
        assert [line.split()[0] for line in lines[5:]] == ["Parallel", "Rate", "All"]

    def test_copy(self) -> None:
        asked = ("demo", "--copy", "--videos", "12", "--format", "json", "-q")
        ran = subprocess.run(command(*asked), capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        told = json.loads(ran.stdout)
        assert (told["videos"], told["copied"], told["twice"], told["differ"]) == (12, 12, 0, 0)
        assert told["meaning"].startswith("Copy from an 8.2 to a 6.3: 12 of 12 videos (60 MB)")

    def test_exit_code_when_something_is_lost(self, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
        good, bad = Score(2, 0, 1.0, 2, 0, 0), Score(1, 1, 1.0, 2, 0, 1)

        async def play(*args: object) -> list[Scene]:
            return [Scene("2 edits", 2, scores.pop(0), bad)]

        monkeypatch.setattr(scenes, "play", play)
        scores = [good, bad]
        assert cli("demo").exit_code == 0
        assert cli("demo", "--format", "json").exit_code == 1


ROW = {
        "uuid": "u", "name": "Old", "category": {"id": 1}, "licence": {"id": None}, "language": {"id": "nl"},
        "privacy": {"id": 1}, "nsfw": False, "duration": 3, "createdAt": "2024", "views": 3,
    }  # fmt: skip
PLAN = Plan(ROW, {"name": "New", "tags": ["b", "a"]})


class TestPlan:
    def test_applied(self) -> None:
        assert PLAN.applied({**ROW, "name": "New", "tags": ["a", "b"]})

    @pytest.mark.parametrize(
        "difference", [{"name": "Old"}, {"tags": ["a"]}, {"tags": []}, {"nsfw": True}, {"category": {"id": 2}}]
    )
    def test_not_applied(self, difference: dict[str, Any]) -> None:
        assert not PLAN.applied({**ROW, "name": "New", "tags": ["a", "b"], **difference})
