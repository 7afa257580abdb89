"""Channels and accounts."""

import re
from typing import Any

from aiopeertube.emulator.api.calls import Call, Reply, Route, json_reply
from aiopeertube.emulator.api.listing import ACCOUNT_SORTS, CHANNEL_SORTS, check_page
from aiopeertube.emulator.model.entities import Channel, User
from aiopeertube.emulator.wire.problem_json import Problem, invalid_parameter, invalid_parameters, not_found

from .videos import list_videos

_NAME = re.compile(r"[a-z0-9_.:-]{1,50}")
_CHANNEL_LIMIT = 20


def channel_of(call: Call) -> Channel:
    """Return the channel in a path.

    Raises:
        Problem: there is none.
    """
    channel = call.store.channels.get(_local_name(call, "channel"))
    if channel is None:
        raise not_found("Video channel")
    return channel


def account_of(call: Call) -> User:
    """Return the owner of the account in a path.

    Raises:
        Problem: there is none.
    """
    user = call.store.users.get(_local_name(call, "account"))
    if user is None:
        raise not_found("Account")
    return user


def _local_name(call: Call, param: str) -> str:
    """Return the name without its host; empty for another host, since nothing remote is kept."""
    name, _, host = call.params[param].partition("@")
    return name if host in {"", call.backend.renderer.host} else ""


async def channels(call: Call) -> Reply:
    """Return all channels."""
    return _page_of_channels(call, list(call.store.channels.values()))


async def channel(call: Call) -> Reply:
    """Return one channel."""
    return json_reply(call.backend.renderer.channel(channel_of(call)))


async def channel_videos(call: Call) -> Reply:
    """Return a channel's videos."""
    return await list_videos(call, channel=channel_of(call).id)


async def accounts(call: Call) -> Reply:
    """Return all accounts."""
    page = check_page(call.query(), ACCOUNT_SORTS, "-createdAt", call.target)
    users = sorted(call.store.users.values(), key=lambda user: user.created_at, reverse=page.sort.startswith("-"))
    rows = [call.backend.renderer.account(user) for user in page.of(users)]
    return json_reply({"total": len(users), "data": rows})


async def account(call: Call) -> Reply:
    """Return one account."""
    return json_reply(call.backend.renderer.account(account_of(call)))


async def account_videos(call: Call) -> Reply:
    """Return an account's videos."""
    return await list_videos(call, owner=account_of(call).id)


async def account_channels(call: Call) -> Reply:
    """Return an account's channels."""
    return _page_of_channels(call, call.store.channels_of(account_of(call)))


async def create_channel(call: Call) -> Reply:
    """Add a channel."""
    user = call.user()
    fields = (await call.read_body()).fields
    _check_channel(call, fields)
    if any(fields["name"] in taken for taken in (call.store.channels, call.store.users, call.store.former_channels)):
        name = f"name {fields['name']}" if call.is_modern else "this name"
        detail = (
            f"Another actor (account/channel) with {name} on this instance already exists or has already existed."
        )
        raise Problem(detail, 409)
    if len(call.store.channels_of(user)) >= _CHANNEL_LIMIT:
        raise Problem(f"You cannot create more than {_CHANNEL_LIMIT} channels")
    await call.backend.write()
    made = call.store.add_channel(
        fields["name"],
        user,
        fields["displayName"],
        description=fields.get("description"),
        support=fields.get("support"),
    )
    return json_reply({"videoChannel": {"id": made.id}})


def _check_channel(call: Call, fields: dict[str, Any]) -> None:
    name, display_name = fields.get("name"), fields.get("displayName")
    invalid: dict[str, dict[str, Any]] = {}
    if not isinstance(name, str) or _NAME.fullmatch(name) is None:
        invalid |= invalid_parameter("name", name, "body")
    if not isinstance(display_name, str) or not 1 <= len(display_name) <= 120:
        invalid |= invalid_parameter("displayName", display_name, "body")
    for key in ("description", "support"):
        value = fields.get(key)
        if value is not None and not (isinstance(value, str) and 3 <= len(value) <= 1000):
            invalid |= invalid_parameter(key, value, "body")
    if invalid:
        raise invalid_parameters(invalid, call.target)


def _page_of_channels(call: Call, found: list[Channel]) -> Reply:
    page = check_page(call.query(), CHANNEL_SORTS, "-createdAt", call.target)
    keys = {
        "id": lambda channel: channel.id,
        "name": lambda channel: channel.name,
        "updatedAt": lambda channel: channel.updated_at,
        "createdAt": lambda channel: channel.created_at,
    }
    ordered = sorted(found, key=keys[page.sort.removeprefix("-")], reverse=page.sort.startswith("-"))
    rows = [call.backend.renderer.listed_channel(channel) for channel in page.of(ordered)]
    return json_reply({"total": len(found), "data": rows})


ROUTES = (
    Route("GET", "/video-channels", channels),
    Route("POST", "/video-channels", create_channel),
    Route("GET", "/video-channels/{channel}", channel),
    Route("GET", "/video-channels/{channel}/videos", channel_videos),
    Route("GET", "/accounts", accounts),
    Route("GET", "/accounts/{account}", account),
    Route("GET", "/accounts/{account}/videos", account_videos),
    Route("GET", "/accounts/{account}/video-channels", account_channels),
)
