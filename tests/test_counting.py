"""Numbers of things, in words; and no place where they are written by hand."""

import re
from pathlib import Path

import aiopeertube
from aiopeertube._counting import counted, plural

ROOT = Path(aiopeertube.__file__).parent
# {count:,} and a word that may be a plural; names in capitals are limits, and large.
BY_HAND = re.compile(r"\{(?!_?[A-Z_]+:)[^{}]*:,\} ([a-z]+s|are|were|have)\b")
NOT_COUNTED = {"is", "was", "has", "names", "asks", "characters", "bytes"}  # after numbers of lines, and of very much


def test_one_is_one_and_none_are_many() -> None:
    assert [counted(number, "video") for number in (0, 1, 2)] == ["0 videos", "1 video", "2 videos"]
    assert [counted(number, "entry", "entries") for number in (1, 1000)] == ["1 entry", "1,000 entries"]
    assert (plural(1, "it", "them"), plural(3, "it", "them")) == ("it", "them")


def test_no_plural_is_written_by_hand_after_a_number_for_people() -> None:
    texts = {path: path.read_text() for path in ROOT.rglob("*.py") if "emulator" not in path.parts}
    found = [f"{path.name}: {word}" for path, text in texts.items() for word in BY_HAND.findall(text)]
    assert [line for line in found if line.partition(": ")[2] not in NOT_COUNTED] == []
