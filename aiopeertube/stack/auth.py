"""The bearer token: one for all workers, renewed once, whoever notices that it is dead.

Refreshing rotates both of PeerTube's tokens at once: the old access token is refused from that moment and the
refresh token is spent. So a refresh happens under a lock, only when the token *that was sent* is still the current
one, and requests that are about to leave wait for its end instead of leaving with a dead token.
"""

import asyncio
import inspect
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn, cast

from aiopeertube import errors
from aiopeertube._counting import counted
from aiopeertube._settings import checked_code
from aiopeertube.events import Hooks, TokenRenewed
from aiopeertube.types import OAuthClient
from aiopeertube.wire import oauth
from aiopeertube.wire.answers import is_token_problem
from aiopeertube.wire.call import Call
from aiopeertube.wire.messages import Request, Response
from aiopeertube.wire.sendable import quoted
from aiopeertube.wire.turn import TURN, waited

from . import Transport
from .tokens import Token, TokenFile, is_token

log = logging.getLogger("aiopeertube.auth")

_REFUSED_FOR: Final = 60.0  # seconds for which a refused login is not tried again
_LAST_CALL: Final = 5.0  # seconds that a refresh has left when the client is closed
_RENEWALS: Final = 3  # for one request, where nobody has seen the new tokens work
_MOST: Final = 10  # for one request in any case: tokens may be revoked while it waits, but not for ever
_A_CENTURY: Final = 3.2e9  # seconds: what lives longer is no time
_CLIENT: Final = ("client_id", "client_secret")

Otp = str | Callable[[], str | Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Credentials:
    """What we may log in with. `otp` is a one-time code, or a function that gives (or asks for) one."""

    username: str | None = None
    password: str | None = field(default=None, repr=False)
    otp: Otp | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not callable(self.otp):
            checked_code(self.otp)

    @property
    def can_log_in(self) -> bool:
        """Tell whether user name and password are there."""
        return self.username is not None and self.password is not None


class Session:
    """The token in use, and the ways to a new one.

    `exchange` sends a request of the token endpoint, with retries and in a lane of its own. A renewal is a task of
    its own: whoever waits for it may be cancelled, the renewal goes on, for the server rotates tokens only once.
    """

    def __init__(
        self,
        credentials: Credentials,
        *,
        origin: str,
        exchange: Transport,
        hooks: Hooks,
        token: Token | None = None,
        file: TokenFile | None = None,
    ) -> None:
        self.token = token
        self.origin = origin
        self.renewals = 0
        self.worked: str | None = None  # the last token that the server took
        self._credentials = credentials
        self._exchange = exchange
        self._hooks = hooks
        self._file = file
        self._client: OAuthClient | None = None
        self._renewal: asyncio.Task[Token] | None = None
        self._hearers: list[asyncio.Future[Token]] = []  # those who wait for its end
        self._refused: tuple[float, errors.AuthenticationError] | None = None  # a login, and when
        self._unsaved = False
        self._refreshing = False

    @property
    def anonymous(self) -> bool:
        """Tell whether there is nothing to authenticate with."""
        return self.token is None and not self._credentials.can_log_in and self._file is None

    def ready(self) -> Token | None:
        """Return the token if it may be sent now: there is one, it is not over, and nobody is renewing it."""
        token = self.token
        return None if token is None or self._renewal is not None or token.expired(time.time()) else token

    async def renew(self, dead: Token | None) -> Token:
        """Return a token other than `dead`: the one that somebody fetched meanwhile, or a new one.

        Raises:
            AuthenticationError: there is no way to a new token.
            ServerAway: the token endpoint was away for longer than patience.
        """
        if self._renewal is None:
            token = self.token
            if token is not None and token is not dead and not token.expired(time.time()):
                return token
            self._refuse_again()
            self._renewal = asyncio.get_running_loop().create_task(self._renew(dead))
            self._renewal.add_done_callback(self._renewed)
        hears: asyncio.Future[Token] = asyncio.get_running_loop().create_future()
        self._hearers.append(hears)
        return await waited(hears)

    def _would_be_refused(self, error: errors.AuthenticationError) -> bool:
        """Tell whether the next login would be the same one, which it is not where a function gives another code."""
        if isinstance(error, errors.SessionExpired | errors.TokenFileBusy | errors.NoCode):
            return False
        about_code = isinstance(error, errors.TwoFactorRequired | errors.WrongTwoFactorCode)
        return not (about_code and callable(self._credentials.otp))

    def _refuse_again(self) -> None:
        """Give the answer of a moment ago to who asks again: a second wrong password locks the user out."""
        if self._refused is not None:
            when, error = self._refused
            if asyncio.get_running_loop().time() < when + _REFUSED_FOR:
                raise errors.again(error)

    def _renewed(self, task: "asyncio.Task[Token]") -> None:
        """Tell all who wait what came of it; each gets an error of its own, for an error keeps its traceback."""
        self._renewal = None
        error = errors.ClientClosed("the client was closed") if task.cancelled() else task.exception()
        self._tell(task.result() if error is None else error)

    def _tell(self, end: Token | BaseException) -> None:
        hearers, self._hearers = self._hearers, []
        for hears in hearers:
            if hears.done():
                continue
            if isinstance(end, Token):
                hears.set_result(end)
            else:
                hears.set_exception(errors.again(end) if isinstance(end, errors.PeerTubeError) else end)

    async def _renew(self, dead: Token | None) -> Token:
        TURN.set(None)  # it is everybody's, and does not end with the item that began it
        try:
            token, how = await self._another(dead)
        except errors.AuthenticationError as exc:
            if self._would_be_refused(exc):
                self._refused = asyncio.get_running_loop().time(), exc
            raise
        except errors.PeerTubeError as exc:
            if errors.ends_run(exc):
                raise
            # It says nothing about the calls that wait for the token, and must not look as if it did.
            raise errors.NoToken(f"{self.origin} gave no token: {exc}") from exc
        self._refused = None
        self.renewals += how != "saved"
        log.debug("token renewed by %s", how)
        if self._hooks.wants(TokenRenewed):
            self._hooks.emit(TokenRenewed(how))
        return token

    async def _another(self, dead: Token | None) -> tuple[Token, str]:
        if self._file is None:
            self.token, how = await self._another_than(dead, None)
            return self.token, how
        async with self._file.locked():
            token, how = await self._another_than(dead, self._file.load())
            self.token = token  # before it is saved: a full disk must not cost the only copy
            if how != "saved":
                self._save(token)
            return token, how

    def _save(self, token: Token) -> None:
        try:
            assert self._file is not None  # noqa: S101 - the caller looked
            self._file.save(token)
            self._unsaved = False
        except OSError as exc:
            self._unsaved = True
            log.warning("the renewed token cannot be saved in %s: %s", self._file, exc.strerror or exc)

    def forget(self) -> None:
        """Drop the token, here and in the file; a login that was refused may be tried again."""
        self.token = self._refused = None
        if self._file is not None:
            self._file.remove()

    async def close(self) -> None:
        """End all who wait and a login that is under way, and save what could not be saved before.

        A refresh whose token is kept in a file has a moment left: the one in the file is spent already.
        """
        self._tell(errors.ClientClosed("the client was closed before there was a token"))
        try:
            if (renewal := self._renewal) is not None:
                await self._end(renewal)
        finally:
            if self._unsaved and self.token is not None:
                self._save(self.token)

    async def _end(self, renewal: asyncio.Task[Token]) -> None:
        try:
            if self._refreshing and self._file is not None:
                await asyncio.wait({renewal}, timeout=_LAST_CALL)
        finally:
            renewal.cancel()
        await asyncio.wait({renewal}, timeout=_LAST_CALL)  # it lets go of the lock

    async def _another_than(self, dead: Token | None, saved: Token | None) -> tuple[Token, str]:
        if saved is not None and not _same(saved, dead) and not saved.expired(time.time()):
            return saved, "saved"  # another process was faster
        # What could not be saved is newer than what is there.
        spent = self.token if self._unsaved else saved or dead
        if spent is not None and spent.refresh is not None:
            try:
                return await self._refresh(spent.refresh), "refresh"
            except errors.BadRequest as exc:
                if exc.code != "invalid_grant":
                    raise
                log.debug("the refresh token is spent")
            except (errors.ConnectionLost, errors.RequestTimeout, errors.UnexpectedResponse):
                # Nobody knows whether the server rotated it; a login does not depend on that.
                if not self._credentials.can_log_in:
                    raise
        if not self._credentials.can_log_in:
            self._give_up(had_token=spent is not None)
        return await self._log_in(), "login"

    def _give_up(self, *, had_token: bool) -> NoReturn:
        if had_token:
            raise errors.SessionExpired(
                f"the token for {self.origin} is no longer valid and cannot be renewed; log in again"
            )
        raise errors.SessionExpired(f"no saved token for {self.origin}; log in first")

    async def _refresh(self, refresh: str) -> Token:
        client = await self._oauth_client()
        self._refreshing = True
        try:
            return _token(await self._fetch(oauth.refresh_grant(client, refresh)))
        finally:
            self._refreshing = False

    async def _log_in(self) -> Token:
        username, password = self._credentials.username or "", self._credentials.password or ""
        code = await self._code()
        call = oauth.password_grant(await self._oauth_client(), username, password, code)
        try:
            return _token(await self._fetch(call))
        except errors.ApiError as exc:
            refusal = _refusal(exc, username, self.origin)
            if refusal is None:
                raise
        raise refusal

    async def _code(self) -> str | None:
        otp = self._credentials.otp
        if not callable(otp):
            return checked_code(otp)
        task = asyncio.current_task()
        before = 0 if task is None else task.cancelling()
        try:
            code = otp()
            return checked_code(await code if inspect.isawaitable(code) else code)
        except errors.PeerTubeError:
            raise
        except asyncio.CancelledError:
            if task is not None and task.cancelling() > before:
                raise  # it is us who are cancelled
        except Exception as exc:
            # All who need the token would meet it, and ask the user again.
            raise errors.NoCode(f"the function that gives the one-time code raised {quoted(exc)}") from exc
        raise errors.NoCode("the function that gives the one-time code was cancelled from within")

    async def _oauth_client(self) -> OAuthClient:
        if self._client is None:
            client = await self._fetch(oauth.client())
            if not isinstance(client, dict) or not all(isinstance(client.get(name), str) for name in _CLIENT):
                raise errors.UnexpectedResponse(f"{self.origin} gave no OAuth client", status=200)
            self._client = cast("OAuthClient", client)
        return self._client

    async def _fetch(self, call: Call[Any]) -> Any:
        request = call.request(self.origin, authenticate=False)
        return (await self._exchange.handle(request)).value

    def __repr__(self) -> str:
        held = "a token" if self.token else "no token"
        return f"<Session at {self.origin}, {held}, {counted(self.renewals, 'renewal')}>"


def _same(one: Token, other: Token | None) -> bool:
    return other is not None and one.access == other.access


def _token(answer: object) -> Token:
    """Read the token endpoint's answer.

    Raises:
        UnexpectedResponse: it is none.
    """
    if not isinstance(answer, dict) or not is_token(answer.get("access_token")):
        raise errors.UnexpectedResponse("the token endpoint gave no access token", status=200)
    refresh = answer.get("refresh_token")
    now, lives, refreshes = time.time(), _seconds(answer, "expires_in"), _seconds(answer, "refresh_token_expires_in")
    return Token(
        access=answer["access_token"],
        refresh=refresh if is_token(refresh) else None,
        # A life of a second or two is over before it can be used: leave it to the server to say so.
        expires_at=now + lives if lives > 3 else None,
        refresh_expires_at=now + refreshes if refreshes else None,
    )


def _seconds(answer: Mapping[str, Any], name: str) -> float:
    value = answer.get(name)
    good = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < _A_CENTURY
    return float(value) if good else 0.0  # type: ignore[arg-type]


def _refusal(exc: errors.ApiError, username: str, origin: str) -> errors.AuthenticationError | None:
    """Say what a refused login means; PeerTube's codes tell (server/core/controllers/api/users/token)."""
    if exc.code == "missing_two_factor":
        return errors.TwoFactorRequired(f"{username} at {origin} has two-factor authentication; give a one-time code")
    if exc.code == "invalid_two_factor":
        return errors.WrongTwoFactorCode(f"the one-time code for {username} at {origin} is wrong or too old")
    if exc.code == "invalid_grant":
        return errors.WrongCredentials(f"{origin} does not accept this user name and password for {username}")
    if exc.status in {400, 401, 403}:
        return errors.AuthenticationError(f"{origin} refused the login of {username}: {exc.detail or exc.code}")
    return None


class _Stale(Exception):
    """The token became useless between the two ends of the stack; nothing was sent."""


class Auth:
    """Waits for a token where waiting holds nothing, and repeats a request once when its token turned out dead."""

    def __init__(self, following: Transport, session: Session) -> None:
        self._next = following
        self._session = session

    async def handle(self, request: Request) -> Response:
        """Send `request`; on a 401 about the token, renew it and send once more.

        Raises:
            AuthenticationError: there is no way to a token that the server accepts.
        """
        session, renewals, unproven = self._session, 0, 0
        while True:
            if request.authenticate and session.ready() is None:
                await session.renew(session.token)
            try:
                response = await self._next.handle(request)
            except _Stale:
                continue
            if response.status != 401 or not (request.authenticate and is_token_problem(response)):
                session.worked = request.token or session.worked
                return response
            if session.token is None or session.token.access != request.token:
                continue  # somebody has renewed it meanwhile
            unproven += session.worked != request.token
            if unproven > _RENEWALS or renewals >= _MOST:
                raise errors.SessionExpired(f"{session.origin} does not accept the token that it has just given")
            await session.renew(session.token)
            renewals += 1

    def __repr__(self) -> str:
        return f"<Auth, {self._session!r}>"


class Sign:
    """Puts the token on a request at the last moment, so that none leaves with one that is known to be dead."""

    def __init__(self, following: Transport, session: Session) -> None:
        self._next = following
        self._session = session

    async def handle(self, request: Request) -> Response:
        """Sign `request` and pass it on."""
        if request.authenticate:
            token = self._session.ready()
            if token is None:
                raise _Stale
            request.token = token.access
        return await self._next.handle(request)

    def __repr__(self) -> str:
        return "<Sign>"
