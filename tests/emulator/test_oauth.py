from typing import Any

import pytest

from aiopeertube.emulator import Emulator

from .conftest import Answered, Clock, Visitor

pytestmark = pytest.mark.anyio


async def test_login(visitor: Visitor, server: Emulator) -> None:
    status, _, body = await visitor.grant(grant_type="password", username="nisv", password="secret123")
    assert status == 200
    assert (body["token_type"], body["expires_in"], body["refresh_token_expires_in"]) == ("Bearer", 86399, 1209599)
    assert body["access_token"] in server.store.tokens
    assert server.statistics().logins == 1


async def test_refresh_rotates_both_tokens(owner: Visitor, server: Emulator) -> None:
    old = owner.tokens
    status, _, new = await owner.grant(grant_type="refresh_token", refresh_token=old["refresh_token"])
    assert status == 200
    assert not {new["access_token"], new["refresh_token"]} & {old["access_token"], old["refresh_token"]}
    status, _, body = await owner.get("/users/me")
    assert (status, body["code"]) == (401, "invalid_token")
    status, _, body = await owner.grant(grant_type="refresh_token", refresh_token=old["refresh_token"])
    assert (status, body["code"]) == (400, "invalid_grant")
    owner.use(new["access_token"])
    assert (await owner.get("/users/me"))[0] == 200
    assert server.statistics().refreshes == 1


async def test_expire_tokens(owner: Visitor, server: Emulator) -> None:
    server.expire_tokens()
    status, _, body = await owner.get("/users/me")
    assert (status, body["code"]) == (401, "invalid_token")
    status, _, _ = await owner.grant(grant_type="refresh_token", refresh_token=owner.tokens["refresh_token"])
    assert status == 200


async def test_revoke(owner: Visitor) -> None:
    assert (await owner.call("POST", "/users/revoke-token"))[2] == {"success": True}
    assert (await owner.get("/users/me"))[0] == 401
    status, _, _ = await owner.grant(grant_type="refresh_token", refresh_token=owner.tokens["refresh_token"])
    assert status == 400


async def test_malformed_authorization(visitor: Visitor) -> None:
    status, _, body = await visitor.get("/users/me", headers={"Authorization": "Basic abc"})
    assert (status, body["code"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"grant_type": "password", "username": "nisv"}, "invalid_request"),
        ({"grant_type": "password", "password": "secret123"}, "invalid_request"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "magic"}, "unsupported_grant_type"),
        ({"client_id": ""}, "invalid_client"),
        ({"grant_type": "password", "username": "nobody", "password": "x"}, "invalid_grant"),
    ],
)
async def test_refused_grants(visitor: Visitor, fields: dict[str, Any], code: str) -> None:
    status, _, body = await visitor.grant(**fields)
    assert (status, body["code"]) == (400, code)


class TestTwoFactor:
    async def sign_in(self, visitor: Visitor, **headers: str) -> Answered:
        fields = {"grant_type": "password", "username": "twofactor", "password": "secret123"}
        return await visitor.grant(**fields, headers=headers)

    async def test_missing(self, visitor: Visitor) -> None:
        status, headers, body = await self.sign_in(visitor)
        assert (status, body["code"], body["detail"]) == (401, "missing_two_factor", "Missing two factor header")
        assert headers["x-peertube-otp"] == "required; app"

    async def test_wrong(self, visitor: Visitor) -> None:
        status, _, body = await self.sign_in(visitor, **{"x-peertube-otp": "000000"})
        assert (status, body["code"]) == (400, "invalid_two_factor")

    async def test_right(self, visitor: Visitor) -> None:
        assert (await self.sign_in(visitor, **{"x-peertube-otp": "123456"}))[0] == 200

    async def test_refresh_asks_for_no_code(self, visitor: Visitor) -> None:
        _, _, tokens = await self.sign_in(visitor, **{"x-peertube-otp": "123456"})
        status, _, _ = await visitor.grant(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
        assert status == 200


class TestLifetimes:
    @pytest.fixture
    def options(self, clock: Clock) -> dict[str, Any]:
        lifetimes = {"access_token_lifetime": 60, "refresh_token_lifetime": 120}
        return {"videos": 0, "rate_limit": None, "clock": clock, **lifetimes}

    async def test_access_token_ends(self, owner: Visitor, clock: Clock) -> None:
        assert owner.tokens["expires_in"] == 60
        clock.forward(59)
        assert (await owner.get("/users/me"))[0] == 200
        clock.forward(1)
        assert (await owner.get("/users/me"))[0] == 401

    async def test_refresh_token_ends(self, owner: Visitor, clock: Clock) -> None:
        clock.forward(121)
        status, _, body = await owner.grant(grant_type="refresh_token", refresh_token=owner.tokens["refresh_token"])
        assert (status, body["detail"]) == (400, "Invalid grant: refresh token has expired")
