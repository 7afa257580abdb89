"""Times as written on the wire."""

from datetime import UTC, datetime
from email.utils import formatdate
from typing import Final

_YEAR_10000: Final = 253_402_300_800.0  # seconds since 1970; Python's dates end there


def iso(seconds: float) -> str:
    """Return a time as in JSON bodies; JavaScript writes years of five digits with six and a sign.

    No date that a server takes is later than the first day of such a year.
    """
    if seconds >= _YEAR_10000:
        return "+010000-01-01" + iso(seconds - _YEAR_10000)[10:]
    return datetime.fromtimestamp(round(seconds, 3), UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


class HttpDate:
    """Times as in the `Date` header; the text is made once per second."""

    def __init__(self) -> None:
        self._second = -1
        self._text = ""

    def text(self, seconds: float) -> str:
        """Return the header's value."""
        second = int(seconds)
        if second != self._second:
            self._second, self._text = second, formatdate(second, usegmt=True)
        return self._text
