"""Options of a command as frozen dataclasses: a field says how its option is written, and a set is filled once.

A command takes the sets that it needs, and passes them on whole::

    @dataclass(frozen=True, slots=True)
    class Limits:
        halt: str | None = option("--halt", metavar="N|N%", help="Stop after so many failures.")

    @with_options(limits=Limits)
    def command(settings: Settings, /, limits: Limits) -> int: ...
"""

from collections.abc import Callable
from dataclasses import field, fields
from functools import wraps
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

_OPTION = "option"


def option(*names: str, default: Any = None, **attributes: Any) -> Any:
    """Declare a field of an option set; `names` and `attributes` are those of `click.option`.

    A flag is False, and an option given `multiple` times an empty tuple, unless `default` says otherwise.
    """
    if default is None and attributes.get("is_flag"):
        default = False
    if default is None and attributes.get("multiple"):
        default = ()
    return field(default=default, metadata={_OPTION: (names, attributes)})


def with_options(**sets: type) -> Callable[[F], F]:
    """Give a command the options of `sets`, each handed to it as one argument of that name."""

    def decorate(function: F) -> F:
        @wraps(function)
        def command(*args: Any, **values: Any) -> Any:
            filled = {name: _filled(kind, values) for name, kind in sets.items()}
            return function(*args, **filled, **values)

        declared: Any = command
        for kind in reversed(sets.values()):
            declared = _declared(declared, kind)
        return declared  # type: ignore[no-any-return]

    return decorate


def _declared(command: Callable[..., Any], kind: type) -> Callable[..., Any]:
    for one in reversed(fields(kind)):
        names, attributes = one.metadata[_OPTION]
        command = click.option(*names, one.name, default=one.default, **attributes)(command)
    return command


def _filled(kind: type, values: dict[str, Any]) -> Any:
    """Make a set of what click read; its names leave `values`."""
    return kind(**{one.name: values.pop(one.name) for one in fields(kind)})
