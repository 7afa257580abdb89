"""The library's own way, as its documentation shows it: no command line."""

import inspect
import textwrap
from pathlib import Path
from typing import Any

import pytest

from aiopeertube import PeerTube, migrate
from aiopeertube.emulator import Emulator

pytestmark = pytest.mark.anyio


async def test_the_example_of_the_documentation_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    async with Emulator(videos=5, rate_limit=None, login_limit=None) as server:
        for name, value in {"URL": server.url, "USERNAME": "nisv", "PASSWORD": "secret123"}.items():
            monkeypatch.setenv(f"PEERTUBE_{name}", value)
        with migrate.open_sink("films.csv", ("id", "name", "language")) as table:
            for n in range(1, 7):
                table.write({"id": str(n), "name": f"Film {n}", "language": "Dutch"})
        code = (inspect.getdoc(migrate) or "").partition("::\n\n")[2].partition("\n\nRules instead")[0]
        await run(code)
        assert [video.name for video in server.store.videos.values()] == [f"Film {n}" for n in range(1, 6)]
    assert capsys.readouterr().out.startswith("7 there is no such video")


async def run(code: str) -> None:
    """Run the code of a documentation as the body of a coroutine."""
    scope: dict[str, Any] = {}
    exec("async def example():\n" + textwrap.indent(textwrap.dedent(code), "    "), scope)
    await scope["example"]()


async def test_rules_and_the_way_back(tmp_path: Path) -> None:
    async with (
        Emulator(videos=5, rate_limit=None, login_limit=None) as server,
        PeerTube(server.url, username="root", password="test-root") as pt,
    ):
        before = {video.id: video.name for video in server.store.videos.values()}
        who, _ = await migrate.who_am_i(pt)
        rule = migrate.rules.replacing("name/Video/Film")
        job = migrate.Job("update", pt.origin, who.name, "rules")
        with (
            migrate.Journal.create(tmp_path / "there", job) as there,
            migrate.Journal.create(tmp_path / "back", job) as back,
        ):
            rules = migrate.Rules(pt, there, who, migrate.Transform([rule]), {})
            await rules.plan()
            await migrate.Apply(pt, there, migrate.kinds.Update()).run()
            assert rules.seen.looked_at == 5
            assert [video.name[:5] for video in server.store.videos.values()] == ["Film "] * 5
            await migrate.derive(pt, there, back, who, migrate.as_before)
            await migrate.Apply(pt, back, migrate.kinds.Update(expect=True)).run()
            assert await back.counts() == {"changed": 5}
        assert {video.id: video.name for video in server.store.videos.values()} == before
