"""Values of options that several commands read: key=value, key=JSON, and a file to send."""

from pathlib import Path
from typing import Any

import click
import orjson

from aiopeertube.errors import FileUnreadable


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
