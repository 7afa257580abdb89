"""What was cut is said."""

from dataclasses import replace

import pytest

from aiopeertube.migrate.metadata.fields import Reading
from aiopeertube.migrate.metadata.fitting import Cuts, cut, whole


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("x" * 1200, "x" * 1000, "f cut from 1,200 to 1,000 characters"),
        ("ab", "a", "f cut from 2 to 1 characters"),
        ("ab", "cd", ""),
        ("a", "ab", ""),
        (["a", "bb", "a", "c"], ["bb"], "f without 'a', 'c'"),
        (("a", "b"), ["a", "b"], ""),
        (["a"], ["a"], ""),
        ("ab", ["a"], ""),
        (["a"], "a", ""),
        (None, None, ""),
    ],
)
def test_what_is_lacking_is_said(before: object, after: object, said: str) -> None:
    assert cut("f", before, after) == said


def test_a_cell_is_read_whole_beside_what_fits(reading: Reading) -> None:
    fits = replace(reading, fit=True)
    assert whole("name", "x" * 200, fits) == "x" * 200
    assert whole("tags", "bb; a", fits) == ["a", "bb"]
    assert whole("tags", ["bb", "a"], fits) == ["bb", "a"]


def test_each_cut_has_a_line_up_to_a_thousand() -> None:
    said: list[str] = []
    cuts = Cuts(said.append)
    cuts.note("line 1", "f", "same", "same")
    assert (said, cuts.count) == ([], 0)
    for number in range(1003):
        cuts.note(f"line {number}", "f", "ab", "a")
    assert cuts.count == 1003
    assert said[0] == "line 0: f cut from 2 to 1 characters"
    assert said[999:] == [
        "line 999: f cut from 2 to 1 characters",
        "... and more; only the first 1,000 cuts are listed",
    ]
    Cuts().note("line 1", "f", "ab", "a")  # who wants to hear nothing need not listen
