"""When a window of the server's began, how long windows are, and so when it ends. No I/O and no clock.

Only three things tell, and no clock but ours takes part: when the window's first answer came, which request opened
it, and how many seconds a refusal says are left (Retry-After, rounded up). Times are the event loop's, in seconds.
"""

import math
from typing import Final

NEVER: Final = math.inf
_RELEARN: Final = 20  # windows after which the length is asked for again: it may have become shorter
_JITTER: Final = 0.02  # seconds by which two requests may be differently long under way


class Span:
    """The present window's span, and the length of all."""

    def __init__(self) -> None:
        self.length: float | None = None
        self.is_guess = False  # it may be longer
        self.first_answer = NEVER
        self.opened: tuple[float, float] | None = None  # between these moments, by a request of ours
        self._opened_before: tuple[float, float] | None = None  # the window before
        self.said: float | None = None  # seconds from the first answer's Date to its Reset, which no one relies on
        self._seen: float | None = None  # the length as it was found last
        self._holds_for = _RELEARN  # windows

    def roll(self) -> None:
        """Begin the next window."""
        self._opened_before, self.opened = self.opened, None
        self.first_answer = NEVER
        self._holds_for -= 1
        if self._holds_for <= 0:
            self.length = None

    def answered(self, now: float) -> float:
        """Take in an answer; return when the window is over for sure, as far as is known."""
        if self.first_answer == NEVER:
            self.first_answer, self.is_guess = now, False
        return NEVER if self.length is None else self.first_answer + self.length

    def bound(self, sent: float, now: float, retry_after: float) -> float:
        """Learn from "so many seconds from now": the end lies in the second before. Return the end."""
        low, high = sent + retry_after - 1, now + retry_after
        # Refused before any answer: the window before is not over yet, and longer than was thought.
        opened = self.opened or (self._opened_before if self.first_answer == NEVER else None)
        if opened is not None:
            # Both were counted at their arrival, most likely as long after they were sent.
            likely = retry_after + (sent - opened[0])
            self._learn(low - opened[1], high - opened[0], likely)
        believed = NEVER if self.length is None else self.first_answer + self.length
        return believed if low < believed <= high else high

    def _learn(self, low: float, high: float, likely: float) -> None:
        """Take a whole number of seconds between two bounds: administrators write no other."""
        whole = math.floor(likely + _JITTER)
        if self.length is not None and self.first_answer == NEVER:
            whole = max(whole, math.floor(self.length) + 1)  # it was believed to be over, and was not
        elif self.length is not None and not self.is_guess and low < self.length <= high:
            whole = math.floor(self.length)  # nothing speaks against what is known
        self.is_guess = math.floor(high) > max(whole, math.floor(low) + 1)
        length = float(whole) if low < whole <= high + 1e-6 else high
        # A clock that was set makes one window longer or shorter, a new configuration all: the next one tells.
        changed = self.length is not None and length != self.length
        doubted = changed or (self.said is not None and 0 < self.said < length - 1)
        self._holds_for = 1 if doubted and length != self._seen else _RELEARN
        self.length = self._seen = length
