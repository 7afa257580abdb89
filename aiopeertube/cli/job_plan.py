"""What people read of a plan before it is carried out: what changes, what it costs, what is in conflict."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Final

from aiopeertube._counting import counted
from aiopeertube.cli import output
from aiopeertube.cli.errors import Exit
from aiopeertube.cli.options import Settings
from aiopeertube.cli.options_plan import PlanFlags
from aiopeertube.cli.terminal import note, one_line
from aiopeertube.migrate import Item, Plan


async def show_diff(plan: Plan, settings: Settings, *, on_stdout: bool = False, full: bool = False) -> None:
    """Show what would change, old and new: grouped and counted, or in `full`."""
    if settings.quiet:
        return
    say = (lambda line: output.put(one_line(line) + "\n")) if on_stdout else note
    await (_show_all if full else _show_groups)(plan, say)
    if plan.changes:
        say(str(plan.estimate))
    show_for_ever(plan, say)


async def _show_groups(plan: Plan, say: Callable[[str], None]) -> None:
    for change in await plan.diff():
        about = f"   ({_short(change.video)})" if change.video else ""
        say(f"  {change.count:>7,} x  {change.field}: {change.difference}{about}")


async def _show_all(plan: Plan, say: Callable[[str], None]) -> None:
    async with aclosing(plan.each()) as items:
        async for item, changes in items:
            at = f", line {item.line:,}" if item.line else ""
            say(f"{item.name or item.ref} ({item.uuid or item.ref}{at})")
            for change in changes:
                say(f"- {change.field}: {change.whole_difference}")


async def write_files(plan: Plan, flags: PlanFlags, *, overwrite: bool) -> None:
    """Write the plan where that was asked for; its page tells which file it belongs to."""
    again = overwrite or flags.overwrite_output
    if flags.output is not None:
        await plan.write(flags.output, overwrite=again)
    if flags.html is not None:
        plan_file = None if flags.output == "-" else flags.output
        await plan.write_html(flags.html, plan_file=plan_file, overwrite=again)


def show_aim(plan: Plan) -> None:
    """Say what is about to be done."""
    if plan.changes:
        note(f"{plan.job.kind}: {counted(plan.changes, plan.noun)} at {plan.job.origin}; {plan.estimate}")


async def show_deleted(plan: Plan) -> None:
    """Show which videos would be deleted."""
    if plan.job.kind == "delete":
        await _show_some(plan.items("planned"), plan.changes, "would be deleted")


async def show_failed(plan: Plan) -> None:
    """Show what cannot be done, as far as that is known before anything is sent."""
    await _show_some(plan.undone("failed"), plan.counts.get("failed", 0), "failed")


async def _show_some(items: AsyncGenerator[Item, None], total: int, says: str) -> None:
    count = 0
    async with aclosing(items):
        async for item in items:
            count += 1
            if count > _SHOWN:
                note(f"... and {total - _SHOWN:,} more; --format jsonl lists all")
                break
            at = f"line {item.line}, " if item.line else ""
            why = f": {item.reason}" if item.reason else ""
            note(f"{says}: {at}{item.name or item.uuid or item.ref}{why}")


def show_for_ever(plan: Plan, say: Callable[[str], None] = note) -> None:
    """Say what a rollback could not bring back, where there is anything."""
    if plan.for_ever:
        what = ", ".join(f"{field} of {counted(count, plan.noun)}" for field, count in plan.for_ever.items())
        say(f"A rollback cannot bring back: {what}")


def show_replaced(plan: Plan) -> None:
    """Say what is replaced unseen: the table does not tell what its cells were when somebody looked at them."""
    values, filled = plan.replaced
    if values:
        replaced = f"{counted(values, 'value')} would be replaced; not empty now: {filled:,}"
        note(f"{replaced}. Only a table from `aiopeertube export` knows what was edited")


def show_conflicts(plan: Plan) -> None:
    """Show what somebody else changed as well, with all three values."""
    for conflict in plan.conflicts[:_SHOWN]:
        at = f"line {conflict.line}, " if conflict.line else ""
        note(one_line(f"conflict: {at}{conflict.name}: {conflict}"))
    if len(plan.conflicts) > _SHOWN:
        note(f"... and {len(plan.conflicts) - _SHOWN:,} more; they are among the failed rows")
    if plan.conflicts and not plan.job.parent:  # a rollback cannot be told to
        note("conflicts are left as they are; --overwrite changes them all the same")


_SHOWN: Final = 20


def _short(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= 60 else line[:57] + "..."


async def show_counts(made: Plan, settings: Settings) -> int:
    """Say on stderr what would change, and what cannot be done; return the exit code."""
    if not settings.quiet:
        good = made.counts.get("unchanged", 0)
        would = f"{counted(made.changes, made.noun)} would change"
        as_is = counted(good, "is as it should be", "are as they should be")
        note(f"{would}, {as_is}, {made.cannot:,} cannot be done")
        show_replaced(made)
    async for item in made.undone("failed", "conflict"):
        note(f"{item.state}: line {item.line}, {item.name or item.ref}: {item.reason}")
    return Exit.SOME_FAILED if made.cannot else Exit.DONE
