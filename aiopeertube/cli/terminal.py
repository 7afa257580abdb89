"""Makes text safe for a terminal: no control character of a server's data reaches it."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

# C0 and C1 controls and DEL steer terminals; the bidirectional ones make text read as what it is not.
_CONTROLS: Final = "\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
_STEERING: Final = re.compile(f"[{_CONTROLS}]")
# JSON leaves these unescaped, though terminals may act on them.
_LEFT_BY_JSON: Final = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    """Remove terminal controls, except line breaks and tabs."""
    return _STEERING.sub("", text.replace("\r\n", "\n"))


def one_line(text: object) -> str:
    """Make one clean line of `text`."""
    return clean(" ".join(str(text).split()))


def escaped(json: str) -> str:
    r"""Write terminal controls as \uXXXX, which is the same JSON value."""
    return _LEFT_BY_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", json)


@contextmanager
def named(stream: str) -> Iterator[None]:
    """Let an error of a stream say which it is of."""
    try:
        yield
    except OSError as exc:
        exc.filename = exc.filename or stream
        raise


def write(data: bytes) -> None:
    """Write bytes on stdout as they are; on a terminal as text, without what would steer it."""
    with named("stdout"):
        if is_terminal(sys.stdout):
            sys.stdout.write(clean(data.decode("utf-8", "replace")))
        else:
            sys.stdout.buffer.write(data)


def note(line: object) -> None:
    """Print one clean line on stderr; a closed stderr does not fail the command."""
    try:
        print(one_line(line), file=sys.stderr, flush=True)  # noqa: T201 - this is what it is for
    except OSError:
        discard(sys.stderr)


def discard(stream: Any) -> None:
    """Redirect a broken stream to the null device, or Python would fail again at its last flush."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def is_terminal(stream: Any) -> bool:
    """Tell whether a stream is a terminal."""
    try:
        return bool(stream.isatty())
    except (AttributeError, ValueError):  # no stream at all, or a closed one
        return False
