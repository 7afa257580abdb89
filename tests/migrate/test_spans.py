"""Spans of a time line: summed without loss, joined as they become many, and read back as they were."""

import random
import sqlite3
from pathlib import Path

import pytest

from aiopeertube.migrate import Item, Job, Journal, Outage, Span
from aiopeertube.migrate.journal.columns import Unreadable
from aiopeertube.migrate.journal.spans import Timeline, row_of, span_of, total
from aiopeertube.stack.histogram import Histogram

JOB = Job("update", "https://videos.example", "nisv", "films.csv")


def span(draw: random.Random, began: float, ended: float) -> Span:
    latency = Histogram()
    for _ in range(draw.randrange(4)):
        latency.add(draw.expovariate(10))
    outages = tuple(Outage(began, ended, "api", "reset") for _ in range(draw.randrange(2)))
    return Span(
        1, began, ended, draw.randrange(9), {200: draw.randrange(1, 9), 0: 1}, draw.randrange(3), draw.randrange(3),
        draw.random(), draw.randrange(3), draw.randrange(2), latency, {"changed": draw.randrange(1, 5)},
        draw.randrange(9), draw.randrange(9), outages,
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_a_run_of_any_length_has_some_hundreds_of_spans_and_loses_nothing(seed: int) -> None:
    draw, now, kept = random.Random(seed), 1e9, list[Span]()
    line = Timeline(most=40)
    for _ in range(1000):
        end = now + line.width * draw.uniform(0.9, 1.1)
        one = span(draw, now, end)
        for outcome, count in one.outcomes.items():
            for _ in range(count):
                line.count(outcome)
        line.add(one)
        kept.append(one)
        now = end
    number, spans = line.unwritten()
    if len(spans) < number:  # the first places were taken already
        raise AssertionError("nothing was written before")
    assert 10 < number <= 40
    whole, wanted = total(one for _, one in spans), total(kept)
    names = ("requests", "retries", "waits", "refused", "renewals", "by_status", "latency", "in_flight", "at_once")
    assert [getattr(whole, name) for name in names] == [getattr(wanted, name) for name in names]
    assert whole.outcomes == wanted.outcomes
    assert whole.waited == pytest.approx(wanted.waited)
    told = [len(one.outages) + one.more_outages for one in (whole, wanted)]
    assert told == [sum(len(one.outages) for one in kept)] * 2
    assert (whole.began, whole.ended) == (1e9, now)
    ends = [one.ended for _, one in spans]
    assert [one.began for _, one in spans] == [1e9, *ends[:-1]]


def test_runs_are_kept_apart_as_long_as_there_is_anything_else_to_join() -> None:
    draw, spans = random.Random(1), list[Span]()
    for run in range(30):
        line = Timeline(spans, most=20)
        for second in range(3):
            line.add(span(draw, 1000.0 * run + second, 1000.0 * run + second + 1))
        line.matters = True
        known = dict(enumerate(spans))
        number, written = line.unwritten()
        spans = [(known | dict(written))[place] for place in range(number)]
        assert len(spans) <= 20
        assert spans[-1].run == run + 1 or spans[-1].run > 1
        if run < 15:
            assert {one.run for one in spans} == set(range(1, run + 2))


def test_what_is_written_is_only_what_is_new() -> None:
    draw, line = random.Random(2), Timeline(most=6)
    line.matters = True
    places = []
    for second in range(8):
        line.add(span(draw, second, second + 1))
        places.append([place for place, _ in line.unwritten()[1]])
    assert places[:6] == [[0], [1], [2], [3], [4], [5]]
    assert places[6][0] == 0, "they were joined"
    assert line.unwritten()[1] == []


def test_rows_are_read_as_they_were_written_and_damages_show() -> None:
    draw = random.Random(3)
    for place in range(20):
        one = span(draw, 1e9 + place, 1e9 + place + 1)
        row = row_of(place, one, 77)
        assert span_of(row, 77) == one
        for column, value in ((0, place + 1), (2, 5.0), (4, "{}"), (5, 0)):
            with pytest.raises(Unreadable):
                span_of([*row[:column], value, *row[column + 1 :]], 77)
        with pytest.raises(Unreadable):
            span_of(row, 78)


@pytest.mark.anyio
async def test_spans_are_on_the_disk_with_the_marks_and_only_of_what_was_sent(journal_path: Path) -> None:
    draw = random.Random(4)

    def on_disk() -> int:
        with sqlite3.connect(journal_path) as looking:
            (count,) = looking.execute("SELECT count(*) FROM span").fetchone()
        looking.close()
        return int(count)

    with Journal.create(journal_path, JOB) as journal:
        await journal.begin_pass()
        await journal.add([Item(str(n), {"name": "x"}, state="planned", uuid=str(n), ready=True) for n in range(3)])
        line = await journal.timeline()
        line.add(span(draw, 1, 2))
        await journal.flush()
        assert on_disk() == 0
        (item,) = await journal.take(1)
        await journal.flush()
        assert on_disk() == 1
        journal.note(item.settle("changed"))
        line.add(span(draw, 2, 3))
    with Journal.open(journal_path, read_only=True) as journal:
        spans, damaged = await journal.spans()
        assert [dict(one.outcomes) for one in spans] == [{}, {"changed": 1}]
        assert damaged == 0
