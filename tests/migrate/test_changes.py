"""What fields ask for, and drop, with each other."""

from typing import Any

import pytest

from aiopeertube.errors import InvalidField
from aiopeertube.migrate.metadata import changes
from aiopeertube.migrate.metadata.fields import AT, THEN
from aiopeertube.migrate.metadata.passwords import SAFE, Passwords

NEXT = "2030-01-01T00:00:00.000Z"
SOON = "2029-01-01T00:00:00.000Z"
FLAGS, SUMMARY, WORDS = "nsfwFlags", "nsfwSummary", "videoPasswords"
NEEDS = "privacy 5 (password protected) needs videoPasswords, a column beside it"
ONLY = "only videos with privacy 5 (password protected) have videoPasswords"
ONLY_NSFW = "only videos whose nsfw is true have nsfwFlags and nsfwSummary; set nsfw, too"
UNKNOWN_SEAL = "sealed:00000000:0"


def seal() -> str:
    return SAFE.seal(["abc"])


def video(**others: Any) -> dict[str, Any]:
    """A video as 8.x gives it."""
    return {
        "name": "Film",
        "privacy": {"id": 1, "label": "Public"},
        "nsfw": False,
        FLAGS: 0,
        SUMMARY: None,
        "description": "d",
        **others,
    }


@pytest.mark.parametrize(
    ("names", "needed"),
    [
        (["name"], {"name"}),
        ([AT], {AT, THEN}),
        ([THEN], {AT, THEN}),
        ([WORDS], {WORDS, "privacy", "nsfw"}),
        ([FLAGS], {FLAGS, "privacy", "nsfw"}),
        ([SUMMARY, "name"], {SUMMARY, "name", "privacy", "nsfw"}),
    ],
)
def test_what_has_to_be_known_before(names: list[str], needed: set[str]) -> None:
    assert changes.needed_for(names) == needed


def test_the_field_with_which_another_goes() -> None:
    assert [changes.driver(name) for name in (FLAGS, SUMMARY, THEN, AT, "nsfw", "name")] == [
        "nsfw", "nsfw", AT, "", "", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({"nsfw": False}, [FLAGS, SUMMARY]),
        ({"nsfw": True}, []),
        ({}, []),
        ({AT: None}, [THEN]),
        ({AT: NEXT}, []),
        ({AT: None, "nsfw": False}, [FLAGS, SUMMARY, THEN]),
    ],
)
def test_what_the_server_drops(wanted: dict[str, Any], names: list[str]) -> None:
    assert changes.dropped(wanted) == names


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ({}, ""),
        ({"nsfw": False, FLAGS: 1}, "nsfw false drops nsfwFlags, so both cannot be set"),
        ({"nsfw": False, SUMMARY: "s"}, "nsfw false drops nsfwSummary, so both cannot be set"),
        ({"nsfw": False, FLAGS: 0, SUMMARY: None}, ""),
        ({"nsfw": True, FLAGS: 1}, ""),
        ({WORDS: "s", "privacy": 1}, ONLY),
        ({WORDS: "s", "privacy": 5}, ""),
        ({WORDS: "s"}, ""),
        ({WORDS: None, "privacy": 1}, ""),
        ({AT: None, THEN: 1}, f"a schedule needs {AT}"),
        ({AT: NEXT, THEN: 1}, ""),
        ({THEN: 1}, ""),
        ({AT: None, THEN: None}, ""),
    ],
)
def test_what_cannot_be_wanted_together(wanted: dict[str, Any], why: str) -> None:
    assert changes.clash(wanted) == why


@pytest.mark.parametrize(
    ("wanted", "there", "before", "after"),
    [
        ({"name": "Film"}, video(), {}, {}),
        ({"name": "New", "description": "d"}, video(), {"name": "Film"}, {"name": "New"}),
        (
            {"nsfw": False},
            video(nsfw=True, nsfwFlags=3, nsfwSummary="s"),
            {"nsfw": True, FLAGS: 3, SUMMARY: "s"},
            {"nsfw": False, FLAGS: 0, SUMMARY: None},
        ),
        ({"nsfw": False}, {"name": "n", "nsfw": True}, {"nsfw": True}, {"nsfw": False}),  # 6.x has no flags
        ({"nsfw": True}, video(), {"nsfw": False}, {"nsfw": True}),
        ({FLAGS: 3}, video(nsfw=True), {FLAGS: 0}, {FLAGS: 3}),
        ({FLAGS: 3, "nsfw": True}, video(), {"nsfw": False, FLAGS: 0}, {"nsfw": True, FLAGS: 3}),
        ({FLAGS: 0, SUMMARY: None}, video(nsfw=True, nsfwFlags=1), {FLAGS: 1}, {FLAGS: 0}),
        ({FLAGS: 0}, video(), {}, {}),
        (
            {AT: NEXT},
            video(scheduledUpdate={"updateAt": SOON, "privacy": 1}),
            {AT: SOON, THEN: 1},
            {AT: NEXT, THEN: 1},
        ),
        (
            {THEN: 2},
            video(scheduledUpdate={"updateAt": SOON, "privacy": 1}),
            {AT: SOON, THEN: 1},
            {AT: SOON, THEN: 2},
        ),
        (
            {AT: None},
            video(scheduledUpdate={"updateAt": SOON, "privacy": 1}),
            {AT: SOON, THEN: 1},
            {AT: None, THEN: None},
        ),
        ({AT: NEXT, THEN: 1}, video(), {AT: None, THEN: None}, {AT: NEXT, THEN: 1}),
        ({AT: None}, video(), {}, {}),
        ({THEN: None}, video(), {}, {}),
        ({"privacy": 1}, video(privacy={"id": 5}), {"privacy": 5}, {"privacy": 1}),
    ],
)
def test_a_change_has_what_goes_with_it(
    wanted: dict[str, Any], there: dict[str, Any], before: dict[str, Any], after: dict[str, Any]
) -> None:
    assert changes.change(wanted, there) == (before, after)


def test_passwords_change_with_and_without_the_privacy() -> None:
    old, new = SAFE.seal(["old"]), SAFE.seal(["new"])
    protected = video(privacy={"id": 5}, videoPasswords=Passwords(["old"]))
    assert changes.change({WORDS: new}, protected) == ({WORDS: old}, {WORDS: new})
    assert changes.change({WORDS: old, "privacy": 5}, protected) == ({}, {})
    assert changes.change({WORDS: new, "privacy": 5}, video()) == (
        {WORDS: None, "privacy": 1},
        {WORDS: new, "privacy": 5},
    )
    assert changes.change({WORDS: None, "privacy": 1}, protected)[1] == {WORDS: None, "privacy": 1}


@pytest.mark.parametrize(
    ("wanted", "there", "why"),
    [
        ({"waitTranscoding": True}, video(), "this server has no waitTranscoding, and would ignore it"),
        (
            {"waitTranscoding": True, "support": "s", AT: None},
            video(),
            "this server has no waitTranscoding, no support, and would ignore it",
        ),
        ({"nsfw": False, FLAGS: 1}, video(), "nsfw false drops nsfwFlags, so both cannot be set"),
        ({FLAGS: 1}, video(), ONLY_NSFW),
        ({SUMMARY: "s"}, video(), ONLY_NSFW),
        ({THEN: 1}, video(), f"a schedule needs {AT}, and the video has none"),
        ({WORDS: None}, video(privacy={"id": 5}), "a video that is password protected has one password at least"),
        (
            {WORDS: None, "privacy": 5},
            video(),
            "a video that is password protected has one password at least",
        ),
        ({"privacy": 5}, video(), NEEDS),
        ({WORDS: "s"}, video(), ONLY),
        (
            {WORDS: UNKNOWN_SEAL, "privacy": 5},
            video(),
            "the passwords are kept nowhere; set privacy and videoPasswords by a table",
        ),
    ],
)
def test_why_a_video_cannot_be_changed_so(wanted: dict[str, Any], there: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        changes.change(wanted, there)
    assert str(caught.value) == why


def test_only_a_protected_video_is_left_with_passwords() -> None:
    assert changes.written({"privacy": 1, "name": "n"}) == {"privacy": 1, "name": "n", WORDS: None}
    assert changes.written({"privacy": 5, WORDS: "s"}) == {"privacy": 5, WORDS: "s"}
    assert changes.written({"name": "n"}) == {"name": "n"}


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({}, ""),
        ({"privacy": 5}, NEEDS),
        ({"privacy": 5, WORDS: None}, NEEDS),
        ({"privacy": 5, WORDS: "s"}, ""),
        ({WORDS: "s"}, ONLY),
        ({WORDS: "s", "privacy": 1}, ONLY),
        ({FLAGS: 1}, ONLY_NSFW),
        ({SUMMARY: "s", "nsfw": False}, ONLY_NSFW),
        ({SUMMARY: "s", "nsfw": True}, ""),
        ({FLAGS: 0}, ""),
        ({THEN: 1}, f"a schedule needs {AT}"),
        ({THEN: 1, AT: None}, f"a schedule needs {AT}"),
        ({THEN: 1, AT: NEXT}, ""),
        ({THEN: None}, ""),
    ],
)
def test_what_a_new_video_lacks(values: dict[str, Any], why: str) -> None:
    assert changes.missing(values) == why


@pytest.mark.parametrize(
    ("before", "after", "version", "lost"),
    [
        ({"name": "a"}, {"name": "b"}, (), []),
        ({"privacy": 3}, {"privacy": 1}, (), ["publishedAt"]),
        ({"privacy": 1}, {"privacy": 3}, (8, 2), ["publishedAt"]),
        ({"privacy": 1}, {"privacy": 2}, (), []),
        ({"privacy": 5}, {"privacy": 1}, (), [WORDS]),
        ({"privacy": 5}, {"privacy": 3}, (), ["publishedAt", WORDS]),
        ({"privacy": 1, WORDS: None}, {"privacy": 5, WORDS: "s"}, (), []),
        ({WORDS: "s"}, {WORDS: "t"}, (), [WORDS]),
        ({WORDS: "s"}, {WORDS: None}, (), []),
        ({AT: None}, {AT: NEXT}, (8,), ["publishedAt"]),
        ({AT: SOON}, {AT: NEXT}, (8, 1), []),
        ({AT: None}, {AT: NEXT}, (7, 3), []),
        ({AT: None}, {AT: NEXT}, (), []),
        ({AT: SOON, "privacy": 3}, {AT: None, "privacy": 1}, (8,), []),
    ],
)
def test_what_no_rollback_brings_back(
    before: dict[str, Any], after: dict[str, Any], version: tuple[int, ...], lost: list[str]
) -> None:
    assert changes.for_ever(before, after, version) == lost


@pytest.mark.parametrize(
    ("values", "sent"),
    [
        ({}, {}),
        ({"channel": 3, "name": "x"}, {"channelId": 3, "name": "x"}),
        ({AT: NEXT, THEN: 1}, {"scheduleUpdate": {"updateAt": NEXT, "privacy": 1}}),
        ({AT: NEXT, THEN: None}, {"scheduleUpdate": {"updateAt": NEXT}}),
        ({AT: NEXT}, {"scheduleUpdate": {"updateAt": NEXT}}),
        ({AT: None, THEN: None}, {"scheduleUpdate": None}),
        ({THEN: 1}, {}),
        ({FLAGS: 1}, {FLAGS: 1, "nsfw": True}),
        ({SUMMARY: "s", "nsfw": False}, {SUMMARY: "s", "nsfw": False}),
        ({FLAGS: 0}, {FLAGS: 0}),
        ({WORDS: None, "privacy": 1}, {"privacy": 1}),
        (
            {"originallyPublishedAt": "+010000-01-01T07:59:59.000Z"},
            {"originallyPublishedAt": "9999-12-31T23:59:59.000-08:00"},
        ),
        (
            {"originallyPublishedAt": "+020000-01-01T07:59:59.000Z"},
            {"originallyPublishedAt": "+020000-01-01T07:59:59.000Z"},
        ),
        ({"originallyPublishedAt": None}, {"originallyPublishedAt": None}),
        ({"name": "+010000-01-01T07:59:59.000Z"}, {"name": "+010000-01-01T07:59:59.000Z"}),
    ],
)
def test_what_is_sent(values: dict[str, Any], sent: dict[str, Any]) -> None:
    assert changes.on_the_wire(values) == sent


def test_passwords_are_sent_with_their_privacy() -> None:
    assert changes.on_the_wire({WORDS: seal()}) == {"privacy": 5, WORDS: ["abc"]}
    with pytest.raises(
        InvalidField, match="they are kept nowhere, and have to be read from the table again"
    ) as caught:
        changes.on_the_wire({WORDS: UNKNOWN_SEAL})
    assert str(caught.value).startswith(f"{WORDS}: they")
