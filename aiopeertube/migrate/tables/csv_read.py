"""CSV with any delimiter, as a stream."""

import io
from collections.abc import Iterator, Sequence

from aiopeertube.migrate.problems import Problems

from .csv_records import Endless, Fault, Lines, Record, Records
from .csv_sniff import sniffed
from .encoding import decoded, first_fault, recognised
from .header import Header, given_header, read_header
from .origin import Origin, readable
from .source import CELL_LIMIT, Row


class Delimited:
    """A table of cells between delimiters; without `columns` its first record is the header.

    Raises:
        ConfigurationError: the delimiter cannot be told, the encoding does not exist, `columns` make no sense.
    """

    def __init__(
        self, origin: Origin, *, delimiter: str | None, columns: Sequence[str] | None, encoding: str | None
    ) -> None:
        self.name = origin.name
        self._origin = origin
        self._encoding = recognised(origin.head, encoding)
        given = None if columns is None else given_header(columns)
        self.delimiter = delimiter or self._sniffed(None if given is None else len(given.names))
        self._given = given
        self.columns = (given or self._peeked()).columns

    def rows(self, problems: Problems) -> Iterator[Row]:
        """Yield the good rows; what is wrong with the others goes to `problems`."""
        with readable(self._origin.path), decoded(self._origin.open(), self._encoding, newline="") as text:
            records = iter(Records(Lines(text), self.delimiter))
            try:
                header = self._given or self._header(next(records, None), problems)
                if header is not None:
                    yield from self._rows(records, header, problems)
            except Endless as exc:
                problems.add(exc.fault.line, _name(self._given, exc.fault.index), exc.fault.reason)

    def _rows(self, records: Iterator[Record], header: Header, problems: Problems) -> Iterator[Row]:
        width = len(header.names)
        try:
            for record in records:
                if self._good(record, header, problems):
                    cells = zip(header.names, record.cells, strict=True)
                    yield Row(record.line, {name: cell for name, cell in cells if name is not None})
                elif not record.faults and len(record.cells) != width:
                    problems.add(record.line, None, _ragged(len(record.cells), header))
        except Endless as exc:
            problems.add(exc.fault.line, _name(header, exc.fault.index), exc.fault.reason)

    def _good(self, record: Record, header: Header, problems: Problems) -> bool:
        record.faults += _bad_cells(record, self._encoding)
        for fault in record.faults:
            problems.add(fault.line, _name(header, fault.index), fault.reason, option=fault.option)
        return not record.faults and len(record.cells) == len(header.names)

    def _header(self, record: Record | None, problems: Problems) -> Header | None:
        """Make a header of the first record; None, and errors, where that cannot be."""
        before = problems.total
        header = read_header(record.cells if record else ())
        if record is None:
            problems.add(None, None, "it is empty: there is no header")
        elif self._good(record, header, problems):
            header.check(record.line, problems)
            if header.columns != self.columns:
                problems.add(record.line, None, "the header is too long, or changed while it was read")
        return header if problems.total == before else None

    def _sniffed(self, width: int | None) -> str:
        return sniffed(self._head(), whole=self._origin.whole, width=width, name=self.name)

    def _peeked(self) -> Header:
        records = Records(Lines(io.StringIO(self._head(), newline="")), self.delimiter)
        first = next(iter(records), None)
        return read_header(first.cells if first else ())

    def _head(self) -> str:
        with decoded(io.BytesIO(self._origin.head), self._encoding, newline="") as text:
            return text.read()


def _name(header: Header | None, index: int | None) -> str | None:
    return None if header is None or index is None else header.name(index)


def _ragged(count: int, header: Header) -> str:
    width = len(header.names)
    expected = f"{width} columns were given" if header.given else f"the header has {width}"
    return f"{count} cell{'s' * (count != 1)} where {expected}"


def _bad_cells(record: Record, encoding: str) -> list[Fault]:
    """Find what is wrong inside of cells: their length, and bad characters if the record is known to have any."""
    faults = [
        Fault(record.line_of(index), index, f"{len(cell):,} characters; at most {CELL_LIMIT:,} are read")
        for index, cell in enumerate(record.cells)
        if len(cell) > CELL_LIMIT
    ]
    for index, cell in enumerate(() if record.clean else record.cells):
        if fault := first_fault(cell, encoding):
            faults.append(Fault(record.line_of(index, fault[0]), index, fault[1], "encoding"))
    return faults
