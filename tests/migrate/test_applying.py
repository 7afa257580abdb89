"""One run over a journal: what it settles, and how it ends."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from aiopeertube import Outcome, PeerTube, errors
from aiopeertube.migrate import Item, Job, Journal, JournalError, Unwatched, kinds
from aiopeertube.migrate.steps.applying import Apply, is_worth_repeating, reason, settle_open
from aiopeertube.testing import MockTransport, reply
from aiopeertube.wire.answers import nothing
from aiopeertube.wire.call import Call
from aiopeertube.wire.messages import Request

pytestmark = pytest.mark.anyio

JOB = Job("update", "http://127.0.0.1", "nisv", "films.csv")


def planned(number: int) -> Item:
    before, after = {"name": "Old"}, {"name": f"Film {number}"}
    return Item(str(number), after, number, state="planned", uuid=str(number), before=before, after=after, ready=True)


async def fill(journal: Journal, count: int) -> None:
    await journal.begin_pass()
    await journal.add([planned(number) for number in range(1, count + 1)])
    await journal.end_pass()


class Server:
    """Answers PUTs with a status for each video, and GETs with a name for each."""

    def __init__(self, statuses: dict[str, int] | None = None, names: dict[str, str] | None = None) -> None:
        self.statuses = statuses or {}
        self.names = names or {}
        self.asked: list[tuple[str, str]] = []

    def __call__(self, request: Request) -> Any:
        video = request.path.rpartition("/")[2]
        self.asked.append((request.method, video))
        if request.method == "GET":
            return reply(json={"uuid": video, "name": self.names[video]})
        return reply(self.statuses.get(video, 204))


@pytest.fixture
def server() -> Server:
    return Server()


def client(server: Server) -> PeerTube:
    return PeerTube("http://127.0.0.1", transport=MockTransport(server), attempts=1)


async def states(journal: Journal) -> dict[str, str]:
    return {item.ref: item.state async for item in journal.items()}


async def test_each_item_is_settled_by_its_answer(journal_path: Path, server: Server) -> None:
    server.statuses, server.names = {"2": 400, "3": 501}, {"3": "Old"}  # after a 501 it is asked what came of it
    with Journal.create(journal_path, JOB) as journal:
        await fill(journal, 4)
        async with client(server) as pt:
            run = Apply(pt, journal, kinds.Update())
            await run.run()
        found = {item.ref: (item.state, item.again, item.attempts) async for item in journal.items()}
    assert found == {
        "1": ("changed", False, 1), "2": ("failed", False, 1), "3": ("failed", True, 1), "4": ("changed", False, 1),
    }  # fmt: skip
    assert (run.stopped_by, run.error) == ("", None)


@pytest.mark.parametrize("done", [True, False])
async def test_json_in_place_of_nothing_leaves_an_edit_in_doubt(
    journal_path: Path, server: Server, done: bool
) -> None:
    def answer(request: Request) -> Any:
        return server(request) if request.method == "GET" else reply(json={"error": "the proxy's own"})

    server.names = {"1": "Film 1" if done else "Old"}
    with Journal.create(journal_path, JOB) as journal:
        await fill(journal, 1)
        async with PeerTube("http://127.0.0.1", transport=MockTransport(answer), attempts=1) as pt:
            await Apply(pt, journal, kinds.Update()).run()
        assert await states(journal) == {"1": "changed" if done else "failed"}


async def test_what_was_in_flight_is_asked_for_and_not_sent_again(journal_path: Path, server: Server) -> None:
    server.names = {"1": "Film 1", "2": "Old", "3": "Somebody else's"}
    settled: list[str] = []

    class Hearing(Unwatched):
        def settled(self, item: Item) -> None:
            settled.append(item.ref)

    with Journal.create(journal_path, JOB) as journal:
        await fill(journal, 3)
        await journal.take(3)
        async with client(server) as pt:
            await settle_open(pt, journal, kinds.Update(), Hearing())
        assert await states(journal) == {"1": "changed", "2": "planned", "3": "conflict"}
    assert sorted(settled) == ["1", "3"]
    assert {method for method, _ in server.asked} == {"GET"}


async def test_a_server_that_is_away_is_one_error_and_leaves_what_was_in_flight(journal_path: Path) -> None:
    def away(request: Request) -> Any:
        raise errors.ServerUnreachable("away")

    with Journal.create(journal_path, JOB) as journal:
        await fill(journal, 3)
        await journal.take(3)
        async with PeerTube("http://127.0.0.1", transport=MockTransport(away), attempts=1, patience=0.2) as pt:
            with pytest.raises(errors.ServerUnreachable):
                await settle_open(pt, journal, kinds.Update())
        assert set((await states(journal)).values()) == {"sending"}


async def test_a_run_that_was_stopped_before_it_began_sends_nothing(journal_path: Path, server: Server) -> None:
    class Stopping(Unwatched):
        def opened(self, run: Any) -> None:
            run.stop("not today")
            run.stop("a second reason")

    with Journal.create(journal_path, JOB) as journal:
        await fill(journal, 40)
        async with client(server) as pt:
            run = Apply(pt, journal, kinds.Update(), watcher=Stopping())
            await run.run()
        assert set((await states(journal)).values()) == {"planned"}
    assert (run.stopped_by, server.asked) == ("not today", [])


async def test_what_was_given_up_after_it_was_sent_stays_in_doubt(journal_path: Path) -> None:
    sent = asyncio.Event()

    async def never(request: Request) -> Any:
        sent.set()
        await asyncio.Event().wait()

    with Journal.create(journal_path, JOB) as journal:
        await fill(journal, 1)
        async with PeerTube("http://127.0.0.1", transport=MockTransport(never)) as pt:
            run = Apply(pt, journal, kinds.Update())
            task = asyncio.create_task(run.run())
            await sent.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        (item,) = [item async for item in journal.items()]
        assert item.state == "sending"
        run._settle(Outcome(Call("PUT", "/x", nothing, tag=item), "in doubt"))
        assert item.state == "sending"


async def test_expect_leaves_what_somebody_changed(journal_path: Path, server: Server) -> None:
    server.names = {"1": "Old", "2": "Somebody else's", "3": "Film 3"}
    with Journal.create(journal_path, JOB) as journal:
        await fill(journal, 3)
        async with client(server) as pt:
            await Apply(pt, journal, kinds.Update(expect=True)).run()
        assert await states(journal) == {"1": "changed", "2": "conflict", "3": "unchanged"}
    assert [video for method, video in server.asked if method == "PUT"] == ["1"]


def test_which_failures_another_run_may_get_past() -> None:
    def answer(status: int) -> errors.ApiError:
        return errors.ApiError(
            status=status, method="PUT", path="/x", detail="two\nlines", code="", invalid_params={}
        )

    assert [status for status in (400, 403, 404, 408, 429, 500, 503) if is_worth_repeating(answer(status))] == [
        408, 429, 500, 503,
    ]  # fmt: skip
    assert is_worth_repeating(errors.ConnectionLost("reset"))
    assert not is_worth_repeating(errors.InvalidField("name", "too long"))
    assert not is_worth_repeating(KeyError("x"))
    assert "\n" not in reason(answer(400))
    assert reason(KeyError("x")) == "KeyError: 'x'"


def test_every_kind_is_complete() -> None:
    for name in ("update", "captions", "delete", "thumbnails", "upload", "import", "copy"):
        kind: kinds.Kind = kinds.of(name)
        assert kind.name == name
        assert not kind.can_be_undone or kind.compares
        assert not kind.question or "{videos" in kind.question
    with pytest.raises(JournalError, match="no job of the kind"):
        kinds.of("transcode")
