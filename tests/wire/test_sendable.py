"""What can be sent at all: every stranger in every place, and what is none of them."""

import decimal
import enum
import io
import math
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import partial
from pathlib import Path
from typing import Any

import click
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiopeertube import Call, PeerTube, errors
from aiopeertube.cli.param_types import Duration
from aiopeertube.migrate.metadata import fields
from aiopeertube.resumable import upload
from aiopeertube.testing import MockTransport, reply
from aiopeertube.wire.answers import json_value
from aiopeertube.wire.fields import form_fields
from aiopeertube.wire.messages import FilePart, FormBody, JsonBody, Multipart, RawBody
from aiopeertube.wire.sendable import value_problem

pytestmark = pytest.mark.anyio

Make = Callable[[PeerTube, Any], Call[Any]]  # a call of a value
MakePart = Callable[[str], Call[Any]]


class NotATime(datetime):
    """As pandas has it: a datetime that is none."""

    def __eq__(self, other: object) -> bool:
        return False

    __hash__ = datetime.__hash__


@dataclass
class Thing:
    x: int = 1


def endless() -> dict[str, Any]:
    loop: dict[str, Any] = {}
    loop["again"] = loop
    return loop


class Mute:
    """What cannot even be shown."""

    def __repr__(self) -> str:
        raise LookupError


def nested(levels: int) -> list[Any]:
    innermost: list[Any] = []
    for _ in range(levels):
        innermost = [innermost]
    return innermost


# name -> value, that nothing can send
STRANGERS = {
    "nan": math.nan,
    "infinity": math.inf,
    "minus infinity": -math.inf,
    "65 bits": 2**63,
    "65 bits below": -(2**63) - 1,
    "hundreds of bits": 2**700,
    "half a character": "abc\ud800def",
    "half a character, alone": "\udcff\udcff\udcff",
    "U+0000": "abc\0def",
    "bytes": b"abcdef",
    "bytearray": bytearray(b"abcdef"),
    "a decimal": decimal.Decimal("1.5"),
    "a time": time(12),
    "a time that is none": NotATime(1960, 1, 1),
    "a UUID": uuid.UUID(int=7),
    "a complex number": 1j,
    "a dataclass": Thing(),
    "an object": object(),
    "a set": {"abc"},
    "an iterator": iter(["abc"]),
    "itself": endless(),
    "deeper than can be shown": nested(5_000),
    "more digits than can be shown": 10**5_000,
    "what cannot be shown": Mute(),
    "numbers as names": {1: "abc"},
    "half a name": {"\ud800": "abc"},
}

IMAGE = b"\xff\xd8"
A_VIDEO: dict[str, Any] = {"channelId": 1, "name": "abc"}


def updated(pt: PeerTube, value: Any, *, field: str = "aField", **more: Any) -> Call[Any]:
    return pt.videos.update(7, **{field: value}, **more)


# name -> what makes a call of a value; the API's name of the place
BODIES: dict[str, tuple[Make, str]] = {
    "a field": (updated, "aField"),
    "a field in a form": (partial(updated, thumbnailfile=IMAGE), "aField"),
    "in a list": (lambda pt, value: updated(pt, [1, value]), "aField"),
    "in an object": (lambda pt, value: pt.videos.update(7, scheduleUpdate={"updateAt": value}), "scheduleUpdate"),
    "in a form, deep": (
        lambda pt, value: updated(pt, {"a": [{"b": value}]}, field="scheduleUpdate", thumbnailfile=IMAGE),
        "scheduleUpdate",
    ),
    "an upload": (
        lambda pt, value: pt.videos.upload(videofile=b"x", **A_VIDEO | {"aField": value}),
        "aField",
    ),
    "an announcement": (
        lambda pt, value: pt.uploads.start(
            filename="a.mp4", size=1, content_type="video/mp4", **A_VIDEO | {"aField": value}
        ),
        "aField",
    ),
    "an import": (
        lambda pt, value: pt.imports.create(targetUrl="https://a.example", **A_VIDEO | {"aField": value}),
        "aField",
    ),
    "any JSON": (lambda pt, value: pt.request("PUT", "/x", json={"aField": value}), "aField"),
    "a list of any JSON": (lambda pt, value: pt.request("PUT", "/x", json=[value]), "body"),
}
# of the fields that have a kind, each refuses what is of another
KNOWN = ("name", "description", "support", "tags", "category", "licence", "language", "privacy", "commentsPolicy")

for known in (*KNOWN, "nsfwFlags", "channelId", "originallyPublishedAt"):
    BODIES[known] = (partial(updated, field=known), known)
    BODIES[f"{known} in a form"] = (partial(updated, field=known, thumbnailfile=IMAGE), known)
QUERIES: dict[str, tuple[Make, str]] = {
    "a filter": (lambda pt, value: pt.videos.list(search=value)._page(0, 1), "search"),
    "one of several": (lambda pt, value: pt.videos.list(categoryOneOf=[1, value])._page(0, 1), "categoryOneOf"),
    "any query": (lambda pt, value: pt.request("GET", "/x", query={"thing": value}), "thing"),
}
LISTED = {
    "deeper than can be shown",
    "a set",
    "an iterator",
    "bytearray",
    "numbers as names",
    "itself",
    "half a name",
}  # a query takes iterables


def cases() -> Iterator[Any]:
    for place, (make, name) in BODIES.items():
        for kind, value in STRANGERS.items():
            yield pytest.param(make, name, value, id=f"{place}: {kind}")
    for place, (make, name) in QUERIES.items():
        for kind, value in STRANGERS.items():
            if kind not in LISTED:
                yield pytest.param(make, name, value, id=f"{place}: {kind}")


@pytest.fixture
async def client(anyio_backend: Any) -> AsyncIterator[PeerTube]:
    transport = MockTransport(lambda request: reply(200, {"id": 1}))
    async with PeerTube("http://localhost", token="t", transport=transport) as pt:
        yield pt
        assert transport.requests == 0


async def refused(pt: PeerTube, call: Awaitable[Any], name: str | None) -> errors.InputError:
    with pytest.raises(errors.InputError) as caught:
        await call
    assert len(str(caught.value)) < 300
    str(caught.value).encode()  # it can be shown
    if name is not None:
        assert isinstance(caught.value, errors.InvalidField)
        assert caught.value.field == name
    return caught.value


@pytest.mark.parametrize(("make", "name", "value"), list(cases()))
async def test_a_stranger_is_refused_by_its_name_and_nothing_is_sent(
    client: PeerTube, make: Make, name: str, value: Any
) -> None:
    await refused(client, make(client, value), name)


@pytest.mark.parametrize("name", ["channelId", "privacy", "category", "licence", "commentsPolicy", "nsfwFlags"])
@pytest.mark.parametrize("value", [True, False, 1.0, "", "null", [1], date(1960, 1, 1)])
async def test_a_number_is_no_bool_and_nothing_else_either(client: PeerTube, name: str, value: Any) -> None:
    await refused(client, client.videos.update(7, **{name: value}), name)


IDS: dict[str, Make] = {
    "a video": lambda pt, value: pt.videos.get(value),
    "its captions": lambda pt, value: pt.captions.list(value),
    "a language of captions": lambda pt, value: pt.captions.put(7, value, b"WEBVTT"),
    "a channel": lambda pt, value: pt.channels.get(value),
    "an account": lambda pt, value: pt.accounts.get(value),
    "an upload": lambda pt, value: pt.uploads.status(value, 10),
}


@pytest.mark.parametrize("make", IDS.values(), ids=IDS)
@pytest.mark.parametrize(
    "value", [True, False, None, 1.5, math.nan, b"7", "a\r\nb", "a\0", "\ud800", "", "a b", "../x", [7]], ids=ascii
)
async def test_ids_and_names_of_no_kind(client: PeerTube, make: Make, value: Any) -> None:
    await refused(client, make(client, value), None)


FILES: dict[str, Make] = {
    "an image": lambda pt, value: pt.videos.update(7, thumbnailfile=value),
    "a video": lambda pt, value: pt.videos.upload(videofile=value, **A_VIDEO),
    "captions": lambda pt, value: pt.captions.put(7, "nl", value),
    "an avatar": lambda pt, value: pt.config.avatar.pick(value),
}


@pytest.mark.parametrize("make", FILES.values(), ids=FILES)
@pytest.mark.parametrize("value", [7, True, math.nan, bytearray(b"x"), io.BytesIO(b"x"), ["a.jpg"], Mute()], ids=type)
async def test_files_are_paths_or_bytes(client: PeerTube, make: Make, value: Any) -> None:
    await refused(client, make(client, value), None)


# -- the parts of a request ----------------------------------------------------------------------

INJECTIONS = ["a\r\nX-Evil: 1", "a\nb", "a\rb", "a\0b", "a\tb", "a\x1bb", "a\x7fb", "a\ud800b"]
GET: Call[Any] = Call("GET", "/api/v1/x", json_value)
FILE = FilePart("file", b"x", "a.vtt", "text/vtt")
PARTS: dict[str, MakePart] = {
    "method": lambda text: replace(GET, method=text),
    "path": lambda text: replace(GET, path="/" + text),
    "the name of a query": lambda text: replace(GET, query=((text, "1"),)),
    "a query": lambda text: replace(GET, query=(("x", text),)),
    "the name of a header": lambda text: replace(GET, headers=((text, "1"),)),
    "the name of a field of a form": lambda text: replace(GET, body=Multipart(((text, "1"),), ())),
    "the name of a file's field": lambda text: replace(GET, body=Multipart((), (replace(FILE, name=text),))),
    "the name of a file": lambda text: replace(GET, body=Multipart((), (replace(FILE, filename=text),))),
    "the name of a field of a login": lambda text: replace(GET, body=FormBody(((text, "1"),))),
}
HEADERS: dict[str, MakePart] = {
    "a header": lambda text: replace(GET, headers=(("X", text),)),
    "the type of a file": lambda text: replace(GET, body=Multipart((), (replace(FILE, content_type=text),))),
    "the type of bytes": lambda text: replace(GET, body=RawBody(b"x", text)),
}
BY_REQUEST: dict[str, Make] = {
    "method": lambda pt, text: pt.request(text, "/x"),
    "path": lambda pt, text: pt.request("GET", f"/{text}"),
    "a query in the path": lambda pt, text: pt.request("GET", f"/x?{text}"),
    "the name of a query": lambda pt, text: pt.request("GET", "/x", query={text: 1}),
    "a query": lambda pt, text: pt.request("GET", "/x", query={"x": text}),
    "the name of a caption file": lambda pt, text: pt.captions.put(7, "nl", f"{text}.srt"),
    "the name of an image": lambda pt, text: pt.videos.update(7, thumbnailfile=f"{text}.jpg"),
    "the name of an upload's file": lambda pt, text: pt.uploads.start(
        filename=text, size=1, content_type="video/mp4", channelId=1, name="abc"
    ),
    "the type of an upload's file": lambda pt, text: pt.uploads.start(
        filename="a.mp4", size=1, content_type=text, channelId=1, name="abc"
    ),
    "the address of an import": lambda pt, text: pt.imports.create(
        targetUrl=f"https://a.example/{text}", channelId=1
    ),
    "a one-time code": lambda pt, text: pt.auth.token(
        {"client_id": "i", "client_secret": "s"}, username="u", password="p", otp=text
    ),
}


@pytest.mark.parametrize("text", INJECTIONS, ids=ascii)
@pytest.mark.parametrize("make", PARTS.values(), ids=PARTS)
async def test_no_part_of_a_request_holds_another_request(client: PeerTube, make: MakePart, text: str) -> None:
    await refused(client, replace(make(text), sender=client), None)


@pytest.mark.parametrize("text", [*(text for text in INJECTIONS if "\t" not in text), "žlutý", "日本"], ids=ascii)
@pytest.mark.parametrize("make", HEADERS.values(), ids=HEADERS)
async def test_no_header_either_and_it_is_ascii(client: PeerTube, make: MakePart, text: str) -> None:
    problem = await refused(client, replace(make(text), sender=client), None)
    assert text not in str(problem)


@pytest.mark.parametrize("text", [text for text in INJECTIONS if "\t" not in text], ids=ascii)
@pytest.mark.parametrize("make", BY_REQUEST.values(), ids=BY_REQUEST)
async def test_nor_by_the_methods_of_a_client(client: PeerTube, make: Make, text: str) -> None:
    if make is BY_REQUEST["the name of a caption file"] or make is BY_REQUEST["the name of an image"]:
        text = text.replace("\ud800", "\n")  # names of no known encoding are legal on disk, and shown as ?
    await refused(client, make(client, text), None)


@pytest.mark.parametrize("method", ["", "GET x", "GÉT", 7, None, b"GET"])
async def test_what_is_no_method(client: PeerTube, method: Any) -> None:
    await refused(client, client.request(method, "/x"), "method")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "x",
        "//evil.example/x",
        "http://evil.example/x",
        "/a#b",
        "/\\evil.example",
        "/a/../b",
        "/..",
        "/./a",
        7,
        None,
    ],
)
async def test_what_is_no_path(client: PeerTube, path: Any) -> None:
    await refused(client, client.request("GET", path), "path")


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/a b", "/api/v1/a%20b"),
        ("/é日", "/api/v1/%C3%A9%E6%97%A5"),
        ("/a%20b", "/api/v1/a%20b"),
        ("/a..b/...", "/api/v1/a..b/..."),
        ("/a@b:c;d,e", "/api/v1/a@b:c;d,e"),
    ],
)
def test_a_path_is_quoted_where_it_has_to_be(path: Any, target: str) -> None:
    assert PeerTube("http://localhost").request("GET", path).target == target


@pytest.mark.parametrize("seconds", [0, -1, math.nan, math.inf, -math.inf, True, "5", 10**400])
async def test_a_timeout_is_a_finite_number_above_zero(client: PeerTube, seconds: Any) -> None:
    await refused(client, client.request("GET", "/x", timeout=seconds), "timeout")
    for name in ("timeout", "connect_timeout"):
        with pytest.raises(errors.ConfigurationError, match=name):
            PeerTube("http://localhost", **{name: seconds})


@pytest.mark.parametrize("number", [0, -1, True, 1.5, math.nan, math.inf, "5", None])
async def test_a_count_is_a_whole_number_from_one_on(client: PeerTube, tmp_path: Path, number: Any) -> None:
    for name in ("attempts", "max_concurrency", "concurrency"):
        with pytest.raises(errors.ConfigurationError, match=name):
            PeerTube("http://localhost", **{name: number})
    with pytest.raises(ValueError, match="count"):
        client.videos.list(count=number)
    announcement: dict[str, Any] = {"filename": "a.mp4", "content_type": "video/mp4", "channelId": 1, "name": "abc"}
    await refused(client, client.uploads.start(size=number, **announcement), "size")
    (tmp_path / "a.mp4").write_bytes(b"x")
    with pytest.raises(ValueError, match="chunk"):
        await upload(client, tmp_path / "a.mp4", channelId=1, name="abc", chunk_size=number)


@pytest.mark.parametrize("number", [-1, True, 0.0, math.nan, "0", None])
async def test_an_offset_is_a_whole_number(client: PeerTube, number: Any) -> None:
    await refused(client, client.uploads.chunk("abc", b"x", number, 10), "offset")
    await refused(client, client.uploads.status("abc", number), "size")


@pytest.mark.parametrize("rate", ["5/1e400s", "1/0s", "5/-1s", "nan/s", "inf/s", "5/nans", "1e3/s"])
def test_a_rate_is_finite(rate: str) -> None:
    with pytest.raises(errors.ConfigurationError, match="rate"):
        PeerTube("http://localhost", rate=rate)


@pytest.mark.parametrize("span", ["nan", "inf", "1e400h", "-1s", "0", "nanh"])
def test_a_duration_on_the_command_line_is_finite(span: str) -> None:
    with pytest.raises(click.BadParameter):
        Duration().convert(span, None, None)


@pytest.mark.parametrize("text", ["abc\0def", "abc\ud800def"], ids=ascii)
@pytest.mark.parametrize("field", ["name", "description", "support"])
def test_text_that_cannot_be_sent_is_no_value_of_a_field(field: str, text: str) -> None:
    assert "cannot be sent" in fields.refusal(field, text)


@pytest.mark.parametrize("token", ["a\r\nX: y", "a\0", "žlutý", "\ud800"], ids=ascii)
def test_a_token_that_no_header_can_hold_is_not_shown(token: str) -> None:
    with pytest.raises(errors.ConfigurationError) as caught:
        PeerTube("http://localhost", token=token)
    assert token not in str(caught.value)


def test_a_file_of_no_known_encoding_can_be_sent() -> None:
    call = PeerTube("http://localhost").videos.update(7, thumbnailfile="caf\udce9.jpg")
    assert call.problem is None
    assert isinstance(call.body, Multipart)
    assert call.body.files[0].filename == "caf?.jpg"


# -- what is no stranger -------------------------------------------------------------------------


class Colour(enum.Enum):
    RED = 1


class Number(enum.IntEnum):
    ONE = 1


class Word(str, enum.Enum):  # noqa: UP042 - str() of this kind is its name and not its value
    HELLO = "hello"


def test_an_enum_is_its_value_in_every_body() -> None:
    assert JsonBody.of({"a": Number.ONE, "b": Word.HELLO}).data == b'{"a":1,"b":"hello"}'
    assert form_fields({"a": Number.ONE, "b": Word.HELLO}) == (("a", "1"), ("b", "hello"))
    assert value_problem("a", Colour.RED) is not None


@pytest.mark.parametrize(
    "value", [date(1960, 1, 1), datetime(1960, 1, 1, tzinfo=UTC), -(2**63), 2**63 - 1, 1.5, -0.0]
)
def test_dates_and_what_fits_can_be_sent(value: Any) -> None:
    assert value_problem("a", value) is None
    assert JsonBody.of({"a": value}).data
    assert form_fields({"a": value})


@pytest.mark.parametrize(
    "value",
    [
        "a \\u0000 in a text",
        "\\\\u0000",
        'a\nb \\ "c"',
        2**53,
        -(2**53),
        2**63 - 1,
        [],
        ["a", 1],
        {"a": ["b"]},
        ("a",),
    ],
)
def test_unusual_values_are_sent_as_usual_ones_are(value: Any) -> None:
    assert JsonBody.of({"name": "abc", "aField": value}).data == orjson.dumps({"name": "abc", "aField": value})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec=None)), inner),
    max_leaves=8,
)


@given(JSON)
def test_what_is_sent_is_what_was_given_or_nothing_is(value: Any) -> None:
    """JSON that leaves reads back as the same value, to the bit: nothing turns into null, or into another number."""
    if (problem := value_problem("field", value)) is not None:
        with pytest.raises(errors.InvalidField, match=r"^field: cannot be sent") as caught:
            JsonBody.of({"field": value})
        assert str(caught.value) == str(problem)
        return
    data = JsonBody.of({"field": value}).data
    assert repr(orjson.loads(data)["field"]) == repr(value)
    assert b"\\u0000" not in data


@given(st.text(st.characters(codec=None)))
def test_a_target_has_no_character_of_its_own(text: str) -> None:
    call = PeerTube("http://localhost").request("GET", "/" + text, query={"q": text})
    if call.problem is None:
        assert call.target.isascii()
        assert call.target.isprintable()
        assert " " not in call.target
