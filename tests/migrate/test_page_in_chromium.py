"""The plan as a page, opened from disk in a real browser, where there is one."""

import asyncio
import base64
import json
import os
import random
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from chromium import PROGRAM, Chromium

from aiopeertube.migrate import Change, Failures, Item, Job, Outage, Report, RollBack, Span, Vocabulary
from aiopeertube.migrate.plans.page import Pictures, Summary, write
from aiopeertube.migrate.plans.report import Diff
from aiopeertube.stack.histogram import Histogram

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no Chromium is installed")

AXE = os.environ.get("AIOPEERTUBE_AXE")
HOSTILE = "</script><img src=http://127.0.0.1:9/ onerror=alert(1)><!--<script>alert(1)</script>"
OVERRIDE = "Film \u202egpj.exe\u2066\x00\u200b\ud83d"
LONG = "A film of the harbour, its ships and its dockers, by an amateur, found in an attic in 1971."
ARABIC = "فيلم وثائقي عن ميناء المدينة وسفنها وعمالها"
MANY = 60
UUID = "5a71eb42-d31d-4cf0-9a63-42319bfeb9c6"


def planned(name: str, field: str, before: Any, after: Any) -> Item:
    return Item("a", {}, 2, state="planned", uuid=UUID, name=name, before={field: before}, after={field: after})


def pairs() -> Iterator[tuple[str, str]]:
    """Texts that have words in common, one after the other."""
    choose = random.Random(7)
    for _ in range(MANY):
        old = [choose.choice(["a", "bb", "ccc", "dddd", "eeeee"]) for _ in range(choose.randrange(1, 60))]
        new = [word for word in old if choose.random() > 0.15]
        for _ in range(choose.randrange(6)):
            new.insert(choose.randrange(len(new) + 1), choose.choice(["x", "yy", "ccc"]))
        yield " ".join(old), " ".join(new)


SIDES = {"name": {"base": "It was so", "mine": "Mine", "server": "Theirs"}}
ITEMS = (
    Item("a", {}, 9, state="conflict", uuid=UUID, name="Both edited it", note={"conflicts": SIDES}),
    Item("b", {}, 10, state="failed", name="Row ten", reason=HOSTILE),
    planned(HOSTILE, "name", HOSTILE, OVERRIDE),
    planned(OVERRIDE, "description", LONG, LONG.replace("attic", "cellar")),
    planned("x" * 10_000, "description", ARABIC, ARABIC.replace("ميناء", "مرفأ")),
    planned("Two languages", "description", f"{ARABIC}\n{LONG}", f"{ARABIC}\n{LONG}!"),
    planned("Breaks", "description", LONG.replace(", ", ",\r\n"), LONG.replace(", ", ",\n")),
    planned("Secret", "videoPasswords", "seal-1", None),
    *(planned(f"Pair {at}", "support", *pair) for at, pair in enumerate(pairs())),
)

CHANGES = (Change("name", 1, HOSTILE, OVERRIDE, HOSTILE), Change("description", 5, "...", "..."))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    async def items() -> AsyncIterator[Item]:
        for one in ITEMS:
            yield one

    job = Job("update", "https://videos.example", "nisv", HOSTILE)
    summary = Summary(job, {"planned": len(ITEMS) - 2, "failed": 1, "conflict": 1}, CHANGES, "cost", {})
    path = tmp_path_factory.mktemp("page") / "plan.html"
    with path.open("wb") as file:
        asyncio.run(write(file, summary, items(), Diff(Vocabulary())))
    return path


# One pixel.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture(scope="module")
def pictured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with a picture, and with a file that is none."""
    folder = tmp_path_factory.mktemp("pictured")
    pictures = Pictures(folder / "plan.journal")
    pictures.folder.mkdir()
    pictures.file(UUID).write_bytes(PNG)
    pictures.file("broken").write_bytes(PNG[:8] + b"<script>alert(1)</script>")

    async def items() -> AsyncIterator[Item]:
        yield planned("Film", "description", LONG, ARABIC)
        yield replace(planned("Broken", "name", "A", "B"), uuid="broken")

    job = Job("update", "https://videos.example", "nisv", "films.csv")
    with (folder / "plan.html").open("wb") as file:
        asyncio.run(
            write(file, Summary(job, {"planned": 2}, CHANGES, "cost", {}), items(), Diff(Vocabulary()), pictures)
        )
    return folder / "plan.html"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    with Chromium(tmp_path_factory.mktemp("chromium")) as started:
        yield started


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    outage = Outage(1e9 + 3, 1e9 + 5, "api", HOSTILE)
    latency = [Histogram.of({90 + at: 9}) for at in range(20)]
    spans = [
        Span(1, 1e9 + at, 1e9 + at + 1, 9, {200: 9, 429: at}, latency=latency[at], outcomes={"changed": 8})
        for at in range(20)
    ]
    failed = Failures("failed", HOSTILE, HOSTILE + LONG, 1, True, ((2, OVERRIDE, "x" * 5000),))
    job = Job("update", "https://videos.example", HOSTILE, HOSTILE, began=1e9)
    made = Report(
        Path(HOSTILE), job, "video", 1e9, {"changed": 160, "failed": 1}, {"changed": 160}, 1e9, 1e9, (failed,), 0,
        RollBack(videos=160, by_field={HOSTILE: 160}), (*spans, replace(spans[-1], outages=(outage,))),
    )  # fmt: skip
    path = tmp_path_factory.mktemp("report") / "run.html"
    path.write_text(made.html())
    return path


@pytest.fixture
def page(browser: Chromium, path: Path) -> Chromium:
    browser.open(path)
    return browser


def choose(page: Chromium, control: str, value: str) -> str:
    """Fill a filter in; return what the page says then."""
    code = f"const control = document.getElementById('{control}'); control.value = {json.dumps(value)};"
    told: str = page.js(
        f"{{ {code} control.dispatchEvent(new Event('input')); document.getElementById('status').textContent }}"
    )
    return told


def texts(page: Chromium, selector: str) -> Any:
    return page.js(f"[...document.querySelectorAll('{selector}')].map((one) => one.textContent)")


def test_it_opens_and_asks_nobody(page: Chromium, path: Path) -> None:
    assert texts(page, "#status") == [f"Videos 1 to 25 of {len(ITEMS)}"]
    assert texts(page, "#loading") == []
    assert page.requests == [path.as_uri()]
    assert page.faults == []
    assert page.dialogs == []


def test_problems_stand_first_with_all_three_values(page: Chromium) -> None:
    assert texts(page, "h3")[:3] == ["Both edited it", "Row ten", HOSTILE]
    (was,) = texts(page, ".was")
    assert "It was so" in was
    assert texts(page, "#list > li:first-child :is(del, ins)") == ["Theirs", "Mine"]
    assert texts(page, ".failed .why") == [f"cannot be done: {HOSTILE}"]


def test_hostile_texts_are_texts(page: Chromium) -> None:
    assert page.js("document.querySelectorAll('img, #list script').length") == 0
    assert texts(page, "#list h3")[2] == HOSTILE
    shown = page.js("document.querySelector('main').textContent")
    assert not set("\u202e\u2066\x00\u200b\ud83d\ufffd") & set(shown)
    assert texts(page, "#list > li:nth-child(4) h3 .mark") == ["RLO", "LRI", "U+0000", "U+200B", "U+D83D"]
    assert page.js("document.documentElement.scrollWidth <= innerWidth")
    assert "seal-1" not in page.js("document.documentElement.outerHTML")


def test_what_gets_in_all_the_same_may_do_nothing(page: Chromium) -> None:
    refused = page.js("""new Promise((resolve) => {
        const refused = [];
        document.addEventListener('securitypolicyviolation', (event) => {
            if (refused.push(event.effectiveDirective) === 3) resolve(refused);
        });
        const image = document.createElement('img');
        image.src = 'http://127.0.0.1:9/';
        const script = document.createElement('script');
        script.textContent = 'window.broken = true';
        document.body.append(image, script);
        fetch('http://127.0.0.1:9/').catch(() => {});
    })""")
    assert sorted(refused) == ["connect-src", "img-src", "script-src-elem"]
    assert page.js("window.broken === undefined")


def test_words_that_differ_are_marked(page: Chromium) -> None:
    item = "#list > li:nth-child(4)"
    assert (texts(page, f"{item} del"), texts(page, f"{item} ins")) == (["attic"], ["cellar"])
    breaks = "#list > li:nth-child(7)"
    assert texts(page, f"{breaks} h4 small") == ["blanks and line breaks alone"]
    assert set(texts(page, f"{breaks} del .mark")) == {"\\r\\n"}
    assert set(texts(page, f"{breaks} ins .mark")) == {"\\n"}


def gaps(page: Chromium, item: int) -> Any:
    """Return how far the first words' first line stands from the right, and their last from the left."""
    return page.js(f"""(() => {{
        const text = document.querySelector('#list > li:nth-child({item}) .text');
        const [box, range] = [text.getBoundingClientRect(), document.createRange()];
        range.selectNodeContents(text.firstChild);
        const pieces = [...range.getClientRects()];
        const first = pieces.filter((piece) => piece.top <= pieces[0].bottom - 5);
        const last = pieces.filter((piece) => piece.bottom >= pieces.at(-1).top + 5);
        return [
            box.right - Math.max(...first.map((piece) => piece.right)),
            Math.min(...last.map((piece) => piece.left)) - box.left,
        ];
    }})()""")


def test_each_paragraph_stands_where_its_language_begins(page: Chromium) -> None:
    assert texts(page, "#list > li:nth-child(5) :is(del, ins)") == ["ميناء", "مرفأ"]
    arabic, both = gaps(page, 5), gaps(page, 6)
    assert abs(arabic[0]) < 2 < arabic[1]
    assert max(map(abs, both)) < 2
    assert abs(gaps(page, 4)[1]) < 2


def test_differences_come_to_both_texts(page: Chromium) -> None:
    choose(page, "field", "support")
    page.js("dispatchEvent(new Event('beforeprint'))")
    page.js("document.querySelectorAll('.fold').forEach((fold) => fold.click())")
    code = """(without) => [...document.querySelectorAll('.change > div')].map((one) => {
        const copy = one.cloneNode(true);
        copy.querySelectorAll(`${without}, .arrow`).forEach((part) => part.remove());
        return copy.textContent.replaceAll('\\u2423', ' ').replace(/^none$/, '');
    })"""
    olds, news = (page.js(f"({code})('{without}')") for without in ("ins", "del"))
    assert list(zip(olds, news, strict=True)) == list(pairs())
    assert page.js("document.querySelectorAll('.text').length") > MANY / 2


def test_filters_and_search(page: Chromium) -> None:
    everything = len(ITEMS)
    assert choose(page, "field", "name") == f"Videos 1 to 2 of 2 (of {everything}) · field name"
    assert choose(page, "kind", "conflict").startswith("Videos 1 to 1 of 1")
    choose(page, "field", "")
    assert choose(page, "kind", "failed").startswith("Videos 1 to 1 of 1")
    assert texts(page, "h3") == ["Row ten"]
    choose(page, "kind", "")
    assert choose(page, "search", " CELLAR ").startswith("Videos 1 to 1 of 1")
    assert choose(page, "search", "no such words").startswith(f"No video of {everything}")
    assert page.js("document.getElementById('reset').click(), document.querySelectorAll('#list > li').length") == 25


def test_a_link_beside_a_number_shows_these(page: Chromium) -> None:
    page.js("document.querySelector('.count.failed a').click()")
    assert texts(page, "h3") == ["Row ten"]


def test_pages(page: Chromium) -> None:
    for button, begins in (("next", 26), ("last", 51), ("next", 51), ("previous", 26), ("first", 1)):
        page.js(f"document.getElementById('{button}').click()")
        assert texts(page, "#status")[0].startswith(f"Videos {begins} to ")
        assert page.js("document.querySelectorAll('#list > li').length") == min(25, len(ITEMS) - begins + 1)


def test_paper_has_all_that_the_filter_shows_and_a_line_to_sign(page: Chromium) -> None:
    choose(page, "field", "support")
    page.js(
        "window.addEventListener('beforeprint', () => { window.printed = document.querySelectorAll('h3').length })"
    )
    assert page.call("Page.printToPDF")["data"]
    assert page.js("window.printed") == MANY
    assert page.js("document.querySelectorAll('h3').length") == 25
    page.call("Emulation.setEmulatedMedia", media="print")
    seen = [page.js(f"document.querySelector('{one}').checkVisibility()") for one in (".sign", "#status", "#search")]
    page.call("Emulation.setEmulatedMedia", media="")
    assert seen == [True, True, False]


def test_controls_have_names(page: Chromium) -> None:
    assert page.js("[...document.querySelectorAll('select, input')].every((one) => one.labels.length === 1)")
    assert page.js("[...document.querySelectorAll('button')].every((one) => one.textContent.trim())")


def test_a_report_asks_for_nothing_and_fits(browser: Chromium, report: Path) -> None:
    browser.call("Emulation.setDeviceMetricsOverride", width=390, height=800, deviceScaleFactor=1, mobile=False)
    browser.open(report)
    wide = browser.js("document.documentElement.scrollWidth")
    browser.call("Emulation.clearDeviceMetricsOverride")
    assert wide <= 390
    assert (browser.requests, browser.faults, browser.dialogs) == ([report.as_uri()], [], [])
    chart = "document.querySelector('svg.chart')"
    assert browser.js(f"{chart}.checkVisibility() && {chart}.getBoundingClientRect().height > 100")
    assert browser.js(f"{chart}.querySelectorAll('path').length") >= 6
    assert browser.js("document.querySelector('details[open]').textContent").startswith("1 video, failed: ")


def test_pictures_are_shown_and_nothing_is_asked_for(browser: Chromium, pictured: Path) -> None:
    browser.open(pictured)
    width = "one.decode().then(() => one.naturalWidth, () => 0)"
    assert browser.js(f"Promise.all([...document.images].map((one) => {width}))") == [1, 0]
    assert [url for url in browser.requests if not url.startswith("data:")] == [pictured.as_uri()]
    assert (browser.faults, browser.dialogs) == ([], [])


@pytest.mark.skipif(AXE is None, reason="AIOPEERTUBE_AXE names no axe-core (nox -s pages)")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("which", ["path", "report", "pictured"])
def test_axe_finds_no_fault(browser: Chromium, which: str, scheme: str, request: pytest.FixtureRequest) -> None:
    assert AXE is not None
    browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    browser.open(request.getfixturevalue(which))
    browser.js("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    browser.call("Runtime.evaluate", expression=Path(AXE).read_text())
    found = browser.js(
        "axe.run().then((all) => [all.passes.length, all.violations.map((one) => [one.id, one.impact])])"
    )
    browser.call("Emulation.setEmulatedMedia", features=[])
    assert found[0] > 20
    assert found[1] == []
