r"""What captions say and when, whatever the format: PeerTube keeps .vtt as it is, and makes WebVTT of .srt.

On that way it puts a point where SubRip has a comma, other line breaks, blank lines where it likes, and a position in
place of `{\an8}`; spaces around lines go (seen with 6.3.0 and 8.2.1).
"""

import hashlib
import re
from collections.abc import Iterator
from typing import Final

_MARK: Final = re.compile(r"\{\\an\d\}")
_POSITION: Final = re.compile(r"( line:\d+%)+$")
_COMMA: Final = re.compile(r"(?<=\d),(?=\d)")


def said(data: bytes) -> str:
    """Return a digest of what captions say and when: the same of an .srt and of what the server makes of it."""
    lines = "\n".join(_lines(data.decode("utf-8-sig", "replace")))
    return hashlib.sha256(lines.encode()).hexdigest()


def _lines(text: str) -> Iterator[str]:
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text)):
        if "-->" in line:
            yield _POSITION.sub("", _COMMA.sub(".", line.strip()))
        elif not (number == 0 and line.startswith("WEBVTT")) and (words := _MARK.sub("", line).strip()):
            yield words
