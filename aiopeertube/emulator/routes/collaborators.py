"""Users who may edit another's channel, and what was done with it; only 8.x."""

from aiopeertube.emulator.api.calls import Call, Reply, Route, json_reply, no_content, only_8
from aiopeertube.emulator.api.offer_bodies import activity_body, collaborator_body
from aiopeertube.emulator.api.paging import BY_TIME, page_reply
from aiopeertube.emulator.api.rights import checked, is_text, number_in_path
from aiopeertube.emulator.model.offers import INVITED, JOINED, Collaborator
from aiopeertube.emulator.wire.problem_json import Problem, not_found

from .channels import channel_of
from .ownership import managed_channel, owned_channel


async def collaborators(call: Call) -> Reply:
    """Return who may edit a channel, and who is invited to."""
    channel = managed_channel(call, call.user())
    found = [each for each in call.store.community.collaborators.values() if each.channel is channel]
    return json_reply({"total": len(found), "data": [collaborator_body(call, each) for each in found]})


async def invite(call: Call) -> Reply:
    """Invite a user."""
    channel = owned_channel(call, call.user())
    sent = checked(call, (await call.read_body()).fields, {"accountHandle": is_text(1, 300)}, ("accountHandle",))
    user = call.store.users.get(sent["accountHandle"].partition("@")[0])
    if user is None:
        raise not_found("Account")
    if user is channel.owner:
        raise Problem("Cannot invite the account owner of the channel to collaborate")
    community, now = call.store.community, call.backend.options.clock()
    if any(each.channel is channel and each.user is user for each in community.collaborators.values()):
        raise Problem("This account is already a collaborator or has a pending invitation for this channel", 409)
    await call.backend.write()
    number = community.number("collaborator")
    made = community.collaborators[number] = Collaborator(number, channel, user, now, now)
    return json_reply({"collaborator": collaborator_body(call, made)})


async def accept(call: Call) -> Reply:
    """Accept an invitation."""
    collaborator = _invited(call)
    collaborator.state, collaborator.updated_at = JOINED, call.backend.options.clock()
    collaborator.channel.collaborators.add(collaborator.user.id)
    return no_content(tagged=True)


async def reject(call: Call) -> Reply:
    """Reject an invitation."""
    del call.store.community.collaborators[_invited(call).id]
    return no_content(tagged=True)


async def remove(call: Call) -> Reply:
    """Remove a collaborator: the channel's owner may, and the collaborator."""
    user, collaborator = call.user(), _of_path(call)
    if collaborator.user is not user:
        owned_channel(call, user)
    collaborator.channel.collaborators.discard(collaborator.user.id)
    del call.store.community.collaborators[collaborator.id]
    return no_content(tagged=True)


async def activities(call: Call) -> Reply:
    """Return what was done with a channel."""
    channel = managed_channel(call, call.user())
    found = [each for each in call.store.community.activities if each.channel is channel]
    return page_reply(call, found, lambda each: activity_body(call, each), {**BY_TIME}, "-createdAt")


def _of_path(call: Call) -> Collaborator:
    channel = channel_of(call)
    found = call.store.community.collaborators.get(number_in_path(call, "collaborator"))
    if found is None or found.channel is not channel:
        raise Problem("Channel collaborator does not exist", 404)
    return found


def _invited(call: Call) -> Collaborator:
    user, found = call.user(), _of_path(call)
    if found.state != INVITED:
        raise Problem("Collaborator is not in pending state")
    if found.user is not user:
        raise Problem("Collaborator is not the current user")
    return found


_PATH = "/video-channels/{channel}/collaborators"
ROUTES = (
    Route("GET", _PATH, only_8(collaborators)),
    Route("POST", f"{_PATH}/invite", only_8(invite)),
    Route("POST", f"{_PATH}/{{collaborator}}/accept", only_8(accept)),
    Route("POST", f"{_PATH}/{{collaborator}}/reject", only_8(reject)),
    Route("DELETE", f"{_PATH}/{{collaborator}}", only_8(remove)),
    Route("GET", "/video-channels/{channel}/activities", only_8(activities)),
)
