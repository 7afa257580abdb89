"""Archives of all that a user has. What is in one that a user brings is looked at, but not taken over."""

import io
import zipfile
from typing import Any

import orjson

from aiopeertube.emulator.api.calls import Call, Reply, Route, json_reply, no_content
from aiopeertube.emulator.api.resumable import announce_upload, check_announcement, end, routes
from aiopeertube.emulator.api.rights import number_in_path
from aiopeertube.emulator.model.archives import COMPLETED, FAILED, LABELS, PROCESSING, Archive
from aiopeertube.emulator.model.entities import User
from aiopeertube.emulator.model.uploads import PendingUpload
from aiopeertube.emulator.wire.clocks import iso
from aiopeertube.emulator.wire.problem_json import (
    Problem,
    invalid_parameter,
    invalid_parameters,
    missing_parameter,
)
from aiopeertube.emulator.wire.scalars import bool_or_null, int_or_null, is_int

_KEPT_SECONDS = 2 * 24 * 3600
_PATH = "/users/{user}/imports/import-resumable"
_NO_BOOLEAN = "Should have withVideoFiles boolean"


def _user(call: Call, what: str) -> User:
    """Return the user of the path, who has to be the one who asks, or to be asked for by staff."""
    asking = call.user()
    found = call.store.user_by_id(number_in_path(call, "user"))
    if found is None:
        raise Problem("User not found", 404, plain=call.is_modern)
    if found is not asking and not asking.is_staff:
        raise Problem(f"Cannot manage {what} of another user", 403)
    return found


def _exports(call: Call) -> list[Archive]:
    user = _user(call, "exports")
    return [each for each in call.store.exports.values() if each.user is user]


async def exports(call: Call) -> Reply:
    """Return a user's archives; where one that is made can be fetched."""
    found, query = _exports(call), call.query()
    start, count = (query.get(name, default) for name, default in (("start", "0"), ("count", "15")))
    for value in (start, count):
        if not is_int(value):
            raise Problem(f'invalid input syntax for type bigint: "{value}"', 500, code="SequelizeDatabaseError")
    page = found[int_or_null(start) :][: int_or_null(count)]
    return json_reply({"total": len(found), "data": [_export_body(call, each) for each in page]})


def _export_body(call: Call, archive: Archive) -> dict[str, Any]:
    state = archive.state_at(call.now)
    is_made = state == COMPLETED
    url = f"{call.backend.renderer.url}/download/user-exports/{_name(archive)}?jwt={archive.token}"
    return {
        "id": archive.id,
        "state": {"id": state, "label": LABELS[state]},
        "size": len(archive.content) if is_made else None,
        **({} if call.is_modern else {"fileUrl": None}),
        "privateDownloadUrl": url if is_made else None,
        "createdAt": iso(archive.created_at),
        "expiresOn": iso(archive.created_at + _KEPT_SECONDS),
    }


def _name(archive: Archive) -> str:
    return f"user-export-{archive.user.id}-{iso(archive.created_at)}.zip"


async def request(call: Call) -> Reply:
    """Have an archive made."""
    known = _exports(call)
    fields = (await call.read_body()).fields
    if "withVideoFiles" not in fields:
        raise invalid_parameters(missing_parameter("withVideoFiles", message=_NO_BOOLEAN), call.target)
    if bool_or_null(fields["withVideoFiles"]) is None:
        told = invalid_parameter("withVideoFiles", fields["withVideoFiles"], "body", _NO_BOOLEAN)
        raise invalid_parameters(told, call.target)
    if known:
        raise Problem("User has already processing or completed exports")
    user, number = _user(call, "exports"), call.store.community.number("export")
    made = Archive(number, user, call.now, _content(call, user), call.store.new_uuid())
    call.store.exports[number] = made
    return json_reply({"export": {"id": number}})


def _content(call: Call, user: User) -> bytes:
    """Return what a user has, as an archive; files of videos are left out, as they are made up here."""
    renderer, channels = call.backend.renderer, call.store.channels_of(user)
    parts = {
        "account": renderer.account(user),
        "channels": {"channels": [renderer.channel(channel) for channel in channels]},
        "videos": {"videos": [renderer.video(video) for video in call.store.videos_of(channels)]},
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, part in parts.items():
            archive.writestr(f"peertube/{name}.json", orjson.dumps(part, option=orjson.OPT_NON_STR_KEYS))
    return content.getvalue()


async def delete_export(call: Call) -> Reply:
    """Remove an archive that is made."""
    known, number = _exports(call), number_in_path(call, "id")
    found = next((each for each in known if each.id == number), None)
    if found is None:
        raise Problem("Not Found", 404, plain=True)
    if found.state_at(call.now) == PROCESSING:
        raise Problem("Cannot delete an export that is processing", 409)
    del call.store.exports[number]
    return no_content(tagged=True)


async def download(call: Call) -> Reply:
    """Return an archive to whoever has its token."""
    token = call.query().get("jwt")
    if token is None:
        raise invalid_parameters(missing_parameter("jwt", "query"), call.target)
    named = [each for each in call.store.exports.values() if _name(each) == call.params["name"]]
    if not named or token != named[0].token:
        raise invalid_parameters(invalid_parameter("jwt", token, "query"), call.target)
    headers = {"Content-Disposition": f'attachment; filename="{call.params["name"]}"'}
    kind = "application/octet-stream" if call.is_modern else "application/zip"
    return Reply(200, named[0].content, kind, headers, has_etag=not call.is_modern)


async def announce(call: Call) -> Reply:
    """Begin to send an archive."""
    user = _user(call, "imports")
    body = await call.read_body()
    check_announcement(call, body)
    name = str(body.fields["filename"])
    if not name.endswith(".zip"):
        raise Problem("User import file must be a zip")
    if call.is_modern:
        _check_idle(call, user)
    return announce_upload(call, user, name, dict(body.fields), body)


def _check_idle(call: Call, user: User) -> None:
    latest = _latest(call, user)
    if latest is not None and latest.state_at(call.now) == PROCESSING:
        raise Problem("An import is already being processed")


def _latest(call: Call, user: User) -> Archive | None:
    brought = [each for each in call.store.archives.values() if each.user is user]
    return brought[-1] if brought else None


async def _finish(call: Call, user: User, upload: PendingUpload) -> Reply:
    """Take an archive that is complete."""
    _user(call, "imports")
    number = call.store.community.number("archive")
    state = COMPLETED if zipfile.is_zipfile(upload.file) else FAILED
    call.store.archives[number] = Archive(number, user, call.backend.options.clock(), state=state)
    end(call, upload, lingers=False)
    return json_reply({"userImport": {"id": number}})


async def latest(call: Call) -> Reply:
    """Return how far the server is with the last archive that came."""
    found = _latest(call, _user(call, "imports"))
    if found is None:
        raise Problem("Not Found", 404, plain=True)
    state = found.state_at(call.now)
    state_body = {"id": state, "label": LABELS[state]}
    return json_reply({"id": found.id, "state": state_body, "createdAt": iso(found.created_at)})


# Below /api/v1.
ROUTES = (
    Route("GET", "/users/{user}/exports", exports),
    Route("POST", "/users/{user}/exports/request", request),
    Route("DELETE", "/users/{user}/exports/{id}", delete_export),
    Route("GET", "/users/{user}/imports/latest", latest),
    *routes(_PATH, announce, _finish),
)
# Beside it.
FILE_ROUTES = (Route("GET", "/download/user-exports/{name}", download),)
