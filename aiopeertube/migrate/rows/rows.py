"""From a table's rows to what they want, every error with its line and column."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from aiopeertube.migrate.journal.item import Item
from aiopeertube.migrate.metadata import fields
from aiopeertube.migrate.metadata.changes import clash
from aiopeertube.migrate.metadata.fields import FIELDS, LABELLED, Doubtful, Reading, too_new
from aiopeertube.migrate.metadata.fitting import Cuts, whole
from aiopeertube.migrate.metadata.shapes import brief
from aiopeertube.migrate.metadata.values import CLEARED
from aiopeertube.migrate.problems import CellError, Problems
from aiopeertube.migrate.tables.source import Row

from . import exported
from .edits import Edits
from .exported import Exported
from .keys import Keys
from .layout import KEY, LABELS, Layout, kept, key_of, name_of
from .names import Names
from .own_writes import OwnWrites

UNKNOWN: Final = "Unknown"  # the label that servers give an id that they do not list
_NOTHING: Final = "the row asks for nothing"
_LEAVE: Final = object()


class RowReader:
    """Reads the rows of one table; the cells of JSON are `typed`: null clears there, and no marker is needed.

    What is wrong with a row goes to `problems`. Where rows are `compared` with their videos before anything is sent,
    a value that the server would not take today waits for that: it may be what is there. `keys` finds the videos of
    rows that have an old key alone.

    Where a row knows what it was when it was exported, or what an earlier job of this table wrote (`own`), only the
    cells that were edited since are wanted.
    """

    def __init__(
        self,
        origin: str,
        reading: Reading,
        layout: Layout,
        problems: Problems,
        *,
        typed: bool = False,
        compared: bool = False,
        keys: Keys | None = None,
        cuts: Cuts | None = None,
        own: OwnWrites | None = None,
    ) -> None:
        self.origin = origin
        self.problems = problems
        self.reading = reading
        self.names = Names(origin, problems, keys)
        self.edits = Edits(problems, own or OwnWrites(), typed=typed)
        self.typed = typed
        self._read = fields.typed if typed else fields.parsed
        self._layout = layout
        self._compared = compared
        self._seen: set[str] = set()
        self._too_new: set[str] = set()
        self._doubts: dict[str, tuple[str, str]] = {}  # of the row: field -> column, what the server would say
        self._cuts = cuts or Cuts()

    def read(self, row: Row) -> Item | None:
        """Make an item of a row that names a video and sets fields; None where there is anything wrong with it."""
        before = self.problems.total
        cells = self.cells(row)
        was = self.edits.was(row.line, cells)
        if was is not None:
            self.edits.look_at_fixed(row.line, cells, was)
        ref = self.names.video(row.line, cells, was)
        wanted = self.wanted(row.line, cells, was)
        if was is not None:
            self.edits.look_at_texts(row.line, wanted, was)
        if self.problems.total > before or ref is None:
            return None
        note = key_of(cells) | self.names.others(ref, cells) | self.edits.noted(ref, cells, was, wanted)
        doubts = {name: list(doubt) for name, doubt in self._doubts.items() if name in wanted}
        if doubts:
            note["doubts"] = doubts
            for column, why in doubts.values():
                self.problems.doubt(row.line, column, why)
        item = Item(ref, wanted, row.line, kept(row.cells), note=note)
        return item if wanted else item.settle("unchanged", "nothing was edited" if was else _NOTHING)

    def cells(self, row: Row) -> Mapping[str, Any]:
        """Return the row's cells, composed; a row of JSON may have columns that no row before had."""
        if not self._seen.issuperset(row.cells):
            new = [column for column in row.cells if column not in self._seen]
            self._seen.update(new)
            for column in self._layout.unknown(new):
                self.problems.add(row.line, column, "no such field", option="ignore")
        doubts = dict(self._layout.doubts(row.cells))
        for column, cell in doubts.items():
            self.problems.add(row.line, column, cell.reason)
        if isinstance(row.cells.get(KEY), bool | list | dict):
            self.problems.add(row.line, KEY, f"{brief(row.cells[KEY])} is no key: that is a text or a number")
        if not self.typed:
            self._layout.check_used(row.cells, self.problems, row.line)
        cells = {column: "" if column in doubts else cell for column, cell in row.cells.items()}
        try:
            composed = self._layout.compose(cells, clear="" if self.typed else self.reading.marker)
            return self._layout.made(composed)
        except CellError as exc:
            self.problems.add_cell(row.line, exc)
        except ValueError as exc:
            named = f"{name_of(cells)}: " if name_of(cells) else ""
            self.problems.add(row.line, None, f"{named}{exc}", option="function")
        return row.cells

    def check_columns(self) -> None:
        """Complain about templates that name columns which no row of JSON had."""
        if self.typed and self._seen:
            self._layout.check_used(self._seen, self.problems)

    def wanted(self, line: int, cells: Mapping[str, Any], was: Exported | None = None) -> dict[str, Any]:
        """Read what the row wants of fields: all that is there or, where it knows what was there, what was edited."""
        wanted: dict[str, Any] = {}
        self._doubts = {}
        for column, cell in cells.items():
            name = LABELS.get(column, column)
            if name in FIELDS:
                try:
                    value = self._value(name, column, cell, cells, was)
                    if self.reading.fit and value not in (_LEAVE, None):
                        self._cuts.note(_where(line, cells), name, whole(name, cell, self.reading), value)
                    _take(wanted, name, column, value, was)
                except CellError as exc:
                    self.problems.add_cell(line, exc)
                except ValueError as exc:
                    self.problems.add(line, column, str(exc), option=getattr(exc, "option", ""))
        edited = wanted if was is None else self.edits.edited(wanted, cells, was)
        if was is not None:
            self.edits.emptied += sum(self._is_half_emptied(name, cells, edited, was) for name in LABELLED)
        if why := clash(edited):
            self.problems.add(line, None, why)
        return edited

    def _value(self, name: str, column: str, cell: Any, cells: Mapping[str, Any], was: Exported | None) -> Any:
        if was is not None and column == name and self.edits.is_as_exported(name, cell, was):
            return was.values[name]  # whatever it is: the server had it
        if column != name and cell == UNKNOWN and not self._is_listed(name, cells.get(name)):
            return _LEAVE
        try:
            read = self._read if isinstance(cell, str) else fields.typed  # a function gives lists, numbers and None
            value = read(name, cell, self.reading)
        except Doubtful as exc:
            if not self._compared:
                raise
            self._doubts.setdefault(name, (column, str(exc)))
            value = exc.value
        # None stands for "leave it" until here, and for "empty" from here on.
        return _LEAVE if value is None else self._known(name, fields.cleared(name) if value is CLEARED else value)

    def _is_half_emptied(self, name: str, cells: Mapping[str, Any], edited: Mapping[str, Any], was: Exported) -> bool:
        """Tell whether one of the two cells of a field was emptied, and the other one left as it was."""
        value, both = was.values.get(name), (cells.get(name), cells.get(f"{name}.label"))
        if value is None or name in edited or not {name, f"{name}.label"} <= cells.keys():
            return False
        return _is_empty(both[0]) != _is_empty(both[1]) and self._is_listed(name, value)

    def _is_listed(self, name: str, cell: Any) -> bool:
        """Tell whether an id has a label; where it has none, the server writes its own word for that."""
        word = "" if cell is None else str(cell).strip()
        return not word or word in self.reading.words.labels.get(name, {})

    def _known(self, name: str, value: Any) -> Any:
        """Return a value where the server knows its field; complain once where it does not."""
        if name in self._too_new:
            return _LEAVE
        if why := too_new(name, self.reading.version):
            self._too_new.add(name)
            raise CellError(name, why, option="ignore")
        return value

    def remarks(self) -> Iterable[str]:
        """Say what of the whole table is no error, and may not be meant so."""
        return self.edits.remarks("null" if self.typed else self.reading.marker)


def _is_empty(cell: Any) -> bool:
    return cell is None or not str(cell).strip()


def _take(wanted: dict[str, Any], name: str, column: str, value: Any, was: Exported | None) -> None:
    if value is _LEAVE:
        return
    there = wanted.setdefault(name, value)
    if there == value:
        return
    if was is not None and name in was.values:
        if exported.is_same(was.values[name], value):
            return  # the other one was edited
        if exported.is_same(was.values[name], there):
            wanted[name] = value
            return
    other = name if column != name else f"{name}.label"
    raise CellError(
        column, f"it contradicts {other}; edit both, empty one of them, or ignore its column", option="ignore"
    )


def _where(line: int, cells: Mapping[str, Any]) -> str:
    """Name a row for people, and its video as the row does."""
    return f"line {line:,}, {name_of(cells)}" if name_of(cells) else f"line {line:,}"
