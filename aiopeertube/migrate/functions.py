"""Functions of the user's own: found by name, called, and their errors told from ours."""

import inspect
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from aiopeertube.errors import ConfigurationError

Video = Mapping[str, Any]
Change = Callable[[Video], Mapping[str, Any]]


def changes_of(function: Change, video: Video) -> Mapping[str, Any]:
    """Call a function that is not ours: whatever it raises is the failure of this video.

    Raises:
        ValueError: it raised something, or returned no mapping.
    """
    try:
        changes = function(video) or {}
    except Exception as exc:
        raise ValueError(f"function: {type(exc).__name__}: {exc}") from exc
    if not isinstance(changes, Mapping) or not all(isinstance(column, str) for column in changes):
        raise ValueError(f"function: it must return a mapping of fields to values, not {str(changes)[:80]}")
    return changes


def takes_a_video(function: Any) -> bool:
    """Tell whether a function can be called with one argument."""
    try:
        inspect.signature(function).bind({})
    except TypeError:
        return False
    except ValueError:  # built in, and says nothing of its arguments
        return True
    return True


def loaded(target: str) -> Change:
    """Import MODULE:FUNCTION, of the current directory too.

    Raises:
        ConfigurationError: there is no such function.
    """
    module, colon, name = target.partition(":")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        function: Any = getattr(import_module(module), name) if colon and name else None
    except Exception as exc:  # noqa: BLE001 - a module may raise anything when it is imported
        raise ConfigurationError(f"function: cannot load {target!r}: {exc}", option="function") from None
    if not callable(function):
        raise ConfigurationError(
            f"function: {target!r} is not a function; write it like module:function", option="function"
        )
    found: Change = function
    return found
