r"""What the text of a cell means, alike in every format: traces of spreadsheets that failed, and how to mean them.

Where a spreadsheet failed it leaves `#NAME?` and its like in a file, and `1.23E+15` where it lost the digits of a
number: these are no text that anybody wrote, and are refused. `="007"` is how digits survive a spreadsheet: 007.

A quote in front makes text of all that, as it does in a spreadsheet: `'#NAME?` is #NAME?. A spreadsheet runs a cell
of CSV that begins with one of = + - @, a TAB or a line break, whoever wrote it, so such cells are written with the
quote (OWASP, "CSV Injection"), and it is taken off where they are read. In XLSX and JSON lines the file itself says
what is text, so that these go without.
"""

import re
from typing import Final

from .source import BadCell

_RUN: Final = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"  # a spreadsheet in Japanese takes the wide ones, too
# In English, and as Excel writes them to CSV in German, French, Dutch, Spanish, Italian and Portuguese; LibreOffice's
# Err:502, Google's #ERROR!, and the hashes of a date that cannot be shown.
_FAILED: Final = re.compile(
    r"#(?:N/A|N/A N/A|NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|GETTING_DATA|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|BUSY!"
    r"|UNKNOWN!|EXTERNAL!|PYTHON!|TIMEOUT!|ERROR!|MACRO\?"
    r"|NV|WERT!|BEZUG!|ZAHL!|ÜBERLAUF!|NOM\?|VALEUR!|NOMBRE!|NUL!|N/B|NAAM\?|WAARDE!|VERW!|GETAL!|LEEG!|DEEL/0!"
    r"|¿NOMBRE\?|¡VALOR!|¡REF!|¡NUM!|¡NULO!|¡DIV/0!|NOME\?|VALORE!|RIF!|NULLO!|N/D|VALOR!|NÚM!|NULO!|##+)"
    r"|Err:\d{3}"
)
_LOST: Final = re.compile(r"[+-]?\d(?:[.,]\d+)?E[+-]\d{2,3}")
_LITERAL: Final = re.compile(r'="((?:[^"]|"")*)"')
# How a text begins, past its spaces, about which there is anything to find out.
_SUSPICIOUS: Final = frozenset("'=#E+-0123456789")
_SPACES: Final = tuple(char for char in map(chr, range(0x3001)) if char.isspace())
_BEGINNINGS: Final = _SUSPICIOUS | {*_RUN, *_SPACES}
_QUOTE: Final = "'"
_MEANT: Final = "if that is the text, write ' before it"


def meaning(text: str, *, typed: bool) -> str:
    """Return the text that a cell means; `typed`: the format says itself what is text and what a formula.

    Raises:
        BadCell: it is what a spreadsheet leaves where it failed, or a formula.
    """
    if not text or text.lstrip()[:1] not in _SUSPICIOUS:
        return text
    if _is_quoted(text):
        return text[1:]
    word = text.strip()
    if (found := literal(word)) is not None:
        return found
    if why := _failure(word):
        raise BadCell(text, why)
    if not typed and text.startswith("=") and len(word) > 1:
        raise BadCell(text, f"a formula: {text[:20]!r}; paste its value, or {_MEANT}")
    return text


def literal(text: str) -> str | None:
    """Return what ="007" says; None of any other text."""
    found = _LITERAL.fullmatch(text.strip())
    return None if found is None else found[1].replace('""', '"')


def harmless(text: str, *, typed: bool) -> str:
    """Write a text so that no spreadsheet runs it, and `meaning` gives it back."""
    if text[:1] not in _BEGINNINGS or text.isspace():
        return text
    bare = text.lstrip(_QUOTE)
    special = _is_trace(bare) or (bare.startswith(tuple(_RUN)) and (not typed or bare != text))
    return _QUOTE + text if special else text


def _is_quoted(text: str) -> bool:
    bare = text.lstrip(_QUOTE)
    return bare != text and (bare.startswith(tuple(_RUN)) or _is_trace(bare))


def _is_trace(text: str) -> bool:
    word = text.strip()
    return bool(_LITERAL.fullmatch(word) or _failure(word))


def _failure(word: str) -> str:
    """Say what a spreadsheet failed at; "" where it did not."""
    if _FAILED.fullmatch(word):
        return f"an error: {word}; {_MEANT}"
    if _LOST.fullmatch(word):
        return f"{word} has lost digits: a spreadsheet wrote a number short; enter it as text, or {_MEANT}"
    return ""


# UTF-8 that was read as Windows-1252: what its lead bytes and the bytes behind look like there.
_BEHIND: Final = "\u0080-\u00bf" + bytes(range(0x80, 0xC0)).decode("cp1252", "ignore")
_TWICE: Final = re.compile(
    f"[ÂÃÄÅ][{_BEHIND}]|â[\u20ac\u201a\u201e\u2020\u02c6][{_BEHIND}\ufffd]|ð[\u0178\u009f][{_BEHIND}]|ï»¿"
)


def decoded_twice(text: str) -> bool:
    """Tell whether a text looks like UTF-8 that was read as Windows-1252, as Excel does without a byte order mark."""
    return not text.isascii() and _TWICE.search(text) is not None
