"""Bodies of what users make of videos."""

from typing import Any

from aiopeertube.emulator.model import ids
from aiopeertube.emulator.model.community import (
    ACCEPTED,
    PENDING,
    REJECTED,
    Comment,
    Element,
    Message,
    Playlist,
    Report,
)
from aiopeertube.emulator.model.entities import User, Video
from aiopeertube.emulator.wire.clocks import iso

from .calls import Call

Body = dict[str, Any]
PLAYLIST_PRIVACIES = {1: "Public", 2: "Unlisted", 3: "Private"}
_KINDS = {1: "Regular", 2: "Watch later"}
_STATES = {PENDING: "Pending", REJECTED: "Rejected", ACCEPTED: "Accepted"}
_SIZES = ((280, 157, "16:9"), (850, 480, "16:9"), (1280, 720, "16:9"), (1400, 1400, "1:1"), (1920, 1080, "16:9"))
_OF_REPORTED = ("url", "name", "host", "avatars", "id", "hostRedundancyAllowed", "banners", "displayName")


def summary_of_user(call: Call, user: User) -> Body:
    """Return an account as rows show it."""
    full = call.backend.renderer.account(user)
    return {name: full[name] for name in ("id", "displayName", "name", "url", "host", "avatars")}


def comment_body(call: Call, comment: Comment) -> Body:
    """Return a comment, with how much was said to it."""
    below = _below(call, comment)
    author = comment.video.channel.owner
    return {
        **_comment(call, comment),
        "deletedAt": None if comment.deleted_at is None else iso(comment.deleted_at),
        "heldForReview": comment.is_held,
        "isDeleted": comment.deleted_at is not None,
        "totalRepliesFromVideoAuthor": sum(reply.user is author for reply in below),
        "totalReplies": len(below),
        "account": None if comment.deleted_at is not None else call.backend.renderer.account(comment.user),
    }


def moderated_comment(call: Call, comment: Comment) -> Body:
    """Return a comment as lists for those who watch over comments show it."""
    video = comment.video
    where: Body = {"id": video.id, "uuid": video.uuid, "name": video.name}
    if call.is_modern:
        where["channel"] = call.backend.renderer.rows([video])[0]["channel"]
    return {
        **_comment(call, comment),
        "heldForReview": comment.is_held,
        "automaticTags": [],
        "video": where,
        "account": call.backend.renderer.account(comment.user),
    }


def _comment(call: Call, comment: Comment) -> Body:
    video = comment.video
    return {
        "id": comment.id,
        "url": f"{call.backend.renderer.url}/videos/watch/{video.uuid}/comments/{comment.id}",
        "text": comment.text,
        "threadId": comment.thread.id,
        "inReplyToCommentId": None if comment.parent is None else comment.parent.id,
        "videoId": video.id,
        "createdAt": iso(comment.created_at),
        "updatedAt": iso(comment.updated_at),
    }


def _below(call: Call, comment: Comment) -> list[Comment]:
    replies = call.store.community.replies_to(comment)
    return [*replies, *(each for reply in replies for each in _below(call, reply))]


def tree(call: Call, comment: Comment) -> Body:
    """Return a comment with the answers to it, and theirs."""
    replies = call.store.community.replies_to(comment)
    return {"comment": comment_body(call, comment), "children": [tree(call, reply) for reply in replies]}


def playlist_body(call: Call, playlist: Playlist) -> Body:
    """Return a playlist."""
    url, name = call.backend.renderer.url, playlist.thumbnail
    short = ids.to_short(playlist.uuid)
    body: Body = {
        "id": playlist.id,
        "uuid": playlist.uuid,
        "shortUUID": short,
        "isLocal": True,
        "url": f"{url}/video-playlists/{playlist.uuid}",
        "displayName": playlist.name,
        "description": playlist.description,
        "privacy": {"id": playlist.privacy, "label": PLAYLIST_PRIVACIES[playlist.privacy]},
        "thumbnailPath": name and f"/lazy-static/thumbnails/playlist-{name}.jpg",
        "embedPath": f"/video-playlists/embed/{short if call.is_modern else playlist.uuid}",
        "type": {"id": playlist.kind, "label": _KINDS[playlist.kind]},
        "videosLength": len(playlist.elements),
        "createdAt": iso(playlist.created_at),
        "updatedAt": iso(playlist.updated_at),
        "ownerAccount": summary_of_user(call, playlist.owner),
        "videoChannel": _channel_summary(call, playlist),
    }
    if call.is_modern:
        body["thumbnails"] = _thumbnails(url, name)
        body["videoChannelPosition"] = position(call, playlist)
    return body


def _channel_summary(call: Call, playlist: Playlist) -> Body | None:
    if playlist.channel is None:
        return None
    full = call.backend.renderer.channel(playlist.channel)
    return {name: full[name] for name in ("id", "name", "displayName", "url", "host", "avatars")}


def position(call: Call, playlist: Playlist) -> int | None:
    """Return which of its channel's playlists a playlist is, from 1 on."""
    channel = playlist.channel
    return None if channel is None else 1 + call.store.community.playlists_of(channel).index(playlist)


def _thumbnails(url: str, name: str | None) -> list[Body]:
    return [
        {"height": height, "width": width, "aspectRatio": ratio, "fileUrl": f"{url}/lazy-static/thumbnails/{name}"}
        for width, height, ratio in (_SIZES if name else ())
    ]


def element_body(call: Call, element: Element, position: int) -> Body:
    """Return a video's place in a playlist."""
    return {
        "id": element.id,
        "position": position,
        "startTimestamp": element.start,
        "stopTimestamp": element.stop,
        "type": 0,
        "video": call.backend.renderer.rows([element.video])[0],
    }


def report_body(call: Call, report: Report, *, for_staff: bool) -> Body:
    """Return a report; moderators are told more."""
    body: Body = {
        "id": report.id,
        "reason": report.reason,
        "predefinedReasons": report.predefined,
        "flaggedAccount": call.backend.renderer.account_summary(report.accused),
        "state": {"id": report.state, "label": _STATES[report.state]},
        "countMessages": len(report.messages),
        "createdAt": iso(report.created_at),
        "updatedAt": iso(report.updated_at),
        "video": None if report.video is None else _reported(call, report, report.video, for_staff=for_staff),
        "comment": None if report.comment is None else _reported_comment(report.comment),
    }
    if for_staff:
        reports = call.store.community.reports.values()
        body |= {
            "moderationComment": report.moderation,
            "reporterAccount": call.backend.renderer.account_summary(report.reporter),
            "countReportsForReporter": sum(each.reporter is report.reporter for each in reports),
            "countReportsForReportee": sum(each.accused is report.accused for each in reports),
        }
    return body


def _reported(call: Call, report: Report, video: Video, *, for_staff: bool) -> Body:
    row = call.backend.renderer.rows([video])[0]
    channel = call.backend.renderer.channel(video.channel)
    more: Body = {"shortUUID": row["shortUUID"], "thumbnails": row["thumbnails"]} if call.is_modern else {}
    if for_staff:
        same = [each for each in call.store.community.reports.values() if each.video is video]
        more |= {"countReports": len(same), "nthReport": same.index(report) + 1}
    return {
        **{name: row[name] for name in ("id", "uuid", "name", "nsfw", "thumbnailPath")},
        "startAt": report.start,
        "endAt": report.end,
        "deleted": False,
        "blacklisted": video.blocked is not None,
        "channel": {name: channel[name] for name in (*_OF_REPORTED, "description", "isLocal")},
        **more,
    }


def _reported_comment(comment: Comment) -> Body:
    video = comment.video
    return {
        "id": comment.id,
        "threadId": comment.thread.id,
        "text": comment.text,
        "deleted": comment.deleted_at is not None,
        "video": {"id": video.id, "name": video.name, "uuid": video.uuid},
    }


def message_body(call: Call, message: Message) -> Body:
    """Return a message about a report."""
    return {
        "id": message.id,
        "createdAt": iso(message.created_at),
        "byModerator": message.by_moderator,
        "message": message.text,
        "account": summary_of_user(call, message.user),
    }


def block_body(call: Call, video: Video) -> Body:
    """Return a blocked video."""
    block = video.blocked
    if block is None:
        raise AssertionError("only blocked videos are listed")
    return {
        "id": block.id,
        "createdAt": iso(block.created_at),
        "updatedAt": iso(block.updated_at),
        "reason": block.reason,
        **({"internalNote": block.note} if call.is_modern else {}),
        "unfederated": block.unfederated,
        "type": 1,
        "video": call.backend.renderer.rows([video])[0],
    }
