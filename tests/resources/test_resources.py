"""Every method of every resource builds the operation that it is named after, and that exists in the API."""

import csv
import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from aiopeertube import Call, Paginator, PeerTube, resources
from aiopeertube.errors import InvalidField, InvalidIdentifier, UnexpectedResponse
from aiopeertube.resources._answers import with_new_video
from aiopeertube.types import OAuthClient
from aiopeertube.wire.answers import json_object, json_value, no_content, nothing
from aiopeertube.wire.messages import FormBody, JsonBody, Multipart, RawBody, Response

Build = Callable[[Callable[..., Any]], Any]  # a method -> the call or the listing that it gives

OPERATIONS = Path(__file__).parents[1] / "data" / "operations.tsv"
UUID = "38773124-8101-4655-a4ef-2124259155af"
OAUTH: OAuthClient = {"client_id": "i", "client_secret": "s"}
UPLOAD: dict[str, Any] = {"filename": "a.mp4", "size": 9, "content_type": "video/mp4", "channelId": 1, "name": "Film"}
PAGE = "start=20&count=10"  # what _call_of asks of a listing

# resource.method: how to call it, the operation, and the request's target below /api/v1.
METHODS: dict[str, tuple[Build, str, str]] = {
    "auth.client": (lambda m: m(), "GET /oauth-clients/local", "/oauth-clients/local"),
    "auth.token": (lambda m: m(OAUTH, username="u", password="p"), "POST /users/token", "/users/token"),
    "auth.refresh": (lambda m: m(OAUTH, refresh_token="r"), "POST /users/token", "/users/token"),
    "auth.revoke": (lambda m: m(), "POST /users/revoke-token", "/users/revoke-token"),
    "videos.list": (
        lambda m: m(count=10, sort="createdAt", tagsOneOf=["a b", "c"], nsfw="both"),
        "GET /videos",
        f"/videos?{PAGE}&sort=createdAt&tagsOneOf=a+b&tagsOneOf=c&nsfw=both",
    ),
    "videos.get": (lambda m: m(UUID), "GET /videos/{id}", f"/videos/{UUID}"),
    "videos.update": (lambda m: m(7, name="Film"), "PUT /videos/{id}", "/videos/7"),
    "videos.delete": (lambda m: m("kkGMgK9ZtnKfYAgnEtQxbv"), "DELETE /videos/{id}", "/videos/kkGMgK9ZtnKfYAgnEtQxbv"),
    "videos.categories": (lambda m: m(), "GET /videos/categories", "/videos/categories"),
    "videos.licences": (lambda m: m(), "GET /videos/licences", "/videos/licences"),
    "videos.languages": (lambda m: m(), "GET /videos/languages", "/videos/languages"),
    "videos.privacies": (lambda m: m(), "GET /videos/privacies", "/videos/privacies"),
    "videos.upload": (lambda m: m(channelId=1, name="Film", videofile=b""), "POST /videos/upload", "/videos/upload"),
    "uploads.start": (lambda m: m(**UPLOAD), "POST /videos/upload-resumable", "/videos/upload-resumable"),
    "uploads.chunk": (
        lambda m: m("a-1", b"xyz", 3, 9),
        "PUT /videos/upload-resumable",
        "/videos/upload-resumable?upload_id=a-1",
    ),
    "uploads.status": (
        lambda m: m("a-1", 9),
        "PUT /videos/upload-resumable",
        "/videos/upload-resumable?upload_id=a-1",
    ),
    "uploads.cancel": (
        lambda m: m("a-1"),
        "DELETE /videos/upload-resumable",
        "/videos/upload-resumable?upload_id=a-1",
    ),
    "imports.create": (
        lambda m: m(targetUrl="https://a.example/b.mp4", channelId=1),
        "POST /videos/imports",
        "/videos/imports",
    ),
    "imports.list": (
        lambda m: m(count=10, sort="-createdAt", targetUrl="https://a.example/b"),
        "GET /users/me/videos/imports",
        f"/users/me/videos/imports?{PAGE}&sort=-createdAt&targetUrl=https%3A%2F%2Fa.example%2Fb",
    ),
    "channels.list": (lambda m: m(count=10, sort="name"), "GET /video-channels", f"/video-channels?{PAGE}&sort=name"),
    "channels.get": (
        lambda m: m("films@videos.example:9000"),
        "GET /video-channels/{channelHandle}",
        "/video-channels/films@videos.example:9000",
    ),
    "channels.videos": (
        lambda m: m("films", count=10, isLocal=True),
        "GET /video-channels/{channelHandle}/videos",
        f"/video-channels/films/videos?{PAGE}&isLocal=true",
    ),
    "accounts.list": (lambda m: m(count=10), "GET /accounts", f"/accounts?{PAGE}"),
    "accounts.get": (lambda m: m("anna"), "GET /accounts/{name}", "/accounts/anna"),
    "accounts.videos": (
        lambda m: m("anna", count=10, search="x&y"),
        "GET /accounts/{name}/videos",
        f"/accounts/anna/videos?{PAGE}&search=x%26y",
    ),
    "accounts.channels": (
        lambda m: m("anna", count=10, sort="-createdAt"),
        "GET /accounts/{name}/video-channels",
        f"/accounts/anna/video-channels?{PAGE}&sort=-createdAt",
    ),
    "captions.list": (lambda m: m(7), "GET /videos/{id}/captions", "/videos/7/captions"),
    "captions.put": (
        lambda m: m(7, "pt-BR", b"WEBVTT"),
        "PUT /videos/{id}/captions/{captionLanguage}",
        "/videos/7/captions/pt-BR",
    ),
    "captions.delete": (
        lambda m: m(7, "nl"),
        "DELETE /videos/{id}/captions/{captionLanguage}",
        "/videos/7/captions/nl",
    ),
}
ANONYMOUS = {"auth.client", "auth.token", "auth.refresh"}


@pytest.fixture
def client() -> PeerTube:
    return PeerTube("http://localhost", token="t")


@pytest.fixture(scope="module")
def operations() -> dict[str, str]:
    with OPERATIONS.open(newline="") as file:
        return {f"{row['method']} {row['path']}": row["versions"] for row in csv.DictReader(file, delimiter="\t")}


# Nouns of the table; test_census.py has the others, and the rest of these.
HERE = ("Accounts", "Auth", "Captions", "Channels", "Imports", "Uploads", "Videos")


def public_methods() -> Iterator[str]:
    for name in HERE:
        for method, _ in inspect.getmembers(getattr(resources, name), inspect.isfunction):
            if not method.startswith("_"):
                yield f"{name.lower()}.{method}"


def _build(client: PeerTube, name: str) -> Any:
    resource, method = name.split(".")
    return METHODS[name][0](getattr(getattr(client, resource), method))


def _wrong_field(call: Call[Any]) -> str:
    assert isinstance(call.problem, InvalidField)
    return call.problem.field


def _call_of(built: Call[Any] | Paginator[Any]) -> Call[Any]:
    return built._page(20, built._count) if isinstance(built, Paginator) else built


def test_what_is_in_the_table_is_a_public_method() -> None:
    assert set(METHODS) <= set(public_methods())  # test_census.py has the others


def test_every_resource_is_an_attribute_of_the_client(client: PeerTube) -> None:
    for name in HERE:
        assert type(getattr(client, name.lower())) is getattr(resources, name)
        assert repr(getattr(client, name.lower())) == f"<{name}>"


def test_the_table_of_operations_is_whole(operations: dict[str, str]) -> None:
    assert len(operations) == 315
    assert set(operations.values()) == {"both", "6.3 only", "8 only"}


@pytest.mark.parametrize("name", METHODS)
def test_a_method_builds_its_operation(name: str, client: PeerTube, operations: dict[str, str]) -> None:
    _, operation, target = METHODS[name]
    method, template = operation.split(" ")
    call = _call_of(_build(client, name))
    assert isinstance(call, Call)
    assert call.problem is None
    assert (call.method, call.target) == (method, "/api/v1" + target)
    assert operations[operation] == "both"
    pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
    assert re.fullmatch(pattern, call.path.removeprefix("/api/v1"))
    assert call.sender is client
    assert call.authenticate is (name not in ANONYMOUS)
    assert (call.body is None) is (method in {"GET", "DELETE"} or name in {"auth.revoke", "uploads.status"})


OF_HEADERS = {"uploads.start", "uploads.chunk", "uploads.status"}  # see TestUploads


@pytest.mark.parametrize("name", sorted(METHODS.keys() - OF_HEADERS))
def test_a_method_decodes_what_its_operation_answers(name: str, client: PeerTube) -> None:
    call = _call_of(_build(client, name))
    without_content = ("videos.update", "videos.delete", "captions.put", "captions.delete")
    answers = dict.fromkeys(("auth.revoke", "uploads.cancel"), nothing) | dict.fromkeys(without_content, no_content)
    answers |= {"videos.get": json_object, "imports.create": with_new_video}
    assert call.decode is answers.get(name, json_value)


@pytest.mark.parametrize("name", METHODS)
def test_a_method_is_documented(name: str) -> None:
    resource, method = name.split(".")
    assert inspect.getdoc(getattr(getattr(resources, resource.capitalize()), method))


@pytest.mark.parametrize("name", METHODS)
def test_listings_are_paginators_and_nothing_else_is(name: str, client: PeerTube) -> None:
    listings = {n for n in METHODS if n.endswith((".videos", ".list", ".channels"))} - {"captions.list"}
    assert isinstance(_build(client, name), Paginator) is (name in listings)


@pytest.mark.parametrize("count", [0, -1, 101])
def test_a_page_has_at_most_a_hundred_items(client: PeerTube, count: int) -> None:
    with pytest.raises(ValueError, match="1 to 100"):
        client.videos.list(count=count)


def test_a_listing_shows_its_path(client: PeerTube) -> None:
    assert repr(client.me.videos()) == "<Paginator of /api/v1/users/me/videos>"


NAMED = {
    "videos.get": lambda m: m("a film"),
    "videos.update": lambda m: m("a film", name="Film"),
    "videos.delete": lambda m: m("a film"),
    "captions.list": lambda m: m("a film"),
    "captions.put": lambda m: m("a film", "nl", b""),
    "captions.delete": lambda m: m("a film", "nl"),
    "uploads.chunk": lambda m: m("a/b", b"x", 0, 9),
    "uploads.status": lambda m: m("", 9),
    "uploads.cancel": lambda m: m("a&b=c"),
    "captions.put ": lambda m: m(7, "n l", b""),
    "captions.delete ": lambda m: m(7, "n l"),
    "channels.get": lambda m: m("a/b"),
    "channels.videos": lambda m: m("a/b"),
    "accounts.get": lambda m: m("a/b"),
    "accounts.videos": lambda m: m("a/b"),
    "accounts.channels": lambda m: m("a/b"),
}


@pytest.mark.parametrize("name", NAMED)
def test_a_wrong_name_is_a_problem_of_the_call(name: str, client: PeerTube) -> None:
    resource, method = name.strip().split(".")
    call = _call_of(NAMED[name](getattr(getattr(client, resource), method)))
    assert isinstance(call.problem, InvalidIdentifier)
    assert call.path.count("/") == METHODS[name.strip()][1].count("/") + 2  # quoted, it adds no step


def test_a_wrong_field_is_a_problem_of_the_call(client: PeerTube) -> None:
    assert isinstance(client.videos.update(7, name="x").problem, InvalidField)


def test_an_update_is_json_without_images_and_multipart_with(client: PeerTube) -> None:
    assert client.videos.update(7, name="Film", tags=["ab"], category=None).body == JsonBody(
        b'{"name":"Film","tags":["ab"],"category":null}'
    )
    body = client.videos.update(7, tags=["ab", "cd"], category=None, previewfile=b"\x89PNG").body
    assert isinstance(body, Multipart)
    assert body.fields == (("tags[0]", "ab"), ("tags[1]", "cd"), ("category", "null"))
    assert [(part.name, part.filename) for part in body.files] == [("previewfile", "previewfile.png")]


def test_captions_are_one_file(client: PeerTube) -> None:
    body = client.captions.put(7, "nl", "nl.vtt").body
    assert isinstance(body, Multipart)
    assert body.fields == ()
    assert [(p.name, str(p.source), p.content_type) for p in body.files] == [("captionfile", "nl.vtt", "text/vtt")]


def test_logging_in_and_refreshing_are_forms_that_may_be_repeated(client: PeerTube) -> None:
    login = client.auth.token(OAUTH, username="u", password="p", otp="123456")
    assert login.body == FormBody(
        (("client_id", "i"), ("client_secret", "s"), ("grant_type", "password"), ("username", "u"), ("password", "p"))
    )
    assert login.headers == (("x-peertube-otp", "123456"),)
    assert client.prepare(login).idempotent
    refresh = client.auth.refresh(OAUTH, refresh_token="r")
    assert isinstance(refresh.body, FormBody)
    assert dict(refresh.body.fields)["grant_type"] == "refresh_token"
    assert dict(refresh.body.fields)["refresh_token"] == "r"
    assert client.prepare(refresh).idempotent  # refused as spent if the first one arrived
    assert not client.prepare(client.auth.revoke()).idempotent


class TestUploads:
    def test_an_announcement_is_json_that_may_be_repeated(self, client: PeerTube) -> None:
        call = client.uploads.start(**UPLOAD, tags=["ab"], description=None, lastModified="k")
        assert call.body == JsonBody(
            b'{"filename":"a.mp4","channelId":1,"name":"Film","tags":["ab"],"lastModified":"k"}'
        )
        assert call.headers == (("X-Upload-Content-Length", "9"), ("X-Upload-Content-Type", "video/mp4"))
        assert client.prepare(call).idempotent

    def test_with_an_image_it_is_a_form(self, client: PeerTube) -> None:
        body = client.uploads.start(**UPLOAD, tags=["ab"], nsfw=True, thumbnailfile=b"\x89PNG").body
        assert isinstance(body, Multipart)
        assert ("tags[0]", "ab") in body.fields
        assert ("nsfw", "true") in body.fields
        assert [part.name for part in body.files] == ["thumbnailfile"]

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"name": "F"}, "name"),
            ({"channelId": None}, "channelId"),
            ({"size": 0}, "size"),
            ({"tags": ["a"]}, "tags"),
        ],
    )
    def test_what_is_wrong_with_an_announcement(self, client: PeerTube, wrong: dict[str, Any], field: str) -> None:
        assert _wrong_field(client.uploads.start(**UPLOAD | wrong)) == field

    def test_what_cannot_be_json(self, client: PeerTube) -> None:
        assert _wrong_field(client.uploads.start(**UPLOAD | {"scheduleUpdate": {1, 2}})) == "scheduleUpdate"

    @pytest.mark.parametrize(
        "location",
        [
            "//a.example/api/v1/videos/upload-resumable?upload_id=a-1",
            "https://b.example:9/elsewhere?x=1&upload_id=a-1",
            "/api/v1/videos/upload-resumable?upload_id=a-1",
        ],
    )
    def test_of_the_address_only_the_id_counts(self, client: PeerTube, location: str) -> None:
        decode = client.uploads.start(**UPLOAD).decode
        assert decode(Response(201, {"location": location}, b"")) == {"upload_id": "a-1", "offset": 0}
        there = {"location": location, "range": "bytes=0-99"}
        assert decode(Response(200, there, b"{}")) == {"upload_id": "a-1", "offset": 100}

    @pytest.mark.parametrize("location", ["", "//a.example/x", "/x?upload_id=", "/x?upload_id=..%2Fy", "//[a?b"])
    def test_an_address_without_an_id(self, client: PeerTube, location: str) -> None:
        with pytest.raises(UnexpectedResponse, match="URL of an upload"):
            client.uploads.start(**UPLOAD).decode(Response(201, {"location": location}, b""))

    def test_a_chunk_is_raw_and_is_not_repeated_blindly(self, client: PeerTube) -> None:
        call = client.uploads.chunk("a-1", b"xyz", 3, 9)
        assert call.body == RawBody(b"xyz", "application/octet-stream")
        assert call.headers == (("Content-Range", "bytes 3-5/9"),)
        assert not client.prepare(call).idempotent
        assert call.as_dict()["bytes"] == 3
        assert "xyz" not in repr(call)

    def test_the_last_chunk_has_time_for_the_video(self, client: PeerTube) -> None:
        assert client.uploads.chunk("a-1", b"xyz", 3, 9).timeout is None
        assert client.uploads.chunk("a-1", b"xyz", 6, 9).timeout == 600

    @pytest.mark.parametrize(("data", "offset"), [(b"", 0), (b"x", -1), (b"x", 9), (b"xx", 8)])
    def test_a_chunk_is_a_part_of_the_file(self, client: PeerTube, data: bytes, offset: int) -> None:
        assert _wrong_field(client.uploads.chunk("a-1", data, offset, 9)) == "offset"

    def test_asking_has_no_body(self, client: PeerTube) -> None:
        call = client.uploads.status("a-1", 9)
        assert (call.body, call.headers) == (None, (("Content-Range", "bytes */9"),))
        assert not client.prepare(call).idempotent

    @pytest.mark.parametrize(
        ("told", "offset"),
        [("bytes=0-999", 1000), ("bytes=0-0", 1), ("bytes=0--1", 0), ("bytes=0-NaN", None), ("bytes=5-9", None)],
    )
    def test_how_far_it_is(self, client: PeerTube, told: str, offset: int | None) -> None:
        answer = client.uploads.status("a-1", 9).decode(Response(308, {"range": told}, b""))
        assert answer == {"offset": offset, "video": None}

    def test_the_video(self, client: PeerTube) -> None:
        uuid = "9c9de5e8-0a1e-484a-b099-e80766180a6d"
        body = b'{"video":{"id":7,"uuid":"%s","shortUUID":"s"}}' % uuid.encode()
        answer = client.uploads.chunk("a-1", b"x", 8, 9).decode(Response(200, {}, body))
        assert answer == {"offset": None, "video": {"id": 7, "uuid": uuid, "shortUUID": "s"}}

    @pytest.mark.parametrize(
        "body", [b"{}", b"[]", b'{"video":{}}', b'{"video":7}', b'{"video":{"uuid":""}}', b"<html>", b""]
    )
    def test_no_video(self, client: PeerTube, body: bytes) -> None:
        with pytest.raises(UnexpectedResponse):
            client.uploads.chunk("a-1", b"x", 8, 9).decode(Response(200, {}, body))
        with pytest.raises(UnexpectedResponse):
            client.imports.create(targetUrl="https://x.example/", channelId=1).decode(Response(200, {}, body))


def test_an_upload_in_one_request_is_a_form_that_is_not_repeated(client: PeerTube) -> None:
    call = client.videos.upload(
        channelId=1, name="Film", videofile="films/a.MOV", previewfile=b"\x89PNG", tags=["ab"], licence=None
    )
    assert isinstance(call.body, Multipart)
    assert call.body.fields == (("channelId", "1"), ("name", "Film"), ("tags[0]", "ab"))
    assert [(part.name, part.filename, part.content_type) for part in call.body.files] == [
        ("videofile", "a.MOV", "video/quicktime"),
        ("previewfile", "previewfile.png", "image/png"),
    ]
    assert call.timeout == 600
    assert not client.prepare(call).idempotent
    assert _wrong_field(client.videos.upload(channelId=1, name="F", videofile=b"")) == "name"


def test_an_import_is_a_form_that_is_not_repeated(client: PeerTube) -> None:
    url = "https://a.example/b.mp4"
    call = client.imports.create(targetUrl=url, channelId=1, name=None, tags=["ab"], privacy=2)
    assert isinstance(call.body, Multipart)
    assert call.body.fields == (("channelId", "1"), ("targetUrl", url), ("tags[0]", "ab"), ("privacy", "2"))
    assert call.problem is None
    assert not client.prepare(call).idempotent


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        *(
            ({"targetUrl": url}, "targetUrl")
            for url in ["", "a.example/b", "ftp://a.example/b", "https://", "http://[a", None]
        ),
        ({"targetUrl": "https://a.example/" + "b" * 2000}, "targetUrl"),
        ({"channelId": None}, "channelId"),
        ({"name": "F"}, "name"),
    ],
)
def test_what_is_wrong_with_an_import(client: PeerTube, wrong: dict[str, Any], field: str) -> None:
    fields: dict[str, Any] = {"targetUrl": "https://a.example/b", "channelId": 1} | wrong
    assert _wrong_field(client.imports.create(**fields)) == field
