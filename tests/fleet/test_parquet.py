"""Videos as Parquet: one schema whatever the server sends, and nothing of it lost."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from aiopeertube._pagination import Position
from aiopeertube.errors import ConfigurationError
from aiopeertube.fleet.addresses import Instance
from aiopeertube.fleet.merging_pages import check_format
from aiopeertube.fleet.page_log import Keeping
from aiopeertube.fleet.records import Page, Record
from aiopeertube.fleet.stores import Folder

ORIGIN = "https://videos.example"
GOOD: dict[str, Any] = {
    "instance": ORIGIN,
    "id": 7,
    "uuid": "u-7",
    "name": "Harbour\u2028 1939",
    "category": {"id": 2, "label": "Films"},
    "language": {"id": None, "label": "Unknown"},
    "nsfw": False,
    "duration": 90,
    "views": 12,
    "createdAt": "2024-05-01T10:00:00.250Z",
    "originallyPublishedAt": "1939-04-05",
    "channel": {"name": "films", "host": "videos.example"},
    "newInThisVersion": [1, {"a": None}],
}
ODD: dict[str, Any] = {
    "instance": ORIGIN,
    "id": 1 << 62,
    "name": 5,
    "nsfw": "maybe",
    "views": "many",
    "duration": True,
    "likes": 1e9,
    "category": "Films",
    "channel": None,
    "createdAt": "+010000-01-01T00:00:00.000Z",
    "publishedAt": "0001-01-01T00:00:00+23:59",
    "updatedAt": "9999-12-31T23:59:59-23:59",
}


def read(folder: Path, *pages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    store = Folder(folder)
    log = Keeping(store, "parquet").log(ORIGIN)
    for number, rows in enumerate(pages):
        lines = b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)
        log.add(Page(Instance(ORIGIN), number, Position(100, 2), len(rows), lines))
    log.finish(Record(ORIGIN, "done"))
    found: list[dict[str, Any]] = pq.read_table(folder / "videos" / "videos.example.parquet").to_pylist()
    return found


def test_columns_have_their_types_and_the_row_is_whole(tmp_path: Path) -> None:
    (row,) = read(tmp_path, [GOOD])
    assert json.loads(row["json"]) == GOOD
    assert (row["id"], row["name"], row["category"], row["channel"]) == (
        7,
        "Harbour\u2028 1939",
        "Films",
        "films@videos.example",
    )
    assert row["createdAt"] == datetime(2024, 5, 1, 10, 0, 0, 250_000, tzinfo=UTC)
    assert row["originallyPublishedAt"] == datetime(1939, 4, 5, tzinfo=UTC)
    assert (row["nsfw"], row["duration"], row["likes"]) == (False, 90, None)


def test_what_is_of_another_type_is_left_to_the_row(tmp_path: Path) -> None:
    (row,) = read(tmp_path, [ODD])
    assert json.loads(row["json"]) == ODD
    assert row["id"] == 1 << 62
    odd = ("name", "nsfw", "views", "duration", "likes", "channel", "createdAt", "publishedAt", "updatedAt")
    assert {row[name] for name in odd} == {None}
    assert row["category"] == "Films"


def test_pages_come_in_order_over_several_groups(tmp_path: Path) -> None:
    found = read(tmp_path, *([GOOD | {"id": number}] for number in range(45)))
    assert [row["id"] for row in found] == list(range(45))
    assert pq.ParquetFile(tmp_path / "videos" / "videos.example.parquet").num_row_groups == 3


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="avro"):
        check_format("avro")  # type: ignore[arg-type]
