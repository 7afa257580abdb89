"""Changes of channels, and their synchronization with channels elsewhere, which is switched off."""

from pathlib import PurePosixPath
from typing import Any

from aiopeertube.emulator.api.calls import Call, Reply, Route, done, json_reply, no_content
from aiopeertube.emulator.api.paging import page_reply
from aiopeertube.emulator.api.rights import checked, is_text, optional_text
from aiopeertube.emulator.model.activities import UPDATE
from aiopeertube.emulator.model.entities import Channel
from aiopeertube.emulator.wire.clocks import iso
from aiopeertube.emulator.wire.problem_json import Problem, invalid_parameters, missing_parameter, not_found
from aiopeertube.emulator.wire.scalars import bool_or_null

from .channels import account_of, channel_of

_FIELDS = {
    "displayName": is_text(1, 120),
    "description": optional_text(3, 1000),
    "support": optional_text(3, 1000),
    "publicEmail": optional_text(3, 255),
}
_WIDTHS = {"avatar": (1500, 600, 120, 48), "banner": (1920, 600)}


def _own(call: Call, *, lenient: bool = False) -> Channel:
    """Return the channel of the path; where it is `lenient`, collaborators may have it, too."""
    user, channel = call.user(), channel_of(call)
    if lenient and user.id in channel.collaborators:
        return channel
    if channel.owner is not user and not user.is_staff:
        if call.is_modern:
            raise Problem("This user has not owner rights on this channel", 403)
        raise Problem("Only a user with sufficient right can access this account resource.", 403)
    return channel


async def edit_channel(call: Call) -> Reply:
    """Change the fields that were sent."""
    channel = _own(call, lenient=call.is_modern)
    fields = (await call.read_body()).fields
    sent = checked(call, fields, _FIELDS)
    await call.backend.write()
    call.store.community.did(call.user(), UPDATE, channel, call.backend.options.clock())
    channel.display_name = sent.get("displayName", channel.display_name)
    channel.description = sent.get("description", channel.description)
    channel.support = sent.get("support", channel.support)
    channel.updated_at = call.backend.options.clock()
    if call.is_modern:
        channel.public_email = sent.get("publicEmail", channel.public_email)
    if bool_or_null(fields.get("bulkVideosSupportUpdate")):
        for video in call.store.videos_of([channel]):
            video.support = channel.support
    return done()


async def delete_channel(call: Call) -> Reply:
    """Remove a channel and its videos; a user keeps one."""
    channel = _own(call)
    if len(call.store.channels_of(channel.owner)) == 1:
        raise Problem("Cannot remove the last channel of this user", 409)
    await call.backend.write()
    call.store.remove_channel(channel)
    return done()


async def pick(call: Call) -> Reply:
    """Give a channel another picture."""
    channel, kind = _own(call), call.params["kind"]
    name = f"{kind}file"
    if kind not in _WIDTHS:
        return Reply(400)
    files = (await call.read_body(name)).files
    if name not in files:
        message = (
            "This file is not supported or too large. Please, make sure it is of the following type : .png, .jpg"
        )
        raise invalid_parameters(missing_parameter(name, "body", message), call.target)
    channel.pictures[kind] = [
        _picture(call, f"/lazy-static/{kind}s/{call.store.new_uuid()}.png", width) for width in _WIDTHS[kind]
    ]
    for size in channel.pictures[kind]:
        call.store.pictures[PurePosixPath(size["path"]).stem] = files[name].content
    return json_reply({f"{kind}s": channel.pictures[kind]})


async def drop(call: Call) -> Reply:
    """Take a channel's picture away."""
    _own(call).pictures.pop(call.params["kind"], None)
    return no_content()


def _picture(call: Call, path: str, width: int) -> dict[str, Any]:
    at = iso(call.backend.options.clock())
    more: dict[str, Any] = {}
    if call.is_modern:
        more = {"height": width, "fileUrl": call.backend.renderer.url + path}
    return {"width": width, "path": path, **more, "createdAt": at, "updatedAt": at}


async def followers(call: Call) -> Reply:
    """Return who follows, to the owner; nobody is shown."""
    if "channel" in call.params:
        _own(call)
    else:
        account_of(call)
        call.user()
    return page_reply(call, [], lambda follow: follow)


async def syncs(call: Call) -> Reply:
    """Return an account's synchronizations: none."""
    call.user()
    account_of(call)
    return page_reply(call, [], lambda sync: sync)


async def add_sync(call: Call) -> Reply:
    """Refuse to synchronize a channel."""
    call.user()
    refusal = "Synchronization is impossible as video channel synchronization is not enabled on the server"
    raise Problem(refusal, 403)


async def no_sync(call: Call) -> Reply:
    """Find no synchronization to change."""
    call.user()
    raise not_found("Video channel sync")


ROUTES = (
    Route("PUT", "/video-channels/{channel}", edit_channel),
    Route("DELETE", "/video-channels/{channel}", delete_channel),
    Route("POST", "/video-channels/{channel}/{kind}/pick", pick),
    Route("DELETE", "/video-channels/{channel}/{kind}", drop),
    Route("GET", "/video-channels/{channel}/followers", followers),
    Route("GET", "/accounts/{account}/followers", followers),
    Route("GET", "/accounts/{account}/video-channel-syncs", syncs),
    Route("POST", "/video-channel-syncs", add_sync),
    Route("DELETE", "/video-channel-syncs/{sync}", no_sync),
)
