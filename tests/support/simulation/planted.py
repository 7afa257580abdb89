"""Faults planted into the client, each to be found: that shows that the simulation would find one of its own.

A plant puts something in place of one function while a seed is played. `python tests/simulation/run.py plants` looks
for the first seeds that find each of them and in which the same invariant holds otherwise.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from aiopeertube import errors

from .seeds import judge

Replacement = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Plant:
    """A fault: what is wrong, where, what is put in place of what is there, and which seeds find it by what."""

    name: str
    where: str  # module:attribute.attribute
    make: Callable[[Any], Any]
    invariant: str
    seeds: tuple[int, ...]


@contextmanager
def planted(plant: Plant) -> Iterator[None]:
    """Have the fault in the client."""
    module, _, path = plant.where.partition(":")
    owner: Any = import_module(f"aiopeertube.{module}")
    *outer, name = path.split(".")
    for part in outer:
        owner = getattr(owner, part)
    original = vars(owner)[name]
    setattr(owner, name, plant.make(original))
    try:
        yield
    finally:
        setattr(owner, name, original)


# -- queues and permits --------------------------------------------------------------------------


def _nobody_is_woken(end: Replacement) -> Replacement:
    def forgetful(self: Any, *arguments: Any) -> None:
        waiting, self._waiting = self._waiting, 0
        end(self, *arguments)
        self._waiting += waiting

    return forgetful


def _grants_die_with_the_cancelled(withdraw: Replacement) -> Replacement:
    def keeping(self: Any, waiter: Any) -> None:
        if waiter.future.cancelled():
            withdraw(self, waiter)

    return keeping


def _no_slot_back_after_a_loss(leave: Replacement) -> Replacement:
    def keeping(self: Any, seconds: float, load: Any, *, saturated: bool) -> None:
        leave(self, seconds, load, saturated=saturated)
        self.in_flight += load.value == "overloaded"

    return keeping


def _a_refusal_says_nothing(refused: Replacement) -> Replacement:
    return lambda self, place, *rest: self.lost(place)


def _windows_last_longer(answered: Replacement) -> Replacement:
    def late(self: Any, now: float) -> float:
        ends: float = answered(self, now)
        return ends + (self.length or 0.0)

    return late


def _probes_never_end(ask: Replacement) -> Replacement:
    async def endless(self: Any, *arguments: Any) -> None:
        await asyncio.get_running_loop().create_future()

    return endless


def _nothing_is_forgiven(forgives: Replacement) -> Replacement:
    return lambda self, moment: False


# -- retries -------------------------------------------------------------------------------------


def _posts_are_repeated(decisions: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(decision for decision in decisions if decision.__name__ != "only_when_repeatable")


def _final_answers_are_doubted(decide: Replacement) -> Replacement:
    def doubting(failure: Any) -> float:
        return 0.1 if isinstance(failure.error, errors.NotFound) and failure.attempts < 3 else decide(failure)

    return doubting


def _a_500_is_success(judge: Replacement) -> Replacement:
    return lambda self, request, response: None if response.status == 500 else judge(self, request, response)


def _some_are_sent_again(handle: Replacement) -> Replacement:
    async def doing_it_again(self: Any, request: Any) -> Any:
        await handle(self, request)
        return await handle(self, request)

    async def mostly_right(self: Any, request: Any) -> Any:
        again = request.method == "PUT" and self.retries % 7 == 6
        return await (doing_it_again if again else handle)(self, request)

    return mostly_right


def _doubt_is_kept_silent(next_wait: Replacement) -> Replacement:
    def sure(self: Any, request: Any, error: Any, failed: Any) -> float:
        wait: float = next_wait(self, request, error, failed)
        error.in_doubt = False
        return wait

    return sure


# -- the token -----------------------------------------------------------------------------------


def _everybody_renews(renew: Replacement) -> Replacement:
    async def alone(self: Any, dead: Any) -> Any:
        self._renewal = None
        return await renew(self, dead)

    return alone


def _a_renewal_dies_with_its_caller(renew: Replacement) -> Replacement:
    async def unshielded(self: Any, dead: Any) -> Any:
        try:
            return await renew(self, dead)
        except asyncio.CancelledError:
            if self._renewal is not None:
                self._renewal.cancel()
            raise

    return unshielded


# -- bulk ----------------------------------------------------------------------------------------


def _some_outcomes_are_dropped(hand_out: Replacement) -> Replacement:
    async def dropping(self: Any, outcome: Any) -> None:
        if outcome.attempts >= 3:
            self._count(outcome)
        else:
            await hand_out(self, outcome)

    return dropping


def _some_outcomes_are_told_twice(hand_out: Replacement) -> Replacement:
    async def stuttering(self: Any, outcome: Any) -> None:
        await hand_out(self, outcome)
        if outcome.attempts >= 3:
            await self._outcomes.put(outcome)

    return stuttering


def _what_was_sent_is_not_started(unsuccessful: Replacement) -> Replacement:
    def lying(self: Any, *arguments: Any) -> Any:
        told = unsuccessful(self, *arguments)
        return replace(told, state="not started") if self._stopped_by else told

    return lying


def _sources_stay_open(closed: Replacement) -> Replacement:
    async def idle(self: Any, iterator: object, name: str) -> None:
        pass

    return idle


def _no_room_is_told_of(take: Replacement) -> Replacement:
    async def silent(self: Any) -> Any:
        putters, self._putters = self._putters, type(self._putters)()
        try:
            return await take(self)
        finally:
            self._putters = putters

    return silent


def _leaving_wakes_nobody(leave: Replacement) -> Replacement:
    def leaving(self: Any) -> None:
        self._left = True

    return leaving


# -- the rest ------------------------------------------------------------------------------------


def _losses_are_not_counted(handle: Replacement) -> Replacement:
    async def forgetful(self: Any, request: Any) -> Any:
        try:
            return await handle(self, request)
        except errors.TransportError:
            self.by_status[0] -= 1
            raise

    return forgetful


def _marks_stay_in_memory(take: Replacement) -> Replacement:
    def unwritten(self: Any, *arguments: Any) -> Any:
        save, self._save = self._save, lambda items: None
        try:
            return take(self, *arguments)
        finally:
            self._save = save

    return unwritten


PLANTS = (
    Plant("a lost wake-up", "stack.admission:Admission.end", _nobody_is_woken, "everything_ends", (1, 5, 10)),
    Plant(
        "a permit that dies with who was cancelled",
        "stack.admission:Admission._withdraw",
        _grants_die_with_the_cancelled,
        "nothing_left_over",
        (473, 799, 1195),
    ),
    Plant(
        "a slot not given back", "stack.slots:Slots.leave", _no_slot_back_after_a_loss, "nothing_left_over", (0, 5, 7)
    ),
    Plant(
        "a 429 that is ignored", "stack.window:Window.refused", _a_refusal_says_nothing, "few_refusals", (0, 1, 11)
    ),
    Plant(
        "windows that are thought to last twice as long",
        "stack.span:Span.answered",
        _windows_last_longer,
        "in_time",
        (917, 979, 996),
    ),
    Plant("a probe that never ends", "stack.admission:Admission._ask", _probes_never_end, "in_time", (2, 7, 11)),
    Plant(
        "outages that take attempts",
        "stack.health:Health.forgives",
        _nothing_is_forgiven,
        "no_item_is_lost",
        (185, 299, 311),
    ),
    Plant(
        "a POST that is repeated",
        "stack.retry:DECISIONS",
        _posts_are_repeated,
        "nothing_twice_that_must_not_be",
        (25, 45, 59),
    ),
    Plant(
        "a final answer that is doubted",
        "stack.retry:decide",
        _final_answers_are_doubted,
        "final_is_final",
        (1, 4, 10),
    ),
    Plant("ok for a failed call", "stack.retry:Retry._judge", _a_500_is_success, "ok_only_if_done", (8, 11, 19)),
    Plant(
        "a success that is sent again",
        "stack.retry:Retry.handle",
        _some_are_sent_again,
        "nothing_after_success",
        (7, 19, 30),
    ),
    Plant(
        "doubt that is kept silent",
        "stack.retry:Retry._next_wait",
        _doubt_is_kept_silent,
        "done_is_not_told_as_failed",
        (25, 45, 59),
    ),
    Plant("a token renewed twice", "stack.auth:Session.renew", _everybody_renews, "few_renewals", (0, 1, 3)),
    Plant(
        "a renewal that dies with its caller",
        "stack.auth:Session.renew",
        _a_renewal_dies_with_its_caller,
        "no_item_is_lost",
        (0, 28, 36),
    ),
    Plant(
        "an outcome dropped",
        "bulk.engine:BulkRun._hand_out",
        _some_outcomes_are_dropped,
        "one_outcome_per_call",
        (11, 19, 22),
    ),
    Plant(
        "an outcome told twice",
        "bulk.engine:BulkRun._hand_out",
        _some_outcomes_are_told_twice,
        "one_outcome_per_call",
        (11, 12, 19),
    ),
    Plant(
        "not started, and sent",
        "bulk.engine:BulkRun._unsuccessful",
        _what_was_sent_is_not_started,
        "not_started_was_not_seen",
        (97, 141, 151),
    ),
    Plant("a source left open", "bulk.source:Source._closed", _sources_stay_open, "nothing_left_over", (50, 90, 210)),
    Plant(
        "room that nobody is told of", "bulk.buffer:Buffer.take", _no_room_is_told_of, "everything_ends", (4, 8, 12)
    ),
    Plant("leaving wakes nobody", "bulk.buffer:Buffer.leave", _leaving_wakes_nobody, "everything_ends", (12, 13, 81)),
    Plant(
        "losses that are not counted",
        "stack.meter:Meter.handle",
        _losses_are_not_counted,
        "statistics_agree",
        (0, 16, 22),
    ),
    Plant(
        "marks that are not written",
        "migrate.journal.database:Database.take",
        _marks_stay_in_memory,
        "marked_before_sent",
        (24, 40, 69),
    ),
)


def finds(plant: Plant, seed: int) -> bool:
    """Tell whether a seed finds a plant by its invariant, which holds without it."""
    with planted(plant):
        found = judge("core", seed).invariants
    return plant.invariant in found and plant.invariant not in judge("core", seed).invariants


def search(plant: Plant, seeds: range, number: int, known: dict[int, frozenset[str]]) -> tuple[str, tuple[int, ...]]:
    """Return the invariant that finds a plant first, and its first seeds; `known` keeps what is wrong without it."""
    by_invariant: dict[str, list[int]] = {}
    for seed in seeds:
        with planted(plant):
            found = judge("core", seed).invariants
        if found and seed not in known:
            known[seed] = frozenset(judge("core", seed).invariants)
        for invariant in sorted(found - known.get(seed, frozenset())):
            if plant.invariant in {"", invariant}:
                by_invariant.setdefault(invariant, []).append(seed)
                if len(by_invariant[invariant]) == number:
                    return invariant, tuple(by_invariant[invariant])
    return max(
        ((name, tuple(found)) for name, found in by_invariant.items()), key=lambda one: len(one[1]), default=("", ())
    )
