"""PeerTube's rate limit and its tokens on the event loop's clock: servers for `MockTransport`."""

import asyncio
import math
import random
from collections.abc import Callable
from email.utils import formatdate

from aiopeertube.testing import reply
from aiopeertube.wire.messages import FormBody, Request, Response


class FixedWindowServer:
    """PeerTube's rate limit as observed: a window opens with the first request after the last one closed.

    `offset` is its clock minus ours, `delay` gives the seconds one way over the network takes, `work` the seconds
    a request takes. Administrators pass, with the headers that say the opposite.
    """

    def __init__(
        self,
        *,
        limit: int = 50,
        length: float = 10.0,
        offset: float = 1.7e9,
        delay: Callable[[], float] = lambda: 0.005,
        work: Callable[[], float] = lambda: 0.03,
        administrators: frozenset[str] = frozenset({"admin"}),
    ) -> None:
        self.limit, self.length = limit, length
        self.offset, self.delay, self.work = offset, delay, work
        self.administrators = administrators
        self.hits = 0
        self.window_ends = -math.inf
        self.statuses: list[int] = []
        self.started: list[float] = []
        self.fail: Callable[[Request], Response | None] = lambda request: None

    def now(self) -> float:
        return asyncio.get_running_loop().time() + self.offset

    def hit(self) -> tuple[dict[str, str], bool]:
        """Count a request; return the headers and whether it is over the limit."""
        now = self.now()
        if now >= self.window_ends:
            self.hits, self.window_ends = 0, math.floor(now * 1000) / 1000 + self.length
        self.hits += 1
        headers = {
            "x-ratelimit-limit": str(self.limit),
            "x-ratelimit-remaining": str(max(0, self.limit - self.hits)),
            "x-ratelimit-reset": str(math.ceil(self.window_ends)),
            "date": formatdate(now, usegmt=True),
        }
        if self.hits > self.limit:
            headers["retry-after"] = str(math.ceil(self.window_ends - now))
        return headers, self.hits > self.limit

    async def handle(self, request: Request) -> Response:
        await asyncio.sleep(self.delay())
        self.started.append(self.now() - self.offset)
        headers, over = self.hit()
        if over and request.token not in self.administrators:
            response = reply(429, text="Too many requests, please try again later.")
        else:
            response = self.fail(request) or reply(204)
            await asyncio.sleep(self.work())
        await asyncio.sleep(self.delay())
        self.statuses.append(response.status)
        return Response(response.status, dict(response.headers) | headers, response.body)

    def count(self, status: int) -> int:
        return self.statuses.count(status)


class TokenServer:
    """The token endpoint as observed: one refresh kills both tokens at once."""

    def __init__(self, *, lifetime: float = 86399.0, password: str = "right", otp: str | None = None) -> None:
        self.lifetime, self.password, self.otp = lifetime, password, otp
        self.access: str | None = None
        self.refresh: str | None = None
        self.logins = self.refreshes = self.spent_refreshes = self.calls = 0
        self.paths: list[str] = []
        self._random = random.Random(5)

    def expire(self) -> None:
        self.access = None

    async def handle(self, request: Request) -> Response:
        self.paths.append(f"{request.method} {request.path}")
        await asyncio.sleep(0.05)
        if request.path == "/api/v1/oauth-clients/local":
            return reply(200, {"client_id": "id", "client_secret": "secret"})
        if request.path == "/api/v1/users/token":
            return self._grant(request)
        if request.token is None or request.token != self.access:
            return reply(401, {"code": "invalid_token", "detail": "Token is invalid"})
        self.calls += 1
        return reply(200, {"ok": True})

    def _grant(self, request: Request) -> Response:
        assert isinstance(request.body, FormBody)
        fields = dict(request.body.fields)
        if fields["grant_type"] == "refresh_token":
            if fields["refresh_token"] != self.refresh:
                self.spent_refreshes += 1
                return reply(400, {"code": "invalid_grant"})
            self.refreshes += 1
            return self._issue()
        if self.otp is not None and "x-peertube-otp" not in dict(request.headers):
            return reply(401, {"code": "missing_two_factor"})
        if self.otp is not None and dict(request.headers)["x-peertube-otp"] != self.otp:
            return reply(400, {"code": "invalid_two_factor"})
        if fields["password"] != self.password:
            self.logins += 1
            return reply(400, {"code": "invalid_grant"})
        self.logins += 1
        return self._issue()

    def _issue(self) -> Response:
        self.access, self.refresh = f"{self._random.random()}", f"{self._random.random()}"
        token = {"access_token": self.access, "refresh_token": self.refresh, "expires_in": self.lifetime}
        return reply(200, token | {"refresh_token_expires_in": 1209599, "token_type": "Bearer"})
