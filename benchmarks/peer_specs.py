"""Which peers there are, and what each needs and can do; for the runner, which makes their environments."""

from dataclasses import dataclass

ALL_JOBS = frozenset({"rename", "put", "list", "migrate"})
BOTH_LOOPS = ("asyncio", "uvloop")
UVLOOP = "uvloop>=0.21; platform_system != 'Windows'"


@dataclass(frozen=True)
class Peer:
    """One way of doing the jobs without this library."""

    title: str
    script: str
    requirements: tuple[str, ...]
    jobs: frozenset[str] = ALL_JOBS
    parallel: bool = True
    loops: tuple[str, ...] = ()
    """The event loops it runs on; none for blocking peers."""


# Two are pinned: what their scripts say that they cannot do was found out about these versions.
PEERS: dict[str, Peer] = {
    "requests_loop": Peer("requests, loop", "requests_loop.py", ("requests>=2.32",), parallel=False),
    "requests_threads": Peer("requests, threads", "requests_threads.py", ("requests>=2.32",)),
    "httpx_async": Peer("httpx", "httpx_async.py", ("httpx>=0.28", UVLOOP), loops=BOTH_LOOPS),
    "aiohttp_gather": Peer("aiohttp, gather", "aiohttp_gather.py", ("aiohttp>=3.12", UVLOOP), loops=BOTH_LOOPS),
    "aiohttp_workers": Peer("aiohttp, workers", "aiohttp_workers.py", ("aiohttp>=3.12", UVLOOP), loops=BOTH_LOOPS),
    "niquests_async": Peer("niquests", "niquests_async.py", ("niquests>=3.21", UVLOOP), loops=BOTH_LOOPS),
    "pyreqwest_async": Peer("pyreqwest", "pyreqwest_async.py", ("pyreqwest>=0.15",), loops=("asyncio",)),
    "peertube_pypi": Peer(
        "peertube (PyPI)", "peertube_pypi.py", ("peertube==1.1.1",), jobs=frozenset({"list"}), parallel=False
    ),
    "pypeertube_pypi": Peer(
        "pypeertube (PyPI)",
        "pypeertube_pypi.py",
        ("pypeertube==1.1.1",),
        jobs=frozenset({"rename", "list", "migrate"}),
        parallel=False,
    ),
    "raw_asyncio": Peer("raw asyncio (floor)", "raw_asyncio.py", (UVLOOP,), frozenset({"put"}), loops=BOTH_LOOPS),
}
