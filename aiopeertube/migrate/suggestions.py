"""What somebody meant who misspelt a word."""

import difflib
from collections.abc import Iterable
from typing import Final

_FEW: Final = 30
_MUCH: Final = 0.1


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Continue "there is no such thing as WORD": by the words that come near, or by all where they are few."""
    words = list(known)
    if near := nearest(word, words):
        return f": did you mean {' or '.join(near)}?"
    return f"; there are {', '.join(words)}" if 0 < len(words) <= _FEW else ""


def nearest(word: str, known: Iterable[str]) -> list[str]:
    """Return the few words that come near, case aside."""
    by_folded = {one.casefold(): one for one in known}
    near = _nearest(word.casefold(), difflib.get_close_matches(word.casefold(), by_folded, n=3))
    return [by_folded[one] for one in near]


def no_such(what: str, word: str, known: Iterable[str]) -> str:
    """Say that there is no such thing, and what may have been meant."""
    meant = did_you_mean(word, known)
    missing = f"there is no {what} {word!r}"
    return f"{word}{meant} ({missing})" if meant.startswith(":") else missing + meant


def _nearest(word: str, near: list[str]) -> list[str]:
    """Leave out what is much farther away than the best."""
    by_ratio = {one: difflib.SequenceMatcher(None, one, word).ratio() for one in near}
    return [one for one, ratio in by_ratio.items() if ratio > max(by_ratio.values()) - _MUCH]
