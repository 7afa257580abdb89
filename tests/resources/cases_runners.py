"""Runners and their jobs, and users' tokens that must not come along."""

from typing import Any

from cases import PAGE, UUID, Case, Form

ROWS: dict[str, Any] = {"total": 1, "data": [{"id": 1}]}
RUNNER: dict[str, Any] = {"runnerToken": "r-1"}
TOKENS: dict[str, Any] = {"runnerToken": "r-1", "jobToken": "j-1"}
JOB = f"/runners/jobs/{UUID}"
FILES = (
    ("max_quality", "max-quality"),
    ("audio", "max-quality/audio"),
    ("preview", "previews/max-quality"),
    ("thumbnail", "thumbnails/max-quality"),
)


def _file(name: str, path: str) -> Case:
    return Case(
        f"runners.jobs.files.{name}",
        lambda pt: getattr(pt.runners.jobs.files, name)(UUID, 7, **TOKENS),
        f"POST /runners/jobs/{{jobUUID}}/files/videos/{{videoIdOrUUID}}/{path}",
        f"{JOB}/files/videos/7/{path}",
        TOKENS,
        b"\x00\x01",
        anonymous=True,
        repeated=True,
    )


CASES = (
    Case("runners.list", lambda pt: pt.runners.list(), "GET /runners", f"/runners?{PAGE}", answer=ROWS),
    Case(
        "runners.register",
        lambda pt: pt.runners.register(registrationToken="t-1", name="gpu", version="0.5.0"),
        "POST /runners/register",
        "/runners/register",
        {"registrationToken": "t-1", "name": "gpu", "version": "0.5.0"},
        {"id": 1, "runnerToken": "r-1"},
        anonymous=True,
    ),
    Case(
        "runners.unregister",
        lambda pt: pt.runners.unregister(**RUNNER),
        "POST /runners/unregister",
        "/runners/unregister",
        RUNNER,
        anonymous=True,
    ),
    Case("runners.delete", lambda pt: pt.runners.delete(2), "DELETE /runners/{runnerId}", "/runners/2"),
    Case(
        "runners.registration_tokens.list",
        lambda pt: pt.runners.registration_tokens.list(sort="-createdAt"),
        "GET /runners/registration-tokens",
        f"/runners/registration-tokens?{PAGE}&sort=-createdAt",
        answer=ROWS,
    ),
    Case(
        "runners.registration_tokens.generate",
        lambda pt: pt.runners.registration_tokens.generate(),
        "POST /runners/registration-tokens/generate",
        "/runners/registration-tokens/generate",
    ),
    Case(
        "runners.registration_tokens.delete",
        lambda pt: pt.runners.registration_tokens.delete(2),
        "DELETE /runners/registration-tokens/{registrationTokenId}",
        "/runners/registration-tokens/2",
    ),
    Case(
        "runners.jobs.list",
        lambda pt: pt.runners.jobs.list(stateOneOf=[1, 2], typeOneOf=["video-transcription"]),
        "GET /runners/jobs",
        f"/runners/jobs?{PAGE}&stateOneOf=1&stateOneOf=2&typeOneOf=video-transcription",
        answer=ROWS,
    ),
    Case(
        "runners.jobs.request",
        lambda pt: pt.runners.jobs.request(**RUNNER, jobTypes=["video-transcription"]),
        "POST /runners/jobs/request",
        "/runners/jobs/request",
        {**RUNNER, "jobTypes": ["video-transcription"]},
        {"availableJobs": []},
        anonymous=True,
        repeated=True,
    ),
    Case(
        "runners.jobs.accept",
        lambda pt: pt.runners.jobs.accept(UUID, **RUNNER),
        "POST /runners/jobs/{jobUUID}/accept",
        f"{JOB}/accept",
        RUNNER,
        {"job": {"uuid": UUID, "jobToken": "j-1"}},
        anonymous=True,
    ),
    Case(
        "runners.jobs.abort",
        lambda pt: pt.runners.jobs.abort(UUID, **TOKENS, reason="busy"),
        "POST /runners/jobs/{jobUUID}/abort",
        f"{JOB}/abort",
        {**TOKENS, "reason": "busy"},
        anonymous=True,
    ),
    Case(
        "runners.jobs.error",
        lambda pt: pt.runners.jobs.error(UUID, **TOKENS, message="no codec"),
        "POST /runners/jobs/{jobUUID}/error",
        f"{JOB}/error",
        {**TOKENS, "message": "no codec"},
        anonymous=True,
    ),
    Case(
        "runners.jobs.update",
        lambda pt: pt.runners.jobs.update(UUID, **TOKENS, progress=50),
        "POST /runners/jobs/{jobUUID}/update",
        f"{JOB}/update",
        {**TOKENS, "progress": 50},
        anonymous=True,
    ),
    Case(
        "runners.jobs.update",
        lambda pt: pt.runners.jobs.update(
            UUID,
            **TOKENS,
            type="add-chunk",
            videoChunkFilename="0-1.ts",
            videoChunkFile=b"G",
            masterPlaylistFile="live/master.m3u8",
        ),
        "POST /runners/jobs/{jobUUID}/update",
        f"{JOB}/update",
        Form(
            (*TOKENS.items(), ("payload[type]", "add-chunk"), ("payload[videoChunkFilename]", "0-1.ts")),
            (
                ("payload[videoChunkFile]", "videoChunkFile.ts", "video/MP2T"),
                ("payload[masterPlaylistFile]", "master.m3u8", "application/x-mpegURL"),
            ),
        ),
        anonymous=True,
    ),
    Case(
        "runners.jobs.success",
        lambda pt: pt.runners.jobs.success(UUID, **TOKENS),
        "POST /runners/jobs/{jobUUID}/success",
        f"{JOB}/success",
        {**TOKENS, "payload": {}},
        anonymous=True,
    ),
    Case(
        "runners.jobs.success",
        lambda pt: pt.runners.jobs.success(
            UUID, **TOKENS, videoFile="a.mp4", vttFile=b"WEBVTT", inputLanguage="nl", storyboardFile=b"\xff\xd8"
        ),
        "POST /runners/jobs/{jobUUID}/success",
        f"{JOB}/success",
        Form(
            (*TOKENS.items(), ("payload[inputLanguage]", "nl")),
            (
                ("payload[videoFile]", "a.mp4", "video/mp4"),
                ("payload[vttFile]", "captions.vtt", "text/vtt"),
                ("payload[storyboardFile]", "payload[storyboardFile].jpg", "image/jpeg"),
            ),
        ),
        anonymous=True,
    ),
    Case(
        "runners.jobs.cancel",
        lambda pt: pt.runners.jobs.cancel(UUID),
        "POST /runners/jobs/{jobUUID}/cancel",
        f"{JOB}/cancel",
        repeated=True,
    ),
    Case("runners.jobs.delete", lambda pt: pt.runners.jobs.delete(UUID), "DELETE /runners/jobs/{jobUUID}", JOB),
    *(_file(name, path) for name, path in FILES),
    Case(
        "runners.jobs.files.studio_file",
        lambda pt: pt.runners.jobs.files.studio_file(UUID, 7, "in tro.mp4", **TOKENS),
        "POST /runners/jobs/{jobUUID}/files/videos/{videoIdOrUUID}/studio/task-files/{filename}",
        f"{JOB}/files/videos/7/studio/task-files/in%20tro.mp4",
        TOKENS,
        b"\x00\x01",
        anonymous=True,
        repeated=True,
    ),
)
