"""The bearer token: one for all workers, renewed once, whoever notices that it is dead.

Refreshing rotates both of PeerTube's tokens at once: the old access token is refused from that moment and the
refresh token is spent. So a refresh happens under a lock, only when the token *that was sent* is still the current
one, and requests that are about to leave wait for its end instead of leaving with a dead token.
"""

import asyncio
import inspect
import logging
import time
from collections.abc import Awaitable, Callable
from copy import copy
from dataclasses import dataclass, field
from typing import Any, NoReturn

from aiopeertube import errors
from aiopeertube.events import Hooks, TokenRenewed
from aiopeertube.types import OAuthClient, TokenResponse
from aiopeertube.wire import oauth
from aiopeertube.wire.call import Call
from aiopeertube.wire.messages import Request, Response, is_token_problem

from . import Transport
from .tokens import Token, TokenFile

log = logging.getLogger("aiopeertube.stack.auth")

Otp = str | Callable[[], str | Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Credentials:
    """What we may log in with. `otp` is a one-time code, or a function that gives (or asks for) one."""

    username: str | None = None
    password: str | None = field(default=None, repr=False)
    otp: Otp | None = field(default=None, repr=False)

    @property
    def can_log_in(self) -> bool:
        """Tell whether user name and password are there."""
        return self.username is not None and self.password is not None


class Session:
    """The token in use, and the ways to a new one.

    `exchange` sends a request of the token endpoint, with retries and within the rate limit.
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
        self._credentials = credentials
        self._exchange = exchange
        self._hooks = hooks
        self._file = file
        self._client: OAuthClient | None = None
        self._lock = asyncio.Lock()
        self._failures = 0
        self._failure: errors.PeerTubeError | None = None

    @property
    def anonymous(self) -> bool:
        """Tell whether there is nothing to authenticate with."""
        return self.token is None and not self._credentials.can_log_in and self._file is None

    def ready(self) -> Token | None:
        """Return the token if it may be sent now: there is one, it is not over, and nobody is renewing it."""
        token = self.token
        return None if token is None or self._lock.locked() or token.expired(time.time()) else token

    async def renew(self, dead: Token | None) -> Token:
        """Return a token other than `dead`: the one that somebody fetched meanwhile, or a new one.

        Raises:
            AuthenticationError: there is no way to a new token.
        """
        failures = self._failures
        async with self._lock:
            if self.token is not None and self.token is not dead and not self.token.expired(time.time()):
                return self.token
            if self._failure is not None and self._failures > failures:
                raise copy(self._failure)  # it failed while we waited; a second wrong password helps nobody
            try:
                self.token, how = await self._renewed(dead)
            except errors.PeerTubeError as exc:
                self._failures += 1
                self._failure = exc
                raise
        self.renewals += how != "saved"
        log.debug("token renewed by %s", how)
        if self._hooks.wants(TokenRenewed):
            self._hooks.emit(TokenRenewed(how))
        return self.token

    async def _renewed(self, dead: Token | None) -> tuple[Token, str]:
        if self._file is None:
            return await self._another_than(dead)
        async with self._file.locked():
            token, how = await self._another_than(dead)
            if how != "saved":
                self._file.save(token)
            return token, how

    def forget(self) -> None:
        """Drop the token, here and in the file."""
        self.token = None
        if self._file is not None:
            self._file.remove()

    async def _another_than(self, dead: Token | None) -> tuple[Token, str]:
        saved = self._file.load() if self._file is not None else None
        if saved is not None and not _same(saved, dead) and not saved.expired(time.time()):
            return saved, "saved"  # another process was faster
        spent = saved or dead
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
                f"the token for {self.origin} is not valid any more and cannot be renewed; log in again"
            )
        raise errors.SessionExpired(f"no saved token for {self.origin}; log in first")

    async def _refresh(self, refresh: str) -> Token:
        return _token(await self._fetch(oauth.refresh_grant(await self._oauth_client(), refresh)))

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
        if otp is None or isinstance(otp, str):
            return otp
        code = otp()
        return await code if inspect.isawaitable(code) else code

    async def _oauth_client(self) -> OAuthClient:
        if self._client is None:
            self._client = await self._fetch(oauth.client())
        return self._client

    async def _fetch(self, call: Call[Any]) -> Any:
        request = Request(
            call.method,
            self.origin,
            call.target,
            decode=call.decode,
            body=call.body,
            headers=call.headers,
            authenticate=False,
            idempotent=call.idempotent,
        )
        try:
            return (await self._exchange.handle(request)).value
        except errors.PeerTubeError as exc:
            exc.repeated = True  # the request that waits for the token must not repeat all that again
            raise

    def __repr__(self) -> str:
        held = "a token" if self.token else "no token"
        return f"<Session at {self.origin}, {held}, {self.renewals} renewals>"


def _same(one: Token, other: Token | None) -> bool:
    return other is not None and one.access == other.access


def _token(answer: TokenResponse) -> Token:
    now = time.time()
    return Token(
        access=answer["access_token"],
        refresh=answer.get("refresh_token"),
        # A life of a second or two is over before it can be used: leave it to the server to say so.
        expires_at=now + answer["expires_in"] if answer["expires_in"] > 3 else None,
        refresh_expires_at=now + answer.get("refresh_token_expires_in", 0) or None,
    )


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
        """Send `request`; on a 401 about the token, renew it and send once more."""
        session = self._session
        repeated = False
        while True:
            if request.authenticate and session.ready() is None:
                await session.renew(session.token)
            try:
                response = await self._next.handle(request)
            except _Stale:
                continue
            if repeated or response.status != 401 or not (request.authenticate and is_token_problem(response)):
                return response
            repeated = True
            if session.token is not None and session.token.access == request.token:
                await session.renew(session.token)

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
