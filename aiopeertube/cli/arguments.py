"""Values of options that several commands read: key=value, key=JSON, and a file to send."""

from collections.abc import Sequence
from dataclasses import Field, fields
from pathlib import Path
from typing import Any, Final

import click
import orjson

from aiopeertube.cli.option_sets import is_flag
from aiopeertube.errors import FileUnreadable, InvalidField

_MOST_IMAGE: Final = 4 * 1024 * 1024


def split(pair: str, option: str) -> tuple[str, str]:
    """Split key=value."""
    name, equals, text = pair.partition("=")
    if not equals or not name:
        raise click.UsageError(f"{option}: {pair!r} is not of the form key=value.")
    return name, text


def typed(pair: str, option: str) -> tuple[str, Any]:
    """Split key=JSON."""
    name, text = split(pair, option)
    try:
        return name, orjson.loads(text)
    except orjson.JSONDecodeError as exc:
        hint = f"text needs quotes: {option} '{name}=\"...\"'"
        raise click.UsageError(f"{option} {name}: {text!r} is not JSON ({exc}); {hint}") from None


def readable(path: Path) -> int:
    """Return the size of a file that can be read, and read again when sending it has to be repeated.

    Raises:
        FileUnreadable: it cannot.
    """
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):  # opening a pipe would wait for its other end
            raise FileUnreadable(str(path), "not a file")
        with path.open("rb") as file:
            return file.seek(0, 2)
    except OSError as exc:
        raise FileUnreadable(str(path), exc.strerror or type(exc).__name__) from None


def api_fields(options: Any, *, clear: Sequence[str] = (), without: Sequence[str] = ()) -> dict[str, Any]:
    """Return the options that were given, by the API's names of them, like displayName; cleared ones are None.

    Raises:
        click.UsageError: one is given and cleared.
    """
    wanted = [one for one in fields(options) if one.name not in ("clear", *without)]
    given = {_api_name(one.name): getattr(options, one.name) for one in wanted if _is_given(options, one)}
    for name in map(_api_name, clear):
        if name in given:
            raise click.UsageError(f"{name} is given twice.")
        given[name] = None
    return given


def _is_given(options: Any, one: "Field[Any]") -> bool:
    """Tell whether an option was given; a flag is only where it is set."""
    value = getattr(options, one.name)
    return value is not None and value != () and not (value is False and is_flag(one))


def _api_name(name: str) -> str:
    first, *rest = name.replace("-", "_").split("_")
    return first + "".join(part.capitalize() for part in rest)


def some(given: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a change, of which there must be some.

    Raises:
        click.UsageError: there are none.
    """
    if not given:
        raise click.UsageError("Nothing to change: give at least one field.")
    return given


def image(field: str, name: str, *, gif: bool = False) -> Path:
    """Return the file of a picture, checked for what the server would refuse.

    Raises:
        FileUnreadable, InvalidField: the server would get none, or refuse it.
    """
    path = Path(name)
    size = readable(path)
    if not size:
        raise InvalidField(field, f"{path} is empty")
    if size > _MOST_IMAGE:
        raise InvalidField(field, f"{path} is larger than the 4 MiB that PeerTube takes")
    if path.suffix.lower() not in {".jpg", ".jpeg", ".png", ".webp", ".gif" if gif else ".png"}:
        raise InvalidField(field, f"{path} is not called .jpg, .png{', .gif' if gif else ''} or .webp")
    return path
