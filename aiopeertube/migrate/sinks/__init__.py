"""Writes tables that `aiopeertube.migrate.sources` reads back exactly: CSV, TSV, JSON lines, XLSX."""

from .opening import open_sink
from .table import Sink

__all__ = ["Sink", "open_sink"]
