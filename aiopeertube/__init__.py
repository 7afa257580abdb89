"""Asyncio client for PeerTube's REST API, made for many operations at once.

The names below are loaded when they are first used: the pytest plugin and the command line start without aiohttp.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._version import __version__

if TYPE_CHECKING:
    from . import errors, events
    from ._client import PeerTube
    from ._pagination import Paginator
    from .bulk import BulkRun, BulkStatistics, Halt, Outcome
    from .errors import PeerTubeError
    from .stack.meter import Statistics
    from .wire.call import Call

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

_HOMES = {
    "BulkRun": "bulk",
    "BulkStatistics": "bulk",
    "Call": "wire.call",
    "Halt": "bulk",
    "Outcome": "bulk",
    "Paginator": "_pagination",
    "PeerTube": "_client",
    "PeerTubeError": "errors",
    "Statistics": "stack.meter",
}


def _load(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    if name in __all__:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


if not TYPE_CHECKING:  # a type checker that saw it would take every name for one of ours
    __getattr__ = _load


def __dir__() -> list[str]:
    return sorted(__all__)
