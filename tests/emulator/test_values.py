"""What 6.3.0 and 8.2.1 were seen to do with values: each line here was tried on both."""

from typing import Any

import pytest

from aiopeertube.emulator import Emulator
from aiopeertube.emulator.wire.scalars import length, trimmed, units

from .conftest import Visitor, form

pytestmark = pytest.mark.anyio
VIDEO = "/videos/1"
FACE, SELECTOR = "\U0001f600", "\ufe0f"
PNG = ("a.png", b"\x89PNG\r\n\x1a\n", "image/png")
FLAGS = ("nsfw", "nsfwFlags", "nsfwSummary")


@pytest.fixture(params=["6.3", "8.2"])
def options(request: pytest.FixtureRequest) -> dict[str, Any]:
    return {"videos": 3, "rate_limit": None, "server_version": request.param}


@pytest.fixture
def modern(server: Emulator) -> bool:
    return server.options.is_modern


async def put(owner: Visitor, **sent: Any) -> tuple[int, str]:
    status, _, body = await owner.put(VIDEO, sent)
    return status, body["detail"] if status >= 300 else ""


async def now(owner: Visitor, *names: str) -> list[Any]:
    video = (await owner.get(VIDEO))[2]
    return [video.get(name, "absent") for name in names]


def test_blanks_are_javascripts() -> None:
    assert trimmed("\ufeff\u00a0\u2003\u2028\u3000 x \t\ufeff") == "x"
    for kept in ("\x85x\x85", "\x1cx\x1f", "\u180ex\u180e", "\u200bx\u200b"):
        assert trimmed(kept) == kept


def test_lengths_are_the_validators() -> None:
    assert [length(FACE * 120, modern=new) for new in (False, True)] == [120, 120]
    assert [length("a" + SELECTOR * 3 + "b", modern=new) for new in (False, True)] == [2, 4]
    assert [length(("x" + SELECTOR) * 120, modern=new) for new in (False, True)] == [120, 120]
    assert units(FACE) == 2


async def test_names_and_texts(owner: Visitor, modern: bool) -> None:
    assert await put(owner, name=FACE * 120) == (204, "")
    assert (await put(owner, name=FACE * 121))[0] == 400
    assert await put(owner, name="null", description="null") == (204, "")
    assert await now(owner, "name", "description") == ["null", None]
    assert await put(owner, description="a\0b", tags=["a\0b", "null"]) == (204, "")
    (description, tags) = await now(owner, "description", "tags")
    assert (description, sorted(tags)) == ("a\\0b", ["a\\0b", "null"])
    wanted = (500, "unsupported Unicode escape sequence") if modern else (204, "")
    assert await put(owner, name="a\0bc") == wanted
    assert (await put(owner, tags=["ab" + SELECTOR * 30]))[0] == (400 if modern else 204)


async def test_passwords(owner: Visitor, visitor: Visitor, admin: Visitor, modern: bool) -> None:
    missing = (400, "Video passwords are missing.")
    assert await put(owner, privacy=5) == missing
    assert await put(owner, privacy=5, videoPasswords=[]) == (400, "At least one video password is required.")
    assert await put(owner, privacy=5, videoPasswords=["one", "two\0"]) == (204, "")
    assert await put(owner, name="Alone") == missing
    assert await put(owner, name="With any", videoPasswords=["other"]) == (204, "")
    assert await listed(owner) == await listed(admin) == ["two\\0", "one"], "without privacy they only let it pass"
    assert await put(owner, privacy=5, videoPasswords=["three"]) == (204, "")
    assert await listed(owner) == ["three"]
    status, _, _ = await owner.put(f"{VIDEO}/passwords", {"passwords": ["n1", "n2"]})
    assert (status, await listed(owner)) == (204, ["n2", "n1"])
    assert (await visitor.get(f"{VIDEO}/passwords"))[0] == 401
    assert [(await put(owner, privacy=5, videoPasswords=[each]))[0] for each in (FACE, "x" * 99, "x" * 100)] == (
        [400, 204, 204] if modern else [204, 204, 400]
    )
    assert await put(owner, privacy=1) == (204, "")
    assert (await owner.get(f"{VIDEO}/passwords"))[2]["detail"] == "Video is not password protected"
    assert (await owner.get("/videos/99/passwords"))[0] == 404


async def listed(visitor: Visitor) -> list[str]:
    status, _, page = await visitor.get(f"{VIDEO}/passwords")
    assert (status, page["total"]) == (200, len(page["data"]))
    return [row["password"] for row in page["data"]]


async def test_flags(owner: Visitor, modern: bool) -> None:
    assert await put(owner, nsfw=True, nsfwFlags=3, nsfwSummary="Because") == (204, "")
    if not modern:
        assert await now(owner, *FLAGS) == [True, "absent", "absent"], "6.3 ignores what it does not know"
        return
    assert await now(owner, *FLAGS) == [True, 3, "Because"]
    assert await put(owner, nsfwFlags=4) == (400, "Cannot set nsfwFlags if the video is not NSFW")
    assert await put(owner, nsfwSummary="Other") == (400, "Cannot set nsfwSummary if the video is not NSFW")
    assert await put(owner, nsfwFlags=0, nsfwSummary=None) == (204, "")
    assert await put(owner, nsfwFlags=None) == (500, "notNull Violation: VideoModel.nsfwFlags cannot be null")
    assert (await put(owner, nsfw=True, nsfwSummary="ab"))[0] == 400
    assert await put(owner, nsfw=True, nsfwFlags="2", nsfwSummary=FACE * 250) == (204, "")
    assert await put(owner, nsfw=False) == (204, "")
    assert await now(owner, *FLAGS) == [False, 0, None]


async def test_schedules(owner: Visitor, admin: Visitor, modern: bool) -> None:
    assert await put(owner, scheduleUpdate={"updateAt": "2031-01-01"}) == (204, "")
    assert await now(owner, "scheduledUpdate") == [{"updateAt": "2031-01-01T00:00:00.000Z"}]
    at_is_missing = (
        '"scheduleUpdate.updateAt" parameter is mandatory' if modern else "Schedule update at is mandatory."
    )
    assert await put(owner, scheduleUpdate={"privacy": 2}) == (400, at_is_missing)
    assert (await put(owner, scheduleUpdate={"updateAt": "2031-01-01", "privacy": 5}))[0] == 400
    assert await put(owner, privacy=4) == (204, "")
    assert "absent" not in await now(owner, "scheduledUpdate"), "other edits leave it"
    own = (await owner.get("/users/me/videos?sort=createdAt"))[2]["data"][0]
    of_all = (await admin.get("/videos?sort=createdAt&include=1&privacyOneOf=4"))[2]["data"][0]
    assert ("scheduledUpdate" in own, "scheduledUpdate" in of_all) == (True, modern)
    assert await put(owner, scheduleUpdate=None) == (204, "")
    assert await now(owner, "scheduledUpdate") == ["absent"]


async def test_a_schedule_dates_the_publication_from_8_on(owner: Visitor, modern: bool) -> None:
    first = await now(owner, "publishedAt")
    later = ["2031-01-01T00:00:00.000Z"]
    assert await put(owner, scheduleUpdate=None) == (204, "")
    assert await now(owner, "publishedAt") == first, "there was none to take away"
    assert await put(owner, scheduleUpdate={"updateAt": "2031-01-01"}) == (204, "")
    assert await now(owner, "publishedAt") == (later if modern else first)
    assert await put(owner, scheduleUpdate=None) == (204, "")
    assert (await now(owner, "publishedAt") in (first, later)) is not modern, "that is now"


async def test_dates_at_both_ends_of_the_calendar(owner: Visitor) -> None:
    assert await put(owner, originallyPublishedAt="9999-12-31T23:59:59.123-08:00") == (204, "")
    assert await now(owner, "originallyPublishedAt") == ["+010000-01-01T07:59:59.123Z"]
    assert (await put(owner, originallyPublishedAt="+010000-01-01T07:59:59.123Z"))[0] == 400
    for before_the_first in ("0000-05-01", "0001-01-01T00:00:00+05:00"):
        assert (await put(owner, originallyPublishedAt=before_the_first))[0] == 500
        assert (await put(owner, scheduleUpdate={"updateAt": before_the_first}))[0] == 500
    assert await put(owner, originallyPublishedAt="0001-01-01", scheduleUpdate={"updateAt": "2020-02-30"}) == (
        204,
        "",
    )
    due = ["0001-01-01T00:00:00.000Z", {"updateAt": "2020-03-01T00:00:00.000Z"}]
    assert await now(owner, "originallyPublishedAt", "scheduledUpdate") == due


async def test_one_picture(owner: Visitor, modern: bool) -> None:
    before = await now(owner, "thumbnailPath", "previewPath")
    await owner.call("PUT", VIDEO, data=form(thumbnailfile=PNG))
    after = await now(owner, "thumbnailPath", "previewPath")
    assert [old == new for old, new in zip(before, after, strict=True)] == [False, not modern]


@pytest.mark.parametrize(("language", "old", "new"), [("nl", 204, 204), ("zxx", 204, 400), ("NL", 400, 400)])
async def test_languages_of_captions(owner: Visitor, modern: bool, language: str, old: int, new: int) -> None:
    captions = ("c.vtt", b"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nHi\n", "text/vtt")
    status, _, _ = await owner.call("PUT", f"{VIDEO}/captions/{language}", data=form(captionfile=captions))
    assert status == (new if modern else old)


async def test_lists_of_constants(visitor: Visitor, modern: bool) -> None:
    licences, languages = [(await visitor.get(f"/videos/{name}"))[2] for name in ("licences", "languages")]
    assert (len(licences), len(languages)) == ((9, 207) if modern else (7, 204))
