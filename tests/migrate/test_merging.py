"""A table is merged, not stamped: whoever edits a cell meanwhile, no edit is lost, and every conflict is told."""

import json
import random
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from edited_tables import Row, read_rows, write_rows

from aiopeertube import PeerTube, migrate
from aiopeertube.emulator import Emulator
from aiopeertube.emulator.model.entities import Schedule
from aiopeertube.migrate.watching import Stoppable

pytestmark = pytest.mark.anyio

WHO: Final = ("nobody", "user", "colleague", "both", "both alike", "emptied", "emptied, colleague")


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
    return f"{datetime.fromtimestamp(value, UTC):%d.%m.%Y}"


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
    "downloadEnabled": Values((True, False), "download_enabled", str),
    "waitTranscoding": Values((True, False), "wait_transcoding", lambda flag: str(int(flag))),
    "originallyPublishedAt": Values(
        (None, moment("1939-05-31"), moment("1940-01-01"), moment("2001-12-13")), "originally_published_at", day
    ),
    "scheduleUpdate.updateAt": Values((None, *map(moment, ("2091-01-01", "2092-01-13", "2093-02-03"))), "", day),
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
        now = {**stands(server, number), **values}
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


@pytest.mark.parametrize(
    ("extension", "number", "user"),
    [("csv", 2_000, "nisv"), ("csv", 300, "root"), ("xlsx", 300, "nisv"), ("jsonl", 300, "nisv")],
)
async def test_every_field_and_whoever_touched_it(extension: str, number: int, user: str) -> None:
    rng = random.Random(f"merge {extension}")
    password = {"nisv": "secret123", "root": "test-root"}[user]
    async with of_videos(number) as server, PeerTube(server.url, username=user, password=password) as pt:
        made = {number: touches(rng, number) for number in server.store.videos}
        for number, fields in made.items():
            put(server, number, {name: touch.was for name, touch in fields.items()})
        await migrate.export(pt, f"export.{extension}", scope=migrate.Scope(mine=user == "nisv"))
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
    due = {uuid: [name for name, touch in fields.items() if touch.is_conflict] for uuid, fields in made.items()}
    assert told.keys() == {uuid for uuid, names in due.items() if names}
    assert all(f"{name} was " in told[uuid] for uuid, names in due.items() for name in names)
    assert run.failed == len(told)


# -- what happens to tables ------------------------------------------------------------------------


async def exported(pt: PeerTube, name: str = "export.csv", **options: Any) -> list[Row]:
    await migrate.export(pt, name, scope=migrate.Scope(mine=True), **options)
    return read_rows(name)


def of(rows: Sequence[Row], server: Emulator, number: int) -> Row:
    return next(row for row in rows if row["uuid"] == server.store.videos[number].uuid)


async def told(pt: PeerTube, table: str, **options: Any) -> dict[str, list[str]]:
    """Say what a plan would do, by state: fields in conflict, fields that change."""
    found: dict[str, list[str]] = {"planned": [], "conflict": [], "failed": []}
    with await migrate.plan(pt, table, **options) as plan:
        async for item in plan.items("planned", "conflict", "failed"):
            found[item.state] += [item.reason] if item.state == "failed" else sorted(item.after or {})
    return found


async def refused(pt: PeerTube, table: str) -> list[str]:
    with pytest.raises(migrate.BadSource) as caught:
        await migrate.plan(pt, table)
    return [f"line {problem.line}, {problem.column}: {problem.reason}" for problem in caught.value.problems]


async def test_a_table_that_nobody_edited_asks_for_nothing(server: Emulator, pt: PeerTube) -> None:
    rows = await exported(pt)
    for number in server.store.videos:
        put(server, number, {"name": "Theirs", "tags": ("theirs",), "category": 3, "licence": None})
    table = write_rows("other name.csv", rows[::-1])
    assert await told(pt, table) == {"planned": [], "conflict": [], "failed": []}


@pytest.mark.parametrize("column", ["uuid", "url", "shortUUID", "id"])
async def test_a_row_knows_its_video_by_what_is_left_of_it(server: Emulator, pt: PeerTube, column: str) -> None:
    rows = await exported(pt, fields=["uuid", "url", "shortUUID", "id", "name"])
    put(server, 3, {"name": "Theirs"})
    ours = of(rows, server, 2) | {"name": "Ours"}
    kept = {name: ours[name] for name in (column, "name", "exported")}
    table = write_rows("t.csv", [kept, {name: of(rows, server, 3)[name] for name in kept}])
    assert await told(pt, table) == {"planned": ["name"], "conflict": [], "failed": []}


async def test_the_cell_alone_names_the_video(server: Emulator, pt: PeerTube) -> None:
    rows = await exported(pt)
    ours = of(rows, server, 2) | {"name": "Ours"}
    table = write_rows("t.csv", [{"name": ours["name"], "exported": ours["exported"]}])
    run = await migrate.apply(pt, table)
    assert (run.counts, server.store.videos[2].name) == ({"changed": 1}, "Ours")


async def test_columns_that_were_sorted_alone_are_told_where_they_are(server: Emulator, pt: PeerTube) -> None:
    rows = await exported(pt, fields=["uuid", "name"])
    names = [row["name"] for row in rows][::-1]
    cells = [row["exported"] for row in rows][::-1]
    shuffled = [row | {"name": name, "exported": cell} for row, name, cell in zip(rows, names, cells, strict=True)]
    problems = await refused(pt, write_rows("t.csv", shuffled))
    assert [problem.partition(":")[0] for problem in problems] == [f"line {line}, exported" for line in range(2, 14)]
    assert all("sort or move whole rows" in problem for problem in problems)


async def test_a_cell_of_another_video_is_found_by_the_id_too(server: Emulator, pt: PeerTube) -> None:
    rows = await exported(pt, fields=["id", "name"])
    rows[0]["exported"], rows[1]["exported"] = rows[1]["exported"], rows[0]["exported"]
    rows[0]["name"], rows[1]["name"] = "Nieuw", "Ook nieuw"
    found = await told(pt, write_rows("t.csv", rows))
    assert found["planned"] == found["conflict"] == []
    assert len(found["failed"]) == 2
    assert all("sort or move whole rows" in reason for reason in found["failed"])


@pytest.mark.parametrize(
    "damage",
    [
        lambda cell: cell[:-1],
        lambda cell: cell[:100],
        lambda cell: cell.lower(),
        lambda cell: cell[:40] + ("x" if cell[40] != "x" else "y") + cell[41:],
        lambda cell: "x2" + cell[2:],
        lambda cell: "x1",
        lambda cell: "x1nonsense",
        lambda cell: "yes",
        lambda cell: "0",
        lambda cell: cell + "é",
    ],
)  # fmt: skip
async def test_a_damaged_cell_is_no_guess(server: Emulator, pt: PeerTube, damage: Callable[[str], str]) -> None:
    rows = await exported(pt, fields=["uuid", "name", "tags"])
    rows[4]["exported"] = damage(rows[4]["exported"])
    (problem,) = await refused(pt, write_rows("t.csv", rows))
    assert problem.startswith("line 6, exported: ")
    assert "empty" in problem


async def test_an_emptied_cell_knows_nothing(server: Emulator, pt: PeerTube) -> None:
    rows = await exported(pt, fields=["uuid", "name"])
    put(server, 2, {"name": "Theirs"})
    table = write_rows("t.csv", [of(rows, server, 2) | {"exported": " "}])
    assert await told(pt, table) == {"planned": ["name"], "conflict": [], "failed": []}
    with await migrate.plan(pt, table) as plan:
        assert plan.replaced == (1, 1)


async def test_an_edit_of_what_nothing_can_change_is_told(server: Emulator, pt: PeerTube) -> None:
    rows = await exported(pt)
    for row, cell in zip(
        rows, ("1999-12-31", "", "nonsense", rows[3]["publishedAt"].replace("T", " ")), strict=False
    ):
        row["publishedAt"] = cell
    heard = Heard()
    with await migrate.plan(pt, write_rows("t.csv", rows), watcher=heard) as plan:
        assert plan.changes == 0
    assert heard.lines == ["publishedAt cannot be changed, and 2 cells were edited, first in line 2: left as it is"]


NEVER: Final = (
    "id",
    "url",
    "account",
    "duration",
    "views",
    "likes",
    "state",
    "createdAt",
    "publishedAt",
    "updatedAt",
)


@pytest.mark.parametrize("name", ["t.csv", "t.jsonl"])
async def test_an_edit_of_any_cell_that_nothing_changes_is_told(server: Emulator, pt: PeerTube, name: str) -> None:
    await migrate.export(pt, name, scope=migrate.Scope(mine=True), fields=["uuid", "name", *NEVER])
    rows = read_rows(name)
    for video in server.store.videos.values():
        video.views += 7
    heard = Heard()
    with await migrate.plan(pt, write_rows(name, rows), watcher=heard) as plan:
        assert (plan.changes, heard.lines) == (0, [])  # views moved, and no cell did
    for column in NEVER:
        rows[3][column] = "1999-12-31" if column.endswith("At") else "4711"
    with await migrate.plan(pt, write_rows(name, rows), watcher=heard) as plan:
        assert plan.changes == 0
    assert sorted(line.split()[0] for line in heard.lines) == sorted(NEVER)
    assert all(" cannot be changed, and 1 cell was edited, first in line " in line for line in heard.lines)


async def test_half_of_a_field_that_was_emptied_is_told(server: Emulator, pt: PeerTube) -> None:
    rows = await exported(pt, fields=["uuid", "category"])
    rows[0] |= {"category": ""}
    rows[1] |= {"category.label": ""}
    rows[2] |= {"category": "", "category.label": "Music" if rows[2]["category.label"] != "Music" else "Films"}
    heard = Heard()
    with await migrate.plan(pt, write_rows("t.csv", rows), watcher=heard) as plan:
        assert plan.changes == 1  # the third row is edited by its label
    assert [line.split(" since")[0] for line in heard.lines] == ["2 cells were emptied"]


async def test_what_a_spreadsheet_may_have_done_by_itself_is_told(server: Emulator, pt: PeerTube) -> None:
    put(server, 2, {"name": "2024-01-05"})
    put(server, 3, {"tags": ["10-12"]})
    rows = await exported(pt, fields=["id", "uuid", "name", "tags"])
    cells = {"2": {"name": "05/01/24"}, "3": {"tags": "12-Oct"}, "4": {"name": "Something else"}}
    table = write_rows("t.csv", [row | cells.get(row["id"], {}) for row in rows])
    heard = Heard()
    with await migrate.plan(pt, table, watcher=heard) as plan:
        assert plan.changes == 3
    (line,) = heard.lines
    assert line.startswith("2 edits look like what a spreadsheet does by itself, first line ")
    assert "'2024-01-05' is '05/01/24' now" in line or "'10-12' is '12-Oct' now" in line


async def test_what_only_a_wrong_encoding_makes_is_no_edit(server: Emulator, pt: PeerTube) -> None:
    put(server, 2, {"name": "Zoé à la plage", "description": "日本語 film"})
    rows = [of(await exported(pt, fields=["uuid", "name", "description"]), server, 2)]
    damaged = [rows[0] | {"name": rows[0]["name"].encode().decode("cp1252"), "description": "??? film"}]
    told = await refused(pt, write_rows("t.csv", damaged))
    assert [line.split(":")[0] for line in told] == ["line 2, name", "line 2, description"]
    assert all(line.endswith("if that is meant, empty the cell exported") for line in told)
    meant = write_rows("t.csv", [row | {"exported": ""} for row in damaged])
    with await migrate.plan(pt, meant) as plan:
        assert plan.changes == 1


async def test_a_text_of_any_length_is_remembered(server: Emulator, pt: PeerTube) -> None:
    draw = random.Random("long")
    texts = {n: "".join(chr(draw.randrange(0x4E00, 0x9FFF)) for _ in range(10_000)) for n in server.store.videos}
    for number, text in texts.items():
        put(server, number, {"description": text})
    rows = await exported(pt)
    assert all(len(row["exported"]) < 32_767 for row in rows)
    put(server, 1, {"description": "Theirs"})
    put(server, 2, {"description": "Theirs"})
    of(rows, server, 2)["description"] = "Ours"
    of(rows, server, 3)["description"] = "Ours"
    assert await told(pt, write_rows("t.csv", rows)) == {
        "planned": ["description"], "conflict": ["description"], "failed": []
    }  # fmt: skip


async def test_what_spreadsheets_write_anew_is_no_edit(server: Emulator, pt: PeerTube) -> None:
    put(server, 1, {"description": "een\r\ntwee\rdrie", "originallyPublishedAt": moment("1939-05-31")})
    put(server, 2, {"description": "een\r\ntwee", "category": 2})
    rows = await exported(pt)
    first, second = of(rows, server, 1), of(rows, server, 2)
    first |= {"description": "een\ntwee\ndrie", "originallyPublishedAt": "1939-05-31 00:00:00"}
    first |= {"nsfw": "FALSE", "downloadEnabled": "TRUE", "exported": f" {first['exported']} "}
    second |= {"description": "een\ntwee", "category": " 2 ", "tags": second["tags"].upper().lower()}
    put(server, 1, {"description": "Theirs"})
    put(server, 2, {"description": "Theirs"})
    heard = Heard()
    with await migrate.plan(pt, write_rows("t.csv", rows), watcher=heard) as plan:
        assert (plan.changes, plan.conflicts) == (0, ())
    assert [line for line in heard.lines if "line breaks" in line] == [
        "2 cells differ from the export in the kind of line breaks alone, as spreadsheets write them: no edit"
    ]


async def test_numbers_and_dates_of_a_workbook_are_no_edits(server: Emulator, pt: PeerTube) -> None:
    put(server, 1, {"originallyPublishedAt": moment("1939-05-31"), "category": 2, "privacy": 2, "nsfw": False})
    row = of(await exported(pt), server, 1)
    row |= {
        "originallyPublishedAt": datetime.fromtimestamp(moment("1939-05-31"), UTC).replace(tzinfo=None),
        "category": 2,
        "privacy": 2.0,
        "nsfw": False,
    }
    assert await told(pt, write_rows("t.xlsx", [row])) == {"planned": [], "conflict": [], "failed": []}
    row |= {
        "originallyPublishedAt": datetime.fromtimestamp(moment("1940-01-01"), UTC).replace(tzinfo=None),
        "category": 11,
        "scheduleUpdate.updateAt": datetime(2091, 1, 1, 14, 30, tzinfo=UTC).replace(tzinfo=None),
    }
    found = await told(pt, write_rows("t.xlsx", [row]))
    planned = ["category", "originallyPublishedAt", "scheduleUpdate.privacy", "scheduleUpdate.updateAt"]
    assert found == {"planned": planned, "conflict": [], "failed": []}


async def test_a_label_and_its_id(server: Emulator, pt: PeerTube) -> None:
    put(server, 1, {"category": 2})
    row = of(await exported(pt), server, 1)
    for change, due in (
        ({"category.label": "Music"}, ["category"]),
        ({"category": "1"}, ["category"]),
        ({"category": "1", "category.label": "Music"}, ["category"]),
        ({"category": "1", "category.label": ""}, ["category"]),
        ({"category": "", "category.label": "music"}, ["category"]),
        ({"category": "", "category.label": ""}, []),
        ({"category": "2", "category.label": "FILMS"}, []),
        ({"category": "<clear>"}, ["category"]),
        ({"category": "<clear>", "category.label": ""}, ["category"]),
    ):
        assert (await told(pt, write_rows("t.csv", [row | change])))["planned"] == due, change
    (problem,) = await refused(pt, write_rows("t.csv", [row | {"category": "1", "category.label": "Art"}]))
    assert problem.startswith("line 2, category.label: it contradicts category")


# -- who changed what ------------------------------------------------------------------------------


async def test_without_the_column_the_time_of_the_row_is_evidence(server: Emulator, pt: PeerTube) -> None:
    rows = await exported(pt, remember=False, fields=["uuid", "name", "category", "updatedAt"])
    put(server, 2, {"category": 3})  # a minute later
    table = write_rows("t.csv", [of(rows, server, number) | {"name": f"Ours {number}"} for number in (1, 2)])
    found = await told(pt, table)
    assert found == {"planned": ["name"], "conflict": ["category", "name"], "failed": []}
    run = await migrate.apply(pt, table)
    assert run.counts == {"changed": 1, "conflict": 1}
    assert stands(server, 2)["category"] == 3
    # What the job itself wrote is nobody else's edit, though the row's time is older.
    write_rows("t.csv", [of(rows, server, 1) | {"name": "Ours again", "category": "1"}])
    assert (await migrate.apply(pt, table)).counts == {"changed": 1}
    assert (stands(server, 1)["name"], stands(server, 1)["category"]) == ("Ours again", 1)
    put(server, 1, {"category": 3})
    write_rows("t.csv", [of(rows, server, 1) | {"name": "Ours at last", "category": "1"}])
    assert (await migrate.apply(pt, table)).counts == {"changed": 1, "conflict": 1}
    assert (stands(server, 1)["name"], stands(server, 1)["category"]) == ("Ours at last", 3)


@pytest.mark.parametrize("remember", [True, False])
async def test_what_an_earlier_table_wrote_is_no_leave_to_overwrite_what_came_after_this_one(
    server: Emulator, pt: PeerTube, *, remember: bool
) -> None:
    fields = ["uuid", "name", "updatedAt"]
    before = stands(server, 1)["name"]
    row = of(await exported(pt, "first.csv", fields=fields, remember=remember), server, 1)
    table = write_rows("t.csv", [row | {"name": "Ours"}])
    assert (await migrate.apply(pt, table)).counts == {"changed": 1}
    put(server, 1, {"name": before})  # a colleague took it back
    row = of(await exported(pt, "second.csv", fields=fields, remember=remember), server, 1)
    put(server, 1, {"name": "Ours"})  # and thought better of it
    assert (await migrate.apply(pt, write_rows("t.csv", [row]))).counts == (
        {"unchanged": 1} if remember else {"conflict": 1}
    )
    assert stands(server, 1)["name"] == "Ours"


async def test_with_neither_the_plan_counts_what_it_would_replace(server: Emulator, pt: PeerTube) -> None:
    put(server, 1, {"category": None, "licence": 2})
    uuids = [server.store.videos[number].uuid for number in (1, 2)]
    table = write_rows("t.csv", [{"uuid": uuid, "name": "Ours", "category": "11"} for uuid in uuids])
    put(server, 2, {"category": 3})
    with await migrate.plan(pt, table) as plan:
        assert (plan.replaced, plan.conflicts) == ((4, 3), ())


async def test_a_second_time_a_table_changes_nothing(server: Emulator, pt: PeerTube) -> None:
    rows = await exported(pt)
    of(rows, server, 1)["name"] = "Ours"
    table = write_rows("t.csv", rows)
    assert (await migrate.apply(pt, table)).counts == {"changed": 1, "unchanged": 11}
    assert (await migrate.apply(pt, table)).counts == {"unchanged": 12}
    of(rows, server, 1)["name"] = "Ours, corrected"
    write_rows("t.csv", rows)
    assert (await migrate.apply(pt, table)).counts == {"changed": 1, "unchanged": 11}
    put(server, 1, {"name": "Theirs"})
    run = await migrate.apply(pt, table)
    assert run.counts == {"conflict": 1, "unchanged": 11}
    assert server.store.videos[1].name == "Theirs"


async def test_a_conflict_leaves_the_rest_and_another_run_looks_again(server: Emulator, pt: PeerTube) -> None:
    rows = await exported(pt)
    of(rows, server, 1).update(name="Ours", support="Ours")
    put(server, 1, {"name": "Theirs"})
    table = write_rows("t.csv", rows)
    run = await migrate.apply(pt, table)
    assert run.counts == {"changed": 1, "conflict": 1, "unchanged": 11}
    assert (stands(server, 1)["name"], stands(server, 1)["support"]) == ("Theirs", "Ours")
    again = await migrate.apply(pt, table, job=migrate.JobOptions(resume=True))
    assert again.counts == {"changed": 1, "conflict": 1, "unchanged": 11}
    put(server, 1, {"name": "Theirs again"})
    over = await migrate.apply(pt, table, overwrite=True, job=migrate.JobOptions(resume=True))
    assert over.counts == {"changed": 2, "unchanged": 11}
    assert (stands(server, 1)["name"], stands(server, 1)["support"]) == ("Ours", "Ours")


class Stopper(Heard):
    """Stops the run after the first outcome."""

    def settled(self, item: migrate.Item) -> None:
        self.run.stop("enough")

    def opened(self, run: Stoppable) -> None:
        self.run = run


async def test_a_run_that_goes_on_counts_a_conflict_once(pt: PeerTube, server: Emulator) -> None:
    rows = await exported(pt)
    table = write_rows("t.csv", [row | {"name": "Ours", "support": "Ours"} for row in rows])
    for number in server.store.videos:
        put(server, number, {"name": "Theirs"})
    stopped = await migrate.apply(pt, table, watcher=Stopper())
    assert stopped.left
    run = await migrate.apply(pt, table, job=migrate.JobOptions(resume=True))
    assert run.counts == {"changed": 12, "conflict": 12}
    assert len(read_rows(str(run.failed_file))) == 12


async def test_a_rollback_gives_back_what_stood_there(server: Emulator, pt: PeerTube) -> None:
    rows = await exported(pt)
    of(rows, server, 1)["name"] = "Ours"
    put(server, 1, {"name": "Theirs", "support": "Theirs"})
    run = await migrate.apply(pt, write_rows("t.csv", rows), overwrite=True)
    assert stands(server, 1)["name"] == "Ours"
    await migrate.rollback(pt, run.journal)
    assert (stands(server, 1)["name"], stands(server, 1)["support"]) == ("Theirs", "Theirs")


# -- plans -----------------------------------------------------------------------------------------


async def planned(server: Emulator, pt: PeerTube) -> str:
    """Write a plan that names every video anew."""
    uuids = {number: video.uuid for number, video in server.store.videos.items()}
    write_rows(
        "t.csv", [{"uuid": uuid, "name": f"Ours {number}", "support": "Ours"} for number, uuid in uuids.items()]
    )
    with await migrate.plan(pt, "t.csv") as plan:
        await plan.write("films.plan")
    return "films.plan"


async def test_a_plan_leaves_what_colleagues_changed_meanwhile(server: Emulator, pt: PeerTube) -> None:
    plan = await planned(server, pt)
    for number in (1, 2, 3, 4):
        put(server, number, {"name": "Theirs"})
    run = await migrate.apply(pt, plan)
    assert run.counts == {"changed": 12, "conflict": 4}
    assert [stands(server, number)["name"] for number in range(1, 7)] == ["Theirs"] * 4 + ["Ours 5", "Ours 6"]
    assert {stands(server, number)["support"] for number in range(1, 7)} == {"Ours"}
    assert len(read_rows(str(run.failed_file))) == 4
    await migrate.rollback(pt, run.journal)
    assert [stands(server, number)["name"] for number in range(1, 6)] == ["Theirs"] * 4 + ["Video 0005"]


async def test_a_plan_that_is_told_to_overwrites(server: Emulator, pt: PeerTube) -> None:
    plan = await planned(server, pt)
    put(server, 1, {"name": "Theirs"})
    run = await migrate.apply(pt, plan, overwrite=True)
    assert run.counts == {"changed": 12}
    assert stands(server, 1)["name"] == "Ours 1"
    await migrate.rollback(pt, run.journal)
    assert stands(server, 1)["name"] == "Theirs"


async def test_with_expect_a_plan_tells_the_same_conflicts(server: Emulator, pt: PeerTube) -> None:
    plan = await planned(server, pt)
    put(server, 1, {"name": "Theirs"})
    run = await migrate.apply(pt, plan, expect=True)
    assert run.counts == {"changed": 11, "conflict": 1}
    (row,) = read_rows(str(run.failed_file))
    assert row["reason"] == "changed by somebody else: name was Video 0001, is wanted Ours 1, and is Theirs now"


async def test_an_edited_image_of_a_plan_is_no_proof(server: Emulator, pt: PeerTube) -> None:
    """What stands in a plan as before is checked by a look, where it is not what was written there."""
    plan = await planned(server, pt)
    text = Path(plan).read_text(encoding="utf-8").replace("Video 0001", "Something else")
    Path(plan).write_text(text, encoding="utf-8")
    run = await migrate.apply(pt, plan)
    assert run.counts == {"changed": 12, "conflict": 1}
    assert stands(server, 1)["name"] == "Video 0001"


async def test_an_object_of_a_plan_is_looked_at_again(server: Emulator, pt: PeerTube) -> None:
    uuid = server.store.videos[1].uuid
    with await migrate.plan(pt, write_rows("t.csv", [{"uuid": uuid, "name": "Ours"}])) as plan:
        put(server, 1, {"name": "Theirs"})
        run = await migrate.apply(pt, plan)
    assert run.counts == {"conflict": 1}
    assert stands(server, 1)["name"] == "Theirs"


# -- several rows, several fields ------------------------------------------------------------------


async def test_two_rows_of_one_video_meet_with_their_conflicts(server: Emulator, pt: PeerTube) -> None:
    rows = await exported(pt, fields=["id", "uuid", "name", "support", "category"])
    row = of(rows, server, 1)
    by_id = {"id": row["id"], "uuid": "", "name": "Ours", "exported": row["exported"]}
    by_uuid = {"id": "", "uuid": row["uuid"], "support": "Ours", "category": "1"}
    put(server, 1, {"name": "Theirs"})
    table = write_rows("t.csv", [by_id, by_uuid])
    run = await migrate.apply(pt, table)
    assert run.counts == {"changed": 1, "conflict": 1, "unchanged": 1}
    assert stands(server, 1)["name"] == "Theirs"
    write_rows("t.csv", [by_id, by_uuid | {"name": "Another"}])
    problems = await refused(pt, table)
    assert problems == ["line 3, None: contradicts line 2, which names the same video"]


@pytest.mark.parametrize(
    ("was", "mine", "theirs"),
    [
        ({"nsfw": True, "nsfwFlags": 1}, {"nsfw": "false"}, {"nsfwFlags": 3}),
        (
            {"nsfw": True, "nsfwSummary": "Blood"},
            {"nsfw": "false", "nsfwSummary": "<clear>"},
            {"nsfwSummary": "Knives"},
        ),
        (
            {"scheduleUpdate.updateAt": moment("2091-01-01"), "scheduleUpdate.privacy": 1},
            {"scheduleUpdate.updateAt": "<clear>"},
            {"scheduleUpdate.privacy": 2},
        ),
    ],
)
async def test_what_the_server_drops_with_a_field_may_be_a_colleagues(
    server: Emulator, pt: PeerTube, was: Row, mine: Row, theirs: Row
) -> None:
    put(server, 1, was)
    row = of(await exported(pt), server, 1)
    table = write_rows("t.csv", [row | mine])
    put(server, 1, theirs)
    before = stands(server, 1)
    run = await migrate.apply(pt, table)
    assert run.counts == {"conflict": 1}
    assert stands(server, 1) == before
    assert all(name in read_rows(str(run.failed_file))[0]["reason"] for name in theirs)


async def test_a_table_given_again_as_it_was_exported_puts_back_what_was_written_since(
    server: Emulator, pt: PeerTube
) -> None:
    columns = ("support", "description", "category", "tags", "scheduleUpdate.updateAt")
    put(server, 1, dict.fromkeys(columns[:3]) | {"tags": (), "scheduleUpdate.updateAt": None})
    rows = await exported(pt, "empty.csv")
    before = stands(server, 1)
    ours = ("Ours, please", "Ours", "2", "ours; too", "2091-01-01")
    edits = dict(zip(columns, ours, strict=True)) | {"category.label": "", "name": "Ours", "nsfw": "true"}
    row = of(rows, server, 1)
    run = await migrate.apply(pt, write_rows("ours.csv", [row | edits | {"nsfwSummary": "Blood", "nsfwFlags": "3"}]))
    assert run.counts == {"changed": 1}
    assert stands(server, 1)["tags"] == ("ours", "too")
    heard = Heard()
    assert (await migrate.apply(pt, write_rows("empty2.csv", [row]), watcher=heard)).counts == {"changed": 1}
    assert stands(server, 1) == before
    assert [line for line in heard.lines if "put back" in line] == [
        "9 cells are as exported, and an earlier job of yours wrote otherwise since: to be put back"
    ]
    put(server, 1, {"support": "Theirs", "name": "Theirs"})
    assert (await migrate.apply(pt, "empty2.csv")).counts == {"unchanged": 1}
    assert stands(server, 1)["support"] == "Theirs"
