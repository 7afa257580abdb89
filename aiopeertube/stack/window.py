"""The allowance: one fixed window of the server's, on our own clock. No I/O and no clock: moments come in.

The server opens a window with the first request after the last one closed, and counts each request that arrives.
What is believed here rests on three things that no clock but ours takes part in: how many places an answer says are
left, when the window's first answer came, and how long a refusal says the window still lasts (Retry-After). The
window's length follows from the last two. Any refusal overrides every belief, and nothing waits for an answer alone:
where only an answer could tell, one more request is sent after a while.

A refusal without figures is a proxy's. Then requests go one at a time, at a pace that refusals slow down and answers
speed up again.

Times are seconds on the event loop's clock.
"""

import math
from dataclasses import dataclass
from typing import Final

from aiopeertube.wire.messages import RateHeaders

NEVER: Final = math.inf
_AT_FIRST: Final = 2  # requests without an answer in a window of which nothing is known yet: all that can be refused
_NEXT_TO_ASK: Final = 0.5  # after so long without an answer the next one may ask
_IN_ORDER: Final = 1.0  # a request is counted by the server before those that were sent so much later
_RELEARN: Final = 20  # windows after which the length is asked for again: it may have become shorter
_FIGURES_PATIENCE: Final = 900.0  # a window that names its figures is waited for so long, if patience is shorter
_PACES: Final = (0.25, 5.0)  # seconds between two requests after a refusal without figures, at first and at most
_SLOWER, _FASTER = 1.5, 0.8  # what a refusal and an answer make of the pace


class Place:
    """A request's place in the window in which it was sent."""

    __slots__ = ("sent", "window")

    def __init__(self, window: int, sent: float) -> None:
        self.window = window
        self.sent = sent


@dataclass(frozen=True, slots=True)
class WindowState:
    """What is known of one window: `ends_in` is an upper bound in seconds, `length` the window's, if known."""

    bucket: str
    limit: int | None
    remaining: int | None
    in_flight: int
    waiting: int
    ends_in: float | None
    length: float | None


class Window:
    """One window, by the name of what it counts.

    `patience` is for how many seconds in a row it may refuse before those who wait are told so.
    """

    def __init__(self, name: str, patience: float = 120.0) -> None:
        self.name = name
        self.limit: int | None = None
        self.length: float | None = None
        self.ends = NEVER  # never too early
        self.refused_since: float | None = None  # the first refusal with no answer of another kind since
        self.asked_for = 0.0  # seconds that the last refusal asked to wait for
        self._patience = patience
        self._unlimited = False  # answers carry no figures
        self._number = 0
        self._remaining = 0
        self._unanswered: dict[Place, None] = {}  # sent in this window, oldest first
        self._doubtful: dict[Place, None] = {}  # sent in this window, and never to be answered
        self._first_answer = NEVER
        self._opened: tuple[float, float] | None = None  # between these moments, by a request of ours
        self._opened_before: tuple[float, float] | None = None  # the window before
        self._reset: int | None = None  # the server's name for the window
        self._reset_shown = 0.0  # when the request was sent that showed it first
        self._lowest_sent = 0.0  # when the request was sent that showed the least to be left
        self._since_learnt = 0
        self._not_before = 0.0
        self._paced = 0.0  # `_not_before` as it was before the latest request
        self._pace = 0.0
        self._paced_at = 0.0  # refusals of what was sent earlier say nothing about the pace

    # -- may one go ------------------------------------------------------------------------------

    def may_go(self, now: float) -> bool:
        """Tell whether a request may be sent at `now`."""
        if now < self._not_before:
            return False
        if now >= self.ends:
            self._roll()
        if self.is_spent():
            return self.ends == NEVER and self.may_ask(now)
        careful = self.refused_since is not None or (self._first_answer == NEVER and not self._unlimited)
        if careful and len(self._unanswered) >= (1 if self.refused_since is not None else _AT_FIRST):
            return self._is_slow(now)
        return True

    def may_ask(self, now: float) -> bool:
        """Tell whether one may be sent to find out, though nothing seems to be left: when no answer is due."""
        return now >= self._not_before and (not self._unanswered or self._is_slow(now))

    def holds_everybody(self, now: float) -> bool:
        """Tell whether not even exempt callers may go: a refusal without figures is for all."""
        return now < self._not_before

    def next_moment(self, now: float) -> float:
        """Return when `may_go` is to be asked again, if nothing is heard until then."""
        if now < self._not_before:
            return self._not_before
        if self.is_spent():
            return self.ends if self.ends < NEVER else self.next_to_ask(now)
        return min(self.ends, self.next_to_ask(now))

    def next_to_ask(self, now: float) -> float:
        """Return when `may_ask` is to be asked again."""
        asked = next(reversed(self._unanswered)).sent + _NEXT_TO_ASK if self._unanswered else now
        return max(self._not_before, asked)

    def _is_slow(self, now: float) -> bool:
        """Tell whether the last one that was sent has been without an answer for long."""
        return now >= next(reversed(self._unanswered)).sent + _NEXT_TO_ASK

    # -- what is sent, and what comes back -------------------------------------------------------

    def start(self, now: float) -> Place:
        """Count a request that is sent now."""
        if now >= self.ends:
            self._roll()
        place = Place(self._number, now)
        self._unanswered[place] = None
        self._paced = self._not_before
        if self._pace:
            self._not_before = max(self._not_before, now + self._pace)
        return place

    def unsent(self, place: Place) -> None:
        """Take back a request that never left, and the pause after it."""
        self._unanswered.pop(place, None)
        if place.sent + self._pace >= self._not_before:
            self._not_before = min(self._not_before, self._paced)

    def lost(self, place: Place) -> None:
        """Count a request that was sent and got no answer: the server has most likely counted it."""
        if self._unanswered.pop(place, place) is None and place.window == self._number:
            self._doubtful[place] = None

    def answered(self, place: Place, now: float, figures: RateHeaders | None) -> None:
        """Take in an answer that is no refusal."""
        self._unanswered.pop(place, None)
        self._passed()
        if figures is None:
            self._unlimited = self._unlimited or self.limit is None
        elif self._see(place, now, figures):
            self._first_answer = min(self._first_answer, now)
            self._foresee()
            if figures.retry_after is not None:  # an exempt caller's
                self._bound(place, now, figures.retry_after)

    def counted(self, place: Place) -> None:
        """Take in an answer that speaks of another window, but which took a place in this one, too."""
        self.lost(place)
        self._passed()

    def _passed(self) -> None:
        """Note that a request was not refused."""
        self.refused_since = None
        self._pace = self._pace * _FASTER if self._pace > _PACES[0] / 10 else 0.0

    def refused(self, place: Place, now: float, figures: RateHeaders | None, retry_after: float | None) -> None:
        """Take in a 429."""
        self._unanswered.pop(place, None)
        if self.refused_since is None:
            self.refused_since = now
        self.asked_for = retry_after or 0.0
        if figures is None or retry_after is None:
            self._slow_down(place, now, retry_after)
            return
        if place.window != self._number:
            return
        self._see(place, now, figures)
        self._remaining = 0
        self._bound(place, now, retry_after)
        if retry_after < 1:  # it ends now, they say, and yet refuse
            self._slow_down(place, now, None)

    def exhausted(self, now: float) -> bool:
        """Tell whether it has refused for longer than anybody's patience."""
        return self.refused_since is not None and now >= self.refused_since + self._bearable()

    def is_spent(self) -> bool:
        """Tell whether nothing is left, as far as is known."""
        return self.limit is not None and self._left() <= 0

    def is_closed(self, now: float) -> bool:
        """Tell whether it is known to be used up, or refuses."""
        return now < self._not_before or (self.is_spent() and self.ends < NEVER)

    def lapse(self) -> None:
        """Let the next caller ask anew."""
        self.refused_since, self._not_before = None, 0.0

    # -- inside ----------------------------------------------------------------------------------

    def _left(self) -> int:
        """Count the places that are left for sure: what is not answered may not be counted yet."""
        return self._remaining - len(self._unanswered) - len(self._doubtful)

    def _roll(self) -> None:
        """Begin the next window, which opens with whatever is sent first."""
        self._number += 1
        self._remaining = self.limit or 0
        self._unanswered.clear()
        self._doubtful.clear()
        self._opened_before = self._opened
        self._opened = self._reset = None
        self.ends = self._first_answer = NEVER
        self._since_learnt += 1
        if self._since_learnt >= _RELEARN:
            self.length = None

    def _see(self, place: Place, now: float, figures: RateHeaders) -> bool:
        """Take in figures; return whether they speak of this window."""
        self._unlimited = False
        if place.window != self._number or (place.sent < self._reset_shown and figures.reset != self._reset):
            return False  # a late answer from the window before
        if self._is_another(place, figures):
            self._roll()
        if figures.reset != self._reset:
            self._reset, self._reset_shown = figures.reset, place.sent
        if figures.limit != self.limit:
            self._remaining = figures.remaining
        self.limit = figures.limit
        # Answers overtake each other, and within one window the number only falls.
        if figures.remaining <= self._remaining:
            self._remaining, self._lowest_sent = figures.remaining, place.sent
        self._drop_slow(place.sent - _IN_ORDER)
        if figures.remaining == figures.limit - 1:
            self._opened = (place.sent, now)
        return True

    def _drop_slow(self, before: float) -> None:
        """Let go of what was sent so early that the figures include it: a slow answer holds nobody's place."""
        for places in (self._unanswered, self._doubtful):
            while places and (oldest := next(iter(places))).sent < before:
                del places[oldest]

    def _is_another(self, place: Place, figures: RateHeaders) -> bool:
        """Tell whether the server opened another window before ours was thought to be over."""
        if self._first_answer == NEVER or self.limit is None:
            return False
        renamed = figures.reset is not None and self._reset is not None and abs(figures.reset - self._reset) > 1
        refilled = figures.remaining > self._remaining and place.sent > self._lowest_sent + _IN_ORDER
        return renamed or (refilled and figures.limit == self.limit)

    def _foresee(self) -> None:
        if self.length is not None and self._first_answer < NEVER:
            self.ends = min(self.ends, self._first_answer + self.length)

    def _bound(self, place: Place, now: float, retry_after: float) -> None:
        """Learn from "so many seconds from now", which is rounded up: the end lies in the second before."""
        low, high = place.sent + retry_after - 1, now + retry_after
        # Refused before any answer: the window before is not over yet, and longer than was thought.
        opened = self._opened or (self._opened_before if self._first_answer == NEVER else None)
        if opened is not None:
            self._learn_length(low - opened[1], high - opened[0])
        believed = NEVER if self.length is None else self._first_answer + self.length
        self.ends = believed if low < believed <= high else high
        self.ends = min(self.ends, (self.refused_since or now) + self._bearable())

    def _learn_length(self, low: float, high: float) -> None:
        """Administrators write whole seconds."""
        whole = math.floor(high + 1e-6)
        self.length = float(whole) if whole > low else high
        self._since_learnt = 0

    def _slow_down(self, place: Place, now: float, retry_after: float | None) -> None:
        if place.sent >= self._paced_at:
            self._pace = min(_PACES[1], max(_PACES[0], self._pace * _SLOWER))
            self._paced_at = now
        most = (self.refused_since or now) + self._patience  # then one more is sent, to be sure
        self._not_before = max(self._not_before, now + self._pace, min(now + (retry_after or 0.0), most))

    def _bearable(self) -> float:
        known = self.limit is not None and self.asked_for <= _FIGURES_PATIENCE
        return max(self._patience, _FIGURES_PATIENCE) if known else self._patience

    def state(self, now: float, waiting: int) -> WindowState:
        """Return a snapshot."""
        ends = max(self._not_before, self.ends if self.ends < NEVER else 0.0)
        return WindowState(
            bucket=self.name,
            limit=self.limit,
            remaining=None if self.limit is None else max(0, self._remaining - len(self._doubtful)),
            in_flight=len(self._unanswered),
            waiting=waiting,
            ends_in=ends - now if ends > now else None,
            length=self.length,
        )
