"""A table is merged, not stamped: whoever edits a cell meanwhile, no edit is lost, and every conflict is told."""

import csv
import json
import random
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import openpyxl
import pytest

from aiopeertube import PeerTube, migrate
from aiopeertube.emulator import Emulator
from aiopeertube.emulator.model.store import Schedule

pytestmark = pytest.mark.anyio

ROWS: Final = 2_000
WHO: Final = ("nobody", "user", "colleague", "both", "both alike", "emptied", "emptied, colleague")
Row = dict[str, Any]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place of its own for journals, and an empty directory to be in."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr("aiopeertube.stack.retry._LONGEST", 0.001)
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return tmp_path


def of_videos(number: int) -> Emulator:
    made = Emulator(videos=number, rate_limit=None, login_limit=None, server_version="8.2")
    for name in ("second", "third"):
        made.store.add_channel(name, made.store.channels["nisv_channel"].owner)
    return made


@pytest.fixture
async def server() -> AsyncIterator[Emulator]:
    async with of_videos(12) as started:
        yield started


@pytest.fixture
async def pt(server: Emulator) -> AsyncIterator[PeerTube]:
    async with PeerTube(server.url, username="nisv", password="secret123") as client:
        yield client


class Heard(migrate.Unwatched):
    """Remembers what was said."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, line: str) -> None:
        self.lines.append(line)


# -- a table with every combination ----------------------------------------------------------------


@dataclass(frozen=True)
class Values:
    """Values of one field as the emulator keeps them, and how people write them into a cell."""

    of: tuple[Any, ...]
    attribute: str
    write: Callable[[Any], str] = str


def label(*labels: str) -> Callable[[Any], str]:
    return lambda value: labels[value - 1]


def moment(text: str) -> float:
    return datetime.fromisoformat(f"{text}T00:00:00+00:00").timestamp()


def day(value: float) -> str:
    return f"{datetime.fromtimestamp(value):%d.%m.%Y}"


TEXTS: Final = (None, "Eén\n\ntwee", "Drie; vier, vijf", '"=1+1"', " ruim ", "x" * 900)
FIELDS: Final[Mapping[str, Values]] = {
    "name": Values(("Mijn titel", "Their title", "Naïve 🎞 film", "Oude titel"), "name"),
    "description": Values((*TEXTS, "y" * 9_000, "Ends in dots..."), "description"),
    "support": Values(TEXTS, "support"),
    "tags": Values(((), ("1939", "film"), ("archive",), ("a b", "c;d")), "tags", lambda tags: json.dumps([*tags])),
    "category": Values((None, 1, 2, 11), "category", label("Music", "films", *[""] * 8, "News & Politics")),
    "licence": Values((None, 1, 2, 7), "licence"),
    "language": Values((None, "nl", "de", "fr"), "language", lambda code: {"nl": "Dutch"}.get(code, code)),
    "privacy": Values((1, 2, 3, 4), "privacy", label("Public", "unlisted", "Private", "4")),
    "nsfw": Values((True, False), "nsfw", lambda flag: "yes" if flag else "FALSE"),
    "nsfwFlags": Values((0, 1, 2, 5), "nsfw_flags"),
    "nsfwSummary": Values((None, "Blood", "Knives"), "nsfw_summary"),
    "commentsPolicy": Values((1, 2, 3), "comments_policy", label("Enabled", "2", "Requires approval")),
    "downloadEnabled": Values((True, False), "download_enabled", lambda flag: str(flag)),
    "waitTranscoding": Values((True, False), "wait_transcoding", lambda flag: str(int(flag))),
    "originallyPublishedAt": Values(
        (None, moment("1939-05-31"), moment("1940-01-01"), moment("2001-12-13")), "originally_published_at", day
    ),
    "scheduleUpdate.updateAt": Values((None, moment("2091-01-01"), moment("2092-01-13"), moment("2093-02-03")), "", day),
    "scheduleUpdate.privacy": Values((None, 1, 2, 4), "", label("Public", "Unlisted", "", "Internal")),
    "channel": Values(("nisv_channel", "second", "third"), "channel"),
}  # fmt: skip
EMPTY: Final = (None, ())  # which an empty cell does not mean


@dataclass(frozen=True)
class Touch:
    """Who touched one field of one video: what it was, what the user makes of it, what the colleague."""

    who: str
    was: Any
    mine: Any
    theirs: Any

    @property
    def is_mine(self) -> bool:
        return self.who in {"user", "both", "both alike"}

    @property
    def is_theirs(self) -> bool:
        return self.who in {"colleague", "both", "both alike", "emptied, colleague"}

    @property
    def is_conflict(self) -> bool:
        return self.who == "both"

    @property
    def due(self) -> Any:
        return self.theirs if self.is_theirs else self.mine if self.is_mine else self.was

    @property
    def of_user(self) -> Any:
        return self.mine if self.is_mine else self.due


def touches(rng: random.Random, number: int) -> dict[str, Touch]:
    """Make up what happens to a video; every field meets every fate, as far as its values allow."""
    made = {}
    for at, (name, values) in enumerate(FIELDS.items()):
        there = [value for value in values.of if not _impossible(name, value, number)]
        who = WHO[(number + at * 3 + number // 7) % len(WHO)]
        was, mine, theirs = (drawn := rng.sample(there, min(3, len(there)))) + drawn[-1:] * (3 - len(drawn))
        if len(there) == 1:
            who = "nobody"
        if who == "both" and mine == theirs:
            who = "both alike"
        if who == "both alike":
            theirs = mine
        made[name] = Touch(who, was, mine, theirs)
    return made


def _impossible(name: str, value: Any, number: int) -> bool:
    """Tell what cannot stand beside the other fields: flags want a video that is sensitive, a schedule its time."""
    if number % 2:
        return (name == "nsfw" and not value) or (name == "scheduleUpdate.updateAt" and value is None)
    return name in {"nsfwFlags", "nsfwSummary", "scheduleUpdate.privacy"} and bool(value)


def put(server: Emulator, number: int, values: Mapping[str, Any]) -> None:
    """Let somebody else edit a video."""
    video = server.store.videos[number]
    for name, value in values.items():
        if name == "channel":
            video.channel = server.store.channels[value]
        elif FIELDS[name].attribute:
            setattr(video, FIELDS[name].attribute, value)
    if any(name.startswith("schedule") for name in values):
        now = stands(server, number) | values
        at, privacy = now["scheduleUpdate.updateAt"], now["scheduleUpdate.privacy"]
        video.schedule = None if at is None else Schedule(at, privacy)
    video.updated_at += 1


def stands(server: Emulator, number: int) -> Row:
    """Say what the server has of a video."""
    video = server.store.videos[number]
    found = {name: getattr(video, values.attribute) for name, values in FIELDS.items() if values.attribute}
    schedule = video.schedule
    return found | {
        "channel": video.channel.name,
        "tags": tuple(sorted(video.tags)),
        "scheduleUpdate.updateAt": schedule.at if schedule else None,
        "scheduleUpdate.privacy": schedule.privacy if schedule else None,
    }


def edited(rng: random.Random, row: Row, made: Mapping[str, Touch], *, typed: bool) -> Row:
    """Edit a row as a user does: by id or by label, in the words of people, in any of the usual forms."""
    row = dict(row)
    for name, touch in made.items():
        labelled = f"{name}.label" in row
        if touch.who.startswith("emptied"):
            row |= {name: ""} | ({f"{name}.label": ""} if labelled else {})
        elif touch.is_mine and touch.mine in EMPTY:
            row[name] = None if typed else "<clear>"
        elif touch.is_mine and labelled and rng.random() < 0.4:
            row[f"{name}.label"] = FIELDS[name].write(touch.mine)
        elif touch.is_mine:
            row[name] = FIELDS[name].write(touch.mine)
    return row


def read_rows(name: str) -> list[Row]:
    if name.endswith(".jsonl"):
        return [json.loads(line) for line in Path(name).read_text(encoding="utf-8").splitlines()]
    if name.endswith(".xlsx"):
        header, *rows = openpyxl.load_workbook(name).worksheets[0].iter_rows(values_only=True)
        return [dict(zip(map(str, header), row, strict=True)) for row in rows]
    with Path(name).open(encoding="utf-8", newline="") as file:
        return [*csv.DictReader(file)]


def write_rows(name: str, rows: Sequence[Row]) -> str:
    columns = [*dict.fromkeys(column for row in rows for column in row)]
    if name.endswith(".jsonl"):
        Path(name).write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    elif name.endswith(".xlsx"):
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("Sheet")
        for row in ([*columns], *([row.get(column) for column in columns] for row in rows)):
            sheet.append([_text_cell(sheet, cell) if isinstance(cell, str) else cell for cell in row])
        book.save(name)
    else:
        with Path(name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)
    return name


def _text_cell(sheet: Any, text: str) -> Any:
    cell = openpyxl.cell.WriteOnlyCell(sheet, text)
    cell.data_type = "s"  # also where it begins like a formula
    return cell


@pytest.mark.parametrize("extension", ["csv", "xlsx", "jsonl"])
async def test_every_field_and_whoever_touched_it(extension: str) -> None:
    rng = random.Random(f"merge {extension}")
    async with of_videos(ROWS) as server, PeerTube(server.url, username="nisv", password="secret123") as pt:
        made = {number: touches(rng, number) for number in server.store.videos}
        for number, fields in made.items():
            put(server, number, {name: touch.was for name, touch in fields.items()})
        await migrate.export(pt, f"export.{extension}", scope=migrate.Scope(mine=True))
        by_uuid = {server.store.videos[number].uuid: fields for number, fields in made.items()}
        rows = [
            edited(rng, row, by_uuid[row["uuid"]], typed=extension == "jsonl")
            for row in read_rows(f"export.{extension}")
        ]
        rng.shuffle(rows)
        table = write_rows(f"renamed.{extension}", rows)
        for number, fields in made.items():
            put(server, number, {name: touch.theirs for name, touch in fields.items() if touch.is_theirs})

        with await migrate.plan(pt, table) as plan:
            await check_plan(plan, by_uuid)
        run = await migrate.apply(pt, table)

        assert not run.counts.get("failed")
        for number, fields in made.items():
            assert stands(server, number) == {name: touch.due for name, touch in fields.items()}, number
        check_failed_rows(run, by_uuid)

        await migrate.apply(pt, table, overwrite=True)
        for number, fields in made.items():
            assert stands(server, number) == {name: touch.of_user for name, touch in fields.items()}, number


async def check_plan(plan: migrate.Plan, made: Mapping[str, Mapping[str, Touch]]) -> None:
    """See that exactly the user's edits are planned, and every conflict is told with all three values."""
    planned: set[tuple[str, str]] = set()
    conflicts: set[tuple[str, str]] = set()
    async for item in plan.items():
        assert item.state in {"planned", "conflict", "unchanged"}, item.reason
        now, after = item.before or {}, item.after or {}
        if item.state == "planned":
            planned |= {(item.uuid, name) for name in after if now[name] != after[name]}
        if item.state == "conflict":
            told = item.note["conflicts"]
            assert all(both.keys() == {"base", "mine", "server"} for both in told.values())
            assert all(f"{name} was " in item.reason for name in told)
            conflicts |= {(item.uuid, name) for name in told}
    touched = [(uuid, name, touch) for uuid, fields in made.items() for name, touch in fields.items()]
    assert conflicts == {(uuid, name) for uuid, name, touch in touched if touch.is_conflict}
    assert planned == {(uuid, name) for uuid, name, touch in touched if touch.who == "user"}
    fates = {(name, touch.who) for _, name, touch in touched}
    assert len(fates) > len(FIELDS) * (len(WHO) - 1)


def check_failed_rows(run: migrate.Run, made: Mapping[str, Mapping[str, Touch]]) -> None:
    """See that the table of failed rows has each row with a conflict, and names its fields."""
    told = {row["uuid"]: row["reason"] for row in read_rows(str(run.failed_file))}
    due = {
        uuid: [name for name, touch in fields.items() if touch.is_conflict] for uuid, fields in made.items()
    }
    assert told.keys() == {uuid for uuid, names in due.items() if names}
    assert all(f"{name} was " in told[uuid] for uuid, names in due.items() for name in names)
    assert run.failed == len(told)
