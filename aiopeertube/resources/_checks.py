"""What can be said about parameters before anything is sent, by the API's own names."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final, Literal, NotRequired, Required, get_args, get_origin, get_type_hints

from aiopeertube.errors import InputError, InvalidField, InvalidIdentifier
from aiopeertube.wire.identifiers import video_problem
from aiopeertube.wire.sendable import line_complaint, shown, whole_problem

_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_WEB: Final = re.compile(r"https?://[^\s/?#]+\S{0,1990}")
_HOST: Final = re.compile(r"[A-Za-z0-9.-]{1,250}(:[0-9]{1,5})?|\[[0-9a-fA-F:.]{2,45}\](:[0-9]{1,5})?")


def first(*problems: InputError | None) -> InputError | None:
    """Return the first of some problems that there is."""
    return next((problem for problem in problems if problem is not None), None)


def id_problem(name: str, number: object) -> InputError | None:
    """Say what is wrong with an id: a positive number."""
    return whole_problem(name, number, 1)


def uuid_problem(name: str, text: object) -> InputError | None:
    """Say what is wrong with a UUID."""
    if isinstance(text, str) and _UUID.fullmatch(text):
        return None
    return InvalidIdentifier(f"{name}: {shown(text)} is not a UUID")


def host_problem(name: str, host: object) -> InputError | None:
    """Say what is wrong with the name of a server."""
    if isinstance(host, str) and _HOST.fullmatch(host):
        return None
    return InvalidIdentifier(f"{name}: {shown(host)} is not the name of a server; it looks like videos.example")


def text_problem(name: str, text: object) -> InputError | None:
    """Say what is wrong with a text that goes into a path; an empty one would be another path."""
    why = line_complaint(text) or ("" if text else "it is empty")
    return InvalidField(name, f"cannot be sent: {why}") if why else None


def choice_problem(name: str, value: object, choices: Iterable[object]) -> InputError | None:
    """Say what is wrong with a value that is one of a few."""
    known = tuple(choices)
    if any(value == choice and isinstance(value, bool) == isinstance(choice, bool) for choice in known):
        return None
    return InvalidField(name, f"{shown(value)} is none of {', '.join(map(str, known))}")


def choices_problem(schema: type, fields: Mapping[str, Any]) -> InputError | None:
    """Say what is wrong with the first field that is none of the values that its type allows."""
    choices = _choices(schema)
    for name, value in fields.items():
        if name in choices and value is not None:
            many = isinstance(value, list | tuple | set | frozenset)
            for each in value if many else (value,):
                if problem := choice_problem(name, each, choices[name]):
                    return problem
    return None


@cache
def _choices(schema: type) -> dict[str, tuple[object, ...]]:
    """Return the values of those fields of a typed dictionary that have a closed set of them."""
    hints = get_type_hints(schema, include_extras=True)
    found = {name: tuple(_literals(hint)) for name, hint in hints.items()}
    return {name: values for name, values in found.items() if values}


def _literals(hint: Any) -> Iterable[object]:
    if get_origin(hint) is Literal:
        yield from get_args(hint)
    elif get_origin(hint) in {NotRequired, Required} or get_args(hint):
        for argument in get_args(hint):
            yield from _literals(argument)


def body_text_problem(name: str, text: object, low: int, high: int) -> InputError | None:
    """Say what is wrong with a text of a body that has a length."""
    if not isinstance(text, str):
        return InvalidField(name, f"must be text, not {type(text).__name__}")
    if low <= len(text) <= high:
        return None
    return InvalidField(name, f"must have {low} to {high} characters, has {len(text)}")


def playlist_problem(playlist: object) -> InputError | None:
    """Say what is wrong with what names a playlist: an id, a UUID or a short UUID, as of videos."""
    if isinstance(playlist, int | str) and video_problem(playlist) is None:
        return None
    return InvalidIdentifier(f"playlistId: {shown(playlist)} is not a playlist's id, UUID or short UUID")


def one_problem(name: str, video: object) -> InputError | None:
    """Say what is wrong with what names a video in a body or a query."""
    if isinstance(video, int | str) and video_problem(video) is None:
        return None
    return InvalidIdentifier(f"{name}: {shown(video)} is not a video id, UUID or short UUID")


def address_problem(name: str, url: object) -> InputError | None:
    """Say what is wrong with an http(s) address."""
    if isinstance(url, str) and _WEB.fullmatch(url):
        return None
    return InvalidField(name, f"must be an http(s) address, not {shown(url)}")
