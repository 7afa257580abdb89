"""Accounts and servers that a user, or the whole server, does not want to see."""

import re
from typing import Any

from aiopeertube.emulator.api.calls import Call, Reply, Route, json_reply, no_content
from aiopeertube.emulator.api.listing import listed
from aiopeertube.emulator.api.paging import page_reply
from aiopeertube.emulator.api.rights import MUTE_ACCOUNTS, MUTE_HOSTS, checked, is_text, staff
from aiopeertube.emulator.model.community import Mutes
from aiopeertube.emulator.model.entities import User
from aiopeertube.emulator.wire.clocks import iso
from aiopeertube.emulator.wire.problem_json import Problem, not_found

_HOST = re.compile(r"[a-z0-9.-]+(?::\d+)?")
_SORTS = {"createdAt": lambda muted: muted[1]}


def _owner(call: Call) -> tuple[Mutes, User | None]:
    """Return the mutes in question, and whose they are; None: the server's."""
    if call.target.startswith("/api/v1/server/"):
        staff(call, MUTE_ACCOUNTS if "/accounts" in call.target else MUTE_HOSTS)
        return call.store.community.mutes_of(0), None
    user = call.user()
    return call.store.community.mutes_of(user.id), user


async def accounts(call: Call) -> Reply:
    """Return the muted accounts."""
    mutes, owner = _owner(call)

    def body(muted: tuple[str, float]) -> dict[str, Any]:
        user = call.store.users[muted[0]]
        return {**_by(call, owner, muted[1]), "blockedAccount": call.backend.renderer.account(user)}

    known = [(name, at) for name, at in mutes.accounts.items() if name in call.store.users]
    return page_reply(call, known, body, _SORTS)


async def hosts(call: Call) -> Reply:
    """Return the muted servers."""
    mutes, owner = _owner(call)
    return page_reply(
        call,
        mutes.hosts.items(),
        lambda muted: {**_by(call, owner, muted[1]), "blockedServer": {"host": muted[0]}},
        _SORTS,
    )


def _by(call: Call, owner: User | None, at: float) -> dict[str, Any]:
    more = {"blocklistSubscription": None} if call.is_modern else {}
    by = call.backend.renderer.server_account() if owner is None else call.backend.renderer.account(owner)
    return {"byAccount": by, **more, "createdAt": iso(at)}


async def mute_account(call: Call) -> Reply:
    """Mute an account."""
    mutes, owner = _owner(call)
    sent = checked(call, (await call.read_body()).fields, {"accountName": is_text(1, 300)}, ("accountName",))
    name = _local(call, sent["accountName"])
    if name not in call.store.users:
        raise not_found("Account")
    if owner is not None and owner.username == name:
        raise Problem("You cannot block yourself.", 409)
    mutes.accounts[name] = call.backend.options.clock()
    return no_content(tagged=True)


async def unmute_account(call: Call) -> Reply:
    """No longer mute an account."""
    mutes, owner = _owner(call)
    if mutes.accounts.pop(_local(call, call.params["account"]), None) is None:
        raise Problem("Account block entry not found.", 404)
    return no_content(tagged=owner is None)


async def mute_host(call: Call) -> Reply:
    """Mute a server."""
    mutes, _ = _owner(call)
    sent = checked(call, (await call.read_body()).fields, {"host": _is_host}, ("host",))
    if sent["host"] == call.backend.renderer.host:
        raise Problem("You cannot block your own server.", 409)
    mutes.hosts[sent["host"]] = call.backend.options.clock()
    return no_content(tagged=True)


async def unmute_host(call: Call) -> Reply:
    """No longer mute a server."""
    mutes, _ = _owner(call)
    if mutes.hosts.pop(call.params["host"], None) is None:
        raise Problem("Server block entry not found.", 404)
    return no_content(tagged=True)


async def status(call: Call) -> Reply:
    """Tell which of some accounts and servers are muted."""
    user, query = call.user_or_none(), call.query()
    ours, mine = call.store.community.mutes_of(0), call.store.community.mutes_of(0 if user is None else user.id)

    def told(by_server: bool, by_user: bool) -> dict[str, bool | None]:
        more = {"blockedByServerSubscription": None} if call.is_modern else {}
        return {"blockedByServer": by_server, **more, **({} if user is None else {"blockedByUser": by_user})}

    names = {name: _local(call, name) for name in listed(query.get("accounts", []))}
    accounts = {name: told(local in ours.accounts, local in mine.accounts) for name, local in names.items()}
    hosts = {host: told(host in ours.hosts, host in mine.hosts) for host in listed(query.get("hosts", []))}
    return json_reply({"accounts": accounts, "hosts": hosts})


def _local(call: Call, handle: str) -> str:
    name, _, host = handle.partition("@")
    return name if host in {"", call.backend.renderer.host} else handle


def _is_host(value: Any) -> bool:
    return isinstance(value, str) and _HOST.fullmatch(value) is not None


ROUTES = (
    *(
        route
        for base in ("/users/me/blocklist", "/server/blocklist")
        for route in (
            Route("GET", f"{base}/accounts", accounts),
            Route("POST", f"{base}/accounts", mute_account),
            Route("DELETE", f"{base}/accounts/{{account}}", unmute_account),
            Route("GET", f"{base}/servers", hosts),
            Route("POST", f"{base}/servers", mute_host),
            Route("DELETE", f"{base}/servers/{{host}}", unmute_host),
        )
    ),
    Route("GET", "/blocklist/status", status),
)
