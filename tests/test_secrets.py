"""Passwords, tokens and one-time codes show up nowhere."""

import logging
import pickle
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aiopeertube import Call, PeerTube, errors, events
from aiopeertube.stack.auth import Credentials
from aiopeertube.stack.tokens import Token
from aiopeertube.testing import MockTransport, reply
from aiopeertube.types import OAuthClient
from aiopeertube.wire.messages import FormBody, Request, Response

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("virtual_backend")]

PASSWORD, OTP, CLIENT_SECRET = "p4ssw0rd-Zq", "918273", "cl13nt-s3cr3t-Zq"
ACCESS, REFRESH = "acc3ss-Zq", "r3fresh-Zq"
SECRETS = (PASSWORD, OTP, CLIENT_SECRET, ACCESS, REFRESH, "Bearer", "uthorization")
KINDS = (
    events.AttemptFinished,
    events.Retrying,
    events.RateLimitWaiting,
    events.ConcurrencyChanged,
    events.TokenRenewed,
)


class Server:
    """The token endpoint; notes how everything that passes is shown."""

    def __init__(
        self, grant: Response | Exception | None = None, refresh: Response | Exception | None = None
    ) -> None:
        self.grant, self.refresh = grant, refresh
        self.issued = 0
        self.dead: set[str] = set()
        self.shown: list[str] = []
        self.bodies: list[dict[str, str]] = []
        self.headers: dict[str, str] = {}

    def answer(self, request: Request) -> Response:
        self.shown += [repr(request), str(request), repr(request.body), repr(request.decode)]
        if request.path.endswith("/oauth-clients/local"):
            return reply(200, {"client_id": "an-id", "client_secret": CLIENT_SECRET})
        if request.path.endswith("/users/token"):
            assert isinstance(request.body, FormBody)
            fields = dict(request.body.fields)
            self.bodies.append(fields)
            self.headers.update(request.headers)
            special = self.refresh if fields["grant_type"] == "refresh_token" else self.grant
            if isinstance(special, Exception):
                raise special
            return special or self._issue()
        if request.token is None or request.token in self.dead:
            return reply(401, {"code": "invalid_token", "detail": "Token is invalid"})
        return reply(200, {"ok": True})

    def _issue(self) -> Response:
        self.issued += 1
        return reply(
            200,
            {
                "access_token": f"{ACCESS}{self.issued}",
                "refresh_token": f"{REFRESH}{self.issued}",
                "expires_in": 86399,
                "refresh_token_expires_in": 1209599,
            },
        )


class Watch:
    """Gathers whatever a user could print: reprs, events, errors and logs."""

    def __init__(self, server: Server, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        for name in list(logging.root.manager.loggerDict):
            if name.split(".")[0] == "aiopeertube":
                caplog.set_level(logging.DEBUG, logger=name)
        self.caplog, self.server, self.texts = caplog, server, server.shown

    def see(self, *things: object) -> None:
        for thing in things:
            self.texts += [repr(thing), str(thing)]

    def see_error(self, error: BaseException | None) -> None:
        while error is not None:
            self.see(error, error.args, vars(error))
            self.texts += traceback.format_exception(error)
            error = error.__cause__ or error.__context__

    def see_client(self, pt: PeerTube) -> None:
        self.see(pt, pt.statistics(), pt._credentials, pt._session, pt._session.token, pt._top, pt._gates)
        top: Any = pt._top
        self.see(pt._meter, pt._gates.home, pt._pool, pt._file, pt._hooks, top._next, top._next._next)

    def listen(self, pt: PeerTube) -> None:
        for kind in KINDS:
            pt.on(kind, self.see)

    def check(self) -> None:
        for record in self.caplog.records:
            self.texts += [record.getMessage(), repr(record.args)]
        assert len(self.texts) > 10
        for text in self.texts:
            for secret in SECRETS:
                assert secret not in text


@pytest.fixture
def watch(caplog: pytest.LogCaptureFixture) -> Callable[[Server], Watch]:
    return lambda server: Watch(server, caplog)


def client(server: Server, **options: Any) -> PeerTube:
    options = {"username": "anna", "password": PASSWORD, "otp": OTP} | options
    return PeerTube("https://videos.example", transport=MockTransport(server.answer), attempts=2, **options)


async def test_logging_in_and_refreshing_show_nothing(watch: Callable[[Server], Watch], tmp_path: Path) -> None:
    server = Server()
    watching = watch(server)
    async with client(server, token_file=tmp_path / "token") as pt:
        watching.listen(pt)
        watching.see_client(pt)
        await pt.login()
        watching.see_client(pt)
        server.dead.add(f"{ACCESS}1")
        answer: object = await pt.me.get()
        assert answer == {"ok": True}
        watching.see_client(pt)
        await pt.logout()
    watching.see(pt)
    # All of it did pass, else there would have been nothing to show.
    assert [fields["grant_type"] for fields in server.bodies] == ["password", "refresh_token"]
    assert server.bodies[0]["password"] == PASSWORD
    assert server.bodies[1]["refresh_token"] == f"{REFRESH}1"
    assert server.headers["x-peertube-otp"] == OTP
    messages = [r.getMessage() for r in watching.caplog.records if r.name.startswith("aiopeertube")]
    assert "token renewed by login" in messages
    assert "token renewed by refresh" in messages
    watching.check()


FAILURES: dict[str, tuple[Response | Exception, type[errors.PeerTubeError]]] = {
    "wrong password": (reply(400, {"code": "invalid_grant", "detail": "wrong"}), errors.WrongCredentials),
    "code missing": (reply(401, {"code": "missing_two_factor"}), errors.TwoFactorRequired),
    "code wrong": (reply(400, {"code": "invalid_two_factor"}), errors.WrongTwoFactorCode),
    "blocked": (reply(400, {"detail": "User is blocked."}), errors.AuthenticationError),
    # A token endpoint that gives nothing of use is one that is away, and waited for as long as patience lasts.
    "server failed": (reply(500), errors.ServerFailing),
    "odd answer": (reply(200, text="<html>a proxy</html>"), errors.ServerAway),
    "lost": (errors.ConnectionLost("gone"), errors.ServerAway),
    "late": (errors.RequestTimeout("late"), errors.ServerAway),
    "unreachable": (errors.ServerUnreachable("refused"), errors.ServerAway),
}


@pytest.mark.parametrize("name", FAILURES)
async def test_a_failing_login_shows_nothing(name: str, watch: Callable[[Server], Watch]) -> None:
    grant, kind = FAILURES[name]
    server = Server(grant=grant)
    watching = watch(server)
    async with client(server) as pt:
        watching.listen(pt)
        with pytest.raises(kind) as caught:
            await pt.login()
        watching.see_error(caught.value)
        with pytest.raises(kind) as caught:
            await pt.videos.get(7)
        watching.see_error(caught.value)
        watching.see_client(pt)
    assert server.bodies[0]["password"] == PASSWORD
    watching.check()


async def test_a_token_that_cannot_be_renewed_shows_nothing(watch: Callable[[Server], Watch]) -> None:
    server = Server()
    server.dead.add(f"{ACCESS}-given")
    watching = watch(server)
    async with client(server, username=None, password=None, otp=None, token=f"{ACCESS}-given") as pt:
        watching.listen(pt)
        with pytest.raises(errors.SessionExpired) as caught:
            await pt.me.get()
        watching.see_error(caught.value)
        watching.see_client(pt)
    watching.check()


@pytest.mark.parametrize(
    "refresh",
    [reply(400, {"code": "invalid_grant"}), reply(400, {"code": "invalid_client"}), errors.ConnectionLost("x")],
)
async def test_a_failing_refresh_shows_nothing(
    refresh: Response | Exception, watch: Callable[[Server], Watch]
) -> None:
    server = Server(refresh=refresh)
    watching = watch(server)
    async with client(server) as pt:
        watching.listen(pt)
        await pt.login()
        server.dead.add(f"{ACCESS}1")
        try:
            await pt.me.get()
        except errors.PeerTubeError as exc:
            watching.see_error(exc)
        watching.see_client(pt)
    assert server.bodies[1]["refresh_token"] == f"{REFRESH}1"
    watching.check()


def test_values_show_nothing() -> None:
    pt = PeerTube("https://videos.example", token=ACCESS)
    oauth: OAuthClient = {"client_id": "i", "client_secret": CLIENT_SECRET}
    calls: list[Call[Any]] = [
        pt.auth.token(oauth, username="u", password=PASSWORD, otp=OTP),
        pt.auth.refresh(oauth, refresh_token=REFRESH),
        pt.auth.revoke(),
        pt.videos.get(7),
    ]
    things: list[object] = [
        pt,
        Token(ACCESS, REFRESH, 1.0, 2.0),
        Credentials("u", PASSWORD, OTP),
        pt._token,
        pt._credentials,
        *calls,
    ]
    for call in calls:
        request = pt.prepare(call)
        request.token = ACCESS
        things += [request, call.as_dict(), call.body]
    for text in (text for thing in things for text in (repr(thing), str(thing), f"{thing}")):
        for secret in SECRETS:
            assert secret not in text


async def test_a_function_that_gives_the_code_is_asked_and_not_shown(watch: Callable[[Server], Watch]) -> None:
    server = Server()
    watching = watch(server)

    async def code() -> str:
        return OTP

    async with client(server, otp=code) as pt:
        await pt.login()
        watching.see_client(pt)
    assert server.headers["x-peertube-otp"] == OTP
    watching.check()


CUT = f'{{"token_type":"Bearer","access_token":"{ACCESS}","refresh_token":"{REFRESH}","expires_in":8639'
ECHO = f"<pre>client_secret={CLIENT_SECRET}&username=anna&password={PASSWORD}</pre>"
ECHOES = {
    "cut JSON": reply(200, text=CUT, content_type="application/json"),
    "as text": reply(200, text=CUT, content_type="text/plain"),
    "a page": reply(403, text=ECHO),
    "a failing page": reply(500, text=ECHO),
    "a problem": reply(400, {"detail": ECHO, "code": PASSWORD, "invalid-params": {"password": {"msg": PASSWORD}}}),
}


@pytest.mark.parametrize("name", ECHOES)
async def test_answers_to_credentials_are_not_quoted(name: str, watch: Callable[[Server], Watch]) -> None:
    server = Server(grant=ECHOES[name])
    watching = watch(server)
    async with client(server) as pt:
        watching.listen(pt)
        with pytest.raises(errors.PeerTubeError) as caught:
            await pt.login()
        watching.see_error(caught.value)
        watching.see(pickle.dumps(caught.value))
    assert server.bodies[0]["password"] == PASSWORD
    for secret in SECRETS[:5]:
        assert all(secret not in text for text in watching.texts)
    assert all(secret not in watching.caplog.text for secret in SECRETS[:5])


@pytest.mark.parametrize("status", [200, 502])
async def test_a_page_that_repeats_the_request_shows_neither_token_nor_password(status: int) -> None:
    def echo(request: Request) -> Response:
        return reply(status, text=f"<pre>{'x' * 100} Bearer {request.token} and {PASSWORD}")

    async with PeerTube("https://videos.example", token=ACCESS, attempts=1, transport=MockTransport(echo)) as pt:
        for call in (pt.me.get(), pt.request("PUT", "/users/me", json={"password": PASSWORD})):
            with pytest.raises(errors.PeerTubeError) as caught:
                await call
            shown = str(caught.value) + repr(vars(caught.value))
            assert ACCESS[:6] not in shown
            assert PASSWORD not in shown
