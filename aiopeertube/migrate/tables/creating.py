"""Opens a table for writing, by its name."""

from collections.abc import Sequence

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
    kind = format_of(path, format) or "csv"
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
    if format_of(path, None) == "xlsx":
        need_openpyxl()


def _sink(target: Target, kind: str, columns: Sequence[str], delimiter: str, *, bom: bool) -> Sink:
    if kind == "jsonl":
        return JsonLinesSink(target)
    if kind == "xlsx":
        return XlsxSink(target, columns)
    return DelimitedSink(target, columns, delimiter=delimiter, bom=bom)
