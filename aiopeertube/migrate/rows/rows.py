"""From a table's rows to what they want, every error with its line and column."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from aiopeertube._counting import counted
from aiopeertube.migrate.journal.item import Item
from aiopeertube.migrate.journal.journal import Batch, Journal
from aiopeertube.migrate.metadata import fields
from aiopeertube.migrate.metadata.changes import clash, dropped
from aiopeertube.migrate.metadata.fields import FIELDS, LABELLED, Doubtful, Reading, too_new
from aiopeertube.migrate.metadata.fitting import Cuts, whole
from aiopeertube.migrate.metadata.references import COLUMNS, all_names, reference
from aiopeertube.migrate.metadata.values import CLEAR, CLEARED
from aiopeertube.migrate.metadata.vocabulary import meant
from aiopeertube.migrate.problems import CellError, Problems
from aiopeertube.migrate.suggestions import no_such
from aiopeertube.migrate.tables import decoded_twice
from aiopeertube.migrate.tables.source import Row, Source, Stored

from . import exported
from .exported import Exported
from .keys import Keys
from .own_writes import EXPORT, OwnWrites
from .templates import Template, text_of

LABELS: Final = {f"{name}.label": name for name in LABELLED}
# What an export writes for people to read, and what a file of failed rows adds.
FOR_PEOPLE: Final = frozenset({
    "account", "createdAt", "publishedAt", "updatedAt", "duration", "views", "likes", "state", "reason",
})  # fmt: skip
DATES: Final = frozenset({"originallyPublishedAt"})  # fields of moments, whatever a cell shows of them
FLAGS: Final = frozenset({"nsfw", "downloadEnabled", "waitTranscoding"})  # fields that are true or false
KEY: Final = "key"  # the video's name in the place that it came from


def fields_of(columns: Iterable[str]) -> Iterable[str]:
    """Name the fields that columns are about, each once: those of labels, too."""
    return dict.fromkeys(LABELS.get(column, column) for column in columns)


def words_of(columns: Iterable[str]) -> Iterable[str]:
    """Name the fields whose words columns may use: the privacy of a schedule is one of a video's."""
    named = dict.fromkeys(fields_of(columns))
    return dict.fromkeys((*named, "privacy")) if fields.THEN in named else named


# From a row's cells, and the columns that there may be, to the cells that are put in.
Made = Callable[[Mapping[str, Any], Sequence[str]], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns a table has beside ours: `ignored` ones ("*": all unknown), and fields made of several."""

    ignored: frozenset[str] = frozenset()
    composed: Mapping[str, str] = field(default_factory=dict)  # field -> template, like "{description}\n\n{abstract}"
    extra: frozenset[str] = frozenset()  # columns that the kind of job knows
    function: Made | None = None

    def unknown(self, columns: Iterable[str]) -> list[str]:
        """Name the columns that mean nothing."""
        if "*" in self.ignored or self.function is not None:
            return []  # what means nothing here is for the function
        used = {column for template in self._templates(()).values() for column in template.columns}
        named = {*FIELDS, *LABELS, *COLUMNS, *FOR_PEOPLE, KEY, exported.COLUMN}
        known = {*named, *self.ignored, *self.extra, *used}
        return [column for column in columns if column not in known]

    def check(self, columns: Sequence[str], problems: Problems) -> None:
        """Complain about columns that mean nothing, and about templates that name other columns or fields.

        Names that could not be decoded are for the table to tell; rows of JSON have columns of their own, which
        `check_used` looks at.
        """
        for name in self.composed:
            known = (*FIELDS, *LABELS, *COLUMNS, KEY, *self.extra)
            if name in fields.SECRET:
                # What it is made of stays in the journal.
                problems.add(1, name, "it is secret, and cannot be composed: give it as a column", option="compose")
            elif name not in known:
                problems.add(None, None, no_such("field", name, known), option="compose")
        try:
            self._templates(columns)
        except ValueError as exc:
            problems.add(None, None, str(exc), option="compose")
            return
        unknown = self.unknown(columns)
        if any(not is_text(column) for column in columns):
            return
        for column in unknown:
            hint = meant((*FIELDS, *COLUMNS, KEY, *self.extra), column).partition("; it has")[0]
            titled = len(unknown) == len(columns)
            what = f"no such field{hint}{', nor any other: is that the header?' if titled else ''}"
            problems.add(1, column, what, option="header_row" if titled else "ignore")
        if columns:
            self.check_used(columns, problems)

    def check_used(self, columns: Iterable[str], problems: Problems, line: int | None = None) -> None:
        """Complain about templates that name columns of which there is none."""
        there = (*columns,)
        for template in self._templates(there).values():
            for what in template.unknown(there):
                problems.add(line, None, what, option="compose")

    def compose(self, cells: Mapping[str, Any], *, clear: str = CLEAR) -> Mapping[str, Any]:
        """Fill the fields that are made of several columns, and leave out the ignored ones.

        A column that says to clear the field is empty in a template, and clears where nothing else is left.

        Raises:
            CellError: a template names a column whose cell shows something else than it stores.
        """
        kept = {column: cell for column, cell in cells.items() if column not in self.ignored}
        if not self.composed:
            return kept
        self._check_composed(cells)
        texts = {column: text_of(cell) for column, cell in cells.items()}
        there = {column: text for column, text in texts.items() if text != clear}
        made = {}
        for name, template in self._templates(cells).items():
            cleared = any(texts.get(column) == clear for column in template.columns)
            made[name] = template.fill(there) or (clear if cleared else "")
        return {**kept, **made}

    def _templates(self, columns: Iterable[str]) -> Mapping[str, Template]:
        return {name: _template(text, tuple(columns)) for name, text in self.composed.items()}

    def _check_composed(self, cells: Mapping[str, Any]) -> None:
        """See that no text is made of what a cell stores and does not show."""
        templates = self._templates(cells)
        for column, cell in cells.items():
            if isinstance(cell, Stored) and any(
                column in template.columns for name, template in templates.items() if not _fits(name, cell)
            ):
                raise CellError(column, cell.reason)

    def doubts(self, cells: Mapping[str, Any]) -> Iterable[tuple[str, Stored]]:
        """Give the cells that show something else than they store, where what they show is wanted."""
        for column, cell in cells.items():
            is_used = column not in self.ignored and self._means_something(column)
            if isinstance(cell, Stored) and not _fits(column, cell) and is_used:
                yield column, cell

    def _means_something(self, column: str) -> bool:
        return self.function is not None or column in {*FIELDS, *LABELS, *COLUMNS, KEY, *self.extra}

    def made(self, cells: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the cells with those that the function puts in; nothing that it names is unknown.

        Raises:
            ValueError: it fails, or names what is no column.
        """
        if self.function is None:
            return cells
        plain = {column: str(cell) if isinstance(cell, Stored) else cell for column, cell in cells.items()}
        plain.pop(exported.COLUMN, None)
        return {**cells, **self.function(plain, (*FIELDS, *LABELS, *COLUMNS, KEY, *self.extra))}


@lru_cache(maxsize=64)
def _template(text: str, columns: tuple[str, ...]) -> Template:
    return Template.read(text, columns)


def _fits(column: str, cell: Stored) -> bool:
    return column in DATES if cell.kind == "moment" else cell.kind == "truth" and column in FLAGS


def is_text(name: str) -> bool:
    """Tell whether a column's name could be decoded."""
    return name.isprintable() or not any("\ud800" <= char <= "\udfff" for char in name)


class RowReader:
    """Reads the rows of one table; the cells of JSON are `typed`: null clears there, and no marker is needed.

    What is wrong with a row goes to `problems`. Where rows are `compared` with their videos before anything is sent,
    a value that the server would not take today waits for that: it may be what is there. `keys` finds the videos of
    rows that have an old key alone.

    Where a row knows what it was when it was exported, or what an earlier job of this table wrote (`own`), only the
    cells that were edited since are wanted. `emptied` counts cells that had a value then, `respelled` those whose
    line breaks alone are others.
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
        self.problems = problems
        self.reading = reading
        self.emptied = self.respelled = 0
        self._origin = origin
        self._typed = typed
        self._read = fields.typed if typed else fields.parsed
        self._layout = layout
        self._compared = compared
        self._keys = keys
        self._own = own or OwnWrites()
        self._seen: set[str] = set()
        self._too_new: set[str] = set()
        self._doubts: dict[str, tuple[str, str]] = {}  # of the row: field -> column, what the server would say
        self._cuts = cuts or Cuts()

    def read(self, row: Row) -> Item | None:
        """Make an item of a row that names a video and sets fields; None where there is anything wrong with it."""
        before = self.problems.total
        cells = self.cells(row)
        was = self.exported(row.line, cells)
        ref = self.reference(row.line, cells, was)
        wanted = self.wanted(row.line, cells, was)
        if self.problems.total > before or ref is None:
            return None
        note = key_of(cells) | self.other_names(ref, cells) | self._noted(ref, cells, was, wanted)
        doubts = {name: list(doubt) for name, doubt in self._doubts.items() if name in wanted}
        if doubts:
            note["doubts"] = doubts
            for column, why in doubts.values():
                self.problems.doubt(row.line, column, why)
        item = Item(ref, wanted, row.line, kept(row.cells), note=note)
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

    def _noted(
        self, ref: str, cells: Mapping[str, Any], was: Exported | None, wanted: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return what is noted of what the row knows about its video; see `merging`."""
        note: dict[str, Any] = {}
        concerned = {*wanted, *dropped(wanted)}
        if was is not None:
            note |= {EXPORT: was.digest} | ({"of": was.uuid} if ref.isdecimal() else {})
            note["base"] = {name: was.values[name] for name in concerned if name in was.values}
        since = cells.get("updatedAt")
        if since is not None and str(since).strip() and not (was and note["base"].keys() == concerned):
            note["since"] = str(since)
        own = {name: last for name in concerned if (last := self._last(ref, was, name)) is not None}
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
        doubts = dict(self._layout.doubts(row.cells))
        for column, cell in doubts.items():
            self.problems.add(row.line, column, cell.reason)
        if not self._typed:
            self._layout.check_used(row.cells, self.problems, row.line)
        cells = {column: "" if column in doubts else cell for column, cell in row.cells.items()}
        try:
            composed = self._layout.compose(cells, clear="" if self._typed else self.reading.marker)
            return self._layout.made(composed)
        except CellError as exc:
            self.problems.add_cell(row.line, exc)
        except ValueError as exc:
            self.problems.add(row.line, None, f"{name_of(cells)}{exc}", option="function")
        return row.cells

    def check_columns(self) -> None:
        """Complain about templates that name columns which no row of JSON had."""
        if self._typed and self._seen:
            self._layout.check_used(self._seen, self.problems)

    def reference(self, line: int, cells: Mapping[str, Any], was: Exported | None = None) -> str | None:
        """Return the video that a row names; None where it names none, or another one than was exported in it."""
        column = next((name for name in COLUMNS if str(cells.get(name) or "").strip()), None)
        try:
            if column is not None:
                first = reference(cells, self._origin)[1]
            else:
                first = self._by_key(cells) if was is None else was.uuid
            ref = self._checked(line, column or KEY, first, cells)
        except LookupError:
            self.problems.add(line, None, f"the row names no video: add one of the columns {', '.join(COLUMNS)}")
            return None
        except ValueError as exc:
            self.problems.add(line, column or KEY, str(exc))
            return None
        if was is not None and not ref.isdecimal() and ref != was.uuid:
            self.problems.add(line, exported.COLUMN, ANOTHER.format(uuid=was.uuid))
        return ref

    def _by_key(self, cells: Mapping[str, Any]) -> str:
        key = str(cells.get(KEY) or "").strip()
        if not key or self._keys is None:
            raise LookupError
        return self._keys.video(key)

    def _checked(self, line: int, column: str, first: str, cells: Mapping[str, Any]) -> str:
        """Return a UUID where one of the columns tells it; complain about names of another video."""
        names = {column: first} | all_names(cells, self._origin)
        uuid = next((name for name in names.values() if not name.isdecimal()), first)
        of_its_kind = {True: next((name for name in names.values() if name.isdecimal()), ""), False: uuid}
        for other, name in names.items():
            if name != of_its_kind[name.isdecimal()]:
                self.problems.add(line, other, f"{name} is another video than {of_its_kind[name.isdecimal()]}")
        return uuid

    def other_names(self, ref: str, cells: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is noted of the columns that name the row's video in another way, until it was looked at."""
        names = {column: name for column, name in all_names(cells, self._origin).items() if name != ref}
        return {"names": names} if names else {}

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
                    self._take(wanted, name, column, value, was)
                except CellError as exc:
                    self.problems.add_cell(line, exc)
                except ValueError as exc:
                    self.problems.add(line, column, str(exc), option=getattr(exc, "option", ""))
        edited = wanted if was is None else self._edited(wanted, cells, was)
        if why := clash(edited):
            self.problems.add(line, None, why)
        return edited

    def _value(self, name: str, column: str, cell: Any, cells: Mapping[str, Any], was: Exported | None) -> Any:
        if was is not None and column == name and self._is_as_exported(name, cell, was):
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
            cells = counted(self.emptied, "cell was", "cells were")
            yield f"{cells} emptied since the export; an empty cell leaves its field as it is, {clears} empties it"
        if self.respelled:
            cells = counted(self.respelled, "cell differs", "cells differ")
            yield f"{cells} from the export in the kind of line breaks alone, as spreadsheets write them: no edit"


def _filled(was: Exported) -> Iterable[str]:
    return (name for name, value in was.values.items() if value not in (None, "", []))


ANOTHER: Final = "what was exported here is video {uuid}, not this row's: sort or move whole rows, not some columns"
_NOTHING: Final = "the row asks for nothing"
_LEAVE: Final = object()


UNKNOWN: Final = "Unknown"  # the label that servers give an id that they do not list


def kept(cells: Mapping[str, Any]) -> dict[str, Any]:
    """Return what may be kept of a row's cells: all but secrets."""
    return {column: cell for column, cell in cells.items() if column not in fields.SECRET}


def _where(line: int, cells: Mapping[str, Any]) -> str:
    """Name a row for people, and its video as the row does."""
    named = name_of(cells).removesuffix(": ")
    return f"line {line:,}, {named}" if named else f"line {line:,}"


def name_of(cells: Mapping[str, Any]) -> str:
    """Name the video of a row as the row does, with a colon behind; "" where it does not."""
    return next((f"{cells[name]}: " for name in (*COLUMNS, KEY, "file", "name") if cells.get(name)), "")


def key_of(cells: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is noted of a row's old key."""
    return {"key": str(cells[KEY])} if cells.get(KEY) else {}


async def read_all(
    source: Source,
    read: Callable[[Row], Item | None],
    journal: Journal,
    problems: Problems,
    *,
    at_end: Callable[[], None] = lambda: None,
) -> None:
    """Read the whole table into the journal, and tell all of its errors at once, those found `at_end` among them.

    Raises:
        BadSource: there is something wrong in it; nothing of it is carried out.
    """

    async def add(items: Sequence[Item]) -> None:
        for earlier, item in await journal.add(items):
            problems.add(item.line, None, f"contradicts line {earlier.line:,}, which names the same video")

    twice = _Twice()
    async with Batch(add) as batch:
        for row in source.rows(problems):
            twice.look(row)
            item = read(row)
            if item is not None:
                await batch.put(item)
    twice.tell(problems)
    at_end()
    problems.raise_if_any()


class _Twice:
    """Counts cells that look like UTF-8 read as Windows-1252, which are no errors: somebody may write so."""

    def __init__(self) -> None:
        self._count = 0
        self._first = ""

    def look(self, row: Row) -> None:
        """Look at a row's cells."""
        for column, cell in row.cells.items():
            if isinstance(cell, str) and decoded_twice(cell):
                self._count += 1
                self._first = self._first or f"line {row.line:,}, column {column}: {cell[:40]!r}"

    def tell(self, problems: Problems) -> None:
        """Note what was found."""
        if self._count:
            cells = counted(self._count, "cell looks", "cells look")
            problems.note(f"{cells} as if UTF-8 had been read as Windows-1252, first {self._first}")
