r"""How a workbook writes characters that XML cannot hold: `_x0001_`, and `_x005F_x0001_` where that is the text.

XML reads \r as \n, so that it is written like this too.
"""

import re
from typing import Final

_ILLEGAL: Final = "\\x00-\\x08\\x0b-\\x1f\ufffe\uffff"
# An underscore that would begin an escape, once the characters behind it are escaped themselves.
_TO_ESCAPE: Final = re.compile(f"[{_ILLEGAL}]|_(?=x[0-9A-Fa-f]{{4}}[_{_ILLEGAL}])")
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")


def escaped(text: str) -> str:
    """Return the text as a workbook holds it."""
    return _TO_ESCAPE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def unescaped(text: str) -> str:
    """Return the text that a workbook means."""
    return _ESCAPED.sub(_char, text) if "_x" in text else text


def _char(found: re.Match[str]) -> str:
    char = chr(int(found[1], 16))
    # Half of a pair is no character; whoever wrote it meant something else.
    return found[0] if "\ud800" <= char <= "\udfff" else char
