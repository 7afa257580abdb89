"""Mass edits of metadata: export, plan, apply, verify and roll back, over one journal.

What the command line does, in Python::

    from aiopeertube import PeerTube, migrate

    async with PeerTube.from_env() as pt:
        plan = await migrate.plan(pt, "films.csv")            # counts, diff, cost; nothing sent
        run = await migrate.apply(pt, plan, halt="2%")        # a summary at the end
        assert (await migrate.verify(pt, run.journal)).differ == 0
        await migrate.rollback(pt, run.journal)

The verbs are functions: `export`, `plan`, `apply`, `set_` (by rules), `verify`, `rollback`, `captions`, `thumbnails`,
`delete`, `upload`, `import_`, `chapters`, `playlists`, `channels` and `copy`. What they take beside their input are
plain values (`TableOptions`, `CellOptions`, `JobOptions`, `Scope`, `Rules`), what they return are others (`Plan`,
`Run`, `Verified`, `Exported`), and a `Watcher` hears what goes on. `report` tells what became of a job, from its
journal. Journals are opened with `Journal.open(find_journal("last"))`, and are full of `Item`s.

Raises: BadSource with every error of an input; JournalError for a journal that cannot be used; else the errors of
`aiopeertube.errors`. An error that one option would mend names it in its attribute `option`.
"""

from .copying.copy_plan import CopyPlan, Left
from .copying.verb import Copied, copy
from .exporting import columns_for
from .exporting_wholes import Output
from .inputs import Input, open_input, open_table
from .job import Run
from .job_options import CellOptions, JobOptions, TableOptions
from .journal.item import OPEN, Item, State
from .journal.journal import Journal
from .journal.journal_errors import JournalError, JournalFull, NothingToResume
from .journal.journals import all_journals, find_journal, strangers
from .journal.schema import Job
from .journal.spans import Outage, Span
from .kinds.captions import NOT_KEPT, fetch_captions, put_captions
from .metadata.fields import FIELDS
from .metadata.vocabulary import Vocabulary, fetch_words
from .outputs import check_output
from .plans.estimates import Estimate
from .plans.merging import Conflict
from .plans.planned import Plan
from .plans.report import Change
from .problems import BadSource, Problem
from .reports import Failures, Report, RollBack, report
from .rewrite_maps import MAP_FORMATS, map_lines
from .rules.rules import Rules
from .scope import Details, Scope
from .steps.proving import Difference, Verified
from .table_verbs import captions, delete, import_, thumbnails, upload
from .tables import Row, Sink, Source, open_sink, open_source
from .verbs import Exported, apply, export, plan, rollback, set_, verify
from .watching import Stoppable, Unwatched, Watcher
from .whole_verbs import channels, chapters, export_channels, export_chapters, export_playlists, playlists

__all__ = [
    "FIELDS",
    "MAP_FORMATS",
    "NOT_KEPT",
    "OPEN",
    "BadSource",
    "CellOptions",
    "Change",
    "Conflict",
    "Copied",
    "CopyPlan",
    "Details",
    "Difference",
    "Estimate",
    "Exported",
    "Failures",
    "Input",
    "Item",
    "Job",
    "JobOptions",
    "Journal",
    "JournalError",
    "JournalFull",
    "Left",
    "NothingToResume",
    "Outage",
    "Output",
    "Plan",
    "Problem",
    "Report",
    "RollBack",
    "Row",
    "Rules",
    "Run",
    "Scope",
    "Sink",
    "Source",
    "Span",
    "State",
    "Stoppable",
    "TableOptions",
    "Unwatched",
    "Verified",
    "Vocabulary",
    "Watcher",
    "all_journals",
    "apply",
    "captions",
    "channels",
    "chapters",
    "check_output",
    "columns_for",
    "copy",
    "delete",
    "export",
    "export_channels",
    "export_chapters",
    "export_playlists",
    "fetch_captions",
    "fetch_words",
    "find_journal",
    "import_",
    "map_lines",
    "open_input",
    "open_sink",
    "open_source",
    "open_table",
    "plan",
    "playlists",
    "put_captions",
    "report",
    "rollback",
    "set_",
    "strangers",
    "thumbnails",
    "upload",
    "verify",
]
