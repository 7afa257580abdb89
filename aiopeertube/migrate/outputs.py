"""Outputs that would destroy what is read: refused before anything is sent."""

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from aiopeertube.errors import InputError

STDIN = "stdin"  # what an input that came from there is called


def check_output(path: str | Path | None, inputs: Iterable[str], *, option: str = "") -> None:
    """See that an output is none of the inputs, under whatever name; "-" and None are no files.

    Raises:
        InputError: it is one of them, or a directory.
    """
    if path is None or str(path) == "-":
        return
    if not str(path) or Path(path).is_dir():
        raise _refused(f"cannot write {str(path)!r}: it is a directory" if str(path) else "no name of a file", option)
    for source in inputs:
        if _is_same(path, source):
            what = f"cannot write {path}: it is read from; choose another name"
            raise _refused(what, option)


def _refused(what: str, option: str) -> InputError:
    error = InputError(f"{option}: {what}" if option else what)
    error.option = option
    return error


def _is_same(path: str | Path, source: str) -> bool:
    with suppress(OSError, ValueError, AttributeError):  # one of them is not there, or is no file
        there = os.fstat(sys.stdin.fileno()) if source == STDIN else Path(source).stat()
        return os.path.samestat(Path(path).stat(), there)
    return False
