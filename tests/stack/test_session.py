"""The session by itself: where tokens come from, what the endpoint's answers mean, and what is said of them."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aiopeertube import errors
from aiopeertube.events import Hooks, TokenRenewed
from aiopeertube.stack.auth import Auth, Credentials, Session, Sign, _refusal, _seconds, _token
from aiopeertube.stack.tokens import Token, TokenFile
from aiopeertube.testing import reply
from aiopeertube.wire.answers import nothing
from aiopeertube.wire.messages import FormBody, Request, Response

pytestmark = [pytest.mark.anyio]

CLIENT = {"client_id": "id", "client_secret": "secret"}
GIVEN = {"access_token": "new", "refresh_token": "next", "expires_in": 900, "refresh_token_expires_in": 9000}


class Endpoint:
    """Gives the client, and then answers in turn, the last one for ever; keeps what was asked."""

    def __init__(self, *answers: Any, client: Any = CLIENT) -> None:
        self.answers, self.client = list(answers), client
        self.asked: list[dict[str, str]] = []
        self.requests: list[Request] = []

    async def handle(self, request: Request) -> Response:
        self.requests.append(request)
        response = reply(200)
        if request.method == "GET":
            response.value = self.client
            return response
        assert isinstance(request.body, FormBody)
        self.asked.append(dict(request.body.fields))
        await asyncio.sleep(1.0)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        response.value = answer
        return response


def session(endpoint: Endpoint, heard: list[str] | None = None, **options: Any) -> Session:
    hooks = Hooks()
    if heard is not None:
        hooks.on(TokenRenewed, lambda event: heard.append(event.how))
    given = {"credentials": Credentials("anna", "pass")} | options
    return Session(given.pop("credentials"), origin="http://a", exchange=endpoint, hooks=hooks, **given)


def is_unsaved(made: Session) -> bool:
    return made._unsaved


def is_refreshing(made: Session) -> bool:
    return made._refreshing


def api(status: int, code: str = "", detail: str = "") -> errors.ApiError:
    return errors.ApiError(status=status, method="POST", path="/t", code=code, detail=detail)


# -- what the endpoint's answers mean ----------------------------------------------------------------


def test_a_token_of_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aiopeertube.stack.auth.time.time", lambda: 1000.0)
    assert _token(GIVEN) == Token("new", "next", 1900.0, 10_000.0)
    assert _token({"access_token": "new"}) == Token("new")
    assert _token({"access_token": "new", "refresh_token": "a b", "expires_in": 3}) == Token("new")
    assert _token({"access_token": "new", "refresh_token": 5, "expires_in": 3.5}) == Token("new", None, 1003.5)
    assert _token({"access_token": "new", "expires_in": 0, "refresh_token_expires_in": 0.5}) == Token(
        "new", None, None, 1000.5
    )


@pytest.mark.parametrize("answer", [None, [], "new", {}, {"access_token": ""}, {"access_token": 5}])
def test_an_answer_without_a_token(answer: object) -> None:
    with pytest.raises(errors.UnexpectedResponse) as caught:
        _token(answer)
    assert str(caught.value) == "the token endpoint gave no access token"
    assert caught.value.status == 200


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (5, 5.0),
        (0.5, 0.5),
        (1, 1.0),
        (0, 0.0),
        (-1, 0.0),
        (True, 0.0),
        ("5", 0.0),
        (None, 0.0),
        (3.2e9, 0.0),
        (3.1e9, 3.1e9),
    ],
)
def test_how_long_something_lives(value: object, seconds: float) -> None:
    assert _seconds({"expires_in": value}, "expires_in") == seconds
    assert type(_seconds({"expires_in": value}, "expires_in")) is float


REFUSED = "http://a refused the login of anna: "
REFUSALS = [
    (
        api(401, "missing_two_factor"),
        errors.TwoFactorRequired,
        "anna at http://a has two-factor authentication; give a one-time code",
    ),
    (
        api(400, "invalid_two_factor"),
        errors.WrongTwoFactorCode,
        "the one-time code for anna at http://a is wrong or too old",
    ),
    (
        api(400, "invalid_grant"),
        errors.WrongCredentials,
        "http://a does not accept this user name and password for anna",
    ),
    (api(400, "blocked", "You are blocked"), errors.AuthenticationError, f"{REFUSED}You are blocked"),
    (api(401, "odd"), errors.AuthenticationError, f"{REFUSED}odd"),
    (api(403, "odd"), errors.AuthenticationError, f"{REFUSED}odd"),
]


@pytest.mark.parametrize(("error", "kind", "said"), REFUSALS)
async def test_a_refused_login(error: errors.ApiError, kind: type[Exception], said: str) -> None:
    refusal = _refusal(error, "anna", "http://a")
    assert (type(refusal), str(refusal)) == (kind, said)
    with pytest.raises(kind) as caught:
        await session(Endpoint(error)).renew(None)
    assert str(caught.value) == said


def test_what_is_no_refusal() -> None:
    for error in (api(404), api(500), api(429, "odd")):
        assert _refusal(error, "anna", "http://a") is None


# -- ways to a token ---------------------------------------------------------------------------------


async def test_a_login_asks_for_the_client_once_and_sends_what_was_given() -> None:
    endpoint, heard = Endpoint(GIVEN), list[str]()
    made = session(endpoint, heard)
    token = await made.renew(None)
    assert made.token is token
    await made.renew(token)
    grant = {"client_id": "id", "client_secret": "secret", "grant_type": "password"}
    assert grant.items() <= endpoint.asked[0].items()
    assert (endpoint.asked[0]["username"], endpoint.asked[0]["password"]) == ("anna", "pass")
    assert endpoint.asked[1]["refresh_token"] == "next"
    assert [request.method for request in endpoint.requests] == ["GET", "POST", "POST"]
    assert not any(request.authenticate for request in endpoint.requests)
    assert (heard, made.renewals) == (["login", "refresh"], 2)


async def test_who_asks_for_another_than_the_one_in_use_gets_that() -> None:
    endpoint = Endpoint(GIVEN)
    now, old = Token("now", expires_at=time.time() + 900), Token("old")
    made = session(endpoint, token=now)
    assert await made.renew(old) is now
    assert endpoint.asked == []
    made.token = Token("over", expires_at=time.time() - 1)
    assert (await made.renew(old)).access == "new"
    assert (await made.renew(made.token)).access == "new"
    assert len(endpoint.asked) == 2


@pytest.mark.parametrize("client", [None, [], {}, {"client_id": "id"}, {"client_id": "id", "client_secret": 5}])
async def test_an_endpoint_that_gives_no_client(client: object) -> None:
    with pytest.raises(errors.NoToken) as caught:
        await session(Endpoint(GIVEN, client=client)).renew(None)
    assert str(caught.value) == "http://a gave no token: http://a gave no OAuth client"
    assert isinstance(caught.value.__cause__, errors.UnexpectedResponse)
    assert caught.value.__cause__.status == 200


@pytest.mark.parametrize(
    ("dead", "said"),
    [
        (None, "no saved token for http://a; log in first"),
        (Token("dead"), "the token for http://a is no longer valid and cannot be renewed; log in again"),
    ],
)
async def test_where_nobody_can_log_in(dead: Token | None, said: str) -> None:
    with pytest.raises(errors.SessionExpired) as caught:
        await session(Endpoint(GIVEN), credentials=Credentials(), token=dead).renew(dead)
    assert str(caught.value) == said


async def test_a_refused_login_is_not_tried_again_for_a_minute() -> None:
    endpoint, loop = Endpoint(api(400, "invalid_grant")), asyncio.get_running_loop()
    made = session(endpoint)
    for _ in range(3):
        with pytest.raises(errors.WrongCredentials):
            await made.renew(None)
    assert len(endpoint.asked) == 1
    assert made._refused is not None
    when = made._refused[0]
    await asyncio.sleep(when + 59.9 - loop.time())
    with pytest.raises(errors.WrongCredentials):
        await made.renew(None)
    await asyncio.sleep(when + 60.0 - loop.time())
    with pytest.raises(errors.WrongCredentials):
        await made.renew(None)
    assert len(endpoint.asked) == 2
    made.forget()
    endpoint.answers = [GIVEN]
    await made.renew(None)
    assert made._refused is None


@pytest.mark.parametrize("code", ["missing_two_factor", "invalid_two_factor"])
@pytest.mark.parametrize(("otp", "tried"), [("123456", 1), (lambda: "123456", 2)])
async def test_only_a_function_can_give_another_code(code: str, otp: str | Callable[[], str], tried: int) -> None:
    endpoint = Endpoint(api(401, code))
    made = session(endpoint, credentials=Credentials("anna", "pass", otp))
    for _ in range(2):
        with pytest.raises(errors.AuthenticationError):
            await made.renew(None)
    assert len(endpoint.asked) == tried


async def test_a_function_cannot_help_a_wrong_password() -> None:
    endpoint = Endpoint(api(400, "invalid_grant"))
    made = session(endpoint, credentials=Credentials("anna", "pass", lambda: "123456"))
    for _ in range(2):
        with pytest.raises(errors.WrongCredentials):
            await made.renew(None)
    assert len(endpoint.asked) == 1


async def test_a_function_that_is_cancelled_from_within_is_told() -> None:
    def code() -> str:
        raise asyncio.CancelledError

    with pytest.raises(errors.NoCode) as caught:
        await session(Endpoint(GIVEN), credentials=Credentials("anna", "pass", code)).renew(None)
    assert str(caught.value) == "the function that gives the one-time code was cancelled from within"


async def test_a_function_that_fails_ends_what_needs_a_token_and_is_not_asked_for_each_call() -> None:
    failure, asked = RuntimeError("no key is plugged in"), list[int]()

    def code() -> str:
        asked.append(1)
        raise failure

    with pytest.raises(errors.NoCode, match=r"raised RuntimeError\('no key is plugged in'\)$") as caught:
        await session(Endpoint(GIVEN), credentials=Credentials("anna", "pass", code)).renew(None)
    assert caught.value.__cause__ is failure
    assert errors.ends_run(caught.value)
    assert asked == [1]


async def test_what_a_function_could_not_give_is_asked_for_again() -> None:
    answers: list[Any] = [asyncio.CancelledError(), "123456"]

    def code() -> str:
        answer = answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return str(answer)

    made = session(Endpoint(GIVEN), credentials=Credentials("anna", "pass", code))
    with pytest.raises(errors.NoCode):
        await made.renew(None)
    assert (await made.renew(None)).access == "new"


async def test_who_is_cancelled_is_told_from_the_function_that_is() -> None:
    async def waits() -> str:
        await asyncio.sleep(3600)
        return "123456"

    def cancelled() -> str:
        raise asyncio.CancelledError

    asks = asyncio.create_task(session(Endpoint(GIVEN), credentials=Credentials("anna", "pass", waits))._code())
    await asyncio.sleep(1.0)
    asks.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asks

    async def after_another() -> None:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            await session(Endpoint(GIVEN), credentials=Credentials("anna", "pass", cancelled))._code()

    later = asyncio.create_task(after_another())
    await asyncio.sleep(1.0)
    later.cancel()
    with pytest.raises(errors.NoCode):
        await later


# -- the file ----------------------------------------------------------------------------------------


async def test_what_another_process_saved_is_no_renewal_and_not_saved_again(tmp_path: Path) -> None:
    file, heard = TokenFile(tmp_path / "token", origin="http://a", username="anna"), list[str]()
    file.save(Token("saved", expires_at=time.time() + 900))
    before = file.path.stat().st_mtime_ns
    endpoint = Endpoint(GIVEN)
    made = session(endpoint, heard, file=file)
    assert (await made.renew(None)).access == "saved"
    assert (heard, made.renewals, endpoint.asked) == (["saved"], 0, [])
    assert file.path.stat().st_mtime_ns == before


async def test_a_token_that_cannot_be_saved_is_used_and_saved_when_the_client_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    file = TokenFile(tmp_path / "token", origin="http://a", username="anna")
    made, saved = session(Endpoint(GIVEN), file=file), list[Token]()

    def full(token: Token) -> None:
        raise OSError(28, "no space left")

    monkeypatch.setattr(file, "save", full)
    assert (await made.renew(None)).access == "new"
    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [
        f"the renewed token cannot be saved in {file}: no space left"
    ]
    assert is_unsaved(made)
    monkeypatch.setattr(file, "save", saved.append)
    await made.close()
    assert [token.access for token in saved] == ["new"]
    assert not is_unsaved(made)
    await made.close()
    assert len(saved) == 1


async def test_forgetting_takes_the_file_away(tmp_path: Path) -> None:
    file = TokenFile(tmp_path / "token", origin="http://a", username="anna")
    file.save(Token("saved"))
    made = session(Endpoint(GIVEN), file=file, token=Token("saved"))
    made.forget()
    assert made.token is None
    assert not file.path.exists()


# -- closing, and what is shown ----------------------------------------------------------------------


async def test_closing_ends_a_login_and_all_who_wait() -> None:
    endpoint = Endpoint(GIVEN)
    made = session(endpoint)
    waits = [asyncio.create_task(made.renew(None)) for _ in range(3)]
    await asyncio.sleep(0.5)
    await made.close()
    told = await asyncio.gather(*waits, return_exceptions=True)
    assert [str(error) for error in told] == ["the client was closed before there was a token"] * 3
    assert made.token is None
    assert made._renewal is None


async def test_who_begins_to_wait_while_it_closes_is_told_too() -> None:
    made = session(Endpoint(GIVEN))
    first = asyncio.create_task(made.renew(None))
    await asyncio.sleep(0.5)
    closing = asyncio.create_task(made.close())
    await asyncio.sleep(0)
    second = asyncio.create_task(made.renew(None))
    await closing
    told = await asyncio.gather(first, second, return_exceptions=True)
    assert isinstance(told[1], errors.ClientClosed)
    assert str(told[1]) == "the client was closed"


async def test_a_refresh_has_a_moment_only_where_its_token_is_kept(tmp_path: Path) -> None:
    file = TokenFile(tmp_path / "token", origin="http://a", username="anna")
    for kept_in, kept in ((file, "new"), (None, "old")):
        made = session(Endpoint(GIVEN), token=Token("old", "r"), file=kept_in)
        wait = asyncio.create_task(made.renew(made.token))
        await asyncio.sleep(0.5)
        assert is_refreshing(made)
        await made.close()
        await asyncio.gather(wait, return_exceptions=True)
        assert not is_refreshing(made)
        assert made.token is not None
        assert made.token.access == kept


async def test_what_is_shown_is_no_secret() -> None:
    made = session(Endpoint(GIVEN))
    assert repr(made) == "<Session at http://a, no token, 0 renewals>"
    await made.renew(None)
    assert repr(made) == "<Session at http://a, a token, 1 renewal>"
    assert repr(Auth(Endpoint(GIVEN), made)) == f"<Auth, {made!r}>"
    assert repr(Sign(Endpoint(GIVEN), made)) == "<Sign>"


# -- requests ----------------------------------------------------------------------------------------


class Server:
    """Answers in turn, the last one for ever, and keeps the tokens that came."""

    def __init__(self, *answers: Response) -> None:
        self.answers, self.tokens = list(answers), list[str | None]()

    async def handle(self, request: Request) -> Response:
        self.tokens.append(request.token)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def request(*, authenticate: bool = True) -> Request:
    return Request("GET", "http://a", "/x", path="/x", decode=nothing, authenticate=authenticate)


async def test_a_token_that_the_server_takes_back_is_renewed_three_times_for_one_request() -> None:
    dead = reply(401, {"code": "invalid_token"})
    endpoint = Endpoint(*[{"access_token": f"t{number}"} for number in range(9)])
    made = session(endpoint)
    server = Server(dead)
    with pytest.raises(errors.SessionExpired) as caught:
        await Auth(Sign(server, made), made).handle(request())
    assert str(caught.value) == "http://a does not accept the token that it has just given"
    assert server.tokens == ["t0", "t1", "t2", "t3"]


@pytest.mark.parametrize(("revoked", "status"), [(6, 200), (11, None)])
async def test_tokens_that_work_for_others_may_be_revoked_while_one_waits(revoked: int, status: int | None) -> None:
    endpoint = Endpoint(*[{"access_token": f"t{number}"} for number in range(12)])
    made, fine = session(endpoint), reply(200, {})
    server = Server(*[reply(401, {"code": "invalid_token"})] * revoked, fine)

    class OthersFirst:
        async def handle(self, mine: Request) -> Response:
            await Auth(Sign(Server(fine), made), made).handle(request())
            return await Sign(server, made).handle(mine)

    if status is None:
        with pytest.raises(errors.SessionExpired):
            await Auth(OthersFirst(), made).handle(request())
        return
    assert (await Auth(OthersFirst(), made).handle(request())).status == status
    assert server.tokens == [f"t{number}" for number in range(revoked + 1)]


async def test_a_request_that_needs_no_token_waits_for_none() -> None:
    endpoint, server = Endpoint(GIVEN), Server(reply(401, {"code": "invalid_token"}))
    made = session(endpoint)
    response = await Auth(Sign(server, made), made).handle(request(authenticate=False))
    assert (response.status, server.tokens, endpoint.requests) == (401, [None], [])


async def test_a_token_that_somebody_renewed_meanwhile_is_tried_without_another_renewal() -> None:
    endpoint = Endpoint(GIVEN)
    made = session(endpoint, token=Token("one"))

    class Swaps(Server):
        async def handle(self, request: Request) -> Response:
            response = await super().handle(request)
            made.token = Token("two")
            return response

    server = Swaps(reply(401, {"code": "invalid_token"}), reply(200))
    response = await Auth(Sign(server, made), made).handle(request())
    assert (response.status, server.tokens, endpoint.asked) == (200, ["one", "two"], [])


async def test_a_token_that_is_over_is_refreshed_before_anything_is_sent() -> None:
    endpoint, server = Endpoint(GIVEN), Server(reply(200))
    made = session(endpoint, token=Token("old", "r", expires_at=time.time() - 5))
    await Auth(Sign(server, made), made).handle(request())
    assert [grant["grant_type"] for grant in endpoint.asked] == ["refresh_token"]
    assert server.tokens == ["new"]
