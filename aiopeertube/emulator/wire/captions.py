"""SubRip to WebVTT, as the server does it: with what its library leaves alone, too."""

import re

_TIMES = re.compile(r"^(\d\d:\d\d:\d\d),(\d{3}) --> (\d\d:\d\d:\d\d),(\d{3})")
_TOP = "{\\an8}"


def webvtt_of(subrip: bytes) -> bytes:
    """Return the file that the server keeps of one in SubRip."""
    lines = [line.strip() for line in subrip.decode("utf-8-sig", "replace").split("\n")]
    if lines[-1] == "":
        lines.pop()
    blocks: list[list[str]] = [[]]
    for line in lines:
        if line:
            blocks[-1].append(line)
        else:
            blocks.append([])
    if not blocks[-1]:
        blocks.pop()
    return ("WEBVTT FILE\r\n\r\n" + "".join(_block(block) for block in blocks)).encode()


def _block(lines: list[str]) -> str:
    timed = [_TIMES.sub(r"\1.\2 --> \3.\4", line) for line in lines]
    if any(_TOP in line for line in timed):
        timed = [line + " line:5%" if "-->" in line else line.replace(_TOP, "") for line in timed]
    return "\r\n".join(timed) + "\r\n\r\n"
