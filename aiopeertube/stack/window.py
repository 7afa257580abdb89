"""The allowance: one fixed window of the server's, on our own clock. No I/O and no clock: moments come in.

The server opens a window with the first request after the last one closed, and counts each request that arrives.
What is left is what answers say, less what has none yet; when it ends, `span` knows. Any refusal overrides all
beliefs, and nothing waits for an answer alone: where only one could tell, one more is sent. Times are in seconds.
"""

from typing import Final

from aiopeertube.wire.headers import RateHeaders

from .pace import Pace
from .place import Place, soon_enough
from .shown import IN_ORDER, Shown
from .span import NEVER, Span
from .states import WindowState

_AT_FIRST: Final = 2  # requests without an answer in a window of which nothing is known yet: all that can be refused
_FIGURES_PATIENCE: Final = 900.0  # a window that names its figures is waited for so long, if patience is shorter


class Window:
    """One window, by the name of what it counts.

    `patience` is for how many seconds in a row it may refuse before those who wait are told so.
    """

    def __init__(self, name: str, patience: float = 120.0) -> None:
        self.name = name
        self.limit: int | None = None
        self.ends = NEVER  # never too early
        self.refused_since: float | None = None  # the first refusal with no answer of another kind since
        self.asked_for = 0.0  # seconds that the last refusal asked to wait for
        self._patience = patience
        self._unlimited = False  # answers carry no figures
        self._number = 0
        self._remaining = 0
        self._unanswered: dict[Place, None] = {}  # sent in this window, oldest first
        self._doubtful: dict[Place, float] = {}  # in figures of what is sent from then on, if the server counted it
        self._patient_for = soon_enough(0.0)  # so long without an answer, and the next one may ask
        self._span = Span()
        self._shown = Shown()
        self._refused_at = 0.0  # when a refusal said last how long its window still is
        self._over_by = 0.0  # when its window is over for sure: until then one alone asks for another
        self._pace = Pace()

    # -- may one go ------------------------------------------------------------------------------

    def may_go(self, now: float) -> bool:
        """Tell whether a request may be sent at `now`."""
        if now < self._pace.not_before:
            return False
        if now >= self.ends:
            self._roll()
        if self.is_spent():
            return now >= self._settles_from(now)
        careful = self.refused_since is not None or (self._span.first_answer == NEVER and not self._unlimited)
        alone = self.refused_since is not None or self._span.is_guess
        full = careful and len(self._unanswered) >= (1 if alone else _AT_FIRST)
        return (not full and self._pace.lets(len(self._unanswered))) or now >= self._slow_from(now, self._over_by)

    def may_ask(self, now: float) -> bool:
        """Tell whether one may be sent to find out, though nothing seems to be left: when no answer is due."""
        return now >= self.next_to_ask(now)

    def holds_everybody(self, now: float) -> bool:
        """Tell whether not even exempt callers may go: a refusal without figures is for all."""
        return now < self._pace.not_before

    def next_moment(self, now: float) -> float:
        """Return when `may_go` is to be asked again, if nothing is heard until then."""
        if now < self._pace.not_before:
            return self._pace.not_before
        if self.is_spent():
            return min(self.ends, self._settles_from(now))
        return min(self.ends, self._slow_from(now, self._over_by))

    def next_to_ask(self, now: float) -> float:
        """Return when `may_ask` is to be asked again."""
        return max(self._pace.not_before, self._slow_from(now))

    def _settles_from(self, now: float) -> float:
        """Return when one more may go though none is left for sure, as its answer alone can tell what is left."""
        if self.ends == NEVER:
            return self.next_to_ask(now)
        if self._remaining > len(self._unanswered) and self._doubtful:  # held by those that were lost, perhaps twice
            return max(self.next_to_ask(now), *self._doubtful.values())
        return NEVER

    def _slow_from(self, now: float, at_least: float = 0.0) -> float:
        """Return when the last one that was sent is without an answer for long."""
        if not self._unanswered:
            return now
        return max(next(reversed(self._unanswered)).sent + self._patient_for, at_least)

    # -- what is sent, and what comes back -------------------------------------------------------

    def start(self, now: float) -> Place:
        """Count a request that is sent now."""
        if now >= self.ends:
            self._roll()
        place = Place(self._number, now)
        self._unanswered[place] = None
        if self._pace.seconds:
            self._pace.start(now)
        return place

    def unsent(self, place: Place) -> None:
        """Take back a request that never left, and the pause after it."""
        self._unanswered.pop(place, None)
        self._pace.unsent(place.sent)

    def lost(self, place: Place, by: float = NEVER) -> None:
        """Count a request that was sent and got no answer: the server has most likely counted it, at last `by`."""
        if self._unanswered.pop(place, place) is None and place.window == self._number:
            self._doubtful[place] = min(by, place.sent + IN_ORDER)

    def answered(self, place: Place, now: float, figures: RateHeaders | None) -> None:
        """Take in an answer that is no refusal."""
        self._unanswered.pop(place, None)
        self._patient_for = soon_enough(now - place.sent)
        self._passed()
        if figures is None:
            self._unlimited = self._unlimited or self.limit is None
        elif self._see(place, now, figures):
            believed = self._span.answered(now)
            if place.sent > self._refused_at:  # else a refusal has overtaken it, and knows better
                self.ends = min(self.ends, believed)
            if figures.retry_after is not None:  # an exempt caller's
                self._bound(place, now, figures.retry_after)

    def counted(self, place: Place, now: float) -> None:
        """Take in an answer that speaks of another window, but which took a place in this one, too."""
        self.lost(place, now)
        self._passed()

    def _passed(self) -> None:
        """Note that a request was not refused."""
        self.refused_since = None
        self._pace.faster()

    def refused(self, place: Place, now: float, figures: RateHeaders | None, retry_after: float | None) -> None:
        """Take in a 429."""
        self._unanswered.pop(place, None)
        self.refused_since = now if self.refused_since is None else self.refused_since
        self.asked_for = retry_after or 0.0
        if figures is None or retry_after is None:
            self._slow_down(place, now, retry_after)
            return
        if place.window != self._number:
            return
        self._see(place, now, figures)
        self._remaining, self._refused_at = 0, now
        self._over_by = self._bound(place, now, retry_after)
        if retry_after < 1:  # it ends now, they say, and yet refuse
            self._slow_down(place, now, None)

    def gives_up_at(self, patience: float, lapsed: float) -> float:
        """Return when the patience is over, in seconds, of those who gave up at `lapsed` before."""
        return NEVER if self.refused_since is None else max(self.refused_since, lapsed) + self._bearable(patience)

    def is_spent(self) -> bool:
        """Tell whether nothing is left, as far as is known."""
        return self.limit is not None and self._left() <= 0

    def is_closed(self, now: float) -> bool:
        """Tell whether it is known to be used up, or refuses."""
        return now < self._pace.not_before or (self.is_spent() and self.ends < NEVER)

    def lapse(self) -> None:
        """Let the next caller ask anew."""
        self.refused_since, self._pace.not_before = None, 0.0

    # -- inside ----------------------------------------------------------------------------------

    def _left(self) -> int:
        """Count the places that are left for sure: what is not answered may not be counted yet."""
        return self._remaining - len(self._unanswered) - len(self._doubtful)

    def _roll(self, since: float = NEVER) -> None:
        """Begin the next window, which opens with whatever is sent first; what was sent `since` is in it already."""
        self._number += 1
        kept = [place for place in self._unanswered if place.sent >= since]
        self._remaining = self.limit or 0
        self._unanswered = dict.fromkeys(kept)
        for place in kept:
            place.window = self._number
        self._doubtful.clear()
        self._shown.reset = None
        self.ends = NEVER
        self._span.roll()

    def _see(self, place: Place, now: float, figures: RateHeaders) -> bool:
        """Take in figures; return whether they speak of this window."""
        self._unlimited = False
        if place.window != self._number or self._shown.is_late(place.sent, figures):
            return False
        if self._tells_of_another(place.sent, figures):
            self._roll(since=place.sent - IN_ORDER)
        self._shown.name(place.sent, figures.reset)
        # Answers overtake each other, and within one window the number only falls.
        if figures.limit != self.limit or figures.remaining <= self._remaining:
            self._remaining, self._shown.lowest_sent = figures.remaining, place.sent
        self.limit = figures.limit
        self._drop_slow(place.sent)
        if figures.remaining == figures.limit - 1 and figures.retry_after is None:  # a refusal is no first one
            self._span.opened = (place.sent, now)
            self._span.said = figures.reset - figures.date if figures.reset and figures.date else None
        return True

    def _drop_slow(self, sent: float) -> None:
        """Let go of what figures include that answer what was `sent` then: a slow answer holds nobody's place."""
        while self._unanswered and (oldest := next(iter(self._unanswered))).sent < sent - IN_ORDER:
            del self._unanswered[oldest]
        for place in [place for place, counted in self._doubtful.items() if counted <= sent]:
            del self._doubtful[place]

    def _tells_of_another(self, sent: float, figures: RateHeaders) -> bool:
        known = self._span.first_answer != NEVER and self.limit is not None
        return known and self._shown.is_another(sent, figures, self.limit or 0, self._remaining)

    def _bound(self, place: Place, now: float, retry_after: float) -> float:
        """Take in "so many seconds from now"; return when the window is over, or is no longer waited for."""
        borne = (self.refused_since or now) + self._bearable(self._patience)
        self.ends = min(self._span.bound(place.sent, now, retry_after), borne)
        return min(now + retry_after, borne)

    def _slow_down(self, place: Place, now: float, retry_after: float | None) -> None:
        bearable = (self.refused_since or now) + self._patience
        self._pace.slower(place.sent, now, min(now + (retry_after or 0.0), bearable))

    def _bearable(self, patience: float) -> float:
        known = self.limit is not None and self.asked_for <= _FIGURES_PATIENCE
        return max(patience, _FIGURES_PATIENCE) if known else patience

    def state(self, now: float, waiting: int) -> WindowState:
        """Return a snapshot."""
        ends = max(self._pace.not_before, self.ends if self.ends < NEVER else 0.0)
        return WindowState(
            bucket=self.name,
            limit=self.limit,
            remaining=None if self.limit is None else max(0, self._remaining - len(self._doubtful)),
            in_flight=len(self._unanswered),
            waiting=waiting,
            ends_in=ends - now if ends > now else None,
            length=self._span.length,
            asked_for=(self.asked_for or None) if self.refused_since is not None else None,
            closed=self.is_closed(now),
        )
