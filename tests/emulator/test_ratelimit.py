from typing import Any

import pytest

from aiopeertube.emulator import Emulator
from aiopeertube.emulator.ratelimit import FixedWindows

from .conftest import Clock, Visitor


def remaining(headers: dict[str, str]) -> int:
    return int(headers["X-RateLimit-Remaining"])


class TestFixedWindows:
    def test_counts_down_and_refuses(self) -> None:
        windows = FixedWindows(2, 10.0)
        standings = [windows.hit("a", 100.5) for _ in range(3)]
        assert [standing.allowed for standing in standings] == [True, True, False]
        assert [standing.headers["X-RateLimit-Remaining"] for standing in standings] == ["1", "0", "0"]

    def test_reset_is_rounded_up(self) -> None:
        assert FixedWindows(2, 10.0).hit("a", 100.5).headers["X-RateLimit-Reset"] == "111"

    def test_retry_after_only_when_spent(self) -> None:
        windows = FixedWindows(1, 10.0)
        assert "Retry-After" not in windows.hit("a", 100.0).headers
        assert windows.hit("a", 103.5).headers["Retry-After"] == "7"

    def test_next_window_opens_with_a_request_not_on_the_clock(self) -> None:
        windows = FixedWindows(1, 10.0)
        windows.hit("a", 100.0)
        late = windows.hit("a", 125.0)
        assert late.allowed
        assert late.headers["X-RateLimit-Reset"] == "135"

    def test_window_ends_at_its_end(self) -> None:
        windows = FixedWindows(1, 10.0)
        windows.hit("a", 100.0)
        assert not windows.hit("a", 109.999).allowed
        assert windows.hit("a", 110.0).allowed

    def test_refused_requests_do_not_extend(self) -> None:
        windows = FixedWindows(1, 10.0)
        for now in (100.0, 104.0, 108.0):
            windows.hit("a", now)
        assert windows.hit("a", 110.5).allowed

    def test_addresses_have_windows_of_their_own(self) -> None:
        windows = FixedWindows(1, 10.0)
        windows.hit("a", 100.0)
        assert windows.hit("b", 100.0).allowed


@pytest.fixture
def options(clock: Clock) -> dict[str, Any]:
    return {"videos": 2, "rate_limit": (5, 10.0), "login_limit": (2, 300.0), "clock": clock}


@pytest.mark.anyio
class TestServer:
    async def spend(self, visitor: Visitor, requests: int = 5) -> None:
        for _ in range(requests):
            await visitor.get("/videos/categories")

    async def test_refusal(self, visitor: Visitor, server: Emulator) -> None:
        await self.spend(visitor)
        status, headers, body = await visitor.get("/videos")
        assert status == 429
        assert body == "Too many requests, please try again later."
        assert headers["Content-Type"] == "text/html; charset=utf-8"
        assert headers["Retry-After"] == "10"
        assert server.statistics().refused == 1

    async def test_window_reopens(self, visitor: Visitor, clock: Clock) -> None:
        await self.spend(visitor, 6)
        clock.forward(10)
        status, headers, _ = await visitor.get("/videos")
        assert (status, remaining(headers)) == (200, 4)

    async def test_login_shows_its_own_bucket_and_counts_in_both(self, visitor: Visitor) -> None:
        _, headers, _ = await visitor.grant(grant_type="password", username="nisv", password="secret123")
        assert (headers["X-RateLimit-Limit"], remaining(headers)) == ("2", 1)
        _, headers, _ = await visitor.get("/videos")
        assert (headers["X-RateLimit-Limit"], remaining(headers)) == ("5", 3)

    async def test_login_limit_outlasts_the_other(self, visitor: Visitor, clock: Clock) -> None:
        for _ in range(2):
            await visitor.grant(grant_type="password", username="nisv", password="wrong")
        clock.forward(10)
        status, headers, _ = await visitor.grant(grant_type="password", username="nisv", password="secret123")
        assert (status, headers["X-RateLimit-Limit"], headers["Retry-After"]) == (429, "2", "290")
        clock.forward(290)
        status, _, _ = await visitor.grant(grant_type="password", username="nisv", password="secret123")
        assert status == 200

    async def test_login_is_refused_while_the_window_is_spent(self, visitor: Visitor) -> None:
        await self.spend(visitor)
        status, headers, _ = await visitor.grant(grant_type="password", username="nisv", password="secret123")
        assert (status, headers["X-RateLimit-Limit"]) == (429, "5")

    @pytest.mark.parametrize(("username", "password"), [("root", "test-root"), ("moderator", "secret123")])
    async def test_staff_pass_with_misleading_headers(self, visitor: Visitor, username: str, password: str) -> None:
        await visitor.login(username, password)
        await self.spend(visitor, 4)
        status, headers, _ = await visitor.get("/videos")
        assert (status, remaining(headers), headers["Retry-After"]) == (200, 0, "10")
        visitor.use(None)
        status, _, _ = await visitor.get("/videos")
        assert status == 429, "it is the token that passes, not the address"

    async def test_users_do_not_pass(self, owner: Visitor) -> None:
        await self.spend(owner)
        assert (await owner.get("/videos"))[0] == 429

    async def test_bad_token_in_a_spent_window(self, visitor: Visitor) -> None:
        await self.spend(visitor)
        visitor.use("bad")
        status, headers, body = await visitor.get("/videos")
        assert (status, body["code"], remaining(headers)) == (401, "invalid_token", 0)

    async def test_unlimited_paths(self, visitor: Visitor) -> None:
        for path in ("/ping", "/does-not-exist"):
            _, headers, _ = await visitor.get(path)
            assert not [name for name in headers if name.startswith("X-RateLimit")]

    async def test_unknown_paths_below_a_limited_one(self, visitor: Visitor) -> None:
        status, headers, body = await visitor.get("/videos/1/nothing/here")
        assert (status, body, remaining(headers)) == (400, "", 4)

    async def test_broken_json_is_answered_first(self, owner: Visitor) -> None:
        await self.spend(owner)
        status, headers, body = await owner.put(
            "/videos/1", data=b"{bad", headers={"Content-Type": "application/json"}
        )
        assert (status, body["code"]) == (400, "SyntaxError")
        assert "X-RateLimit-Limit" not in headers

    async def test_addresses_behind_a_proxy(self, visitor: Visitor) -> None:
        await self.spend(visitor)
        status, _, _ = await visitor.get("/videos", headers={"X-Forwarded-For": "10.0.0.1"})
        assert status == 200

    async def test_date_is_the_servers_clock(self, visitor: Visitor) -> None:
        _, headers, _ = await visitor.get("/ping")
        assert headers["Date"] == "Fri, 15 Jan 2027 08:00:00 GMT"


@pytest.mark.anyio
class TestNoLimit:
    @pytest.fixture
    def options(self) -> dict[str, Any]:
        return {"videos": 0, "rate_limit": None, "login_limit": None}

    async def test_no_limit_and_no_headers(self, visitor: Visitor) -> None:
        for _ in range(60):
            status, headers, _ = await visitor.get("/videos/categories")
        assert status == 200
        assert "X-RateLimit-Limit" not in headers
