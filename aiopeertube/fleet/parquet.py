"""Videos as Parquet: the same columns for every instance and version, and each row as it came beside them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from .records import Page

_TIME: Final = pa.timestamp("ms", tz="UTC")
SCHEMA: Final = pa.schema(
    [
        ("instance", pa.string()),
        ("id", pa.int64()),
        ("uuid", pa.string()),
        ("name", pa.string()),
        ("url", pa.string()),
        ("channel", pa.string()),  # name@host
        ("account", pa.string()),
        ("category", pa.string()),
        ("licence", pa.string()),
        ("language", pa.string()),
        ("privacy", pa.string()),
        ("nsfw", pa.bool_()),
        ("isLive", pa.bool_()),
        ("isLocal", pa.bool_()),
        ("duration", pa.int64()),  # seconds
        ("views", pa.int64()),
        ("likes", pa.int64()),
        ("dislikes", pa.int64()),
        ("comments", pa.int64()),
        ("createdAt", _TIME),
        ("publishedAt", _TIME),
        ("updatedAt", _TIME),
        ("originallyPublishedAt", _TIME),
        ("json", pa.string()),  # the whole row
    ]
)
_LABELS: Final = {"category", "licence", "language", "privacy"}
_GROUP: Final = 20  # pages in a row group
_HEAVY: Final = 8 << 20  # bytes of rows in one: they are in memory at once, some ten times over


def write_parquet(stream: BinaryIO, pages: Iterable[Page]) -> None:
    """Write pages, some at a time."""
    with pq.ParquetWriter(stream, SCHEMA, compression="zstd") as writer:
        group: list[dict[str, Any]] = []
        size = 0
        for number, page in enumerate(pages, 1):
            texts = [line.decode() for line in page.lines.splitlines()]
            group += (_row(row, text) for row, text in zip(page.rows(), texts, strict=True))
            size += len(page.lines)
            if number % _GROUP == 0 or size >= _HEAVY:
                writer.write_table(pa.Table.from_pylist(group, SCHEMA))
                group.clear()
                size = 0
        writer.write_table(pa.Table.from_pylist(group, SCHEMA))


def _row(row: dict[str, Any], text: str) -> dict[str, Any]:
    return {column.name: _cell(row, column.name, column.type) for column in SCHEMA} | {"json": text}


def _cell(row: dict[str, Any], name: str, kind: pa.DataType) -> Any:
    """Return a value of the column's type; None where the server sent something else."""
    value = row.get(name)
    if name in _LABELS and isinstance(value, dict):
        value = value.get("label")
    elif name in {"channel", "account"} and isinstance(value, dict):
        value = f"{value.get('name')}@{value.get('host')}"
    if kind == _TIME:
        return _time(value)
    if pa.types.is_int64(kind):
        return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 63 else None
    return value if isinstance(value, bool if pa.types.is_boolean(kind) else str) else None


def _time(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(value)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (TypeError, ValueError, OverflowError):  # the last: a year that there is in its own zone alone
        return None
