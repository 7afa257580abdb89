"""The plan as a page: what stands in the file. How it looks in a browser is for test_page_in_chromium.py."""

import base64
import hashlib
import html
import io
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from aiopeertube import PeerTube, errors, migrate
from aiopeertube.emulator import Emulator
from aiopeertube.migrate import Change, Item, Job, Vocabulary
from aiopeertube.migrate.plans.page import PlanSum, Summary, write
from aiopeertube.migrate.plans.page.entries import Text, kind_of, row_of
from aiopeertube.migrate.plans.page.pictures import Pictures, picture_of
from aiopeertube.migrate.plans.report import Diff

pytestmark = pytest.mark.anyio

JOB = Job("update", "https://videos.example", "nisv", "films.csv", ("uuid", "name"), began=1e9)
SUMMARY = Summary(JOB, {"planned": 2, "unchanged": 1234}, changes=(), cost="2 requests", for_ever={})
HOSTILE = "</script><script>alert(1)</script><!--<script> & \u202e \u2028 \x00 \"'"


def item(name: str, before: Any, after: Any, **more: Any) -> Item:
    return Item("a", {}, 2, state="planned", uuid="u", name=name, before=before, after=after, **more)


async def page_of(*items: Item, summary: Summary = SUMMARY) -> str:
    async def given() -> AsyncIterator[Item]:
        for one in items:
            yield one

    file = io.BytesIO()
    assert await write(file, summary, given(), Diff(Vocabulary())) == len(items)
    return file.getvalue().decode()


def rows_in(page: str) -> list[Any]:
    """Read the rows as a browser does: a block ends with the first end tag after it began."""
    blocks = re.findall(r'<script type="application/json" class="rows">(.*?)</script', page, flags=re.DOTALL)
    return [row for block in blocks for row in json.loads(block)]


async def test_no_value_ends_its_block_or_begins_another() -> None:
    page = await page_of(item(HOSTILE, {"name": HOSTILE}, {"name": f"{HOSTILE}!"}, reason=HOSTILE))
    assert rows_in(page) == [[2, "u", HOSTILE, "planned", HOSTILE, [["name", "changed", HOSTILE, f"{HOSTILE}!"]]]]
    assert len(re.findall("<script", page)) == 2
    assert "<!--" not in page
    assert "alert(1)</script" not in page


async def test_half_characters_and_names_of_any_bytes_are_no_harm() -> None:
    name = "film\udc80 \ud83d"
    page = await page_of(item(name, {}, {"name": name}), summary=replace(SUMMARY, job=replace(JOB, source=name)))
    assert rows_in(page)[0][2] == name
    assert "Plan of film\\udc80" in page


async def test_nothing_of_the_summary_is_markup() -> None:
    job = replace(JOB, origin=f"https://x{HOSTILE}", user=HOSTILE, source=HOSTILE)
    changes = (Change("name", 1, HOSTILE, f"{HOSTILE}x", HOSTILE),)
    page = await page_of(
        summary=Summary(
            job, {}, changes=changes, cost=HOSTILE, for_ever={HOSTILE: 1}, plan_file=PlanSum(HOSTILE, "00")
        )
    )
    assert len(re.findall("<script", page)) == 2
    assert "alert(1)" in html.unescape(page)
    assert not re.search("[\u202e\u2028\x00]", page)


async def test_only_our_script_and_style_may_do_anything() -> None:
    page = await page_of()
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    for kind, tag in (("script", "<script>"), ("style", "<style>")):
        (text,) = re.findall(f"{tag}(.*?)</{kind}>", page, flags=re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; ")
    assert not re.search(r"(src|href)=", page.replace('href="#rows-title"', "").split("<script>")[0])


async def test_the_summary_is_there_without_the_script() -> None:
    counts = {"planned": 1234, "unchanged": 5, "failed": 2, "conflict": 1}
    summary = replace(SUMMARY, counts=counts, for_ever={"licence": 2}, replaced=(12, 3))
    text = html.unescape(re.sub("<[^>]*>", "", await page_of(summary=summary)))
    for told in (
        "2 cannot be done", "1 changed by somebody else", "1,234 will change", "5 as they should be",
        "A rollback cannot bring back: licence of 2 videos.", "12 values would be replaced; not empty now: 3.",
        "2001-09-09 01:46 UTC", "needs JavaScript",
    ):  # fmt: skip
        assert told in text


async def test_passwords_are_never_in_it() -> None:
    page = await page_of(item("Film", {"videoPasswords": None}, {"videoPasswords": "seal-1"}))
    assert rows_in(page)[0][5] == [["videoPasswords", "added", None, True]]
    assert "seal-1" not in page


async def test_rows_are_written_as_they_come() -> None:
    given = 0
    seen: list[int] = []

    async def items() -> AsyncIterator[Item]:
        nonlocal given
        for given in range(1, 2001):  # noqa: B007 - read by the file
            yield item("Film", {}, {"name": "Film"})

    class File(io.BytesIO):
        def write(self, text: Any, /) -> int:
            seen.append(given)
            return super().write(text)

    file = File()
    assert await write(file, SUMMARY, items(), Diff(Vocabulary())) == 2000
    assert max(after - before for before, after in pairwise(seen)) <= 500
    assert len(rows_in(file.getvalue().decode())) == 2000


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (None, "a", "added"),
        ("a", None, "emptied"),
        ("a b", "a\r\nb ", "spacing"),
        ("a", "b", "changed"),
        (True, True, "changed"),
        (None, True, "added"),
    ],
)
def test_kinds_of_changes(old: Text, new: Text, kind: str) -> None:
    assert kind_of(old, new) == kind


def test_a_conflict_has_all_that_is_known() -> None:
    found = item("Film", None, {"name": "mine"}, note={
        "conflicts": {"name": {"base": "was", "mine": "mine", "server": "is"}, "tags": {"mine": ["a"], "server": []}}
    })  # fmt: skip
    row = row_of(replace(found, state="conflict", reason="all of that in words"), Diff(Vocabulary()))
    assert row[3:] == [
        "conflict", "", [["name", "conflict", "is", "mine", "was"], ["tags", "conflict", None, "a"]]
    ]  # fmt: skip


def test_fields_of_other_things_than_videos_are_told_by_their_values() -> None:
    playlist = item("Films", {"videos": [], "position": None}, {"videos": ["a", "b"], "position": None})
    assert row_of(playlist, Diff(Vocabulary()))[5] == [["videos", "added", None, "a, b"]]


async def test_the_page_calls_things_by_their_names() -> None:
    page = await page_of(summary=replace(SUMMARY, noun="playlist", for_ever={"videos": 2}))
    assert "Playlist by playlist" in page
    assert "videos of 2 playlists" in page


def test_what_failed_has_a_reason_and_no_changes() -> None:
    failed = replace(item("", {"name": "x"}, {"name": "y"}), state="failed", reason="no such video")
    assert row_of(failed, Diff(Vocabulary())) == [2, "u", "a", "failed", "no such video", []]


async def test_a_plan_and_its_page_have_the_same_counts(tmp_path: Path) -> None:
    async with (
        Emulator(videos=4, rate_limit=None, login_limit=None) as server,
        PeerTube(server.url, username="root", password="test-root") as pt,
    ):
        uuids = [video.uuid for video in server.store.videos.values()]
        names = [video.name for video in server.store.videos.values()]
        lines = [f"{uuids[0]},{names[0]}", f"{uuids[1]},New name", "9c9de5e8-0a1e-484a-b099-e80766180a6d,Film"]
        table = tmp_path / "films.csv"
        table.write_text("uuid,name\n" + "\n".join(lines) + "\n")
        with await migrate.plan(pt, str(table)) as plan:
            await plan.write(tmp_path / "plan.jsonl")
            assert await plan.write_html(tmp_path / "plan.html", plan_file=tmp_path / "plan.jsonl") == 2
            assert plan.counts == {"planned": 1, "unchanged": 1, "failed": 1}
            with pytest.raises(errors.InputError, match="already there"):
                await plan.write_html(tmp_path / "plan.html")
            with pytest.raises(errors.InputError, match="read from"):
                await plan.write_html(tmp_path / "plan.jsonl", plan_file=tmp_path / "plan.jsonl", overwrite=True)
            with pytest.raises(errors.FileUnreadable):
                await plan.write_html(tmp_path / "other.html", plan_file=tmp_path / "none.jsonl")
        assert not (tmp_path / "other.html").exists()
    page = (tmp_path / "plan.html").read_text()
    assert [row[3] for row in rows_in(page)] == ["failed", "planned"]
    assert rows_in(page)[1][5] == [["name", "changed", names[1], "New name"]]
    assert hashlib.sha256((tmp_path / "plan.jsonl").read_bytes()).hexdigest() in page


async def test_pictures_are_in_the_page_itself(tmp_path: Path) -> None:
    pictures = Pictures(tmp_path / "plan.journal")
    assert not pictures
    pictures.folder.mkdir()
    kinds = {"a": b"\xff\xd8\xff\xe0j", "../b": b"\x89PNG\r\n\x1a\np", "c": b"<svg onload=alert(1)>"}
    for uuid, data in kinds.items():
        pictures.file(uuid).write_bytes(data)
    assert {file.parent for file in pictures.folder.iterdir()} == {pictures.folder}

    async def given() -> AsyncIterator[Item]:
        for uuid in (*kinds, "d"):
            yield replace(item("Film", {"name": "A"}, {"name": "B"}), uuid=uuid)

    file = io.BytesIO()
    await write(file, SUMMARY, given(), Diff(Vocabulary()), pictures)
    page = file.getvalue().decode()
    shown = [row[6:] for row in rows_in(page)]
    assert shown == [["data:image/jpeg;base64,/9j/4Go="], ["data:image/png;base64,iVBORw0KGgpw"], [], []]
    assert "; img-src data:; " in page
    assert "img-src" not in await page_of(item("Film", {"name": "A"}, {"name": "B"}))


def test_pictures_of_other_servers_are_not_asked_for() -> None:
    assert picture_of({"thumbnailPath": "/lazy-static/a.jpg"}) == {"picture": "/lazy-static/a.jpg"}
    for path in ("//elsewhere/a.jpg", "https://elsewhere/a.jpg", None, 3, ""):
        assert picture_of({"thumbnailPath": path}) == {}
