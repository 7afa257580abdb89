"""The comments policy of videos is a field like others, on servers of both versions."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

import pytest

from aiopeertube import PeerTube, migrate
from aiopeertube.emulator import Emulator
from aiopeertube.migrate import Rules, Scope

pytestmark = pytest.mark.anyio
Version = Literal["6.3", "8.2"]


@pytest.fixture(params=["6.3", "8.2"])
async def server(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Emulator]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    version: Version = request.param
    async with Emulator(videos=3, rate_limit=None, login_limit=None, server_version=version) as started:
        yield started


@pytest.fixture
async def pt(server: Emulator) -> AsyncIterator[PeerTube]:
    async with PeerTube(server.url, username="nisv", password="secret123") as client:
        yield client


def policies(server: Emulator) -> list[int]:
    return [video.comments_policy for video in server.store.videos.values()]


async def test_a_table_sets_it_by_label_or_id(pt: PeerTube, server: Emulator) -> None:
    Path("in.csv").write_text("id,commentsPolicy\n1,Disabled\n2,3\n3,enabled\n")
    run = await migrate.apply(pt, "in.csv")
    assert run.counts == {"changed": 2, "unchanged": 1}
    assert policies(server) == [2, 3, 1]
    assert (await migrate.verify(pt, run.journal)).ok
    await migrate.rollback(pt, run.journal)
    assert policies(server) == [1, 1, 1]


async def test_a_rule_sets_it_for_all(pt: PeerTube, server: Emulator) -> None:
    run = await migrate.set_(pt, Rules(edits=("commentsPolicy=Requires approval",)), scope=Scope(mine=True))
    assert policies(server) == [3, 3, 3]
    await migrate.rollback(pt, run.journal)
    assert policies(server) == [1, 1, 1]


@pytest.mark.parametrize(
    ("column", "cell", "why"),
    [
        ("commentsPolicy", "Sometimes", "it has Enabled, Disabled, Requires approval"),
        ("commentsPolicy", "<clear>", "commentsPolicy cannot be cleared"),
        ("commentsEnabled", "false", "no such field; did you mean 'commentsPolicy'"),
    ],
)
async def test_what_is_no_policy_is_refused(pt: PeerTube, server: Emulator, column: str, cell: str, why: str) -> None:
    Path("in.csv").write_text(f"id,{column}\n1,{cell}\n")
    with pytest.raises(migrate.BadSource, match=why):
        await migrate.apply(pt, "in.csv")
    assert policies(server) == [1, 1, 1]
