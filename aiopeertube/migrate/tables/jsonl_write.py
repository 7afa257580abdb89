"""JSON lines: an object in each line, with the cells that a row has, in their order."""

from collections.abc import Mapping
from typing import Any

from aiopeertube.migrate.exact_json import dumps

from .cell_text import harmless
from .target import TargetSink


class JsonLinesSink(TargetSink):
    """Writes rows of any JSON values; there is no header, and a row may have columns of its own."""

    def write(self, cells: Mapping[str, Any]) -> None:
        """Write a row."""
        found = {name: harmless(cell, typed=True) if isinstance(cell, str) else cell for name, cell in cells.items()}
        self._target.stream.write(dumps(found) + b"\n")
