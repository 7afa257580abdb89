"""How a fleet behaves at each instance: who it says it is, how often it asks, and when it leaves."""

import re
from dataclasses import dataclass, fields
from typing import Final

from aiopeertube._settings import seconds
from aiopeertube._version import __version__
from aiopeertube.errors import ConfigurationError
from aiopeertube.stack.cap import read_rate

_OTHER_FILES: Final = 48
_CONTACT: Final = re.compile(r"[^\s()@]+@[^\s()@]+|https?://[^\s()]+")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one instance may take before it is left as it is.

    Attributes:
        pages: Pages of up to 100 videos.
        seconds: All of its visit.
        bytes: All of its answers.
        answer: Bytes of one answer; a page of 100 videos has a fifth of a MiB.
        timeout: Seconds that it may take for one answer.
        patience: Seconds without a new page, for an instance that has given one: it may be starting again. One that
            gave none is not waited for.
    """

    pages: int = 10_000
    seconds: float = 4 * 3600.0
    bytes: int = 2 << 30
    answer: int = 4 << 20
    timeout: float = 30.0
    patience: float = 60.0

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if one.name in {"seconds", "timeout", "patience"}:
                seconds(one.name, value)
            elif not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise ConfigurationError(f"{one.name} must be a positive integer, not {value!r}", option=one.name)


@dataclass(frozen=True, slots=True)
class Login:
    """As whom to come to an instance of one's own; nothing of it is shown."""

    username: str | None = None
    password: str | None = None
    token: str | None = None

    def __repr__(self) -> str:
        return "<Login>"


def user_agent(contact: str) -> str:
    """Return the user agent that tells instances whom to ask about these requests.

    Raises:
        ConfigurationError: `contact` is neither an address of mail nor one of the web.
    """
    contact = contact.strip()
    if contact and contact.isascii() and contact.isprintable() and _CONTACT.fullmatch(contact):
        return f"aiopeertube/{__version__} (+{contact})"
    what = f"not {contact!r}" if contact else "which was not given"
    why = "whoever runs an instance wants to know who asks"
    message = f"contact: {why}; give an address of mail or of a page about your work, {what}"
    raise ConfigurationError(message, option="contact")


def interval(rate: str) -> float:
    """Return how many seconds lie between two requests.

    Raises:
        ConfigurationError: it is not a rate like "1/s" or "20/min".
    """
    number, span = read_rate(rate)
    return span / number


def at_most(wanted: int) -> int:
    """Return how many instances may be visited at once: each takes a connection or two, which are open files.

    So are what threads write, and what the program had before.
    """
    try:
        import resource  # noqa: PLC0415 - not on every platform
    except ImportError:
        return wanted
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return wanted if files == resource.RLIM_INFINITY else max(1, min(wanted, (files - _OTHER_FILES) // 2))
