"""Checks of an edit's fields, in the server's order and in its words."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiopeertube.emulator.model.constants import (
    CATEGORIES,
    COMMENT_POLICIES,
    INTERNAL,
    LICENCES,
    MODERN_LICENCES,
    PASSWORD_PROTECTED,
    PRIVACIES,
    PUBLIC,
    UNLISTED,
)
from aiopeertube.emulator.wire.bodies import Body, Upload
from aiopeertube.emulator.wire.problem_json import (
    Problem,
    invalid_parameter,
    invalid_parameters,
    missing_parameter,
)
from aiopeertube.emulator.wire.scalars import (
    bool_or_null,
    int_or_null,
    is_int,
    kind_of,
    length,
    parse_date,
    text_of,
    trimmed,
    units,
    value_or_null,
)

IMAGE_FIELDS = ("thumbnailfile", "previewfile")
_IMAGE_LIMIT = 4 * 1024 * 1024
_IMAGE_TYPES = {"image/png", "image/jpg", "image/jpeg", "image/webp"}
_INVALID = "Invalid value"
_URL = re.compile(r"https?://(?:[^\s/?#@]+@)?[^\s/?#@]+\.[^\s/?#@]+(?:[/?#]\S*)?", re.IGNORECASE)
_SCHEDULED_PRIVACIES = (PUBLIC, UNLISTED, INTERNAL)

Invalid = dict[str, dict[str, Any]]

# A check gives the message of what is wrong, or None.
_Check = Callable[[Any], str | None]


@dataclass(frozen=True, slots=True)
class Field:
    """A field: how the server cleans it, and what it then has to be; `modern` is for 8.2, where that differs."""

    name: str
    clean: Callable[[Any], Any]
    check: _Check
    modern: _Check | None = None


def _same(value: Any) -> Any:
    return value


def _trimmed(value: Any) -> Any:
    return value if isinstance(value, list | dict) else trimmed(text_of(value))


def _known(labels: dict[int, str], *, nullable: bool) -> _Check:
    def check(value: Any) -> str | None:
        if value is None:
            return None if nullable else _INVALID
        # A number that came as text is fine as well, when nothing has cleaned it.
        number = int_or_null(value) if is_int(value) else value
        return None if isinstance(number, int) and number in labels else _INVALID

    return check


def _texts(name: str, clean: Callable[[Any], Any], lowest: int, highest: int, **options: Any) -> Field:
    old, new = (_text(lowest, highest, modern=modern, **options) for modern in (False, True))
    return Field(name, clean, old, new)


def _text(
    lowest: int, highest: int, message: str = _INVALID, *, nullable: bool = True, modern: bool = False
) -> _Check:
    def check(value: Any) -> str | None:
        if value is None and nullable:
            return None
        if not isinstance(value, str):
            return _not_text(value) if message == _INVALID and value is not None else message
        return None if lowest <= length(value, modern=modern) <= highest else message

    return check


def _not_text(value: Any) -> str:
    return f"Expected a string but received a {kind_of(value)}"


def _boolean(message: str) -> _Check:
    return lambda value: None if isinstance(value, bool) else message


def _language(value: Any) -> str | None:
    # Any code of ten characters will do, known or not.
    fits = value is None or (isinstance(value, str) and 1 <= len(value) <= 10)
    return None if fits else _INVALID


def _tags(*, modern: bool) -> _Check:
    message = "Should have an array of up to 5 tags between 2 and 30 characters each"

    def fits(tag: Any) -> bool:
        return isinstance(tag, str) and 2 <= length(tag, modern=modern) <= 30

    def check(value: Any) -> str | None:
        if value is None:
            return None
        return None if isinstance(value, list) and len(value) <= 5 and all(map(fits, value)) else message

    return check


def _date(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        return _not_text(value)
    return _INVALID if parse_date(value) is None else None


def _identifier(value: Any) -> str | None:
    return None if is_int(value) else _INVALID


def _flags(value: Any) -> str | None:
    # Any number will do, whatever it would mean.
    return None if value is None or is_int(value) else _INVALID


def _url(value: Any) -> str | None:
    # A name has a dot, as a domain below a top-level one does; addresses have, too.
    fits = isinstance(value, str) and 3 <= len(value) <= 2000 and _URL.fullmatch(value) is not None
    return None if fits else _INVALID


def _list(value: Any) -> str | None:
    return None if isinstance(value, list) else "Video passwords should be an array."


def _anything(value: Any) -> str | None:
    return None


_COMMON = (
    Field("category", int_or_null, _known(CATEGORIES, nullable=True)),
    Field("licence", int_or_null, _known(LICENCES, nullable=True), _known(MODERN_LICENCES, nullable=True)),
    Field("language", value_or_null, _language),
    Field("nsfw", bool_or_null, _boolean("Should have a valid nsfw boolean")),
    Field("waitTranscoding", bool_or_null, _boolean("Should have a valid waitTranscoding boolean")),
    Field("privacy", int_or_null, _known(PRIVACIES, nullable=False)),
    _texts("description", value_or_null, 3, 10000),
    _texts("support", value_or_null, 3, 1000),
    Field("tags", value_or_null, _tags(modern=False), _tags(modern=True)),
    Field("commentsPolicy", _same, _known(COMMENT_POLICIES, nullable=True)),
    Field("downloadEnabled", bool_or_null, _boolean("Should have downloadEnabled boolean")),
    Field("originallyPublishedAt", value_or_null, _date),
    Field("scheduleUpdate", value_or_null, _anything),
)
# Fields that 8.x does not know any more, and those that 6.3 does not know yet; what they do not know they ignore.
_FIELDS = (
    *_COMMON,
    Field("commentsEnabled", bool_or_null, _boolean("Should have valid commentsEnabled boolean")),
)
_FIELDS_OF_8 = (
    *_COMMON,
    Field("nsfwFlags", lambda value: int_or_null(value) if is_int(value) else value_or_null(value), _flags),
    _texts("nsfwSummary", value_or_null, 3, 250),
)
NAME = _texts(
    "name", _trimmed, 3, 120, message="Should have a video name between 3 and 120 characters long", nullable=False
)
CHANNEL = Field("channelId", int_or_null, _identifier)
PASSWORDS = Field("videoPasswords", _same, _list)
IMPORT_FIELDS = (
    CHANNEL,
    Field("targetUrl", _same, _url),
    Field("name", _same, NAME.check, NAME.modern),
    PASSWORDS,
)
LAST_FIELDS = (NAME, CHANNEL, PASSWORDS)


def check_edit(body: Body, instance: str, invalid_id: Invalid | None, *, modern: bool) -> dict[str, Any]:
    """Check the fields of an edit; return the known ones that were sent, parsed.

    `instance` is the request's target, for the error; `invalid_id` what is wrong with the identifier in the path.

    Raises:
        Problem: with every field that is invalid.
    """
    clean, invalid = check_common(body, modern=modern)
    invalid |= invalid_id or {}
    check_fields(LAST_FIELDS, body.fields, clean, invalid, modern=modern)
    if invalid:
        raise invalid_parameters(invalid, instance)
    check_schedule_date(clean, modern=modern)
    check_sensitive(clean)
    return clean


def check_common(body: Body, *, modern: bool) -> tuple[dict[str, Any], Invalid]:
    """Check the fields that edits and new videos share; return those sent, parsed, and what is wrong with them."""
    clean: dict[str, Any] = {}
    invalid: Invalid = {}
    for name in IMAGE_FIELDS:
        if name in body.files:
            invalid |= _check_image(name, body.files[name])
    check_fields(_FIELDS_OF_8 if modern else _FIELDS, body.fields, clean, invalid, modern=modern)
    if isinstance(clean.get("scheduleUpdate"), dict):
        clean["scheduleUpdate"] = _check_schedule(clean["scheduleUpdate"], invalid)
    return clean, invalid


def check_sensitive(clean: dict[str, Any]) -> None:
    """Check that what says why a video is sensitive comes with saying that it is.

    Raises:
        Problem: it does not, whatever the video was before.
    """
    for name in ("nsfwFlags", "nsfwSummary"):
        if clean.get(name) and not clean.get("nsfw"):
            raise Problem(f"Cannot set {name} if the video is not NSFW")


def check_schedule_date(clean: dict[str, Any], *, modern: bool) -> None:
    """Check that a schedule, if there is one, has a date.

    Raises:
        Problem: it has none.
    """
    schedule = clean.get("scheduleUpdate")
    # An object without anything in it counts as well.
    is_there = bool(schedule) or isinstance(schedule, dict | list)
    if is_there and not (isinstance(schedule, dict) and schedule.get("updateAt")):
        detail = '"scheduleUpdate.updateAt" parameter is mandatory' if modern else "Schedule update at is mandatory."
        raise Problem(detail)


def check_fields(
    fields: tuple[Field, ...], sent: dict[str, Any], clean: dict[str, Any], invalid: Invalid, *, modern: bool
) -> None:
    """Check the fields that were sent; collect the cleaned ones, and errors for the others."""
    for field in fields:
        if field.name not in sent:
            continue
        value = clean[field.name] = field.clean(sent[field.name])
        check = field.modern if modern and field.modern else field.check
        message = check(value)
        if message is not None:
            invalid |= invalid_parameter(field.name, value, "body", message)


def _check_schedule(sent: dict[str, Any], invalid: Invalid) -> dict[str, Any]:
    schedule = dict(sent)
    if "updateAt" in schedule:
        at = schedule["updateAt"]
        if not isinstance(at, str) or parse_date(at) is None:
            message = "Should have a schedule update date that conforms to ISO 8601"
            invalid |= invalid_parameter("scheduleUpdate.updateAt", at, "body", message)
    if "privacy" in schedule:
        privacy = schedule["privacy"] = int_or_null(schedule["privacy"])
        if privacy not in _SCHEDULED_PRIVACIES:
            invalid |= invalid_parameter("scheduleUpdate.privacy", privacy, "body")
    return schedule


def _check_image(name: str, upload: Upload) -> Invalid:
    fits = upload.size <= _IMAGE_LIMIT
    if upload.name and fits and upload.content_type.lower() in _IMAGE_TYPES:
        return {}
    message = (
        f"This {name.removesuffix('file')} file is not supported or too large. "
        "Please, make sure it is of the following type: .png, .jpg, .jpeg, .webp"
    )
    return missing_parameter(name, "body", message)


def check_passwords(sent: dict[str, Any], current_privacy: int, *, modern: bool) -> None:
    """Check that an edit of a video that is, or becomes, protected by passwords has valid ones.

    Raises:
        Problem: it does not.
    """
    if sent.get("privacy", current_privacy) != PASSWORD_PROTECTED:
        return
    passwords = sent.get("videoPasswords")
    if passwords is None:
        raise Problem("Video passwords are missing.")
    if not passwords:
        raise Problem("At least one video password is required.")
    if not all(isinstance(password, str) for password in passwords):
        raise Problem("Video password should be a string.")
    if len(set(passwords)) != len(passwords):
        raise Problem("Duplicate video passwords are not allowed.")
    if not all(_is_password(password, modern=modern) for password in passwords):
        limits = "Password length should be at least 2 characters and no more than 100 characters."
        raise Problem(f"Invalid video password. {limits}")


def _is_password(text: str, *, modern: bool) -> bool:
    return 2 <= length(text, modern=True) <= 100 if modern else 2 <= units(text) < 100
