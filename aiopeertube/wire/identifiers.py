"""Identifiers of videos, channels and accounts, checked before anything is sent."""

import re
from typing import Final
from urllib.parse import quote

from aiopeertube.errors import InvalidIdentifier

from .sendable import quoted

_VIDEO: Final = re.compile(
    r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"  # UUID
    r"|[1-9A-HJ-NP-Za-km-z]{22}"  # short UUID: Base58
    r"|[1-9][0-9]{0,15}"  # id
)
_HANDLE: Final = re.compile(r"(?=[^@]*[A-Za-z0-9])[A-Za-z0-9_.:-]{1,50}(@[A-Za-z0-9.-]+(:[0-9]{1,5})?)?")
_LANGUAGE: Final = re.compile(r"[A-Za-z0-9-]{1,20}")

VideoRef = int | str


def video_problem(video: VideoRef) -> InvalidIdentifier | None:
    """Return what is wrong with a video's identifier, which must be an id, a UUID or a short UUID."""
    text = _text(video)
    if _VIDEO.fullmatch(text):
        return None
    return InvalidIdentifier(f"{text[:80]!r} is not a video id, UUID or short UUID")


def handle_problem(kind: str, name: str) -> InvalidIdentifier | None:
    """Return what is wrong with the name of a channel or account, which must be `name` or `name@host`."""
    if isinstance(name, str) and _HANDLE.fullmatch(name):
        return None
    return InvalidIdentifier(f"{_text(name)[:80]!r} is not the name of a {kind}; it looks like name or name@host")


def language_problem(language: str) -> InvalidIdentifier | None:
    """Return what is wrong with a caption's language code."""
    if isinstance(language, str) and _LANGUAGE.fullmatch(language):
        return None
    return InvalidIdentifier(f"{_text(language)[:80]!r} is not a language code; it looks like nl or pt-BR")


def segment(value: VideoRef) -> str:
    """Quote one segment of a path."""
    text = _text(value)
    plain = text.isascii() and text.replace("-", "").isalnum()  # ids, nearly always; quoting takes longer
    return text if plain else quote(text, safe="@:", errors="replace")


def _text(value: object) -> str:
    """Return a value as text, also one of which there is none."""
    try:
        return str(value)
    except Exception:  # noqa: BLE001 - see `quoted`
        return quoted(value)
