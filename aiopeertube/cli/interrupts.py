"""Ctrl-C: the first stops a run cleanly, the second is as if we were not here."""

import asyncio
import signal
import threading
from collections.abc import Callable
from typing import Any, Final

HEARD: Final = "aiopeertube: interrupted: what is in flight will be finished; a second Ctrl-C ends it at once"


class Interrupts:
    """Calls `heard` on the event loop at the first Ctrl-C, and listens no more from then on."""

    def __init__(self, heard: Callable[[], None]) -> None:
        self._heard = heard
        self._before: Any = None
        self._installed = False

    def install(self) -> None:
        """Listen, where Python lets us: in the main thread."""
        if threading.current_thread() is not threading.main_thread():
            return
        loop, self._before = asyncio.get_running_loop(), signal.getsignal(signal.SIGINT)

        def interrupted(number: int, frame: Any) -> None:
            self.remove()
            loop.call_soon_threadsafe(self._heard)  # not here, which is between any two steps of the main thread

        signal.signal(signal.SIGINT, interrupted)
        self._installed = True

    def remove(self) -> None:
        """Put back who listened before."""
        if self._installed:
            signal.signal(signal.SIGINT, self._before)
            self._installed = False
