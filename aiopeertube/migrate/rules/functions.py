"""Functions of the user's own: found by name, called, and their errors told with the place that they come from."""

import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from importlib import import_module
from pathlib import Path
from traceback import extract_tb
from types import TracebackType
from typing import Any

from aiopeertube.errors import ConfigurationError
from aiopeertube.migrate.metadata import fields
from aiopeertube.migrate.metadata.fields import FIELDS, Reading
from aiopeertube.migrate.metadata.fitting import Cuts, whole
from aiopeertube.migrate.metadata.values import CLEARED
from aiopeertube.migrate.rows.layout import LABELS
from aiopeertube.migrate.suggestions import did_you_mean, no_such

Video = Mapping[str, Any]
Change = Callable[..., Mapping[str, Any] | None]


def loaded(target: str | Change, *, arguments: Sequence[str]) -> Change:
    """Return a function, or import MODULE:FUNCTION, of the current directory too; it takes these arguments.

    Raises:
        ConfigurationError: there is no such function.
    """
    function = _imported(target) if isinstance(target, str) else target
    if not _takes(function, len(arguments)):
        count = "one argument" if len(arguments) == 1 else f"{len(arguments)} arguments"
        raise _said(f"{_name_of(target)} does not take {count}, the {' and the '.join(arguments)}")
    if inspect.iscoroutinefunction(function):
        raise _said(f"{_name_of(target)} is asynchronous; write it with def alone")
    return function


def field_named(column: str) -> str:
    """Return the field that a column, or a key of what a function returns, is about.

    Raises:
        ValueError: there is none.
    """
    name = LABELS.get(column, column)
    if name not in FIELDS:
        raise ValueError(no_such("field", column, FIELDS))
    return name


def changes_of(
    function: Change, reading: Reading, *given: Mapping[str, Any], cuts: Cuts | None = None
) -> dict[str, Any]:
    """Call a function that is not ours; whatever it raises is the failure of this video, the last that it is given.

    It gets copies, so that what it does to them changes nothing.

    Raises:
        ValueError: it raised something, or returned what no video can be.
    """
    changes = _returned(function, *given)
    try:
        values = {field_named(column): _value(column, value, reading) for column, value in changes.items()}
    except (ValueError, TypeError) as exc:
        raise ValueError(f"function: {_place(function)}{exc}") from exc
    if reading.fit and cuts is not None:
        for column, value in changes.items():
            name = field_named(column)
            cuts.note(called(given[-1]), name, whole(name, value, reading), values[name])
    return values


def cells_of(function: Change, cells: Mapping[str, Any], known: Sequence[str]) -> Mapping[str, Any]:
    """Call a function with a row's cells; return the columns that it replaces or adds. It gets a copy of them.

    Raises:
        ValueError: it raised something, or returned something else than cells by `known` columns.
    """
    made = _returned(function, cells)
    for column in made:
        if column not in known:
            raise ValueError(f"function: {_place(function)}{no_such('field', column, known)}")
    return made


def _returned(function: Change, *given: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        changes = function(*(deepcopy(one) for one in given)) or {}
    except (Exception, SystemExit) as exc:
        raise ValueError(f"function: {_place(function, exc.__traceback__)}{type(exc).__name__}: {exc}") from exc
    if not isinstance(changes, Mapping) or not all(isinstance(column, str) for column in changes):
        what = f"it must return a mapping of fields to values, not {type(changes).__name__}"
        raise ValueError(f"function: {_place(function)}{what}")
    return changes


def called(video: Video) -> str:
    """Name a video for people."""
    return f"{video.get('uuid', '')} {video.get('name', '')!r}"


def _value(column: str, value: Any, reading: Reading) -> Any:
    name = field_named(column)
    read = fields.typed(name, value, reading)
    return fields.cleared(name) if read in (CLEARED, None) else read  # what a function names, it wants changed


def _place(function: Change, trace: TracebackType | None = None) -> str:
    """Say where: the last line of the function's own file that ran, else where the function begins."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None:
        return ""
    lines = [frame.lineno for frame in extract_tb(trace) if frame.filename == code.co_filename]
    return f"{code.co_qualname} ({Path(code.co_filename).name}:{lines[-1] if lines else code.co_firstlineno}): "


def _takes(function: Any, count: int) -> bool:
    try:
        inspect.signature(function).bind(*range(count))
    except TypeError:
        return False
    except ValueError:  # built in, and says nothing of its arguments
        return True
    return True


def _imported(target: str) -> Change:
    module, colon, name = target.partition(":")
    if not (module and colon and name):
        raise _said(f"{target!r} is not of the form MODULE:FUNCTION")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        found = import_module(module)
    except (Exception, SystemExit) as exc:  # noqa: BLE001 - a module may raise anything when it is imported
        raise _said(f"cannot load {target!r}: {type(exc).__name__}: {exc}{_last_line(exc)}") from None
    function: Change | None = getattr(found, name, None)
    if not callable(function):
        there = [one for one, value in vars(found).items() if callable(value) and not one.startswith("_")]
        what = "is not a function" if hasattr(found, name) else f"is not there{did_you_mean(name, there)}"
        raise _said(f"{target!r} {what}")
    return function


def _last_line(exc: BaseException) -> str:
    """Say where a module failed while it was imported; a SyntaxError says it by itself."""
    frames = [frame for frame in extract_tb(exc.__traceback__) if "importlib" not in frame.filename]
    if isinstance(exc, SyntaxError) or len(frames) < 2:  # the first is this file
        return ""
    return f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})"


def _name_of(target: str | Change) -> str:
    return repr(target) if isinstance(target, str) else getattr(target, "__qualname__", type(target).__name__)


def _said(what: str) -> ConfigurationError:
    return ConfigurationError(f"function: {what}", option="function")
