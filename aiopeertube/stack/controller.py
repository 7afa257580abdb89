"""How many requests run at once: found while running, by goodput and errors.

PeerTube serves writes from a small pool of database connections. The useful number in flight is small, differs by
server, by distance and by what is written, and past it only errors and latency grow. So the controller doubles while
doubling clearly pays, then measures what is completed per second, looks at the neighbouring levels now and then, and
stays at the smallest that does as well as the best. A level with too many 5xx or timeouts is left for a smaller one,
unless none of the smaller comes near what it completes. 429s say nothing about capacity.

Reads and writes have a controller each: they contend for different things.
"""

import math
from dataclasses import dataclass, field
from typing import Final

LEVELS: Final = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128)
START: Final = 2
START_READING: Final = 4  # reads fail nobody, and a paginator has so many under way
TOO_MANY_ERRORS: Final = 0.02
# The figures below were found by simulating servers near and far, fast and slow; see benchmarks/NOTES.md.
DOUBLING_PAYS: Final = 1.5  # what twice the number has to bring for doubling to go on
DOUBLING_PAID: Final = 1.05  # what the last doubling has to have brought for it to stand
AS_GOOD: Final = 0.98  # of the best goodput: the smaller number is preferred
WORTH: Final = 1.05  # what the last step has to have brought for the next to be tried
FAR_BELOW: Final = 0.97  # of a level's goodput: if all smaller ones complete less, its errors are borne ...
MOST_BORNE: Final = 3  # ... up to so many times of what is too many
_SURE: Final = 1.5  # standard deviations by which errors must be too many
_MEMORY: Final = 300  # answers after which a level's errors are half forgotten
_WEIGHT: Final = 1.5  # measurements that the one before them counts for at most
_PATIENCE: Final = (6, 48)  # epochs between two looks at a neighbour, at first and at last
_BAN: Final = (16, 128)  # epochs for which a level with errors is left alone, at first and at last
_EPOCH: Final = (24, 3)  # completed requests that a measurement takes, and as many more for each in flight
_QUICK_EPOCH: Final = (4, 1)  # the same while doubling
_LONGEST_EPOCH: Final = 2.0


@dataclass(slots=True)
class _Level:
    """What is remembered of one level."""

    goodput: float | None = None
    weight: float = 0.0  # completed requests that `goodput` rests on
    seen: int = 0  # the epoch in which it was measured last
    answers: float = 0.0
    errors: float = 0.0
    banned_until: int = 0
    ban: int = _BAN[0]

    def error_share(self) -> float:
        return self.errors / self.answers if self.answers else 0.0

    def sure_share(self) -> float:
        """Return the share of errors that chance does not explain."""
        return (self.errors - _SURE * math.sqrt(self.errors)) / self.answers if self.errors >= 2 else 0.0

    def measured(self, goodput: float, completed: int, epoch: int) -> None:
        fresh = self.goodput is None or epoch - self.seen > _PATIENCE[1]
        before = 0.0 if fresh else min(self.weight, _WEIGHT * completed)
        self.weight = before + completed
        self.goodput = ((self.goodput or 0.0) * before + goodput * completed) / self.weight
        self.seen = epoch

    def counted(self, *, error: bool) -> None:
        if self.answers >= _MEMORY:
            self.answers, self.errors = self.answers / 2, self.errors / 2
        self.answers += 1
        self.errors += error


@dataclass(slots=True)
class Controller:
    """Decides the number in flight from epochs of saturated work. No I/O, no clock: times come in."""

    maximum: int = 64
    epoch: int = 0
    reason: str = "start"
    index: int = LEVELS.index(START)
    levels: list[_Level] = field(default_factory=lambda: [_Level() for _ in LEVELS])
    _doubling: bool = True
    _halfway: float = 0.0  # goodput before the last doubling
    _hoped: float = 0.0  # while looking at a larger level: the goodput that it has to reach
    _patience: int = _PATIENCE[0]
    _skip: int = 0
    _busy: float = 0.0  # seconds that slots were held in this epoch
    _completed: int = 0

    @property
    def limit(self) -> int:
        """The number of requests that may run now."""
        return min(LEVELS[self.index], self.maximum)

    def answered(self, seconds: float, *, error: bool, saturated: bool) -> None:
        """Count an answer whose slot was held for `seconds`; at the end of an epoch choose the next level."""
        self.levels[self.index].counted(error=error)
        if not saturated:
            self._restart()  # a free slot measures demand, not the server
            return
        if self._skip > 0:
            self._skip -= 1  # it began at the level before
            return
        self._busy += seconds
        self._completed += not error
        if self._is_over():
            # Little's law: counting answers per second would depend on where in a burst of them an epoch ends.
            self._finish(self._goodput())
        elif error and self._failing():
            self._finish(None)

    def forget_errors(self) -> None:
        """Forget errors and the bans that came of them: an outage explains them."""
        for level in self.levels:
            level.answers = level.errors = 0.0
            level.banned_until, level.ban = 0, _BAN[0]
        self._restart()

    def goodput(self) -> dict[int, float]:
        """Return what is completed per second, by number in flight, as far as it was measured."""
        known = zip(LEVELS, self.levels, strict=True)
        return {number: level.goodput for number, level in known if level.goodput is not None}

    # -- inside ----------------------------------------------------------------------------------

    def _goodput(self) -> float:
        return self._completed * self.limit / self._busy if self._busy > 0 else 0.0

    def _is_over(self) -> bool:
        done, limit = self._completed, self.limit
        if self._doubling:
            return done >= _QUICK_EPOCH[0] + _QUICK_EPOCH[1] * limit
        if done >= limit and self._goodput() < self._hoped:
            return True  # a look that disappoints is cut short: up there latency grows for everybody
        return done >= _EPOCH[0] + _EPOCH[1] * limit or (done > limit and self._busy > _LONGEST_EPOCH * limit)

    def _restart(self) -> None:
        self._busy, self._completed = 0.0, 0

    def _finish(self, goodput: float | None) -> None:
        self.epoch += 1
        if goodput is not None and not self._doubling:
            self.levels[self.index].measured(goodput, self._completed, self.epoch)
        before, self._hoped = self.index, 0.0
        self.index = self._next(goodput)
        if self.index != before:
            self._skip = LEVELS[before] if self._doubling else max(LEVELS[before], self.limit)
        self._restart()

    def _next(self, goodput: float | None) -> int:
        if goodput is None or self._failing():
            self._doubling = False
            return self._cut()
        return self._doubled(goodput) if self._doubling else self._choose()

    def _doubled(self, goodput: float) -> int:
        """Go on to twice the number, stay, or go back; goodput so early is too vague to be remembered."""
        halfway, self._halfway = self._halfway, goodput
        self.reason = "climb"
        if goodput >= DOUBLING_PAYS * halfway and self._allowed(self.index + 2):
            return self.index + 2
        self._doubling = False
        if goodput >= DOUBLING_PAID * halfway:
            return self.index
        self.reason = "as good with fewer"
        return self.index - 2

    def _failing(self) -> bool:
        share, too_many = self.levels[self.index].sure_share(), self._tolerance()
        if self.index == 0 or share <= too_many:
            return False
        return share > MOST_BORNE * too_many or not self._far_above()

    def _far_above(self) -> bool:
        """Tell whether nothing smaller comes near this level, as far as is known."""
        here = self.levels[self.index].goodput
        below = [level.goodput for level in self.levels[: self.index] if level.goodput is not None]
        tried = any(level.goodput is not None for level in self.levels[max(0, self.index - 2) : self.index])
        return here is not None and tried and max(below) < FAR_BELOW * here

    def _tolerance(self) -> float:
        # Errors that one request at a time meets as well do not come from doing many.
        lowest = self.levels[0]
        return max(TOO_MANY_ERRORS, 2 * lowest.error_share() if lowest.errors >= 2 else 0.0)

    def _cut(self) -> int:
        for level in self.levels[self.index :]:
            level.banned_until = self.epoch + level.ban
        failed = self.levels[self.index]
        failed.ban = min(_BAN[1], failed.ban * 2)
        failed.answers = failed.errors = 0.0  # it gets a fair chance when its time comes
        self.reason = "errors"
        wanted = LEVELS[self.index] * 2 // 3
        return max(i for i, number in enumerate(LEVELS) if number <= max(1, wanted))

    def _choose(self) -> int:
        if self.index == 0 and self._tolerance() > TOO_MANY_ERRORS:
            for level in self.levels:
                level.banned_until = 0  # they were not to blame
        best = self._best()
        neighbour = self._stale_neighbour(best)
        if neighbour is not None:
            self.reason = "try fewer"
            if neighbour > best:
                self.reason, self._hoped = "climb", self.levels[best].goodput or 0.0
            return neighbour
        self.reason = "as good with fewer" if best < self.index else "best"
        self._patience = min(_PATIENCE[1], self._patience + 1)
        return best

    def _allowed(self, index: int) -> bool:
        if not 0 <= index < len(LEVELS) or self.epoch < self.levels[index].banned_until:
            return False
        return index == 0 or LEVELS[index - 1] < self.maximum

    def _best(self) -> int:
        known = [
            (i, level.goodput)
            for i, level in enumerate(self.levels)
            if level.goodput is not None and self._allowed(i)
        ]
        if not known:
            return self.index
        enough = AS_GOOD * max(goodput for _, goodput in known)
        return min(i for i, goodput in known if goodput >= enough)

    def _rising(self, best: int) -> bool:
        """Tell whether the step to `best` was worth it, as far as is known."""
        here, below = self.levels[best].goodput, self.levels[best - 1].goodput if best else None
        return here is None or below is None or here >= WORTH * below

    def _stale_neighbour(self, best: int) -> int | None:
        met_errors = self.levels[best].error_share() > self._tolerance()
        for neighbour in (best - 1, best + 1) if met_errors else (best + 1, best - 1):
            if not self._allowed(neighbour):
                continue
            level = self.levels[neighbour]
            if level.goodput is None and neighbour > best and not self._rising(best):
                continue
            if level.goodput is None or self.epoch - level.seen >= self._patience:
                return neighbour
        return None
