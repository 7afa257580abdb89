r"""Where texts differ, in one line for people: the words that went and that came, with some of what is around them.

What cannot be seen is written: line breaks and tabs as \n, \r\n and \t, other characters by their numbers, and
spaces as ␣ where nothing else changed. Words are marked as wdiff does: [-went-] and {+came+}.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final, Literal
from unicodedata import is_normalized, normalize

from aiopeertube._counting import counted

SHORT: Final = 60  # characters of a text that are shown as they are
_AROUND: Final = 24  # characters of context before and after what differs
_STRETCH: Final = 60  # characters of one stretch that went, or came
_PLACES: Final = 3  # stretches of one text that are shown
_COMPARED: Final = 2000  # words; longer stretches are taken as one
_WORD: Final = re.compile(r"\r\n|\w+|[^\S\r\n]+|[^\w ]")
_BREAK: Final = re.compile(r"\r\n|\r|\n")
_FORMS: Final[Mapping[str, Literal["NFC", "NFD"]]] = {"composed (NFC)": "NFC", "decomposed (NFD)": "NFD"}
_NAMES: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


@dataclass(frozen=True, slots=True)
class _Stretch:
    """What differs in one place: from where to where in the old text, and in the new."""

    old: tuple[int, int]
    new: tuple[int, int]


def visible(text: str) -> str:
    """Write what cannot be seen."""
    return "".join(char if char == " " or char.isprintable() else _named(char) for char in text)


def _named(char: str) -> str:
    number = ord(char)
    return _NAMES.get(char) or (f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}")


def excerpt(text: str, start: int = 0) -> str:
    """Return as much of a text as there is room for, from `start` on; dots stand for what is left out."""
    part = visible(text[start : start + 2 * SHORT])
    return ("..." if start else "") + _cut(part, SHORT)


def excerpts(texts: Sequence[str]) -> list[str]:
    """Return excerpts of texts that begin at one place, so that they show where the texts begin to differ."""
    start = 0 if max(map(len, texts)) <= SHORT else max(0, first_difference(texts) - SHORT // 3)
    return [excerpt(text, start) for text in texts]


def _cut(line: str, length: int) -> str:
    return line if len(line) <= length else line[: length - 3] + "..."


def difference(old: str, new: str, *, full: bool = False) -> str:
    """Say in one line how `old` becomes `new`: both as they are where they are short, else what differs.

    `full` shows all of what differs, where there is else room for some of it.
    """
    if alone := _of_breaks_alone(old, new) or _of_accents_alone(old, new):
        return alone
    if max(len(old), len(new)) <= SHORT and old.split() != new.split():
        return f"{visible(old)} -> {visible(new)}"
    stretches = list(_stretches(old, new))
    if not stretches or _share(stretches, old, new) > 0.5:
        return " -> ".join((visible(old), visible(new)) if full else excerpts((old, new)))
    if full:
        return " / ".join(_marked(one, old, new, room=None) for one in stretches)
    shown = [_marked(one, old, new) for one in stretches[:_PLACES]]
    more = len(stretches) - len(shown)
    return " / ".join(shown) + (f" (and in {counted(more, 'more place')})" if more else "")


def first_difference(texts: Sequence[str]) -> int:
    """Return where texts begin to differ; their shortest length where they do not before."""
    shortest = min(map(len, texts))
    return next((at for at in range(shortest) if len({text[at] for text in texts}) > 1), shortest)


def _of_breaks_alone(old: str, new: str) -> str:
    """Say how many line breaks became others, where nothing else changed; "" otherwise."""
    were, are = _BREAK.findall(old), _BREAK.findall(new)
    if were == are or _BREAK.split(old) != _BREAK.split(new):
        return ""
    changed = [(before, after) for before, after in zip(were, are, strict=True) if before != after]
    kinds = dict.fromkeys(changed)
    told = ", ".join(f"{changed.count(kind):,} x {visible(kind[0])} -> {visible(kind[1])}" for kind in kinds)
    return f"line breaks alone: {told}"


def _of_accents_alone(old: str, new: str) -> str:
    """Say how accents are written where nothing else changed, as both look alike; "" otherwise."""
    if old.isascii() or old == new or normalize("NFC", old) != normalize("NFC", new):
        return ""
    return f"accents alone, from {_form(old)} characters to {_form(new)}: {excerpt(old)}"


def _form(text: str) -> str:
    return next((name for name, form in _FORMS.items() if is_normalized(form, text)), "mixed")


def _stretches(old: str, new: str) -> Iterator[_Stretch]:
    """Find what differs, word by word, from the first difference to the last."""
    start = _start(old, new)
    end = _end(old, new, start)
    ours, theirs = list(_words(old, start, len(old) - end)), list(_words(new, start, len(new) - end))
    if max(len(ours), len(theirs)) > _COMPARED:
        yield _Stretch((start, len(old) - end), (start, len(new) - end))
        return
    matcher = SequenceMatcher(None, [old[a:b] for a, b in ours], [new[a:b] for a, b in theirs], autojunk=False)
    for kind, *(a, b, c, d) in matcher.get_opcodes():
        if kind != "equal":
            yield _Stretch(_span(ours, a, b, len(old) - end), _span(theirs, c, d, len(new) - end))


def _span(words: Sequence[tuple[int, int]], first: int, last: int, end: int) -> tuple[int, int]:
    begins = words[first][0] if first < len(words) else end
    return begins, words[last - 1][1] if last > first else begins


def _words(text: str, start: int, end: int) -> Iterable[tuple[int, int]]:
    return (found.span() for found in _WORD.finditer(text, start, end))


def _start(old: str, new: str) -> int:
    """Return the beginning of the first word that differs."""
    at = first_difference((old, new))
    while at and any(text[at - 1 : at + 1].isalnum() and at < len(text) for text in (old, new)):
        at -= 1
    return at - 1 if at and old[at - 1] == "\r" else at


def _end(old: str, new: str, start: int) -> int:
    """Return how many characters at the end are alike, of whole words."""
    most = min(len(old), len(new)) - start
    alike = next((at for at in range(most) if old[-1 - at] != new[-1 - at]), most)
    while alike and any(text[-alike - 1 : len(text) - alike + 1].isalnum() for text in (old, new)):
        alike -= 1
    return alike - 1 if alike and old[-alike] == "\n" else alike


def _share(stretches: Sequence[_Stretch], old: str, new: str) -> float:
    """Return how much of the longer text differs."""
    went = sum(one.old[1] - one.old[0] for one in stretches)
    came = sum(one.new[1] - one.new[0] for one in stretches)
    return max(went / max(len(old), 1), came / max(len(new), 1))


def _marked(one: _Stretch, old: str, new: str, *, room: int | None = _STRETCH) -> str:
    """Write one stretch with what is around it."""
    before = visible(old[max(0, one.old[0] - _AROUND) : one.old[0]])
    after = visible(old[one.old[1] : one.old[1] + _AROUND])
    went, came = (_seen(text, room) for text in (old[slice(*one.old)], new[slice(*one.new)]))
    marked = (f"[-{went}-]" if went else "") + (f"{{+{came}+}}" if came else "")
    opens = "..." if one.old[0] > _AROUND else ""
    return f"{opens}{before}{marked}{after}{'...' if one.old[1] + _AROUND < len(old) else ''}"


def _seen(text: str, room: int | None) -> str:
    seen = visible(text).replace(" ", "␣") if not text.strip() else visible(text)
    return seen if room is None else _cut(seen, room)


def shown(value: Any) -> str:
    """Write a value of JSON for people, in one line."""
    if value in (None, "", []):
        return "(none)"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return (
            str(value["file"])
            if "file" in value
            else " ".join(str(each) for each in value.values() if each is not None)
        )
    return ", ".join(map(shown, value)) if isinstance(value, list) else str(value)
