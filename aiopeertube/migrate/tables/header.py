"""What the cells of a row are called."""

import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from aiopeertube.errors import ConfigurationError
from aiopeertube.migrate.problems import Problems

_IGNORED: Final = ("", "-")
_HINT: Final = "if the file has no header, its columns need names"
# Of no width, or steering the direction of writing; and what looks like a space and is none.
_UNSEEN: Final = dict.fromkeys(
    [0xAD, 0x034F, 0x061C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF]
)
_SPACES: Final = dict.fromkeys([0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")


@dataclass(frozen=True, slots=True)
class Header:
    """Names by position; None: a column that is not to be read, "": one without a name.

    `given`: by the caller, so the file has no header; `width` is how many cells it has itself, empty ones at its end
    included; `mended` are names that had something in them that cannot be seen.
    """

    names: tuple[str | None, ...]
    given: bool = False
    width: int = 0
    mended: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The names, each once, in order."""
        return tuple(dict.fromkeys(name for name in self.names if name))

    def name(self, index: int) -> str | None:
        """Name the cell at `index` (from 0); None where it has no name."""
        return (self.names[index] or None) if index < len(self.names) else None

    def check(self, line: int, problems: Problems, *, ignored: Collection[str] = ()) -> None:
        """Report names that are there twice, or differ by case alone; mostly that is a file without header.

        Of names that differ by case all but one may be `ignored`.
        """
        before = problems.total
        for name, others in self._alike(ignored):
            places = [index for index, other in enumerate(self.names, 1) if other in others]
            what = "named twice in the header" if len(others) == 1 else f"differs from {others[1]} by its case alone"
            problems.add(line, name, f"{what}, columns {', '.join(map(str, places))}; {_HINT}", option="columns")
        if problems.total > before:  # else it can still turn out that nothing is in them
            for place in self.unnamed():
                problems.add(line, None, no_name(place), option="columns")
        for name in self.mended:
            problems.note(f"line {line:,}: the header's {name!a} is read as {clean(name)!r}")

    def unnamed(self) -> Iterator[int]:
        """Give the places (from 1) of columns without a name."""
        return (place for place, name in enumerate(self.names, 1) if name == "")

    def _alike(self, ignored: Collection[str]) -> Iterator[tuple[str, list[str]]]:
        """Give names that come again, and how each of them is written."""
        for name in self.columns:
            others = [
                other
                for other in self.columns
                if other == name or (other.casefold() == name.casefold() and not {name, other} & {*ignored})
            ]
            if name == others[0] and (len(others) > 1 or self.names.count(name) > 1):
                yield name, others


def no_name(place: int) -> str:
    """Say that a column has no name."""
    return f"the header has no name for column {place}; {_HINT}"


def clean(name: str) -> str:
    """Return a column's name as it is seen: nothing without width in it, and no spaces at its ends."""
    if name.isascii():
        return name.strip()
    return unicodedata.normalize("NFC", name.translate(_UNSEEN).translate(_SPACES)).strip()


def is_blank(cell: str) -> bool:
    """Tell whether nothing is seen of a cell, nor is it what DOS puts at the end of a file."""
    return not cell or cell.isspace() or cell == "\x1a" or not (cell.isascii() or clean(cell))


def read_header(cells: Sequence[str]) -> Header:
    """Make names of a file's first row; empty ones at its end are no columns."""
    names = [clean(cell) for cell in cells]
    while names and not names[-1]:
        names.pop()
    mended = tuple(cell for cell, name in zip(cells, names, strict=False) if name != cell.strip())
    return Header(tuple(names), width=len(cells), mended=mended)


def given_header(columns: Sequence[str]) -> Header:
    """Make names of what the caller says; "" and "-" stand for columns to be ignored.

    Raises:
        ConfigurationError: a name is there twice, or there is none at all.
    """
    words = [clean(column) for column in columns]
    header = Header(tuple(None if word in _IGNORED else word for word in words), given=True, width=len(words))
    named = [name for name in header.names if name]
    twice = next((name for name in named if named.count(name) > 1), None)
    if twice or not named:
        what = f"columns: {twice} is there twice" if twice else "columns: there is no name"
        raise ConfigurationError(what, option="columns")
    return header
