"""The same job at several instances of one's own, one after the other: one that fails stops none of the others."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import click

from aiopeertube.cli import job_output, outcomes, output
from aiopeertube.cli.address_lists import read_list
from aiopeertube.cli.connection import Connection, connect
from aiopeertube.cli.errors import Exit, Failure, explain
from aiopeertube.cli.option_sets import option
from aiopeertube.cli.options import Settings
from aiopeertube.cli.options_job import JobFlags
from aiopeertube.cli.param_types import File
from aiopeertube.cli.running import run
from aiopeertube.cli.terminal import note
from aiopeertube.errors import PeerTubeError
from aiopeertube.migrate import JobOptions, NothingToResume, Run

Do = Callable[[Connection, JobOptions], Awaitable[Run]]
_COLUMNS: Final = ("instance", "result", "changed", "unchanged", "planned", "conflict", "failed")


@dataclass(frozen=True, slots=True)
class WhereFlags:
    """At which instances."""

    instances: str | None = option(
        "--instances",
        type=File(),
        metavar="FILE",
        help="Do it at each of these instances of yours: an address a line. Log in to each once before.",
    )


def run_at(settings: Settings, where: WhereFlags, job: JobFlags, do: Do, *, declined: str = "") -> int:
    """Run a job at one instance, or at all that a file names; return the exit code.

    Going on with a job of several begins it at those that it did not come to.
    """
    options = job.checked()
    if where.instances is None:
        connection = connect(settings, user=True)
        return run(_one(connection, job, do, options, declined))
    _check(settings, job)
    connections = _connections(settings, where.instances)
    return run(_each(connections, job, _or_begin(do), options, declined))


def _or_begin(do: Do) -> Do:
    """Begin the job at an instance where there is none to go on with."""

    async def begun(connection: Connection, options: JobOptions) -> Run:
        try:
            return await do(connection, options)
        except (Failure, NothingToResume) as exc:
            if not isinstance(exc if isinstance(exc, NothingToResume) else exc.__cause__, NothingToResume):
                raise
        note("it was not begun here yet")
        return await do(connection, replace(options, resume=False, resume_failed=False))

    return begun


async def _one(connection: Connection, job: JobFlags, do: Do, options: JobOptions, declined: str) -> int:
    return job_output.ended(await do(connection, options), connection.settings, job, declined=declined)


def _check(settings: Settings, job: JobFlags) -> None:
    """Refuse what belongs to one instance.

    Raises:
        UsageError: there is something of that kind.
    """
    for name in ("url", "token", "password", "otp"):
        if getattr(settings, name) is not None:
            why = "it is for one; log in to each, and leave it out" if name != "url" else "it is one"
            raise click.UsageError(f"--{name} does not go with --instances: {why}.")
    for name, value in (
        ("--journal", job.journal),
        ("--failed", job.failed),
        ("--metrics-file", settings.metrics_file),
    ):
        if value is not None:
            raise click.UsageError(f"{name} does not go with --instances: each has its own.")


def _connections(settings: Settings, name: str) -> list[Connection]:
    """Return how each instance of a file is reached, by the logins that are kept.

    Raises:
        FileUnreadable, Failure: the file is no list of addresses, or nobody is logged in to some of them.
    """
    from aiopeertube.fleet import read_addresses  # noqa: PLC0415 - only here

    origins = read_addresses(read_list(name)).origins
    found = [_logged_in(settings, origin) for origin in origins]
    missing = [one.origin for one in found if one.anonymous]
    if missing:
        hint = f"run `aiopeertube login --url {missing[0]}`" + (", and so on" if len(missing) > 1 else "")
        raise Failure(f"not logged in to {', '.join(missing)}", code=Exit.AUTHENTICATION, hint=hint)
    return found


def _logged_in(settings: Settings, origin: str) -> Connection:
    """Connect by the name that somebody logged in with: as networks know it, or in its own letters."""
    found = connect(replace(settings, url=origin))
    if not found.anonymous or "xn--" not in origin:
        return found
    scheme, _, host = origin.partition("://")
    name, colon, port = host.partition(":")
    in_letters = connect(replace(settings, url=f"{scheme}://{name.encode().decode('idna')}{colon}{port}"))
    return found if in_letters.anonymous else in_letters


async def _each(connections: Sequence[Connection], job: JobFlags, do: Do, options: JobOptions, declined: str) -> int:
    rows: list[dict[str, Any]] = []
    codes: list[Exit] = []
    for connection in connections:
        if not connection.settings.quiet:
            note(f"at {connection.origin}:")
        row, code = await _at(connection, job, do, options, declined)
        rows.append(row)
        codes.append(code)
        if code is Exit.INTERRUPTED:
            break
    _show(rows, job, connections[0].settings)
    return _code(codes)


async def _at(
    connection: Connection, job: JobFlags, do: Do, options: JobOptions, declined: str
) -> tuple[dict[str, Any], Exit]:
    """Run the job at one instance; say what came of it."""
    row: dict[str, Any] = {"instance": connection.origin, "result": "done"}
    try:
        done = await do(connection, options)
        row |= {name: done.counts[name] for name in _COLUMNS if done.counts.get(name)}
        code = Exit(job_output.ended(done, connection.settings, job, declined=declined))
    except (Failure, PeerTubeError) as exc:
        failure = exc if isinstance(exc, Failure) else explain(exc, origin=connection.origin)
        failure.show()
        row["result"] = failure.message
        return row, failure.code
    return row | ({} if code is Exit.DONE else {"result": "some failed"}), code


def _show(rows: Sequence[dict[str, Any]], job: JobFlags, settings: Settings) -> None:
    """Show what came of all: as a table, beside outcomes that are lines of JSON as lines for people."""
    if outcomes.chosen(job.format) == "jsonl":
        for row in rows:
            counts = ", ".join(f"{row[name]:,} {name}" for name in _COLUMNS[2:] if name in row)
            note(f"{row['instance']}: {row['result']}{f' ({counts})' if counts else ''}")
        return
    columns = [name for name in _COLUMNS if any(name in row for row in rows)]  # what came of none needs no room
    table = output.writer("table", None, columns=columns, no_color=settings.no_color)
    for row in rows:
        table.add(row)
    table.end()


def _code(codes: Sequence[Exit]) -> int:
    """Return the code of all of them; where they differ, some failed."""
    if Exit.INTERRUPTED in codes:
        return Exit.INTERRUPTED
    return codes[0] if len(set(codes)) == 1 else Exit.SOME_FAILED
