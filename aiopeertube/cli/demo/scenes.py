"""The scenes of the demonstration: the same edits by the client and by a plain loop, and their results."""

import math
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from aiopeertube._client import PeerTube
from aiopeertube._counting import counted
from aiopeertube.cli import logs, progress
from aiopeertube.cli.demo import plain_loop
from aiopeertube.cli.demo.servers import Server, Wanted, serving
from aiopeertube.cli.options import Settings

# Small enough for half a minute; what matters is that edits that run together fail as often as on a real server.
_WRITE_SECONDS: Final = 0.002
_LIMIT, _WINDOW = 50, 2
_AS_USER: Final = 150
_UNTOUCHED: Final = ("category", "licence", "language", "privacy", "nsfw", "duration", "createdAt", "views")
_LOGIN_REQUESTS: Final = 4  # two for each of two clients

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Score:
    """The result of one way of editing. `refused` counts 429s, `errors` 5xx."""

    applied: int
    lost: int
    seconds: float
    requests: int
    refused: int
    errors: int


@dataclass(frozen=True, slots=True)
class Scene:
    """One comparison. `least_seconds` is the least time that the server's rate limit allows."""

    title: str
    edits: int
    ours: Score
    plain: Score
    least_seconds: float | None = None

    def meaning(self) -> str:
        """Say in one line what the figures mean."""
        if self.least_seconds is not None:
            return (
                f"Rate limit: the plain loop lost {self.plain.lost:,} of {counted(self.edits, 'edit')} to 429s; "
                f"aiopeertube lost {self.ours.lost:,} and took {self.ours.seconds:.1f} s, where "
                f"{_LIMIT} requests in {_WINDOW} s allow no less than {self.least_seconds:.1f} s."
            )
        return (
            f"Parallel edits: the server failed {self.plain.errors:,} of the plain loop's, and they are lost; "
            f"aiopeertube found how many it takes at once, repeated the {self.ours.errors:,} that failed, and lost "
            f"{self.ours.lost:,}."
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """A video's row as it was listed, and how it is to be edited."""

    row: Row
    fields: Mapping[str, Any]

    @property
    def uuid(self) -> str:
        """The video's UUID."""
        return str(self.row["uuid"])

    def applied(self, video: Row) -> bool:
        """Compare a video with the plan: each field that was edited, and those that were not."""
        edited = video["name"] == self.fields["name"] and set(video["tags"]) == set(self.fields["tags"])
        return edited and all(video[field] == self.row[field] for field in _UNTOUCHED)


async def play(settings: Settings, videos: int, seed: int) -> list[Scene]:
    """Play both scenes."""
    with_writers = Wanted(videos, seed, write_seconds=_WRITE_SECONDS)
    async with serving(with_writers) as server, _logged_in(server, "root") as admin:
        plans = await _list(settings, admin, videos)
        ours = await _ours(settings, plans, editor=admin, reader=admin)
    async with serving(with_writers) as server, _logged_in(server, "root") as admin:
        plain = await _plain(settings, plans, server, "root", reader=admin)
    scenes = [Scene(f"{counted(videos, 'edit')} as administrator", videos, ours, plain)]
    scenes.append(await _within_limit(settings, plans[:_AS_USER], videos, seed))
    return scenes


async def _list(settings: Settings, pt: PeerTube, videos: int) -> list[Plan]:
    plans: list[Plan] = []
    with progress.showing("list", videos, settings) as reporter:
        async for page in pt.videos.list(sort="createdAt").pages():
            plans += [_plan(row) for row in page]
            reporter.advance(len(page))
    return plans


def _plan(row: Row) -> Plan:
    # The same tag for all of them, as collections get it, is what makes edits collide most.
    return Plan(row, {"name": f"{row['name']} (restored)", "tags": ["restored", f"batch {row['id'] // 100}"]})


async def _within_limit(settings: Settings, plans: Sequence[Plan], videos: int, seed: int) -> Scene:
    limited = Wanted(videos, seed, rate_limit=f"{_LIMIT}/{_WINDOW}s")
    async with serving(limited) as server, _logged_in(server, "root") as admin, _logged_in(server, "nisv") as user:
        ours = await _ours(settings, plans, editor=user, reader=admin)
    async with serving(limited) as server, _logged_in(server, "root") as admin:
        plain = await _plain(settings, plans, server, "nisv", reader=admin)
    least = (math.ceil((len(plans) + _LOGIN_REQUESTS) / _LIMIT) - 1) * _WINDOW
    return Scene(
        f"{counted(len(plans), 'edit')} as a user, {_LIMIT} per {_WINDOW} s", len(plans), ours, plain, float(least)
    )


async def _ours(settings: Settings, plans: Sequence[Plan], *, editor: PeerTube, reader: PeerTube) -> Score:
    before = editor.statistics()
    with progress.showing("edit with aiopeertube", len(plans), settings) as reporter:
        async with editor.bulk([editor.videos.update(plan.uuid, **plan.fields) for plan in plans]) as run:
            async for _ in run:
                reporter.advance(failed=run.statistics().failed)
    after, counts = editor.statistics(), run.statistics()
    by_status = {status: number - before.by_status.get(status, 0) for status, number in after.by_status.items()}
    return await _score(settings, reader, plans, by_status, counts.seconds)


async def _plain(
    settings: Settings, plans: Sequence[Plan], server: Server, username: str, *, reader: PeerTube
) -> Score:
    edits = [(plan.uuid, plan.fields) for plan in plans]
    failed = 0
    with progress.showing("edit with a plain loop", len(plans), settings) as reporter:

        def done(status: int) -> None:
            nonlocal failed
            failed += status != 204
            reporter.advance(failed=failed)

        tally = await plain_loop.edit_all(server.url, username, server.passwords[username], edits, done)
    return await _score(settings, reader, plans, tally.by_status, tally.seconds)


async def _score(
    settings: Settings, reader: PeerTube, plans: Sequence[Plan], by_status: Mapping[int, int], seconds: float
) -> Score:
    applied = await _read_back(settings, reader, plans)
    return Score(
        applied=applied,
        lost=len(plans) - applied,
        seconds=round(seconds, 3),
        requests=sum(by_status.values()),
        refused=by_status.get(429, 0),
        errors=sum(number for status, number in by_status.items() if status >= 500),
    )


async def _read_back(settings: Settings, pt: PeerTube, plans: Sequence[Plan]) -> int:
    """Read every video and count those that are as planned, whatever the answers to the edits were."""
    wanted = {plan.uuid: plan for plan in plans}
    applied = missed = 0
    with progress.showing("read back and compare", len(plans), settings) as reporter:
        async with pt.bulk([pt.videos.get(uuid) for uuid in wanted]) as run:
            async for outcome in run:
                video: Any = outcome.result
                as_planned = video is not None and wanted[video["uuid"]].applied(video)
                applied, missed = applied + as_planned, missed + (not as_planned)
                reporter.advance(failed=missed)
    return applied


@asynccontextmanager
async def _logged_in(server: Server, username: str) -> AsyncIterator[PeerTube]:
    """Log in at once: when edits have used up the window, an anonymous login would have to wait for the next."""
    async with PeerTube(server.url, username=username, password=server.passwords[username]) as pt:
        logs.follow(pt)
        await pt.login()
        yield pt
