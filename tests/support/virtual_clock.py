"""An event loop whose time passes only when there is nothing to do: hours of waiting in milliseconds."""

import asyncio
import selectors
from collections.abc import Callable

START = 1000.0  # seconds on a new loop's clock


class JumpingSelector(selectors.DefaultSelector):
    """Instead of waiting, tells the loop to move its clock. Real files are looked at, without waiting for them."""

    jump: Callable[[float], None]

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = self.look()
        if ready or timeout == 0:
            return ready
        if timeout is None:
            raise RuntimeError("everything waits, and nothing will ever happen")
        self.jump(max(timeout, 0.0))
        return ready

    def look(self) -> list[tuple[selectors.SelectorKey, int]]:
        """Return the real files that are ready."""
        return super().select(0)


class VirtualClockLoop(asyncio.SelectorEventLoop):
    """A loop on a clock of its own, which begins at 1000 s and jumps to the next timer."""

    def __init__(self, selector: JumpingSelector | None = None) -> None:
        selector = selector or JumpingSelector()
        self._now = START
        super().__init__(selector)
        selector.jump = self._jump

    def _jump(self, seconds: float) -> None:
        self._now += seconds + 1e-9  # asyncio fires timers that much early; a clock has to move

    def time(self) -> float:
        return self._now
