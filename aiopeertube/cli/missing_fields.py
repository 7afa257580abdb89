"""Fields that were asked for and that no row had: misspelt, as a rule."""

from collections.abc import Collection, Iterable, Sequence
from difflib import get_close_matches

from aiopeertube.cli.cells import Row
from aiopeertube.cli.output import Writer
from aiopeertube.cli.terminal import note


class Noted:
    """Passes rows on to a writer, and says at the end which fields no row had."""

    def __init__(self, writer: Writer, fields: Sequence[str] | None) -> None:
        self._writer = writer
        self._missing = dict.fromkeys(name.partition(".")[0] for name in fields or ())
        self._there: dict[str, None] = {}

    def add(self, row: Row) -> None:
        """Write the row."""
        self._writer.add(row)
        if self._missing:
            self._there |= dict.fromkeys(row)
            self._missing = {name: None for name in self._missing if name not in row}

    def end(self) -> None:
        """Write what is left."""
        self._writer.end()
        if self._there:
            tell(self._missing, self._there)


def tell(fields: Iterable[str] | None, there: Collection[str]) -> None:
    """Say which fields are not among those that are there."""
    for name in dict.fromkeys(field.partition(".")[0] for field in fields or ()):
        if name not in there:
            near = get_close_matches(name, there, n=3)
            meant = f"; did you mean {' or '.join(near)}?" if near else ""
            note(f"--fields: there is no field {name!r}{meant}")
