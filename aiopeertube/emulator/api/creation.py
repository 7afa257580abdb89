"""Making a new video: its checks, in the server's order and in its words, and the video."""

from typing import Any

from aiopeertube.emulator.model.activities import CREATE
from aiopeertube.emulator.model.constants import PRIVATE, PUBLIC
from aiopeertube.emulator.model.entities import Channel, User, Video
from aiopeertube.emulator.model.ids import to_short
from aiopeertube.emulator.model.notices import NEW_VIDEO
from aiopeertube.emulator.wire.bodies import Body, Upload
from aiopeertube.emulator.wire.problem_json import Problem, invalid_parameters, missing_parameter
from aiopeertube.emulator.wire.video_files import SourceFile, extensions, is_video_type

from .calls import Call, Reply, json_reply
from .edits import apply_edit, channel_of_user
from .validation import (
    CHANNEL,
    LAST_FIELDS,
    Invalid,
    check_common,
    check_fields,
    check_passwords,
    check_schedule_date,
    check_sensitive,
)


def check_new_video(body: Body, instance: str, file_problem: Invalid, *, modern: bool) -> dict[str, Any]:
    """Check the fields of a new video; return the known ones that were sent, parsed.

    `instance` is the request's target, for the error; `file_problem` what is wrong with the file or its name.

    Raises:
        Problem: with every field that is invalid.
    """
    clean, invalid = check_common(body, modern=modern)
    invalid |= file_problem
    # Without a name the server checks an empty one, and shows it.
    for field in LAST_FIELDS:
        if field is CHANNEL and CHANNEL.name not in body.fields:
            invalid |= missing_parameter(CHANNEL.name)
        check_fields((field,), {"name": "", **body.fields}, clean, invalid, modern=modern)
    if invalid:
        raise invalid_parameters(invalid, instance)
    check_schedule_date(clean, modern=modern)
    check_sensitive(clean)
    return clean


def check_file_type(content_type: str, *, more: bool) -> None:
    """Check the declared type of a file; of `more` types than a stock server's.

    Raises:
        Problem: the server does not accept it.
    """
    if not is_video_type(content_type, more=more):
        kinds = ", ".join(extensions(more=more))
        raise Problem(f"This file is not supported. Please, make sure it is of the following type: {kinds}", 415)


def check_place(call: Call, user: User, sent: dict[str, Any], content_type: str) -> Channel:
    """Check fields of a new video that depend on others; return its channel.

    Raises:
        Problem: channel, file type or passwords are not acceptable.
    """
    channel = channel_of_user(call, user, int(sent["channelId"]))
    check_file_type(content_type, more=call.backend.options.additional_extensions)
    check_passwords(sent, PRIVATE, modern=call.is_modern)
    return channel


def create_video(
    call: Call, channel: Channel, sent: dict[str, Any], images: dict[str, Upload], source: SourceFile | None
) -> Video:
    """Make a video, private unless the fields say otherwise."""
    made = call.store.add_video(sent["name"], channel, privacy=PRIVATE, source=source)
    if source is not None:
        made.size = source.size
    fields = {name: value for name, value in sent.items() if name != "commentsPolicy" or value}
    apply_edit(call, made, {**fields, "privacy": sent.get("privacy", PRIVATE)}, None, images)
    call.store.community.did(call.user(), CREATE, channel, made.created_at, video=made)
    _tell_followers(call, made)
    return made


def _tell_followers(call: Call, video: Video) -> None:
    """Tell those who follow the channel of a new video that everybody may see."""
    if video.privacy == PUBLIC:
        for user in call.store.users.values():
            if video.channel.id in call.store.community.follows.get(user.id, {}):
                call.store.notices.tell(user, NEW_VIDEO, video, video.created_at)


def uploaded(video: Video) -> Reply:
    """Return the answer to a finished upload."""
    names = {"id": video.id, "shortUUID": to_short(video.uuid), "uuid": video.uuid}
    return json_reply({"video": names})


def unreadable() -> Problem:
    """Return the error for a file that is not a video."""
    return Problem("Video file unreadable.", 422)
