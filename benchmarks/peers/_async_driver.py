"""Runs a job with an asynchronous peer: a client class that knows how to GET, POST and PUT, and no more."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Any, Protocol

from _job import PAGE, WARM_UP, Answer, Edit, Job, Meter, print_result, read_job, result, uuids

Put = Callable[[str, dict[str, Any]], Awaitable[int]]
Edits = Callable[[int, Any], Edit]
Spread = Callable[[Put, Edits, Sequence[Any], int], Awaitable[list[Answer]]]


class Client(Protocol):
    """What a peer supplies. It is made inside the running event loop."""

    def __init__(self, job: Job) -> None: ...

    def authorize(self, token: str) -> None:
        """Send this token from now on."""

    async def get(self, url: str, params: dict[str, str | int]) -> Any:
        """GET JSON, or raise."""

    async def post(self, url: str, form: dict[str, str]) -> Any:
        """POST a form and return the JSON of the answer, or raise."""

    async def put(self, url: str, body: dict[str, Any]) -> int:
        """PUT JSON and return the status."""

    async def aclose(self) -> None:
        """Close the connections."""


async def answer_of(put: Put, edit: Edit) -> Answer:
    """Send one edit once; nothing is repeated."""
    try:
        return await put(*edit)
    except Exception as error:  # noqa: BLE001 - whatever went wrong, it is counted
        return type(error).__name__


async def gather(put: Put, edits: Edits, items: Sequence[Any], in_flight: int) -> list[Answer]:
    """One coroutine for each item and a semaphore: how it is mostly done."""
    semaphore = asyncio.Semaphore(in_flight)

    async def one(number: int, item: Any) -> Answer:
        async with semaphore:
            return await answer_of(put, edits(number, item))

    return await asyncio.gather(*(one(number, item) for number, item in enumerate(items)))


async def workers(put: Put, edits: Edits, items: Sequence[Any], in_flight: int) -> list[Answer]:
    """As many coroutines as are in flight, which share one iterator: leaner."""
    answers: list[Answer] = []
    left = enumerate(items)

    async def worker() -> None:
        for number, item in left:
            answers.append(await answer_of(put, edits(number, item)))

    await asyncio.gather(*(worker() for _ in range(in_flight)))
    return answers


def timed(put: Put, latencies: list[float]) -> Put:
    """Measure every PUT; a layer of its own, so that jobs without latencies do not pay for it."""

    async def measured(url: str, body: dict[str, Any]) -> int:
        began = time.perf_counter()
        try:
            return await put(url, body)
        finally:
            latencies.append(time.perf_counter() - began)

    return measured


async def authorize(client: Client, job: Job) -> None:
    """Use the token of the job, or log in; without either, stay anonymous."""
    if job.token is not None:
        client.authorize(job.token)
    elif job.username is not None:
        oauth_client = await client.get(f"{job.url}/api/v1/oauth-clients/local", {})
        answer = await client.post(f"{job.url}/api/v1/users/token", job.login_form(oauth_client))
        client.authorize(answer["access_token"])


async def collect(client: Client, job: Job, limit: float) -> list[dict[str, Any]]:
    """Collect rows page by page."""
    rows: list[dict[str, Any]] = []
    total = limit
    while len(rows) < min(limit, total):
        page = await client.get(f"{job.url}{job.path}", {"start": len(rows), "count": PAGE, "sort": "createdAt"})
        rows += page["data"]
        total = page["total"] if page["data"] else 0
    return rows if len(rows) <= limit else rows[: int(limit)]


async def rename(client: Client, job: Job, spread: Spread) -> dict[str, Any]:
    """Measure the PUTs alone, and each of them."""
    await authorize(client, job)
    rows = await collect(client, job, job.count)
    latencies: list[float] = []
    with Meter() as meter:
        answers = await spread(timed(client.put, latencies), job.row_edit, rows, job.in_flight)
    return result(meter, answers, latencies=latencies)


async def put(client: Client, job: Job, spread: Spread) -> dict[str, Any]:
    """Measure what a PUT costs this process."""
    await authorize(client, job)
    items = uuids(job.count)
    await spread(client.put, job.bare_edit, uuids(WARM_UP), job.in_flight)
    with Meter() as meter:
        answers = await spread(client.put, job.bare_edit, items, job.in_flight)
    return result(meter, answers)


async def list_all(client: Client, job: Job, _spread: Spread) -> dict[str, Any]:
    """Measure reading and decoding all pages; no row is kept."""
    await authorize(client, job)
    items = 0
    with Meter() as meter:
        while True:
            page = await client.get(f"{job.url}{job.path}", {"start": items, "count": PAGE})
            items += len(page["data"])
            if not page["data"] or items >= page["total"]:
                break
    return result(meter, items=items)


async def migrate(client: Client, job: Job, spread: Spread) -> dict[str, Any]:
    """Measure the whole of a script: login, all rows, one PUT for each."""
    with Meter() as meter:
        await authorize(client, job)
        rows = await collect(client, job, float("inf"))
        answers = await spread(client.put, job.row_edit, rows, job.in_flight)
    return result(meter, answers)


JOBS = {"rename": rename, "put": put, "list": list_all, "migrate": migrate}


async def _run(job: Job, client_class: type[Client], spread: Spread) -> dict[str, Any]:
    async with aclosing(client_class(job)) as client:
        return await JOBS[job.what](client, job, spread)


def runner_for(job: Job) -> asyncio.Runner:
    """Make a runner with the event loop that the job asks for."""
    if job.loop == "uvloop":
        import uvloop

        return asyncio.Runner(loop_factory=uvloop.new_event_loop)
    return asyncio.Runner()


def main(client_class: type[Client], spread: Spread = gather) -> None:
    """Run the job of the command line."""
    job = read_job()
    with runner_for(job) as runner:
        print_result(runner.run(_run(job, client_class, spread)))
