"""How long a run may take: what its server allows at best, a fifth more, and what went wrong."""

import math

from .history import History

_FACTOR = 1.2
_SLACK = 1.0
_LEARNING = 4  # windows whose end is known to the second only, until their length is
_PROBING = 10.0  # from the end of an outage to the next try, and the gentle opening after it
_RETRIES_A_SECOND = 5.0
_LONGEST_PAUSE = 15.0
_ASKED = 3.0  # what a 503 asks to wait for


def seconds_allowed(history: History) -> float:
    """Return the seconds that a history may take."""
    learning = min(_LEARNING, _windows(history, _requests(history)))
    return _FACTOR * ideal(history) + _troubles(history) + _pauses(history) + learning + _SLACK


def ideal(history: History) -> float:
    """Return the seconds that a perfect client needs when nothing goes wrong."""
    world = history.world
    server, requests = world.server, _requests(history)
    trip = _trip(history)
    together = _together(history)
    # Logins come by turns, and so does what a migration has to know before it begins.
    turns = math.ceil(requests / together) + 3 + 10 * len(history.pools) * (world.migration is not None)
    busy = turns * (trip + 1.4 * server.write_seconds * min(5, together))
    windows = _windows(history, requests + history.network.faults.total())  # what was lost took a place, too
    return busy + windows * (_window(history) + trip) + _last_single(history)


def _trip(history: History) -> float:
    network = history.world.network
    return 2 * network.high * (1 + 9 * network.tail)


def _together(history: History) -> int:
    """Return how many requests are under way at once, whatever is found while running."""
    world = history.world
    found = 1 if world.concurrency == "auto" else world.concurrency
    return min([found, *(run.workers for run in world.runs if run.workers)])


def _windows(history: History, requests: int) -> int:
    """Return how many windows have to be waited for."""
    world = history.world
    # Who passes waits for logins alone; in a window as short as a trip or two nobody can find out that they pass.
    if world.administrator and _window(history) > 2 * _trip(history):
        renewals = len(world.server.revocations) + int(history.seconds // world.server.token_life)
        return (len(world.server.neighbours) + renewals) * world.login
    limit = min([world.server.limit, *(limit for _, limit, _ in world.server.limits)])
    taken = sum(hits for _, hits in world.server.neighbours)
    return (requests + taken - 1) // limit + len(world.server.neighbours)


def _window(history: History) -> float:
    server = history.world.server
    return max([server.window, *(window for _, _, window in server.limits)])


def _last_single(history: History) -> float:
    return max((single.at for single in history.world.singles), default=0.0)


def _requests(history: History) -> int:
    """Return how many requests the work takes when none is wasted."""
    world = history.world
    if world.migration is not None:
        lives = len(history.pools)
        return 2 * world.migration[0] + 10 * lives + 16 * (lives - 1)  # looked at, written, asked for after a kill
    renewals = 1 + 2 * (len(world.server.revocations) + 1)
    return sum(run.edits + run.posts + run.wrong for run in world.runs) + len(world.singles) + renewals


def _troubles(history: History) -> float:
    """Return the seconds that faults, outages and set clocks cost."""
    world, network = history.world, history.network
    together = _together(history)
    lives = max(0, len(history.pools) - 1) * (world.server.window + 1)  # a new client knows nothing of the window
    away = sum(outage.end - outage.begin + _PROBING + world.timeout for outage in world.network.outages)
    silent = _silent(history, together) * (world.timeout + 1)
    chain = max((_chain(wear.faults) for wear in network.wear.values()), default=0.0)
    jumps = sum(abs(seconds) + world.server.window for _, seconds in world.server.jumps)
    refused = sum(network.faults[kind] for kind in ("429", "429-seconds")) * 4.0
    hidden = _groping(history) + ideal(history) if world.server.hidden == "all" else 0.0
    renewals = len(world.server.revocations) * 2.0
    retries = network.faults.total() / _RETRIES_A_SECOND
    asked = _asked_to_wait(history)
    return away + silent + chain + retries + jumps + refused + hidden + renewals + lives + asked


def _groping(history: History) -> float:
    """Return the seconds that a client loses where no figures tell when a window is over.

    Its pace is slowed down until refusals stop, to less than half a window, and is as it was after five times that.
    """
    return max(20.0, 2.5 * _window(history))


def _asked_to_wait(history: History) -> float:
    """Return the seconds that a 503 asked for where all wait for its answer: at a login, and at a probe.

    A moment by a clock that is ahead is later than was meant, and no Date says by how much.
    """
    server = history.world.server
    ahead = max(0.0, server.skew) if server.hidden in {"date", "all"} else 0.0
    alone = ("GET /api/v1/oauth-clients", "POST /api/v1/users/token", "GET /api/v1/videos?start=0&count=0")
    wears = [wear.faults for key, wear in history.network.wear.items() if key.startswith(alone)]
    waits = {"503-seconds": _ASKED, "503-date": _ASKED + ahead}
    return sum(waits.get(fault, 0.0) for faults in wears for fault in faults)


def _silent(history: History, together: int) -> float:
    """Return how many timeouts are waited for: edits wait together, but each for its own; all else comes by turns."""
    by_key = {
        key: sum(fault in {"silence", "silence-after", "slow"} for fault in wear.faults)
        for key, wear in history.network.wear.items()
    }
    edits = [count for key, count in by_key.items() if not key.startswith(("GET", "POST"))]
    return sum(by_key.values()) - sum(edits) + sum(edits) / together + max(edits, default=0)


def _chain(faults: list[str]) -> float:
    return sum(min(_LONGEST_PAUSE, 0.25 * 2.0**number) for number in range(len(faults)))


def _pauses(history: History) -> float:
    """Return the seconds for which users themselves made the run wait."""
    return sum(
        (run.edits + run.posts + run.wrong) * (run.source_pause + run.consumer_pause) for run in history.world.runs
    )
