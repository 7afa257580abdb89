"""Which window a server's figures speak of: ours, the one before, or another. No I/O and no clock."""

from typing import Final

from aiopeertube.wire.headers import RateHeaders

IN_ORDER: Final = 1.0  # seconds: a request is counted by the server before those that were sent so much later


class Shown:
    """What figures showed of one window: the server's name for it, and when the least was left."""

    def __init__(self) -> None:
        self.reset: int | None = None  # the server's name for the window
        self._since = 0.0  # when the request was sent that showed it first
        self.lowest_sent = 0.0  # when the request was sent that showed the least to be left

    def name(self, sent: float, reset: int | None) -> None:
        """Take in the name of the window."""
        if reset != self.reset:
            self.reset, self._since = reset, sent

    def is_late(self, sent: float, figures: RateHeaders) -> bool:
        """Tell whether an answer speaks of the window before, and was overtaken by one that speaks of ours."""
        if figures.reset == self.reset:
            return False
        earlier = figures.reset is not None and self.reset is not None and figures.reset < self.reset
        return sent < self._since + (IN_ORDER if earlier else 0.0)

    def is_another(self, sent: float, figures: RateHeaders, limit: int, remaining: int) -> bool:
        """Tell whether the server opened another window before ours, of so many, was thought to be over."""
        if figures.reset is not None and figures.reset == self.reset:
            return False  # however long some of them were under way
        renamed = figures.reset is not None and self.reset is not None and abs(figures.reset - self.reset) > 1
        refilled = figures.remaining > remaining and sent > self.lowest_sent + IN_ORDER
        return renamed or (refilled and figures.limit == limit)
