"""From a journal to its report."""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final, Literal

from aiopeertube.migrate.exact_json import dumps
from aiopeertube.migrate.journal.item import Item
from aiopeertube.migrate.journal.journal import Journal
from aiopeertube.migrate.journal.journals import find_journal
from aiopeertube.migrate.kinds import Channels, Update, of
from aiopeertube.migrate.kinds.channel_sight import pictures_lost
from aiopeertube.migrate.metadata.changes import for_ever
from aiopeertube.migrate.outputs import check_output, written

from . import page, programs
from .facts import Facts, Failures, RollBack

# What a rollback cannot bring back, by kind of job.
_LOST: Final[dict[str, Callable[[Any, Any], Iterable[str]]]] = {Update.name: for_ever, Channels.name: pictures_lost}
_ROWS: Final = 50  # of one reason, that are told one by one
_REASONS: Final = 200
# What is of the one video alone, in a reason: it would make each a reason of its own.
_OWN: Final = re.compile(r"(?<=/)(?!v1/)[\w.-]+(?=[/ :?]|$)|'[^']*'|\"[^\"]*\"")
_QUOTES: Final = ("'", '"')


class Report(Facts):
    """What became of a job: its facts, and how they are written."""

    __slots__ = ()

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values of JSON."""
        return programs.as_dict(self)

    def html(self) -> str:
        """Write it as one page of HTML that needs a browser alone: nothing is loaded from anywhere."""
        return page.html_of(self)

    def write(self, path: str | Path, *, format: Literal["html", "json"] = "html", overwrite: bool = False) -> None:
        """Write it into a file; one that is there is replaced with `overwrite` alone, and "-" is stdout.

        Raises:
            InputError: it is the journal, a directory, or there already.
            FileUnwritable: there is no room, or no permission.
        """
        check_output(path, (str(self.path),), option="output", overwrite=overwrite, to_overwrite="overwrite")
        data = self.html().encode() if format == "html" else dumps(self.as_dict()) + b"\n"
        with written(path, overwrite=overwrite) as stream:
            stream.write(data)


async def report(journal: str | Path) -> Report:
    """Tell what became of a job, from its journal alone; nothing is sent.

    `journal` is its path, its name, or "last".

    Raises:
        JournalError: there is no such journal, or it is damaged.
    """
    with Journal.open(find_journal(journal), read_only=True) as opened:
        writes = await opened.write_times()
        failures, more = await _failures(opened)
        spans, damaged = await opened.spans()
        return Report(
            path=opened.path,
            job=opened.job,
            noun=of(opened.job.kind).noun,
            made=time.time(),
            counts=await opened.counts(),
            writes=writes.counts,
            first_write=writes.first,
            last_write=writes.last,
            failures=failures,
            more_failures=more,
            roll_back=await _roll_back(opened),
            spans=tuple(spans),
            spans_damaged=damaged,
        )


async def _failures(journal: Journal) -> tuple[tuple[Failures, ...], int]:
    """Group what could not be done; return also how many items are in no group."""
    groups: dict[tuple[str, str, bool], tuple[Counter[None], list[Item]]] = {}
    more = 0
    async for item in journal.items("failed", "conflict", "damaged"):
        key = (item.state, _OWN.sub(_left_out, item.reason), item.again)
        if key not in groups and len(groups) >= _REASONS:
            more += 1
            continue
        count, items = groups.setdefault(key, (Counter(), []))
        count[None] += 1
        if len(items) < _ROWS:
            items.append(item)
    found = (
        Failures(state, reason, items[0].reason, count[None], again, tuple(_row(item) for item in items))
        for (state, reason, again), (count, items) in groups.items()
    )
    return tuple(sorted(found, key=lambda one: -one.count)), more


def _left_out(found: re.Match[str]) -> str:
    """Leave out what is quoted, and parts of a path with a digit in them; the pattern itself would take n squared."""
    own = found[0].startswith(_QUOTES) or any(char.isdecimal() for char in found[0])
    return "\N{HORIZONTAL ELLIPSIS}" if own else found[0]


def _row(item: Item) -> tuple[int | None, str, str]:
    return item.line, item.name, item.uuid or item.ref


async def _roll_back(journal: Journal) -> RollBack:
    kind = of(journal.job.kind)
    if not kind.can_be_undone:
        return RollBack(f"A job of {kind.name} cannot be undone.", journal.undone_by)
    states, fields, lost = Counter[str](), Counter[str](), Counter[str]()
    async for item in journal.changed():
        if item.state == "changed" and not item.before:
            continue
        states[item.state] += 1
        if item.state == "changed":
            fields.update((item.before or {}).keys())
            lost.update(_LOST[kind.name](item.before, item.after or {}) if kind.name in _LOST else ())
    in_order = dict(fields.most_common())
    return RollBack(
        "", journal.undone_by, states["changed"], in_order, dict(lost), states["sending"], states["damaged"]
    )
