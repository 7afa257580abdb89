"""The options of commands that carry a job out."""

from dataclasses import dataclass

import click

from aiopeertube.cli import completing
from aiopeertube.cli.option_sets import option
from aiopeertube.cli.options_details import DETAILS
from aiopeertube.cli.param_types import Duration, File
from aiopeertube.migrate import Details, JobOptions


@dataclass(frozen=True, slots=True)
class JobFlags(JobOptions):
    """How a job is carried out, and whether its outcomes go to stdout."""

    dry_run: bool = option("--dry-run", is_flag=True, help="Do everything except send changes.")
    resume: bool = option("--resume", is_flag=True, help="Go on with the last unfinished job of this input.")
    resume_failed: bool = option("--resume-failed", is_flag=True, help="Go on like --resume, and retry what failed.")
    journal: str | None = option(
        "--journal",
        metavar="FILE",
        shell_complete=completing.places,
        help="Where to keep the journal. Default: among `aiopeertube jobs`.",
    )
    max_changes: int | None = option(
        "--max-changes", type=click.IntRange(min=0), help="Refuse to begin if more videos would change."
    )
    halt: str | None = option(
        "--halt", metavar="N|N%", help="Stop after this many failures (5), or this share of them (2%)."
    )
    max_duration: float | None = option(
        "--max-duration", type=Duration(), help="Stop after this time, like 90s, 15m or 2h; --resume goes on."
    )
    first: int | None = option(
        "--first",
        type=click.IntRange(min=1),
        metavar="N",
        help="Carry out only the first N, and verify them; --resume goes on with the rest.",
    )
    failed: str | None = option(
        "--failed",
        type=File(),
        metavar="FILE",
        help="Where failed rows go. Default: INPUT.failed.csv, or with a number.",
    )
    overwrite_output: bool = option(
        "--overwrite-output", is_flag=True, help="Replace the table that --failed names, if it is there."
    )
    format: str | None = option(
        "--format", type=click.Choice(["text", "jsonl"]), help="jsonl: a line for each outcome on stdout."
    )
    details: Details = option("--details", **DETAILS)


@dataclass(frozen=True, slots=True)
class MergeFlags:
    """What is done about fields that somebody else changed, too."""

    overwrite: bool = option(
        "--overwrite",
        is_flag=True,
        help="Change also what somebody else changed since the table was exported, or the plan made.",
    )
