"""Snapshots of the models, for statistics and those who watch. Times are in seconds."""

from dataclasses import dataclass
from typing import Literal

State = Literal["up", "suspected", "away", "opening"]


@dataclass(frozen=True, slots=True)
class WindowState:
    """What is known of one window: `ends_in` is an upper bound in seconds, `length` the window's, if known.

    It is `closed` where it is known to be used up, or refuses; else those who wait do so for other things, too. While
    it refuses, the server may have `asked_for` so many seconds, which can be more than anybody waits.
    """

    bucket: str
    limit: int | None
    remaining: int | None
    in_flight: int
    waiting: int
    ends_in: float | None
    length: float | None
    asked_for: float | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class ConcurrencyState:
    """One lane: `limit` requests may run, `in_flight` do, `waiting` would; `goodput` is per second by level."""

    kind: str
    limit: int
    in_flight: int
    waiting: int
    goodput: dict[int, float]


@dataclass(frozen=True, slots=True)
class HealthState:
    """One service of one origin. Seconds; `next_try_in` and `gives_up_in` are None while it is up."""

    origin: str
    service: str
    state: State
    reason: str
    away_for: float
    next_try_in: float | None
    gives_up_in: float | None
