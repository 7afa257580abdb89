"""What a job is made from: a table, a plan, or a plan that was written, opened before anything is sent."""

from dataclasses import dataclass
from pathlib import Path

from .job_options import TableOptions
from .outputs import STDIN
from .plans.planfile import PlanFile, is_plan
from .plans.planned import Plan
from .tables import Source, open_source

Opened = PlanFile | Plan | Source


@dataclass(frozen=True, slots=True)
class Input:
    """An input that is open: `name` is how a later run knows it again, `folder` is where its files are looked for."""

    name: str
    columns: tuple[str, ...]
    content: Opened
    folder: Path = Path()


Given = str | Path | Plan | Source | Input


def open_input(given: Given, table: TableOptions | None = None) -> Input:
    """Open a plan or a table; "-" is stdin.

    Raises:
        ConfigurationError, InputError: it cannot be read.
    """
    if isinstance(given, str | Path) and is_plan(str(given)):
        plan = PlanFile(str(given))
        return Input(str(Path(given).absolute()), plan.job.columns, plan)
    if isinstance(given, Plan):
        return Input(given.job.source, given.job.columns, given)
    return open_table(given, table)


def open_table(given: str | Path | Source | Input, table: TableOptions | None = None) -> Input:
    """Open a table; "-" is stdin.

    Raises:
        ConfigurationError, InputError: it cannot be read.
    """
    if isinstance(given, Input):
        return given
    if not isinstance(given, str | Path):
        return Input(given.name, tuple(given.columns), given)
    table = table or TableOptions()
    source = open_source(
        str(given),
        format=table.format,
        delimiter=table.delimiter,
        columns=table.columns,
        encoding=table.encoding,
        sheet=table.sheet,
        header_row=table.header_row,
        ignored=table.ignore,
    )
    if str(given) == "-":
        return Input(STDIN, tuple(source.columns), source)
    return Input(str(Path(given).absolute()), tuple(source.columns), source, Path(given).parent)
