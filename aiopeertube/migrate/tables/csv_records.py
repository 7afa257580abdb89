r"""Records of CSV: what Python's `csv` reads, and besides where everything is and what is wrong with it.

Like `csv` it takes quotes inside unquoted cells as they are. Text after a closing quote is taken as well, but with
the quotes, which `csv` would drop: `"Zuiderzee" (1934)` is a title, not a quoted cell with something behind it. Where
that could be otherwise (a delimiter, a quote or a line break is inside the quotes) it is a fault.

No input makes this hold more than one record of `RECORD_LIMIT` characters.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, TextIO

from .source import RECORD_LIMIT

_INSIDE: Final = re.compile(r'(?:[^"]++|"")*+')
_BREAK: Final = re.compile(r"\r\n|\r|\n")


class TooLong(Exception):
    """A record is longer than `RECORD_LIMIT` characters."""


class Lines:
    """Reads lines, their ends kept; `number` counts those read, `clean` tells that a record has no bad character."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._room = RECORD_LIMIT
        self.number = 0
        self.clean = True

    def first(self) -> str:
        """Read the line that begins a record; "" at the end.

        Raises:
            TooLong: it is too long.
        """
        self._room = RECORD_LIMIT
        self.clean = True
        return self.more()

    def skip(self, count: int) -> None:
        """Leave out lines that belong to no record.

        Raises:
            Endless: one is too long.
        """
        for _ in range(count):
            try:
                self.first()
            except TooLong:
                reason = f"longer than {RECORD_LIMIT:,} characters; nothing was read from here on"
                raise Endless(Fault(self.number, None, reason)) from None

    def rest(self) -> str:
        """Read all that is left, however much it is."""
        return self._text.read()

    def more(self) -> str:
        """Read one more line of the same record; "" at the end.

        Raises:
            TooLong: the record is too long.
        """
        line = self._text.readline(self._room + 1)
        if not line:
            return ""
        self.number += 1
        if len(line) > self._room:
            raise TooLong
        self._room -= len(line)
        if not _is_clean(line):
            self.clean = False
        # A byte order mark that the decoder left, as UTF-16 does when its byte order was given.
        return line.removeprefix("\ufeff") if self.number == 1 else line


@dataclass(slots=True)
class Fault:
    """Something wrong at a line, in the cell at `index`; None: in the whole record."""

    line: int
    index: int | None
    reason: str
    option: str = ""  # the one that helps


@dataclass(slots=True)
class Record:
    """Cells and faults of a record that begins at `line`; `quirks` counts quotes that enclose no cell."""

    line: int
    cells: list[str]
    faults: list[Fault] = field(default_factory=list)
    quirks: int = 0
    clean: bool = True  # no bad character in it

    def line_of(self, index: int, at: int = 0) -> int:
        """Return the line where the character `at` of the cell at `index` is."""
        before = [*self.cells[:index], self.cells[index][:at] if index < len(self.cells) else ""]
        return self.line + sum(breaks(cell) for cell in before)


def breaks(text: str) -> int:
    """Count line breaks."""
    return len(_BREAK.findall(text)) if "\n" in text or "\r" in text else 0


class Endless(Exception):
    """A record is so long that reading ends here; `fault` says where it began."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.reason)
        self.fault = fault


class Records:
    """Iterates the records of a text, empty lines left out.

    Raises while iterating:
        Endless: a record is longer than `RECORD_LIMIT` characters.
    """

    def __init__(self, lines: Lines, delimiter: str) -> None:
        self._lines = lines
        self._delimiter = delimiter
        self._plain = re.compile(rf"[^{re.escape(delimiter)}\r\n]*+")

    def __iter__(self) -> Iterator[Record]:
        while line := self._first():
            if text := line.rstrip("\r\n"):
                yield self._record(line, text)

    def _first(self) -> str:
        try:
            return self._lines.first()
        except TooLong:
            reason = f"longer than {RECORD_LIMIT:,} characters; nothing was read from here on"
            raise Endless(Fault(self._lines.number, None, reason)) from None

    def _record(self, line: str, text: str) -> Record:
        if '"' not in line:
            return Record(self._lines.number, text.split(self._delimiter), clean=self._lines.clean)
        record = _Parse(self._lines, line, self._delimiter, self._plain).record()
        record.clean = self._lines.clean
        return record


class _Parse:
    """Parses one record that has quotes; `_line` is the current line, `_at` the place in it."""

    def __init__(self, lines: Lines, line: str, delimiter: str, plain: re.Pattern[str]) -> None:
        self._lines = lines
        self._line = line
        self._at = 0
        self._delimiter = delimiter
        self._pattern = plain
        self._record = Record(lines.number, [])

    def record(self) -> Record:
        cells = self._record.cells
        while True:
            cells.append(self._quoted() if self._line.startswith('"', self._at) else self._plain())
            if not self._line.startswith(self._delimiter, self._at):
                return self._record
            self._at += 1

    def _plain(self) -> str:
        text = self._take(self._pattern)
        self._record.quirks += '"' in text
        return text

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._line, self._at)
        if found is None:  # it matches nothing as well as something
            raise AssertionError(pattern.pattern)
        self._at = found.end()
        return found[0]

    def _quoted(self) -> str:
        line = self._lines.number
        self._at += 1
        inside = self._inside(line)
        text = inside.replace('""', '"')
        behind = self._take(self._pattern)
        return self._odd(line, inside, behind) if behind.strip() else text + behind

    def _inside(self, line: int) -> str:
        """Take up to the closing quote and that; lines are searched once each, however many a cell has."""
        parts = [self._take(_INSIDE)]
        while self._at == len(self._line):
            self._line, self._at = self._more(line), 0
            if not self._line:
                self._fault(line, "the quote that begins this cell is never closed")
                return "".join(parts)
            parts.append(self._take(_INSIDE))
        self._at += 1
        return "".join(parts)

    def _more(self, line: int) -> str:
        try:
            return self._lines.more()
        except TooLong:
            reason = f"the quote that begins this cell is not closed within {RECORD_LIMIT:,} characters"
            index = len(self._record.cells)
            raise Endless(Fault(line, index, f"{reason}; nothing was read from here on")) from None

    def _odd(self, line: int, inside: str, behind: str) -> str:
        self._record.quirks += 1
        if '"' in inside or self._delimiter in inside or breaks(inside):
            shown = behind.strip()[:20]
            self._fault(line, f"text after the closing quote: {shown!r}; quotes that belong to the text are doubled")
        return f'"{inside}"{behind}'

    def _fault(self, line: int, reason: str) -> None:
        self._record.faults.append(Fault(line, len(self._record.cells), reason))


def _is_clean(text: str) -> bool:
    """Tell whether all of it was decoded, and no NUL is in it; fast."""
    if "\0" in text:
        return False
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
