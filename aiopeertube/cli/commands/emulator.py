"""`emulator`: the embedded server, until Ctrl-C."""

import asyncio
import math
import os
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from aiopeertube.cli import output
from aiopeertube.cli.errors import Exit, Failure
from aiopeertube.cli.options import Command, Finite, Settings, output_options
from aiopeertube.cli.running import run

if TYPE_CHECKING:
    from aiopeertube.emulator import Emulator, Fault

_FROM_ZERO = Finite(min=0)
_FROM_0_TO_1 = Finite(0, 1)


@click.command(cls=Command)
@click.option("--videos", type=click.IntRange(min=0), default=50, show_default=True, help="Videos that it has.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port to listen on; any free one by default.")
@click.option("--server-version", type=click.Choice(["6.3", "8.2"]), default="6.3", show_default=True)
@click.option(
    "--rate-limit",
    metavar="N/SECONDSs|none",
    default="50/10s",
    show_default=True,
    help="Requests in a window of so many seconds.",
)
@click.option("--latency", type=_FROM_ZERO, default=0.0, help="Seconds that the network takes for each answer.")
@click.option(
    "--write-seconds",
    type=_FROM_ZERO,
    default=0.0,
    help="Seconds that one edit takes; edits in parallel then fail each other, as on a real server (0.045).",
)
@click.option("--token-lifetime", type=click.IntRange(min=1), default=86399, help="Seconds a token is good for.")
@click.option(
    "--fault",
    "faults",
    metavar="KIND=PROBABILITY[:SECONDS]",
    multiple=True,
    help="429, 5xx, 5xx-after, reset, reset-after, stall, truncated or garbage, as in 5xx=0.05 or stall=0.01:2.",
)
@click.option("--imports", is_flag=True, help="Let users have videos imported from URLs; nothing is ever fetched.")
@click.option("--seed", type=int, default=0, show_default=True, help="What data and chance follow from.")
@click.option("--format", type=click.Choice(["text", "json"]), default="text", help="How to write the address.")
@click.option("--until-eof", is_flag=True, help="End when stdin does, as a child of another program.")
@output_options()
@click.pass_obj
def emulator(settings: Settings, /, **options: Any) -> None:
    """Run an embedded server that looks like PeerTube, until Ctrl-C (which is its normal end: exit code 0).

    It is for trying things out: it keeps everything in memory, and its passwords are known.
    """
    names = ("videos", "host", "port", "server_version", "latency", "write_seconds", "imports", "seed")
    changes = {name: options[name] for name in names} | {"access_token_lifetime": options["token_lifetime"]}
    changes |= {"rate_limit": _rate(options["rate_limit"]), "faults": [_fault(text) for text in options["faults"]]}
    try:
        run(_serve(changes, options["format"], until_eof=options["until_eof"]))
    except Failure as failure:
        if failure.code is not Exit.INTERRUPTED:
            raise


def _rate(text: str) -> tuple[int, float] | None:
    if text == "none":
        return None
    number, slash, seconds = text.removesuffix("s").partition("/")
    try:
        limit = int(number), float(seconds or 1)
    except ValueError:
        slash = ""
    if not slash or limit[0] < 1 or not 0 < limit[1] < math.inf:
        raise click.BadParameter(f'{text!r} is neither "none" nor like "50/10s"', param_hint="'--rate-limit'")
    return limit


def _fault(text: str) -> "Fault":
    from aiopeertube.emulator import Fault  # noqa: PLC0415 - see the package

    kind, _, rest = text.partition("=")
    share, _, seconds = rest.partition(":")
    try:
        return Fault(kind, _FROM_0_TO_1(share or 1), seconds=_FROM_ZERO(seconds or 0))  # type: ignore[arg-type]
    except (ValueError, click.BadParameter) as exc:
        raise click.BadParameter(f"{text!r}: {exc}", param_hint="'--fault'") from None


async def _serve(changes: dict[str, Any], format: str, *, until_eof: bool) -> None:
    from aiopeertube.emulator import Emulator  # noqa: PLC0415 - see the package

    server = Emulator(**changes)
    try:
        await server.start()
    except OSError as exc:
        where = f"{changes['host']}:{changes['port']}"
        hint = "choose another --host or --port; without --port any free one is taken"
        raise Failure(f"cannot listen on {where}: {exc.strerror or exc}", code=Exit.USAGE, hint=hint) from None
    try:
        _announce(server, format)
        await _end(until_eof=until_eof)
    finally:
        await server.stop()


def _announce(server: "Emulator", format: str) -> None:
    users = server.options.users
    if format == "json":
        known = [{"username": user.username, "password": user.password, "role": user.role} for user in users]
        output.put(output.to_json({"url": server.url, "users": known}) + "\n")
    else:
        lines: Sequence[str] = [f"  {user.username:<12} {user.password:<12} {_role(user)}" for user in users]
        version, videos = server.options.full_version, server.options.videos
        output.put(f"{server.url}  (PeerTube {version}, {videos:,} videos; Ctrl-C ends it)\n")
        output.put("\n".join(lines) + "\n")
    sys.stdout.flush()


def _role(user: Any) -> str:
    return f"{user.role}, one-time code {user.otp}" if user.otp else str(user.role)


async def _end(*, until_eof: bool) -> None:
    """Wait for a service manager's SIGTERM, or the end of stdin; Ctrl-C comes as a cancellation."""
    loop, over = asyncio.get_running_loop(), asyncio.Event()
    with suppress(NotImplementedError, RuntimeError, ValueError):  # not on Windows, not outside the main thread
        loop.add_signal_handler(signal.SIGTERM, over.set)
    if until_eof:
        _watch_stdin(loop, over)
    await over.wait()


def _watch_stdin(loop: asyncio.AbstractEventLoop, over: asyncio.Event) -> None:
    """Read stdin to its end in a thread, past Python's own buffer: left behind, it harms nobody."""

    def read() -> None:
        with suppress(OSError):
            while os.read(0, 4096):
                pass
        with suppress(RuntimeError):  # the loop has ended for another reason
            loop.call_soon_threadsafe(over.set)

    threading.Thread(target=read, name="stdin", daemon=True).start()
