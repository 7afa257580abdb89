"""What verbs can be told beside their input: plain values, which the command line fills from its options."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from aiopeertube.bulk import Halt
from aiopeertube.errors import ConfigurationError

from .metadata.values import CLEAR
from .scope import Details, check_details


@dataclass(frozen=True, slots=True)
class TableOptions:
    """How a table is to be read.

    Attributes:
        format: "csv", "tsv", "jsonl" or "xlsx"; None: by the file's extension, else by how it begins.
        delimiter: one character, or "tab"; None: found out, for "tsv" TAB.
        columns: names of the columns of a file without header; "" and "-" for those to be ignored.
        encoding: of the text; None: UTF-8, or what its byte order mark says.
        sheet: of a workbook; None: the first that is not hidden.
        header_row: the line (XLSX: the sheet's row) where the table begins; None: the first that is not blank.
        ignore: columns without meaning here; "*" stands for every unknown one.
        compose: fields made of several columns: field -> template, like "{title}: {subtitle}".
        function: MODULE:FUNCTION or a function: gets a row's cells by column, without the ignored, with the composed;
            returns the columns to replace or add, or None for none of them. None as a value clears a field.
    """

    format: str | None = None
    delimiter: str | None = None
    columns: Sequence[str] | None = None
    encoding: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    ignore: tuple[str, ...] = ()
    compose: Mapping[str, str] = field(default_factory=dict)
    function: str | Callable[..., Mapping[str, Any] | None] | None = None


@dataclass(frozen=True, slots=True)
class CellOptions:
    """How the cells of fields are to be read.

    Attributes:
        clear_marker: what a cell says to clear a field.
        tag_separator: what separates tags; None: ";", or "," where there is none.
        fit: cut what is too long, and keep the first five tags that fit, instead of refusing the row.
        date_order: "day" or "month", whichever comes first in dates like 4/5/1939; None: such dates are refused.
    """

    clear_marker: str = CLEAR
    tag_separator: str | None = None
    fit: bool = False
    date_order: str | None = None


@dataclass(frozen=True, slots=True)
class JobOptions:
    """How a job is carried out.

    Attributes:
        dry_run: do everything except send changes; the journal is gone at the end.
        resume: go on with the last job of this input, or with the one in `journal`.
        resume_failed: go on like that, and try again what failed.
        journal: where its journal is; None: in the directory of `find_journal`, under a name of its own.
        max_changes: refuse to begin if more videos would change.
        halt: stop after so many failures (5), or so large a share ("2%").
        max_duration: stop after so many seconds; a later run goes on.
        first: carry out only so many items, and verify them; a later run goes on with the rest.
        failed: the table of failed rows; None: beside the input, under a name that is free; "" for no such table.
        overwrite_output: replace the table of failed rows where it is there already.
        details: how videos are read in full: "api", one request each; "activitypub", as the objects that a server
            gives of public and unlisted ones, of which it allows ten times as many, where these tell enough; "auto",
            so for users whose requests are counted.
    """

    dry_run: bool = False
    resume: bool = False
    resume_failed: bool = False
    journal: str | Path | None = None
    max_changes: int | None = None
    halt: str | int | Halt | None = None
    max_duration: float | None = None
    first: int | None = None
    failed: str | Path | None = None
    overwrite_output: bool = False
    details: Details = "auto"

    @property
    def resumes(self) -> bool:
        """Whether it goes on with a job that is there."""
        return self.resume or self.resume_failed

    def checked(self, halt: str | int | Halt | None = None) -> "JobOptions":
        """Return these options, checked, with `halt` where it is given.

        Raises:
            ConfigurationError: they contradict each other, or make no sense.
        """
        check_details(self.details)
        if self.dry_run and (self.resumes or self.journal):
            what = "dry_run: it keeps no journal, so none can be resumed, or have a place"
            raise ConfigurationError(what, option="dry_run")
        for option, value in (("max_changes", self.max_changes), ("max_duration", self.max_duration)):
            if value is not None and not _is_amount(value):
                raise ConfigurationError(f"{option}: {value!r} is no number of 0 or more", option=option)
        if self.first is not None and (not _is_amount(self.first) or self.first < 1 or self.first % 1):
            raise ConfigurationError(f"first: {self.first!r} is no number of 1 or more", option="first")
        options = self if halt is None else replace(self, halt=halt)
        if options.halt is not None:
            Halt.parse(options.halt)
        return options


def _is_amount(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0
