"""What a peer is asked for, how it is measured and how it answers: the same for all, and nothing but the stdlib.

A peer runs in an environment of its own, so nothing here may import what it does not have.
"""

import json
import math
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

PAGE = 100
WARM_UP = 200

Edit = tuple[str, dict[str, Any]]
"""The URL of a PUT and its JSON body."""

Answer = int | str
"""The status that came back, or the class name of the exception that came instead."""


@dataclass(frozen=True)
class Job:
    """One measurement, as the runner asks for it."""

    what: str
    url: str
    path: str = "/api/v1/users/me/videos"
    count: int = 0
    in_flight: int = 1
    pause: float = 0.0
    edit: str = "name"
    stamp: str = ""
    loop: str = "asyncio"
    username: str | None = None
    password: str | None = None
    token: str | None = None
    concurrency: int | str = "auto"  # this and `way` are for aiopeertube itself
    way: str = "bulk"

    def login_form(self, oauth_client: dict[str, str]) -> dict[str, str]:
        """Return the form of a login; the OAuth client's id and secret come from the server."""
        if self.username is None or self.password is None:
            raise ValueError("a login needs username and password")
        return {
            "client_id": oauth_client["client_id"],
            "client_secret": oauth_client["client_secret"],
            "grant_type": "password",
            "username": self.username,
            "password": self.password,
        }

    def changes(self, number: int) -> dict[str, Any]:
        """Return what changes on the video with this index in the list."""
        if self.edit == "tags":
            return {"tags": [f"{letter}{self.stamp}" for letter in "abc"]}
        return {"name": f"{self.stamp} {number}"}

    def row_edit(self, number: int, row: dict[str, Any]) -> Edit:
        """Make the edit of a row of the list; it is made when it is sent, as scripts do."""
        return f"{self.url}/api/v1/videos/{row['uuid']}", self.changes(number)

    def bare_edit(self, _number: int, uuid: str) -> Edit:
        """Make an edit of the usual size for a server that looks at nothing."""
        body = {"name": f"Film {uuid}", "tags": ["open", "beeld"], "description": "x" * 200}
        return f"{self.url}/api/v1/videos/{uuid}", body


def read_job() -> Job:
    """Read the job from the command line."""
    return Job(**json.loads(sys.argv[1]))


def uuids(count: int) -> list[str]:
    """Make as many video ids."""
    return [str(UUID(int=number)) for number in range(count)]


class Meter:
    """Wall time and CPU time (user + system, all threads of this process) of a `with` block."""

    seconds = 0.0
    cpu_seconds = 0.0

    def __enter__(self) -> Self:
        self._cpu_before = _cpu_seconds()
        self._began = time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.perf_counter() - self._began
        self.cpu_seconds = _cpu_seconds() - self._cpu_before


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def result(
    meter: Meter, answers: Iterable[Answer] = (), *, latencies: list[float] | None = None, items: int | None = None
) -> dict[str, Any]:
    """Put together what a peer prints; `asked` is the number of PUTs that were tried."""
    counts = Counter(map(str, answers))
    found: dict[str, Any] = {
        "asked": counts.total(),
        "answers": dict(counts),
        "seconds": round(meter.seconds, 6),
        "cpu_seconds": round(meter.cpu_seconds, 6),
        "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }
    if latencies is not None:
        found["p50"] = percentile(latencies, 0.50)
        found["p99"] = percentile(latencies, 0.99)
    if items is not None:
        found["items"] = items
    return found


def cannot(sentence: str) -> dict[str, str]:
    """Say that, and why, this peer does not do the job."""
    return {"cannot": sentence}


def percentile(values: list[float], share: float) -> float | None:
    """Return the nearest-rank percentile: a value that was really measured."""
    if not values:
        return None
    return round(sorted(values)[math.ceil(share * len(values)) - 1], 6)


def print_result(found: dict[str, Any]) -> None:
    """Print one line of JSON."""
    print(json.dumps(found), flush=True)
