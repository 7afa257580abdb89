"""Who may see and change which video."""

from typing import Any

from aiopeertube.emulator.model import ids
from aiopeertube.emulator.model.constants import INTERNAL, PASSWORD_PROTECTED, PRIVATE, UNLISTED
from aiopeertube.emulator.model.entities import User, Video
from aiopeertube.emulator.wire.problem_json import Problem, invalid_parameter, invalid_parameters, not_found
from aiopeertube.emulator.wire.scalars import is_int

from .calls import Call


def invalid_id(sent: str, param: str) -> dict[str, dict[str, Any]] | None:
    """Return what is wrong with a video's identifier; None if it is valid."""
    full = _full(sent)
    if is_int(full) or ids.is_uuid(full):
        return None
    message = "Should have a valid video id (id, short UUID or UUID)"
    return invalid_parameter(param, full, "params", message)


def check_id(call: Call, param: str = "id") -> None:
    """Check a video's identifier in the path.

    Raises:
        Problem: it is not a valid identifier.
    """
    invalid = invalid_id(call.params[param], param)
    if invalid:
        raise invalid_parameters(invalid, call.target)


def existing_video(call: Call, param: str = "id") -> Video:
    """Return the video in a path.

    Raises:
        Problem: there is none.
    """
    video = call.store.video(call.params[param])
    if video is None:
        raise not_found("Video")
    return video


def managed_video(call: Call) -> Video:
    """Return the video in the path, which whoever asks may change.

    Raises:
        Problem: there is none, they are nobody, or may not.
    """
    user = call.user()
    check_id(call)
    video = existing_video(call)
    check_can_manage(user, video)
    return video


def check_can_manage(user: User, video: Video) -> None:
    """Check that a user may change a video.

    Raises:
        Problem: they may not.
    """
    if not may_manage(user, video):
        raise Problem("Cannot manage a video of another user.", 403)


def may_manage(user: User, video: Video) -> bool:
    """Tell whether a user may change a video, and see it at any privacy."""
    return video.channel.is_managed_by(user)


def check_can_see(call: Call, video: Video, param: str = "id", *, lenient: bool = True) -> None:
    """Check that the caller may see a video.

    `param` is the name of the identifier in the path. `lenient` routes also serve anonymous callers, and word
    their refusal differently.

    Raises:
        Problem: they may not.
    """
    if video.privacy == PASSWORD_PROTECTED:
        _check_password(call, video)
    elif video.privacy in {PRIVATE, INTERNAL} or video.blocked or _is_guessed(call, video, param):
        user = call.user_or_none() if lenient else call.user()
        if user is None:
            raise Problem("Not authenticated", 401)
        if (video.privacy != INTERNAL or video.blocked) and not may_manage(user, video):
            raise Problem("Cannot fetch information of private/internal/blocked video", 403)


def is_for_everybody(call: Call, video: Video) -> bool:
    """Tell whether the server shows a video to everybody who names it so."""
    hidden = video.privacy in {PRIVATE, INTERNAL, PASSWORD_PROTECTED} or video.blocked
    return not hidden and not _is_guessed(call, video, "id")


def _is_guessed(call: Call, video: Video, param: str) -> bool:
    """Tell whether an unlisted video was asked for by its id, which can be guessed, unlike its UUID."""
    return video.privacy == UNLISTED and not ids.is_uuid(_full(call.params[param]))


def _check_password(call: Call, video: Video) -> None:
    password = call.request.headers.get("x-peertube-video-password")
    if password is None:
        user = call.user_or_none()
        if user is not None and may_manage(user, video):
            return
        status = 401 if user is None and call.is_modern else 403
        detail = "Please provide a password to access this password protected video"
        raise Problem(detail, status, code="video_requires_password")
    if password not in video.passwords:
        dot = "" if call.is_modern else "."
        detail = f"Incorrect video password. Access to the video is denied{dot}"
        raise Problem(detail, 403, code="incorrect_video_password")


def _full(sent: str) -> str:
    return ids.from_short(sent) if len(sent) == ids.SHORT_LENGTH else sent
