"""What captions say, whatever their format: pairs of what was sent to real servers and what they kept."""

import pytest

from aiopeertube.emulator.wire.captions import webvtt_of
from aiopeertube.migrate.kinds.subtitles import said

ONE, TWO = "00:00:01,000 --> 00:00:02,500", "00:00:03,000 --> 00:00:04,500"
PAIRS = [  # of lines
    (
        ["1", ONE, "Hello", "", "2", TWO, "<i>World</i> & more", "line 2", ""],
        ["1", ONE, "Hello", "", "2", TWO, "<i>World</i> & more", "line 2", "", ""],
    ),
    (["\ufeff1", ONE, "Héllo", ""], ["1", ONE, "Héllo", "", ""]),
    (
        ["", "", "7", "0:00:01,5 --> 0:00:02,50 X1:40", "{\\an8}Hello  ", "", "", "", "9", TWO, "World", "", ""],
        [*[""] * 4, "7", "0:00:01,5 --> 0:00:02,50 X1:40 line:5%", "Hello", *[""] * 5, "9", TWO, "World", "", ""],
    ),
    ([ONE, "Hello --> x", "", TWO, "World"], [ONE, "Hello --> x", "", TWO, "World", "", ""]),
]


def kept_as(lines: list[str]) -> bytes:
    """The file of a server, which has points in its times and CRLF at the ends of lines."""
    timed = [line.replace(",", ".") if line in {ONE, TWO} else line for line in lines]
    return "\r\n".join(["WEBVTT FILE", "", *timed]).encode()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(("sent", "kept"), PAIRS)
def test_what_a_server_makes_of_an_srt_says_the_same(sent: list[str], kept: list[str], end: str) -> None:
    subrip = end.join(sent).encode()
    assert said(subrip) == said(kept_as(kept))
    assert webvtt_of(subrip) == kept_as(kept)


@pytest.mark.parametrize(
    "other",
    [
        b"1\n00:00:01,000 --> 00:00:02,500\nHallo\n",
        b"1\n00:00:01,001 --> 00:00:02,500\nHello\n",
        b"1\n00:00:01,000 --> 00:00:02,500\nHello\nagain\n",
        b"1\n00:00:01,000 --> 00:00:02,500\n",
        b"",
    ],
)
def test_other_words_and_other_times_are_others(other: bytes) -> None:
    assert said(other) != said(b"1\n00:00:01,000 --> 00:00:02,500\nHello\n")
