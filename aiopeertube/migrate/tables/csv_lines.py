"""Lines of text, counted and bounded: no input makes this hold more than one record of `RECORD_LIMIT` characters."""

from typing import TextIO

from .encoding import is_clean
from .source import RECORD_LIMIT


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
        if not is_clean(line):
            self.clean = False
        # A byte order mark that the decoder left, as UTF-16 does when its byte order was given.
        return line.removeprefix("\ufeff") if self.number == 1 else line
