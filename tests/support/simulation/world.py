"""What a seed chooses: the server, the network, what goes wrong, and what users do.

Each seed switches only some kinds of trouble on ("swarm testing"): all at once would hide each other.
"""

import random
from dataclasses import dataclass, replace
from typing import Literal

Service = Literal["api", "token", "both"]

# What goes wrong with single requests, by whether the server has acted then.
NOT_SENT = ("refused",)
NOT_DONE = (
    "reset",
    "silence",
    "500",
    "502",
    "503",
    "503-seconds",
    "503-date",
    "504",
    "429",
    "429-seconds",
    "garbage",
)
DONE = ("reset-after", "silence-after", "500-after", "502-after", "504-after", "garbage-after", "cut-after", "slow")
KINDS = NOT_SENT + NOT_DONE + DONE
OUTAGES = ("refused", "reset", "silence", "500", "502", "503", "503-seconds", "503-date", "504", "429")


@dataclass(frozen=True, slots=True)
class Outage:
    """From `begin` to `end` seconds after the start, a service fails in the manner `how`."""

    begin: float
    end: float
    service: Service
    how: str


@dataclass(frozen=True, slots=True)
class Network:
    """Seconds one way, `share` of requests that something happens to, and what."""

    low: float
    high: float
    tail: float  # share of answers that take up to ten times as long
    share: float
    kinds: tuple[str, ...]
    outages: tuple[Outage, ...]


@dataclass(frozen=True, slots=True)
class Server:
    """The server's settings, its clock against ours, and what happens to it meanwhile."""

    limit: int
    window: float
    write_seconds: float
    skew: float
    jumps: tuple[tuple[float, float], ...]  # (moment, seconds)
    hidden: Literal["", "date", "all"]  # headers that a proxy takes away
    limits: tuple[tuple[float, int, float], ...]  # (moment, limit, window)
    neighbours: tuple[tuple[float, int], ...]  # (moment, requests)
    token_life: int
    revocations: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """One bulk run; moments are seconds after its start, None: that does not happen."""

    name: str
    edits: int
    posts: int
    wrong: int  # edits that the server will not take, or the client
    workers: int | None
    buffer: int
    source: Literal["list", "generator", "async"]
    source_pause: float
    consumer_pause: float
    stop_at: float | None
    leave_after: int | None
    raise_after: int | None
    cancel_at: float | None
    halt: int | None


@dataclass(frozen=True, slots=True)
class Single:
    """One caller who awaits one call, and perhaps gives up."""

    name: str
    kind: Literal["get", "edit", "post"]
    at: float
    cancel_at: float | None
    deadline: float | None = None  # seconds that the call may take as a whole


@dataclass(frozen=True, slots=True)
class Race:
    """So many turns of the loop after the answer of this number came, a `share` of single callers give up at once.

    `stops` tells whether the runs are stopped then, too. Moments drawn from a clock would hardly ever fall between a
    wake-up and its effect.
    """

    answer: int
    turns: int
    share: float
    stops: bool


@dataclass(frozen=True, slots=True)
class World:
    """Everything that a seed chooses."""

    seed: int
    administrator: bool
    login: bool  # by password, else with a token that is given
    concurrency: int | Literal["auto"]
    timeout: float
    network: Network
    server: Server
    runs: tuple[Run, ...]
    singles: tuple[Single, ...]
    close_at: float | None  # the client is closed under everybody's hands
    migration: tuple[int, ...] | None  # edits of a migration, killed at these steps of its journal or network
    two_clients: bool = False  # the second run has a client of its own, of the same process
    races: tuple[Race, ...] = ()

    @property
    def calm(self) -> bool:
        """Tell whether nothing goes wrong by itself."""
        return not self.network.kinds and not self.network.outages


def world_of(seed: int, *, migrations: bool = True) -> World:
    """Draw the world of a seed."""
    draw = random.Random(f"world {seed}")
    administrator = draw.random() < 0.35
    server = _server(draw)
    migrates = draw.random() < 0.12 and migrations
    edits = draw.randint(5, 60)
    concurrency: int | Literal["auto"] = "auto" if draw.random() < 0.5 else draw.randint(1, 16)
    low = draw.choice((0.0005, 0.005, 0.02, 0.1))
    span = 2.0 + (0.0 if administrator else edits / server.limit * server.window) + edits * low
    network = _network(draw, low, span)
    login = draw.random() < 0.6
    server = _happenings(draw, server, span, login=login)
    runs: tuple[Run, ...] = ()
    singles: tuple[Single, ...] = ()
    if not migrates:
        several = 2 if draw.random() < 0.15 else 1
        runs = tuple(_run(draw, f"r{n}", edits // several, span) for n in range(several))
        if draw.random() < 0.3:
            singles = tuple(_single(draw, f"s{n}", span) for n in range(draw.randint(1, 12)))
    kills = tuple(sorted(draw.randint(1, 40 + edits) for _ in range(draw.choice((0, 1, 1, 2, 3)))))
    # What came later draws from a source of its own, so that the worlds of seeds stay as they were.
    later = random.Random(f"later {seed}")
    if not migrates and later.random() < 0.15:  # many single callers, as of a web application
        runs, singles = (), tuple(_single(later, f"s{n}", later.choice((0.0, span))) for n in range(edits))
    return World(
        seed=seed,
        administrator=administrator,
        login=login,
        concurrency=concurrency,
        timeout=draw.choice((2.0, 5.0, 10.0)),
        network=network,
        server=server,
        runs=runs,
        singles=tuple(_with_deadline(later, single) for single in singles),
        close_at=draw.uniform(0, span) if singles and draw.random() < 0.15 else None,
        migration=(edits, *kills) if migrates else None,
        two_clients=len(runs) == 2 and later.random() < 0.5,
        races=() if migrates else _races(later, edits),
    )


def _server(draw: random.Random) -> Server:
    return Server(
        limit=draw.randint(5, 50),
        window=float(draw.randint(1, 10)),
        write_seconds=draw.choice((0.0, 0.0, 0.0, 0.005, 0.045)),
        skew=draw.choice((0.0, draw.uniform(-10, 10))),
        jumps=(),
        hidden="",
        limits=(),
        neighbours=(),
        token_life=86399,
        revocations=(),
    )


def _happenings(draw: random.Random, server: Server, span: float, *, login: bool) -> Server:
    """Add what happens to the server in the `span` seconds that the work takes."""

    def moments(chance: float, most: int) -> list[float]:
        count = draw.randint(1, most) if draw.random() < chance else 0
        return sorted(draw.uniform(0, span) for _ in range(count))

    hidden: Literal["", "date", "all"] = draw.choice(("", "", "", "", "", "date", "all"))
    happenings = Server(
        limit=server.limit,
        window=server.window,
        write_seconds=server.write_seconds,
        skew=server.skew,
        jumps=tuple((at, draw.uniform(-10, 10)) for at in moments(0.1, 2)),
        hidden=hidden,
        limits=tuple((at, draw.randint(5, 50), float(draw.randint(1, 10))) for at in moments(0.08, 2)),
        neighbours=tuple((at, draw.randint(1, server.limit)) for at in moments(0.15, 5)),
        token_life=draw.choice((15, 20, 60)) if login and draw.random() < 0.25 else 86399,
        revocations=_apart(moments(0.2, 4)) if login else (),
    )
    # A clock that jumps further than a token lives ends each of them in the moment in which it is given.
    return replace(happenings, token_life=max(60, happenings.token_life)) if happenings.jumps else happenings


def _apart(moments: list[float]) -> tuple[float, ...]:
    """Leave out what comes within seconds of the one before: nobody's token is ended twice while it is renewed."""
    kept: list[float] = []
    for moment in moments:
        if not kept or moment >= kept[-1] + 5.0:
            kept.append(moment)
    return tuple(kept)


def _network(draw: random.Random, low: float, span: float) -> Network:
    share = draw.choice((0.0, 0.0, 0.0, 0.02, 0.05, 0.1, 0.2))
    kinds = tuple(sorted(draw.sample(KINDS, draw.randint(1, 6)))) if share else ()
    outages = tuple(_outage(draw, span) for _ in range(draw.choice((0, 0, 0, 1, 1, 2))))
    return Network(low, low * draw.choice((1.0, 1.5, 4.0)), draw.choice((0.0, 0.02)), share, kinds, outages)


def _outage(draw: random.Random, span: float) -> Outage:
    begin = draw.choice((0.0, draw.uniform(0, span)))
    seconds = draw.choice((draw.uniform(0.5, 5), draw.uniform(5, 40)))
    service: Service = draw.choice(("api", "token", "both"))
    return Outage(begin, begin + seconds, service, draw.choice(OUTAGES))


def _run(draw: random.Random, name: str, edits: int, span: float) -> Run:
    def maybe(chance: float, value: float) -> float | None:
        return value if draw.random() < chance else None

    total = edits
    leave, raises = maybe(0.08, draw.randint(0, total)), maybe(0.08, draw.randint(0, total))
    return Run(
        name=name,
        edits=edits,
        posts=draw.choice((0, 0, draw.randint(1, 8))),
        wrong=draw.choice((0, 0, draw.randint(1, 4))),
        workers=draw.choice((None, None, draw.randint(1, 32))),
        buffer=draw.choice((1, draw.randint(1, 8), 256)),
        source=draw.choice(("list", "generator", "async")),
        source_pause=draw.choice((0.0, 0.0, 0.0, draw.uniform(0, 0.2))),
        consumer_pause=draw.choice((0.0, 0.0, 0.0, draw.uniform(0, 0.3))),
        stop_at=maybe(0.12, draw.uniform(0, span)),
        leave_after=None if leave is None else int(leave),
        raise_after=None if raises is None else int(raises),
        cancel_at=maybe(0.08, draw.uniform(0, span)),
        halt=draw.choice((1, 3)) if draw.random() < 0.05 else None,
    )


def _with_deadline(draw: random.Random, single: Single) -> Single:
    return replace(single, deadline=draw.choice((0.05, 1.0, 10.0)) if draw.random() < 0.3 else None)


def _races(draw: random.Random, edits: int) -> tuple[Race, ...]:
    count = draw.choice((0, 0, 0, 1, 3))
    return tuple(
        Race(draw.randint(1, edits), draw.randint(0, 6), draw.choice((0.2, 0.5, 1.0)), draw.random() < 0.2)
        for _ in range(count)
    )


def _single(draw: random.Random, name: str, span: float) -> Single:
    at = draw.uniform(0, span)
    cancel_at = at + draw.choice((0.0, draw.uniform(0, 0.1), draw.uniform(0, span))) if draw.random() < 0.5 else None
    return Single(name, draw.choice(("get", "edit", "edit", "post")), at, cancel_at)
