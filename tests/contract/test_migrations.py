"""There and back again: edit, apply, verify, roll back; afterwards every field is what it was.

Live, AIOPEERTUBE_LIVE_VIDEOS says how many videos take part (40 by default).
"""

import asyncio
import csv
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click.testing
import pytest

from aiopeertube.cli.app import app
from aiopeertube.migrate.exporting import DEFAULT, cell, columns_for

from .conftest import Server

Run = Callable[..., str]

COUNT = int(os.environ.get("AIOPEERTUBE_LIVE_VIDEOS", "40"))


@pytest.fixture(params=["user", "administrator"])
def cli(
    request: pytest.FixtureRequest, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Run]:
    """Run a command in this process as the user or the administrator; return its stderr."""
    username, password = server.users[request.param]
    env = {
        "PEERTUBE_URL": server.url,
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }
    monkeypatch.chdir(tmp_path)

    def run(*args: str, code: int = 0, **more: str) -> str:
        result = click.testing.CliRunner(env=env | more).invoke(app, list(args), prog_name="aiopeertube")
        assert result.exit_code == code, result.stderr
        return result.stderr

    run("login", PEERTUBE_USERNAME=username, PEERTUBE_PASSWORD=password)
    yield run
    run("logout")


def test_edits_there_and_back(cli: Run, server: Server) -> None:
    before = asyncio.run(videos(server))
    count = f"{len(before):,}"
    edit(before, "edited.csv")
    assert f"{count} videos would change" in cli("plan", "edited.csv", "-o", "plan.jsonl")
    cli("apply", "plan.jsonl")
    assert f"{count} stand as written, 0 differ" in cli("verify", "last")
    cli("apply", "plan.jsonl", "--resume")
    assert "0 videos would change" in cli("plan", "edited.csv")
    assert asyncio.run(videos(server)) != before
    cli("rollback", "last")
    assert f"{count} stand as written, 0 differ" in cli("verify", "last")
    assert asyncio.run(videos(server)) == before


async def videos(server: Server) -> list[dict[str, Any]]:
    """Get the user's first public videos in full, but for what moves by itself."""
    async with server.client() as pt:
        own = [row["uuid"] async for row in pt.me.videos(sort="createdAt") if row["privacy"]["id"] == 1][:COUNT]
        async with pt.bulk([pt.videos.get(uuid) for uuid in own]) as outcomes:
            results: list[Any] = [outcome.result async for outcome in outcomes]
    found: dict[str, dict[str, Any]] = {video["uuid"]: video for video in results}
    # A new name makes new torrents, whose addresses are random; tags come in no order.
    moving = {
        "updatedAt",
        "views",
        "viewers",
        "userHistory",
        "account",
        "channel",
        "tags",
        "files",
        "streamingPlaylists",
    }
    return [
        {name: value for name, value in found[uuid].items() if name not in moving}
        | {"tags": sorted(found[uuid]["tags"]), "channel": {"name": found[uuid]["channel"]["name"]}}
        for uuid in own
    ]


def edit(videos: list[dict[str, Any]], name: str) -> None:
    """Write a table that edits every field there is, in turns, and clears what can be cleared."""
    columns = columns_for(DEFAULT)
    rows = [{column: cell(video, column, as_json=False) for column in columns} for video in videos]
    edits = (
        lambda row: (
            row | {"name": f"Edited {row['name']}"[:120], "tags": "aa; b b; ç, d", "nsfw": flipped(row["nsfw"])}
        ),
        lambda row: row | {"description": f'{row["description"]}\n\n"🎞" עברית, ; |', "support": "Steun ons"},
        lambda row: row | {"category": "4", "category.label": "", "licence": "Attribution", "licence.label": ""},
        lambda row: row | {"language": "nl" if row["language"] != "nl" else "fy", "language.label": ""},
        lambda row: row | {"downloadEnabled": flipped(row["downloadEnabled"]), "originallyPublishedAt": "1939-05-31"},
        lambda row: row | {"commentsPolicy": "Requires approval", "commentsPolicy.label": "", "tags": "zz"},
        lambda row: row | {"name": f"{row['name'][:110]} cleared", "description": "<clear>", "tags": "<clear>"},
    )
    edited = [edits[number % len(edits)](row) for number, row in enumerate(rows)]
    with Path(name).open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(edited[0]))
        writer.writeheader()
        writer.writerows(edited)


def flipped(cell: str) -> str:
    return "false" if cell == "true" else "true"
