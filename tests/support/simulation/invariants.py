"""What must hold at the end of every run, whatever the seed did: each a function that yields what is wrong."""

import asyncio
import math
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from aiopeertube import errors
from aiopeertube.bulk import Outcome

from .client_side import RunRecord, SingleRecord, SourceBroke
from .history import History
from .ideal import seconds_allowed
from .server import Trail

Invariant = Callable[[History], Iterator[str]]

ATTEMPTS = 8  # that a call has by default
REFUSALS = 2  # in one window, that a client may need to learn where it stands
ASKED_AGAIN_AFTER = 0.5  # seconds without an answer after which one more request may ask
_LONGEST_WINDOW = 20.0


def everything_ends(history: History) -> Iterator[str]:
    """A run that can end has ended: nothing waits for what never comes."""
    if history.endless:
        yield history.endless


def nothing_unexpected(history: History) -> Iterator[str]:
    """Runs end with the errors they are said to end with, and with no others."""
    if history.migration is not None and history.migration.error is not None:
        yield f"the migration ended with {history.migration.error!r}"
    for run in history.users.runs:
        if run.error is not None and not isinstance(run.error, _ends_of(history, run)):
            yield f"{run.plan.name} ended with {run.error!r}"
    for single in history.users.singles:
        known = single.error is None or isinstance(single.error, errors.PeerTubeError | asyncio.CancelledError)
        if not known and "this client is not open" not in str(single.error):
            yield f"{single.key} ended with {single.error!r}"


def one_outcome_per_call(history: History) -> Iterator[str]:
    """Each call that was pulled gets one outcome, in the iteration or, for who left, in the statistics."""
    for run in history.users.runs:
        for key, outcomes in run.outcomes.items():
            if len(outcomes) > 1:
                yield f"{key} has {len(outcomes)} outcomes"
        if run.statistics is None:
            continue
        told = _told(run)
        if told != len(run.pulled):
            yield f"{run.plan.name}: {len(run.pulled)} calls pulled, {told} told in the statistics"
        listened = not run.left and not isinstance(run.error, asyncio.CancelledError)
        if listened and set(run.pulled) != set(run.outcomes):
            missing = sorted(set(run.pulled) ^ set(run.outcomes))
            yield f"{run.plan.name}: {len(missing)} calls without an outcome: {', '.join(missing[:5])}"


def ok_only_if_done(history: History) -> Iterator[str]:
    """What is told as "ok" was done by the server."""
    for key, outcome in _outcomes(history):
        if outcome.state == "ok" and not _trail(history, key).done:
            yield f"{key} is told as ok, and was not done"
    for single in history.users.singles:
        if (
            single.ended
            and single.error is None
            and single.plan.kind != "get"
            and not _trail(history, single.key).done
        ):
            yield f"{single.key} returned, and was not done"


def done_is_not_told_as_failed(history: History) -> Iterator[str]:
    """What the server did is told as "ok", or as in doubt."""
    for key, outcome in _outcomes(history):
        if outcome.state == "failed" and _trail(history, key).done and not in_doubt(outcome.error):
            yield f"{key} was done, and failed with {outcome.error!r}, which sounds certain"
    for single in history.users.singles:
        failed = isinstance(single.error, errors.PeerTubeError) and single.plan.kind != "get"
        if failed and _trail(history, single.key).done and not in_doubt(single.error):
            yield f"{single.key} was done, and failed with {single.error!r}, which sounds certain"


def not_started_was_not_seen(history: History) -> Iterator[str]:
    """Of what is told as "not started" the server saw nothing, but for what it refused."""
    for key, outcome in _outcomes(history):
        if outcome.state == "not started" and _trail(history, key).seen:
            yield f"{key} is told as not started, and the server saw it"


def no_item_is_lost(history: History) -> Iterator[str]:
    """A call fails only by its own fault, by more faults than it has attempts, or because the run was ended."""
    for run in history.users.runs:
        for key, outcomes in run.outcomes.items():
            outcome = outcomes[0]
            if outcome.state == "ok" or key in run.wrong or _may_fail(history, run, key, outcome):
                continue
            wear = history.network.wear_of(key)
            yield f"{key} is {outcome.state} with {outcome.error!r} after {wear.sent} attempts, faults {wear.faults}"
    for single in history.users.singles:
        if isinstance(single.error, errors.PeerTubeError) and not _single_may_fail(history, single):
            yield f"{single.key} failed with {single.error!r}"


def nothing_twice_that_must_not_be(history: History) -> Iterator[str]:
    """A POST that makes something is done once at most."""
    for key, trail in history.server.ledger.trails.items():
        if key.startswith("https://elsewhere.example/") and trail.done > 1:
            yield f"{key} was made {trail.done} times"


def nothing_after_success(history: History) -> Iterator[str]:
    """What was told to have succeeded is not sent again."""
    for key, wear in history.network.wear.items():
        if wear.after_success and not key.startswith(("GET ", "POST ")):
            yield f"{key} was sent {wear.after_success} times after its success was told"


def final_is_final(history: History) -> Iterator[str]:
    """An answer that is the item's own fault is not asked for twice."""
    for key, wear in history.network.wear.items():
        final = [status for status in wear.delivered if status in {400, 403, 404, 409, 413, 422}]
        if len(final) > 1 and "/token" not in key:
            yield f"{key} was answered {final}"


def few_renewals(history: History) -> Iterator[str]:
    """A token is renewed once for each that ended, whoever notices."""
    counted = history.server.emulator.statistics()
    renewed, settings = counted.logins + counted.refreshes, history.world.server
    clients = 1 + history.world.two_clients if history.migration is None else len(history.pools)
    expired = int(history.seconds // max(1, settings.token_life - 2)) + 1 + 2 * len(settings.jumps)
    lost = sum(len(wear.faults) + wear.outages for key, wear in history.network.wear.items() if "/token" in key)
    allowed = clients * (1 + expired + len(settings.revocations)) + lost
    if renewed > allowed:
        yield f"{renewed} tokens were fetched, {allowed} allowed"


def few_refusals(history: History) -> Iterator[str]:
    """A client runs into the limit at most twice a window, but for what it cannot know."""
    ledger = history.server.ledger
    if history.world.server.hidden == "all":
        return
    for (client, window), every in ledger.refused.items():
        refusals = [refusal for refusal in every if refusal.told < math.inf] or every[
            :1
        ]  # nobody learns from the rest
        silent = min(refusal.told for refusal in refusals) - min(refusal.sent for refusal in refusals)
        allowed = REFUSALS + ledger.disturbed[window] + min(silent, _LONGEST_WINDOW) // ASKED_AGAIN_AFTER
        if len(refusals) > allowed:
            count = f"{len(refusals)} times in the window to {window}"
            yield f"client {client} was refused {count}, {allowed:.0f} allowed"


def in_time(history: History) -> Iterator[str]:
    """All that can end has ended within 1.2 times the ideal, outages and faults aside."""
    if history.endless:
        return
    allowed = seconds_allowed(history)
    if history.seconds > allowed:
        yield f"took {history.seconds:.1f} s, {allowed:.1f} s allowed"


def nothing_left_over(history: History) -> Iterator[str]:
    """No task, timer, request, place or connection is left when the client is closed."""
    yield from history.left_over
    statistics = history.statistics
    if statistics is None:
        return
    if statistics.in_flight:
        yield f"{statistics.in_flight} requests in flight after the end"
    for window in statistics.windows:
        if window.in_flight or window.waiting:
            yield f"places left over: {window!r}"
    for state in statistics.concurrency:
        if state.in_flight or state.waiting:
            yield f"slots left over: {state!r}"
    for run in history.users.runs:
        if not run.source_closed:
            yield f"the source of {run.plan.name} was not closed"


def migrations_come_to_their_end(history: History) -> Iterator[str]:
    """After all kills each video has what was wanted, and the journal says so."""
    record = history.migration
    if record is None or history.endless or record.error is not None:
        return
    store = history.server.emulator.store
    unwritten = [name for name, video in record.wanted.items() if store.videos[video].name != name]
    worn_out = [name for name in unwritten if len(history.network.wear_of(name).faults) >= ATTEMPTS]
    if len(unwritten) > len(worn_out):
        yield f"{len(unwritten)} videos are not as wanted: {', '.join(unwritten[:3])}; the journal: {record.counts}"
    done = record.counts.get("changed", 0) + record.counts.get("unchanged", 0)
    if done < len(record.wanted) - len(worn_out):
        yield f"the journal counts {record.counts} of {len(record.wanted)}"


def marked_before_sent(history: History) -> Iterator[str]:
    """What is on its way when a process is killed is marked in its journal."""
    if history.migration is not None:
        yield from history.migration.unmarked


def statistics_agree(history: History) -> Iterator[str]:
    """The client counts what the network and the server counted."""
    statistics = history.statistics
    if statistics is None:
        return
    for pool in history.pools[-1:]:
        if statistics.requests != pool.requests:
            yield f"{statistics.requests} requests counted, {pool.requests} sent"
        if Counter(statistics.by_status) != pool.by_status:
            yield f"answers counted {dict(statistics.by_status)}, told {dict(pool.by_status)}"
    for run in history.users.runs:
        states = Counter(outcome.state for outcomes in run.outcomes.values() for outcome in outcomes)
        counted = run.statistics
        if counted is None or run.left or isinstance(run.error, asyncio.CancelledError):
            continue
        if (states["ok"], states["failed"], states["not started"]) != (
            counted.succeeded,
            counted.failed,
            counted.not_started,
        ):
            yield f"{run.plan.name} counts {counted!r}, told {dict(states)}"


def the_store_agrees(history: History) -> Iterator[str]:
    """Each video has the value that was written last, and each import is there once."""
    store = history.server.emulator.store
    names = {video.name for video in store.videos.values()}
    for key, trail in history.server.ledger.trails.items():
        if "-edit-" in key and trail.done and key not in names:
            yield f"{key} was done, and no video has it"
    urls = Counter(made.target_url for made in store.imports.values())
    for url, count in urls.items():
        if count != history.server.ledger.trail(url).done:
            yield f"{url} is there {count} times, done {history.server.ledger.trail(url).done} times"


INVARIANTS: tuple[Invariant, ...] = (
    everything_ends,
    nothing_unexpected,
    one_outcome_per_call,
    ok_only_if_done,
    done_is_not_told_as_failed,
    not_started_was_not_seen,
    no_item_is_lost,
    nothing_twice_that_must_not_be,
    nothing_after_success,
    final_is_final,
    few_refusals,
    few_renewals,
    in_time,
    nothing_left_over,
    migrations_come_to_their_end,
    marked_before_sent,
    statistics_agree,
    the_store_agrees,
)


def violations(history: History) -> list[str]:
    """Return what does not hold, each with the name of its invariant."""
    return [f"{invariant.__name__}: {wrong}" for invariant in INVARIANTS for wrong in invariant(history)]


# -- what they ask -------------------------------------------------------------------------------


def _ends_of(history: History, run: RunRecord) -> tuple[type[BaseException], ...]:
    """Return the errors with which a run may end, by what the seed does to it."""
    plan = run.plan
    ends: dict[type[BaseException], bool] = {
        SourceBroke: plan.raise_after is not None,
        asyncio.CancelledError: plan.cancel_at is not None,
        errors.BulkHalted: plan.halt is not None,
        errors.ClientClosed: history.world.close_at is not None,
    }
    return tuple(error for error, may_be in ends.items() if may_be)


def in_doubt(error: BaseException | None) -> bool:
    """Tell whether an error says that nobody knows what the server did."""
    return isinstance(error, errors.PeerTubeError) and error.in_doubt


def _outcomes(history: History) -> Iterator[tuple[str, Outcome[Any]]]:
    for run in history.users.runs:
        for key, outcomes in run.outcomes.items():
            for outcome in outcomes:
                yield key, outcome


def _trail(history: History, key: str) -> Trail:
    return history.server.ledger.trails.get(key) or Trail()


def _told(run: RunRecord) -> int:
    counted = run.statistics
    assert counted is not None
    return counted.succeeded + counted.failed + counted.not_started + counted.in_doubt


def _may_fail(history: History, run: RunRecord, key: str, outcome: Outcome[Any]) -> bool:
    if outcome.state == "not started":
        return run.disturbed
    if history.world.close_at is not None:
        return True
    wear = history.network.wear_of(key)
    if len(wear.faults) >= ATTEMPTS:
        return True
    # An answer that makes no sense is a fault's, too; over real sockets only the client knows of it.
    strange = isinstance(outcome.error, errors.UnexpectedResponse)
    if run.disturbed and (wear.faults or wear.outages or strange):
        return True  # it was to be tried again, and the run was ended
    return key.startswith("https:") and (strange or _server_may_have_failed(history, key))


def _single_may_fail(history: History, single: SingleRecord) -> bool:
    if single.plan.deadline is not None and isinstance(single.error, errors.DeadlineExceeded):
        return True
    if history.world.close_at is not None or len(history.network.wear_of(single.key).faults) >= ATTEMPTS:
        return True
    strange = isinstance(single.error, errors.UnexpectedResponse)
    return single.plan.kind == "post" and (strange or _server_may_have_failed(history, single.key))


def _server_may_have_failed(history: History, key: str) -> bool:
    """Tell whether something went wrong with a POST after which nobody may send it again."""
    network = history.network
    failed = any(status >= 500 for status in network.wear_of(key).delivered)
    # Over real sockets only the path of an attempt is known.
    return network.wear_of(key).doubtful or failed or network.wear_of("POST /api/v1/videos/imports").doubtful
