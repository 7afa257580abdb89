"""Regular expressions of users: checked before they are used, and stopped where they would go on for ever."""

import re
import signal
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from aiopeertube._counting import counted

SECONDS: Final = 2.0  # for one text; a thousandth of it is plenty


class TooSlow(Exception):
    """A search was stopped."""


def compiled(find: str, put: str) -> re.Pattern[str]:
    """Compile a regular expression, and see that the replacement refers to groups of it.

    Raises:
        ValueError: one of them is none.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # "possible nested set": it means what it says today
            pattern = re.compile(find)
    except (re.error, OverflowError, RecursionError) as exc:
        raise ValueError(f"the expression {find!r}: {exc}") from None
    try:
        pattern.sub(put, "")  # the replacement is read whether or not anything is found
    except (re.error, IndexError) as exc:
        groups = f"; the expression has {counted(pattern.groups, 'group')}"
        raise ValueError(f"the replacement {put!r}: {exc}{groups}") from None
    return pattern


def replaced(pattern: re.Pattern[str], put: str, text: str) -> str:
    """Replace what is found.

    Raises:
        TooSlow: it takes more than `SECONDS`: such an expression tries the same text in more and more ways.
    """
    with _bounded(SECONDS):
        return pattern.sub(put, text)


@contextmanager
def _bounded(seconds: float) -> Iterator[None]:
    """Stop what is computed inside after some seconds, where the platform has timers and this is the main thread.

    Python looks for signals while it searches; nothing else can stop it.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise TooSlow

    theirs = signal.signal(signal.SIGALRM, stop)
    left, interval = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        used = seconds - signal.setitimer(signal.ITIMER_REAL, 0)[0]
        signal.signal(signal.SIGALRM, theirs)
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(left - used, 0.001), interval)
