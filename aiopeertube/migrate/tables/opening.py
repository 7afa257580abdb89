"""Opens a table by its name, or by how it begins."""

import re
from collections.abc import Collection, Sequence
from pathlib import PurePath
from typing import Final

from aiopeertube.errors import ConfigurationError, FileUnreadable

from .csv_read import Delimited
from .encoding import recognised
from .jsonl_read import JsonLines
from .origin import Origin, find
from .source import Source
from .xlsx_read import Workbook

FORMATS: Final = ("csv", "tsv", "jsonl", "xlsx")
_BY_EXTENSION: Final = {
    ".csv": "csv", ".txt": "csv", ".tsv": "tsv", ".tab": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl",
    ".xlsx": "xlsx", ".xlsm": "xlsx",
}  # fmt: skip
_FOREIGN: Final = (".xls", ".xlsb", ".ods", ".numbers")
_ZIP: Final = b"PK\x03\x04"
_TAB_WORDS: Final = ("tab", "\\t")


def open_source(
    path: str,
    *,
    format: str | None = None,
    delimiter: str | None = None,
    columns: Sequence[str] | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    header_row: int | None = None,
    ignored: Collection[str] = (),
) -> Source:
    """Open a table; "-" is stdin.

    Args:
        path: a file; a pipe is read once.
        format: "csv", "tsv", "jsonl" or "xlsx"; None: by the file's extension, else by how it begins.
        delimiter: one character, or "tab"; None: found out, for "tsv" TAB.
        columns: names of the columns of a file without header; "" and "-" for those to be ignored.
        encoding: of the text; None: UTF-8, or what its byte order mark says.
        sheet: of a workbook; None: the first that is not hidden.
        header_row: the line (XLSX: the sheet's row) where the header stands, or with `columns` the first row;
            None: the first that is not blank.
        ignored: columns that nobody reads, so that errors and formulas in them do no harm.

    Raises:
        FileUnreadable: it is not there, not readable, or not what it should be.
        ConfigurationError: an option makes no sense for it, or one is needed: the delimiter cannot be told, openpyxl
            is not installed.
    """
    known = format_of(path, format)
    separator = None if delimiter is None else delimiter_of(delimiter)
    origin = find(path)
    if begins_like_plan(origin.head):
        raise FileUnreadable(path, "it is a plan and no table: `apply` takes it, as a file, since it is read twice")
    kind = known or _begins_like(origin)
    _refuse(kind, delimiter=delimiter, columns=columns, encoding=encoding, sheet=sheet, header_row=header_row)
    if header_row is not None and header_row < 1:
        raise ConfigurationError(f"header_row: {header_row} is no line; they count from 1", option="header_row")
    if kind == "xlsx":
        return Workbook(origin, columns=columns, sheet=sheet, header_row=header_row, ignored=ignored)
    if origin.head.startswith(_ZIP):
        raise FileUnreadable(path, f"not {kind.upper()} but a ZIP archive, like XLSX is", option="format")
    if kind == "jsonl":
        return JsonLines(origin, encoding=encoding, ignored=ignored)
    return Delimited(
        origin,
        delimiter=separator or ("\t" if kind == "tsv" else None),
        columns=columns,
        encoding=encoding,
        header_row=header_row,
        ignored=ignored,
    )


def begins_like_plan(head: bytes) -> bool:
    """Tell whether a file that begins so is a plan."""
    return _PLAN.match(head) is not None


_PLAN: Final = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"plan"\s*:')


def format_of(path: str, given: str | None) -> str | None:
    """Return the given format, else that of the path's extension; None: it does not tell.

    Raises:
        ConfigurationError: there is no such format, or none that could be read.
    """
    if given is not None and given not in FORMATS:
        raise ConfigurationError(f"format {given!r} is none of {', '.join(FORMATS)}", option="format")
    extension = PurePath(path).suffix.lower()
    if given is None and extension in _FOREIGN:
        raise ConfigurationError(f"{path}: {extension} is not supported; save it as .xlsx or .csv")
    return given or _BY_EXTENSION.get(extension)


def delimiter_of(given: str) -> str:
    """Return the character that is meant.

    Raises:
        ConfigurationError: it cannot separate cells.
    """
    delimiter = "\t" if given.lower() in _TAB_WORDS else given
    if len(delimiter) != 1 or delimiter in '"\r\n\0\ufeff':
        what = f"delimiter {given!r} is not one character, other than a quote or line break, or tab"
        raise ConfigurationError(what, option="delimiter")
    return delimiter


def _begins_like(origin: Origin) -> str:
    if origin.head.startswith(_ZIP):
        return "xlsx"
    start = origin.head.decode(recognised(origin.head, None), errors="ignore")
    # Also a list of objects, which is refused as what it is.
    return "jsonl" if start.lstrip().removeprefix("[").lstrip().startswith("{") else "csv"


def _refuse(kind: str, **options: object) -> None:
    """Refuse options that would be of no effect.

    Raises:
        ConfigurationError: there is one.
    """
    useless = {
        "csv": ("sheet",),
        "tsv": ("sheet",),
        "jsonl": ("sheet", "delimiter", "columns", "header_row"),
        "xlsx": ("delimiter", "encoding"),
    }[kind]
    for name in useless:
        if options[name] is not None:
            raise ConfigurationError(f"{name} means nothing for {kind.upper()}", option=name)
