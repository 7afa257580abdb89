"""Programs that work for the server, asked of a server."""

import os

import pytest
from walk import Walk, in_the_end

from aiopeertube import errors

pytestmark = pytest.mark.anyio

MISSING = "00000000-0000-4000-8000-000000000000"


async def test_a_runner_comes_and_goes(walk: Walk) -> None:
    await walk.do("runners.registration_tokens.generate")
    tokens = await walk.do("runners.registration_tokens.list", sort="-createdAt")
    try:
        for leaves in (True, False):
            name = f"runner {os.urandom(4).hex()}"
            runner = await walk.do("runners.register", registrationToken=tokens[0]["registrationToken"], name=name)
            assert name in {row["name"] for row in await walk.do("runners.list")}
            jobs = await walk.do("runners.jobs.request", runnerToken=runner["runnerToken"])
            assert jobs["availableJobs"] == []
            if leaves:
                await walk.do("runners.unregister", runnerToken=runner["runnerToken"])
            else:
                await walk.do("runners.delete", runner["id"])
    finally:
        await in_the_end(walk.pt.runners.registration_tokens.delete(tokens[0]["id"]))
    await walk.do("runners.jobs.list")
    for name in ("runners.jobs.cancel", "runners.jobs.delete"):
        with pytest.raises(errors.NotFound):
            await walk.do(name, MISSING)
    assert walk.differences == {}


async def test_jobs_of_runners_that_are_not_there(walk: Walk) -> None:
    tokens = {"runnerToken": "nope", "jobToken": "nope"}
    jobs = walk.pt.runners.jobs
    calls = [
        jobs.accept(MISSING, runnerToken="nope"),
        jobs.abort(MISSING, **tokens, reason="a test"),
        jobs.error(MISSING, **tokens, message="a test"),
        jobs.update(MISSING, runnerToken="nope", jobToken="nope", progress=1),
        jobs.success(MISSING, **tokens, vttFile=b"WEBVTT\n"),
        jobs.files.max_quality(MISSING, MISSING, **tokens),
        jobs.files.audio(MISSING, MISSING, **tokens),
        jobs.files.preview(MISSING, MISSING, **tokens),
        jobs.files.studio_file(MISSING, MISSING, "intro.mp4", **tokens),
        *([jobs.files.thumbnail(MISSING, MISSING, **tokens)] if walk.is_8 else []),
    ]
    for call in calls:
        with pytest.raises(errors.NotFound):
            await call
