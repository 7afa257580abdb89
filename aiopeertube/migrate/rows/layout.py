"""Which columns a table has, which mean something, and fields that are made of several."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from aiopeertube.migrate.metadata import fields
from aiopeertube.migrate.metadata.fields import FIELDS, LABELLED
from aiopeertube.migrate.metadata.references import COLUMNS
from aiopeertube.migrate.metadata.values import CLEAR
from aiopeertube.migrate.metadata.vocabulary import meant
from aiopeertube.migrate.problems import CellError, Problems
from aiopeertube.migrate.suggestions import no_such
from aiopeertube.migrate.tables.source import Stored

from . import exported
from .templates import Template, text_of

LABELS: Final = {f"{name}.label": name for name in LABELLED}
# What an export writes for people to read: nothing can change it.
FIXED: Final = ("account", "createdAt", "publishedAt", "updatedAt", "duration", "views", "likes", "state")
FOR_PEOPLE: Final = frozenset({*FIXED, "reason"})  # a file of failed rows adds the reason
DATES: Final = fields.DATES  # fields of moments, whatever a cell shows of them
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
    fields: tuple[str, ...] | None = None  # of videos, with their labels, that mean something; None: all

    @property
    def _fields(self) -> tuple[str, ...]:
        return (*FIELDS, *LABELS) if self.fields is None else self.fields

    def unknown(self, columns: Iterable[str]) -> list[str]:
        """Name the columns that mean nothing."""
        if "*" in self.ignored or self.function is not None:
            return []  # what means nothing here is for the function
        used = {column for template in self._templates(()).values() for column in template.columns}
        named = {*self._fields, *COLUMNS, *FOR_PEOPLE, KEY, exported.COLUMN}
        known = {*named, *self.ignored, *self.extra, *used}
        return [column for column in columns if column not in known]

    def check(self, columns: Sequence[str], problems: Problems) -> None:
        """Complain about columns that mean nothing, and about templates that name other columns or fields.

        Names that could not be decoded are for the table to tell; rows of JSON have columns of their own, which
        `check_used` looks at.
        """
        for name in self.composed:
            known = (*self._fields, *COLUMNS, KEY, *self.extra)
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
            words = (*(FIELDS if self.fields is None else self.fields), *COLUMNS, KEY, *self.extra)
            hint = meant(words, column).partition("; it has")[0]
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
            CellError: a template names a column whose cell shows something else than it stores, or is no text.
        """
        kept = {column: cell for column, cell in cells.items() if column not in self.ignored}
        if not self.composed:
            return kept
        self._check_composed(cells)
        texts = self._texts(cells)
        there = {column: text for column, text in texts.items() if text != clear}
        made = {}
        for name, template in self._templates(cells).items():
            cleared = any(texts.get(column) == clear for column in template.columns)
            made[name] = template.fill(there) or (clear if cleared else "")
        return {**kept, **made}

    def _texts(self, cells: Mapping[str, Any]) -> Mapping[str, str]:
        """Return the texts of the columns that templates name."""
        texts = {}
        for column in dict.fromkeys(name for each in self._templates(cells).values() for name in each.columns):
            try:
                texts[column] = text_of(cells.get(column))
            except ValueError as exc:
                raise CellError(column, str(exc)) from None
        return texts

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
        return self.function is not None or column in {*self._fields, *COLUMNS, KEY, *self.extra}

    def made(self, cells: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the cells with those that the function puts in; nothing that it names is unknown.

        Raises:
            ValueError: it fails, or names what is no column.
        """
        if self.function is None:
            return cells
        plain = {column: str(cell) if isinstance(cell, Stored) else cell for column, cell in cells.items()}
        plain.pop(exported.COLUMN, None)
        return {**cells, **self.function(plain, (*self._fields, *COLUMNS, KEY, *self.extra))}


@lru_cache(maxsize=64)
def _template(text: str, columns: tuple[str, ...]) -> Template:
    return Template.read(text, columns)


def _fits(column: str, cell: Stored) -> bool:
    return column in DATES if cell.kind == "moment" else cell.kind == "truth" and column in FLAGS


def is_text(name: str) -> bool:
    """Tell whether a column's name could be decoded."""
    return name.isprintable() or not any("\ud800" <= char <= "\udfff" for char in name)


def kept(cells: Mapping[str, Any]) -> dict[str, Any]:
    """Return what may be kept of a row's cells: all but secrets."""
    return {column: cell for column, cell in cells.items() if column not in fields.SECRET}


def name_of(cells: Mapping[str, Any]) -> str:
    """Name the video of a row as the row does; "" where it does not."""
    return next((str(cells[name]) for name in (*COLUMNS, KEY, "file", "name") if cells.get(name)), "")


def key_of(cells: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is noted of a row's old key."""
    return {"key": str(cells[KEY])} if cells.get(KEY) else {}
