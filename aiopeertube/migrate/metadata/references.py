"""How rows name videos, brought into one form: a UUID where the name tells it, else the id."""

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from aiopeertube._settings import origin_of
from aiopeertube.errors import InvalidURL
from aiopeertube.wire.identifiers import video_problem

from .shapes import whole_number

# The columns that may name a video, in the order in which they are asked.
COLUMNS: Final = ("uuid", "shortUUID", "id", "url", "video")

# Base58 with the small letters first: not Bitcoin's order.
_ALPHABET: Final = "123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
_PATHS: Final = re.compile(r"/(?:w|videos/watch|videos/embed|video-embeds|api/v1/videos)/([^/?#;]+)/?(?:;.*)?")


def reference(cells: Mapping[str, Any], origin: str) -> tuple[str, str]:
    """Return the column that names the row's video, and the video: a UUID in lower case, or an id.

    Raises:
        LookupError: no cell names one. ValueError: one does, but not a video of this instance; it has the column.
    """
    for column in COLUMNS:
        text = str(cells.get(column) or "").strip()
        if text:
            return column, canonical(text, origin)
    raise LookupError


def all_names(cells: Mapping[str, Any], origin: str) -> dict[str, str]:
    """Return every column that names a video of this instance, with the video: a UUID in lower case, or an id.

    What names none is left out: beside another name it may be an address of the instance that a table came from.
    """
    found: dict[str, str] = {}
    for column in COLUMNS:
        text = str(cells.get(column) or "").strip()
        with suppress(ValueError):
            found |= {column: canonical(text, origin)} if text else {}
    return found


def names_another(ref: str, video: Mapping[str, Any]) -> bool:
    """Tell whether an id or a UUID is not this video's."""
    return ref != (str(video.get("id")) if ref.isdecimal() else video["uuid"])


def canonical(text: str, origin: str) -> str:
    """Bring an id, UUID, short UUID or URL into one form.

    Raises:
        ValueError: it is none of these, or a URL of another instance.
    """
    if "/" in text:
        text = _in_url(_whole(text, origin), origin)
    text = whole_number(text)
    if problem := video_problem(text):
        raise ValueError(str(problem))
    if len(text) == 22:
        return _from_short(text)
    return text.lower()


def _whole(text: str, origin: str) -> str:
    """Complete an address that was copied without its beginning."""
    scheme, _, host = origin.partition("://")
    if text.startswith("/") and not text.startswith("//"):
        return origin + text
    return f"{scheme}://{text}" if text.casefold().startswith(f"{host}/") else text


def is_uuid(text: str) -> bool:
    """Tell whether a text is a UUID as the server writes it."""
    return _UUID.fullmatch(text) is not None


_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _in_url(text: str, origin: str) -> str:
    parts = urlsplit(text)
    try:
        there = origin_of(f"{parts.scheme}://{parts.netloc}")
    except InvalidURL as exc:
        raise ValueError(str(exc)) from None
    if there.partition("://")[2] != origin.partition("://")[2]:
        raise ValueError(f"{text!r} is not at {origin}")
    found = _PATHS.fullmatch(parts.path)
    if found is None:
        raise ValueError(f"{text!r} is not the address of a video; it looks like {origin}/w/sY6rPiwzy85rQxwp1E7LMa")
    return found[1]


def _from_short(text: str) -> str:
    number = 0
    for letter in text:
        number = number * 58 + _ALPHABET.index(letter)
    try:
        return str(UUID(int=number))
    except ValueError:
        raise ValueError(f"{text!r} is not a short UUID") from None
