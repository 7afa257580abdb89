"""The options of `plan`: what is shown of it, and where it is written."""

from dataclasses import dataclass

import click

from aiopeertube import migrate
from aiopeertube.cli.option_sets import option
from aiopeertube.cli.options_details import DETAILS
from aiopeertube.cli.param_types import File


@dataclass(frozen=True, slots=True)
class PlanFlags:
    """How a plan is shown."""

    output: str | None = option(
        "-o",
        "--output",
        type=File(),
        metavar="FILE",
        help="Write the plan here, for `aiopeertube apply`; -: stdout.",
    )
    html: str | None = option(
        "--html",
        type=File(),
        metavar="FILE",
        help="Write it as a page to read in a browser, to search, to print and to sign; -: stdout.",
    )
    thumbnails: bool = option(
        "--thumbnails", is_flag=True, help="Put the thumbnail of each video into the page: some 10 KB each."
    )
    overwrite_output: bool = option(
        "--overwrite-output", is_flag=True, help="Replace what is there of these; --overwrite does so, too."
    )
    format: str = option(
        "--format",
        type=click.Choice(["text", "jsonl"]),
        default="text",
        show_default=True,
        help="text: changes grouped and counted; jsonl: a line for each video.",
    )
    diff: str = option(
        "--diff",
        type=click.Choice(["short", "full"]),
        default="short",
        show_default=True,
        help="Of the text. short: changes alike in one line, and examples; full: every change of every video, whole.",
    )
    details: migrate.Details = option("--details", **DETAILS)

    @property
    def on_stdout(self) -> bool:
        """Whether a file goes to stdout."""
        return "-" in (self.output, self.html)

    def check_stdout(self) -> None:
        """See that stdout gets one thing at most, and that thumbnails have a page.

        Raises:
            UsageError: it would get two, or they have none.
        """
        if self.thumbnails and self.html is None:
            raise click.UsageError("--thumbnails are for the page that --html FILE writes.")
        asked = {
            "--output -": self.output == "-", "--html -": self.html == "-", "--format jsonl": self.format == "jsonl"
        }  # fmt: skip
        both = [name for name, is_asked in asked.items() if is_asked]
        if len(both) > 1:
            raise click.UsageError(f"{' and '.join(both[:2])} both write on stdout.")

    def check_files(self, source: str, *, overwrite: bool) -> None:
        """See that the files can be written, and are not the input, or one another.

        Raises:
            InputError: they cannot.
        """
        again = overwrite or self.overwrite_output
        read = (source, *([self.output] if self.output else []))
        for path, inputs, name in ((self.output, (source,), "output"), (self.html, read, "html")):
            migrate.check_output(path, inputs, option=name, overwrite=again, to_overwrite="overwrite_output")
