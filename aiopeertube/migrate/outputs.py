"""Files that are written beside what they are about: nothing of the user's is replaced unless they say so.

What cannot be written, or would destroy what is read, is refused before anything is sent.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import BinaryIO

from aiopeertube.errors import ConfigurationError, FileUnwritable, InputError

from .tables.target import Target, TargetSink

STDIN = "stdin"  # what an input that came from there is called
_PROBE = bytes(4096)


def check_output(
    path: str | Path | None,
    inputs: Iterable[str],
    *,
    option: str = "",
    overwrite: bool = False,
    to_overwrite: str = "",
) -> None:
    """See that an output can be written, and is none of the inputs under whatever name; "-" and None are no files.

    A file that is there is only replaced with `overwrite`; `to_overwrite` names the option that says so.

    Raises:
        InputError: it cannot, it is one of the inputs, it is there, or it is a directory.
    """
    if path is None or str(path) == "-":
        return
    try:
        what, is_there = _cannot(path, inputs), Path(path).is_file()
    except (OSError, ValueError) as exc:
        what, is_there = f"cannot write {path}: {getattr(exc, 'strerror', None) or exc}", False
    if not what and is_there and not overwrite:
        raise _refused(f"{path} is already there; choose another name", option, to_overwrite)
    if what := what or unwritable(path):
        raise _refused(what, option)


def _cannot(path: str | Path, inputs: Iterable[str]) -> str:
    if not str(path):
        return "no name of a file"
    if "\0" in str(path):
        return f"cannot write {str(path)!r}: no file can be called so"
    if Path(path).is_dir():
        return f"cannot write {str(path)!r}: it is a directory"
    is_read = any(_is_same(path, source) for source in inputs)
    return f"cannot write {path}: it is read from; choose another name" if is_read else ""


def unwritable(path: str | Path) -> str:
    """Say why a file cannot be written, by writing one beside it; "" where it can."""
    if os.path.lexists(path) and not Path(path).is_file() and Path(path).exists():
        return ""  # a device, a pipe: to try would be to write
    try:
        target = Target(str(path), overwrite=True)
    except ConfigurationError as exc:
        return str(exc)
    try:
        target.stream.write(_PROBE)
        target.stream.flush()
        os.fsync(target.stream.fileno())
    except OSError as exc:
        return f"cannot write {path}: {exc.strerror or exc}"
    finally:
        target.abort()
    return ""


def unwritten(path: str | Path, error: OSError) -> FileUnwritable:
    """Return the error of an output that could not be written to its end."""
    return FileUnwritable("stdout" if str(path) == "-" else str(path), error.strerror or str(error))


def free_name(path: Path) -> Path:
    """Return a name at which there is nothing: this one, or with a number, like films.failed.2.csv."""
    numbered = (path.with_name(f"{path.stem}.{number}{path.suffix}") for number in count(2))
    return path if not os.path.lexists(path) else next(name for name in numbered if not os.path.lexists(name))


def _refused(what: str, option: str, instead: str = "") -> InputError:
    error = InputError(f"{option}: {what}" if option and not instead else what)
    error.option = instead or option
    return error


def _is_same(path: str | Path, source: str) -> bool:
    if source and Path(path).absolute() == Path(source).absolute():
        return True
    with suppress(OSError, ValueError, AttributeError):  # one of them is not there, or is no file
        there = os.fstat(sys.stdin.fileno()) if source == STDIN else Path(source).stat()
        return os.path.samestat(Path(path).stat(), there)
    return False


@contextmanager
def written(path: str | Path, *, overwrite: bool) -> Iterator[BinaryIO]:
    """Open an output that gets its name when it is whole; what goes wrong names it."""
    try:
        with TargetSink(Target(str(path), overwrite=overwrite)) as sink:
            yield sink.stream
    except BrokenPipeError:
        raise
    except (OSError, ConfigurationError) as exc:
        error = exc if isinstance(exc, OSError) else exc.__cause__
        if not isinstance(error, OSError):
            raise
        raise unwritten(path, error) from error
