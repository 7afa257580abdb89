"""A look-alike of a PeerTube server on loopback, for tests, demonstrations and benchmarks.

It answers the requests a client of video metadata makes as PeerTube 6.3 or 8.2 would: sign-in with tokens that
rotate, the rate limit's fixed windows, lists, edits with their validation, and the failures that parallel
writes bring about. It shares no code with the client of this package, so a misunderstanding in one of them
shows in the other.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .counters import EmulatorStatistics
    from .faults import Fault
    from .options import EmulatorOptions
    from .server import Emulator

__all__ = ["Emulator", "EmulatorOptions", "EmulatorStatistics", "Fault"]

# Where each name lives. Nothing is imported before it is asked for: the pytest plugin is a part of this
# package, and pytest loads it in every run of everyone who has the package installed.
_HOMES = {
    "Emulator": "server",
    "EmulatorOptions": "options",
    "EmulatorStatistics": "counters",
    "Fault": "faults",
}


def _load(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


if not TYPE_CHECKING:  # a type checker that saw it would take every name for one of this module's
    __getattr__ = _load
