"""From a table's rows to what they want, every error with its line and column."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from . import fields
from .fields import FIELDS, LABELLED, Reading
from .fitting import Cuts, whole
from .item import Item
from .journal import Batch, Journal
from .problems import CellError, Problems
from .references import COLUMNS, reference
from .suggestions import no_such
from .tables.source import Row, Source
from .templates import Template, text_of
from .values import CLEAR, CLEARED
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
        used = {column for template in self._templates(()).values() for column in template.columns}
        known = {*FIELDS, *LABELS, *COLUMNS, *FOR_PEOPLE, KEY, *self.ignored, *self.extra, *used}
        return [column for column in columns if column not in known]

    def check(self, columns: Sequence[str], problems: Problems) -> None:
        """Complain about columns that mean nothing, and about templates that name other columns or fields.

        Rows of JSON have columns of their own, which `check_used` looks at.
        """
        for name in self.composed:
            known = (*FIELDS, *LABELS, *COLUMNS, KEY, *self.extra)
            if name not in known:
                problems.add(None, None, no_such("field", name, known), option="compose")
        try:
            self._templates(columns)
        except ValueError as exc:
            problems.add(None, None, str(exc), option="compose")
            return
        for column in self.unknown(columns):
            hint = meant((*FIELDS, *COLUMNS, KEY, *self.extra), column).partition("; it has")[0]
            problems.add(1, column, f"no such field{hint}", option="ignore")
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
        """
        kept = {column: cell for column, cell in cells.items() if column not in self.ignored}
        if not self.composed:
            return kept
        texts = {column: text_of(cell) for column, cell in cells.items()}
        there = {column: text for column, text in texts.items() if text != clear}
        made = {}
        for name, template in self._templates(cells).items():
            cleared = any(texts.get(column) == clear for column in template.columns)
            made[name] = template.fill(there) or (clear if cleared else "")
        return {**kept, **made}

    def _templates(self, columns: Iterable[str]) -> Mapping[str, Template]:
        return {name: _template(text, tuple(columns)) for name, text in self.composed.items()}


@lru_cache(maxsize=64)
def _template(text: str, columns: tuple[str, ...]) -> Template:
    return Template.read(text, columns)


class RowReader:
    """Reads the rows of one table; the cells of JSON are `typed`: null clears there, and no marker is needed.

    What is wrong with a row goes to `problems`.
    """

    def __init__(
        self,
        origin: str,
        reading: Reading,
        layout: Layout,
        problems: Problems,
        *,
        typed: bool = False,
        cuts: Cuts | None = None,
    ) -> None:
        self.problems = problems
        self.reading = reading
        self._origin = origin
        self._typed = typed
        self._read = fields.typed if typed else fields.parsed
        self._layout = layout
        self._seen: set[str] = set()
        self._cuts = cuts or Cuts()

    def read(self, row: Row) -> Item | None:
        """Make an item of a row that names a video and sets fields; None where there is anything wrong with it."""
        before = self.problems.total
        cells = self.cells(row)
        ref = self.reference(row.line, cells)
        wanted = self.wanted(row.line, cells)
        if self.problems.total > before or ref is None:
            return None
        item = Item(ref, wanted, row.line, dict(row.cells), note=key_of(cells))
        return item if wanted else item.settle("unchanged", "the row asks for nothing")

    def cells(self, row: Row) -> Mapping[str, Any]:
        """Return the row's cells, composed; a row of JSON may have columns that no row before had."""
        if not self._seen.issuperset(row.cells):
            new = [column for column in row.cells if column not in self._seen]
            self._seen.update(new)
            for column in self._layout.unknown(new):
                self.problems.add(row.line, column, "no such field", option="ignore")
        if not self._typed:
            self._layout.check_used(row.cells, self.problems, row.line)
        return self._layout.compose(row.cells, clear="" if self._typed else self.reading.marker)

    def check_columns(self) -> None:
        """Complain about templates that name columns which no row of JSON had."""
        if self._typed and self._seen:
            self._layout.check_used(self._seen, self.problems)

    def reference(self, line: int, cells: Mapping[str, Any]) -> str | None:
        """Return the video that a row names; None where it names none."""
        column = next((name for name in COLUMNS if str(cells.get(name) or "").strip()), None)
        try:
            return reference(cells, self._origin)[1]
        except LookupError:
            self.problems.add(line, None, f"the row names no video: add one of the columns {', '.join(COLUMNS)}")
        except ValueError as exc:
            self.problems.add(line, column, str(exc))
        return None

    def wanted(self, line: int, cells: Mapping[str, Any]) -> dict[str, Any]:
        """Read what the row wants of fields."""
        wanted: dict[str, Any] = {}
        for column, cell in cells.items():
            name = LABELS.get(column, column)
            if name in FIELDS:
                try:
                    value = self._value(name, cell)
                    if self.reading.fit and value not in (_LEAVE, None):
                        self._cuts.note(_where(line, cells), name, whole(name, cell, self.reading), value)
                    self._take(wanted, name, column, value)
                except CellError as exc:
                    self.problems.add_cell(line, exc)
                except ValueError as exc:
                    self.problems.add(line, column, str(exc))
        return wanted

    def _value(self, name: str, cell: Any) -> Any:
        value = self._read(name, cell, self.reading)
        # None stands for "leave it" until here, and for "empty" from here on.
        return _LEAVE if value is None else fields.cleared(name) if value is CLEARED else value

    @staticmethod
    def _take(wanted: dict[str, Any], name: str, column: str, value: Any) -> None:
        if value is _LEAVE:
            return
        if wanted.setdefault(name, value) != value:
            # To guess which of the two was edited would need the table as it was exported.
            other = name if column != name else f"{name}.label"
            raise CellError(
                column, f"it contradicts {other}; edit both, empty one of them, or ignore its column", option="ignore"
            )


_LEAVE: Final = object()


def _where(line: int, cells: Mapping[str, Any]) -> str:
    """Name a row for people, and its video as the row does."""
    named = next((str(cells[name]) for name in (*COLUMNS, KEY, "file", "name") if cells.get(name)), "")
    return f"line {line:,}, {named}" if named else f"line {line:,}"


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

    async with Batch(add) as batch:
        for row in source.rows(problems):
            item = read(row)
            if item is not None:
                await batch.put(item)
    at_end()
    problems.raise_if_any()
