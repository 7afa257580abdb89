"""What is repeated, what is not, and when; on the virtual clock."""

import asyncio
import math

import anyio
import pytest

from aiopeertube import PeerTube, errors
from aiopeertube.events import Hooks, Retrying
from aiopeertube.stack.retry import GIVE_UP, Failure, Forgives, Retry, Unsettled, decide
from aiopeertube.testing import MockTransport, reply
from aiopeertube.wire.answers import json_or_text, nothing
from aiopeertube.wire.messages import Request, Response

Answered = int | Response | Exception

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("virtual_backend")]


@pytest.fixture
def most_jitter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the longest wait that the jitter allows."""
    monkeypatch.setattr("aiopeertube.stack.retry.random.uniform", lambda low, high: high)


def api(kind: type[errors.ApiError], status: int) -> errors.ApiError:
    return kind(status=status, method="GET", path="/x")


UNREACHABLE = errors.ServerUnreachable("refused")
LOST, LATE = errors.ConnectionLost("gone"), errors.RequestTimeout("late")
ODD = errors.UnexpectedResponse("a page of HTML", status=200)
REDIRECTED = errors.RedirectRefused("no", status=301, location="/")
REFUSED = api(errors.RateLimited, 429)
FAILED = api(errors.ServerError, 500)
FINAL = [
    api(errors.BadRequest, 400),
    api(errors.NotPermitted, 401),
    api(errors.NotPermitted, 403),
    api(errors.NotFound, 404),
    api(errors.Conflict, 409),
    api(errors.TooLarge, 413),
    api(errors.Unprocessable, 422),
    api(errors.ApiError, 418),
]

AGAIN, AT_ONCE = 0.25, 0.0
READS_AND_SAFE_WRITES, UNSAFE = ("GET", "HEAD", "PUT", "DELETE"), ("POST", "PATCH")
TABLE = [
    *[(method, UNREACHABLE, AGAIN) for method in READS_AND_SAFE_WRITES + UNSAFE],
    *[(method, REFUSED, AT_ONCE) for method in READS_AND_SAFE_WRITES + UNSAFE],
    *[(method, error, AGAIN) for method in READS_AND_SAFE_WRITES for error in (LOST, LATE, ODD, FAILED)],
    *[(method, error, GIVE_UP) for method in UNSAFE for error in (LOST, LATE, ODD, FAILED)],
    *[(method, REDIRECTED, GIVE_UP) for method in READS_AND_SAFE_WRITES + UNSAFE],
    *[(method, error, GIVE_UP) for method in ("GET", "PUT", "POST", "DELETE") for error in FINAL],
]


def a_request(method: str = "GET", *, idempotent: bool | None = None) -> Request:
    return Request(method, "http://localhost", "/x", decode=json_or_text, idempotent=idempotent)


def name_of(part: object) -> str:
    return f"{type(part).__name__}{getattr(part, 'status', '')}" if isinstance(part, Exception) else str(part)


@pytest.mark.usefixtures("most_jitter")
@pytest.mark.parametrize(("method", "error", "wait"), TABLE, ids=name_of)
def test_decisions(method: str, error: errors.PeerTubeError, wait: float) -> None:
    assert decide(Failure(a_request(method), error, 1, 8)) == wait


@pytest.mark.usefixtures("most_jitter")
@pytest.mark.parametrize("error", [LOST, LATE, ODD, FAILED])
def test_what_a_call_says_of_itself_goes_before_its_method(error: errors.PeerTubeError) -> None:
    assert decide(Failure(a_request("POST", idempotent=True), error, 1, 8)) == AGAIN
    assert decide(Failure(a_request("PUT", idempotent=False), error, 1, 8)) == GIVE_UP


@pytest.mark.parametrize("attempts", [8, 1000])
def test_refusals_take_no_attempt(attempts: int) -> None:
    assert decide(Failure(a_request(), REFUSED, attempts, 8)) == AT_ONCE


AWAY = errors.ServerAway("away")
ENDS = [AWAY, errors.WrongCredentials("no"), errors.CertificateNotTrusted("who?"), errors.ClientClosed("closed")]


@pytest.mark.parametrize("error", ENDS, ids=name_of)
def test_what_all_others_would_meet_is_final_at_once(error: errors.PeerTubeError) -> None:
    assert decide(Failure(a_request(), error, 1, 8)) == GIVE_UP


def test_refused_for_too_long_is_final() -> None:
    error = errors.RefusedTooLong(status=429, method="GET", path="/x")
    assert decide(Failure(a_request(), error, 0, 8)) == GIVE_UP


@pytest.mark.parametrize("error", [UNREACHABLE, LOST, FAILED, ODD], ids=name_of)
def test_attempts_end(error: errors.PeerTubeError) -> None:
    assert decide(Failure(a_request(), error, 7, 8)) != GIVE_UP
    assert decide(Failure(a_request(), error, 8, 8)) == GIVE_UP


@pytest.mark.usefixtures("most_jitter")
def test_waits_double_up_to_a_quarter_of_a_minute() -> None:
    waits = [decide(Failure(a_request(), LOST, attempt, 99)) for attempt in range(1, 10)]
    assert waits == [0.25, 0.5, 1, 2, 4, 8, 15, 15, 15]


def test_waits_are_spread_over_their_whole_length() -> None:
    waits = [decide(Failure(a_request(), LOST, 4, 99)) for _ in range(500)]
    assert all(0 <= wait <= 2 for wait in waits)
    assert min(waits) < 0.5
    assert max(waits) > 1.5


# -- the layer -----------------------------------------------------------------------------------


class Script:
    """Gives answers in turn, the last one for ever, and notes when each was asked for."""

    def __init__(self, *answers: Answered) -> None:
        self.answers = list(answers)
        self.times: list[float] = []
        self.until = math.inf

    async def handle(self, request: Request) -> Response:
        self.times.append(asyncio.get_running_loop().time())
        if self.times[-1] >= self.until:
            self.answers = self.answers[-1:]
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return reply(answer) if isinstance(answer, int) else answer


def layer(
    script: Script,
    *,
    attempts: int = 8,
    hooks: Hooks | None = None,
    forgives: Forgives = lambda moment: False,
    unsettled: Unsettled = lambda moment: False,
) -> Retry:
    clock = asyncio.get_running_loop().time
    hooks = hooks or Hooks()
    return Retry(script, attempts=attempts, clock=clock, hooks=hooks, forgives=forgives, unsettled=unsettled)


async def test_a_success_is_decoded_once() -> None:
    script = Script(reply(200, {"a": 1}))
    response = await layer(script).handle(a_request())
    assert response.value == {"a": 1}
    assert len(script.times) == 1


@pytest.mark.parametrize("failure", [UNREACHABLE, LOST, LATE, ODD, 500, 502, 503, 504, 408, 421, 425])
async def test_a_read_is_repeated_until_it_succeeds(failure: Answered) -> None:
    script = Script(failure, failure, reply(200, {"a": 1}))
    top = layer(script)
    assert (await top.handle(a_request())).value == {"a": 1}
    assert (len(script.times), top.retries) == (3, 2)


@pytest.mark.parametrize("attempts", [1, 2, 5])
@pytest.mark.parametrize(("failure", "kind"), [(LOST, errors.ConnectionLost), (500, errors.ServerError)])
async def test_the_last_error_is_raised_when_attempts_end(
    attempts: int, failure: Answered, kind: type[errors.PeerTubeError]
) -> None:
    script = Script(failure)
    with pytest.raises(kind):
        await layer(script, attempts=attempts).handle(a_request())
    assert len(script.times) == attempts


@pytest.mark.parametrize("method", UNSAFE)
@pytest.mark.parametrize("failure", [LOST, LATE, ODD, 500, 503, 408], ids=str)
async def test_a_post_is_never_repeated_after_a_lost_answer(method: str, failure: Answered) -> None:
    script = Script(failure, 204)
    with pytest.raises(errors.PeerTubeError):
        await layer(script).handle(a_request(method))
    assert len(script.times) == 1


async def test_a_post_is_not_repeated_after_a_lost_answer_that_followed_a_harmless_failure() -> None:
    script = Script(UNREACHABLE, 429, LOST, 204)
    with pytest.raises(errors.ConnectionLost):
        await layer(script).handle(a_request("POST"))
    assert len(script.times) == 3


async def test_a_post_that_never_left_is_repeated() -> None:
    script = Script(UNREACHABLE, 429, UNREACHABLE, 204)
    assert (await layer(script).handle(a_request("POST"))).status == 204


async def test_refusals_do_not_count_as_attempts() -> None:
    script = Script(*[429] * 20, 500, *[429] * 10, 200)
    top = layer(script, attempts=2)
    assert (await top.handle(a_request())).status == 200
    assert len(script.times) == 32


@pytest.mark.parametrize("failure", [UNREACHABLE, LOST, LATE, 500, 503], ids=str)
async def test_an_outage_is_nobodys_attempt(failure: Answered) -> None:
    loop = asyncio.get_running_loop()
    back = loop.time() + 100
    script = Script(*[failure] * 300, 204)
    top = layer(script, attempts=2, forgives=lambda moment: moment < back)
    script.until = back
    assert (await top.handle(a_request("PUT"))).status == 204
    assert len(script.times) > 2


@pytest.mark.parametrize("away", [True, False])
async def test_the_last_attempt_waits_for_the_verdict(away: bool) -> None:
    loop = asyncio.get_running_loop()
    settled = loop.time() + 3
    script = Script(503, 204)
    top = layer(
        script,
        attempts=1,
        forgives=lambda moment: away and loop.time() >= settled,
        unsettled=lambda moment: loop.time() < settled,
    )
    if away:
        assert (await top.handle(a_request("PUT"))).status == 204
    else:
        with pytest.raises(errors.ServerError):
            await top.handle(a_request("PUT"))
    assert len(script.times) == 1 + away
    assert loop.time() >= settled


async def test_a_verdict_that_never_comes_is_not_waited_for_endlessly() -> None:
    loop = asyncio.get_running_loop()
    began, script = loop.time(), Script(503, 204)
    top = layer(script, attempts=1, unsettled=lambda moment: True)
    with pytest.raises(errors.ServerError):
        await top.handle(a_request("PUT"))
    assert loop.time() - began < 11


@pytest.mark.parametrize("attempts", [1, 2])
async def test_an_outage_costs_no_item_however_few_the_attempts(attempts: int) -> None:
    loop = asyncio.get_running_loop()

    async def answer(request: Request) -> Response:
        await asyncio.sleep(0.02)
        return reply(503) if began + 0.3 <= loop.time() < began + 3.3 else reply(204)

    began = loop.time()
    async with PeerTube("http://localhost", token="t", attempts=attempts, transport=MockTransport(answer)) as pt:
        calls = [pt.videos.update(number, name="Film") for number in range(1, 601)]
        async with pt.bulk(calls) as run:
            lost = [outcome async for outcome in run if not outcome.ok]
    assert lost == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 422])
async def test_what_is_the_items_own_fault_is_final(status: int) -> None:
    script = Script(status, 200)
    with pytest.raises(errors.ApiError) as caught:
        await layer(script).handle(a_request("PUT"))
    assert (caught.value.status, len(script.times)) == (status, 1)


@pytest.mark.parametrize("before", [[LOST], [LATE], [500], [LOST, 429], [ODD, 503]], ids=str)
async def test_a_404_to_a_delete_after_a_lost_answer_is_success(before: list[Answered]) -> None:
    script = Script(*before, 404)
    response = await layer(script).handle(a_request("DELETE"))
    assert response.value is None
    assert len(script.times) == len(before) + 1


@pytest.mark.parametrize(
    "before",
    [
        [],
        [429],
        pytest.param(
            [UNREACHABLE],
        ),
    ],
    ids=str,
)
async def test_a_404_to_a_delete_that_was_never_seen_before_is_an_error(before: list[Answered]) -> None:
    with pytest.raises(errors.NotFound):
        await layer(Script(*before, 404)).handle(a_request("DELETE"))


@pytest.mark.parametrize("method", ["GET", "PUT"])
async def test_a_404_to_anything_else_is_an_error_always(method: str) -> None:
    with pytest.raises(errors.NotFound):
        await layer(Script(LOST, 404)).handle(a_request(method))


async def test_an_odd_answer_is_repeated_where_that_is_safe() -> None:
    page = reply(200, text="<html>restarting</html>")
    script = Script(page, page, 204)
    request = Request("PUT", "http://localhost", "/x", decode=nothing)
    assert (await layer(script).handle(request)).status == 204
    assert len(script.times) == 3


async def test_what_is_refused_before_sending_is_not_repeated() -> None:
    script = Script(errors.FileUnreadable("a.jpg", "gone"), 204)
    with pytest.raises(errors.FileUnreadable):
        await layer(script).handle(a_request("PUT"))
    assert len(script.times) == 1


@pytest.mark.usefixtures("most_jitter")
async def test_attempts_are_apart_as_long_as_decided() -> None:
    script = Script(LOST, LOST, 500, 200)
    heard: list[Retrying] = []
    hooks = Hooks()
    hooks.on(Retrying, heard.append)
    await layer(script, hooks=hooks).handle(a_request())
    pauses = [after - before for before, after in zip(script.times, script.times[1:], strict=False)]
    assert pauses == pytest.approx([0.25, 0.5, 1.0])
    assert [event.wait for event in heard] == pytest.approx(pauses)


async def test_being_cancelled_while_waiting_ends_it() -> None:
    script = Script(LOST)
    with anyio.move_on_after(0.0) as scope:
        await layer(script, attempts=1000).handle(a_request())
    assert scope.cancelled_caught


DOUBTFUL = [  # how each attempt ends, and whether the last error says that the server may have done it
    ([LOST], True),
    ([LATE], True),
    ([ODD], True),
    ([500], True),
    ([REDIRECTED], False),
    ([400], False),
    ([408], False),
    ([LOST, 408], True),
    ([500, 404], False),
    ([500, UNREACHABLE, 499], False),
    ([LOST, 429, UNREACHABLE], True),
    ([LOST, errors.ServerAway("gone")], True),
    ([UNREACHABLE, errors.ServerAway("gone")], False),
    ([LOST, api(errors.RefusedTooLong, 429)], True),
]


def ends(*answers: Answered) -> list[Answered]:
    """Give errors of one's own, for they are changed."""
    return [errors.again(answer) if isinstance(answer, errors.PeerTubeError) else answer for answer in answers]


@pytest.mark.parametrize(("answers", "doubtful"), DOUBTFUL, ids=str)
async def test_an_error_says_whether_the_server_may_have_done_it(answers: list[Answered], doubtful: bool) -> None:
    for method, expected in (("PUT", doubtful), ("GET", False)):
        with pytest.raises(errors.PeerTubeError) as caught:
            await layer(Script(*ends(*answers)), attempts=len(answers)).handle(a_request(method))
        assert caught.value.in_doubt is expected


async def test_the_end_of_patience_names_what_failed_first() -> None:
    gone, request = errors.ServerAway("gone"), a_request()
    with pytest.raises(errors.ServerAway):
        await layer(Script(LOST, gone)).handle(request)
    assert gone.__cause__ is LOST
    own = errors.ServerAway("gone")
    own.__cause__ = LATE
    with pytest.raises(errors.ServerAway):
        await layer(Script(LOST, own)).handle(a_request())
    assert own.__cause__ is LATE


async def test_what_a_refusal_follows_stays_the_failure() -> None:
    for answers, failure in (([LOST, 429, 200], errors.ConnectionLost), ([429, 200], errors.RateLimited)):
        request = a_request()
        await layer(Script(*answers)).handle(request)
        assert type(request.failure) is failure
    request = a_request()
    await layer(Script(429, LOST, 200)).handle(request)
    assert type(request.failure) is errors.ConnectionLost


async def test_a_request_came_when_it_first_failed() -> None:
    request, loop = a_request(), asyncio.get_running_loop()
    began = loop.time()
    await layer(Script(LOST, LOST, 200)).handle(request)
    assert request.since == began
    request.since = 5.0
    await layer(Script(LOST, 200)).handle(request)
    assert request.since == 5.0


async def test_closing_ends_all_pauses_at_once_and_sends_nothing_more() -> None:
    script, loop = Script(UNREACHABLE), asyncio.get_running_loop()
    top = layer(script, attempts=1000)
    calls = [asyncio.create_task(top.handle(a_request("PUT"))) for _ in range(3)]
    await asyncio.sleep(60)
    calls[0].cancel()
    began, sent = loop.time(), len(script.times)
    top.close(errors.ClientClosed("over"))
    told = await asyncio.gather(*calls, return_exceptions=True)
    assert loop.time() == began
    assert [type(error) for error in told] == [asyncio.CancelledError, errors.ClientClosed, errors.ClientClosed]
    assert [str(error) for error in told[1:]] == ["over", "over"]
    with pytest.raises(errors.ClientClosed, match="over"):
        await top.handle(a_request())
    assert len(script.times) == sent


@pytest.mark.parametrize("settles", [True, False])
async def test_closing_says_what_is_in_doubt(settles: bool) -> None:
    for method, failure, doubtful in (("PUT", LOST, True), ("PUT", UNREACHABLE, False), ("GET", LOST, False)):
        top = layer(Script(*ends(failure)), attempts=1000 if settles else 1, unsettled=lambda moment: True)
        call = asyncio.create_task(top.handle(a_request(method)))
        await asyncio.sleep(0.01)
        top.close(errors.ClientClosed("over"))
        with pytest.raises(errors.ClientClosed) as caught:
            await call
        assert caught.value.in_doubt is doubtful


@pytest.mark.usefixtures("most_jitter")
async def test_what_is_told_of_a_repetition(caplog: pytest.LogCaptureFixture) -> None:
    heard: list[Retrying] = []
    hooks = Hooks()
    hooks.on(Retrying, heard.append)
    caplog.set_level("DEBUG", "aiopeertube.retry")
    request = a_request("PUT")
    request.attempts = 3
    top = layer(Script(LOST, 429, 204), hooks=hooks)
    await top.handle(request)
    assert [(event.method, event.path, event.attempt, event.wait) for event in heard] == [
        ("PUT", "/x", 3, 0.25),
        ("PUT", "/x", 3, 0.0),
    ]
    assert [event.reason for event in heard][:1] == ["gone"]
    assert caplog.records[0].getMessage() == "PUT /x again in 0.25 s: gone"
    assert repr(top) == "<Retry, 2 retries>"
    assert not top._pauses


async def test_a_redirect_that_reaches_us_is_no_answer() -> None:
    where = "PUT /x was redirected (302) to /y; is that the instance's address?"
    for answer, kind, said in (
        (reply(302, location="/y"), errors.RedirectRefused, where),
        (reply(304), errors.UnexpectedResponse, "expected an answer, got status 304 with no content type, "),
    ):
        with pytest.raises(kind) as caught:
            await layer(Script(answer), attempts=1).handle(a_request("PUT"))
        assert str(caught.value).startswith(said)
        assert caught.value.status == answer.status
        assert getattr(caught.value, "location", None) == answer.headers.get("location")


async def test_an_answer_of_another_shape_says_what_was_wrong() -> None:
    def decode(response: Response) -> int:
        return dict[str, int]()["total"]

    request = Request("GET", "http://localhost", "/x", decode=decode)
    with pytest.raises(errors.UnexpectedResponse) as caught:
        await layer(Script(reply(200, {"a": 1})), attempts=1).handle(request)
    assert str(caught.value).startswith(
        "expected an answer of another shape was due (KeyError: 'total'), got status 200"
    )


# -- through the whole client --------------------------------------------------------------------


async def test_a_client_waits_for_a_proxys_429_and_goes_on() -> None:
    script = Script(reply(429, text="slow down", retry_after="7"), reply(200, {"id": 7}))
    async with PeerTube("http://localhost", transport=MockTransport(script.handle), attempts=1) as pt:
        assert dict(await pt.videos.get(7)) == {"id": 7}
        assert pt.statistics().refused == 1
    assert script.times[1] - script.times[0] >= 7


async def test_a_client_counts_its_retries() -> None:
    script = Script(503, LOST, reply(200, {"id": 7}))
    async with PeerTube("http://localhost", transport=MockTransport(script.handle)) as pt:
        await pt.videos.get(7)
        found = pt.statistics()
    assert (found.requests, found.retries) == (4, 2)  # after two failures it asks whether the server is there
    assert found.by_status == {503: 1, 0: 1, 200: 2}
