"""How offers, collaborators and what they did look on the wire."""

from typing import Any

from aiopeertube.emulator.model.activities import Activity
from aiopeertube.emulator.model.ids import to_short
from aiopeertube.emulator.model.offers import Collaborator, Offer
from aiopeertube.emulator.wire.clocks import iso

from .calls import Call
from .notice_bodies import OFFER_STATES

Body = dict[str, Any]
_STATUSES = {1: "WAITING", 2: "REFUSED", 3: "ACCEPTED"}
_COLLABORATOR_STATES = {1: "Pending", 2: "Accepted"}
_ACTIONS = {
    1: "Create",
    2: "Update",
    12: "Send ownership request",
    13: "Accept ownership request",
    14: "Refuse ownership request",
    16: "Delete ownership request",
}
_OF_A_VIDEO, _OF_A_CHANNEL = {"id": 1, "label": "Video"}, {"id": 3, "label": "Channel"}
_VIDEO = ("id", "uuid", "name", "nsfw", "isLive", "shortUUID", "publishedAt", "thumbnails", "channel")


def offer_body(call: Call, offer: Offer) -> Body:
    """Return an offer of a video or a channel."""
    renderer = call.backend.renderer
    state = {"id": offer.state, "label": OFFER_STATES[offer.state]}
    body = {
        "id": offer.id,
        **({"state": state} if call.is_modern else {}),
        "status": _STATUSES[offer.state],
        "initiatorAccount": renderer.account(offer.giver),
        "nextOwnerAccount": renderer.account(offer.taker),
    }
    if offer.video is not None:
        (row,) = renderer.rows([offer.video])
        body["video"] = {name: row[name] for name in _VIDEO} if call.is_modern else row
    elif offer.channel is not None:
        body["videoChannel"] = renderer.channel_summary(offer.channel)
    return {**body, "createdAt": iso(offer.created_at)}


def collaborator_body(call: Call, collaborator: Collaborator) -> Body:
    """Return a user who may edit a channel, or is invited to."""
    return {
        "id": collaborator.id,
        "state": {"id": collaborator.state, "label": _COLLABORATOR_STATES[collaborator.state]},
        "account": call.backend.renderer.account(collaborator.user),
        "updatedAt": iso(collaborator.updated_at),
        "createdAt": iso(collaborator.created_at),
    }


def activity_body(call: Call, activity: Activity) -> Body:
    """Return what somebody did."""
    renderer, video, target = call.backend.renderer, activity.video, activity.target
    channel = renderer.channel_summary(activity.channel)
    body: Body = {
        "id": activity.id,
        "account": renderer.user_summary(activity.user),
        "action": {"id": activity.action, "label": _ACTIONS[activity.action]},
        "targetType": _OF_A_CHANNEL if video is None else _OF_A_VIDEO,
        "video": None,
        "playlist": None,
        "channel": {name: channel[name] for name in ("id", "name", "displayName", "url")},
        "channelSync": None,
        "videoImport": None,
        "targetAccount": None,
        "details": None,
        "createdAt": iso(activity.created_at),
    }
    if video is not None:
        url = f"{renderer.url}/videos/watch/{video.uuid}"
        names = {"id": video.id, "name": video.name, "uuid": video.uuid, "shortUUID": to_short(video.uuid)}
        body["video"] = {**names, "isLive": video.is_live, "url": url}
    if target is not None:
        url = f"{renderer.url}/accounts/{target.username}"
        body["targetAccount"] = {"username": target.username, "displayName": target.display_name, "url": url}
    return body
