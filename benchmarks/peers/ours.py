"""aiopeertube itself: the bulk engine, or with `"way": "await"` awaited calls in the loop that the peers use."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from _async_driver import runner_for, workers
from _job import WARM_UP, Answer, Edit, Job, Meter, print_result, read_job, result, uuids

from aiopeertube import PeerTube, events
from aiopeertube.errors import ApiError


def client(job: Job) -> PeerTube:
    """Make a client as a user would; `concurrency` is for measurements of fixed numbers."""
    return PeerTube(
        job.url,
        username=job.username,
        password=job.password,
        token=job.token,
        concurrency=job.concurrency,
        max_concurrency=256,
    )


def listing(pt: PeerTube, path: str) -> Any:
    """Find the paginator of a path."""
    return pt.me.videos if path.endswith("/me/videos") else pt.videos.list


def update(pt: PeerTube, edit: Edit) -> Any:
    """Make the call of an edit."""
    url, body = edit
    return pt.videos.update(url[-36:], **body)


async def send_all(pt: PeerTube, edits: Any) -> list[Answer]:
    """Run edits through the bulk engine; the status of each is that of its last attempt."""
    async with pt.bulk(update(pt, edit) for edit in edits) as outcomes:
        return [204 if outcome.ok else _failure(outcome.error) async for outcome in outcomes]


def _failure(error: Exception | None) -> Answer:
    return error.status if isinstance(error, ApiError) else type(error).__name__


async def rename(job: Job) -> dict[str, Any]:
    """Edit the first `count` videos; attempts are counted besides, for repeats hide 429s and 5xx."""
    attempts: list[events.AttemptFinished] = []
    async with client(job) as pt:
        rows = await listing(pt, job.path)(sort="createdAt").collect(limit=job.count)
        off = pt.on(events.AttemptFinished, lambda event: attempts.append(event) if event.method == "PUT" else None)
        with Meter() as meter:
            answers = await send_all(pt, (job.row_edit(number, row) for number, row in enumerate(rows)))
        off()
    found = result(meter, answers, latencies=[event.seconds for event in attempts])
    statuses = [event.status for event in attempts]
    found["attempts"] = {str(status): statuses.count(status) for status in sorted(set(statuses))}
    found["late_5xx"] = sum(status >= 500 for status in statuses[50:]) / max(1, len(statuses) - 50)
    return found


async def put(job: Job) -> dict[str, Any]:
    """Measure what a PUT costs this process."""
    async with client(job) as pt:

        async def send(items: list[str]) -> list[Answer]:
            if job.way == "await":
                return await workers(awaited, job.bare_edit, items, job.in_flight)
            return await send_all(pt, (job.bare_edit(0, uuid) for uuid in items))

        async def awaited(url: str, body: dict[str, Any]) -> int:
            await update(pt, (url, body))
            return 204

        await send(uuids(WARM_UP))
        with Meter() as meter:
            answers = await send(uuids(job.count))
    return result(meter, answers)


async def list_all(job: Job) -> dict[str, Any]:
    """Measure reading and decoding all pages; no row is kept."""
    items = 0
    async with client(job) as pt:
        with Meter() as meter:
            async for _ in listing(pt, job.path)():
                items += 1
    return result(meter, items=items)


async def migrate(job: Job) -> dict[str, Any]:
    """Plan an edit of every video into a journal on disk, then carry it out: what `aiopeertube set` does."""
    from aiopeertube import migrate
    from aiopeertube.migrate.kinds import Update
    from aiopeertube.migrate.rules import rules
    from aiopeertube.migrate.scope import Who
    from aiopeertube.migrate.steps.applying import Apply
    from aiopeertube.migrate.steps.planning import RulesOverScope

    transform = rules.Transform((rules.replacing(f"name/Video/{job.stamp}"),))
    with TemporaryDirectory() as folder, Meter() as meter:
        async with client(job) as pt:
            about = migrate.Job("update", pt.origin, "nisv", "rules")
            with migrate.Journal.create(Path(folder) / "run.journal", about) as journal:
                who = Who("nisv", "nisv", staff=False, modern=False)
                await RulesOverScope(pt, journal, who, transform, migrate.Scope()).plan()
                planned = time.perf_counter()
                await Apply(pt, journal, Update()).run()
                counts = await journal.counts()
    found = result(meter, [204] * counts.pop("changed", 0))
    assert not counts, counts
    found["apply_seconds"] = round(time.perf_counter() - planned, 3)
    return found


JOBS = {"rename": rename, "put": put, "list": list_all, "migrate": migrate}


def main() -> None:
    """Run the job of the command line."""
    job = read_job()
    with runner_for(job) as runner:
        print_result(runner.run(JOBS[job.what](job)))


if __name__ == "__main__":
    main()
