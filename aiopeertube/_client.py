"""Private: the client, which composes the stack and has one attribute per resource; use `aiopeertube.PeerTube`."""

import asyncio
import os
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NoReturn, Self, TypeVar
from urllib.parse import parse_qsl

from ._proxies import Proxies
from ._settings import check_secure, from_environment, origin_of, seconds
from .bulk import BulkRun, Halt
from .bulk.source import Calls
from .errors import (
    AuthenticationError,
    ClientClosed,
    ConfigurationError,
    DeadlineExceeded,
    InputError,
    InvalidField,
)
from .events import Hooks
from .resources._nouns import Nouns
from .stack import Pool, Transport
from .stack.admit import Admit, Gates
from .stack.auth import Auth, Credentials, Otp, Session, Sign
from .stack.cap import parse_rate
from .stack.meter import Meter, Statistics
from .stack.pool.aiohttp import AiohttpPool
from .stack.redirects import Redirects
from .stack.retry import Retry
from .stack.tokens import Token, TokenFile
from .wire.answers import json_or_text
from .wire.call import Call, Sender
from .wire.messages import API, Body, JsonBody, Request, encode_query
from .wire.sendable import header_problem, line_problem, method_problem, whole_problem

T = TypeVar("T")
E = TypeVar("E")

_WORKERS: Final = 64


class PeerTube(Nouns):
    """An asyncio client of one PeerTube instance, for one user or anonymous; use it with `async with`.

    Args:
        url: The instance's address, like https://videos.example.
        username, password: Log in when a token is first needed, and again when it cannot be refreshed.
        token: A bearer token to use instead.
        otp: The one-time code of a two-factor account, or a function (async or not) that gives one.
        token_file: Where to keep the token between runs; processes that share it refresh it once.
        rate: A limit of your own below the server's, like "20/s"; the server's limit is always observed.
        concurrency: Requests in flight; "auto" finds the best number at run time, separately for reads and writes.
        max_concurrency: The upper bound of "auto".
        attempts: The most times one request is sent; refusals by the rate limit and outages do not count.
        timeout: Seconds that one attempt may take; when a file is sent, seconds without any progress. Waiting for the
            rate limit does not count.
        connect_timeout: Seconds to wait for a connection.
        patience: Seconds for which the server may be away before every call that waits for it raises `ServerAway`.
        deadline: Seconds that a call may take as a whole, waiting and retries included; None: no limit.
        keyring: Keep the token in the system's keyring (`aiopeertube[keyring]`); `token_file` then says which it is.
        allow_http: Allow credentials over plain http to another machine.
        proxy: An HTTP proxy for all requests, like http://user:password@proxy.example:3128. The class reads no
            environment; `from_env` and the command line do what HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY say.
        ssl_context: For instances whose certificate comes from a private authority.
        transport: A pool to use instead of aiohttp's: `aiopeertube.testing.MockTransport` in tests.

    A failed request is repeated where that is safe; see `aiopeertube.stack.retry` for the list of decisions.

    Raises:
        ConfigurationError: or its subclasses InvalidURL and InsecureCredentials.
    """

    def __init__(
        self,
        url: str,
        *,
        username: str | None = None,
        password: str | None = None,
        token: str | None = None,
        otp: Otp | None = None,
        token_file: str | Path | None = None,
        rate: str | None = None,
        concurrency: int | str = "auto",
        max_concurrency: int = 64,
        attempts: int = 8,
        timeout: float = 60.0,
        connect_timeout: float = 10.0,
        patience: float = 120.0,
        deadline: float | None = None,
        keyring: bool = False,
        allow_http: bool = False,
        proxy: str | Proxies | None = None,
        ssl_context: ssl.SSLContext | None = None,
        transport: Pool | None = None,
    ) -> None:
        self.origin = origin_of(url)
        if (username is None) != (password is None) and token_file is None and token is None:
            raise ConfigurationError("username and password must be given together")
        self._credentials = Credentials(username, password, otp)
        if token is not None and header_problem("Authorization", token):
            raise ConfigurationError("token: it contains characters that no header can hold")
        self._token = Token(token) if token else None
        self._file = self._token_file(token_file, username, keyring=keyring)
        self._known = self._token is not None or self._file is not None or self._credentials.can_log_in
        self._proxies = proxy if isinstance(proxy, Proxies) else Proxies.given(proxy)
        if self._known:
            check_secure(self.origin, allow_http=allow_http, proxies=self._proxies)
        self._fixed = _fixed(concurrency)
        self._maximum = _at_least_one("max_concurrency", max_concurrency)
        self._attempts = _at_least_one("attempts", attempts)
        self._rate = rate
        if rate is not None:
            parse_rate(rate)  # complains now rather than at the first request
        self._timeouts = seconds("timeout", timeout), seconds("connect_timeout", connect_timeout), ssl_context
        self._patience = seconds("patience", patience)
        self._deadline = None if deadline is None else seconds("deadline", deadline)
        self._transport = transport
        self._hooks = Hooks()
        self._top: Retry | None = None

    def _token_file(self, path: str | Path | None, username: str | None, *, keyring: bool) -> TokenFile | None:
        if path:
            return TokenFile(Path(path), origin=self.origin, username=username, keyring=keyring)
        if keyring:
            raise ConfigurationError(
                "keyring: give a token_file, too, which says whose token it is", option="keyring"
            )
        return None

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None, **options: Any) -> Self:
        """Make a client from PEERTUBE_URL, _USERNAME, _PASSWORD, _TOKEN and _OTP; `options` take precedence.

        The variables of proxies count, too: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY.

        Raises:
            ConfigurationError: PEERTUBE_URL is missing, or as for the class.
        """
        source = os.environ if environment is None else environment
        proxies = {"proxy": Proxies.of_environment(source)}
        return cls(**(from_environment(source) | proxies | options))

    # -- life ------------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        if self._top is not None:
            raise RuntimeError("this client is already open; create one per `async with`")
        self._loop = asyncio.get_running_loop()
        self._compose(self._loop.time)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._top is None:
            return
        self._top = None
        closed = ClientClosed(f"the client of {self.origin} was closed")
        self._retry.close(closed)
        self._gates.close(closed)
        try:
            await self._session.close()
        finally:
            await self._pool.aclose()

    def _compose(self, clock: Callable[[], float]) -> None:
        """Build the stack from the pool upwards; only this function knows the order."""
        hooks = self._hooks
        timeout, connect_timeout, ssl_context = self._timeouts
        self._pool = self._transport or AiohttpPool(
            timeout=timeout, connect_timeout=connect_timeout, ssl_context=ssl_context, proxies=self._proxies
        )
        self._meter = Meter(self._pool, clock, hooks)
        self._gates = Gates(
            self.origin,
            self._meter,
            clock=clock,
            hooks=hooks,
            patience=self._patience,
            fixed=self._fixed,
            maximum=self._maximum,
            cap=parse_rate(self._rate) if self._rate else None,
            way=lambda origin: (self._proxies.of(origin), ssl_context),
        )
        # Logins have a lane of their own, so that what waits for a token can never be in their way.
        logins = self._retrying(Admit(self._meter, self._gates, "token"), "token")
        self._session = Session(
            self._credentials,
            origin=self.origin,
            exchange=logins,
            hooks=hooks,
            token=self._token,
            file=self._file,
        )
        signed = Sign(self._meter, self._session)
        redirected = Redirects(Auth(Admit(signed, self._gates), self._session))
        self._top = self._retry = self._retrying(redirected, "api")

    def _retrying(self, following: Transport, service: str) -> Retry:
        health = self._gates.home.healths[service]
        return Retry(
            following,
            attempts=self._attempts,
            clock=self._gates.clock,
            hooks=self._hooks,
            forgives=health.forgives,
            unsettled=partial(self._gates.home.unsettled, service),
        )

    # -- calls -----------------------------------------------------------------------------------

    def prepare(self, call: Call[Any]) -> Request:
        """Make the request of `call`; used by the bulk engine and by awaiting a call."""
        return call.request(self.origin, authenticate=self._known)

    async def send(self, request: Request) -> Any:
        """Send a prepared request with all retries; return what the answer decodes to."""
        top = self._top or self._check_open()
        if asyncio.get_running_loop() is not self._loop:
            raise RuntimeError("this client is open in another event loop (another thread?); make one for each")
        if self._deadline is not None or request.deadline is not None:
            return await self._sent_in_time(top, request)
        return (await top.handle(request)).value

    async def _sent_in_time(self, top: Retry, request: Request) -> Any:
        limit = min(limit for limit in (self._deadline, request.deadline) if limit is not None)
        try:
            async with asyncio.timeout(limit) as scope:
                return (await top.handle(request)).value
        except TimeoutError:
            if not scope.expired():
                raise
        late = DeadlineExceeded(f"{request.method} {request.path} took longer than its deadline of {limit:g} s")
        late.in_doubt = request.lost
        raise late

    def _check_open(self) -> Retry:
        if self._top is None:
            if hasattr(self, "_meter"):
                raise ClientClosed(f"the client of {self.origin} was closed: it is not open any more")
            raise RuntimeError("this client is not open; use it with `async with PeerTube(...) as pt:`")
        return self._top

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        json: object = None,
        body: Body | None = None,
        idempotent: bool | None = None,
        timeout: float | None = None,
    ) -> Call[Any]:
        """Make a Call of any operation, for paths that no resource covers; it goes through the same stack.

        `path` is relative to the API ("/videos/x/comment-threads") or complete ("/api/v1/..."). The result is decoded
        JSON, text where the answer is not JSON, None where it is empty. `idempotent` says that repeating it is safe;
        otherwise POST and PATCH are repeated only when the server certainly did nothing.
        """
        problem: InputError | None = line_problem("path", path) or method_problem(method)
        if problem is not None:  # nothing can be made of it
            return Call("GET", API, json_or_text, problem=problem, sender=self)
        if not path.startswith("/") or path.startswith("//"):
            problem = InvalidField(
                "path", f"{path!r} must begin with exactly one slash; the instance is always {self.origin}"
            )
        path, _, own_query = path.partition("?")
        pairs = tuple(parse_qsl(own_query, keep_blank_values=True))
        try:
            pairs += encode_query(query or {})
            body = JsonBody.of(json) if json is not None else body
        except InputError as exc:
            problem = problem or exc
        return Call(
            method.upper(),
            path if path.startswith("/api/") else API + path,
            json_or_text,
            query=pairs,
            body=body,
            idempotent=idempotent,
            timeout=timeout,
            problem=problem,
            sender=self,
        )

    def bulk(
        self,
        calls: Calls[T],
        *,
        halt: str | int | Halt | None = None,
        workers: int | None = None,
        buffer: int = 256,
        handle_sigint: bool = False,
        sender: Sender | None = None,
    ) -> BulkRun[T]:
        """Run many calls; return a context manager that yields Outcomes as they complete.

        Args:
            calls: Calls, from any iterable or async iterable, finite or endless; consumed as needed.
            halt: Stop after so many failures (5) or when more than a share of the calls failed ("2%").
            workers: Calls that may wait or be in flight; by default at least as many as may run at once.
            buffer: Outcomes that may wait to be consumed.
            handle_sigint: Let the first Ctrl-C stop all runs that ask for it: calls in flight finish, the rest are
                reported as "not started", then KeyboardInterrupt is raised.
            sender: Sends the calls in place of this client, for example to check something before each.

        Raises (from the iteration, after the last outcome):
            BulkHalted: `halt` was reached.
            AuthenticationError, ServerAway and the like: what all calls would have met (see `errors.ends_run`).
            NotACall, and whatever the source raises: the rest of it was not read.
        """
        least = self._fixed or self._maximum
        return BulkRun(
            sender or self,
            calls,
            workers=max(_WORKERS, least) if workers is None else workers,
            buffer=buffer,
            halt=halt,
            handle_sigint=handle_sigint,
        )

    @property
    def anonymous(self) -> bool:
        """Whether this client acts as nobody: it has no token, and nothing to get one with."""
        return not self._known

    async def login(self) -> None:
        """Fetch a token now instead of with the first call that needs one.

        Raises:
            AuthenticationError: WrongCredentials, TwoFactorRequired and the like.
        """
        self._check_open()
        if not self._known:
            raise ConfigurationError("no credentials to log in with: give username and password")
        if self._session.ready() is None:
            await self._session.renew(self._session.token)

    async def logout(self) -> None:
        """Revoke the token and forget it, also in the token file. Without a token, do nothing."""
        self._check_open()
        if self._session.token is None and (self._file is None or self._file.load() is None):
            return
        with suppress(AuthenticationError):  # a dead token needs no revoking
            await self.auth.revoke()
        self._session.forget()

    # -- monitoring ------------------------------------------------------------------------------

    def on(self, event: type[E], listener: Callable[[E], None]) -> Callable[[], None]:
        """Call `listener` with each event of a kind (see `aiopeertube.events`); return a function that removes it."""
        return self._hooks.on(event, listener)

    def statistics(self) -> Statistics:
        """Return counts, latencies and the state of limiter and concurrency; works after closing, too."""
        if not hasattr(self, "_meter"):
            self._check_open()
        return Statistics(
            requests=self._meter.requests,
            in_flight=self._meter.in_flight,
            by_status=dict(self._meter.by_status),
            retries=self._retry.retries,
            waits=self._gates.waits,
            waited=self._gates.waited,
            refused=self._gates.refused,
            renewals=self._session.renewals,
            latency=self._meter.percentiles(),
            windows=self._gates.windows(),
            concurrency=self._gates.lanes(),
            health=self._gates.health(),
            histogram=self._meter.latency.copy(),
        )

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self  # connections have no copy: whatever is copied goes on using this client

    def __reduce__(self) -> NoReturn:
        raise TypeError("a client cannot be pickled, and its secrets should not be: make another one over there")

    def __repr__(self) -> str:
        who = self._credentials.username or ("a token" if self._known else "anonymous")
        return f"<PeerTube {self.origin} as {who}, {'open' if self._top else 'closed'}>"


def _fixed(concurrency: int | str) -> int | None:
    if concurrency == "auto":
        return None
    if isinstance(concurrency, int) and not whole_problem("concurrency", concurrency, 1):
        return concurrency
    raise ConfigurationError(f'concurrency must be "auto" or a positive integer, not {concurrency!r}')


def _at_least_one(name: str, value: int) -> int:
    if whole_problem(name, value, 1):
        raise ConfigurationError(f"{name} must be a positive integer, not {value!r}")
    return value
