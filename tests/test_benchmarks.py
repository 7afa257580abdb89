"""Benchmarks that nobody runs for a while must not rot: each piece once, with few items. Nothing is timed here."""

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
PEERS = ("ours", "aiohttp_gather", "aiohttp_workers")


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    yield importlib.import_module("running")
    for name in [
        name
        for name in sys.modules
        if name in {"running", "report"} or name.startswith("situations") or name == "metrics"
    ]:
        del sys.modules[name]


def run(running: ModuleType, peer: str, **job: object) -> dict[str, Any]:
    said: dict[str, Any] = running.Runner(peer, Path(sys.executable), f"{peer}.py").run(**job)
    return said


@pytest.mark.parametrize("peer", PEERS)
@pytest.mark.parametrize("edit", ["name", "tags"])
def test_peers_edit_what_the_server_then_has(running: ModuleType, peer: str, edit: str) -> None:
    with running.Server("emulated.py", videos=12, rate_limit=None, login_limit=None) as server:
        job = {"url": server.url, "path": "/api/v1/users/me/videos", "count": 10, "edit": edit, "stamp": "t1"}
        found = run(running, peer, what="rename", **job, **server.credentials("nisv"))
        assert server.ask("count", edit=edit, stamp="t1") == {"applied": 10}
        assert server.ask("count", edit=edit, stamp="t2") == {"applied": 0}
    assert (found["asked"], found["answers"]) == (10, {"204": 10})
    assert 0 < found["p50"] <= found["p99"]


def test_what_a_plain_loop_loses_is_seen(running: ModuleType) -> None:
    with running.Server("emulated.py", videos=30, rate_limit=(20, 60.0)) as server:
        job = {"url": server.url, "path": "/api/v1/users/me/videos", "count": 30, "stamp": "t1"}
        found = run(running, "aiohttp_gather", what="rename", **job, **server.credentials("nisv"))
        applied = server.ask("count", edit="name", stamp="t1")["applied"]
    assert found["answers"] == {"204": applied, "429": 30 - applied}
    assert applied < 20


@pytest.mark.parametrize("peer", [*PEERS, "raw_asyncio"])
@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_peers_put(running: ModuleType, peer: str, loop: str) -> None:
    pytest.importorskip(loop)
    with running.Server("bare.py") as server:
        job = {"url": server.url, "token": "x", "count": 50, "in_flight": 4, "loop": loop}
        assert run(running, peer, what="put", **job)["answers"] == {"204": 50}


@pytest.mark.parametrize("peer", PEERS)
def test_peers_list_and_migrate(running: ModuleType, peer: str) -> None:
    with running.Server("bare.py", videos=250, latency=0.001) as server:
        job = {"url": server.url, "path": "/api/v1/users/me/videos", "token": "x", "in_flight": 4}
        assert run(running, peer, what="list", **job)["items"] == 250
        assert run(running, peer, what="migrate", stamp="Clip", **job)["answers"] == {"204": 250}


def test_a_server_becomes_slower_and_recovers(running: ModuleType) -> None:
    with running.Server("emulated.py", videos=5, write_seconds=0.001) as server:
        assert server.ask("slower", after=0, factor=2.0) == {}
        assert server.ask("restore") == {}


def test_the_layers_add_up() -> None:
    script = [sys.executable, "-c", "import layers; layers.TIMES, layers.CALLS = 1, 20; layers.main()"]
    rows = json.loads(subprocess.check_output(script, text=True, cwd=BENCHMARKS))
    assert [row["layer"] for row in rows][:2] == ["MockTransport", "Meter"]
    assert rows[-1]["layer"] == "bulk engine"


def test_what_numbers_cost(running: ModuleType) -> None:
    found = importlib.import_module("metrics").measure(20, 1)
    assert found["off"]["ratio"] == 1.0
    assert all(kind["us_per_put"] > 0 for kind in found.values())
    assert len(found) == 6


@pytest.mark.parametrize(
    ("must", "found", "holds"),
    [
        ("<= 1", 1.0, True),
        ("<= 1", 1.01, False),
        (">= 0.98", 0.98, True),
        (">= 0.98", 0.9, False),
        ("<= 1", None, False),
    ],
)
def test_what_holds(running: ModuleType, must: str, found: float | None, holds: bool) -> None:
    report = importlib.import_module("report")
    assert report.holds({"must": must, "found": found}) is holds


def test_results_that_are_kept_can_be_shown(running: ModuleType) -> None:
    report = importlib.import_module("report")
    found = {file.stem: json.loads(file.read_text()) for file in sorted((BENCHMARKS / "results").glob("*.json"))}
    assert set(found) == {"allowance", "capacity", "client", "listing", "growth"}
    assert (BENCHMARKS / "RESULTS.md").read_text().endswith(report.table(found))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read where Linux has it")
def test_large_files_need_little_memory(running: ModuleType) -> None:
    """With the file in memory a process would need more than 100 MiB."""
    transfers = importlib.import_module("transfers")
    found = transfers.measure(64 * transfers.MIB, kills=1, seed=1)
    for way in ("download", "upload"):
        assert found[way]["identical"], way
        assert 0 < found[way]["peak_mib"] < 100
