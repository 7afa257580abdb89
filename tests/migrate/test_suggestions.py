"""What somebody may have meant who misspelt a word."""

import pytest

from aiopeertube.migrate.suggestions import did_you_mean, nearest, no_such

FIELDS = ["name", "description", "tags", "privacy", "licence", "language", "nsfw"]


@pytest.mark.parametrize(
    ("word", "known", "near"),
    [
        ("nam", FIELDS, ["name"]),
        ("NAME", FIELDS, ["name"]),
        ("name", ["Name"], ["Name"]),
        ("Lizense", FIELDS, ["licence"]),
        ("qqq", FIELDS, []),
        ("", FIELDS, []),
        ("nam", [], []),
        # as near as the best, or nearly
        ("film", ["films", "filmo", "fi", "filmography"], ["films", "filmo"]),
        ("films", ["film1", "film2", "film3", "film4"], ["film4", "film3", "film2"]),
        ("abcd", ["abcdefgh", "abcdefghij", "abcde"], ["abcde"]),
    ],
)
def test_the_few_that_come_near(word: str, known: list[str], near: list[str]) -> None:
    assert nearest(word, known) == near


def test_what_is_a_tenth_farther_away_than_the_best_is_left_out() -> None:
    # ratios of 0.8 and 0.7: twice what is common, over the length of both
    assert nearest("abcdefghij", ["abcdefghvw", "abcdefgvwx"]) == ["abcdefghvw"]
    assert nearest("abcdefghijk", ["abcdefghvwx", "abcdefgvwxy"]) == ["abcdefghvwx", "abcdefgvwxy"]


@pytest.mark.parametrize(
    ("word", "known", "said"),
    [
        ("nam", FIELDS, ": did you mean name?"),
        ("film", ["films", "filmo"], ": did you mean films or filmo?"),
        ("qqq", ["name", "tags"], "; there are name, tags"),
        ("qqq", ["name"], "; there are name"),
        ("qqq", [], ""),
        ("qqq", [f"number{n}" for n in range(30)], "; there are " + ", ".join(f"number{n}" for n in range(30))),
        ("qqq", [f"number{n}" for n in range(31)], ""),
        ("qqq", iter(["name", "tags"]), "; there are name, tags"),
    ],
)
def test_a_word_is_suggested_or_all_that_there_are(word: str, known: list[str], said: str) -> None:
    assert did_you_mean(word, known) == said


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (["name", "tags"], "nam: did you mean name? (there is no field 'nam')"),
        (["tags"], "there is no field 'nam'; there are tags"),
        ([], "there is no field 'nam'"),
    ],
)
def test_what_is_missing_is_said_with_what_there_is(known: list[str], said: str) -> None:
    assert no_such("field", "nam", known) == said
