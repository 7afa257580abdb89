"""/runners/jobs."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Unpack

from aiopeertube._pagination import Paginator
from aiopeertube.errors import InputError
from aiopeertube.types.runners import (
    AvailableJobs,
    JobAccepted,
    RunnerJobAdmin,
    RunnerJobFilters,
    RunnerJobType,
    RunnerResult,
    RunnerUpdate,
)
from aiopeertube.wire.answers import nothing
from aiopeertube.wire.call import Call
from aiopeertube.wire.files import FileLike
from aiopeertube.wire.messages import Body, Multipart

from ._api import Noun
from ._bodies import SECONDS_FOR_A_FILE
from ._checks import choices_problem, uuid_problem
from .runner_files import RunnerFiles, runner_part


class RunnerJobs(Noun):
    """Jobs of runners, named by UUID.

    Runners give `runnerToken`, from their registration, and `jobToken`, from `accept`; a user's token is never sent
    with them. Administrators list, cancel and delete jobs.
    """

    __slots__ = ()

    @property
    def files(self) -> RunnerFiles:
        """Files that a job needs."""
        return RunnerFiles(self._sender)

    def list(self, *, count: int = 100, **filters: Unpack[RunnerJobFilters]) -> Paginator[RunnerJobAdmin]:
        """List the jobs, as an administrator."""
        problem = choices_problem(RunnerJobFilters, filters)
        return self._pages("/runners/jobs", filters, count=count, problem=problem, key=_uuid)

    def request(
        self,
        *,
        runnerToken: str,
        jobTypes: Sequence[RunnerJobType] | None = None,
        version: str | None = None,
    ) -> Call[AvailableJobs]:
        """Ask what there is to do, of some kinds alone if `jobTypes` says so (8.x)."""
        given = {"jobTypes": None if jobTypes is None else list(jobTypes), "version": version}
        json = {"runnerToken": runnerToken, **{name: value for name, value in given.items() if value is not None}}
        return self._ask("POST", "/runners/jobs/request", json=json, authenticate=False, idempotent=True)

    def accept(self, job: str, *, runnerToken: str) -> Call[JobAccepted]:
        """Take a job; the answer has its token. Conflict: another runner has it."""
        json = {"runnerToken": runnerToken}
        return self._ask("POST", _path(job, "accept"), uuid_problem("jobUUID", job), json=json, authenticate=False)

    def abort(self, job: str, *, runnerToken: str, jobToken: str, reason: str) -> Call[None]:
        """Give a job back, for another runner."""
        return self._told(job, "abort", runnerToken, jobToken, reason=reason)

    def error(self, job: str, *, runnerToken: str, jobToken: str, message: str) -> Call[None]:
        """Say that a job failed."""
        return self._told(job, "error", runnerToken, jobToken, message=message)

    def update(
        self,
        job: str,
        *,
        runnerToken: str,
        jobToken: str,
        progress: int | None = None,
        **payload: Unpack[RunnerUpdate],
    ) -> Call[None]:
        """Say how far a job is, in percent; of a live stream, send the next piece or drop one.

        Files are a path, or bytes.
        """
        fields: dict[str, Any] = {"runnerToken": runnerToken, "jobToken": jobToken}
        fields |= {} if progress is None else {"progress": progress}
        return self._sent(job, "update", fields, payload, RunnerUpdate)

    def success(
        self,
        job: str,
        *,
        runnerToken: str,
        jobToken: str,
        **payload: Unpack[RunnerResult],
    ) -> Call[None]:
        """Hand in what a job made: files, each a path, or bytes. Which ones are due follows from the job's type."""
        fields = {"runnerToken": runnerToken, "jobToken": jobToken}
        return self._sent(job, "success", fields, payload, RunnerResult)

    def cancel(self, job: str) -> Call[None]:
        """Cancel a job, as an administrator. The document of 6.3 says GET; its server takes POST alone."""
        return self._do("POST", _path(job, "cancel"), uuid_problem("jobUUID", job), idempotent=True)

    def delete(self, job: str) -> Call[None]:
        """Delete a job, as an administrator."""
        return self._do("DELETE", f"/runners/jobs/{job}", uuid_problem("jobUUID", job))

    def _told(self, job: str, verb: Literal["abort", "error"], runner: str, token: str, **more: str) -> Call[None]:
        json = {"runnerToken": runner, "jobToken": token, **more}
        return self._do("POST", _path(job, verb), uuid_problem("jobUUID", job), json=json, authenticate=False)

    def _sent(
        self, job: str, verb: str, fields: dict[str, Any], payload: Mapping[str, Any], schema: type
    ) -> Call[None]:
        files = {name: value for name, value in payload.items() if name.endswith("File")}
        texts = {name: value for name, value in payload.items() if name not in files}
        problems = [uuid_problem("jobUUID", job), choices_problem(schema, payload)]
        options: dict[str, Any] = {"json": {**fields, **({"payload": texts} if payload or verb == "success" else {})}}
        if files:
            options = {"timeout": SECONDS_FOR_A_FILE}
            try:
                options["body"] = _multipart(fields, texts, files)
            except InputError as exc:
                problems.append(exc)
        return self._made("POST", _path(job, verb), tuple(problems), decode=nothing, authenticate=False, **options)


def _path(job: str, verb: str) -> str:
    return f"/runners/jobs/{job}/{verb}"


def _multipart(fields: Mapping[str, Any], texts: Mapping[str, str], files: Mapping[str, FileLike]) -> Body:
    pairs = [(name, str(value)) for name, value in fields.items()]
    pairs += [(f"payload[{name}]", str(text)) for name, text in texts.items()]
    return Multipart(tuple(pairs), tuple(runner_part(name, file) for name, file in files.items()))


def _uuid(row: Any) -> Any:
    return row["uuid"]
