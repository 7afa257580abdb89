"""A look-alike of a PeerTube server on loopback, for tests, demonstrations and benchmarks.

It answers like PeerTube 6.3 or 8.2 whatever a client of video metadata asks: logins with rotating tokens, the rate
limit's fixed windows, lists, edits with their validation, and the failures of parallel writes. It shares no code with
the client of this package, so that a misunderstanding in one of them shows.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .counters import EmulatorStatistics
    from .faults import Fault
    from .options import EmulatorOptions, UserOptions
    from .server import Emulator

__all__ = ["Emulator", "EmulatorOptions", "EmulatorStatistics", "Fault", "UserOptions"]

# Imported on first use: the pytest plugin is part of this package, and pytest loads it in every run.
_HOMES = {
    "Emulator": "server",
    "EmulatorOptions": "options",
    "EmulatorStatistics": "counters",
    "Fault": "faults",
    "UserOptions": "options",
}


def _load(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


if not TYPE_CHECKING:  # a type checker that saw it would take every name for one of this module's
    __getattr__ = _load
