"""`api`: any request of the API, through the same client."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, quote

import click
import orjson

from aiopeertube.cli import arguments, completing, output
from aiopeertube.cli.connection import Connection, connect
from aiopeertube.cli.option_sets import option, with_options
from aiopeertube.cli.options import Command, Settings, shared_options
from aiopeertube.cli.param_types import File
from aiopeertube.cli.running import run
from aiopeertube.cli.terminal import clean, is_terminal
from aiopeertube.errors import FileUnreadable
from aiopeertube.wire.answers import strange
from aiopeertube.wire.fields import form_fields
from aiopeertube.wire.files import caption_part, image_part
from aiopeertube.wire.messages import Body, FilePart, JsonBody, Multipart, Response

if TYPE_CHECKING:
    from aiopeertube import Call, PeerTube

_IN_PATHS: Final = "/%:@!$&'()*+,;=~"  # what may stand in a path as it is; % for those who quoted themselves
_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")


@dataclass(frozen=True, slots=True)
class RequestOptions:
    """What goes with the request: a query and a body, the latter in one of three forms."""

    query: tuple[str, ...] = option(
        "-q", "--query", metavar="KEY=VALUE", multiple=True, help="A query parameter; repeat it for lists."
    )
    field: tuple[str, ...] = option(
        "-f", "--field", metavar="KEY=TEXT", multiple=True, help="A field of the JSON body, as text."
    )
    typed: tuple[str, ...] = option(
        "-F",
        "--typed",
        metavar="KEY=JSON",
        multiple=True,
        help="A field of the JSON body, as JSON: a number, true, null, [].",
    )
    input: str | None = option(
        "--input", type=File(), metavar="FILE|-", help="The whole JSON body, from a file or stdin."
    )
    files: tuple[str, ...] = option(
        "--file", metavar="FIELD=FILE", multiple=True, help="A file to send; the body becomes multipart."
    )


@click.command(cls=Command)
@click.argument(
    "method",
    metavar="METHOD",
    type=click.Choice(_METHODS, case_sensitive=False),
    shell_complete=completing.words(*_METHODS),
)
@click.argument("path", shell_complete=completing.paths)
@with_options(request=RequestOptions)
@click.option("--include", is_flag=True, help="Write status and headers before the body.")
@shared_options(short_quiet=False)
@click.pass_obj
def api(settings: Settings, /, method: str, path: str, request: RequestOptions, include: bool) -> None:
    """Send any request to the API, and write the body of the answer.

    METHOD is GET, POST, PUT, PATCH, DELETE or HEAD; PATH is like /videos/categories or /api/v1/videos/categories.
    JSON is indented on a terminal, and unchanged elsewhere. Here -q is short for --query; --quiet has no short form.
    """
    path, query = _target(path, request.query)
    body = _body(request)
    connection = connect(settings)
    answer = run(_send(connection, method, path, query, body))
    _write(answer, include=include)


def _target(path: str, pairs: Sequence[str]) -> tuple[str, dict[str, list[str]]]:
    """Split the path from its query, and gather both queries."""
    if "://" in path:
        raise click.UsageError("PATH begins after the host, like /videos; the instance is given with --url.")
    path, _, given = path.partition("?")
    query: dict[str, list[str]] = {}
    for name, value in (
        *parse_qsl(given, keep_blank_values=True),
        *(arguments.split(pair, "-q") for pair in pairs),
    ):
        query.setdefault(name, []).append(value)
    return "/" + quote(path.lstrip("/"), safe=_IN_PATHS), query


def _body(request: RequestOptions) -> Body | None:
    """Make the body; files are checked before anything is sent."""
    fields: dict[str, Any] = dict(arguments.split(pair, "-f") for pair in request.field)
    fields |= dict(arguments.typed(pair, "-F") for pair in request.typed)
    parts = tuple(_part(*arguments.split(pair, "--file")) for pair in request.files)
    if request.input is not None:
        if fields or parts:
            raise click.UsageError("--input is the whole body: no -f, -F or --file goes with it.")
        return _input(request.input)
    if parts:
        return Multipart(form_fields(fields), parts)
    return JsonBody.of(fields) if fields else None


def _input(name: str) -> JsonBody:
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as exc:
        raise FileUnreadable(name, exc.strerror or str(exc)) from None
    try:
        orjson.loads(data)
    except orjson.JSONDecodeError as exc:
        raise click.UsageError(f"--input {name} is not JSON: {exc}.") from None
    return JsonBody(data)


def _part(field: str, name: str) -> FilePart:
    path = Path(name)
    arguments.readable(path)
    return (caption_part if path.suffix.lower() in {".srt", ".vtt"} else image_part)(field, path)


async def _send(
    connection: Connection, method: str, path: str, query: dict[str, list[str]], body: Body | None
) -> Response:
    async with connection.opened() as pt:
        answer: Response = await _call(pt, method, path, query, body)
        return answer


def _call(pt: "PeerTube", method: str, path: str, query: dict[str, list[str]], body: Body | None) -> "Call[Any]":
    return replace(pt.request(method, path, query=query, body=body), decode=_whole)


def _whole(response: Response) -> Response:
    """Return the answer as it is; the API never sends HTML, so that comes from elsewhere."""
    if "html" in response.headers.get("content-type", ""):
        raise strange(response, "an answer of the API")
    return response


def _write(answer: Response, *, include: bool) -> None:
    if include:
        lines = (f"{name.lower()}: {value}" for name, value in answer.headers.items())
        output.put(clean("\n".join((f"HTTP {answer.status}", *lines))) + "\n\n")
    is_json = "json" in answer.headers.get("content-type", "")
    if is_terminal(sys.stdout):
        output.put(_readable(answer.body, is_json=is_json))
    else:
        sys.stdout.buffer.write(answer.body)
        if is_json and answer.body and not answer.body.endswith(b"\n"):
            output.put("\n")


def _readable(body: bytes, *, is_json: bool) -> str:
    if not body:
        return ""
    if is_json:
        try:
            return output.to_json(orjson.loads(body), pretty=True) + "\n"
        except orjson.JSONDecodeError:
            pass
    return clean(body.decode("utf-8", "replace")).rstrip("\n") + "\n"
