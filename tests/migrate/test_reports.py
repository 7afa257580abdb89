"""What a report tells of a job: what its journal has, and what the client counted meanwhile."""

import asyncio
import html
import json
import re
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from aiopeertube import PeerTube, errors, events, migrate
from aiopeertube.emulator import Emulator, Fault
from aiopeertube.migrate import Item, Job, Journal, Outage, Report, Span
from aiopeertube.migrate.reports.drawing import drawing
from aiopeertube.stack.histogram import Histogram

pytestmark = pytest.mark.anyio

HOSTILE = "</svg></script><script>alert(1)</script><!-- \u202e & \"'"


@pytest.fixture(autouse=True)
def _places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr("aiopeertube.stack.retry._LONGEST", 0.001)
    monkeypatch.setattr("aiopeertube.migrate.journal.spans.SHORTEST", 0.02)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
async def server() -> AsyncIterator[Emulator]:
    async with Emulator(videos=30, rate_limit=None, login_limit=None, write_seconds=0.002) as started:
        yield started


@pytest.fixture
async def pt(server: Emulator) -> AsyncIterator[PeerTube]:
    async with PeerTube(server.url, username="nisv", password="secret123") as client:
        yield client


def table(*numbers: int, prefix: str = "Film") -> str:
    Path("in.csv").write_text("id,name\n" + "".join(f"{number},{prefix} {number}\n" for number in numbers))
    return "in.csv"


def number_after(page: str, label: str) -> int:
    """Read a figure of the table of totals."""
    found = re.search(rf'{label}</th><td><bdi dir="auto">([\d,]+)', page)
    assert found is not None, label
    return int(found[1].replace(",", ""))


async def test_every_figure_is_that_of_the_journal_and_of_the_client(server: Emulator, pt: PeerTube) -> None:
    server.faults.add(Fault("5xx", times=5, method="PUT", status=500), Fault("reset", times=2, method="GET"))
    run = await migrate.apply(pt, table(*range(1, 26), 98, 99))
    found, known = await migrate.report(run.journal), pt.statistics()
    with Journal.open(run.journal, read_only=True) as journal:
        writes = [write.outcome for write in await journal.writes()]
        assert found.counts == await journal.counts() == {"changed": 25, "failed": 2}
        assert found.job == journal.job
    whole = found.total
    assert whole is not None
    assert len(found.spans) > 2
    assert (whole.requests, whole.by_status) == (known.requests, known.by_status)
    assert known.by_status[500] + known.by_status[0] == 7
    names = ("retries", "waits", "refused", "renewals")
    assert [getattr(whole, name) for name in names] == [getattr(known, name) for name in names]
    assert whole.waited == pytest.approx(known.waited)
    assert whole.latency == known.histogram
    assert whole.latency.percentiles() == known.latency
    assert whole.outcomes == found.writes == {"changed": writes.count("changed")} == {"changed": 25}
    page = found.html()
    assert number_after(page, "Requests sent") == known.requests
    assert number_after(page, "Repeated") == known.retries
    assert number_after(page, "Outcomes") == 25
    assert number_after(page, "Tokens fetched") == 1
    answers = re.search(r"Answers</th><td><bdi[^>]*>([^<]*)", page)
    assert answers is not None
    assert f"{known.by_status[204]} of 204" in answers[1]
    assert f"{known.by_status[0]} without an answer" in answers[1]
    told = json.loads(json.dumps(found.as_dict()))
    assert told["total"]["requests"] == sum(span["requests"] for span in told["timeline"]) == known.requests
    assert told["total"]["by_status"] == {str(status): count for status, count in known.by_status.items()}
    assert (told["counts"], told["writes"]) == ({"changed": 25, "failed": 2}, {"changed": 25})


async def test_runs_that_go_on_have_a_time_line_each(pt: PeerTube) -> None:
    source = table(*range(1, 11))
    await migrate.apply(pt, source, job=migrate.JobOptions(first=4))
    run = await migrate.apply(pt, source, job=migrate.JobOptions(resume=True))
    again = await migrate.apply(pt, source, job=migrate.JobOptions(resume=True, journal=run.journal))
    found = await migrate.report(again.journal)
    assert [sum(span.outcomes.get("changed", 0) for span in spans) for spans in found.runs] == [4, 6]
    assert found.before_spans == 0
    assert found.html().count("<svg") == 2
    assert found.roll_back.videos == 10
    assert (found.roll_back.by_field, found.roll_back.for_ever) == ({"name": 10}, {})


async def test_failures_are_grouped_by_reason_with_their_rows(pt: PeerTube, server: Emulator) -> None:
    server.faults.add(Fault("5xx", method="PUT", path="/videos/*", status=413, times=3))
    run = await migrate.apply(pt, table(*range(1, 6), *range(90, 150)))
    found = await migrate.report(run.journal)
    assert [(one.count, len(one.rows), one.again) for one in found.failures] == [(60, 50, False), (3, 3, False)]
    assert sum(one.count for one in found.failures) == found.counts["failed"]
    assert found.failures[0].rows[0][0] == 7
    page = found.html()
    assert "60 videos, failed" in page
    assert "And 10 more." in page


async def test_an_outage_has_its_beginning_and_its_end(pt: PeerTube, server: Emulator) -> None:
    server.faults.add(Fault("reset", method="PUT", times=12), Fault("reset", path="/videos", times=2))
    run = await migrate.apply(pt, table(*range(1, 20)))
    found = await migrate.report(run.journal)
    assert found.total is not None
    (outage,) = found.total.outages
    assert found.total.began < outage.began < outage.ended < found.total.ended
    assert (outage.service, "lost during" in outage.reason) == ("api", True)
    page = found.html()
    assert "The server was away 1 time:" in page
    assert page.count('class="away"') == 1
    assert server.faults.injected["reset"] > 3


async def test_a_rollback_tells_what_it_is_of_and_what_was_undone(pt: PeerTube) -> None:
    run = await migrate.apply(pt, table(1, 2))
    back = await migrate.rollback(pt, run.journal)
    assert "It was rolled back by" in (await migrate.report(run.journal)).html()
    assert "It is the rollback of" in (await migrate.report(back.journal)).html()
    gone = await migrate.delete(pt, "in.csv")
    page = (await migrate.report(gone.journal)).html()
    assert "A job of delete cannot be undone." in page


async def test_a_journal_of_an_earlier_version_has_no_time_line(pt: PeerTube) -> None:
    source = table(1, 2, 3)
    run = await migrate.apply(pt, source, job=migrate.JobOptions(first=2))
    with sqlite3.connect(run.journal) as old:
        old.executescript("DROP TABLE span; PRAGMA user_version = 3;")
    old.close()
    found = await migrate.report(run.journal)
    assert (found.spans, found.total, found.before_spans) == ((), None, 2)
    assert "The journal has no time line" in found.html()
    await migrate.apply(pt, source, job=migrate.JobOptions(resume=True))
    page = (await migrate.report(run.journal)).html()
    assert "Of 2 outcomes the time line knows nothing" in page
    assert "<svg" in page


async def test_damaged_spans_are_left_out_and_told(pt: PeerTube) -> None:
    run = await migrate.apply(pt, table(1, 2, 3))
    count = len((await migrate.report(run.journal)).spans)
    with sqlite3.connect(run.journal) as damaged:
        damaged.execute("UPDATE span SET figures = replace(figures, '200', '201') WHERE id = 0")
    damaged.close()
    found = await migrate.report(run.journal)
    assert (len(found.spans), found.spans_damaged) == (count - 1, 1)
    assert "1 part of the time line cannot be read" in found.html()


async def test_what_was_not_sent_leaves_no_time_line(pt: PeerTube) -> None:
    source = table(1)
    run = await migrate.apply(pt, source)
    before = (await migrate.report(run.journal)).spans
    await migrate.apply(pt, source, job=migrate.JobOptions(resume=True, journal=run.journal))
    assert (await migrate.report(run.journal)).spans == before


async def test_a_stop_and_a_cancellation_keep_what_went_before(pt: PeerTube, server: Emulator) -> None:
    server.faults.add(Fault("stall", method="PUT", seconds=30, probability=0.2))
    changes = asyncio.Event()
    pt.on(events.AttemptFinished, lambda event: changes.set() if event.method == "PUT" else None)
    task = asyncio.create_task(migrate.apply(pt, table(*range(1, 26)), job=migrate.JobOptions(journal="x.journal")))
    await asyncio.wait_for(changes.wait(), 20)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    found = await migrate.report("x.journal")
    assert found.total is not None
    assert found.total.requests == pt.statistics().requests
    assert found.before_spans == 0
    assert "has not come to its end" in found.html()


def report_of(*spans: Span, **more: object) -> Report:
    given: dict[str, object] = {
        "path": Path(HOSTILE), "job": Job("update", HOSTILE, HOSTILE, HOSTILE, began=1e9, parent=HOSTILE),
        "noun": "video", "made": 1e9, "counts": {"failed": 1}, "writes": {}, "first_write": None, "last_write": None,
        "more_failures": 0, "roll_back": migrate.RollBack(HOSTILE),
        "failures": (migrate.Failures("failed", HOSTILE, f"{HOSTILE}!", 1, True, ((1, HOSTILE, HOSTILE),)),),
    }  # fmt: skip
    return Report(**given | more, spans=spans)  # type: ignore[arg-type]


def test_nothing_of_the_server_or_the_table_is_markup() -> None:
    outage = Outage(1e9, 1e9 + 2, HOSTILE, HOSTILE)
    span = Span(1, 1e9, 1e9 + 9, 5, {200: 5}, latency=Histogram.of({3: 5}), outcomes={HOSTILE: 1}, outages=(outage,))
    page = report_of(span).html()
    assert "<script" not in page
    assert "<!--" not in page.partition("</head>")[2]
    assert not re.search("[\u202e]", page)
    assert html.unescape(page).count("alert(1)") >= 10
    assert "default-src 'none'; style-src 'sha256-" in page
    assert not re.search(r"""(?:src|href)\s*=|url\(|@import|<link|<object|<iframe""", page)


def test_a_drawing_has_no_numbers_beyond_its_frame() -> None:
    spans = [
        Span(1, 0, 0),
        Span(1, 0, 1e-9, 10**9, {0: 10**9}, in_flight=3, at_once=5),
        Span(1, 1e-9, 86400 * 30, 1, {200: 1}, latency=Histogram.of({293: 1})),
    ]
    for given in (spans, spans[:1], spans[:2], spans[2:]):
        drawn = drawing(given, label="x")
        points = [float(x) for x in re.findall(r'[MH ]?x?1?2?[="HM](-?[\d.]+)', drawn)]
        assert points
        assert "nan" not in drawn
        assert "inf" not in drawn.replace("in flight", "")
        assert all(-1 <= point <= 961 for point in points)


async def test_it_is_written_once_and_never_over_its_journal(pt: PeerTube) -> None:
    run = await migrate.apply(pt, table(1))
    found = await migrate.report(run.journal)
    found.write("run.html")
    assert Path("run.html").read_text().startswith("<!doctype html>")
    with pytest.raises(errors.InputError, match="already there"):
        found.write("run.html")
    found.write("run.html", format="json", overwrite=True)
    assert json.loads(Path("run.html").read_text())["kind"] == "update"
    with pytest.raises(errors.InputError, match="read from"):
        found.write(run.journal, overwrite=True)


async def test_secrets_stay_out(pt: PeerTube) -> None:
    Path("in.csv").write_text("id,privacy,videoPasswords\n1,5,geheim-4711\n")
    run = await migrate.apply(pt, "in.csv")
    found = await migrate.report(run.journal)
    text = found.html() + json.dumps(found.as_dict())
    assert found.counts == {"changed": 1}
    assert "geheim" not in text
    assert "secret123" not in text


async def test_a_reason_that_never_ends_holds_nothing_up(journal_path: Path) -> None:
    long = ["/" + "1" * 100_000 + "!", "'" + "x" * 100_000, "/" + "a1" * 50_000]
    with Journal.create(journal_path, Job("update", "o", "u", "s")) as journal:
        await journal.begin_pass()
        items = [Item(str(n), {}, state="failed", reason=reason) for n, reason in enumerate(long)]
        await journal.add(items)
        await journal.save(items)
    found = await migrate.report(journal_path)
    assert {one.reason for one in found.failures} == {*long[:2], "/…"}


async def test_one_reason_is_one_group_whatever_video_it_names(journal_path: Path) -> None:
    with Journal.create(journal_path, Job("update", "o", "u", "s")) as journal:
        await journal.begin_pass()
        reasons = ["PUT /api/v1/videos/3a: 400 'Film 3' is bad", "PUT /api/v1/videos/4b9: 400 'x' is bad", "other"]
        items = [Item(str(n), {}, state="failed", reason=reason) for n, reason in enumerate(reasons)]
        await journal.add(items)
        await journal.save(items)
    found = await migrate.report(journal_path)
    assert [(one.count, one.reason) for one in found.failures] == [
        (2, "PUT /api/v1/videos/…: 400 … is bad"), (1, "other"),
    ]  # fmt: skip
    assert found.failures[0].example == reasons[0]
