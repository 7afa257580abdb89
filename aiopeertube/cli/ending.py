"""How a failed command ends: what it prints, and its exit code."""

import sys

import click

from aiopeertube import errors
from aiopeertube.cli.errors import Exit, Failure, Unread, explain
from aiopeertube.cli.terminal import discard, note


def exit_code_of(error: BaseException, *, verbose: bool) -> int:
    """Print why a command ended; return the exit code."""
    if isinstance(error, Unread | BrokenPipeError):
        discard(sys.stdout)  # `... | head` is not worth a message
        return Exit.UNREAD
    _flush()
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return Exit.USAGE
    if isinstance(error, click.Abort | KeyboardInterrupt):
        note("aiopeertube: interrupted")
        return Exit.INTERRUPTED
    failure = _failure_of(error) or _bug(error, verbose=verbose)
    failure.show()
    return failure.code


def _failure_of(error: BaseException) -> Failure | None:
    """Return the failure that an error means; None for an unexpected one."""
    if isinstance(error, errors.PeerTubeError):
        return explain(error)
    if isinstance(error, click.ClickException):
        return error if isinstance(error, Failure) else _usage(error)
    if isinstance(error, UnicodeError) and not isinstance(error, UnicodeDecodeError):
        hint = "give text as UTF-8, and the instance by a valid host name"
        return Failure(f"this text cannot be sent: {error}", code=Exit.USAGE, hint=hint)
    return _file(error) if isinstance(error, OSError) else None


def _flush() -> None:
    """Write what is still to be written, or let go of it: Python would end with a code of its own over it."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):  # ValueError: it is closed
        discard(sys.stdout)


def _file(error: OSError) -> Failure:
    what = f"{error.filename}: " if error.filename is not None else ""
    hint = "check the free space and your permissions there"
    return Failure(f"{what}{error.strerror or error}", code=Exit.FILE, hint=hint)


def _usage(error: click.ClickException) -> Failure:
    context = getattr(error, "ctx", None)
    hint = f"see `{context.command_path} --help`" if context is not None else ""
    return Failure(error.format_message(), code=Exit.USAGE, hint=hint)


def _bug(error: BaseException, *, verbose: bool) -> Failure:
    if verbose:
        import traceback  # noqa: PLC0415 - rarely needed

        traceback.print_exception(error)
    text = f"{type(error).__name__}: {error}"
    hint = "please report it" if verbose else "run it again with -v for details, and please report them"
    return Failure(f"this is a bug: {text}", code=Exit.BUG, hint=hint)
