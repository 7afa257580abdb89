"""How far apart requests go after a refusal without figures, a proxy's. No I/O and no clock: moments come in.

They go one at a time, at a pace that refusals slow down and answers speed up again. Nothing says how many the next
window takes, but the last one took so many: beyond them they go one at a time again, so that one finds the end.
"""

from typing import Final

from .span import NEVER

_AT_FIRST: Final = 0.25  # seconds between two requests after the first such refusal
_AT_MOST: Final = 5.0
_SLOWER: Final = 1.5  # what a refusal makes of the pace ...
_FASTER: Final = 0.8  # ... and an answer
_FORGET: Final = 2  # times as many as the last window took show that it is not the same any more
_OVER: Final = 0.025  # seconds: a pace below it is none


class Pace:
    """The pace of one window; nothing goes before `not_before`, a moment on the event loop's clock."""

    def __init__(self) -> None:
        self.not_before = 0.0
        self._before = 0.0  # `not_before` as it was before the latest request
        self.seconds = 0.0  # from one request to the next
        self._since = 0.0  # refusals of what was sent earlier say nothing about it
        self._passed = 0  # since the last refusal
        self._took = NEVER  # so many passed between the last two

    def start(self, now: float) -> None:
        """Count a request that is sent now."""
        self._before = self.not_before
        if self.seconds:
            self.not_before = max(self.not_before, now + self.seconds)

    def unsent(self, sent: float) -> None:
        """Take back the pause after a request that never left."""
        if sent + self.seconds >= self.not_before:
            self.not_before = min(self.not_before, self._before)

    def lets(self, beside: int) -> bool:
        """Tell whether one more may go beside those without an answer."""
        return not beside or self._passed + beside < self._took

    def faster(self) -> None:
        """Take in an answer."""
        self._passed += 1
        if self._passed >= _FORGET * self._took:
            self._took = NEVER
        self.seconds = self.seconds * _FASTER if self.seconds > _OVER else 0.0

    def slower(self, sent: float, now: float, until: float) -> None:
        """Take in a refusal of what was sent at `sent`, which asks for silence until a moment."""
        if sent >= self._since:
            self._took, self._passed = self._passed or self._took, 0
            self.seconds = min(_AT_MOST, max(_AT_FIRST, self.seconds * _SLOWER))
            self._since = now
        self.not_before = max(self.not_before, now + self.seconds, until)
