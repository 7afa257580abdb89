"""`emulator`: the embedded server, until Ctrl-C."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import click

from aiopeertube._counting import counted
from aiopeertube.cli import output
from aiopeertube.cli.commands.emulator_options import ServerOptions
from aiopeertube.cli.errors import Exit, Failure
from aiopeertube.cli.option_sets import with_options
from aiopeertube.cli.options import Command, Settings, output_options
from aiopeertube.cli.running import run

if TYPE_CHECKING:
    from aiopeertube.emulator import Emulator


@click.command(cls=Command)
@with_options(server=ServerOptions)
@click.option("--format", type=click.Choice(["text", "json"]), default="text", help="How to write the address.")
@click.option("--until-eof", is_flag=True, help="End when stdin does, as a child of another program.")
@output_options()
@click.pass_obj
def emulator(settings: Settings, /, server: ServerOptions, format: str, until_eof: bool) -> None:
    """Run an embedded server that looks like PeerTube, until Ctrl-C (its normal end, with exit code 0).

    It is for experiments: it keeps everything in memory, and prints its passwords.
    """
    try:
        run(_serve(server, format, until_eof=until_eof))
    except Failure as failure:
        if failure.code is not Exit.INTERRUPTED:
            raise


async def _serve(wanted: ServerOptions, format: str, *, until_eof: bool) -> None:
    from aiopeertube.emulator import Emulator  # noqa: PLC0415 - see the package

    server = Emulator(**{one.name: getattr(wanted, one.name) for one in fields(wanted)})
    try:
        await server.start()
    except OSError as exc:
        where = f"{wanted.host}:{wanted.port}"
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
        output.put(f"{server.url}  (PeerTube {version}, {counted(videos, 'video')}; Ctrl-C ends it)\n")
        output.put("\n".join(lines) + "\n")
    sys.stdout.flush()


def _role(user: Any) -> str:
    return f"{user.role}, one-time code {user.otp}" if user.otp else str(user.role)


async def _end(*, until_eof: bool) -> None:
    """Wait for SIGTERM or the end of stdin; Ctrl-C arrives as a cancellation."""
    loop, over = asyncio.get_running_loop(), asyncio.Event()
    with suppress(NotImplementedError, RuntimeError, ValueError):  # not on Windows, not outside the main thread
        loop.add_signal_handler(signal.SIGTERM, over.set)
    if until_eof:
        _watch_stdin(loop, over)
    await over.wait()


def _watch_stdin(loop: asyncio.AbstractEventLoop, over: asyncio.Event) -> None:
    """Read stdin to its end in a thread, past Python's own buffer, so that nothing has to stop it."""

    def read() -> None:
        with suppress(OSError):
            while os.read(0, 4096):
                pass
        with suppress(RuntimeError):  # the loop has ended for another reason
            loop.call_soon_threadsafe(over.set)

    threading.Thread(target=read, name="stdin", daemon=True).start()
