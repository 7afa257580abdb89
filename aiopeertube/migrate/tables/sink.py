"""What every sink of rows looks like, whatever its format."""

from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any, Protocol, Self

from aiopeertube.migrate.exact_json import dumps


class Sink(Protocol):
    """A table that is written row by row; as a context manager it leaves nothing behind where it did not end well."""

    def write(self, cells: Mapping[str, Any]) -> None:
        """Write a row: a text for each column, JSON lines any JSON value; columns that are not there are empty.

        Raises:
            InputError: the format cannot hold a cell.
            ValueError: a cell is of no column.
        """
        ...

    def close(self) -> None:
        """End the table; only now it has its name.

        Raises:
            ConfigurationError: meanwhile there is a file of that name.
        """
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def text(value: Any) -> str:
    """Return a cell's text: "" for None, and words for true and false as a workbook has them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        return dumps(value).decode()  # which is how a cell has a list
    return "" if value is None else str(value)


def check_columns(cells: Mapping[str, Any], columns: Iterable[str]) -> None:
    """Check that every cell has a column.

    Raises:
        ValueError: one has none, and would be lost.
    """
    if foreign := [name for name in cells if name not in columns]:
        raise ValueError(f"no such column: {', '.join(foreign)}")
