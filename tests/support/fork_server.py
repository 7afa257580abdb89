"""Runs the command line and scripts in forks of one process that has imported everything, which saves half a second.

As a program it is that process, which listens at a socket; `Client` has one. What forks get: arguments, environment,
folder, and the three standard streams of whoever asks.
"""

import ast
import asyncio
import gc
import inspect
import json
import os
import signal
import socket
import subprocess
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

# A shell's `aiopeertube`, and what runs a script: it starts in some 20 ms, as it imports next to nothing.
_ASKS = """#!{python} -IS
import json, os, socket, sys
asked = {{"args": {first} + sys.argv[1:], "cwd": os.getcwd(), "env": dict(os.environ)}}
with socket.socket(socket.AF_UNIX) as there:
    there.connect({address!r})
    data = json.dumps(asked).encode()
    socket.send_fds(there, [len(data).to_bytes(8, "big")], [0, 1, 2])
    there.sendall(data)
    sys.exit(int(there.recv(16) or b"70"))
"""


class Client:
    """One such process; `bin` is a folder for PATH with the programs `aiopeertube` and `run-block`."""

    def __init__(self, folder: Path) -> None:
        self.bin = folder / "bin"
        self._address = str(folder / "asked")
        self.bin.mkdir(parents=True)
        for name, first in (("aiopeertube", ["command"]), ("run-block", ["script"])):
            program = self.bin / name
            program.write_text(_ASKS.format(python=sys.executable, address=self._address, first=first))
            program.chmod(0o755)

    def __enter__(self) -> Self:
        command = [sys.executable, "-W", "error", __file__, self._address]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"ready\n"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()


def main(address: str) -> None:
    """Answer until killed."""
    _import_all()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(address)
        server.listen(16)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            asked, _ = server.accept()
            if os.fork() == 0:
                server.close()
                _answer(asked)
            asked.close()


def _import_all() -> None:
    """Import what commands and scripts may use, also what is imported when it is first used."""
    from importlib import import_module

    from aiopeertube import metrics, migrate, resumable, testing  # noqa: F401
    from aiopeertube.cli.app import _COMMANDS
    from aiopeertube.cli.operations import operations

    for module, _ in _COMMANDS.values():
        import_module(f"aiopeertube.cli.{module}")
    for module in ("emulator", "_client", "stack.pool.aiohttp", "migrate.reports", "metrics.otel"):
        import_module(f"aiopeertube.{module}")
    for module in ("uvloop", "rich.table", "rich.progress", "requests", "opentelemetry.trace"):
        with suppress(ImportError):
            import_module(module)
    list(operations())  # which makes every noun
    gc.collect()
    gc.freeze()  # what is here is nothing for forks to look through, and to copy by that


def _answer(asked: socket.socket) -> None:
    """Do what was asked, in this fork, and tell the exit code."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    code = 70
    try:
        wanted = _taken(asked)
        what, *args = wanted["args"]
        code = _command(args) if what == "command" else _script(Path(args[0]))
    except Exception:  # noqa: BLE001 - it is told, as Python itself does
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        asked.sendall(str(code).encode())
        os._exit(0)


def _taken(asked: socket.socket) -> Any:
    """Read what is asked, and become what asked for it."""
    size, streams, _, _ = socket.recv_fds(asked, 8, 3)
    wanted = json.loads(asked.recv(int.from_bytes(size, "big"), socket.MSG_WAITALL))
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin = os.fdopen(0, "r", closefd=False)
    sys.stdout, sys.stderr = os.fdopen(1, "w", closefd=False), os.fdopen(2, "w", closefd=False)
    os.chdir(wanted["cwd"])
    os.environ.clear()
    os.environ.update(wanted["env"])
    return wanted


def _command(args: list[str]) -> int:
    from aiopeertube.__main__ import main

    sys.argv = ["aiopeertube", *args]
    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def _script(path: Path) -> int:
    """Run a file of Python, in which `await` may stand at the top."""
    sys.argv = [str(path)]
    code = compile(path.read_text(), str(path), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    made = eval(code, {"__name__": "__main__"})
    if inspect.isawaitable(made):
        asyncio.run(_awaited(made))
    return 0


async def _awaited(made: Any) -> None:
    await made


if __name__ == "__main__":
    main(sys.argv[1])
