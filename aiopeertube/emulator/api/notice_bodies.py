"""How notices look on the wire."""

from typing import Any

from aiopeertube.emulator.model.community import Comment, Report
from aiopeertube.emulator.model.constants import STATES
from aiopeertube.emulator.model.entities import Channel, User, Video
from aiopeertube.emulator.model.ids import to_short
from aiopeertube.emulator.model.notices import Blocked, Follow, Notice
from aiopeertube.emulator.model.offers import Offer
from aiopeertube.emulator.wire.clocks import iso

from .calls import Call

Body = dict[str, Any]
OFFER_STATES = {1: "Pending", 2: "Rejected", 3: "Accepted"}


def notice_body(call: Call, notice: Notice) -> Body:
    """Return a notice."""
    return {
        "id": notice.id,
        "type": notice.kind,
        "read": notice.is_read,
        **({"data": None} if call.is_modern else {}),
        **_about(call, notice),
        "createdAt": iso(notice.created_at),
        "updatedAt": iso(notice.updated_at),
    }


def _about(call: Call, notice: Notice) -> Body:
    about = notice.about
    if isinstance(about, Comment):
        return {"comment": _comment(call, about)}
    if isinstance(about, Report):
        return {"abuse": {"id": about.id, "state": about.state, **_accused(call, about)}}
    if isinstance(about, Blocked):
        return {"videoBlacklist": {"id": about.block.id, "video": _video(call, about.video)}}
    if isinstance(about, Follow):
        return {"actorFollow": _follow(call, about)}
    if isinstance(about, Offer):
        return {"changeOwnership": _offer(call, about)}
    return {"video": {**_video(call, about), "channel": _actor(call, about.channel)}}


def _comment(call: Call, comment: Comment) -> Body:
    return {
        "id": comment.id,
        "threadId": comment.thread.id,
        "account": _actor(call, comment.user),
        "video": _video(call, comment.video),
        "heldForReview": comment.is_held,
    }


def _accused(call: Call, report: Report) -> Body:
    if report.comment is not None:
        comment = report.comment
        return {"comment": {"threadId": comment.thread.id, "video": _video(call, comment.video), "id": comment.id}}
    if report.video is not None:
        return {"video": _video(call, report.video)}
    return {"account": _actor(call, report.accused)}


def _follow(call: Call, follow: Follow) -> Body:
    channel = _actor(call, follow.channel)
    following = {"type": "channel", **{name: channel[name] for name in ("displayName", "name", "host")}}
    return {
        "id": follow.channel.id,
        "state": "accepted",
        "follower": _actor(call, follow.user),
        "following": following,
    }


def _offer(call: Call, offer: Offer) -> Body:
    subject: Body = {}
    if offer.video is not None:
        subject["video"] = _video(call, offer.video)
    elif offer.channel is not None:
        subject["channel"] = _actor(call, offer.channel)
    return {
        "id": offer.id,
        "state": {"id": offer.state, "label": OFFER_STATES[offer.state]},
        "initiatorAccount": _actor(call, offer.giver),
        "nextOwnerAccount": _actor(call, offer.taker),
        **subject,
    }


def _video(call: Call, video: Video) -> Body:
    state = {"state": {"id": video.state, "label": STATES[video.state]}} if call.is_modern else {}
    return {"id": video.id, "uuid": video.uuid, "shortUUID": to_short(video.uuid), "name": video.name, **state}


def _actor(call: Call, actor: User | Channel) -> Body:
    is_user = isinstance(actor, User)
    return {
        "id": actor.account_id if isinstance(actor, User) else actor.id,
        "displayName": actor.display_name,
        "name": actor.username if isinstance(actor, User) else actor.name,
        "host": call.backend.renderer.host,
        "avatars": [] if is_user or not isinstance(actor, Channel) else actor.pictures.get("avatar", []),
    }
