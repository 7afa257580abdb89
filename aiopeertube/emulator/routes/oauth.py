"""Logging in, refreshing, logging out."""

from typing import Any

from aiopeertube.emulator.api.calls import Call, Reply, Route, json_reply
from aiopeertube.emulator.model.entities import User
from aiopeertube.emulator.wire.bodies import media_type
from aiopeertube.emulator.wire.problem_json import Problem

_FORM = "application/x-www-form-urlencoded"


async def client(call: Call) -> Reply:
    """Return the credentials of the server's own client."""
    return json_reply({"client_id": call.store.client_id, "client_secret": call.store.client_secret})


async def token(call: Call) -> Reply:
    """Issue tokens for a password or for a refresh token."""
    if media_type(call.request) != _FORM:
        raise _invalid_request(f"Invalid request: content must be {_FORM}")
    fields = (await call.read_body()).fields
    _check_client(call, fields)
    grant = fields.get("grant_type")
    if not grant:
        raise _invalid_request("Missing parameter: `grant_type`")
    if grant == "password":
        return _answer(call, _user_of_password(call, fields))
    if grant == "refresh_token":
        return _answer(call, _user_of_refresh_token(call, fields))
    raise Problem("Unsupported grant type: `grant_type` is invalid", code="unsupported_grant_type")


async def revoke(call: Call) -> Reply:
    """Revoke the token of the request, and its refresh token."""
    call.store.revoke(call.token())
    return json_reply({"success": True})


def _check_client(call: Call, fields: dict[str, Any]) -> None:
    sent = fields.get("client_id"), fields.get("client_secret")
    if not all(sent):
        raise Problem("Invalid client: cannot retrieve client credentials", code="invalid_client")
    if sent != (call.store.client_id, call.store.client_secret):
        raise Problem("Invalid client: client is invalid", code="invalid_client")


def _user_of_password(call: Call, fields: dict[str, Any]) -> User:
    for name in ("username", "password"):
        if not fields.get(name):
            raise _invalid_request(f"Missing parameter: `{name}`")
    user = call.store.users.get(fields["username"])
    if user is None or user.password != fields["password"]:
        raise _invalid_grant("Invalid grant: user credentials are invalid")
    if user.is_blocked:
        raise Problem("User is blocked.", code="account_blocked" if call.is_modern else "access_denied")
    if user.otp is not None:
        _check_code(call, user.otp)
    user.last_login_at = call.now
    call.backend.tally.logins += 1
    return user


def _check_code(call: Call, expected: str) -> None:
    code = call.request.headers.get("x-peertube-otp")
    if not code:
        headers = {"x-peertube-otp": "required; app"}
        raise Problem("Missing two factor header", 401, code="missing_two_factor", headers=headers)
    if code != expected:
        raise Problem("Invalid two factor header", code="invalid_two_factor")


def _user_of_refresh_token(call: Call, fields: dict[str, Any]) -> User:
    refresh = fields.get("refresh_token")
    if not refresh:
        raise _invalid_request("Missing parameter: `refresh_token`")
    pair = call.store.token_of_refresh(refresh)
    if pair is None:
        raise _invalid_grant("Invalid grant: refresh token is invalid")
    if pair.refresh_ends_at < call.now:
        raise _invalid_grant("Invalid grant: refresh token has expired")
    # Both tokens of the pair become invalid at once, even while others use the access token.
    call.store.revoke(pair)
    call.backend.tally.refreshes += 1
    return pair.user


def _answer(call: Call, user: User) -> Reply:
    options = call.backend.options
    issued = call.store.issue_token(user, options.access_token_lifetime, options.refresh_lifetime)
    body = {
        "token_type": "Bearer",
        "access_token": issued.access,
        "refresh_token": issued.refresh,
        "expires_in": options.access_token_lifetime,
        "refresh_token_expires_in": options.refresh_lifetime,
    }
    return json_reply(body, **{"Cache-Control": "no-store", "Pragma": "no-cache"})


def _invalid_request(detail: str) -> Problem:
    return Problem(detail, code="invalid_request")


def _invalid_grant(detail: str) -> Problem:
    return Problem(detail, code="invalid_grant")


ROUTES = (
    Route("GET", "/oauth-clients/local", client, "getOAuthClient"),
    Route("POST", "/users/token", token, "getOAuthToken"),
    Route("POST", "/users/revoke-token", revoke, "revokeOAuthToken"),
)
