"""Opens a table for writing, by its name."""

from collections.abc import Sequence
from pathlib import PurePath
from typing import Final

from aiopeertube.errors import ConfigurationError

from .csv_write import DelimitedSink
from .jsonl_write import JsonLinesSink
from .opening import delimiter_of, format_of
from .sink import Sink
from .target import Target
from .xlsx_read import need_openpyxl
from .xlsx_write import XlsxSink


def open_sink(
    path: str,
    columns: Sequence[str],
    *,
    format: str | None = None,
    delimiter: str | None = None,
    overwrite: bool = False,
    bom: bool = False,
) -> Sink:
    """Open a table for writing; "-" is stdout.

    Args:
        path: the file; while it is written it has another name, beside it.
        columns: the header, in order; JSON lines have none.
        format: "csv", "tsv", "jsonl" or "xlsx"; None: by the file's extension, else CSV.
        delimiter: one character, or "tab"; None: "," and for "tsv" TAB.
        overwrite: whether a file that is there already is replaced.
        bom: whether CSV begins with a byte order mark, which Excel needs to see that it is UTF-8.

    Raises:
        ConfigurationError: it cannot be written there; an option makes no sense; openpyxl is not installed.
    """
    kind = _format_to_write(path, format)
    separator = delimiter_of(delimiter or ("tab" if kind == "tsv" else ","))
    if kind not in ("csv", "tsv") and (delimiter is not None or bom):
        option = "bom" if bom else "delimiter"
        raise ConfigurationError(f"{option} means nothing for {kind.upper()}", option=option)
    target = Target(path, overwrite=overwrite)
    try:
        return _sink(target, kind, columns, separator, bom=bom)
    except BaseException:
        target.abort()
        raise


def check_table(path: str) -> None:
    """See that a table of this name can be written, before there is anything to write.

    Raises:
        ConfigurationError: its extension means another format; openpyxl is not installed.
    """
    if _format_to_write(path, None) == "xlsx":
        need_openpyxl()


def _format_to_write(path: str, given: str | None) -> str:
    """Return the format of a table; a name without an extension is one of CSV, and so is stdout.

    Raises:
        ConfigurationError: the extension is that of something else, which a reader would take it for.
    """
    extension = PurePath(path).suffix.lower()
    if given is None and extension in _OTHERS:
        what = f"{path}: a table is no {extension}; call it .csv, .tsv, .jsonl or .xlsx, or say which of these it is"
        raise ConfigurationError(what, option="format")
    return format_of(path, given) or "csv"


# What others open by its extension alone, or fail to: .xlsm without macros is damaged for Excel.
_OTHERS: Final = frozenset(
    {".json", ".xlsm", ".pdf", ".doc", ".docx", ".html", ".xml", ".gz", ".zip", ".db", ".sqlite"}
)


def _sink(target: Target, kind: str, columns: Sequence[str], delimiter: str, *, bom: bool) -> Sink:
    if kind == "jsonl":
        return JsonLinesSink(target)
    if kind == "xlsx":
        return XlsxSink(target, columns)
    return DelimitedSink(target, columns, delimiter=delimiter, bom=bom)
