"""Imports of videos. Nothing is fetched: imported videos exist at once."""

from ipaddress import ip_address
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from aiopeertube.emulator.api.calls import Call, Reply, Route, json_reply, no_content
from aiopeertube.emulator.api.creation import create_video
from aiopeertube.emulator.api.edits import channel_of_user
from aiopeertube.emulator.api.listing import check_page, fold
from aiopeertube.emulator.api.rendering import INCLUDE_STATE, unordered
from aiopeertube.emulator.api.validation import (
    CHANNEL,
    IMAGE_FIELDS,
    IMPORT_FIELDS,
    check_common,
    check_fields,
    check_passwords,
)
from aiopeertube.emulator.model.constants import PRIVATE, PUBLISHED, TO_IMPORT, USER
from aiopeertube.emulator.model.entities import CANCELLED, IMPORT_STATES, PENDING, SUCCESS, VideoImport
from aiopeertube.emulator.wire.bodies import Body
from aiopeertube.emulator.wire.clocks import iso
from aiopeertube.emulator.wire.problem_json import (
    Problem,
    invalid_parameter,
    invalid_parameters,
    missing_parameter,
    not_found,
)
from aiopeertube.emulator.wire.scalars import is_int

_SORTS = frozenset({"createdAt"})


async def add_import(call: Call) -> Reply:
    """Import a video. The answer shows its state at the start."""
    user = call.user()
    body = await call.read_body("torrentfile", *IMAGE_FIELDS)
    sent = _checked(call, body)
    check_passwords(sent, PRIVATE, modern=call.is_modern)
    _check_enabled(call, body)
    channel = channel_of_user(call, user, int(sent["channelId"]))
    url = _target(sent)
    sent.setdefault("name", PurePosixPath(urlsplit(url).path).stem or "Unknown name")
    sent.setdefault("waitTranscoding", True)
    await call.backend.write(frozenset(sent.get("tags") or ()))
    video = create_video(call, channel, sent, body.files, None)
    video.state = TO_IMPORT
    made = call.store.add_import(user, video, url)
    reply = json_reply(_rendered(call, made))
    video.state, made.state, made.updated_at = PUBLISHED, SUCCESS, call.backend.options.clock()
    return reply


async def my_imports(call: Call) -> Reply:
    """Return the user's imports."""
    user, query = call.user(), call.query()
    page = check_page(query, _SORTS, "-createdAt", call.target)
    found = [made for made in call.store.imports.values() if made.user is user]
    if url := query.get("targetUrl"):
        found = [made for made in found if made.target_url == url]
    if search := fold(str(query.get("search", ""))):
        found = [made for made in found if search in fold(made.target_url) or search in fold(made.video.name)]
    if page.sort.startswith("-"):
        found.reverse()
    return json_reply({"total": len(found), "data": [_rendered(call, made) for made in page.of(found)]})


async def delete_import(call: Call) -> Reply:
    """Forget an import; the video that it made stays."""
    found = _own(call)
    if found.state == PENDING:
        why = "Cannot delete a pending video import. Cancel it or wait for the end of the import first."
        raise Problem(why, 409)
    await call.backend.write()
    del call.store.imports[found.id]
    return no_content()


async def cancel_import(call: Call) -> Reply:
    """Stop an import that has not begun."""
    found = _own(call)
    if found.state != PENDING:
        raise Problem("Cannot cancel a non pending video import.", 409)
    await call.backend.write()
    found.state, found.updated_at = CANCELLED, call.backend.options.clock()
    return no_content()


def _own(call: Call) -> VideoImport:
    """Return the import of a path, which the user or a moderator may change."""
    user, number = call.user(), call.params["id"]
    if not is_int(number):
        raise invalid_parameters(invalid_parameter("id", number, "params"), call.target)
    found = call.store.imports.get(int(number))
    if found is None:
        raise not_found("Video import")
    if found.user is not user and user.role == USER:
        raise Problem("Cannot manage video import of another user", 403)
    return found


def _checked(call: Call, body: Body) -> dict[str, Any]:
    """Return the known fields that were sent, validated.

    Raises:
        Problem: with every field that is invalid.
    """
    clean, invalid = check_common(body, modern=call.is_modern)
    if CHANNEL.name not in body.fields:
        invalid |= missing_parameter(CHANNEL.name)
    check_fields(IMPORT_FIELDS, body.fields, clean, invalid, modern=call.is_modern)
    if invalid:
        raise invalid_parameters(invalid, call.target)
    return clean


def _check_enabled(call: Call, body: Body) -> None:
    dot = "" if call.is_modern else "."
    if body.fields.get("targetUrl") and not call.backend.options.imports:
        raise Problem(f"HTTP import is not enabled on this instance{dot}", 409)
    if body.fields.get("magnetUri") or "torrentfile" in body.files:
        raise Problem(f"Torrent/magnet URI import is not enabled on this instance{dot}", 409)


def _target(sent: dict[str, Any]) -> str:
    url = str(sent.get("targetUrl") or "")
    if not url:
        raise Problem("Should have a magnetUri or a targetUrl or a torrent file.")
    host = urlsplit(url).hostname or ""
    if not _may_be_asked(host):
        raise Problem("Cannot use non unicast IP as targetUrl.", 403)
    if host.endswith(".invalid"):
        extra = {"targetUrl": url}
        raise Problem(f"Cannot fetch information from import for URL {url}", extra=extra)
    return url


def _may_be_asked(host: str) -> bool:
    """Tell whether a host may be fetched from; names are not resolved, so only addresses can be refused."""
    try:
        return ip_address(host).is_global
    except ValueError:
        return True


def _rendered(call: Call, made: VideoImport) -> dict[str, Any]:
    body = {
        "id": made.id,
        "targetUrl": made.target_url,
        "magnetUri": None,
        "torrentName": None,
        "state": {"id": made.state, "label": IMPORT_STATES[made.state]},
        "error": made.error,
        "updatedAt": iso(made.updated_at),
        "createdAt": iso(made.created_at),
    }
    video = made.video
    if video.id in call.store.videos:
        row = call.backend.renderer.rows([video], INCLUDE_STATE)[0]
        body["video"] = {**row, "description": video.description, "tags": unordered(video.tags, video.uuid)}
    return body


ROUTES = (
    Route("POST", "/videos/imports", add_import),
    Route("GET", "/users/me/videos/imports", my_imports),
    Route("DELETE", "/videos/imports/{id}", delete_import),
    Route("POST", "/videos/imports/{id}/cancel", cancel_import),
)
