"""What a workbook's cell shows of a number, by its format, where that does not depend on the user's country."""

import re
from typing import Final

_LITERAL: Final = r'(?:"[^"]*"|\\.|[ \-+():/€$£])*'
_SECTION: Final = re.compile(
    rf"(?:\[\$-[0-9A-F]+\])?(?P<before>{_LITERAL})(?:(?P<groups>#,##)|#*)(?P<digits>0+)(?:\.(?P<decimals>0+))?(?P<percent>%?)"
    rf"(?P<after>{_LITERAL})",
    re.IGNORECASE,
)
_QUOTES: Final = re.compile(r'"([^"]*)"|\\(.)')
# Dates that show themselves as we write them; what is after the semicolon is for texts.
_ISO: Final = re.compile(r"(?:\[\$-[0-9A-F]+\])?yyyy\\?-mm\\?-dd(?:;@)?", re.IGNORECASE)
_PLAIN: Final = frozenset({"general", "@", ""})
_GROUPED: Final = 1000  # numbers below have one group of digits alone
_EXACT: Final = 1e-9  # of a number's size; what is nearer than that is the same number


def is_iso_date(number_format: str) -> bool:
    """Tell whether a format shows dates like 1939-05-31."""
    return _ISO.fullmatch(number_format) is not None


def shown(value: float, number_format: str) -> str | None:
    """Return what is seen of a number, with a decimal point; None: it cannot be told, or it is rounded."""
    if number_format.lower() in _PLAIN:
        return plain(value)
    sections = number_format.split(";")
    if value < 0 or (value == 0 and len(sections) > 2):
        sections = sections if len(sections) == 1 else [""]
    found = _SECTION.fullmatch(sections[0])
    return _filled(value, found) if found else None


def plain(value: float) -> str:
    """Write a number without any format, with the 15 digits that a spreadsheet keeps."""
    return str(int(value)) if value == int(value) else f"{value:.15g}"


def _filled(value: float, found: re.Match[str]) -> str | None:
    decimals = len(found["decimals"] or "")
    number = value * 100 if found["percent"] else value
    if abs(round(number, decimals) - number) > _EXACT * max(1.0, abs(number)):
        return None
    if found["groups"] and round(abs(number), decimals) >= _GROUPED:
        return None  # what stands between thousands depends on the country
    width = len(found["digits"]) + (decimals + 1 if decimals else 0)
    digits = f"{abs(number):0{width}.{decimals}f}"
    sign = "-" if number < 0 else ""
    return f"{sign}{_words(found['before'])}{digits}{found['percent']}{_words(found['after'])}"


def _words(literal: str) -> str:
    return _QUOTES.sub(lambda found: found[1] if found[1] is not None else found[2], literal)
