"""Bodies of requests: what the server makes of JSON, forms and multipart."""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import orjson
from aiohttp import web

from aiopeertube.emulator.problems import Problem

JSON_LIMIT = 500 * 1024
_KEYS = re.compile(r"\[([^\[\]]*)\]")


@dataclass(slots=True)
class Upload:
    """A file sent in multipart."""

    name: str
    content_type: str
    content: bytes


@dataclass(slots=True)
class Body:
    """A request's body.

    Attributes:
        fields: The fields; empty when there was no body the server understands.
        files: The files by field.
    """

    fields: dict[str, Any] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)


def media_type(request: web.BaseRequest) -> str:
    """The content type of a request without its parameters."""
    return request.headers.get("Content-Type", "").partition(";")[0].strip().lower()


async def parse_early(request: web.BaseRequest) -> Body | None:
    """Parses what the server parses before anything else: JSON and forms.

    Returns:
        The body; None: it is multipart, which routes parse once they know who asks.

    Raises:
        Problem: The JSON is broken; the server answers so before it looks at the rate limit.
    """
    if not request.can_read_body:
        return Body()
    kind = media_type(request)
    if kind == "multipart/form-data":
        return None
    content = await request.read()
    if kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json")):
        return Body(_json(content))
    if kind == "application/x-www-form-urlencoded":
        return Body(_form(content))
    return Body()


async def parse_multipart(request: web.BaseRequest, files: tuple[str, ...]) -> Body:
    """Parses multipart.

    Args:
        request: The request.
        files: The fields that may be files.

    Raises:
        Problem: A file came in a field that takes none.
    """
    body = Body()
    for name, value in (await request.post()).items():
        if not isinstance(value, web.FileField):
            append(body.fields, name, value if isinstance(value, str) else bytes(value).decode(errors="replace"))
            continue
        if name not in files:
            raise Problem("Unexpected field", 500, code="MulterError")
        with value.file as opened:
            body.files[name] = Upload(value.filename, value.content_type, opened.read())
    return body


def append(fields: dict[str, Any], name: str, value: str) -> None:
    """Puts a multipart field where its name says: ``tags[0]``, ``tags[]``, ``scheduleUpdate[privacy]``."""
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
    """The container under a key, made if there is none of its kind."""
    if isinstance(target, list):
        target.append(made)
        return made
    if not isinstance(target.get(key), type(made)):
        target[key] = made
    return target[key]


def _repeat(fields: dict[str, Any], name: str, value: str) -> None:
    """A name that comes again makes a list."""
    if name not in fields:
        fields[name] = value
    elif isinstance(fields[name], list):
        fields[name].append(value)
    else:
        fields[name] = [fields[name], value]


def _form(content: bytes) -> dict[str, Any]:
    """A urlencoded form. Brackets mean nothing here: ``tags[0]`` is a field of that name, which nobody reads."""
    fields: dict[str, Any] = {}
    for name, value in parse_qsl(content.decode(errors="replace"), keep_blank_values=True):
        _repeat(fields, name, value)
    return fields


def _json(content: bytes) -> dict[str, Any]:
    if len(content) > JSON_LIMIT:
        raise Problem("request entity too large", 413, code="PayloadTooLargeError")
    if not content:
        return {}
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise _syntax_error(content) from None
    if not isinstance(value, dict | list):
        text = content.decode(errors="replace").strip()
        raise Problem(f"Unexpected token '{text[:1]}', \"{text[:10]}\" is not valid JSON", code="SyntaxError")
    return value if isinstance(value, dict) else {}


def _syntax_error(content: bytes) -> Problem:
    """The error for broken JSON, in the words of the server's parser for the commonest case."""
    text, position = content.decode(errors="replace"), 0
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        position = error.pos
    if text[:position].rstrip().endswith("{"):
        return Problem(f"Expected property name or '}}' in JSON at position {position}", code="SyntaxError")
    if position >= len(text.rstrip()):
        return Problem("Unexpected end of JSON input", code="SyntaxError")
    return Problem(f"Unexpected token '{text[position]}' in JSON at position {position}", code="SyntaxError")
