"""A request's place in a window, and how long one without an answer keeps others from asking. No I/O, no clock."""

from typing import Final

_LEAST: Final = 0.5  # seconds without an answer after which the next one may ask, on a quick line ...
_MOST: Final = 2.0  # ... and on a slow one
_USUAL: Final = 1.5  # times what the last answer took is not slow yet


class Place:
    """A request's place in the window in which it was sent."""

    __slots__ = ("sent", "window")

    def __init__(self, window: int, sent: float) -> None:
        self.window = window
        self.sent = sent


def soon_enough(seconds: float) -> float:
    """Return for how many seconds an answer is not slow, where the last one took `seconds`."""
    return min(_MOST, max(_LEAST, _USUAL * seconds))
