"""What shells complete beyond commands, options and choices: paths of the API, and journals."""

from collections.abc import Callable

import click
from click.shell_completion import CompletionItem

_API = "/api/v1"


Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def words(*known: str) -> Completer:
    """Return what completes one of some words, whatever its case."""

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        begun = incomplete.casefold()
        return [CompletionItem(word) for word in known if word.casefold().startswith(begun)]

    return complete


def paths(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete a path of the API; what stands for a parameter is kept, like the 7 in /videos/7/cap."""
    from aiopeertube.cli.operations import operations  # noqa: PLC0415 - all nouns of the API are imported for it

    method, before = ctx.params.get("method"), _API if incomplete.startswith("/api") else ""
    found: dict[str, str] = {}
    for one in operations():
        path = one.path.removeprefix(_API)
        if path != one.path and method in {None, one.method} and (whole := _continued(incomplete, before + path)):
            found.setdefault(whole, one.help)
    return [CompletionItem(path, help=found[path]) for path in sorted(found)]


def _continued(begun: str, path: str) -> str | None:
    """Return the path that goes on as was begun; None where it does not."""
    *typed, last = begun.lstrip("/").split("/")
    parts = path.lstrip("/").split("/")
    if len(typed) >= len(parts):
        return None
    for given, part in zip(typed, parts, strict=False):
        if given != part and not (given and part.startswith("{")):
            return None
    here = parts[len(typed)]
    if here.startswith("{") and last and not here.startswith(last):
        here = last
    return "/" + "/".join([*typed, here, *parts[len(typed) + 1 :]]) if here.startswith(last) else None


def journals(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the name of a journal, or of a file; the one written last comes first."""
    from aiopeertube import migrate  # noqa: PLC0415 - help needs none

    names = ["last", *(path.stem for path in migrate.all_journals())]
    # Bash forgets what comes before the word that files are meant, too.
    files = CompletionItem(incomplete, type="file")
    return [files, *(CompletionItem(name) for name in names if name.startswith(incomplete))]


def places(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete where a journal is kept: a file, and with --resume the journals there are."""
    from aiopeertube import migrate  # noqa: PLC0415 - see above

    files = CompletionItem(incomplete, type="file")
    if not (ctx.params.get("resume") or ctx.params.get("resume_failed")):
        return [files]
    known = map(str, migrate.all_journals())
    return [files, *(CompletionItem(path) for path in known if path.startswith(incomplete))]
