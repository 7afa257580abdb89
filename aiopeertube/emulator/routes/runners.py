"""Runners: programs elsewhere that do work for the server."""

from typing import Any

from aiopeertube.emulator.api.calls import Call, Reply, Route, json_reply, no_content
from aiopeertube.emulator.api.paging import page_reply
from aiopeertube.emulator.api.rights import (
    MANAGE_RUNNERS,
    administrator,
    checked,
    is_text,
    number_in_path,
    optional_text,
)
from aiopeertube.emulator.model.runners import RegistrationToken, Runner
from aiopeertube.emulator.wire.clocks import iso
from aiopeertube.emulator.wire.problem_json import Problem

_TOKEN = is_text(1, 1000)
_NEW = {"registrationToken": _TOKEN, "name": is_text(1, 100), "description": optional_text(1, 1000)}


def runner_of(call: Call, token: Any) -> Runner:
    """Return the runner who asks.

    Raises:
        Problem: nobody has such a token.
    """
    found = call.store.runners.of_token(token)
    if found is None:
        raise Problem("Unknown runner token", 404, code="unknown_runner_token")
    found.seen_at = call.now
    return found


async def register(call: Call) -> Reply:
    """Add a runner, which gets a token of its own."""
    sent = checked(call, (await call.read_body()).fields, _NEW, ("registrationToken", "name"))
    runners = call.store.runners
    token = next((each for each in runners.tokens.values() if each.token == sent["registrationToken"]), None)
    if token is None:
        raise Problem("Registration token is invalid", 404)
    if any(runner.name == sent["name"] for runner in runners.runners.values()):
        raise Problem("This runner name already exists on this instance")
    made = runners.register(token, sent["name"], call.request.remote or "127.0.0.1", sent.get("description"))
    return json_reply({"id": made.id, "runnerToken": made.token})


async def unregister(call: Call) -> Reply:
    """Let a runner leave."""
    sent = checked(call, (await call.read_body()).fields, {"runnerToken": _TOKEN}, ("runnerToken",))
    call.store.runners.remove(runner_of(call, sent["runnerToken"]))
    return no_content(tagged=True)


async def runners(call: Call) -> Reply:
    """Return the runners."""
    administrator(call, MANAGE_RUNNERS)
    return page_reply(call, call.store.runners.runners.values(), lambda runner: _body(call, runner))


def _body(call: Call, runner: Runner) -> dict[str, Any]:
    return {
        "id": runner.id,
        "name": runner.name,
        "description": runner.description,
        "ip": runner.ip,
        "lastContact": iso(runner.seen_at),
        **({"version": runner.version} if call.is_modern else {}),
        "createdAt": iso(runner.created_at),
        "updatedAt": iso(runner.seen_at),
    }


async def delete(call: Call) -> Reply:
    """Remove a runner."""
    administrator(call, MANAGE_RUNNERS)
    found = call.store.runners.runners.get(number_in_path(call, "runnerId"))
    if found is None:
        raise Problem("Runner not found", 404)
    call.store.runners.remove(found)
    return no_content(tagged=True)


async def tokens(call: Call) -> Reply:
    """Return the tokens with which runners register."""
    administrator(call, MANAGE_RUNNERS)
    return page_reply(call, call.store.runners.tokens.values(), lambda token: _token_body(call, token))


def _token_body(call: Call, token: RegistrationToken) -> dict[str, Any]:
    at = iso(token.created_at)
    return {
        "id": token.id,
        "registrationToken": token.token,
        "createdAt": at,
        "updatedAt": at,
        "registeredRunnersCount": len(call.store.runners.of_registration(token)),
    }


async def generate(call: Call) -> Reply:
    """Make such a token."""
    administrator(call, MANAGE_RUNNERS)
    call.store.runners.add_token()
    return no_content(tagged=True)


async def delete_token(call: Call) -> Reply:
    """Remove such a token; runners that registered with it go with it."""
    administrator(call, MANAGE_RUNNERS)
    number = number_in_path(call, "id")
    found = call.store.runners.tokens.get(number)
    if found is None:
        raise Problem("Registration token not found", 404)
    call.store.runners.remove_token(found)
    return no_content(tagged=True)


ROUTES = (
    Route("GET", "/runners", runners, is_limited=True),
    Route("POST", "/runners/register", register, is_limited=True),
    Route("POST", "/runners/unregister", unregister, is_limited=True),
    Route("GET", "/runners/registration-tokens", tokens, is_limited=True),
    Route("POST", "/runners/registration-tokens/generate", generate, is_limited=True),
    Route("DELETE", "/runners/registration-tokens/{id}", delete_token, is_limited=True),
    Route("DELETE", "/runners/{runnerId}", delete, is_limited=True),
)
