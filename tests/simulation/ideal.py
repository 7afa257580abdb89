"""How long a run may take: what its server allows at best, a fifth more, and what went wrong."""

from .history import History

_FACTOR = 1.2
_SLACK = 3.0  # the first window is not known, and figures are rounded up to whole seconds
_PROBING = 10.0  # from the end of an outage to the next try, and the gentle opening after it
_RETRIES_A_SECOND = 5.0
_LONGEST_PAUSE = 15.0


def seconds_allowed(history: History) -> float:
    """Return the seconds that a history may take."""
    return _FACTOR * ideal(history) + _troubles(history) + _pauses(history) + _SLACK


def ideal(history: History) -> float:
    """Return the seconds that a perfect client needs when nothing goes wrong."""
    world = history.world
    requests = _requests(history)
    server, network = world.server, world.network
    windows = 0.0
    if not world.administrator:
        limit = min([server.limit, *(limit for _, limit, _ in server.limits)])
        window = max([server.window, *(window for _, _, window in server.limits)])
        windows = -(-(requests + sum(hits for _, hits in server.neighbours)) // limit) * (window + 1)
    together = 1 if world.concurrency == "auto" else world.concurrency
    one = 2 * network.high * (1 + 9 * network.tail) + 1.4 * server.write_seconds * min(5, together)
    singles = max((single.at for single in world.singles), default=0.0)
    return windows + requests * one / together + singles


def _requests(history: History) -> int:
    """Return how many requests the work takes when none is wasted."""
    world = history.world
    if world.migration is not None:
        lives = len(history.pools)
        return 2 * world.migration[0] + 10 * lives + 16 * (lives - 1)  # looked at, written, asked for after a kill
    return sum(run.edits + run.posts + run.wrong for run in world.runs) + len(world.singles) + 3


def _troubles(history: History) -> float:
    """Return the seconds that faults, outages and set clocks cost."""
    world, network = history.world, history.network
    together = 1 if world.concurrency == "auto" else world.concurrency
    lives = max(0, len(history.pools) - 1) * (world.server.window + 1)  # a new client knows nothing of the window
    away = sum(outage.end - outage.begin + _PROBING + world.timeout for outage in world.network.outages)
    silent = sum(network.faults[kind] for kind in ("silence", "silence-after", "slow")) * (world.timeout + 1)
    chain = max((_chain(wear.faults) for wear in network.wear.values()), default=0.0)
    jumps = sum(abs(seconds) + world.server.window for _, seconds in world.server.jumps)
    refused = sum(network.faults[kind] for kind in ("429", "429-seconds")) * 4.0
    hidden = 30.0 + 0.5 * history.seconds if world.server.hidden == "all" else 0.0
    renewals = (len(world.server.revocations) + 1) * 2.0
    retries = network.faults.total() / _RETRIES_A_SECOND
    return away + silent / together + chain + retries + jumps + refused + hidden + renewals + lives


def _chain(faults: list[str]) -> float:
    return sum(min(_LONGEST_PAUSE, 0.25 * 2.0**number) for number in range(len(faults)))


def _pauses(history: History) -> float:
    """Return the seconds for which users themselves made the run wait."""
    return sum(
        (run.edits + run.posts + run.wrong) * (run.source_pause + run.consumer_pause) for run in history.world.runs
    )
