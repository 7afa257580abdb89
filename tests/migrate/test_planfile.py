"""The plan as a file: whole, or refused with every line that is not."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from aiopeertube import errors
from aiopeertube.migrate import BadSource, Item, Job, Journal
from aiopeertube.migrate.plans.plan_check import complaints
from aiopeertube.migrate.plans.planfile import PlanFile, is_plan, write
from aiopeertube.migrate.problems import Problems
from aiopeertube.migrate.steps.planning import plan_file

pytestmark = pytest.mark.anyio

JOB = Job("update", "https://videos.example", "nisv", "films.csv", ("uuid", "name"))
UUID = "5a71eb42-d31d-4cf0-9a63-42319bfeb9c6"


def item(name: str) -> Item:
    before, after = {"name": "Old"}, {"name": name}
    return Item(
        UUID, after, 2, {"uuid": UUID}, 0, "planned", UUID, "Old", before, after, note={"key": "k"}, ready=True
    )


async def items(*names: str) -> AsyncIterator[Item]:
    for name in names:
        yield item(name)


@pytest.fixture
async def lines(tmp_path: Path) -> list[dict[str, Any]]:
    path = tmp_path / "plan.jsonl"
    with path.open("wb") as file:
        assert await write(file, JOB, items("Film", "Naïve 🎞")) == 2
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def again(tmp_path: Path, lines: list[dict[str, Any]]) -> tuple[list[Item], list[str]]:
    path = tmp_path / "again.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    assert is_plan(str(path))
    problems = Problems("again.jsonl")
    plan = PlanFile(str(path))
    assert plan.job == JOB
    found = list(plan.items(problems))
    if not problems.total:
        return found, []
    with pytest.raises(BadSource) as caught:
        problems.raise_if_any()
    return found, [problem.reason for problem in caught.value.problems]


async def test_what_was_written_is_read(tmp_path: Path, lines: list[dict[str, Any]]) -> None:
    assert again(tmp_path, lines) == ([item("Film"), item("Naïve 🎞")], [])


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda lines: lines[:-1], "the plan was cut off: its end is missing"),
        (lambda lines: [lines[0], *lines[2:]], "1 change stands here, not 2"),
        (lambda lines: [*lines, lines[1]], "after the end of the plan"),
        (
            lambda lines: [lines[0], {**lines[1], "after": {}}, *lines[2:]],
            "before and after must have the same fields",
        ),
        (lambda lines: [lines[0], {**lines[1], "uuid": "x"}, *lines[2:]], "'x'"),
        (lambda lines: [lines[0], {**lines[1], "after": {"name": "x"}}, *lines[2:]], "3 to 120"),
    ],
)
async def test_what_was_damaged_is_told(tmp_path: Path, lines: list[dict[str, Any]], change: Any, why: str) -> None:
    _, reasons = again(tmp_path, change(lines))
    assert any(why in reason for reason in reasons)


def test_what_is_no_plan(tmp_path: Path) -> None:
    path = tmp_path / "plan.jsonl"
    assert not is_plan(str(path))
    with pytest.raises(errors.FileUnreadable):
        PlanFile(str(path))
    for head in ('{"plan":', '{"plan": 9, "kind": "update"}\n', '{"plan": 1}\n'):
        path.write_text(head)
        assert is_plan(str(path))
        with pytest.raises(BadSource):
            PlanFile(str(path))


@pytest.mark.parametrize(
    ("entry", "value", "column"),
    [
        ("after", {"name": 5}, "name"),
        ("before", {"name": ["Old"]}, "name"),
        ("note", ["x"], "note"),
        ("note", {"key": 5}, "note"),
        ("row", ["a"], "row"),
        ("line", {"a": 1}, "line"),
        ("line", 2**70, "line"),
        ("name", 5, "name"),
        ("uuid", 7, "uuid"),
    ],
)
def test_every_entry_is_of_its_type(tmp_path: Path, entry: str, value: Any, column: str) -> None:
    line = {"uuid": UUID, "name": "Old", "before": {"name": "Old"}, "after": {"name": "New"}, entry: value}
    wrong = list(complaints(line))
    assert [name for name, _ in wrong] == [column]


def test_a_change_changes_something() -> None:
    assert list(complaints({"uuid": UUID, "before": {}, "after": {}})) == [("after", "it changes nothing")]


@pytest.mark.parametrize("entry", ["kind", "origin", "user", "source", "columns"])
async def test_the_head_is_checked_too(tmp_path: Path, lines: list[dict[str, Any]], entry: str) -> None:
    path = tmp_path / "head.jsonl"
    path.write_text(json.dumps({**lines[0], entry: 5}) + "\n")
    with pytest.raises(BadSource, match=f"line 1, column {entry}"):
        PlanFile(str(path))


@pytest.mark.parametrize("uuid", [UUID, UUID.upper()])
async def test_a_video_changes_once(tmp_path: Path, lines: list[dict[str, Any]], uuid: str) -> None:
    path = tmp_path / "twice.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in [*lines[:2], {**lines[2], "uuid": uuid}, lines[3]]))
    refused = pytest.raises(BadSource, match="line 3, column uuid: an earlier line changes this video")
    with Journal.create(tmp_path / "journal", JOB) as journal, refused:
        await plan_file(journal, PlanFile(str(path)))


async def test_a_source_need_not_be_utf8(tmp_path: Path) -> None:
    job, path = replace(JOB, source="bad\udcff.csv"), tmp_path / "plan.jsonl"
    with path.open("wb") as file:
        await write(file, job, items())
    assert PlanFile(str(path)).job == job
    with Journal.create(tmp_path / "journal", job):
        pass
    with Journal.open(tmp_path / "journal", read_only=True) as journal:
        assert journal.job.source == job.source
