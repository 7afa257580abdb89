"""What a cell's text means: whatever is written comes back, and nothing that a spreadsheet would run is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiopeertube.migrate.tables.cell_text import decoded_twice, harmless, meaning

PIECES = (
    "'",
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    " ",
    "\u00a0",
    "#",
    "#N/A",
    "##",
    "Err:502",
    '="007"',
    '"',
    "1",
    "1.2E+15",
)


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=5).map("".join), st.booleans())
def test_every_text_comes_back(text: str, typed: bool) -> None:
    assert meaning(harmless(text, typed=typed), typed=typed) == text


@given(
    st.sampled_from("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"), st.text(min_size=1).filter(lambda text: not text.isspace())
)
def test_nothing_is_written_that_a_spreadsheet_would_run(first: str, rest: str) -> None:
    assert harmless(first + rest, typed=False) == "'" + first + rest


@given(st.text())
def test_texts_of_other_beginnings_are_written_as_they_are(text: str) -> None:
    assert harmless("a" + text, typed=False) == "a" + text


@pytest.mark.parametrize("text", ["Café", "Größe \u2013 „Zuiderzee“ 1934", "\u20ac 5", "Señor's 100 %", "naïve"])
@pytest.mark.parametrize("times", [1, 2])
def test_texts_that_were_decoded_twice(text: str, times: int) -> None:
    twice = text
    for _ in range(times):
        twice = twice.encode().decode("cp1252")
    assert decoded_twice(twice)
    assert not decoded_twice(text)


@pytest.mark.parametrize("text", ["LIBERTÉ»", "MAÎTRE", "SÃO PAULO", "«À»", "Ünal — Ö", "5 €", "日本", "", "ÀÉÎÕÜ"])
def test_texts_that_only_have_accents(text: str) -> None:
    assert not decoded_twice(text)
