import asyncio
from typing import Any

import pytest

from aiopeertube.emulator import Emulator
from aiopeertube.emulator.wire.problem_json import Problem
from aiopeertube.emulator.writers import WriterPool, duration, failure_share

from .conftest import Visitor

# Long enough for every write to be told from none, short enough to wait for.
ALONE = 0.001


class TestFigures:
    @pytest.mark.parametrize(
        ("in_progress", "plain", "colliding"),
        [(1, 0.0, 0.0), (2, 0.0, 0.007), (3, 0.0075, 0.05), (4, 0.015, 0.093), (8, 0.043, 0.137), (99, 0.033, 0.123)],
    )
    def test_failure_share(self, in_progress: int, plain: float, colliding: float) -> None:
        assert failure_share(in_progress, collides=False) == pytest.approx(plain)
        assert failure_share(in_progress, collides=True) == pytest.approx(colliding)

    def test_throughput_saturates_at_a_little_more_than_one_at_a_time(self) -> None:
        throughputs = [together / duration(1.0, together, collides=False) for together in range(1, 6)]
        assert throughputs == sorted(throughputs)
        assert throughputs[0] == pytest.approx(1.0)
        assert throughputs[-1] == pytest.approx(1.39, abs=0.01)

    def test_throughput_of_colliding_writes_falls(self) -> None:
        throughputs = [together / duration(1.0, together, collides=True) for together in range(1, 6)]
        assert throughputs == sorted(throughputs, reverse=True)
        assert throughputs[-1] == pytest.approx(0.76, abs=0.01)


async def outcomes(pool: WriterPool, writes: int, width: int, tags: frozenset[str] = frozenset()) -> list[bool]:
    """Which of many writes fail, so many at once."""
    failed: list[bool] = []

    async def worker(count: int) -> None:
        for _ in range(count):
            try:
                await pool.write(tags)
            except Problem:
                failed.append(True)
            else:
                failed.append(False)

    await asyncio.gather(*(worker(writes // width) for _ in range(width)))
    return failed


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Writes take no time; the seconds they would have taken are noted."""
    slept: list[float] = []
    sleep = asyncio.sleep

    async def note(seconds: float) -> None:
        slept.append(seconds)
        await sleep(0)

    monkeypatch.setattr("aiopeertube.emulator.writers.asyncio.sleep", note)
    return slept


@pytest.mark.anyio
class TestPool:
    async def test_alone_nothing_fails(self, no_waiting: list[float]) -> None:
        assert not any(await outcomes(WriterPool(0.05), 400, 1))

    async def test_together_some_fail(self, no_waiting: list[float]) -> None:
        failed = await outcomes(WriterPool(0.05), 1600, 8)
        assert 0.02 < sum(failed) / len(failed) < 0.07

    async def test_same_tags_fail_more(self, no_waiting: list[float]) -> None:
        failed = await outcomes(WriterPool(0.05), 1600, 8, frozenset({"new"}))
        assert 0.1 < sum(failed) / len(failed) < 0.18

    async def test_tags_of_one_writer_do_not_collide(self, no_waiting: list[float]) -> None:
        assert not any(await outcomes(WriterPool(0.05), 100, 1, frozenset({"new"})))

    async def test_failures_can_be_off(self, no_waiting: list[float]) -> None:
        assert not any(await outcomes(WriterPool(0.05, failures=False), 400, 8, frozenset({"new"})))

    async def test_a_seed_gives_one_outcome(self, no_waiting: list[float]) -> None:
        first, same, other = [await outcomes(WriterPool(0.05, seed=seed), 800, 8) for seed in (1, 1, 2)]
        assert first == same != other

    async def test_five_run_at_once(self, no_waiting: list[float]) -> None:
        await outcomes(WriterPool(1.0, failures=False), 100, 20)
        assert max(no_waiting) < 1.1 * duration(1.0, 5, collides=False) + 1e-9

    async def test_others_wait_in_order(self) -> None:
        pool, order = WriterPool(ALONE, failures=False), []

        async def write(number: int) -> None:
            await pool.write()
            order.append(number)

        async with asyncio.TaskGroup() as tasks:
            for number in range(12):
                tasks.create_task(write(number))
        # Those that run together may end in any order, but the last ones cannot pass the first.
        assert set(order[:2]) <= set(range(5))
        assert pool.in_progress == 0

    async def test_without_time_nothing_waits_nor_fails(self) -> None:
        assert not any(await outcomes(WriterPool(0.0), 200, 20, frozenset({"new"})))


@pytest.mark.anyio
class TestServer:
    @pytest.fixture
    def options(self) -> dict[str, Any]:
        return {"videos": 40, "rate_limit": None, "write_seconds": ALONE, "seed": 3}

    async def rename_all(self, owner: Visitor, width: int) -> dict[int, tuple[int, Any]]:
        answers: dict[int, tuple[int, Any]] = {}
        numbers = iter(range(1, 41))

        async def worker() -> None:
            for number in numbers:
                status, _, body = await owner.put(f"/videos/{number}", {"name": "Renamed", "tags": ["new", "tags"]})
                answers[number] = status, body

        await asyncio.gather(*(worker() for _ in range(width)))
        return answers

    async def test_failures_write_nothing(
        self, owner: Visitor, server: Emulator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("aiopeertube.emulator.writers.failure_share", lambda *_, **__: 0.3)
        answers = await self.rename_all(owner, 8)
        failed = {number for number, (status, _) in answers.items() if status == 500}
        assert failed
        for number, (status, body) in answers.items():
            assert status in {204, 500}
            assert (server.store.videos[number].name == "Renamed") == (number not in failed)
            if status == 500:
                assert body["code"] == "SequelizeDatabaseError"
                assert body["detail"].startswith("could not serialize access due to")
                assert body["docs"].endswith("#operation/putVideo")
        statistics = server.statistics()
        assert statistics.serialization_failures == len(failed)
        assert statistics.writes == 40 - len(failed)

    async def test_one_at_a_time_all_succeed(self, owner: Visitor) -> None:
        answers = await self.rename_all(owner, 1)
        assert {status for status, _ in answers.values()} == {204}

    async def test_speed_changes_while_it_runs(
        self, owner: Visitor, server: Emulator, no_waiting: list[float]
    ) -> None:
        await owner.put("/videos/1", {"name": "Renamed"})
        server.write_seconds = 7.0
        await owner.put("/videos/1", {"name": "Renamed"})
        assert no_waiting[0] < 0.01 < 6 < no_waiting[1]
        assert server.write_seconds == 7.0
