"""Asyncio client for PeerTube's REST API, made for many operations at once."""

from . import errors, events
from ._version import __version__
from .bulk import BulkRun, BulkStatistics, Halt, Outcome
from .call import Call
from .client import PeerTube
from .errors import PeerTubeError
from .pagination import Paginator
from .statistics import Statistics

__all__ = [
    "BulkRun",
    "BulkStatistics",
    "Call",
    "Halt",
    "Outcome",
    "Paginator",
    "PeerTube",
    "PeerTubeError",
    "Statistics",
    "__version__",
    "errors",
    "events",
]
