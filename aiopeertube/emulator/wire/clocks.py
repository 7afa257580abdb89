"""How times are written on the wire."""

from datetime import UTC, datetime
from email.utils import formatdate


def iso(seconds: float) -> str:
    """A time as JSON bodies carry it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


class HttpDate:
    """Times as the `Date` header carries them; the text of a second is made once."""

    def __init__(self) -> None:
        self._second = -1
        self._text = ""

    def text(self, seconds: float) -> str:
        """The header's value."""
        second = int(seconds)
        if second != self._second:
            self._second, self._text = second, formatdate(second, usegmt=True)
        return self._text
