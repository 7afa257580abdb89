"""The client: composes the stack in one place, and has one attribute per resource."""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from copy import copy
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeVar
from urllib.parse import parse_qsl

from . import resources
from ._settings import check_secure, from_environment, origin_of
from .bulk import BulkRun, Halt
from .bulk.engine import Source
from .errors import AuthenticationError, ConfigurationError, InputError, InvalidField
from .events import Hooks
from .stack import Pool
from .stack.auth import Auth, Credentials, Otp, Session, Sign
from .stack.concurrency import Concurrency
from .stack.meter import Meter, Statistics
from .stack.pool.aiohttp import AiohttpPool
from .stack.ratelimit import Limiter, RateLimit, parse_rate
from .stack.redirects import Redirects
from .stack.retry import Retry
from .stack.tokens import Token, TokenFile
from .wire.call import Call, Sender
from .wire.messages import API, Body, JsonBody, Request, encode_query, json_or_text
from .wire.sendable import header_problem, line_problem, method_problem, seconds_problem, whole_problem

T = TypeVar("T")
E = TypeVar("E")

_WORKERS: Final = 64


class PeerTube:
    """An asyncio client of one PeerTube instance, for one user or none; use it with `async with`.

    Args:
        url: The instance's address, like https://videos.example.
        username, password: Log in when a token is first needed, and again when it cannot be refreshed.
        token: A bearer token to use instead.
        otp: The one-time code of a two-factor account, or a function (async or not) that gives one.
        token_file: Where to keep the token between runs; processes that share it refresh it once.
        rate: A limit of your own below the server's, like "20/s"; the server's is found and kept by itself.
        concurrency: Requests in flight; "auto" finds the number while running, for reads and writes apart.
        max_concurrency: The most that "auto" goes to.
        attempts: How often one request is sent at most, refusals by the rate limit not counted.
        timeout: Seconds for which an answer may keep silent. Waiting for the rate limit does not count.
        connect_timeout: Seconds that a connection may take.
        allow_http: Let credentials go over plain http to another machine than this.
        ssl_context: For instances with a certificate of their own authority.
        transport: A pool other than aiohttp's: `MockTransport` in tests.

    A failed request is repeated where that is safe; see `aiopeertube.stack.retry` for the list of decisions.

    Raises:
        ConfigurationError: InvalidURL and InsecureCredentials among them.
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
        allow_http: bool = False,
        ssl_context: ssl.SSLContext | None = None,
        transport: Pool | None = None,
    ) -> None:
        self.origin = origin_of(url)
        if (username is None) != (password is None) and token_file is None and token is None:
            raise ConfigurationError("username and password go together; one of them is missing")
        self._credentials = Credentials(username, password, otp)
        self._token = Token(token) if token else None
        self._file = TokenFile(Path(token_file), origin=self.origin, username=username) if token_file else None
        self._known = self._token is not None or self._file is not None or self._credentials.can_log_in
        if self._known:
            check_secure(self.origin, allow_http=allow_http)
        self._fixed = _fixed(concurrency)
        if token is not None and header_problem("Authorization", token):
            raise ConfigurationError("token: it has characters that no header can hold")
        for name, seconds in (("timeout", timeout), ("connect_timeout", connect_timeout)):
            if problem := seconds_problem(name, seconds):
                raise ConfigurationError(str(problem))
        self._maximum = _at_least_one("max_concurrency", max_concurrency)
        self._attempts = _at_least_one("attempts", attempts)
        self._rate = rate
        if rate is not None:
            parse_rate(rate)  # complains now rather than at the first request
        self._timeouts = timeout, connect_timeout, ssl_context
        self._transport = transport
        self._hooks = Hooks()
        self._top: Retry | None = None
        self.auth = resources.Auth(self)
        self.me = resources.Me(self)
        self.config = resources.Config(self)
        self.videos = resources.Videos(self)
        self.channels = resources.Channels(self)
        self.accounts = resources.Accounts(self)
        self.captions = resources.Captions(self)
        self.uploads = resources.Uploads(self)
        self.imports = resources.Imports(self)

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None, **options: Any) -> Self:
        """Make a client from PEERTUBE_URL, _USERNAME, _PASSWORD, _TOKEN and _OTP; `options` go before these.

        Raises:
            ConfigurationError: PEERTUBE_URL is missing, or as for the class.
        """
        return cls(**(from_environment(environment) | options))

    # -- life ------------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        if self._top is not None:
            raise RuntimeError("this client is open already; make one per `async with`")
        self._compose(asyncio.get_running_loop().time)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._top = None
        await self._pool.aclose()

    def _compose(self, clock: Callable[[], float]) -> None:
        """Build the stack, from the pool upwards: the one place that knows its order."""
        hooks = self._hooks
        timeout, connect_timeout, ssl_context = self._timeouts
        self._pool = self._transport or AiohttpPool(
            timeout=timeout, connect_timeout=connect_timeout, ssl_context=ssl_context
        )
        self._meter = Meter(self._pool, clock, hooks)
        self._limiter = Limiter(clock, hooks, cap=parse_rate(self._rate) if self._rate else None)
        # Logins pass the rate limit as everything does, but no slot: requests that hold one may wait for the token.
        logins = Retry(RateLimit(self._meter, self._limiter), attempts=self._attempts, clock=clock, hooks=hooks)
        self._session = Session(
            self._credentials,
            origin=self.origin,
            exchange=logins,
            hooks=hooks,
            token=self._token,
            file=self._file,
        )
        signed = Sign(self._meter, self._session)
        self._slots = Concurrency(signed, clock=clock, hooks=hooks, fixed=self._fixed, maximum=self._maximum)
        limited = RateLimit(self._slots, self._limiter)
        redirected = Redirects(Auth(limited, self._session))
        self._top = self._retry = Retry(redirected, attempts=self._attempts, clock=clock, hooks=hooks)

    # -- calls -----------------------------------------------------------------------------------

    def prepare(self, call: Call[Any]) -> Request:
        """Make the request of `call`; used by the bulk engine and by awaiting a call."""
        if call.problem is not None:
            raise copy(call.problem)  # a call may be sent again, and an error keeps its traceback
        return Request(
            call.method,
            self.origin,
            call.target,
            path=call.path,
            decode=call.decode,
            body=call.body,
            headers=call.headers,
            authenticate=self._known and call.authenticate,
            idempotent=call.idempotent,
            timeout=call.timeout,
        )

    async def send(self, request: Request) -> Any:
        """Send a prepared request with all retries; return what the answer decodes to."""
        top = self._top or self._check_open()
        return (await top.handle(request)).value

    def _check_open(self) -> Retry:
        if self._top is None:
            raise RuntimeError("this client is not open; use it with `async with PeerTube(...) as pt:`")
        return self._top

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        json: Any = None,
        body: Body | None = None,
        idempotent: bool | None = None,
        timeout: float | None = None,
    ) -> Call[Any]:
        """Make a call of any operation, for what no resource covers; it goes through the same stack.

        `path` is the API's ("/videos/x/comment-threads") or whole ("/api/v1/..."). The result is decoded JSON, text
        where the answer is not JSON, None where it is empty. `idempotent` says that repeating does no harm; without
        it POST and PATCH are only repeated when the server surely did nothing.
        """
        problem: InputError | None = line_problem("path", path) or method_problem(method)
        if problem is not None:  # nothing can be made of it
            return Call("GET", API, json_or_text, problem=problem, sender=self)
        if not path.startswith("/") or path.startswith("//"):
            problem = InvalidField(
                "path", f"{path!r} must begin with one slash; the instance is always {self.origin}"
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
        calls: Source[T],
        *,
        halt: str | int | Halt | None = None,
        workers: int | None = None,
        buffer: int = 256,
        handle_sigint: bool = True,
        sender: Sender | None = None,
    ) -> BulkRun[T]:
        """Run many calls; gives a context manager that hands out Outcomes as they complete.

        Args:
            calls: Calls, from any iterable or async iterable, finite or endless; pulled as they are needed.
            halt: Stop after so many failures (5) or when more than a share of the calls failed ("2%").
            workers: Calls that may be waiting or in flight; by default at least as many as may run at once.
            buffer: Outcomes that may wait to be taken.
            handle_sigint: Let the first Ctrl-C stop the run cleanly: what is in flight finishes, the rest comes as
                "not started", then KeyboardInterrupt is raised.
            sender: What sends the calls in place of this client, say to look at something before each of them.

        Raises (from the iteration, after the last outcome):
            BulkHalted: `halt` was reached.
        """
        least = self._fixed or self._maximum
        return BulkRun(
            sender or self,
            calls,
            workers=workers or max(_WORKERS, least),
            buffer=buffer,
            halt=halt,
            handle_sigint=handle_sigint,
        )

    async def login(self) -> None:
        """Fetch a token now rather than with the first call that needs one.

        Raises:
            AuthenticationError: WrongCredentials, TwoFactorRequired and the like.
        """
        self._check_open()
        if not self._known:
            raise ConfigurationError("there is nothing to log in with: give username and password")
        if self._session.ready() is None:
            await self._session.renew(self._session.token)

    async def logout(self) -> None:
        """Revoke the token and forget it, in the token file too. Without a token nothing happens."""
        if self._session.token is None and (self._file is None or self._file.load() is None):
            return
        with suppress(AuthenticationError):  # a dead token needs no revoking
            await self.auth.revoke()
        self._session.forget()

    # -- watching --------------------------------------------------------------------------------

    def on(self, event: type[E], listener: Callable[[E], None]) -> Callable[[], None]:
        """Call `listener` with each event of a kind (see `aiopeertube.events`); returns what takes it off again."""
        return self._hooks.on(event, listener)

    def statistics(self) -> Statistics:
        """Return counts, latencies and the state of limiter and concurrency; also after the client was closed."""
        if not hasattr(self, "_meter"):
            self._check_open()
        return Statistics(
            requests=self._meter.requests,
            in_flight=self._meter.in_flight,
            by_status=dict(self._meter.by_status),
            retries=self._retry.retries,
            waits=self._limiter.waits,
            waited=self._limiter.waited,
            refused=self._limiter.refused,
            renewals=self._session.renewals,
            latency=self._meter.percentiles(),
            windows=self._limiter.states(),
            concurrency=(self._slots.read.state(), self._slots.write.state()),
        )

    def __repr__(self) -> str:
        who = self._credentials.username or ("a token" if self._known else "anonymous")
        return f"<PeerTube {self.origin} as {who}, {'open' if self._top else 'closed'}>"


def _fixed(concurrency: int | str) -> int | None:
    if concurrency == "auto":
        return None
    if isinstance(concurrency, int) and not whole_problem("concurrency", concurrency, 1):
        return concurrency
    raise ConfigurationError(f'concurrency: {concurrency!r} is neither "auto" nor a number from 1 on')


def _at_least_one(name: str, value: int) -> int:
    if whole_problem(name, value, 1):
        raise ConfigurationError(f"{name}: {value!r} is not a number from 1 on")
    return value
