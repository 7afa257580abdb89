"""What must never be quoted: the credentials that a request carries, wherever an answer repeats them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote, quote_plus

import orjson

_NAME: Final = re.compile(r"password|secret|token|\botp\b|-otp$", re.IGNORECASE)
_FIELD: Final = re.compile(rb'"[^"]*(password|secret|token)[^"]*":', re.IGNORECASE)
_SHORTEST: Final = 3  # characters: what is shorter is found in every word, and hiding it would show it


def is_secret_name(name: str) -> bool:
    """Tell whether a field or header of that name holds a secret."""
    return bool(_NAME.search(name))


def has_secret_field(data: bytes) -> bool:
    """Tell whether encoded JSON has a field that is named like a secret."""
    return bool(_FIELD.search(data))


def secrets_in(value: Any) -> Iterator[str]:
    """Yield the texts of all fields that are named like secrets."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            if isinstance(each, str) and is_secret_name(str(name)):
                yield each
            yield from secrets_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from secrets_in(each)


def hide(data: bytes, secrets: Iterable[str]) -> bytes:
    """Replace secrets by "(secret)": as they are, and as forms, addresses and JSON have them."""
    for secret in secrets:
        if len(secret) >= _SHORTEST:
            for form in {secret, quote(secret, errors="replace"), quote_plus(secret, errors="replace")}:
                data = data.replace(form.encode(errors="replace"), b"(secret)")
            data = data.replace(orjson.dumps(secret.encode(errors="replace").decode())[1:-1], b"(secret)")
    return data


def hide_in_text(text: str, secrets: Iterable[str]) -> str:
    """Do the same to text."""
    return hide(text.encode(errors="replace"), secrets).decode()
