"""What of a row was edited: what it was when it was exported, and what earlier jobs of its table wrote."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from aiopeertube._counting import counted
from aiopeertube.migrate.metadata.changes import dropped
from aiopeertube.migrate.metadata.fields import FIELDS, SECRET
from aiopeertube.migrate.metadata.passwords import SAFE, is_seal
from aiopeertube.migrate.problems import Problems

from . import exported
from .exported import Exported
from .fixed import edited_in_vain
from .layout import fields_of
from .misreading import misread
from .own_writes import EXPORT, OwnWrites, row_of
from .respelling import is_respelled


@dataclass(slots=True)
class _Tally:
    """How many cells there are of a kind, and where the first one is."""

    count: int = 0
    first: str = ""

    def note(self, where: str) -> None:
        self.count += 1
        self.first = self.first or where


class Edits:
    """Tells edits from what a row had already; the cells of JSON are `typed`.

    `emptied` counts cells that had a value when they were exported, `put_back` those that are as exported where an
    earlier job of the table wrote otherwise, `respelled` those whose line breaks alone are others.
    """

    def __init__(self, problems: Problems, own: OwnWrites, *, typed: bool) -> None:
        self.emptied = self.put_back = self.respelled = 0
        self._in_vain: dict[str, _Tally] = {}  # edits of what cannot be changed, by their columns
        self._rewritten = _Tally()  # edits that a spreadsheet may have made by itself
        self._problems = problems
        self._own = own
        self._typed = typed

    def was(self, line: int, cells: Mapping[str, Any]) -> Exported | None:
        """Return what a row was when it was exported; None where it does not know."""
        cell = cells.get(exported.COLUMN)
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            return None
        try:
            return _without_foreign_seals(exported.read(str(cell)))
        except ValueError as exc:
            self._problems.add(line, exported.COLUMN, str(exc))
            return None

    def noted(
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
        row = was.digest if was else row_of(ref, cells)
        own = {name: last for name in concerned if (last := self._own.last(row, name)) is not None}
        return note | ({"own": own} if own else {})

    def is_as_exported(self, name: str, cell: Any, was: Exported) -> bool:
        """Tell whether a cell is written as it was; an empty one leaves its field in any case."""
        if name not in was.values or not exported.is_told(was.values[name]) or cell in ("", None):
            return False
        value = was.values[name]
        if name in SECRET:
            return False  # it is not shown as it is
        return bool(cell == (value if self._typed else FIELDS[name].show(value)))

    def edited(self, wanted: Mapping[str, Any], cells: Mapping[str, Any], was: Exported) -> dict[str, Any]:
        """Keep what was edited since the export, or put back since a job of this table."""
        there = [name for name in fields_of(cells) if name in was.values]
        blank = {name: was.values[name] for name in there if name not in wanted}
        self.emptied += sum(value not in _BLANK for value in blank.values())
        empty = {name: value for name, value in blank.items() if value in _BLANK and name not in SECRET}
        whole = {**wanted, **empty}
        edited = {name: value for name, value in wanted.items() if not self._is_as_it_was(name, value, was)}
        back = [name for name, value in whole.items() if name not in edited and self._goes_back(name, value, was)]
        self.put_back += len(back)
        return {name: value for name, value in whole.items() if name in edited or name in back}

    def _is_as_it_was(self, name: str, value: Any, was: Exported) -> bool:
        return name in was.values and self._is_same(was.values[name], value)

    def _goes_back(self, name: str, value: Any, was: Exported) -> bool:
        """Tell whether an earlier job of this table wrote something else than the row had, and has again."""
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

    def look_at_fixed(self, line: int, cells: Mapping[str, Any], was: Exported) -> None:
        """Count edits of what nothing can change."""
        for column in edited_in_vain(cells, {"updatedAt": was.edited, **was.fixed}, was.uuid):
            self._in_vain.setdefault(column, _Tally()).note(f"line {line:,}")

    def look_at_texts(self, line: int, edited: Mapping[str, Any], was: Exported) -> None:
        """Refuse edits that only a wrong encoding makes, count those that a spreadsheet may have made by itself.

        JSON says what is text, and in which encoding.
        """
        for name, value in {} if self._typed else edited.items():
            before, now = _texts(was.values.get(name)), _texts(value)
            if why := misread(before, now):
                meant = f"if that is meant, empty the cell {exported.COLUMN}"
                self._problems.add(line, name, f"{why}: save the table as UTF-8, or as XLSX; {meant}")
            elif len(before) == len(now) == 1 and is_respelled(before[0], now[0]):
                self._rewritten.note(f"line {line:,}, {name}: {before[0]!r} is {now[0]!r} now")

    def remarks(self, marker: str) -> Iterable[str]:
        """Say what of the whole table is no error, and may not be meant so; `marker` empties a field."""
        for column, tally in self._in_vain.items():
            edited = counted(tally.count, "cell was", "cells were")
            yield f"{column} cannot be changed, and {edited} edited, first in {tally.first}: left as it is"
        if self._rewritten.count:
            cells = counted(self._rewritten.count, "edit looks", "edits look")
            yield f"{cells} like what a spreadsheet does by itself, first {self._rewritten.first}"
        if self.emptied:
            cells = counted(self.emptied, "cell was", "cells were")
            yield f"{cells} emptied since the export; an empty cell leaves its field as it is, {marker} empties it"
        if self.put_back:
            cells = counted(self.put_back, "cell is", "cells are")
            yield f"{cells} as exported, and an earlier job of yours wrote otherwise since: to be put back"
        if self.respelled:
            cells = counted(self.respelled, "cell differs", "cells differ")
            yield f"{cells} from the export in the kind of line breaks alone, as spreadsheets write them: no edit"


def _texts(value: Any) -> list[str]:
    """Return a text, or those of a list; none of anything else."""
    texts = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return [text for text in texts if isinstance(text, str)]


_BLANK: Final[tuple[Any, ...]] = (None, "", [])


def _without_foreign_seals(was: Exported) -> Exported:
    """Forget passwords that were sealed by another user's key: nobody can tell whether they are the same."""
    known = {name: value for name, value in was.values.items() if not is_seal(value) or SAFE.has_made(value)}
    return replace(was, values=known)
