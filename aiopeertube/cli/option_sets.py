"""Options of a command as frozen dataclasses: each field declares its option, and a set is filled once.

A command takes the sets that it needs, and passes them on as they are::

    @dataclass(frozen=True, slots=True)
    class Limits:
        halt: str | None = option("--halt", metavar="N|N%", help="Stop after so many failures.")

    @with_options(limits=Limits)
    def command(settings: Settings, /, limits: Limits) -> int: ...
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import Field, field, fields
from functools import wraps
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

_OPTION = "option"


def option(*names: str, default: Any = None, secret: bool = False, dest: str = "", **attributes: Any) -> Any:
    """Declare a field of an option set; `names` and `attributes` are those of `click.option`.

    A flag is False, and an option given `multiple` times an empty tuple, unless `default` says otherwise. The value
    of a `secret` is left out of the set's repr. `dest` is click's name of it, and that of its variable, where two
    sets of one command have a field of the same name.
    """
    if default is None and attributes.get("is_flag"):
        default = False
    if default is None and attributes.get("multiple"):
        default = ()
    return field(default=default, repr=not secret, metadata={_OPTION: (names, attributes, dest)})


def with_options(**sets: type) -> Callable[[F], F]:
    """Give a command the options of `sets`, each passed as one argument of that name."""

    def decorate(function: F) -> F:
        @wraps(function)
        def command(*args: Any, **values: Any) -> Any:
            filled = {name: _filled(kind, values) for name, kind in sets.items()}
            return function(*args, **filled, **values)

        decorated: Any = command
        for kind in reversed(sets.values()):
            decorated = declared(decorated, _options(kind))
        return decorated  # type: ignore[no-any-return]

    return decorate


def declared(command: F, options: Sequence["Field[Any]"], *, without: Collection[str] = ()) -> F:
    """Give a command the options declared by some fields, leaving out the names in `without`."""
    for one in reversed(options):
        names, attributes, _ = one.metadata[_OPTION]
        kept = [name for name in names if name not in without]
        default = {} if attributes.get("required") else {"default": one.default}
        command = click.option(*kept, _dest(one), **default, **attributes)(command)
    return command


def is_flag(one: "Field[Any]") -> bool:
    """Tell whether an option is a flag that can only be set."""
    return bool(one.metadata[_OPTION][1].get("is_flag"))


def _filled(kind: type, values: dict[str, Any]) -> Any:
    """Make a set of what click read; its names leave `values`."""
    return kind(**{one.name: values.pop(_dest(one)) for one in _options(kind)})


def _options(kind: type) -> list[Field[Any]]:
    """Return the fields that are options; others keep their defaults."""
    return [one for one in fields(kind) if _OPTION in one.metadata]


def _dest(one: Field[Any]) -> str:
    dest: str = one.metadata[_OPTION][2]
    return dest or one.name


def dashed(text: str, option: str) -> str:
    """Write the option that an error of the library names as it is written on the command line."""
    if not option:
        return text
    name = f"--{option.replace('_', '-')}"
    if text.startswith((f"{option}:", f"{option} ")):
        return name + text.removeprefix(option)
    return f"{text}; see {name}"
