"""Fields in their world: what the server asks for with them, drops, and makes of their values, in which versions."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from aiopeertube import PeerTube, errors, migrate
from aiopeertube.emulator import Emulator
from aiopeertube.emulator.model import constants, languages
from aiopeertube.emulator.model.entities import Schedule
from aiopeertube.migrate.metadata import changes, fields
from aiopeertube.migrate.metadata.english import LABELS
from aiopeertube.migrate.metadata.fields import Doubtful, Reading
from aiopeertube.migrate.metadata.values import js_trimmed, shortest_length
from aiopeertube.migrate.metadata.vocabulary import Unlisted, Vocabulary

pytestmark = pytest.mark.anyio
FACE, SELECTOR = "\U0001f600", "\ufe0f"
AT, THEN = "scheduleUpdate.updateAt", "scheduleUpdate.privacy"
CAPTIONS = "1\n00:00:01,000 --> 00:00:02,000\nHallo\n"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr("aiopeertube.stack.retry._LONGEST", 0.001)
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return tmp_path


@pytest.fixture(params=["6.3", "8.2"])
async def server(request: pytest.FixtureRequest) -> AsyncIterator[Emulator]:
    version = getattr(request, "param", "8.2")
    async with Emulator(videos=6, rate_limit=None, login_limit=None, server_version=version) as started:
        yield started


@pytest.fixture
async def pt(server: Emulator) -> AsyncIterator[PeerTube]:
    async with PeerTube(server.url, username="nisv", password="secret123") as client:
        yield client


new = pytest.mark.parametrize("server", ["8.2"], indirect=True)
old = pytest.mark.parametrize("server", ["6.3"], indirect=True)


def write(name: str, text: str) -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


async def reasons(pt: PeerTube, text: str, name: str = "t.csv") -> list[str]:
    """Return why rows cannot be done, without anything sent."""
    write(name, text)
    with await migrate.plan(pt, name) as plan:
        return [problem.reason.partition(": ")[2] for problem in plan.problems]


def puts(server: Emulator) -> int:
    return sum(server.statistics().edits.values())


# -- nsfw and what goes with it --------------------------------------------------------------------


@new
async def test_flags_are_sent_with_nsfw_and_come_back_after_it(pt: PeerTube, server: Emulator) -> None:
    video = server.store.videos[1]
    write("t.csv", "id,nsfw,nsfwFlags,nsfwSummary\n1,true,3,Because\n")
    await migrate.apply(pt, "t.csv")
    assert (video.nsfw, video.nsfw_flags, video.nsfw_summary) == (True, 3, "Because")
    write("t.csv", "id,nsfwFlags\n1,1\n")
    assert (await migrate.apply(pt, "t.csv")).counts == {"changed": 1}, "it is sensitive already, and says so again"
    write("t.csv", "id,nsfw\n1,false\n")
    run = await migrate.apply(pt, "t.csv")
    assert (video.nsfw, video.nsfw_flags, video.nsfw_summary) == (False, 0, None)
    assert (await migrate.verify(pt, run.journal)).differ == 0
    assert (await migrate.rollback(pt, run.journal)).counts == {"changed": 1}
    assert (video.nsfw, video.nsfw_flags, video.nsfw_summary) == (True, 1, "Because")


@new
async def test_flags_need_nsfw(pt: PeerTube, server: Emulator) -> None:
    (why,) = await reasons(pt, "id,nsfwFlags\n1,1\n")
    assert "only videos whose nsfw is true" in why
    with pytest.raises(migrate.BadSource, match="nsfw false drops nsfwFlags"):
        await reasons(pt, "id,nsfw,nsfwFlags\n1,no,1\n")
    with pytest.raises(migrate.BadSource, match="must be from 0"):
        await reasons(pt, "id,nsfw,nsfwFlags\n1,yes,4294967296\n")


# -- versions --------------------------------------------------------------------------------------


@old
async def test_a_field_that_came_later_is_refused_once_for_its_column(pt: PeerTube, server: Emulator) -> None:
    with pytest.raises(migrate.BadSource) as caught:
        await reasons(pt, "id,nsfwFlags,name\n1,0,Film\n2,3,Other film\n")
    assert [str(problem) for problem in caught.value.problems] == [
        "t.csv, line 2, column nsfwFlags: this server (6.3.0) has no nsfwFlags, which came with 7.2"
    ]
    assert await reasons(pt, "id,nsfwFlags,name\n1,,Film\n") == []
    with pytest.raises(errors.InputError, match="has no nsfwSummary"):
        await migrate.set_(pt, migrate.Rules(edits=("nsfwSummary=Because",)))
    assert puts(server) == 0


async def test_a_default_export_has_the_columns_that_the_server_knows(pt: PeerTube, server: Emulator) -> None:
    await migrate.export(pt, "x.csv", scope=migrate.Scope(mine=True))
    header = Path("x.csv").read_text().partition("\n")[0]
    assert ("nsfwFlags" in header) == server.options.is_modern
    with await migrate.plan(pt, "x.csv") as plan:
        assert plan.counts == {"unchanged": 6}


# -- schedules -------------------------------------------------------------------------------------


async def test_schedules_come_and_go_as_one(pt: PeerTube, server: Emulator) -> None:
    video = server.store.videos[1]
    write("t.csv", f"id,{AT},{THEN}\n1,2031-05-01T10:00:00+02:00,Public\n")
    first = await migrate.apply(pt, "t.csv")
    assert video.schedule == Schedule(1935388800.0, 1)
    write("t.csv", f"id,{THEN}\n1,Unlisted\n")
    await migrate.apply(pt, "t.csv")
    assert video.schedule == Schedule(1935388800.0, 2), "its time is sent with it"
    await migrate.export(pt, "x.csv", scope=migrate.Scope(mine=True), fields=["id", AT, THEN])
    assert "1,2031-05-01T08:00:00.000Z,2" in Path("x.csv").read_text()
    with await migrate.plan(pt, "x.csv") as plan:
        assert plan.counts == {"unchanged": 6}
    run = await migrate.set_(pt, migrate.Rules(edits=(f"{AT}=",)))
    assert (run.counts, server.store.videos[1].schedule) == ({"changed": 1}, None)
    assert (await migrate.rollback(pt, run.journal)).counts == {"changed": 1}
    assert video.schedule == Schedule(1935388800.0, 2)
    assert (await migrate.verify(pt, first.journal)).differ == 1


async def test_null_clears_a_schedule_and_none_is_needed_for_it(pt: PeerTube, server: Emulator) -> None:
    server.store.videos[1].schedule = Schedule(1935388800.0, None)
    write("t.jsonl", f'{{"id": 1, "{AT}": null}}\n{{"id": 2, "{AT}": null, "{THEN}": null}}\n')
    assert (await migrate.apply(pt, "t.jsonl")).counts == {"changed": 1, "unchanged": 1}
    assert server.store.videos[1].schedule is None


async def test_what_no_schedule_can_be(pt: PeerTube) -> None:
    (why,) = await reasons(pt, f"id,{THEN}\n1,1\n")
    assert "a schedule needs scheduleUpdate.updateAt" in why
    with pytest.raises(migrate.BadSource, match="cannot bring privacy 3"):
        await reasons(pt, f"id,{AT},{THEN}\n1,2031,Private\n")
    with pytest.raises(migrate.BadSource, match="a schedule needs"):
        await reasons(pt, f"id,{AT},{THEN}\n1,<clear>,Public\n")


# -- pictures --------------------------------------------------------------------------------------


async def test_two_pictures_for_one_place(pt: PeerTube, server: Emulator) -> None:
    for name, last in (("a.png", b"a"), ("b.png", b"b")):
        Path(name).write_bytes(b"\x89PNG\r\n\x1a\n" + last)
    write("t.csv", "id,thumbnailfile,previewfile\n1,a.png,b.png\n")
    if server.options.is_modern:
        with pytest.raises(migrate.BadSource, match="one picture"):
            await migrate.thumbnails(pt, "t.csv")
    else:
        assert (await migrate.thumbnails(pt, "t.csv")).counts == {"changed": 1}
    write("t.csv", "id,file\n1,a.png\n")
    assert (await migrate.thumbnails(pt, "t.csv")).counts == {"changed": 1}


# -- values that the server has, and does not list -------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [("language", "nl-NL"), ("category", 4711), ("licence", 99)],
    ids=["language", "category", "licence"],
)
async def test_a_value_of_another_client_is_no_change(pt: PeerTube, server: Emulator, name: str, value: Any) -> None:
    setattr(server.store.videos[1], name, value)
    for table in ("x.csv", "x.jsonl"):
        await migrate.export(pt, table, scope=migrate.Scope(mine=True))
        with await migrate.plan(pt, table) as plan:
            assert plan.counts == {"unchanged": 6}
    assert "Unknown" not in Path("x.csv").read_text()
    write("t.csv", f"id,{name},{name}.label,support\n1,{value},Unknown,Help us\n")
    assert (await migrate.apply(pt, "t.csv")).counts == {"changed": 1}, "tables of older versions have the label"
    assert (getattr(server.store.videos[1], name), server.store.videos[1].support) == (value, "Help us")


async def test_the_same_value_is_refused_where_it_would_be_new(pt: PeerTube, server: Emulator) -> None:
    server.store.videos[1].language = "nl-NL"
    write("t.csv", "id,language,name\n1,nl-NL,Film\n2,nl-NL,Other\n")
    with pytest.raises(migrate.BadSource) as caught:
        await migrate.apply(pt, "t.csv")
    assert [(p.line, p.column, p.reason.partition(";")[0]) for p in caught.value.problems] == [
        (3, "language", "the instance has no language 'nl-NL'")
    ]
    with pytest.raises(errors.InputError, match="no language 'nl-NL'"):
        await migrate.set_(pt, migrate.Rules(edits=("language=nl-NL",)))
    with pytest.raises(migrate.BadSource, match="no language 'Unknown'"):
        await reasons(pt, "id,language,language.label\n1,nl,Unknown\n")
    assert puts(server) == 0


async def test_older_rules_of_the_server_are_no_complaint_about_what_is_there(pt: PeerTube, server: Emulator) -> None:
    video = server.store.videos[1]
    video.name, video.description, video.tags = "N" * 130, "ab", ("x", "y" * 40)
    await migrate.export(pt, "x.csv", scope=migrate.Scope(mine=True))
    with await migrate.plan(pt, "x.csv") as plan:
        assert plan.counts == {"unchanged": 6}
    with pytest.raises(migrate.BadSource, match="3 to 120 characters"):
        await reasons(pt, f"id,name\n1,{'N' * 131}\n")


async def test_a_date_beyond_four_digits_goes_there_and_back(pt: PeerTube, server: Emulator) -> None:
    far = "+010000-01-01T07:59:59.123Z"
    sent = "9999-12-31T23:59:59.123-08:00"
    await pt.videos.update(1, originallyPublishedAt=sent, scheduleUpdate={"updateAt": sent, "privacy": 1})
    columns = ("id", "originallyPublishedAt", AT, THEN)
    await migrate.export(pt, "x.csv", scope=migrate.Scope(mine=True), fields=columns)
    assert Path("x.csv").read_text().count(far) == 2
    with await migrate.plan(pt, "x.csv") as plan:
        assert plan.counts == {"unchanged": 6}
    write("t.csv", "id,originallyPublishedAt,scheduleUpdate.updateAt\n1,1939,<clear>\n")
    run = await migrate.apply(pt, "t.csv")
    assert run.counts == {"changed": 1}
    assert (await migrate.rollback(pt, run.journal)).counts == {"changed": 1}
    video = await pt.videos.get(1)
    schedule = video["scheduledUpdate"]
    assert schedule is not None
    assert (video["originallyPublishedAt"], schedule["updateAt"]) == (far, far)
    with pytest.raises(migrate.BadSource, match="no year of more than four digits"):
        await reasons(pt, "id,originallyPublishedAt\n2,+010000-01-02T00:00:00.000Z\n")


@pytest.mark.parametrize(
    ("number", "edit"),
    [
        (1, "privacy\n{id},3"),
        (1, "privacy\n{id},2"),
        (2, "privacy\n{id},1"),
        (1, f"{AT}\n{{id}},2031-01-01"),
        (3, f"{AT}\n{{id}},2031-01-01"),
        (3, f"{AT}\n{{id}},<clear>"),
        (3, f"privacy,{AT}\n{{id}},1,<clear>"),
    ],
)
async def test_a_date_of_publication_that_does_not_come_back_is_told_before(
    pt: PeerTube, server: Emulator, number: int, edit: str
) -> None:
    server.store.videos[2].privacy = server.store.videos[3].privacy = 3
    await pt.videos.update(3, scheduleUpdate={"updateAt": "2030-01-01T00:00:00Z", "privacy": 1})
    before = server.store.videos[number].published_at
    write("t.csv", "id," + edit.format(id=number) + "\n")
    with await migrate.plan(pt, "t.csv") as plan:
        told = plan.for_ever
    run = await migrate.apply(pt, "t.csv")
    assert (await migrate.rollback(pt, run.journal)).counts == {"changed": 1}
    moved = server.store.videos[number].published_at != before
    assert told == ({"publishedAt": 1} if moved else {})


async def test_a_language_that_is_listed_and_too_long_is_refused_before_anything_is_sent(
    pt: PeerTube, server: Emulator
) -> None:
    assert "ca-valencia" in await pt.videos.languages()
    with pytest.raises(migrate.BadSource, match="1 to 10 characters, has 11"):
        await reasons(pt, "id,language\n1,Valencian\n")
    with pytest.raises(errors.InputError, match="1 to 10 characters, has 11"):
        await migrate.set_(pt, migrate.Rules(edits=("language=ca-valencia",)))
    assert puts(server) == 0


# -- the server's magic ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("description", "null", "takes the text 'null' for none"),
        ("support", "null", "takes the text 'null' for none"),
        ("description", "a\0bc", "NUL"),
        ("tags", "aa;b\0b", "NUL"),
        ("name", "\ufeff a \ufeff", "3 to 120"),
        ("name", FACE * 121, "3 to 120"),
        ("description", "a" + SELECTOR * 9, "counts no variation selectors"),
        ("tags", "aa;" + FACE * 31, "2 to 30"),
        ("language", "nl-NL-x-abcde", "no language"),
    ],
)
async def test_magic_is_the_fields(pt: PeerTube, server: Emulator, kind: str, name: str, text: str, why: str) -> None:
    if kind == "csv":
        write("t.csv", f"id,{name}\n1,{text}\n")
    else:
        write("t.jsonl", f'{{"id": 1, "{name}": {json.dumps(text)}}}\n')
    with pytest.raises(migrate.BadSource, match=why):
        await migrate.apply(pt, f"t.{kind}")
    assert puts(server) == 0


async def test_what_the_server_keeps_is_what_was_planned(pt: PeerTube, server: Emulator) -> None:
    names = ["\ufeff\u3000Film\u00a0", "\x85Film\x85", "null", FACE * 120, "\u180eFilm"]
    rows = "".join(f'{{"id": {number}, "name": "{name}"}}\n' for number, name in enumerate(names, start=1))
    write("t.jsonl", rows)
    run = await migrate.apply(pt, "t.jsonl")
    assert run.counts == {"changed": 5}
    assert (await migrate.verify(pt, run.journal)).differ == 0
    assert [server.store.videos[number].name for number in range(1, 6)] == [js_trimmed(name) for name in names]


def test_a_plan_may_not_have_a_name_that_would_be_cut() -> None:
    assert "blanks" in fields.refusal("name", " Film ")
    assert fields.refusal("name", "\x85Film") == ""
    assert shortest_length("a\ufe0fb") == 2


# -- words -----------------------------------------------------------------------------------------


@pytest.fixture
def dutch() -> Vocabulary:
    words = Vocabulary(channels={"afp": 3, "7": 8}, titles={"afp films": {3}, "twins": {3, 8}}, host="films.example")
    words.labels |= {
        "language": {"nl": "Nederlands", "pt-PT": "Portugees (Portugal)", "zh-Hans": "Chinees"},
        "category": {"2": "Speelfilms", "15": "Wetenschap"},
    }
    return words


@pytest.mark.parametrize(
    ("name", "word", "key"),
    [
        ("language", "nl", "nl"), ("language", "NL", "nl"), ("language", "nederlands", "nl"),
        ("language", "Dutch", "nl"), ("language", "DUTCH", "nl"), ("language", "pt-pt", "pt-PT"),
        ("language", "pt_PT", "pt-PT"), ("language", "Portuguese (portugal)", "pt-PT"),
        ("language", "ZH-hans", "zh-Hans"), ("category", "speelfilms", 2), ("category", "Films", 2),
        ("category", "15", 15), ("category", "science & technology", 15), ("channel", "AFP", 3),
        ("channel", "afp@films.example", 3), ("channel", "AFP Films", 3), ("channel", "3", 3), ("channel", "7", 8),
    ],
)  # fmt: skip
def test_words_of_the_instance_and_in_english(dutch: Vocabulary, name: str, word: str, key: Any) -> None:
    assert dutch.key(name, word) == key


@pytest.mark.parametrize(
    ("name", "word", "error"),
    [
        ("language", "en", Unlisted), ("language", "English", ValueError), ("category", "1", Unlisted),
        ("category", "Music", ValueError), ("category", "0", ValueError), ("channel", "twins", ValueError),
        ("channel", "9", ValueError), ("channel", "afp@other.example", ValueError),
    ],
)  # fmt: skip
def test_words_that_the_instance_has_not(dutch: Vocabulary, name: str, word: str, error: type[ValueError]) -> None:
    with pytest.raises(ValueError, match=re.escape(word)) as caught:
        dutch.key(name, word)
    assert type(caught.value) is error


def test_english_names_are_those_of_both_servers() -> None:
    assert LABELS["language"] == languages.MODERN_LANGUAGES
    for name, known in (
        ("category", constants.CATEGORIES), ("licence", constants.MODERN_LICENCES), ("privacy", constants.PRIVACIES),
    ):  # fmt: skip
        assert LABELS[name] == {str(key): label for key, label in known.items()}


async def test_languages_of_captions_are_those_of_the_instance(pt: PeerTube, server: Emulator) -> None:
    write("c.srt", CAPTIONS)
    write("t.csv", "id,language,file\n1,xx,c.srt\n2,Dutch,c.srt\n3,pt-BR,c.srt\n4,PT-pt,c.srt\n")
    with pytest.raises(migrate.BadSource) as caught:
        await migrate.captions(pt, "t.csv")
    assert [(problem.line, problem.column) for problem in caught.value.problems] == [(2, "language"), (4, "language")]
    write("t.csv", "id,language,file\n2,Dutch,c.srt\n4,PT-pt,c.srt\n")
    assert (await migrate.captions(pt, "t.csv")).counts == {"changed": 2}
    assert [list(server.store.captions[number]) for number in (2, 4)] == [["nl"], ["pt-PT"]]
    write("t.csv", "id,language,file\n1,No linguistic content,c.srt\n")
    if server.options.is_modern:
        with pytest.raises(migrate.BadSource, match="takes no captions in No linguistic content"):
            await migrate.captions(pt, "t.csv")
    else:
        assert (await migrate.captions(pt, "t.csv")).counts == {"changed": 1}


# -- values alone ----------------------------------------------------------------------------------


def test_doubts_are_told_from_nonsense(reading: Reading) -> None:
    with pytest.raises(Doubtful) as caught:
        fields.parsed("category", "77", reading)
    assert caught.value.value == 77
    with pytest.raises(ValueError, match="no category 'Filmz'") as other:
        fields.parsed("category", "Filmz", reading)
    assert not isinstance(other.value, Doubtful)
    with pytest.raises(ValueError, match="half a character") as third:
        fields.typed("name", "abc\ud83d", reading)
    assert not isinstance(third.value, Doubtful)


def test_the_wire_has_what_goes_together() -> None:
    assert changes.on_the_wire({AT: None, THEN: None}) == {"scheduleUpdate": None}
    assert changes.on_the_wire({AT: "2031", THEN: None}) == {"scheduleUpdate": {"updateAt": "2031"}}
    assert changes.on_the_wire({"nsfwFlags": 1}) == {"nsfwFlags": 1, "nsfw": True}
    assert changes.on_the_wire({"nsfwFlags": 0}) == {"nsfwFlags": 0}
    with pytest.raises(errors.InvalidField, match="kept nowhere"):
        changes.on_the_wire({"videoPasswords": "sealed:unknown"})
