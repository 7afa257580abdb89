"""Times as written on the wire."""

from datetime import UTC, datetime
from email.utils import formatdate


def iso(seconds: float) -> str:
    """Return a time as in JSON bodies."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


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
