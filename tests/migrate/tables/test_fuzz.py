"""Mutated tables: whatever is in a file, a plan of it ends with a plan or an error of ours, and changes nothing."""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import fuzzing
import pytest
import workbooks

from aiopeertube import PeerTube, migrate
from aiopeertube.errors import InputError
from aiopeertube.testing import MockTransport, reply
from aiopeertube.wire.messages import Request, Response

SHARES: Final = {"csv": 0.18, "tsv": 0.05, "jsonl": 0.1, "xlsx": 0.17}  # of all mutants
UUIDS: Final = ("5a71eb42-d31d-4cf0-9a63-42319bfeb9c6", "0721c557-b4d9-4ef9-ad97-91d663b38125")
ROWS: Final = [
    ["uuid", "name", "description", "tags", "originallyPublishedAt", "nsfw", "category", "language.label", "views"],
    [
        UUIDS[0],
        "Café “Zuiderzee”",
        'one\r\n"two", three; four',
        "film; archive",
        "31.5.1939",
        "no",
        "2",
        "Dutch",
        "7",
    ],
    ["2", "'=1+1", "", "", "1939-05", "", "", "", "1,234"],
    [
        "https://videos.example/w/" + UUIDS[1],
        "Film",
        "<clear>",
        '["a;b", "cd"]',
        "05/31/1939 2:30 PM",
        "TRUE",
        "Films",
        "",
        "",
    ],
]


class Server:
    """Answers what a plan asks for, and counts what would change something."""

    def __init__(self) -> None:
        self.changes = 0

    def answer(self, request: Request) -> Response:
        self.changes += request.method != "GET"
        found = _ANSWERS.get(request.path.removeprefix("/api/v1/"))
        return reply(200, json=found) if found is not None else reply(404, json={"detail": "gone"})


_ME: Final = {
    "username": "film",
    "account": {"name": "film", "host": "videos.example"},
    "role": {"id": 2},
    "videoChannels": [{"name": "films", "id": 1}],
}
_ANSWERS: Final[dict[str, Any]] = {
    "users/me": _ME,
    "config": {"serverVersion": "8.2.1"},
    "videos/categories": {"2": "Films"},
    "videos/licences": {"1": "Attribution"},
    "videos/languages": {"nl": "Dutch"},
    "videos/privacies": {"1": "Public"},
    "users/me/videos": {"total": 0, "data": []},
}


# A column that nobody knows would be the end before any row is read.
_ANY_COLUMN: Final = migrate.TableOptions(ignore=("*",))


class Planner:
    """Plans tables, one after the other, in one event loop."""

    def __init__(self, folder: Path, extension: str) -> None:
        self.server = Server()
        self._loop = asyncio.new_event_loop()
        self._path = folder / f"table.{extension}"
        self._pt = PeerTube("https://videos.example", token="t" * 20, transport=MockTransport(self.server.answer))
        self._loop.run_until_complete(self._pt.__aenter__())

    def plan(self, data: bytes) -> None:
        self._path.write_bytes(data)
        self._loop.run_until_complete(self._plan())

    async def _plan(self) -> None:
        (await migrate.plan(self._pt, self._path, table=_ANY_COLUMN)).close()

    def close(self) -> None:
        self._loop.run_until_complete(self._pt.__aexit__(None, None, None))
        self._loop.close()


@pytest.fixture(params=SHARES)
def planner(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Planner]:
    fast = Path("/dev/shm")
    if fast.is_dir():  # a journal is flushed to the disk, which is nothing that is looked at here
        monkeypatch.setattr(tempfile, "tempdir", str(fast))
    made = Planner(tmp_path, request.param)
    yield made
    made.close()


def seeds(extension: str, folder: Path) -> list[bytes]:
    """Make good tables of a format, as different programs write them."""
    if extension == "xlsx":
        return [*_workbooks(folder)]
    made = []
    for delimiter in {"csv": ",;|\t", "tsv": "\t"}.get(extension, " "):
        path = folder / f"seed.{extension}"
        chosen = None if extension == "jsonl" else delimiter
        bom = extension == "csv" and delimiter == ";"
        with migrate.open_sink(str(path), ROWS[0], overwrite=True, delimiter=chosen, bom=bom) as sink:
            for row in ROWS[1:]:
                sink.write(dict(zip(ROWS[0], row, strict=True)))
        made.append(path.read_bytes())
    return [*made, b"sep=;\r\n" + made[1].removeprefix(b"\xef\xbb\xbf")] if extension == "csv" else made


def _workbooks(folder: Path) -> Iterator[bytes]:
    path = folder / "seed.xlsx"
    with migrate.open_sink(str(path), ROWS[0], overwrite=True) as sink:
        for row in ROWS[1:]:
            sink.write(dict(zip(ROWS[0], row, strict=True)))
    yield path.read_bytes()
    texts = [[workbooks.shared(cell) for cell in row] for row in ROWS]
    texts[1][4:7] = [workbooks.number("14396", "d-m-yyyy"), workbooks.truth(value=False), workbooks.number("2", "0")]
    texts[2][0] = workbooks.number("2")
    texts[3][1] = workbooks.inline("Film")
    made = workbooks.sheet(*texts)
    hidden = workbooks.Sheet(made.rows, {3: 'hidden="1"'}, after='<mergeCells><mergeCell ref="B2:B3"/></mergeCells>')
    workbooks.write(path, hidden, workbooks.Sheet(made.rows, {}, name="Other", state="hidden"))
    yield path.read_bytes()
    workbooks.write(path, made, strict=True)
    yield path.read_bytes()


def test_mutated_tables(planner: Planner, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    extension = request.node.callspec.params["planner"]
    good = seeds(extension, tmp_path)
    for data in good:
        planner.plan(data)
    mutate = fuzzing.changed_archive if extension == "xlsx" else fuzzing.changed
    found = [*fuzzing.hunt(planner.plan, good, mutate, count=fuzzing.count(SHARES[extension]))]
    assert not found, f"{len(found)} inputs did harm; the first is number {found[0].number}:\n{found[0].what}"
    assert planner.server.changes == 0


def test_the_hunt_finds_what_does_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzzing, "LIMIT", 0.05)
    tried: list[bytes] = []

    def harmful(data: bytes) -> None:
        tried.append(data)
        if len(tried) == 3:
            raise KeyError("lost")
        if len(tried) == 5:
            raise InputError("refused")
        while len(tried) == 7:
            pass

    found = list(fuzzing.hunt(harmful, [b"id,name\n1,a\n"], fuzzing.changed, count=9))
    assert [finding.number for finding in found] == [2, 6]
    assert "KeyError: 'lost'" in found[0].what
    assert "more than" in found[1].what
    assert tried == [fuzzing.mutant([b"id,name\n1,a\n"], number, fuzzing.changed) for number in range(9)]
