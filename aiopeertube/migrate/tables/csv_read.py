"""CSV with any delimiter, as a stream."""

import io
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from aiopeertube.migrate.problems import Problems

from .cell_text import meaning
from .csv_records import Endless, Fault, Lines, Record, Records
from .csv_sniff import sniffed
from .encoding import decoded, first_fault, recognised
from .grid import Cell, Grid
from .header import Header, given_header, is_blank, read_header
from .origin import Origin, readable
from .preamble import preamble_of
from .source import CELL_LIMIT, FILES, BadCell, Row

_NO_HEADER: Final = "it is empty: there is no header"


class Delimited:
    """A table of cells between delimiters; without `columns` its first record that is not blank is the header.

    `header_row` is the line where it begins, None: the first; columns in `ignored` may say what they like.

    Raises:
        ConfigurationError: the delimiter cannot be told, the encoding does not exist, `columns` make no sense.
    """

    def __init__(
        self,
        origin: Origin,
        *,
        delimiter: str | None = None,
        columns: Sequence[str] | None = None,
        encoding: str | None = None,
        header_row: int | None = None,
        ignored: Collection[str] = (),
    ) -> None:
        self.name = origin.name
        self._origin = origin
        self._ignored = ignored
        self._encoding = recognised(origin.head, encoding)
        given = None if columns is None else given_header(columns)
        head = self._head()
        self._before = preamble_of(head, header_row)
        lines = Lines(io.StringIO(head, newline=""))
        lines.skip(self._before.lines)
        head = lines.rest()
        width = None if given is None else len(given.names)
        said = delimiter or self._before.delimiter
        self.delimiter = said or sniffed(head, whole=origin.whole, width=width, name=self.name)
        self._given = given
        self.columns = (given or self._peeked(head)).columns

    def rows(self, problems: Problems) -> Iterator[Row]:
        """Yield the good rows; what is wrong with the others goes to `problems`."""
        with readable(self._origin.path), decoded(self._origin.open(), self._encoding, newline="") as text:
            lines = Lines(text)
            records = iter(Records(lines, self.delimiter))
            header = self._given
            try:
                lines.skip(self._before.lines)
                first = None if header else _first(records)
                header = header or self._header(first, problems)
                if header is not None:
                    yield from self._rows(records, header, first.line if first else None, problems)
            except Endless as exc:
                problems.add(exc.fault.line, _name(header, exc.fault.index), exc.fault.reason)

    def _rows(self, records: Iterator[Record], header: Header, line: int | None, problems: Problems) -> Iterator[Row]:
        grid = Grid(header, problems, line=line, ignored=self._ignored)
        for record in records:
            if self._good(record, header, problems) and (
                row := grid.row(record.line, [_cell(cell) for cell in record.cells], record.line_of)
            ):
                yield row

    def _good(self, record: Record, header: Header, problems: Problems) -> bool:
        record.faults += _bad_cells(record, header, self._encoding)
        for fault in record.faults:
            problems.add(fault.line, _name(header, fault.index), fault.reason, option=fault.option)
        return not record.faults

    def _header(self, record: Record | None, problems: Problems) -> Header | None:
        """Make a header of a record; None, and errors, where that cannot be."""
        before = problems.total
        header = read_header(record.cells if record else ())
        if record is None:
            what = f"{_NO_HEADER} from line {self._before.lines + 1:,} on" if self._before.lines else _NO_HEADER
            problems.add(None, None, what)
        elif self._good(record, Header(()), problems):
            header.check(record.line, problems, ignored=self._ignored)
            if header.columns != self.columns:
                problems.add(record.line, None, "the header is too long, or changed while it was read")
        return header if problems.total == before else None

    def _peeked(self, head: str) -> Header:
        first = _first(iter(Records(Lines(io.StringIO(head, newline="")), self.delimiter)))
        return read_header(first.cells if first else ())

    def _head(self) -> str:
        with decoded(io.BytesIO(self._origin.head), self._encoding, newline="") as text:
            return text.read()


def _first(records: Iterator[Record]) -> Record | None:
    """Return the first record of which anything is seen."""
    return next((record for record in records if record.faults or not all(map(is_blank, record.cells))), None)


def _cell(text: str) -> Cell:
    try:
        return meaning(text, typed=False)
    except BadCell as exc:
        return exc


def _name(header: Header | None, index: int | None) -> str | None:
    return None if header is None or index is None else header.name(index)


def _bad_cells(record: Record, header: Header, encoding: str) -> list[Fault]:
    """Find what is wrong inside of cells: their length, and bad characters if the record is known to have any.

    The names of files may be any bytes.
    """
    faults = [
        Fault(record.line_of(index), index, f"{len(cell):,} characters; at most {CELL_LIMIT:,} are read")
        for index, cell in enumerate(record.cells)
        if len(cell) > CELL_LIMIT
    ]
    for index, cell in enumerate(() if record.clean else record.cells):
        if fault := first_fault(cell, encoding, bytes_too=header.name(index) in FILES):
            where = f"column {index + 1}: " if header.name(index) is None else ""
            faults.append(Fault(record.line_of(index, fault[0]), index, where + fault[1], "encoding"))
    return faults
