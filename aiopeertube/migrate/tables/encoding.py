"""From bytes to text as a stream, without ever failing: what cannot be decoded is marked in the text."""

import codecs
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, Final, TextIO

from aiopeertube.errors import ConfigurationError

# The longer mark first: UTF-32's begins like UTF-16's.
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HANDLER: Final = "aiopeertube.migrate.mark"
_SURROGATES: Final = range(0xD800, 0xE000)
_BYTES: Final = range(0xDC00, 0xDD00)


def _mark(error: UnicodeError) -> tuple[str, int]:
    """Put a lone surrogate, U+DC00 and the byte, for each bad byte; `surrogateescape` takes none below 0x80."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(_BYTES.start + byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error(_HANDLER, _mark)


def recognised(head: bytes, given: str | None) -> str:
    """Return the encoding to read with: the given one, else by the byte order mark, else UTF-8.

    Raises:
        ConfigurationError: there is no such encoding.
    """
    if given is None:
        return next((name for mark, name in _MARKS if head.startswith(mark)), None) or _without_mark(head)
    try:
        found = codecs.lookup(given).name
        io.TextIOWrapper(io.BytesIO(), encoding=found).close()  # refuses codecs that are none of text
    except LookupError as exc:
        raise ConfigurationError(f"encoding {given}: there is no such encoding", option="encoding") from exc
    return "utf-8-sig" if found == "utf-8" else found


def _without_mark(head: bytes) -> str:
    """Tell UTF-16 without a mark by its NULs, every other byte where the text is in Latin letters."""
    sample = head[:400]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if half and max(even, odd) > 0.4 * half and min(even, odd) <= 0.02 * half:
        return "utf-16-le" if odd > even else "utf-16-be"
    return "utf-8"


def first_fault(text: str, encoding: str, *, bytes_too: bool = False) -> tuple[int, str] | None:
    """Return where in the text the first bad character is, and what is wrong with it; None: nothing.

    With `bytes_too` bytes that are no characters are none, as in the names of files. What helps is the option
    `encoding`.
    """
    for at, char in enumerate(text):
        if bytes_too and 0xDC80 <= ord(char) < 0xDD00:
            continue
        if char == "\0":
            return at, "a NUL character; the encoding may be UTF-16, like utf-16-le"
        if ord(char) in _SURROGATES:
            what = f"byte 0x{ord(char) & 0xFF:02X}" if ord(char) in _BYTES else "a character"
            name = encoding.upper().removesuffix("-SIG")
            return at, f"{what} is not {name}; the encoding is another, like {_other(encoding)}"
    return None


def _other(encoding: str) -> str:
    return "cp1252" if encoding.startswith("utf-8") else "utf-8"


@contextmanager
def decoded(stream: BinaryIO, encoding: str, *, newline: str) -> Iterator[TextIO]:
    r"""Decode a stream and close it at the end; `newline` "" breaks lines at \n, \r\n and \r, "\n" at that alone."""
    with stream, io.TextIOWrapper(stream, encoding=encoding, errors=_HANDLER, newline=newline) as text:
        yield text
