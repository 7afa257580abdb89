"""Texts that a program damaged between an export and its table: UTF-8 read in another encoding, or lost on saving.

What was exported is known, so this is no guess: a text is exactly what a wrong encoding makes of it.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Final

# As spreadsheets read and save CSV where nobody says which: on Windows, on a Mac, in the West, the East, and of old.
_ENCODINGS: Final = {
    "Windows-1252": "cp1252", "Mac Roman": "mac_roman", "Latin-1": "latin-1", "Windows-1250": "cp1250",
    "Windows-1251": "cp1251", "Windows-1253": "cp1253", "Windows-1254": "cp1254", "DOS 850": "cp850",
    "DOS 437": "cp437",
}  # fmt: skip
# Bytes that are no characters of an encoding: some programs keep them, others have this in their place.
_NONE: Final = dict.fromkeys(range(0x80, 0xA0), "\ufffd")
_SAVED: Final = ("Windows-1252", "Mac Roman", "Windows-1250", "Windows-1251")


def misread(before: Sequence[str], now: Sequence[str]) -> str:
    """Say by which mistake the exported texts became what stands there now; "" where a hand may have done it."""
    if all(map(str.isascii, before)) or _seen(before) == (there := _seen(now)):
        return ""
    if _count(now) >= _count(before):  # each character becomes two or more, of which one may be a blank
        for name in _ENCODINGS:
            if _seen(before, partial(_read_as, name=name)) == there:
                return f"it is the exported text as {name} shows its UTF-8"
    if _count(now, "?") > _count(before, "?"):
        for name in _SAVED:
            if _seen(before, partial(_saved_as, name=name)) == there:
                return f"it is the exported text without what {name} cannot write, which has ? in its place"
    return ""


def _count(texts: Sequence[str], char: str = "") -> int:
    return sum(text.count(char) if char else len(text.strip()) for text in texts)


def _seen(texts: Sequence[str], change: Callable[[str], str] = str) -> list[str]:
    """Return texts without what spreadsheets do to any; tags have no order."""
    return sorted(" ".join(change(text).translate(_NONE).split()) for text in texts)


def _read_as(text: str, name: str) -> str:
    characters = _characters(name)
    return "".join(characters[byte] for byte in text.encode("utf-8", "surrogatepass"))


def _saved_as(text: str, name: str) -> str:
    there = frozenset(_characters(name))
    return "".join(char if char in there else "?" * (1 + (ord(char) > 0xFFFF)) for char in text)


@lru_cache
def _characters(name: str) -> tuple[str, ...]:
    """Return what each byte is; one that is no character is U+FFFD."""
    return tuple(bytes([byte]).decode(_ENCODINGS[name], "replace") for byte in range(256))
