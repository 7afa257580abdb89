"""Where long texts differ, for people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiopeertube.migrate.metadata.excerpts import difference, excerpt, excerpts, shown, visible

LONG = "The film shows the old harbour of Rotterdam, with ships, cranes and dockers, and ends at the zoo."


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Film 1", "Movie 1", "Film 1 -> Movie 1"),
        ("a\r\nb", "a\nc", r"a\r\nb -> a\nc"),
        (LONG, LONG.replace("old", "new"), "The film shows the [-old-]{+new+} harbour of Rotterdam, w..."),
        (LONG, LONG.replace("at the zoo", "here"), "...s and dockers, and ends [-at the zoo-]{+here+}."),
        (LONG, LONG.replace(", with", ""), "...old harbour of Rotterdam[-, with-] ships, cranes and docke..."),
        (LONG, LONG + "\n", "...rs, and ends at the zoo.{+\\n+}"),
        (LONG, LONG + "\r\n", "...rs, and ends at the zoo.{+\\r\\n+}"),
        (LONG + " ", LONG, "...rs, and ends at the zoo.[-␣-]"),
        ("an end", "an end\n", "an end{+\\n+}"),
        ("a  b", "a b", "a [-␣-]b"),
        ("a\u00a0b", "a b", "a[-\\xa0-]{+␣+}b"),
        ("a\u200bb", "ab", "a\\u200bb -> ab"),
        (
            "Caf\u00e9",
            "Cafe\u0301",
            "accents alone, from composed (NFC) characters to decomposed (NFD): Caf\u00e9",
        ),
        (
            "e\u0301 \u00e9",
            "\u00e9 \u00e9",
            "accents alone, from mixed characters to composed (NFC): e\u0301 \u00e9",
        ),
        ("Caf\u00e9", "Cafe", "Caf\u00e9 -> Cafe"),
        ("one\r\ntwo\r\nthree\n", "one\ntwo\nthree\n", "line breaks alone: 2 x \\r\\n -> \\n"),
        ("one\ntwo\rthree", "one\r\ntwo\nthree", "line breaks alone: 1 x \\n -> \\r\\n, 1 x \\r -> \\n"),
        ("(none)", LONG, "(none) -> The film shows the old harbour of Rotterdam, with ships, ..."),
        ("x" * 300, "x" * 299 + "y", f"...{'x' * 21} -> ...{'x' * 20}y"),
    ],
)
def test_what_differs_is_shown_with_what_is_around_it(old: str, new: str, told: str) -> None:
    assert difference(old, new) == told


def test_of_many_places_some_are_shown_and_the_others_counted() -> None:
    many = f"{LONG} " * 9
    told = difference(many, many.replace("zoo", "museum"))
    assert told.count("[-zoo-]{+museum+}") == 3
    assert told.endswith("(and in 6 more places)")
    assert difference(LONG * 4, (LONG * 4).replace("zoo", "sea")).endswith("(and in 1 more place)")


def test_three_values_are_shown_from_where_they_begin_to_differ() -> None:
    texts = [LONG, LONG.replace("zoo", "sea"), LONG.replace("zoo", "mill")]
    assert excerpts(texts) == ["..." + text[len(LONG) - 24 :] for text in texts]

    assert excerpts(["a", "b" * 60]) == ["a", "b" * 60]
    assert excerpts(["a", "b" * 61]) == ["a", "b" * 57 + "..."]


def test_an_excerpt_is_as_long_as_there_is_room() -> None:
    assert excerpt("x" * 60) == "x" * 60
    assert excerpt("x" * 61) == "x" * 57 + "..."
    assert excerpt("abc", 1) == "...bc"
    assert excerpt("\n" * 30) == r"\n" * 30
    assert excerpt("a" * 59 + "\n") == "a" * 57 + "..."


def test_short_texts_are_shown_whole() -> None:
    old, new = "a" * 29 + " " + "b" * 30, "c" * 29 + " " + "d" * 30
    assert difference(old, new) == f"{old} -> {new}"
    assert difference(old + "b", new) == f"{'a' * 29} {'b' * 27}... -> {new}"


@pytest.mark.parametrize(
    ("word", "other"),
    [("harbour", "harvest"), ("ships", "whips"), ("cranes", "crates"), ("a1", "b1"), ("zoo", "zoos"), ("ab", "ba")],
)
def test_words_are_shown_whole_wherever_they_are(word: str, other: str) -> None:
    words = "Nobody knows who filmed this, nor when, but it must have been before noon".replace(",", "").split()
    for at in range(len(words) + 1):
        old, new = ("; ".join([*words[:at], one, *words[at:]]) for one in (word, other))
        told = difference(old, new)
        assert f"[-{word}-]{{+{other}+}}" in told
        before, after = old[: old.index(word)], old[old.index(word) + len(word) :]
        assert told.startswith(("..." if len(before) > 24 else "") + before[-24:] + "[-")
        assert told.endswith("+}" + after[:24] + ("..." if len(after) > 24 else ""))


@pytest.mark.parametrize("gap", ["\n", "\r\n", "\r"])
def test_a_line_break_is_shown_whole(gap: str) -> None:
    seen = visible(gap)
    lines = ["What is said of the film in its first text", "one more", "last words that end it, with a dot."]
    old = gap.join(lines)
    went = f"[-{seen}one more-]{seen}" if gap == "\r" else f"{seen}[-one more{seen}-]"
    assert f" its first text{went}last words that" in difference(old, gap.join([lines[0], lines[2]]))
    assert f"{{+{seen}+}}" in difference(old, old.replace("more", f"{gap}more"))
    assert f"[-{seen}-]" in difference(old + gap, old)
    other = {"\n": "\r\n", "\r\n": "\n", "\r": "\n"}[gap]
    told = difference(old, f"{lines[0]}{other}one less{gap}{lines[2]}")
    assert f"text[-{seen}-]{{+{visible(other)}+}}one more" in told
    assert f"one [-more-]{{+less+}}{seen}last" in told


def test_two_places_stand_apart() -> None:
    old = LONG + " " + LONG
    new = LONG.replace("old", "new") + " " + LONG.replace("zoo", "sea")
    assert difference(old, new) == (
        "The film shows the [-old-]{+new+} harbour of Rotterdam, w... / ...ockers, and ends at the [-zoo-]{+sea+}."
    )


def test_texts_that_are_mostly_others_are_shown_from_where_they_differ() -> None:
    same = "x " * 40
    shown = f"...{same[-20:]}"
    assert difference(same + "a" * 70, same + "b" * 70).startswith(f"...{same[-24:]}[-aaaa")
    assert difference(same + "a" * 90, same + "b" * 10) == f"{shown}{'a' * 37}... -> {shown}{'b' * 10}"
    assert difference(same + "a" * 10, same + "b" * 90) == f"{shown}{'a' * 10} -> {shown}{'b' * 37}..."


def test_very_many_words_are_taken_as_one_stretch() -> None:
    same = "The same words before " * 200 + "and "
    old, new = ("".join(f"{word}{n} " for n in range(1001)) for word in ("one", "two"))
    told = difference(same + old + same, same + new + same)
    assert told.startswith("...e same words before and [-one0 one1 ")
    assert "-]{+two0 two1 " in told
    assert told.endswith("+} The same words before T...")
    assert told.count("[-") == 1


@pytest.mark.parametrize(
    ("text", "seen"),
    [("a b", "a b"), ("\x00\xa0", r"\x00\xa0"), ("\u2028", r"\u2028"), ("\t", r"\t")],
)
def test_what_cannot_be_seen_is_named(text: str, seen: str) -> None:
    assert visible(text) == seen


@pytest.mark.parametrize(
    ("value", "line"),
    [
        (None, "(none)"),
        ("", "(none)"),
        ([], "(none)"),
        (0, "0"),
        (True, "yes"),
        (False, "no"),
        ("text", "text"),
        (["a", None, True], "a, (none), yes"),
        ({"file": "a.png", "size": 3}, "a.png"),
        ({"start": 3, "end": None, "title": "One"}, "3 One"),
    ],
)
def test_values_are_written_for_people(value: object, line: str) -> None:
    assert shown(value) == line


texts = st.text(st.sampled_from("ab.\r\n\t \u00a0\u200b\x07é"), max_size=150)


@given(texts, texts)
def test_a_difference_is_one_short_printable_line(old: str, new: str) -> None:
    told = difference(old, new)
    assert all(char.isprintable() for char in told)
    assert len(told) < 800


@given(texts, texts)
def test_no_change_looks_like_none(old: str, new: str) -> None:
    if old != new:
        before, arrow, after = difference(old, new).partition(" -> ")
        assert not arrow or before != after


@given(st.text())
def test_nothing_is_invisible(text: str) -> None:
    assert all(char.isprintable() for char in visible(text))
