"""Programs elsewhere that do work for the server, and their jobs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

PENDING, PROCESSING, COMPLETED, ERRORED, CANCELLED = 1, 2, 3, 4, 6
STATES = {
    PENDING: "Pending",
    PROCESSING: "Processing",
    COMPLETED: "Completed",
    ERRORED: "Errored",
    5: "Waiting for parent job to finish",
    CANCELLED: "Cancelled",
    7: "Parent job failed",
    8: "Parent job cancelled",
    9: "Completing",
}
_MOST_FAILURES = 5


@dataclass(slots=True, eq=False)
class RegistrationToken:
    """A token with which runners register."""

    id: int
    token: str
    created_at: float


@dataclass(slots=True, eq=False)
class Runner:
    """A runner; its token is its own, another one than it registered with."""

    id: int
    token: str
    registered_with: RegistrationToken
    name: str
    ip: str
    created_at: float
    seen_at: float
    description: str | None = None
    version: str | None = None


@dataclass(slots=True, eq=False)
class RunnerJob:
    """A job for runners; `token` is that of the runner who works on it."""

    uuid: str
    kind: str
    payload: dict[str, Any]
    created_at: float
    updated_at: float
    priority: int = 0
    state: int = PENDING
    runner: Runner | None = None
    token: str = ""
    progress: int | None = None
    failures: int = 0
    error: str | None = None
    started_at: float | None = None
    finished_at: float | None = None

    def release(self) -> None:
        """Let other runners have it."""
        self.state, self.runner, self.token = PENDING, None, ""
        self.progress = self.started_at = None

    def fail(self, message: str, now: float) -> None:
        """Note that it failed; after some failures it is given up."""
        self.failures += 1
        self.error = message
        if self.failures < _MOST_FAILURES:
            self.release()
        else:
            self.end(ERRORED, now)

    def end(self, state: int, now: float) -> None:
        """End it."""
        self.state, self.token, self.finished_at = state, "", now


@dataclass(slots=True)
class Runners:
    """All of them. The server itself has no work for runners: tests add jobs."""

    new_uuid: Callable[[], str]
    clock: Callable[[], float]
    tokens: dict[int, RegistrationToken] = field(default_factory=dict)
    runners: dict[int, Runner] = field(default_factory=dict)
    jobs: dict[str, RunnerJob] = field(default_factory=dict)
    _numbers: Any = field(default_factory=lambda: count(1))

    def add_token(self) -> RegistrationToken:
        """Make a token for registrations."""
        made = RegistrationToken(next(self._numbers), f"ptrrt-{self.new_uuid()}", self.clock())
        self.tokens[made.id] = made
        return made

    def remove_token(self, token: RegistrationToken) -> None:
        """Remove such a token, with the runners that registered with it."""
        del self.tokens[token.id]
        for runner in self.of_registration(token):
            self.remove(runner)

    def of_registration(self, token: RegistrationToken) -> list[Runner]:
        """Return the runners that registered with a token."""
        return [runner for runner in self.runners.values() if runner.registered_with is token]

    def register(self, token: RegistrationToken, name: str, ip: str, description: str | None) -> Runner:
        """Add a runner."""
        now = self.clock()
        made = Runner(next(self._numbers), f"ptrt-{self.new_uuid()}", token, name, ip, now, now, description)
        self.runners[made.id] = made
        return made

    def remove(self, runner: Runner) -> None:
        """Remove a runner; others may have its jobs."""
        del self.runners[runner.id]
        for job in self.jobs.values():
            if job.runner is runner and job.state == PROCESSING:
                job.release()

    def add_job(self, kind: str, payload: dict[str, Any] | None = None, *, priority: int = 0) -> RunnerJob:
        """Have something to do for runners."""
        now = self.clock()
        made = RunnerJob(self.new_uuid(), kind, payload or {}, now, now, priority)
        self.jobs[made.uuid] = made
        return made

    def of_token(self, token: object) -> Runner | None:
        """Return the runner with a token."""
        return next((runner for runner in self.runners.values() if runner.token == token), None)
