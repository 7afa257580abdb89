"""JSON that can hold the name of any file: bytes that are no UTF-8 come in it as lone surrogates."""

import json
from typing import Any

import orjson


def dumps(value: Any, *, sort_keys: bool = False) -> bytes:
    """Encode; what is no Unicode text is escaped."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS if sort_keys else None)
    except TypeError:  # also for halves of characters
        return json.dumps(value, separators=(",", ":"), sort_keys=sort_keys).encode()


def loads(text: str | bytes) -> Any:
    """Decode what `dumps` made.

    Raises:
        ValueError: it is no JSON.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        if b"\\ud" not in (text.encode() if isinstance(text, str) else text):
            raise
        return json.loads(text)
