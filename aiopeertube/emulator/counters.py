"""Counts of what happened to an emulated server."""

from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EmulatorStatistics:
    """Counts since the server was made.

    Attributes:
        requests: Requests received.
        by_status: Answers by status; a request whose connection was reset has none.
        by_route: Requests by method and route, like ``PUT /videos/{id}``.
        logins: Passwords accepted.
        refreshes: Refresh tokens accepted.
        refused: Requests refused by the rate limit.
        writes: Writes carried out.
        edits: Edits carried out, by id of the video; deleted ones included.
        serialization_failures: Writes that ended in a 500, with nothing written.
        max_in_flight: The most requests in flight at once.
        faults: Faults by kind.
    """

    requests: int
    by_status: dict[int, int]
    by_route: dict[str, int]
    logins: int
    refreshes: int
    refused: int
    writes: int
    edits: dict[int, int]
    serialization_failures: int
    max_in_flight: int
    faults: dict[str, int]


class Tally:
    """Counts while the server runs."""

    def __init__(self) -> None:
        self.requests = 0
        self.logins = 0
        self.refreshes = 0
        self.refused = 0
        self.writes = 0
        self.serialization_failures = 0
        self.in_flight = 0
        self.max_in_flight = 0
        self.by_status: Counter[int] = Counter()
        self.by_route: Counter[str] = Counter()
        self.edits: Counter[int] = Counter()

    def arrive(self, label: str) -> None:
        """Count an arriving request."""
        self.requests += 1
        self.by_route[label] += 1
        self.in_flight += 1
        self.max_in_flight = max(self.max_in_flight, self.in_flight)

    def snapshot(self, faults: Counter[str]) -> EmulatorStatistics:
        """Return the current counts; copying a `dict` is atomic, so any thread may call this."""
        return EmulatorStatistics(
            requests=self.requests,
            by_status=dict(self.by_status),
            by_route=dict(self.by_route),
            logins=self.logins,
            refreshes=self.refreshes,
            refused=self.refused,
            writes=self.writes,
            edits=dict(self.edits),
            serialization_failures=self.serialization_failures,
            max_in_flight=self.max_in_flight,
            faults=dict(faults),
        )
