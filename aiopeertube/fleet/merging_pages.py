"""From the pages of an instance to one file: JSON lines, or Parquet."""

from collections.abc import Iterable
from typing import Final, Literal

from aiopeertube.errors import ConfigurationError

from .records import Page
from .stores import Store

Format = Literal["jsonl", "parquet"]
FORMATS: Final[tuple[Format, ...]] = ("jsonl", "parquet")


def merge(store: Store, pages: Iterable[Page], path: str, format: Format) -> None:
    """Write all pages into `path` and the format's extension."""
    if format == "parquet":
        from .parquet import write_parquet  # noqa: PLC0415 - an extra

        with store.writing(f"{path}.parquet", lasting=True) as stream:
            write_parquet(stream, pages)
        return
    with store.writing(f"{path}.jsonl", lasting=True) as stream:
        for page in pages:
            stream.write(page.lines)


def check_format(format: Format) -> None:
    """See that a format can be written.

    Raises:
        ConfigurationError: there is no such format, or what writes it is not installed.
    """
    if format not in FORMATS:
        raise ConfigurationError(f"format: {format!r} is none of {', '.join(FORMATS)}", option="format")
    if format == "parquet":
        try:
            import pyarrow  # noqa: F401, PLC0415 - an extra
        except ImportError:
            message = "parquet needs pyarrow, which is not installed; install aiopeertube[parquet]"
            raise ConfigurationError(message, option="format") from None
