"""What was cut to fit the server, said video by video: nobody loses the end of a text unseen."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from .fields import FIELDS, Reading

_LISTED: Final = 1000
Say = Callable[[str], object]


def whole(name: str, cell: Any, reading: Reading) -> Any:
    """Return what a cell would be, were nothing cut."""
    return FIELDS[name].parse(cell, replace(reading, fit=False)) if isinstance(cell, str) else cell


def cut(name: str, before: Any, after: Any) -> str:
    """Say what `after` lacks of `before`; "" where that is nothing."""
    if isinstance(before, str) and isinstance(after, str) and len(after) < len(before):
        return f"{name} cut from {len(before):,} to {len(after):,} characters"
    if isinstance(before, list | tuple) and isinstance(after, list):
        left_out = [tag for tag in dict.fromkeys(before) if tag not in after]
        return f"{name} without {', '.join(map(repr, left_out))}" if left_out else ""
    return ""


class Cuts:
    """Says what was cut, a line each; of very many only the first thousand."""

    def __init__(self, say: Say = lambda line: None) -> None:
        self._say = say
        self.count = 0

    def note(self, where: str, name: str, before: Any, after: Any) -> None:
        """Say what `after` lacks of `before`, if anything."""
        what = cut(name, before, after)
        if not what:
            return
        self.count += 1
        if self.count <= _LISTED:
            self._say(f"{where}: {what}")
        elif self.count == _LISTED + 1:
            self._say(f"... and more; only the first {_LISTED:,} cuts are listed")
