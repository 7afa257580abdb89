"""Carrying out an edit that has passed its checks."""

from collections.abc import Mapping
from typing import Any

from aiopeertube.emulator.model.constants import (
    COMMENTS_DISABLED,
    COMMENTS_ENABLED,
    PASSWORD_PROTECTED,
    PRIVATE,
)
from aiopeertube.emulator.model.entities import Channel, Schedule, User, Video
from aiopeertube.emulator.wire.bodies import Upload
from aiopeertube.emulator.wire.problem_json import Problem, not_found
from aiopeertube.emulator.wire.scalars import FIRST_MOMENT, int_or_null, parse_date, stored

from .calls import Call

# Fields that are stored as they come.
_PLAIN = {
    "name": "name",
    "category": "category",
    "licence": "licence",
    "language": "language",
    "nsfw": "nsfw",
    "nsfwFlags": "nsfw_flags",
    "nsfwSummary": "nsfw_summary",
    "waitTranscoding": "wait_transcoding",
    "support": "support",
    "description": "description",
    "downloadEnabled": "download_enabled",
}


def channel_of_edit(call: Call, user: User, sent: dict[str, Any]) -> Channel | None:
    """Return the channel that an edit moves its video to; None if it stays.

    Raises:
        Problem: there is no such channel, or it belongs to another user.
    """
    number = sent.get("channelId")
    return channel_of_user(call, user, int(number)) if number else None


def channel_of_user(call: Call, user: User, number: int) -> Channel:
    """Return the channel, by id, in which a user wants to publish a video.

    Raises:
        Problem: there is no such channel, or it belongs to another user.
    """
    channel = call.store.channel_by_id(number)
    if channel is not None and channel.is_managed_by(user):
        return channel
    if call.is_modern:
        raise not_found("Video channel") if channel is None else Problem("This user cannot manage this channel", 403)
    place = "instance" if channel is None else "account"
    raise Problem(f'Unknown video "video channel" for this {place}.')


def check_stored(call: Call, sent: dict[str, Any]) -> None:
    """Reject values that pass the checks but not the database.

    Raises:
        Problem: there is such a value.
    """
    for name in ("commentsPolicy", "nsfwFlags"):
        if name in sent and sent[name] is None:
            detail = f"notNull Violation: VideoModel.{name} cannot be null"
            raise Problem(detail, 500, code="SequelizeValidationError")
    schedule = sent.get("scheduleUpdate") or {}
    for date in (sent.get("originallyPublishedAt"), schedule.get("updateAt")):
        if date and (parse_date(date) or 0) < FIRST_MOMENT:
            raise Problem(f'date/time field value out of range: "{date}"', 500, code="SequelizeDatabaseError")
    if call.is_modern and "\0" in str(sent.get("name")):
        raise Problem("unsupported Unicode escape sequence", 500, code="SequelizeDatabaseError")


def apply_edit(
    call: Call, video: Video, sent: dict[str, Any], channel: Channel | None, files: Mapping[str, Upload]
) -> None:
    """Change a video; even an edit without fields sets `updatedAt`."""
    for name, attribute in _PLAIN.items():
        if name in sent:
            value = sent[name]
            _change(video, attribute, stored(value) if isinstance(value, str) else value)
    if "tags" in sent:
        # Each tag once, the first of its kind.
        video.tags = tuple(dict.fromkeys(stored(tag) for tag in sent["tags"] or ()))
    if "originallyPublishedAt" in sent:
        text = sent["originallyPublishedAt"]
        video.originally_published_at = parse_date(text) if text else None
    _set_comments(video, sent)
    _set_privacy(video, sent, call.now)
    _set_schedule(video, sent, call.now, modern=call.is_modern)
    if channel is not None:
        _change(video, "channel", channel)
    _set_sensitive(video, sent)
    _set_pictures(call, video, files)
    video.updated_at = call.backend.options.clock()


def _set_pictures(call: Call, video: Video, files: Mapping[str, Upload]) -> None:
    if "thumbnailfile" in files or (call.is_modern and files):
        video.thumbnail = call.store.new_uuid()
    if "previewfile" in files or (call.is_modern and files):  # two sizes of one picture
        video.preview = call.store.new_uuid()
    if call.is_modern and files:
        video.preview = video.thumbnail = video.preview if "previewfile" in files else video.thumbnail
    named: tuple[tuple[str, str | None], ...]
    named = ("thumbnailfile", video.thumbnail), ("previewfile", video.preview)
    call.store.pictures |= {name: files[field].content for field, name in named if field in files and name}


def _change(video: Video, attribute: str, value: Any) -> None:
    """Set an attribute if it differs, since setting one may make lists sort again."""
    if getattr(video, attribute) != value:
        setattr(video, attribute, value)


def _set_comments(video: Video, sent: dict[str, Any]) -> None:
    if "commentsPolicy" in sent:
        video.comments_policy = int_or_null(sent["commentsPolicy"])
    elif "commentsEnabled" in sent:
        video.comments_policy = COMMENTS_ENABLED if sent["commentsEnabled"] else COMMENTS_DISABLED


def _set_sensitive(video: Video, sent: dict[str, Any]) -> None:
    for name, attribute in (("nsfwFlags", "nsfw_flags"), ("nsfwSummary", "nsfw_summary")):
        if name in sent:
            value = sent[name]
            _change(video, attribute, stored(value) if isinstance(value, str) else value)
    if sent.get("nsfw") is False:
        video.nsfw_flags, video.nsfw_summary = 0, None


def _set_privacy(video: Video, sent: dict[str, Any], now: float) -> None:
    if "privacy" not in sent:
        return
    privacy = sent["privacy"]
    if video.privacy == PRIVATE != privacy:
        # It has not been published before, whatever it was then called.
        video.published_at = now
    _change(video, "privacy", privacy)
    video.passwords = tuple(map(stored, sent.get("videoPasswords") or ())) if privacy == PASSWORD_PROTECTED else ()


def _set_schedule(video: Video, sent: dict[str, Any], now: float, *, modern: bool) -> None:
    if "scheduleUpdate" not in sent:
        return
    schedule = sent["scheduleUpdate"]
    at = parse_date(schedule["updateAt"]) if schedule else None
    if modern and (at is not None or video.schedule is not None):
        video.published_at = now if at is None else at
    video.schedule = None if at is None else Schedule(at, schedule.get("privacy"))
