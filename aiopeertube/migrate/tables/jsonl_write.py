"""JSON lines: an object in each line, with the cells that a row has, in their order."""

from collections.abc import Mapping
from typing import Any

import orjson

from .target import TargetSink


class JsonLinesSink(TargetSink):
    """Writes rows of any JSON values; there is no header, and a row may have columns of its own."""

    def write(self, cells: Mapping[str, Any]) -> None:
        """Write a row."""
        self._target.stream.write(orjson.dumps(dict(cells), option=orjson.OPT_APPEND_NEWLINE))
