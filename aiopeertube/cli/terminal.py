"""Text from elsewhere, made fit for a terminal: no control character of a server's data reaches it."""

import os
import re
import sys
from contextlib import suppress
from typing import Any, Final

# C0 and C1 controls and DEL steer terminals; the bidirectional ones make text read as what it is not.
_CONTROLS: Final = "\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
_STEERING: Final = re.compile(f"[{_CONTROLS}]")
# What JSON writers leave as it is, though terminals may act on it.
_LEFT_BY_JSON: Final = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    """Take out what steers a terminal, but for line breaks and tabs."""
    return _STEERING.sub("", text.replace("\r\n", "\n"))


def one_line(text: object) -> str:
    """Make one clean line of `text`."""
    return clean(" ".join(str(text).split()))


def escaped(json: str) -> str:
    r"""Write what steers a terminal as \uXXXX: the same value to whoever reads the JSON."""
    return _LEFT_BY_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", json)


def note(line: object) -> None:
    """Print one clean line on stderr; what becomes of the command does not depend on whether anybody reads it."""
    try:
        print(one_line(line), file=sys.stderr, flush=True)  # noqa: T201 - this is what it is for
    except OSError:
        discard(sys.stderr)


def discard(stream: Any) -> None:
    """Let what is left in a stream that cannot be written go nowhere, or Python fails once more at its last flush."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def is_terminal(stream: Any) -> bool:
    """Tell whether a person reads (or types) there."""
    try:
        return bool(stream.isatty())
    except (AttributeError, ValueError):  # no stream at all, or a closed one
        return False
