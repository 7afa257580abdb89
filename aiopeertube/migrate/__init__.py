"""Mass edits of metadata: sources, plan, apply, verify, roll back, over one journal.

What the command line does, in Python::

    from pathlib import Path
    from aiopeertube import PeerTube, migrate

    async with PeerTube.from_env() as pt:
        who, me = await migrate.who_am_i(pt)
        table = migrate.open_source("films.csv")
        words = await migrate.fetch(pt, table.columns, me)
        job = migrate.Job("update", pt.origin, who.name, "films.csv", table.columns)
        with migrate.Journal.create(Path("films.journal"), job) as journal:
            await migrate.plan_table(pt, journal, table, who=who, reading=migrate.Reading(words))
            await migrate.Apply(pt, journal, migrate.kinds.Update()).run()
            async for item in journal.items("failed", "conflict"):
                print(item.line, item.reason)

Rules instead of a table: `Rules`; a plan that was written: `plan_file`; the way back: `derive` with `as_before`;
proof: `derive` with `as_written` into another journal, where what is not "unchanged" differs.

Raises: BadSource with every complaint about an input; JournalError for a journal that cannot be used; else the errors
of `aiopeertube.errors`.
"""

from . import kinds
from .applying import Apply, Limits, settle_open
from .compare import Who
from .exporting import Export, columns_for
from .fields import FIELDS, Reading
from .item import Item
from .journal import Job, Journal, JournalError, JournalFull
from .planfile import PlanFile
from .planning import Rules, estimate, plan_file, plan_table, who_am_i
from .problems import BadSource, Problem
from .proving import as_before, as_written, derive
from .rows import Layout
from .rules import Transform
from .tables import Row, Sink, Source, open_sink, open_source
from .vocabulary import Vocabulary, fetch

__all__ = [
    "FIELDS",
    "Apply",
    "BadSource",
    "Export",
    "Item",
    "Job",
    "Journal",
    "JournalError",
    "JournalFull",
    "Layout",
    "Limits",
    "PlanFile",
    "Problem",
    "Reading",
    "Row",
    "Rules",
    "Sink",
    "Source",
    "Transform",
    "Vocabulary",
    "Who",
    "as_before",
    "as_written",
    "columns_for",
    "derive",
    "estimate",
    "fetch",
    "kinds",
    "open_sink",
    "open_source",
    "plan_file",
    "plan_table",
    "settle_open",
    "who_am_i",
]
