"""Reads the chapters of a video from a file: lines as people write them, or what `chapters get` writes."""

import csv
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import click
import orjson

from aiopeertube.errors import FileUnreadable

_LINE: Final = re.compile(
    r"(?:(?:(?P<hours>\d{1,3}):)?(?P<minutes>[0-5]?\d):(?P<seconds>[0-5]\d)|(?P<all>\d{1,6}))"
    r"\s+(?:[-\u2013\u2014]\s+)?(?P<title>\S.*)"
)


def read(name: str) -> list[dict[str, Any]]:
    """Return the chapters in a file, or on stdin ("-").

    Raises:
        FileUnreadable: it cannot be read, or is no text in UTF-8.
        click.UsageError: a line is no chapter.
    """
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as exc:
        raise FileUnreadable(name, exc.strerror or str(exc)) from None
    except UnicodeDecodeError:
        raise FileUnreadable(name, "it is not text in UTF-8") from None
    if text.lstrip()[:1] in {"[", "{"}:
        return [_typed(name, row) for row in _of_json(name, text)]
    if text.lstrip().lower().startswith("timecode,"):
        return [_typed(name, row) for row in csv.DictReader(text.strip().splitlines())]
    numbered = enumerate(text.splitlines(), 1)
    return [_of_line(f"{name}, line {number}", line.strip()) for number, line in numbered if line.strip()]


def _of_json(name: str, text: str) -> Iterable[Any]:
    """Read an array, the body of the API, or lines of JSON."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        try:
            value = [orjson.loads(line) for line in text.splitlines() if line.strip()]
        except orjson.JSONDecodeError as exc:
            raise click.UsageError(f"{name} is not JSON: {exc}.") from None
    if isinstance(value, dict):
        value = value.get("chapters", [value])
    return value if isinstance(value, list) else [value]


def _typed(name: str, row: Any) -> dict[str, Any]:
    """Return a chapter; its timecode is a number of seconds, or written like 1:02:03."""
    try:
        timecode, title = row["timecode"], row["title"]
    except (KeyError, TypeError):
        raise click.UsageError(f"{name}: a chapter has a timecode and a title.") from None
    if isinstance(timecode, str):
        timecode = _of_line(name, f"{timecode.strip()} x")["timecode"]
    return {"timecode": timecode, "title": title}


def _of_line(where: str, line: str) -> dict[str, Any]:
    found = _LINE.fullmatch(line)
    if found is None:
        raise click.UsageError(f"{where}: {line!r} is no chapter; it looks like 1:02:03 Title.")
    hours, minutes, seconds = (int(found[part] or 0) for part in ("hours", "minutes", "seconds"))
    return {"timecode": int(found["all"] or hours * 3600 + minutes * 60 + seconds), "title": found["title"]}
