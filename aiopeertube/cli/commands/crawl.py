"""`crawl`."""

import asyncio
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from aiopeertube._counting import counted
from aiopeertube.cli import arguments, output
from aiopeertube.cli.address_lists import read_list
from aiopeertube.cli.connection import proxies_of
from aiopeertube.cli.errors import Exit, Failure
from aiopeertube.cli.option_sets import with_options
from aiopeertube.cli.options import Command, Settings, fleet_options
from aiopeertube.cli.options_crawl import BoundFlags, CrawlFlags
from aiopeertube.cli.param_types import File
from aiopeertube.cli.running import run
from aiopeertube.cli.terminal import is_terminal, note
from aiopeertube.errors import ConfigurationError, PeerTubeError

if TYPE_CHECKING:
    from distributed import Client

    from aiopeertube.fleet import Bounds, Fleet


@click.command(cls=Command)
@click.argument("source", metavar="[LIST]", required=False, type=File())
@with_options(flags=CrawlFlags, bounds=BoundFlags)
@fleet_options()
@click.pass_obj
def crawl(settings: Settings, /, *, source: str | None, flags: CrawlFlags, bounds: BoundFlags) -> int:
    """Read the lists of videos of many instances, politely, into a file for each.

    LIST is a file with an address a line, like videos.example, or - for stdin. Each instance is visited once,
    whatever its name; by default it is asked for its local videos alone, 100 at a time, and not more often than
    once a second (--rate), and left where it refuses. An answer may take 30 seconds unless --timeout says
    otherwise, and an instance that went away is waited for 60 (--patience). OUT gets videos/HOST.jsonl (or
    .parquet), and what became of each instance in instances.jsonl. After a crash, or any other end, the same
    command with --resume goes on. Away from a terminal, what became of each instance is written on stdout, a line
    of JSON each. The exit code is 1 where not all were read.
    """
    if source is None and flags.index is None:
        raise click.UsageError("Which instances? Give a LIST of addresses, - for stdin, or an --index.")
    if flags.out == "-" and (flags.resume or flags.resume_failed or flags.format != "jsonl"):
        raise click.UsageError("--out - is JSON lines on stdout, and nothing that --resume could go on with.")
    if settings.metrics_file is not None:
        raise click.UsageError("--metrics-file does not go with crawl: it is about one client of one instance.")
    if flags.out.startswith("memory:"):
        raise click.UsageError("--out: what is kept in memory is gone when this command ends.")
    if flags.dask and settings.proxy is not None:
        raise click.UsageError("--proxy: with --dask each worker goes the way that its own environment says.")
    if flags.dask and flags.out == "-":
        raise click.UsageError("--dask needs an --out that all workers see: a shared folder, or an address.")
    lines = [] if source is None else read_list(source, or_none=flags.index is not None)
    filters = _filters(flags.filter)
    with _journal_is_out():
        return run(_crawl(settings, lines, filters, flags, _bounds(settings, bounds)))


@contextmanager
def _journal_is_out() -> Iterator[None]:
    """Name the option as it is called here."""
    try:
        yield
    except ConfigurationError as exc:
        if exc.option != "journal":
            raise
        raise ConfigurationError(str(exc).removeprefix("journal: "), option="out") from None


def _filters(pairs: tuple[str, ...]) -> dict[str, Any]:
    from aiopeertube.types import VideoFilters  # noqa: PLC0415 - `--help` starts without

    found: defaultdict[str, list[str]] = defaultdict(list)
    for pair in pairs:
        name, value = arguments.split(pair, "--filter")
        if name not in VideoFilters.__annotations__:
            raise click.UsageError(f"--filter: {name!r} is no filter of lists of videos.")
        found[name].append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _bounds(settings: Settings, flags: BoundFlags) -> "Bounds":
    from aiopeertube.fleet import Bounds  # noqa: PLC0415 - see above

    given: dict[str, Any] = flags.given()
    if "timeout" in settings.given:
        given["timeout"] = settings.timeout
    if settings.patience is not None:
        given["patience"] = settings.patience
    return replace(Bounds(), **given)


async def _crawl(
    settings: Settings, lines: list[str], filters: dict[str, Any], flags: CrawlFlags, bounds: "Bounds"
) -> int:
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(_cluster(flags.dask)) if flags.dask else None
        fleet = await _fleet(settings, lines, flags, bounds)
        if client is not None:
            fleet.on(client)
        async with fleet:
            try:
                await (_to_stdout if flags.out == "-" else _to_folder)(fleet, settings, flags, filters)
            except (asyncio.CancelledError, OSError, PeerTubeError) as exc:
                if not isinstance(exc, ConfigurationError):
                    note(f"stopped at {_told(fleet)}{'' if flags.out == '-' else '; --resume goes on'}")
                raise
    if not settings.quiet:
        note(_told(fleet))
    return Exit.DONE if all(record.ok for record in fleet.records.values()) else Exit.SOME_FAILED


def _cluster(address: str) -> "AbstractAsyncContextManager[Client]":
    """Return what connects to a cluster.

    Raises:
        ConfigurationError: Dask is not installed.
    """
    try:
        from aiopeertube.fleet.dask_places import cluster_at  # noqa: PLC0415 - an extra
    except ImportError as exc:
        raise ConfigurationError(f"{exc}; install aiopeertube[dask]", option="dask") from None
    return cluster_at(address)


async def _fleet(settings: Settings, lines: list[str], flags: CrawlFlags, bounds: "Bounds") -> "Fleet":
    from aiopeertube.fleet import Fleet, read_index  # noqa: PLC0415 - see above

    rate, proxy = settings.rate or "1/s", proxies_of(settings)
    if flags.index is not None:
        lines += (found := await read_index(flags.index, contact=flags.contact, rate=rate, proxy=proxy))
        if not found:
            raise Failure(f"{flags.index} lists no instance", code=Exit.REFUSED)
    fleet = Fleet(
        lines,
        contact=flags.contact,
        rate=rate,
        at_once=flags.at_once,
        journal=None if flags.out == "-" else flags.out,
        resume=flags.resume,
        retry=flags.resume_failed,
        bounds=bounds,
        proxy=proxy,
    )
    if fleet.repeated and not settings.quiet:
        note(f"{counted(fleet.repeated, 'line')} named an instance again")
    return fleet


async def _to_folder(fleet: "Fleet", settings: Settings, flags: CrawlFlags, filters: dict[str, Any]) -> None:
    from aiopeertube.cli import crawl_screen  # noqa: PLC0415 - see above

    told = not is_terminal(sys.stdout)
    with crawl_screen.showing(fleet, settings) as advance:
        async for record in fleet.crawl(format=flags.format, **filters):  # type: ignore[arg-type]
            advance()
            if told:
                output.put(output.to_json(record.row()) + "\n")


async def _to_stdout(fleet: "Fleet", settings: Settings, flags: CrawlFlags, filters: dict[str, Any]) -> None:
    from aiopeertube.cli import crawl_screen  # noqa: PLC0415 - see above
    from aiopeertube.fleet import Page  # noqa: PLC0415 - see above

    with crawl_screen.showing(fleet, settings) as advance:
        async for event in fleet.stream(**filters):
            advance()
            if isinstance(event, Page):
                for row in event.rows():
                    output.put(output.to_json(row) + "\n")


def _told(fleet: "Fleet") -> str:
    from aiopeertube.cli import crawl_screen  # noqa: PLC0415 - see above

    counts = fleet.statistics()
    ended = f"{sum(counts.states.values()):,} of {counted(counts.instances, 'instance')}"
    return f"{ended}: {crawl_screen.described(counts)}"
