"""Texts that a spreadsheet took for numbers, days, times or truths, and wrote in its own way when it saved a CSV.

`007` comes back as `7`, `2024-01-05` as `01/05/24`, `10-12` as `12-Oct`, `1e3` as `1000`. Nobody can tell for certain
that no hand did so, so this is for telling people alone.
"""

import re
from collections.abc import Iterator
from decimal import ROUND_DOWN, Context, Decimal
from typing import Final

_LONGEST: Final = 40  # characters; whatever a spreadsheet takes for something else is shorter
_DIGITS: Final = Context(prec=15, rounding=ROUND_DOWN)  # of a number all others are lost
_NUMBER: Final = re.compile(
    r"(?P<minus>[-(]?)\+?[€$£¥]?(?P<digits>[0-9]+(?:[.,'][0-9]+)*)(?P<power>[eE][-+]?[0-9]{1,3})?(?P<percent>%?)[€$£¥]?\)?"
)
_GROUPS: Final = re.compile(r"[0-9]{1,3}(?:([.,'])[0-9]{3})(?:\1[0-9]{3})*")
_DAY: Final = re.compile(r"(?:[0-9]+|[^\W\d_]+|[-/.:, +])+")
_WORDS: Final = re.compile(r"[^\W\d_]+")
_HALVES: Final = frozenset({"am", "pm", "t", "z"})
# How months begin in English, German, Dutch, French, Spanish, Italian and Portuguese.
_MONTH: Final = re.compile(
    "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mär|mai|okt|dez|mrt|mei|fév|avr|jui|aoû|déc|ene|abr|ago|dic|gen"
    "|mag|giu|lug|set|ott|fev|out"
)
_TRUTHS: Final = (
    frozenset({"true", "wahr", "waar", "vrai", "verdadero", "vero", "verdadeiro"}),
    frozenset({"false", "falsch", "onwaar", "faux", "falso"}),
)


def is_respelled(before: str, now: str) -> bool:
    """Tell whether a spreadsheet may have made one text of another."""
    if before == now or max(len(before), len(now)) > _LONGEST:
        return False
    words = before.strip().casefold(), now.strip().casefold()
    if any(words[0] in truths and words[1] in truths for truths in _TRUTHS):
        return True
    return not set(_numbers(before)).isdisjoint(_numbers(now)) or _is_one_day(*words)


def _numbers(text: str) -> Iterator[Decimal]:
    """Give the numbers that a text may stand for, wherever points and commas are what."""
    found = _NUMBER.fullmatch(re.sub(r"\s", "", text))
    if found is None:
        return
    head, mark, tail = _at_last_mark(found["digits"])
    forms = {f"{head}.{tail}" if mark and mark != "'" else head + tail}
    if _GROUPS.fullmatch(found["digits"]):
        forms.add(head + tail)
    for form in forms:
        number = _DIGITS.create_decimal(form + (found["power"] or ""))
        yield (number / 100 if found["percent"] else number) * (-1 if found["minus"] else 1)


def _at_last_mark(digits: str) -> tuple[str, str, str]:
    """Split at the last point or comma; those before it stand between groups of digits."""
    at = max(map(digits.rfind, ".,'"))
    head, mark, tail = (digits, "", "") if at < 0 else (digits[:at], digits[at], digits[at + 1 :])
    return re.sub("[.,']", "", head), mark, tail


def _is_one_day(before: str, now: str) -> bool:
    """Tell whether all numbers of a day or time are there again; one may have become a word, a year may have come."""
    was, is_now = _parts(before), _parts(now)
    if was is None or is_now is None:
        return False
    (numbers, month), (there, its_month) = was, is_now
    missing = numbers - there
    if len(missing) == 1 and its_month and not month:
        return True
    return not missing and (month or not its_month)


def _parts(text: str) -> tuple[set[int], bool] | None:
    """Return the numbers of what looks like a day or a time, and whether it has the word of a month; None: neither.

    A year has two digits or four, and midnight is 0 or 12.
    """
    words = [word for word in _WORDS.findall(text) if word not in _HALVES]
    numbers = re.findall("[0-9]+", text)
    is_month = len(words) == 1 and _MONTH.match(words[0]) is not None
    if (words and not is_month) or len(numbers) + is_month < 2 or _DAY.fullmatch(text) is None:
        return None
    return {int(number) % 100 for number in numbers} - {0}, is_month
