"""Changes many items of a noun: through the bulk engine, after asking where something is lost, or only shown."""

import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from inspect import isawaitable, iscoroutinefunction
from typing import TYPE_CHECKING, Any, cast

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
from aiopeertube.cli.terminal import is_terminal, note

if TYPE_CHECKING:
    from aiopeertube import PeerTube

Maker = Callable[["PeerTube"], Make | Awaitable[Make]]
Once = Callable[["PeerTube"], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class DryOptions:
    """Whether anything is changed."""

    dry_run: bool = option("--dry-run", is_flag=True, help="Write what would be sent, and send no change.")


@dataclass(frozen=True, slots=True)
class AskOptions:
    """Whether somebody is asked."""

    yes: bool = option("--yes", "-y", is_flag=True, help="Do not ask.")


@dataclass(frozen=True, slots=True)
class AskOnTerminal:
    """Whether somebody is asked who sits at a terminal; a program is not."""

    yes: bool = option("--yes", "-y", is_flag=True, help="Do not ask, on a terminal.")

    @property
    def is_sure(self) -> bool:
        """Whether nobody is asked."""
        return self.yes or not is_terminal(sys.stdin)


@dataclass(frozen=True, slots=True)
class Action:
    """What is done to all that is named: a verb for people, the noun, and the call for one; maybe one by one.

    `lost` says what of each is lost by deleting, where that is not all of it, like "the chapters of ".
    """

    verb: str
    noun: Noun
    maker: Maker
    in_order: bool = False
    lost: str = ""

    async def made(self, pt: "PeerTube") -> Make:
        """Return what makes the calls."""
        make: Any = self.maker(pt)
        return await make if isawaitable(make) else make  # type: ignore[no-any-return]


def change(
    settings: Settings, action: Action, names: Sequence[str], outcomes: many.RunOptions, *, dry_run: bool = False
) -> int:
    """Carry out a call for all that is named, or write what would be sent; return the exit code."""
    _check(action, names)
    connection = connect(settings, user=not dry_run)
    if dry_run:
        return run(_show(connection, action, names))
    return run(_carry_out(connection, action, names, _run_of(settings, action, outcomes)))


def remove(settings: Settings, action: Action, names: Sequence[str], outcomes: many.RunOptions, *, yes: bool) -> int:
    """Delete all that is named, after asking; return the exit code."""
    _check(action, names)
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
    if not click.confirm(f"Delete {action.lost + what} at {connection.origin}? This cannot be undone.", err=True):
        raise Failure("nothing was deleted", code=Exit.INTERRUPTED)


def once(settings: Settings, maker: Once) -> Any:
    """Carry out what is made of a client, as the user; return the answer. What is wrong with a call is told first."""
    if not iscoroutinefunction(maker):
        complain(maker)
    connection = connect(settings, user=True)

    async def main() -> Any:
        async with connection.opened() as pt:
            return await maker(pt)

    return run(main())


def complain(maker: "Callable[[PeerTube], Any]") -> None:
    """Tell what is known to be wrong with a call, without sending anything.

    Raises:
        InputError: that.
    """
    call = maker(_offline())
    if call.problem:
        raise call.problem


def _check(action: Action, names: Sequence[str]) -> None:
    """Tell what is known to be wrong before anything is sent; what needs the server's words is told later.

    Raises:
        InputError: the first such thing.
    """
    check(names, action.noun)
    if not iscoroutinefunction(action.maker):
        make: Any = action.maker(_offline())
        for name in names:
            for call in many.parts_of(make(name)).values() if name != "-" else ():
                if call.problem:
                    raise call.problem


def _offline() -> "PeerTube":
    """Return what makes the calls of a client, and sends none."""
    from aiopeertube.resources._nouns import Nouns  # noqa: PLC0415 - help needs none

    return cast("PeerTube", Nouns())  # type: ignore[abstract]


async def _show(connection: Connection, action: Action, names: Sequence[str]) -> int:
    """Write what would be sent; say what never could be."""
    failed = 0
    async with connection.opened(many=True) as pt:
        make = await action.made(pt)
        async for name in stdin_ids.all_of(names, action.noun):
            problem = action.noun.problem(name)
            calls = () if problem else many.parts_of(make(name)).values()
            problem = problem or next((call.problem for call in calls if call.problem), None)
            if problem:
                note(f"aiopeertube: failed: {name}: {problem}")
                failed += 1
                continue
            for call in calls:
                output.put(output.to_json(call.as_dict()) + "\n")
    return Exit.SOME_FAILED if failed else Exit.DONE


async def _carry_out(connection: Connection, action: Action, names: Sequence[str], calls: many.Run) -> int:
    async with connection.opened(many=True) as pt:
        return await calls.over(pt, names, await action.made(pt))


def _run_of(settings: Settings, action: Action, outcomes: many.RunOptions) -> many.Run:
    return many.Run.of(settings, action.verb, outcomes, action.noun, in_order=action.in_order)
