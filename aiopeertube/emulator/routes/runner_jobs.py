"""Jobs of runners: asked for, accepted, and ended one way or the other."""

import re
from typing import Any

from aiopeertube.emulator.api.calls import Call, Reply, Route, json_reply, no_content, only_8
from aiopeertube.emulator.api.listing import listed
from aiopeertube.emulator.api.paging import BY_TIME, page_reply
from aiopeertube.emulator.api.rights import MANAGE_RUNNERS, administrator, checked, is_text
from aiopeertube.emulator.model.content import content
from aiopeertube.emulator.model.ids import is_uuid
from aiopeertube.emulator.model.runners import CANCELLED, COMPLETED, PENDING, PROCESSING, STATES, RunnerJob
from aiopeertube.emulator.wire.clocks import iso
from aiopeertube.emulator.wire.problem_json import Problem, invalid_parameter, invalid_parameters, not_found
from aiopeertube.emulator.wire.scalars import int_or_null, is_int

from .runners import runner_of

_TOKEN = is_text(1, 1000)
_TOKENS = {"runnerToken": _TOKEN, "jobToken": _TOKEN}
_TEXT = is_text(1, 5000)
_VERSION = re.compile(r"\d+\.\d+\.\d+")
_SORTS = {
    **BY_TIME,
    "updatedAt": lambda job: job.updated_at,
    "priority": lambda job: job.priority,
    "state": lambda job: job.state,
    "progress": lambda job: job.progress or 0,
}
# What a runner has to hand in, by the kind of its job; of others nothing.
_RESULTS = {
    "vod-web-video-transcoding": "payload[videoFile]",
    "vod-hls-transcoding": "payload[videoFile]",
    "vod-audio-merge-transcoding": "payload[videoFile]",
    "video-studio-transcoding": "payload[videoFile]",
    "video-transcription": "payload[vttFile]",
}


def _is_progress(value: Any) -> bool:
    return is_int(value) and 0 <= int_or_null(value) <= 100


def _body(job: RunnerJob) -> dict[str, Any]:
    runner = job.runner
    about = None if runner is None else {"id": runner.id, "name": runner.name, "description": runner.description}
    return {
        "uuid": job.uuid,
        "type": job.kind,
        "state": {"id": job.state, "label": STATES[job.state]},
        "progress": job.progress,
        "priority": job.priority,
        "failures": job.failures,
        "error": job.error,
        "payload": job.payload,
        "startedAt": None if job.started_at is None else iso(job.started_at),
        "finishedAt": None if job.finished_at is None else iso(job.finished_at),
        "createdAt": iso(job.created_at),
        "updatedAt": iso(job.updated_at),
        "runner": about,
    }


async def request(call: Call) -> Reply:
    """Tell a runner which jobs there are."""
    fields = (await call.read_body()).fields
    sent = checked(call, fields, {"runnerToken": _TOKEN}, ("runnerToken",))
    runner = runner_of(call, sent["runnerToken"])
    if call.is_modern and "version" in fields:
        if not _VERSION.fullmatch(str(fields["version"])):
            raise invalid_parameters(invalid_parameter("version", fields["version"], "body"), call.target)
        runner.version = fields["version"]
    kinds = fields.get("jobTypes")
    waiting = [job for job in call.store.runners.jobs.values() if job.state == PENDING]
    fitting = [job for job in waiting if kinds is None or job.kind in kinds]
    fitting.sort(key=lambda job: job.priority)
    rows = [{"uuid": job.uuid, "type": job.kind, "payload": job.payload} for job in fitting]
    return json_reply({"availableJobs": rows})


async def accept(call: Call) -> Reply:
    """Give a job to a runner."""
    job = _known(call)
    sent = checked(call, (await call.read_body()).fields, {"runnerToken": _TOKEN}, ("runnerToken",))
    runner = runner_of(call, sent["runnerToken"])
    if job.state != PENDING:
        raise Problem("This runner job is not in pending state")
    job.state, job.runner, job.started_at = PROCESSING, runner, call.now
    job.token, job.updated_at = f"ptrjt-{call.store.new_uuid()}", call.now
    return json_reply({"job": {**_body(job), "jobToken": job.token}})


def _known(call: Call) -> RunnerJob:
    """Return the job of the path."""
    key = call.params["jobUUID"]
    if not is_uuid(key):
        raise invalid_parameters(invalid_parameter("jobUUID", key, "params"), call.target)
    job = call.store.runners.jobs.get(key)
    if job is None:
        raise Problem("Unknown runner job", 404)
    return job


async def _own(call: Call, *files: str, **checks: Any) -> tuple[RunnerJob, dict[str, Any]]:
    """Return the job that the runner who asks works on, and what was sent."""
    key = call.params["jobUUID"]
    if not is_uuid(key):
        raise invalid_parameters(invalid_parameter("jobUUID", key, "params"), call.target)
    body = await call.read_body(*files)
    tokens = checked(call, body.fields, _TOKENS, tuple(_TOKENS))
    job = call.store.runners.jobs.get(key)
    runner = call.store.runners.of_token(tokens["runnerToken"])
    if job is None or runner is None or job.runner is not runner or job.token != tokens["jobToken"]:
        raise Problem("Unknown runner job", 404)
    if job.state != PROCESSING:
        raise Problem('Job is not in "processing" state', code="runner_job_not_in_processing_state")
    needed = tuple(name for name in checks if name != "progress")
    sent = checked(call, body.fields, checks, needed)
    runner.seen_at = job.updated_at = call.now
    return job, {**sent, **body.files}


async def update(call: Call) -> Reply:
    """Take note of how far a job is."""
    job, sent = await _own(call, progress=_is_progress)
    job.progress = int_or_null(sent.get("progress", job.progress))
    return no_content(tagged=True)


async def abort(call: Call) -> Reply:
    """Take a job back from a runner."""
    job, _ = await _own(call, reason=_TEXT)
    job.release()
    return no_content(tagged=True)


async def error(call: Call) -> Reply:
    """Take note of a failure."""
    job, sent = await _own(call, message=_TEXT)
    job.fail(sent["message"], call.now)
    return no_content(tagged=True)


async def success(call: Call) -> Reply:
    """Take what came of a job. Nothing becomes of it here."""
    job, sent = await _own(call, *set(_RESULTS.values()))
    wanted = _RESULTS.get(job.kind)
    if wanted is not None and wanted not in sent:
        raise Problem("Payload is invalid")
    job.progress = 100
    job.end(COMPLETED, call.now)
    return no_content(tagged=True)


async def file(call: Call) -> Reply:
    """Return the file of a video that a job is about."""
    await _own(call)
    video = call.store.video(call.params["id"])
    if video is None:
        raise not_found("Video")
    stream = content(video.uuid, 0, video.size)
    return Reply(200, b"", "video/mp4", has_etag=False, stream=stream, length=video.size)


async def no_file(call: Call) -> Reply:
    """Find no other file of a video: there are no pictures, sounds or parts of a studio here."""
    await _own(call)
    raise Problem("Unknown file", 404)


async def jobs(call: Call) -> Reply:
    """Return the jobs."""
    administrator(call, MANAGE_RUNNERS)
    query = call.query()
    states, kinds = (listed(query[name]) if name in query else None for name in ("stateOneOf", "typeOneOf"))
    if states is not None and not all(is_int(state) and int_or_null(state) in STATES for state in states):
        raise invalid_parameters(invalid_parameter("stateOneOf", states, "query"), call.target)
    sought = str(query.get("search", ""))
    found = [job for job in call.store.runners.jobs.values() if sought in f"{job.uuid} {job.kind}"]
    found = [job for job in found if states is None or str(job.state) in states]
    found = [job for job in found if kinds is None or job.kind in kinds]
    return page_reply(call, found, lambda job: {**_body(job), "privatePayload": {}}, _SORTS)


async def cancel(call: Call) -> Reply:
    """Cancel a job."""
    administrator(call, MANAGE_RUNNERS)
    job = _known(call)
    if job.state not in {PENDING, PROCESSING}:
        states = '"pending", "processing" or "waiting for parent job"'
        raise Problem(f"Cannot cancel this job that is not in {states} state")
    job.end(CANCELLED, call.now)
    return no_content(tagged=True)


async def delete(call: Call) -> Reply:
    """Remove a job."""
    administrator(call, MANAGE_RUNNERS)
    del call.store.runners.jobs[_known(call).uuid]
    return no_content(tagged=True)


_JOB = "/runners/jobs/{jobUUID}"
_FILES = f"{_JOB}/files/videos/{{id}}"
ROUTES = (
    Route("GET", "/runners/jobs", jobs),
    Route("POST", "/runners/jobs/request", request, is_limited=True),
    Route("POST", f"{_JOB}/accept", accept, is_limited=True),
    Route("POST", f"{_JOB}/abort", abort, is_limited=True),
    Route("POST", f"{_JOB}/update", update, is_limited=True),
    Route("POST", f"{_JOB}/error", error),
    Route("POST", f"{_JOB}/success", success, is_limited=True),
    Route("POST", f"{_JOB}/cancel", cancel),
    Route("DELETE", _JOB, delete),
    Route("POST", f"{_FILES}/max-quality", file),
    Route("POST", f"{_FILES}/max-quality/audio", no_file),
    Route("POST", f"{_FILES}/previews/max-quality", no_file),
    Route("POST", f"{_FILES}/thumbnails/max-quality", only_8(no_file)),
    Route("POST", f"{_FILES}/studio/task-files/{{filename}}", no_file),
)
