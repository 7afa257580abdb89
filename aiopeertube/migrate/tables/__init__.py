"""Tables in and out: CSV with any delimiter, TSV, JSON lines, XLSX; from and to files, stdin and stdout."""

from .cell_text import decoded_twice
from .creating import check_table, open_sink
from .opening import open_source
from .sink import Sink
from .source import Row, Source

__all__ = ["Row", "Sink", "Source", "check_table", "decoded_twice", "open_sink", "open_source"]
