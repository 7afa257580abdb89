"""The library's own way, as its documentation shows it: no command line."""

from pathlib import Path

import pytest

from aiopeertube import PeerTube, migrate
from aiopeertube.emulator import Emulator
from aiopeertube.migrate.kinds import Update
from aiopeertube.migrate.rules.rules import Transform, replacing
from aiopeertube.migrate.scope import who_am_i
from aiopeertube.migrate.steps.applying import Apply
from aiopeertube.migrate.steps.planning import RulesOverScope
from aiopeertube.migrate.steps.proving import as_before, derive

pytestmark = pytest.mark.anyio


async def test_rules_and_the_way_back(tmp_path: Path) -> None:
    async with (
        Emulator(videos=5, rate_limit=None, login_limit=None) as server,
        PeerTube(server.url, username="root", password="test-root") as pt,
    ):
        before = {video.id: video.name for video in server.store.videos.values()}
        who, _ = await who_am_i(pt)
        rule = replacing("name/Video/Film")
        job = migrate.Job("update", pt.origin, who.name, "rules")
        with (
            migrate.Journal.create(tmp_path / "there", job) as there,
            migrate.Journal.create(tmp_path / "back", job) as back,
        ):
            rules = RulesOverScope(pt, there, who, Transform([rule]), migrate.Scope())
            await rules.plan()
            await Apply(pt, there, Update()).run()
            assert rules.looked_at == 5
            assert [video.name[:5] for video in server.store.videos.values()] == ["Film "] * 5
            await derive(pt, there, back, who, as_before)
            await Apply(pt, back, Update(expect=True)).run()
            assert await back.counts() == {"changed": 5}
        assert {video.id: video.name for video in server.store.videos.values()} == before
