"""Tables as they come: CSV with any delimiter, TSV, JSON lines, XLSX; from a file or stdin."""

from .opening import open_source
from .table import Row, Source

__all__ = ["Row", "Source", "open_source"]
