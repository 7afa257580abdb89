"""Plans that were edited by hand, or damaged: checked like tables, and nothing is sent of one that is wrong."""

import asyncio
import json
import random
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, Final

import fuzzing
import pytest

from aiopeertube import PeerTube, migrate
from aiopeertube.emulator import Emulator
from aiopeertube.testing import MockTransport, reply
from aiopeertube.wire.messages import Request, Response

COUNT: Final = fuzzing.count(0.25)
Lines = list[dict[str, Any]]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place of its own for journals, and an empty directory to be in."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return tmp_path


@pytest.fixture
async def server() -> AsyncIterator[Emulator]:
    async with Emulator(videos=4, rate_limit=None, login_limit=None, server_version="8.2") as started:
        yield started


@pytest.fixture
async def pt(server: Emulator) -> AsyncIterator[PeerTube]:
    async with PeerTube(server.url, username="nisv", password="secret123") as client:
        yield client


async def plan_lines(server: Emulator, pt: PeerTube) -> Lines:
    """Plan an edit of two videos, and return the lines of the plan."""
    rows = "".join(f"{server.store.videos[number].uuid},Film {number},Ours\n" for number in (1, 2))
    Path("t.csv").write_text(f"uuid,name,support\n{rows}", encoding="utf-8")
    with await migrate.plan(pt, "t.csv") as plan:
        await plan.write("t.plan")
    return [json.loads(line) for line in Path("t.plan").read_text(encoding="utf-8").splitlines()]


def write(lines: Lines) -> str:
    Path("t.plan").write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return "t.plan"


def puts(server: Emulator) -> int:
    return server.statistics().by_route.get("PUT /videos/{id}", 0)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("name", "was", "value", "why"),
    [
        ("category", 1, "2", "'2' is no value of it"),
        ("category", 1, "Films", "'Films' is no value of it"),
        ("category", 1, 99, "the instance has no category '99'"),
        ("category", 1, True, "must be a whole number, not True"),
        ("category", 1, 2.0, "must be a whole number, not 2.0"),
        ("licence", None, 99, "the instance has no licence '99'"),
        ("language", "nl", "klingon", "'klingon' is the label of 'tlh'"),
        ("language", "nl", "nederland", "the instance has no language 'nederland'"),
        ("language", "nl", "Dutch", "'Dutch' is the label of 'nl'"),
        ("privacy", 1, 9, "the instance has no privacy '9'"),
        ("nsfw", False, "no", "'no' is no value of it"),
        ("nsfw", False, 0, "0 is no value of it"),
        ("channel", 1, 999, "there is no channel 999"),
        ("commentsPolicy", 1, 7, "commentsPolicy"),
        ("tags", [], "film", "a list"),
        ("tags", [], [1, 2], "1: must be text"),
        ("tags", [], ["a"], "2 to 30 characters"),
        ("description", None, "ab", "3 to"),
        ("description", None, "null", "none at all"),
        ("name", "Old", " Film ", "blanks"),
        ("name", "Old", None, "cannot be empty"),
        ("originallyPublishedAt", None, "gisteren", "must be a date"),
        ("originallyPublishedAt", None, "0001-01-01T00:00:00+23:00", "no value of it"),
        ("nsfwFlags", 0, -1, "must be from 0"),
        ("scheduleUpdate.privacy", None, 3, "a schedule cannot bring privacy 3"),
        ("videoPasswords", None, ["Geheim"], "a plan holds no passwords"),
        ("naam", "Old", "Film", "no such field"),
    ],
)
async def test_a_value_is_checked_as_in_a_table(
    server: Emulator, pt: PeerTube, name: str, was: Any, value: Any, why: str
) -> None:
    head, first, second, end = await plan_lines(server, pt)
    plan = write([head, first, second | {"before": {name: was}, "after": {name: value}}, end])
    with pytest.raises(migrate.BadSource) as caught:
        await migrate.apply(pt, plan)
    (problem,) = caught.value.problems
    assert (problem.line, problem.column, why in problem.reason, puts(server)) == (3, name, True, 0), problem


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (lambda lines: [*lines[:3], lines[2], lines[3] | {"changes": 3}], "line 4, column uuid: an earlier line"),
        (lambda lines: [*lines[:2], lines[3]], "line 3, column changes: 1 change stands here, not 2"),
        (
            lambda lines: [*lines[:2], lines[2] | {"afther": {}}, lines[3]],
            "line 3, column afther: no such entry: did you mean after?",
        ),
        (lambda lines: [*lines[:2], {"uuid": lines[2]["uuid"]}, lines[3]], "line 3, column after: before and after"),
        (
            lambda lines: [*lines[:2], lines[2] | {"name": "\ud800"}, lines[3]],
            "line 3, column name: '\\ud800' is not text",
        ),
        (lambda lines: [*lines[:2], lines[2] | {"note": {"key": "\udc80"}}, lines[3]], "line 3, column note"),
        (lambda lines: [lines[0] | {"plan": True}, *lines[1:]], "line 1: a plan of another version"),
        (lambda lines: [*lines[:3]], "the plan was cut off"),
        (lambda lines: lines[:1] + lines[3:] + lines[1:3], "line 3: after the end of the plan"),
    ],
)
async def test_lines_are_whole_and_each_video_changes_once(
    server: Emulator, pt: PeerTube, edit: Callable[[Lines], Lines], told: str
) -> None:
    plan = write(edit(await plan_lines(server, pt)))
    with pytest.raises(migrate.BadSource) as caught:
        await migrate.apply(pt, plan)
    assert any(told in str(problem) for problem in caught.value.problems), caught.value.problems
    assert puts(server) == 0


@pytest.mark.anyio
async def test_every_complaint_is_told_at_once(server: Emulator, pt: PeerTube) -> None:
    head, first, second, end = await plan_lines(server, pt)
    wrong = {"name": "F", "category": "2", "language": "xx-klingon"}
    bad = {"before": {"name": "Old", "category": 1, "language": "nl"}, "after": wrong}
    with pytest.raises(migrate.BadSource) as caught:
        await migrate.apply(pt, write([head, first | bad, second | bad, end]))
    found = [(problem.line, problem.column) for problem in caught.value.problems]
    assert found == [(line, name) for line in (2, 3) for name in wrong]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("name", "was", "value", "due"),
    [
        ("tags", [], ["film", "archive", "film"], ["archive", "film"]),
        ("originallyPublishedAt", None, "1939-05-31", "1939-05-31T00:00:00.000Z"),
        ("originallyPublishedAt", None, "1939-05-31T02:00:00+02:00", "1939-05-31T00:00:00.000Z"),
    ],
)
async def test_what_is_right_may_stand_there_otherwise(
    server: Emulator, pt: PeerTube, name: str, was: Any, value: Any, due: Any
) -> None:
    server.store.videos[1].tags, server.store.videos[1].support = (), "Theirs"
    head, first, _, end = await plan_lines(server, pt)
    edited = first | {"before": {name: was}, "after": {name: value}}
    run = await migrate.apply(pt, write([head, edited, end | {"changes": 1}]))
    assert run.counts == {"changed": 1}
    verified = await migrate.verify(pt, run.journal)
    assert (verified.stand, verified.differ) == (1, 0)
    with migrate.Journal.open(run.journal, read_only=True) as journal:
        assert [item.after async for item in journal.items("changed")] == [{name: due}]


# -- fuzz ------------------------------------------------------------------------------------------

UUIDS: Final = ("5a71eb42-d31d-4cf0-9a63-42319bfeb9c6", "0721c557-b4d9-4ef9-ad97-91d663b38125")
ORIGIN: Final = "https://videos.example"
_VIDEO: Final[dict[str, Any]] = {
    "name": "Old", "description": "Old", "support": None, "tags": ["film"], "category": {"id": 1},
    "licence": {"id": 1}, "language": {"id": "nl"}, "privacy": {"id": 1}, "nsfw": False, "nsfwFlags": 0,
    "nsfwSummary": None, "commentsPolicy": {"id": 1}, "downloadEnabled": True, "waitTranscoding": False,
    "originallyPublishedAt": None, "account": {"name": "film", "host": "videos.example"},
    "channel": {"name": "films", "id": 1}, "isLocal": True, "updatedAt": "2026-01-01T00:00:00.000Z",
}  # fmt: skip
_ANSWERS: Final[dict[str, Any]] = {
    "users/me": {
        "username": "film", "account": {"name": "film", "host": "videos.example"}, "role": {"id": 2},
        "videoChannels": [{"name": "films", "id": 1}],
    },
    "config": {"serverVersion": "8.2.1"},
    "videos/categories": {"1": "Music", "2": "Films"},
    "videos/licences": {"1": "Attribution", "2": "Attribution - Share Alike"},
    "videos/languages": {"nl": "Dutch", "en": "English"},
    "videos/privacies": {"1": "Public", "2": "Unlisted"},
    "users/me/videos": {"total": 2, "data": [_VIDEO | {"id": n, "uuid": UUIDS[n]} for n in (0, 1)]},
    **{f"videos/{uuid}": _VIDEO | {"uuid": uuid, "id": number} for number, uuid in enumerate(UUIDS)},
}  # fmt: skip
_CHANGES: Final[list[tuple[dict[str, Any], dict[str, Any]]]] = [
    (
        {"name": "Old", "tags": ["film"], "category": 1, "nsfw": False, "originallyPublishedAt": None},
        {"name": "Café “Zuiderzee”", "tags": ["a b"], "category": 2, "nsfw": True,
         "originallyPublishedAt": "1939-05-31T00:00:00.000Z"},
    ),
    (
        {"description": "Old", "language": "nl", "licence": 1, "privacy": 1, "commentsPolicy": 1},
        {"description": None, "language": "en", "licence": 2, "privacy": 2, "commentsPolicy": 2},
    ),
]  # fmt: skip


def seed() -> bytes:
    head = {"plan": 1, "kind": "update", "origin": ORIGIN, "user": "film", "source": "t.csv", "columns": ["uuid"]}
    lines = [
        {"uuid": uuid, "name": "Old", "line": 2, "before": before, "after": after, "row": {"uuid": uuid},
         "note": {"key": "k"}, "updatedAt": _VIDEO["updatedAt"], "sum": "0" * 32}
        for uuid, (before, after) in zip(UUIDS, _CHANGES, strict=True)
    ]  # fmt: skip
    written = (json.dumps(line, ensure_ascii=False) for line in (head, *lines, {"end": True, "changes": 2}))
    return "".join(f"{line}\n" for line in written).encode()


class Applier:
    """Applies plans, one after the other, and sees that one that is refused changes nothing."""

    def __init__(self, folder: Path) -> None:
        self.edits = 0
        self.accepted = 0
        self._loop = asyncio.new_event_loop()
        self._path, self._journal = folder / "t.plan", folder / "t.journal"
        self._pt = PeerTube(ORIGIN, token="t" * 20, transport=MockTransport(self._answer))
        self._loop.run_until_complete(self._pt.__aenter__())

    def _answer(self, request: Request) -> Response:
        path = request.path.removeprefix("/api/v1/")
        if request.method == "PUT" and path in _ANSWERS:
            self.edits += 1
            return reply(204)
        found = _ANSWERS.get(path) if request.method == "GET" else None
        return reply(200, json=found) if found is not None else reply(404, json={"detail": "gone"})

    def apply(self, data: bytes) -> None:
        self._path.write_bytes(data)
        before = self.edits
        try:
            self._loop.run_until_complete(self._apply())
        except BaseException:
            assert self.edits == before
            raise

    async def _apply(self) -> None:
        options = migrate.JobOptions(journal=self._journal, failed="")
        try:
            run = await migrate.apply(self._pt, self._path, table=migrate.TableOptions(ignore=("*",)), job=options)
            assert not run.left
            self.accepted += 1
        finally:
            for path in self._journal.parent.glob("t.journal*"):
                path.unlink()

    def close(self) -> None:
        self._loop.run_until_complete(self._pt.__aexit__(None, None, None))
        self._loop.close()


@pytest.fixture
def applier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Applier]:
    fast = Path("/dev/shm")  # a journal is flushed to the disk, which is nothing that is looked at here
    with tempfile.TemporaryDirectory(dir=fast if fast.is_dir() else None) as folder:
        made = Applier(Path(folder))
        yield made
        made.close()


def changed_values(rng: random.Random, data: bytes) -> bytes:
    """Change bytes here and there, or values of the JSON, which stays JSON then."""
    if rng.random() < 0.5:
        return fuzzing.changed(rng, data)
    lines = [json.loads(line) for line in data.splitlines()]
    for _ in range(rng.choice((1, 1, 2))):
        _change(rng, rng.choice(lines))
    return "".join(f"{json.dumps(line, ensure_ascii=rng.random() < 0.5)}\n" for line in lines).encode(
        "utf-8", "surrogatepass"
    )


def _change(rng: random.Random, there: Any) -> None:
    at = rng.choice([*there] if isinstance(there, dict) else range(len(there)))
    if isinstance(there[at], dict | list) and there[at] and rng.random() < 0.7:
        _change(rng, there[at])
    elif isinstance(there, dict) and rng.random() < 0.2:
        there[rng.choice([*_VALUES, *_VIDEO])] = there.pop(at)
    else:
        there[at] = rng.choice(_ODD)


_VALUES: Final = (
    "scheduleUpdate.updateAt",
    "scheduleUpdate.privacy",
    "videoPasswords",
    "line",
    "after",
    "",
    "\udcff",
)
_ODD: Final[tuple[Any, ...]] = (
    None, True, False, 0, 1, 2, -1, 2**31, 2**53, 2**64, 10**400, 1.5, 1e308, "", "x", "null", "Old", "\0", "\ud800",
    "🎞" * 200, "2026-01-01T00:00:00.000Z", "0001-01-01T00:00:00+23:00", "+012345-01-01T00:00:00.000Z", [], [[]], {},
    ["film"], ["film", None], {"id": 1}, "y" * 11_000, *UUIDS, UUIDS[0].upper(), "sealed:x",
)  # fmt: skip


def test_mutated_plans(applier: Applier) -> None:
    good = [seed()]
    applier.apply(good[0])
    assert (applier.edits, applier.accepted) == (2, 1)
    found = [*fuzzing.hunt(applier.apply, good, changed_values, count=COUNT)]
    assert not found, f"{len(found)} inputs did harm; the first is number {found[0].number}:\n{found[0].what}"
    assert COUNT / 50 < applier.accepted < COUNT / 2
