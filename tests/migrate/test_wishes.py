"""Wishes for new videos, options of jobs, and lists: what is asked for, told apart and refused."""

from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from aiopeertube import PeerTube
from aiopeertube.errors import ConfigurationError
from aiopeertube.migrate import Item, Job, JobOptions, Journal, JournalError
from aiopeertube.migrate.scope import Details, Scope, Who, check_details, has_total, listing, owner_of
from aiopeertube.migrate.steps.made_before import identity, origin
from aiopeertube.testing import MockTransport, reply
from aiopeertube.wire.messages import Request, Response

pytestmark = pytest.mark.anyio


def wish(**wanted: Any) -> Item:
    content = {"fields": {"name": "Film"}, "file": "/here/f.mp4", "size": 3, "images": {"previewfile": "/here/a.png"}}
    return Item("key:k", content | wanted, note={"key": "k"})


def test_a_wish_is_known_again_wherever_its_files_are() -> None:
    one = wish()
    assert identity(one) == identity(wish(file="/there/f.mp4", images={"previewfile": "/there/a.png"}))
    others = [
        wish(file="/here/g.mp4"),
        wish(size=4),
        wish(fields={"name": "Other"}),
        wish(images={"previewfile": "/here/b.png"}),
        wish(images={"thumbnailfile": "/here/a.png"}),
        replace(one, note={"key": "l"}),
        replace(one, note={}),
    ]
    assert len({identity(one), *map(identity, others)}) == len(others) + 1
    address = Item("x", {"fields": {}, "targetUrl": "https://x/f.mp4"})
    assert identity(address) != identity(Item("x", {"fields": {}, "targetUrl": "https://x/g.mp4"}))
    assert one.wanted == wish().wanted, "nothing of it is changed"


def test_what_a_video_is_made_of_is_known_whatever_else_is_corrected() -> None:
    corrected = replace(wish(fields={"name": "Other"}, images={}), note={"key": "l"})
    assert origin(wish()) == origin(corrected) != origin(wish(size=4))
    assert origin(wish()) != origin(wish(file="/here/g.mp4"))


@pytest.mark.parametrize(
    ("options", "option", "why"),
    [
        ({"details": "all"}, "details", "details: 'all' is none of auto, api, activitypub"),
        (
            {"dry_run": True, "resume": True},
            "dry_run",
            "dry_run: it keeps no journal, so none can be resumed, or have a",
        ),
        ({"dry_run": True, "resume_failed": True}, "dry_run", "dry_run: "),
        ({"dry_run": True, "journal": "j"}, "dry_run", "dry_run: "),
        ({"max_changes": -1}, "max_changes", "max_changes: -1 is no number of 0 or more"),
        ({"max_duration": float("nan")}, "max_duration", "max_duration: nan is no number of 0 or more"),
        ({"max_changes": True}, "max_changes", "max_changes: True is no number of 0 or more"),
        ({"first": 0}, "first", "first: 0 is no number of 1 or more"),
        ({"first": 1.5}, "first", "first: 1.5 is no number of 1 or more"),
        ({"first": "3"}, "first", "first: '3' is no number of 1 or more"),
    ],
)
def test_options_that_make_no_sense(options: dict[str, Any], option: str, why: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        JobOptions(**options).checked()
    assert str(caught.value).startswith(why)
    assert caught.value.option == option


def test_options_that_do() -> None:
    good = JobOptions(dry_run=True, max_changes=0, max_duration=0.5, first=1, details="api")
    assert good.checked() == good
    assert good.checked("2%").halt == "2%"
    assert JobOptions(halt=3).checked().halt == 3
    resuming = (JobOptions(), JobOptions(resume=True), JobOptions(resume_failed=True))
    assert [options.resumes for options in resuming] == [False, True, True]
    for details in get_args(Details):
        check_details(details)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"kind": "delete"}, "of another kind of job: update, not delete"),
        ({"origin": "https://y"}, "of another instance: https://x, not https://y"),
        ({"user": "bert"}, "of another user: anna, not bert"),
    ],
)
def test_a_journal_is_of_one_kind_instance_and_user(journal_path: Path, changed: dict[str, str], why: str) -> None:
    theirs = {"kind": "update", "origin": "https://x", "user": "anna"}
    with Journal.create(journal_path, Job("update", "https://x", "anna", "t.csv")) as journal:
        journal.check(**theirs)
        with pytest.raises(JournalError) as caught:
            journal.check(**theirs | changed)
    assert str(caught.value) == f"the journal {journal_path} is {why}"


ANNA = Who("anna", "anna", staff=False, modern=False)
ROOT = Who("root", "root", staff=True, modern=False)
STAFF_SEES = "include=7&privacyOneOf=1,2,3,4,5&isLocal=true"


@pytest.mark.parametrize(
    ("who", "scope", "target"),
    [
        (ANNA, Scope(), "/users/me/videos?sort=createdAt"),
        (ANNA, Scope(channel="c"), "/users/me/videos?sort=createdAt"),
        (None, Scope(), "/videos?sort=createdAt&nsfw=both&isLocal=true"),
        (None, Scope(channel="c"), "/video-channels/c/videos?sort=createdAt&nsfw=both"),
        (None, Scope(account="a"), "/accounts/a/videos?sort=createdAt&nsfw=both"),
        (ROOT, Scope(), f"/videos?sort=createdAt&nsfw=both&{STAFF_SEES}"),
        (ROOT, Scope(channel="c", account="a"), f"/video-channels/c/videos?sort=createdAt&nsfw=both&{STAFF_SEES}"),
        (ROOT, Scope(account="a"), f"/accounts/a/videos?sort=createdAt&nsfw=both&{STAFF_SEES}"),
        (replace(ROOT, modern=True), Scope(), f"/videos?sort=createdAt&nsfw=both&{STAFF_SEES.replace('7', '135')}"),
    ],
)
async def test_who_lists_what(who: Who | None, scope: Scope, target: str) -> None:
    asked: list[str] = []

    def answer(request: Request) -> Response:
        asked.append(request.target.removeprefix("/api/v1").replace("%2C", ","))
        return reply(200, {"total": 0, "data": []})

    async with PeerTube("https://here", transport=MockTransport(answer)) as pt:
        assert await listing(pt, who, scope).collect() == []
    (found,) = asked
    path, _, query = found.partition("?")
    wanted_path, _, wanted = target.partition("?")
    parts = {
        part for part in query.replace("&privacyOneOf=", ",").split("&") if not part.startswith(("start=", "count="))
    }
    assert path == wanted_path
    assert parts == set(wanted.replace("&privacyOneOf=", ",").split("&"))


def test_whose_total_is_that_of_a_scope() -> None:
    named = Scope(channel="c")
    assert [has_total(who, scope) for who in (None, ROOT, ANNA) for scope in (Scope(), named)] == [
        True, True, True, True, True, False,
    ]  # fmt: skip
    assert (Scope(account="a").everything, Scope(mine=True).everything) == (False, True)


@pytest.mark.parametrize(
    ("row", "has"),
    [
        ({"channel": {"name": "c"}, "account": {"name": "a"}}, True),
        ({"channel": {"name": "d"}, "account": {"name": "a"}}, False),
        ({"channel": {"name": "c"}, "account": {"name": "b"}}, False),
        ({}, True),
        ({"channel": None, "account": {}}, True),
    ],
)
def test_what_a_scope_has(row: dict[str, Any], has: bool) -> None:
    assert Scope("c", "a").has(row) is has
    assert Scope("c@here", "a@here").has(row) is has
    assert Scope().has(row)


def test_who_may_edit_what() -> None:
    mine, theirs = {"account": {"name": "anna"}}, {"account": {"name": "bert"}}
    assert [who.may_edit(video) for who in (ANNA, ROOT) for video in (mine, theirs)] == [True, False, True, True]
    assert not any(who.may_edit(mine | {"isLocal": False}) for who in (ANNA, ROOT))
    assert [owner_of(video) for video in (mine, {}, {"account": None}, {"account": {"name": None}})] == [
        "anna",
        "",
        "",
        "",
    ]
    assert (ROOT.within(Scope(mine=True)).staff, ROOT.within(Scope()).staff) == (False, True)
    assert ANNA.told({"id": 1}) == {"id": 1, "scheduledUpdate": None}
    assert ANNA.told({"scheduledUpdate": 3}) == {"scheduledUpdate": 3}
    assert ROOT.told({"id": 1}) == {"id": 1}
    assert replace(ROOT, modern=True).told({"id": 1}) == {"id": 1, "scheduledUpdate": None}
