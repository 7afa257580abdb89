"""Finds what separates the cells of a table, or says that it cannot tell."""

import io
from dataclasses import dataclass
from itertools import islice
from typing import Final

from aiopeertube.errors import ConfigurationError

from .csv_records import Lines, Record, Records

DELIMITERS: Final = (",", ";", "|", "\t")
_RECORDS: Final = 200
_MARGIN: Final = 0.1


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a text looks like when split at `delimiter`: how wide its records are, and how wide they should be."""

    delimiter: str
    widths: tuple[int, ...]
    odd: int  # records with quotes where the delimiter would not put them
    header: tuple[str, ...]
    width: int

    @property
    def fits(self) -> int:
        """How many records are as wide as they should be."""
        return self.widths.count(self.width)

    @property
    def score(self) -> float:
        """1 where every record is as wide as it should be, and all quotes enclose cells; less where not."""
        return (self.fits - self.odd) / len(self.widths)

    @property
    def titled(self) -> bool:
        """Whether the first record can be a header."""
        words = [cell.strip() for cell in self.header]
        return all(words) and len(set(words)) == len(words)


def sniffed(text: str, *, whole: bool, width: int | None, name: str) -> str:
    """Return the delimiter of a text; `whole`: it is not cut; `width`: how many columns the caller says there are.

    Raises:
        ConfigurationError: several are as likely.
    """
    samples = {delimiter: sample for delimiter in DELIMITERS if (sample := _sample(text, delimiter, whole=whole))}
    shapes = [_shape(delimiter, sample, width) for delimiter, sample in samples.items()]
    if width is None or not (fitting := [shape for shape in shapes if shape.fits * 2 > len(shape.widths)]):
        shapes = [_shape(delimiter, sample, None) for delimiter, sample in samples.items()]
    else:
        shapes = fitting
    several = [shape for shape in shapes if shape.width > 1]
    if several:
        return _likeliest(several, name, headed=width is None)
    # One column: what would separate others does not matter, unless it is in the text.
    return max(shapes, key=lambda shape: shape.score).delimiter if shapes else DELIMITERS[0]


def _sample(text: str, delimiter: str, *, whole: bool) -> list[Record]:
    records = list(islice(Records(Lines(io.StringIO(text, newline="")), delimiter), _RECORDS))
    if whole or len(records) == _RECORDS:
        return records
    return records[:-1] or records  # the last one is cut


def _shape(delimiter: str, records: list[Record], width: int | None) -> _Shape:
    widths = tuple(len(record.cells) for record in records)
    odd = sum(bool(record.quirks or record.faults) for record in records)
    return _Shape(delimiter, widths, odd, tuple(records[0].cells), widths[0] if width is None else width)


def _likeliest(shapes: list[_Shape], name: str, *, headed: bool) -> str:
    perfect = [shape for shape in shapes if shape.score == 1] or _ahead(shapes)
    if len(perfect) > 1 and headed:
        perfect = [shape for shape in perfect if shape.titled] or perfect
    if len(perfect) > 1:
        what = f"{name}: cannot tell what separates its cells, {_words(perfect)}"
        raise ConfigurationError(what, option="delimiter")
    return perfect[0].delimiter


def _ahead(shapes: list[_Shape]) -> list[_Shape]:
    best = max(shape.score for shape in shapes)
    return [shape for shape in shapes if shape.score >= best - _MARGIN]


def _words(shapes: list[_Shape]) -> str:
    return " or ".join("TAB" if shape.delimiter == "\t" else f'"{shape.delimiter}"' for shape in shapes)
