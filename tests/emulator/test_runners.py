"""Runners and their jobs, from the first token to the end of the work."""

from typing import Any

import pytest

from aiopeertube.emulator import Emulator
from aiopeertube.emulator.model.runners import RunnerJob

from .conftest import Clock, Visitor, form

pytestmark = pytest.mark.anyio
KIND = "vod-web-video-transcoding"


@pytest.fixture(params=["6.3", "8.2"])
def options(request: pytest.FixtureRequest, clock: Clock) -> dict[str, Any]:
    return {"videos": 1, "rate_limit": None, "login_limit": None, "clock": clock, "server_version": request.param}


@pytest.fixture
async def runner(server: Emulator, visitor: Visitor) -> str:
    """The token of a runner."""
    token = server.store.runners.add_token().token
    _, _, made = await visitor.call("POST", "/runners/register", json={"registrationToken": token, "name": "one"})
    return str(made["runnerToken"])


@pytest.fixture
def job(server: Emulator) -> RunnerJob:
    return server.store.runners.add_job(KIND, {"input": {"videoFileUrl": "x"}, "output": {"resolution": 720}})


async def accepted(visitor: Visitor, runner: str, job: RunnerJob) -> dict[str, str]:
    status, _, found = await visitor.call("POST", f"/runners/jobs/{job.uuid}/accept", json={"runnerToken": runner})
    assert (status, found["job"]["state"]["label"], found["job"]["payload"]) == (200, "Processing", job.payload)
    return {"runnerToken": runner, "jobToken": found["job"]["jobToken"]}


async def test_a_job_is_done(server: Emulator, visitor: Visitor, runner: str, job: RunnerJob) -> None:
    _, _, found = await visitor.call("POST", "/runners/jobs/request", json={"runnerToken": runner})
    assert [(row["uuid"], row["type"]) for row in found["availableJobs"]] == [(job.uuid, KIND)]
    tokens = await accepted(visitor, runner, job)
    path = f"/runners/jobs/{job.uuid}"
    _, _, found = await visitor.call("POST", "/runners/jobs/request", json={"runnerToken": runner})
    assert found == {"availableJobs": []}
    assert (await visitor.call("POST", f"{path}/update", json={**tokens, "progress": 40}))[0] == 204
    assert job.progress == 40
    server.store.videos[1].size = 5853
    url = f"{server.url}/api/v1{path}/files/videos/1/max-quality"
    async with visitor.session.post(url, data=tokens) as film:
        assert (film.status, len(await film.read())) == (200, 5853)
    status, _, refused = await visitor.call("POST", f"{path}/success", json=tokens)
    assert (status, refused["detail"]) == (400, "Payload is invalid")
    result = form(**tokens, **{"payload[videoFile]": ("a.mp4", b"film", "video/mp4")})
    assert (await visitor.call("POST", f"{path}/success", data=result))[0] == 204
    assert (job.state, job.progress, job.token) == (3, 100, "")
    assert (await visitor.call("POST", f"{path}/update", json={**tokens, "progress": 50}))[0] == 404


async def test_a_job_that_fails_is_tried_again_a_few_times(visitor: Visitor, runner: str, job: RunnerJob) -> None:
    for attempt in range(1, 6):
        tokens = await accepted(visitor, runner, job)
        body = {**tokens, "message": "broken"}
        assert (await visitor.call("POST", f"/runners/jobs/{job.uuid}/error", json=body))[0] == 204
        assert (job.failures, job.error, job.state) == (attempt, "broken", 1 if attempt < 5 else 4)


async def test_a_job_comes_back(server: Emulator, visitor: Visitor, runner: str, job: RunnerJob) -> None:
    tokens = await accepted(visitor, runner, job)
    status, _, refused = await visitor.call("POST", f"/runners/jobs/{job.uuid}/accept", json={"runnerToken": runner})
    assert (status, refused["detail"]) == (400, "This runner job is not in pending state")
    assert (await visitor.call("POST", f"/runners/jobs/{job.uuid}/abort", json={**tokens, "reason": "x"}))[0] == 204
    assert (job.state, job.runner) == (1, None)
    await accepted(visitor, runner, job)
    assert (await visitor.call("POST", "/runners/unregister", json={"runnerToken": runner}))[0] == 204
    assert (job.state, job.runner, server.store.runners.runners) == (1, None, {})


async def test_a_token_of_another_runner_is_no_use(visitor: Visitor, runner: str, job: RunnerJob) -> None:
    tokens = await accepted(visitor, runner, job)
    for wrong in ({**tokens, "jobToken": "nope"}, {**tokens, "runnerToken": "nope"}):
        body = {**wrong, "progress": 1}
        status, _, refused = await visitor.call("POST", f"/runners/jobs/{job.uuid}/update", json=body)
        assert (status, refused["detail"]) == (404, "Unknown runner job")
    body = {**tokens, "progress": 101}
    assert (await visitor.call("POST", f"/runners/jobs/{job.uuid}/update", json=body))[0] == 400


async def test_an_administrator_cancels_a_job(
    server: Emulator, visitor: Visitor, owner: Visitor, job: RunnerJob
) -> None:
    assert (await owner.call("POST", f"/runners/jobs/{job.uuid}/cancel"))[0] == 403
    await visitor.login("root", "test-root")
    _, _, listed = await visitor.get("/runners/jobs?stateOneOf=1")
    assert [(row["uuid"], row["privatePayload"]) for row in listed["data"]] == [(job.uuid, {})]
    assert (await visitor.call("POST", f"/runners/jobs/{job.uuid}/cancel"))[0] == 204
    status, _, refused = await visitor.call("POST", f"/runners/jobs/{job.uuid}/cancel")
    assert (status, refused["detail"][:28]) == (400, "Cannot cancel this job that ")
    assert (await visitor.call("DELETE", f"/runners/jobs/{job.uuid}"))[0] == 204
    assert server.store.runners.jobs == {}


async def test_a_registration_token_takes_its_runners_along(server: Emulator, visitor: Visitor, runner: str) -> None:
    await visitor.login("root", "test-root")
    (token,) = server.store.runners.tokens
    assert (await visitor.get("/runners/registration-tokens"))[2]["data"][0]["registeredRunnersCount"] == 1
    assert (await visitor.call("DELETE", f"/runners/registration-tokens/{token}"))[0] == 204
    status, _, refused = await visitor.call("POST", "/runners/jobs/request", json={"runnerToken": runner})
    assert (status, refused["code"]) == (404, "unknown_runner_token")


@pytest.mark.parametrize("options", [{"videos": 1, "rate_limit": (3, 10.0), "feed_limit": (1, 10.0)}])
async def test_runners_pass_the_limit_and_feeds_have_their_own(
    server: Emulator, visitor: Visitor, runner: str
) -> None:
    statuses = [(await visitor.call("POST", "/runners/unregister", json={"runnerToken": "no"}))[0] for _ in range(3)]
    assert statuses == [404, 404, 429]  # the runner's registration was the first
    assert (await visitor.call("POST", "/runners/jobs/request", json={"runnerToken": runner}))[0] == 200
    for expected in (200, 429):
        async with visitor.session.get(f"{server.url}/feeds/videos.json") as answer:
            assert (answer.status, answer.headers["X-RateLimit-Limit"]) == (expected, "1")
