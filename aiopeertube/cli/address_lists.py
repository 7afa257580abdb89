"""Lists of instances from a file or stdin, an address a line."""

import codecs
import sys
from pathlib import Path
from typing import Final

from aiopeertube.cli.errors import Exit, Failure
from aiopeertube.errors import FileUnreadable, InvalidURL

# The longer mark first: UTF-32's begins like UTF-16's.
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_list(source: str, *, or_none: bool = False) -> list[str]:
    """Return the lines of a file, or of stdin for "-", which name one instance at least, or none with `or_none`.

    Raises:
        FileUnreadable: it cannot be read, or is no text.
        Failure: some lines are no addresses, or there is none.
    """
    from aiopeertube.fleet import read_addresses  # noqa: PLC0415 - `--help` starts without

    try:
        data = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as exc:
        raise FileUnreadable(source, exc.strerror or str(exc)) from None
    lines, name = _text(data, source).splitlines(), "stdin" if source == "-" else source
    try:
        found = read_addresses(lines).origins
    except InvalidURL as exc:
        raise Failure(f"{name}: {exc}", code=Exit.USAGE, hint="an address a line; # begins a comment") from None
    if not (found or or_none):
        raise Failure(f"{name} names no instance", code=Exit.USAGE, hint="an address a line, like videos.example")
    return lines


def _text(data: bytes, source: str) -> str:
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8-sig")
    text = data.decode(encoding, "replace")
    if "\0" in text:
        raise FileUnreadable(source, "it is not text in UTF-8")
    return text
