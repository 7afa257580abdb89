"""Changes many items of a noun: through the bulk engine, after asking where something is lost, or only shown."""

import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from inspect import isawaitable
from typing import TYPE_CHECKING

import click

from aiopeertube._counting import counted
from aiopeertube.cli import many, output, stdin_ids
from aiopeertube.cli.connection import Connection, connect
from aiopeertube.cli.errors import Exit, Failure
from aiopeertube.cli.many import Make
from aiopeertube.cli.nouns import Noun, check
from aiopeertube.cli.option_sets import option
from aiopeertube.cli.options import Settings
from aiopeertube.cli.running import run
from aiopeertube.cli.terminal import is_terminal

if TYPE_CHECKING:
    from aiopeertube import PeerTube

Maker = Callable[["PeerTube"], Make | Awaitable[Make]]


@dataclass(frozen=True, slots=True)
class DryOptions:
    """Whether anything is changed."""

    dry_run: bool = option("--dry-run", is_flag=True, help="Write what would be sent, and send no change.")


@dataclass(frozen=True, slots=True)
class AskOptions:
    """Whether somebody is asked."""

    yes: bool = option("--yes", "-y", is_flag=True, help="Do not ask.")


@dataclass(frozen=True, slots=True)
class Action:
    """What is done to all that is named: a verb for people, the noun, and the call for one; maybe one by one."""

    verb: str
    noun: Noun
    maker: Maker
    in_order: bool = False

    async def made(self, pt: "PeerTube") -> Make:
        """Return what makes the calls."""
        make = self.maker(pt)
        return await make if isawaitable(make) else make


def change(
    settings: Settings, action: Action, names: Sequence[str], outcomes: many.RunOptions, *, dry_run: bool = False
) -> int:
    """Carry out a call for all that is named, or write what would be sent; return the exit code."""
    check(names, action.noun)
    connection = connect(settings, user=not dry_run)
    if dry_run:
        return run(_show(connection, action, names))
    return run(_carry_out(connection, action, names, _run_of(settings, action, outcomes)))


def remove(settings: Settings, action: Action, names: Sequence[str], outcomes: many.RunOptions, *, yes: bool) -> int:
    """Delete all that is named, after asking; return the exit code."""
    check(names, action.noun)
    connection = connect(settings, user=True)
    if not yes:
        confirm(connection, action, names)
    return run(_carry_out(connection, action, names, _run_of(settings, action, outcomes)))


def confirm(connection: Connection, action: Action, names: Sequence[str]) -> None:
    """Ask whether to delete.

    Raises:
        Failure: nobody can be asked, or the answer is no.
    """
    if stdin_ids.from_stdin(names) or not is_terminal(sys.stdin):
        raise Failure("cannot ask for confirmation", code=Exit.USAGE, hint="add --yes if you are sure")
    word = action.noun.word
    what = f"{word} {names[0]}" if len(names) == 1 else counted(len(names), word)
    if not click.confirm(f"Delete {what} at {connection.origin}? This cannot be undone.", err=True):
        raise Failure("nothing was deleted", code=Exit.INTERRUPTED)


async def _show(connection: Connection, action: Action, names: Sequence[str]) -> int:
    async with connection.opened(many=True) as pt:
        make = await action.made(pt)
        async for name in stdin_ids.all_of(names, action.noun):
            output.put(output.to_json(make(name).as_dict()) + "\n")
    return Exit.DONE


async def _carry_out(connection: Connection, action: Action, names: Sequence[str], calls: many.Run) -> int:
    async with connection.opened(many=True) as pt:
        return await calls.over(pt, names, await action.made(pt))


def _run_of(settings: Settings, action: Action, outcomes: many.RunOptions) -> many.Run:
    return many.Run.of(settings, action.verb, outcomes, action.noun, in_order=action.in_order)
