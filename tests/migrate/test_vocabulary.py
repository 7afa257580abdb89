"""The words of an instance: what a cell may call a category, a language or a channel."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from aiopeertube import PeerTube
from aiopeertube.errors import UnexpectedResponse
from aiopeertube.migrate.metadata.vocabulary import FILES, WORDS, Unlisted, Vocabulary, fetch_words, meant
from aiopeertube.testing import MockTransport, reply
from aiopeertube.wire.messages import Request, Response

pytestmark = pytest.mark.anyio

ME: dict[str, Any] = {
    "account": {"host": "here"},
    "role": {"id": 2},
    "videoChannels": [{"id": 3, "name": "afp", "displayName": "Café"}, {"id": 4, "name": "bfi", "displayName": None}],
}
CHANNELS = [
    {"id": 3, "name": "afp", "displayName": "Café", "host": "here"},
    {"id": 5, "name": "others", "displayName": "Of others", "host": "here"},
    {"id": 6, "name": "remote", "displayName": "Remote", "host": "there"},
]


@pytest.fixture
def words() -> Vocabulary:
    return Vocabulary(
        labels={
            "category": {"1": "Muziek", "2": "Films", "101": "Polygoon"},
            "licence": {"1": "Attribution", "2": "By-SA", "7": "Public Domain"},
            "language": {"nl": "Nederlands", "pt-PT": "Portuguese (Portugal)", "zxx": "No linguistic content"},
            "commentsPolicy": {"1": "Enabled", "2": "Disabled"},
        },
        channels={"afp": 3, "AFP": 8, "bfi": 4, "7": 9},
        titles={"café": {4}, "two": {3, 4}},
        host="here",
    )


@pytest.mark.parametrize(
    ("name", "text", "key"),
    [
        ("category", "2", 2),
        ("category", " films ", 2),
        ("category", "Music", 1),  # what a stock server calls it
        ("category", "Polygoon", 101),
        ("language", "nl", "nl"),
        ("language", "NL", "nl"),
        ("language", "pt_pt", "pt-PT"),
        ("language", "nederlands", "nl"),
        ("language", "Dutch", "nl"),
        ("licence", "https://creativecommons.org/licenses/by-sa/4.0/", 2),
        ("licence", "creativecommons.org/licenses/by", 1),
        ("licence", "http://creativecommons.org/publicdomain/zero/1.0/", 7),
        ("category", "101.0", 101),  # as pandas writes a column that has empty cells
        ("licence", " 2.0 ", 2),
        ("commentsPolicy", "disabled", 2),
        ("channel", " bfi ", 4),
        ("channel", "BFI", 4),
        ("channel", "bfi@here", 4),
        ("channel", "Cafe\u0301", 4),
        ("channel", "AFP", 8),
        ("channel", "8", 8),
        ("channel", "7", 9),  # a name goes before an id
    ],
)
def test_what_a_word_means(words: Vocabulary, name: str, text: str, key: object) -> None:
    found = words.key(name, text)
    assert (found, type(found)) == (key, type(key))
    if name == "channel":
        assert words.channel_key(text) == key


@pytest.mark.parametrize(
    ("name", "text", "why", "key"),
    [
        ("category", "Filmz", "the instance has no category 'Filmz'; did you mean 'Films'?", None),
        ("category", " qqq ", "the instance has no category 'qqq'; it has Muziek, Films, Polygoon", None),
        ("category", "3", "the instance has no category '3'; it has Muziek, Films, Polygoon", 3),
        ("category", "Science & Technology", "the instance has no category 'Science & Technology'; it has", None),
        ("category", "0", "the instance has no category '0'", None),
        ("category", "1234567890", "the instance has no category '1234567890'", None),
        ("language", "de", "the instance has no language 'de'", "de"),
        ("language", "zh-Hant", "the instance has no language 'zh-Hant'", "zh-Hant"),
        ("language", "abc-defghi", "the instance has no language", "abc-defghi"),
        ("language", "abc-defghij", "the instance has no language", None),
        ("language", "abc-defghijk", "the instance has no language 'abc-defghijk'", None),
        ("language", "German", "the instance has no language 'German'", None),
        ("licence", "https://creativecommons.org/licenses/sampling/1.0/", "the instance has no licence", None),
        ("licence", "https://creativecommons.org/by", "the instance has no licence", None),
        ("licence", "https://other.example/licenses/by/4.0", "the instance has no licence", None),
        ("nsfw", "x", "the instance has no nsfw 'x'", None),
        ("channel", "bfj", "there is no channel 'bfj' that you may use; did you mean 'bfi'?", None),
        ("channel", "bfi@there", "there is no channel 'bfi@there' that you may use", None),
        ("channel", "two", "2 channels are called 'two'; give the name of one", None),
        ("channel", "Afp", "2 channels are called 'Afp'; give the name of one", None),
        ("channel", "6", "there is no channel '6' that you may use", None),
    ],
)
def test_what_there_is_not_is_said(words: Vocabulary, name: str, text: str, why: str, key: object) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        words.key(name, text)
    assert str(caught.value).startswith(why)
    assert (caught.value.key if isinstance(caught.value, Unlisted) else None) == key
    assert isinstance(caught.value, Unlisted) == (key is not None)


def test_a_number_is_never_a_name(words: Vocabulary) -> None:
    assert (words.by_id("channel", 8), words.by_id("category", 2)) == (8, 2)
    for number in (7, 6):
        with pytest.raises(Unlisted, match=f"^there is no channel with the id {number} that you may use$") as caught:
            words.by_id("channel", number)
        assert caught.value.key == number
    with pytest.raises(Unlisted, match="no category '3'"):
        words.by_id("category", 3)


def test_an_id_has_its_label(words: Vocabulary) -> None:
    shown = [
        words.label(name, key)
        for name, key in [
            ("category", 2),
            ("category", 99),
            ("channel", 4),
            ("channel", 99),
            ("x", 1),
            ("category", None),
        ]
    ]
    assert shown == ["Films", "99", "bfi", "99", "1", ""]
    assert Vocabulary().label("commentsPolicy", 3) == "Requires approval"


def test_no_captions_in_what_is_not_spoken(words: Vocabulary) -> None:
    assert words.captions_key("Dutch", (8, 0)) == "nl"
    assert words.captions_key("zxx", (7, 9)) == words.captions_key("zxx", ()) == "zxx"
    with pytest.raises(ValueError, match=r"^this server takes no captions in No linguistic content \(zxx\)$"):
        words.captions_key("zxx", (8,))


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (["Films", "film", "Filme", "Filmo", "x"], "; did you mean 'Films' or 'film' or 'Filmo'?"),
        (["a", "b"], "; it has a, b"),
        (["a"], "; it has a"),
        ([f"number{n}" for n in range(20)], "; it has " + ", ".join(f"number{n}" for n in range(20))),
        ([f"number{n}" for n in range(21)], ""),
        ([], ""),
    ],
)
def test_what_was_meant_or_all_that_there_is(known: list[str], said: str) -> None:
    assert meant(known, "FILMS") == said


@asynccontextmanager
async def answering(answers: Mapping[str, Any]) -> AsyncIterator[tuple[PeerTube, list[str]]]:
    """A client of a server that has these answers, by path; what it was asked for is listed."""
    asked: list[str] = []

    def handle(request: Request) -> Response:
        asked.append(request.path.removeprefix("/api/v1"))
        return reply(200, answers[asked[-1]])

    async with PeerTube("https://here", transport=MockTransport(handle)) as pt:
        yield pt, asked


LISTS: Mapping[str, Any] = {
    "/videos/categories": {"1": "Music"},
    "/videos/licences": {"1": "By"},
    "/videos/languages": {"nl": "Dutch"},
    "/videos/privacies": {"1": "Public"},
    "/config": {"video": {"file": {"extensions": [".mp4", 3, ".webm"]}}},
    "/video-channels": {"total": 3, "data": CHANNELS},
}


async def test_only_what_is_needed_is_asked_for() -> None:
    async with answering(LISTS) as (pt, asked):
        words = await fetch_words(pt, ["category", "name", FILES])
        assert asked == ["/videos/categories", "/config"]
        assert words.labels["category"] == {"1": "Music"}
        assert words.extensions == (".mp4", ".webm")
        whole = await fetch_words(pt, WORDS)
        assert {name: whole.labels[name] for name in ("category", "licence", "language", "privacy")} == {
            "category": {"1": "Music"},
            "licence": {"1": "By"},
            "language": {"nl": "Dutch"},
            "privacy": {"1": "Public"},
        }
        assert (whole.channels, whole.extensions) == ({}, ())


async def test_channels_are_the_users_and_all_of_the_instance_for_staff() -> None:
    async with answering(LISTS) as (pt, asked):
        words = await fetch_words(pt, ["channel"], ME)
        assert (words.channels, words.titles, words.host) == ({"afp": 3, "bfi": 4}, {"café": {3}}, "here")
        assert asked == []
        for role in (0, 1):
            staff = await fetch_words(pt, ["channel"], {**ME, "role": {"id": role}})
            assert staff.channels == {"afp": 3, "bfi": 4, "others": 5}
            assert staff.titles == {"café": {3}, "of others": {5}}


@pytest.mark.parametrize("found", [{"video": {"file": {"extensions": ".mp4"}}}, {"video": None}, {}, {"video": [1]}])
async def test_how_files_end_may_not_be_told(found: object) -> None:
    async with answering({"/config": found}) as (pt, _):
        assert (await fetch_words(pt, [FILES])).extensions == ()


@pytest.mark.parametrize(
    ("names", "change", "why"),
    [
        (
            ["category"],
            lambda me, lists: lists.update({"/videos/categories": {"1": 2}}),
            "the list of values of category: 1",
        ),
        (["channel"], lambda me, lists: me.pop("account"), "/users/me: account is None"),
        (["channel"], lambda me, lists: me.pop("videoChannels"), "/users/me: videoChannels is None"),
        (["channel"], lambda me, lists: me.pop("role"), "/users/me: role is None"),
        (["channel"], lambda me, lists: me.update(role={}), "/users/me: role.id is None"),
        (["channel"], lambda me, lists: me.update(videoChannels=[{"id": "3"}]), "/users/me: id is '3'"),
        (["channel"], lambda me, lists: me.update(videoChannels=[{"id": 3}]), "/users/me: name is None"),
        (
            ["channel"],
            lambda me, lists: (
                me.update(role={"id": 0}),
                lists.update({"/video-channels": {"total": 1, "data": [{"id": 1, "host": "here"}]}}),
            ),
            "the list of channels: name is None",
        ),
    ],
)
async def test_what_is_odd_is_named(
    names: list[str], change: Callable[[dict[str, Any], dict[str, Any]], object], why: str
) -> None:
    me, lists = dict(ME), dict(LISTS)
    change(me, lists)
    async with answering(lists) as (pt, _):
        with pytest.raises(UnexpectedResponse) as caught:
            await fetch_words(pt, names, me)
        assert str(caught.value).startswith(why)
