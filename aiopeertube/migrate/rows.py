"""From a table's rows to what they want, every error with its line and column."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from . import exported, fields
from .exported import Exported
from .fields import FIELDS, LABELLED, Reading
from .item import Item
from .journal import Batch, Journal
from .own_writes import EXPORT, OwnWrites
from .problems import CellError, Problems
from .references import COLUMNS, reference
from .tables.source import Row, Source
from .values import CLEARED
from .vocabulary import meant

LABELS: Final = {f"{name}.label": name for name in LABELLED}
# What an export writes for people to read, and what a file of failed rows adds.
FOR_PEOPLE: Final = frozenset({
    "account", "createdAt", "publishedAt", "updatedAt", "duration", "views", "likes", "state", "reason",
})  # fmt: skip
KEY: Final = "key"  # the video's name in the place that it came from


def fields_of(columns: Iterable[str]) -> Iterable[str]:
    """Name the fields that columns are about, each once: those of labels, too."""
    return dict.fromkeys(LABELS.get(column, column) for column in columns)


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns a table has beside ours: `ignored` ones ("*": all unknown), and fields made of several."""

    ignored: frozenset[str] = frozenset()
    composed: Mapping[str, str] = field(default_factory=dict)  # field -> template, like "{description}\n\n{abstract}"
    extra: frozenset[str] = frozenset()  # columns that the kind of job knows

    def unknown(self, columns: Iterable[str]) -> list[str]:
        """Name the columns that mean nothing."""
        if "*" in self.ignored:
            return []
        known = {*FIELDS, *LABELS, *COLUMNS, *FOR_PEOPLE, KEY, exported.COLUMN, *self.ignored, *self.extra}
        return [column for column in columns if column not in known]

    def check(self, columns: Sequence[str], problems: Problems) -> None:
        """Complain about columns that mean nothing."""
        for column in self.unknown(columns):
            hint = meant((*FIELDS, *COLUMNS, KEY, *self.extra), column).partition("; it has")[0]
            problems.add(1, column, f"no such field{hint}", option="ignore")

    def compose(self, cells: Mapping[str, Any]) -> Mapping[str, Any]:
        """Fill the fields that are made of several columns, and leave out the ignored ones.

        Raises:
            KeyError: a template names a column that is not there.
        """
        kept = {column: cell for column, cell in cells.items() if column not in self.ignored}
        if not self.composed:
            return kept
        texts = {column: "" if cell is None else str(cell).strip() for column, cell in cells.items()}
        return {**kept, **{name: template.format_map(texts).strip() for name, template in self.composed.items()}}


class RowReader:
    """Reads the rows of one table; the cells of JSON are `typed`: null clears there, and no marker is needed.

    What is wrong with a row goes to `problems`. Where a row knows what it was when it was exported, or what an
    earlier job of this table wrote (`own`), only the cells that were edited since are wanted. `emptied` counts cells
    that had a value then, `respelled` those whose line breaks alone are others.
    """

    def __init__(
        self,
        origin: str,
        reading: Reading,
        layout: Layout,
        problems: Problems,
        *,
        typed: bool = False,
        own: OwnWrites | None = None,
    ) -> None:
        self.problems = problems
        self.reading = reading
        self.emptied = self.respelled = 0
        self._origin = origin
        self._typed = typed
        self._read = fields.typed if typed else fields.parsed
        self._layout = layout
        self._own = own or OwnWrites()
        self._seen: set[str] = set()

    def read(self, row: Row) -> Item | None:
        """Make an item of a row that names a video and sets fields; None where there is anything wrong with it."""
        before = self.problems.total
        cells = self.cells(row)
        was = self.exported(row.line, cells)
        ref = self.reference(row.line, cells, was)
        wanted = self.wanted(row.line, cells, was)
        if self.problems.total > before or ref is None:
            return None
        note = key_of(cells) | self._known(ref, cells, was, wanted)
        item = Item(ref, wanted, row.line, dict(row.cells), note=note)
        return item if wanted else item.settle("unchanged", "nothing was edited" if was else _NOTHING)

    def exported(self, line: int, cells: Mapping[str, Any]) -> Exported | None:
        """Return what a row was when it was exported; None where it does not know."""
        cell = cells.get(exported.COLUMN)
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            return None
        try:
            return exported.read(str(cell))
        except ValueError as exc:
            self.problems.add(line, exported.COLUMN, str(exc))
            return None

    def _known(
        self, ref: str, cells: Mapping[str, Any], was: Exported | None, wanted: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return what is noted of what the row knows about its video; see `merging`."""
        note: dict[str, Any] = {}
        if was is not None:
            note |= {EXPORT: was.digest} | ({"of": was.uuid} if ref.isdecimal() else {})
            note["base"] = {name: was.values[name] for name in wanted if name in was.values}
        since = cells.get("updatedAt")
        if since is not None and str(since).strip() and not (was and note["base"].keys() == wanted.keys()):
            note["since"] = str(since)
        own = {name: last for name in wanted if (last := self._last(ref, was, name)) is not None}
        return note | ({"own": own} if own else {})

    def _last(self, ref: str, was: Exported | None, name: str) -> str | None:
        return self._own.last(was.digest if was else ref, name)

    def cells(self, row: Row) -> Mapping[str, Any]:
        """Return the row's cells, composed; a row of JSON may have columns that no row before had."""
        if not self._seen.issuperset(row.cells):
            new = [column for column in row.cells if column not in self._seen]
            self._seen.update(new)
            for column in self._layout.unknown(new):
                self.problems.add(row.line, column, "no such field", option="ignore")
        try:
            return self._layout.compose(row.cells)
        except (KeyError, IndexError, ValueError) as exc:
            self.problems.add(row.line, None, f"a template names a column that is not there: {exc}", option="compose")
            return row.cells

    def reference(self, line: int, cells: Mapping[str, Any], was: Exported | None = None) -> str | None:
        """Return the video that a row names; None where it names none, or another one than was exported in it."""
        column = next((name for name in COLUMNS if str(cells.get(name) or "").strip()), None)
        try:
            ref = reference(cells, self._origin)[1]
        except LookupError:
            if was is not None:
                return was.uuid
            self.problems.add(line, None, f"the row names no video: add one of the columns {', '.join(COLUMNS)}")
            return None
        except ValueError as exc:
            self.problems.add(line, column, str(exc))
            return None
        if was is not None and not ref.isdecimal() and ref != was.uuid:
            self.problems.add(line, exported.COLUMN, ANOTHER.format(uuid=was.uuid))
        return ref

    def wanted(self, line: int, cells: Mapping[str, Any], was: Exported | None = None) -> dict[str, Any]:
        """Read what the row wants of fields: all that is there or, where it knows what was there, what was edited."""
        wanted: dict[str, Any] = {}
        for column, cell in cells.items():
            name = LABELS.get(column, column)
            if name in FIELDS:
                try:
                    self._take(wanted, name, column, self._value(name, column, cell, was), was)
                except CellError as exc:
                    self.problems.add_cell(line, exc)
                except ValueError as exc:
                    self.problems.add(line, column, str(exc))
        return wanted if was is None else self._edited(wanted, cells, was)

    def _value(self, name: str, column: str, cell: Any, was: Exported | None) -> Any:
        if was is not None and column == name and self._is_as_exported(name, cell, was):
            return was.values[name]  # whatever it is: the server had it
        value = self._read(name, cell, self.reading)
        # None stands for "leave it" until here, and for "empty" from here on.
        return _LEAVE if value is None else fields.cleared(name) if value is CLEARED else value

    def _is_as_exported(self, name: str, cell: Any, was: Exported) -> bool:
        """Tell whether a cell is written as it was; an empty one leaves its field in any case."""
        if name not in was.values or not exported.is_told(was.values[name]) or cell in ("", None):
            return False
        value = was.values[name]
        return bool(cell == (value if self._typed else FIELDS[name].show(value)))

    @staticmethod
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

    def _edited(self, wanted: Mapping[str, Any], cells: Mapping[str, Any], was: Exported) -> dict[str, Any]:
        """Keep what was edited since the export, or put back since a job of this table."""
        there = fields_of(cells)
        self.emptied += sum(name in there and name not in wanted for name in _filled(was))
        return {name: value for name, value in wanted.items() if self._was_edited(name, value, was)}

    def _was_edited(self, name: str, value: Any, was: Exported) -> bool:
        if name not in was.values or not self._is_same(was.values[name], value):
            return True
        last = self._own.last(was.digest, name)
        return last is not None and last != exported.digest(value)

    def _is_same(self, before: Any, value: Any) -> bool:
        if exported.is_same(before, value):
            return True
        if self._typed or not isinstance(before, str) or not isinstance(value, str) or "\r" in value:
            return False
        # Spreadsheets write all line breaks in one way; no user of theirs can mean that.
        same = "\r" in before and before.replace("\r\n", "\n").replace("\r", "\n") == value
        self.respelled += same
        return same

    def remarks(self) -> Iterable[str]:
        """Say what of the whole table is no error, and may not be meant so."""
        if self.emptied:
            clears = "null" if self._typed else self.reading.marker
            cells = "1 cell was" if self.emptied == 1 else f"{self.emptied:,} cells were"
            yield f"{cells} emptied since the export; an empty cell leaves its field as it is, {clears} empties it"
        if self.respelled:
            cells = "1 cell differs" if self.respelled == 1 else f"{self.respelled:,} cells differ"
            yield f"{cells} from the export in the kind of line breaks alone, as spreadsheets write them, and is left"


def _filled(was: Exported) -> Iterable[str]:
    return (name for name, value in was.values.items() if value not in (None, "", []))


ANOTHER: Final = "what was exported here is video {uuid}, not this row's: sort or move whole rows, not some columns"
_NOTHING: Final = "the row asks for nothing"
_LEAVE: Final = object()


def key_of(cells: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is noted of a row's old key."""
    return {"key": str(cells[KEY])} if cells.get(KEY) else {}


async def read_all(source: Source, read: Callable[[Row], Item | None], journal: Journal, problems: Problems) -> None:
    """Read the whole table into the journal, and tell all of its errors at once.

    Raises:
        BadSource: there is something wrong in it; nothing of it is carried out.
    """

    async def add(items: Sequence[Item]) -> None:
        for earlier, item in await journal.add(items):
            problems.add(item.line, None, f"contradicts line {earlier.line:,}, which names the same video")

    async with Batch(add) as batch:
        for row in source.rows(problems):
            item = read(row)
            if item is not None:
                await batch.put(item)
    problems.raise_if_any()
