"""Bodies of requests, parsed the way the server parses JSON, forms and multipart."""

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import orjson
from aiohttp import BodyPartReader, web

from .problem_json import Problem
from .video_files import HEAD_LENGTH

JSON_LIMIT = 500 * 1024
_CHUNK = 64 * 1024
# Videos are too long to keep.
_KEPT = {"videofile": HEAD_LENGTH}
_KEYS = re.compile(r"\[([^\[\]]*)\]")


@dataclass(slots=True)
class Upload:
    """A file sent in multipart."""

    name: str  # as declared
    content_type: str  # as declared
    content: bytes  # only the first bytes of a video
    size: int  # in bytes
    sha256: str


@dataclass(slots=True)
class Body:
    """A request's body."""

    fields: dict[str, Any] = field(default_factory=dict)  # empty without a body that the server understands
    files: dict[str, Upload] = field(default_factory=dict)  # by field


def media_type(request: web.BaseRequest) -> str:
    """Return the content type of a request without its parameters."""
    return request.headers.get("Content-Type", "").partition(";")[0].strip().lower()


async def parse_early(request: web.BaseRequest, *, modern: bool) -> Body | None:
    """Parse what the server parses first, JSON and forms; return None for others, which routes read later.

    Raises:
        Problem: the JSON is malformed; the server reports that before it checks the rate limit.
    """
    if not request.can_read_body:
        return Body()
    kind = media_type(request)
    if kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json")):
        return Body(_json(await request.read(), modern=modern))
    if kind == "application/x-www-form-urlencoded":
        return Body(_form(await request.read()))
    return None


async def parse_multipart(request: web.BaseRequest, files: tuple[str, ...]) -> Body:
    """Parse multipart; ignore any other body.

    `files` are the fields that may be files.

    Raises:
        Problem: a file in a field that takes none.
    """
    body = Body()
    if media_type(request) != "multipart/form-data":
        return body
    try:
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader):
                await _add_part(body, part, files)
    except ValueError as error:
        detail = "Multipart: Boundary not found" if "boundary" in str(error) else "Unexpected end of form"
        raise Problem(detail, 500, code="Error") from None
    return body


async def _add_part(body: Body, part: BodyPartReader, files: tuple[str, ...]) -> None:
    name = part.name or ""
    if not part.filename:
        append(body.fields, name, (await part.read(decode=True)).decode(errors="replace"))
    elif name in files:
        body.files[name] = await _file(part, _KEPT.get(name))
    else:
        raise Problem("Unexpected field", 500, code="MulterError")


async def _file(part: BodyPartReader, kept: int | None) -> Upload:
    """Read a file, of which only the first bytes are kept; None: all."""
    content, size, digest = bytearray(), 0, hashlib.sha256()
    while chunk := await part.read_chunk(_CHUNK):
        size += len(chunk)
        digest.update(chunk)
        content += chunk if kept is None else chunk[: max(0, kept - len(content))]
    content_type = part.headers.get("Content-Type", "application/octet-stream").partition(";")[0].strip()
    return Upload(part.filename or "", content_type, bytes(content), size, digest.hexdigest())


def append(fields: dict[str, Any], name: str, value: str) -> None:
    """Insert a multipart field where its name says: ``tags[0]``, ``tags[]``, ``scheduleUpdate[privacy]``."""
    base, bracket, _ = name.partition("[")
    keys = _KEYS.findall(name[len(base) :]) if bracket and base else []
    if not keys:
        _repeat(fields, name, value)
        return
    target: Any = fields
    key: str = base
    for following in keys:
        made: Any = [] if following == "" or following.isdigit() else {}
        target = _enter(target, key, made)
        key = following
    if isinstance(target, list):
        target.append(value)
    else:
        target[key] = value


def _enter(target: Any, key: str, made: Any) -> Any:
    """Return the container under a key, creating it if necessary."""
    if isinstance(target, list):
        target.append(made)
        return made
    if not isinstance(target.get(key), type(made)):
        target[key] = made
    return target[key]


def _repeat(fields: dict[str, Any], name: str, value: str) -> None:
    """Add a value; a repeated name makes a list."""
    if name not in fields:
        fields[name] = value
    elif isinstance(fields[name], list):
        fields[name].append(value)
    else:
        fields[name] = [fields[name], value]


def _form(content: bytes) -> dict[str, Any]:
    """Parse a urlencoded form. Brackets mean nothing here: ``tags[0]`` is a field of that name, which is ignored."""
    fields: dict[str, Any] = {}
    for name, value in parse_qsl(content.decode(errors="replace"), keep_blank_values=True):
        _repeat(fields, name, value)
    return fields


def _json(content: bytes, *, modern: bool) -> dict[str, Any]:
    if len(content) > JSON_LIMIT:
        raise Problem("request entity too large", 413, code="PayloadTooLargeError")
    if not content:
        return {}
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise _syntax_error(content, modern=modern) from None
    if not isinstance(value, dict | list):
        text = content.decode(errors="replace").strip()
        raise Problem(f"Unexpected token '{text[:1]}', \"{text[:10]}\" is not valid JSON", code="SyntaxError")
    return value if isinstance(value, dict) else {}


def _syntax_error(content: bytes, *, modern: bool) -> Problem:
    """Return the error for malformed JSON, worded like the server's parser in the most common case."""
    text, position = content.decode(errors="replace"), 0
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        position = error.pos
    except RecursionError:  # the server's parser takes any depth, and complains of the end
        position = len(text)
    line = text.count("\n", 0, position)
    column = position - (text.rfind("\n", 0, position) + 1)
    where = f"position {position}" + (f" (line {line + 1} column {column + 1})" if modern else "")
    if text[:position].rstrip().endswith("{"):
        return Problem(f"Expected property name or '}}' in JSON at {where}", code="SyntaxError")
    if position >= len(text.rstrip()):
        return Problem("Unexpected end of JSON input", code="SyntaxError")
    return Problem(f"Unexpected token '{text[position]}' in JSON at {where}", code="SyntaxError")
