"""/jobs."""

from typing import Unpack

from aiopeertube._pagination import Paginator
from aiopeertube.types.jobs import JobFilters, JobState, ServerJob
from aiopeertube.wire.call import Call
from aiopeertube.wire.identifiers import segment

from ._api import Noun
from ._checks import choice_problem, first, text_problem

_STATES = ("active", "completed", "failed", "waiting", "delayed", "paused", "prioritized", "waiting-children")


class Jobs(Noun):
    """What the server has to do in the background, for administrators."""

    __slots__ = ()

    def list(
        self, state: JobState | None = None, *, count: int = 100, **filters: Unpack[JobFilters]
    ) -> Paginator[ServerJob]:
        """List the jobs of a state, or all of them, the latest first."""
        problem = None if state is None else choice_problem("state", state, _STATES)
        return self._pages(f"/jobs/{state}" if state else "/jobs", filters, count=count, problem=problem, key=_job)

    def pause(self) -> Call[None]:
        """Begin no more jobs."""
        return self._do("POST", "/jobs/pause", idempotent=True)

    def resume(self) -> Call[None]:
        """Begin jobs again."""
        return self._do("POST", "/jobs/resume", idempotent=True)

    def cancel(self, jobType: str, job: str) -> Call[None]:
        """Cancel a job whose `canCancel` says that it can be; only 8.x."""
        problem = first(text_problem("jobType", jobType), text_problem("jobId", job))
        return self._do("POST", f"/jobs/{segment(jobType)}/{segment(job)}/cancel", problem, since="8.0")


def _job(row: ServerJob) -> tuple[str, str]:
    return row["type"], row["id"]  # each kind counts its own
