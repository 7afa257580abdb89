"""Ctrl-C for bulk runs that ask for it: the first stops all of them cleanly, the second is as if we were not here."""

import asyncio
import signal
import threading
from collections.abc import Callable
from typing import Any, Final

Stop = Callable[[str], None]

_listening: Final[dict[Stop, asyncio.AbstractEventLoop]] = {}
_before: Any = None


def listen(stop: Stop) -> None:
    """Call `stop("interrupted")` at the first Ctrl-C, where Python lets us: in the main thread."""
    global _before  # noqa: PLW0603 - a process has one handler
    if threading.current_thread() is not threading.main_thread():
        return
    if not _listening:
        _before = signal.getsignal(signal.SIGINT)
        signal.signal(signal.SIGINT, _interrupted)
    _listening[stop] = asyncio.get_running_loop()


def forget(stop: Stop) -> None:
    """Listen no more for this run; the last one puts back who listened before, if nobody came in between."""
    if _listening.pop(stop, None) is not None and not _listening:
        _put_back()


def _put_back() -> None:
    if signal.getsignal(signal.SIGINT) is _interrupted:
        signal.signal(signal.SIGINT, _before)


def _interrupted(number: int, frame: Any) -> None:
    _put_back()
    # This runs between any two steps of the main thread: leave the work to the loops, and wake them.
    for stop, loop in tuple(_listening.items()):
        loop.call_soon_threadsafe(stop, "interrupted")
    _listening.clear()
