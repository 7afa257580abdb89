"""Every method of every resource builds the operation that it is named after, and that exists in the API."""

import csv
import inspect
import re
from pathlib import Path

import pytest

from aiopeertube import Call, Paginator, PeerTube, resources
from aiopeertube.errors import InvalidField, InvalidIdentifier
from aiopeertube.sansio import FormBody, JsonBody, Multipart, json_value, nothing

OPERATIONS = Path(__file__).parents[1] / "data" / "operations.tsv"
UUID = "38773124-8101-4655-a4ef-2124259155af"
OAUTH = {"client_id": "i", "client_secret": "s"}
PAGE = "start=20&count=10"  # what _call_of asks of a listing

# resource.method: how to call it, the operation, and the request's target below /api/v1.
METHODS = {
    "auth.client": (lambda m: m(), "GET /oauth-clients/local", "/oauth-clients/local"),
    "auth.token": (lambda m: m(OAUTH, username="u", password="p"), "POST /users/token", "/users/token"),
    "auth.refresh": (lambda m: m(OAUTH, refresh_token="r"), "POST /users/token", "/users/token"),
    "auth.revoke": (lambda m: m(), "POST /users/revoke-token", "/users/revoke-token"),
    "me.get": (lambda m: m(), "GET /users/me", "/users/me"),
    "me.quota": (lambda m: m(), "GET /users/me/video-quota-used", "/users/me/video-quota-used"),
    "me.videos": (
        lambda m: m(count=10, sort="-createdAt", isLive=False, privacyOneOf=[1, 2]),
        "GET /users/me/videos",
        f"/users/me/videos?{PAGE}&sort=-createdAt&isLive=false&privacyOneOf=1&privacyOneOf=2",
    ),
    "config.get": (lambda m: m(), "GET /config", "/config"),
    "config.about": (lambda m: m(), "GET /config/about", "/config/about"),
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
def client():
    return PeerTube("http://localhost", token="t")


@pytest.fixture(scope="module")
def operations():
    with OPERATIONS.open(newline="") as file:
        return {f"{row['method']} {row['path']}": row["versions"] for row in csv.DictReader(file, delimiter="\t")}


def public_methods():
    for name in resources.__all__:
        for method, _ in inspect.getmembers(getattr(resources, name), inspect.isfunction):
            if not method.startswith("_"):
                yield f"{name.lower()}.{method}"


def _build(client, name):
    resource, method = name.split(".")
    return METHODS[name][0](getattr(getattr(client, resource), method))


def _call_of(built):
    return built._page(20, built._count) if isinstance(built, Paginator) else built


def test_every_public_method_is_in_the_table_and_nothing_else_is():
    assert set(METHODS) == set(public_methods())


def test_every_resource_is_an_attribute_of_the_client(client):
    for name in resources.__all__:
        assert type(getattr(client, name.lower())) is getattr(resources, name)
        assert repr(getattr(client, name.lower())) == f"<{name}>"


def test_the_table_of_operations_is_whole(operations):
    assert len(operations) == 315
    assert set(operations.values()) == {"both", "6.3 only", "8 only"}


@pytest.mark.parametrize("name", METHODS)
def test_a_method_builds_its_operation(name, client, operations):
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


@pytest.mark.parametrize("name", METHODS)
def test_a_method_decodes_what_its_operation_answers(name, client):
    call = _call_of(_build(client, name))
    without_content = {"auth.revoke", "videos.update", "videos.delete", "captions.put", "captions.delete"}
    assert call.decode is (nothing if name in without_content else json_value)


@pytest.mark.parametrize("name", METHODS)
def test_a_method_is_documented(name):
    resource, method = name.split(".")
    assert inspect.getdoc(getattr(getattr(resources, resource.capitalize()), method))


@pytest.mark.parametrize("name", METHODS)
def test_listings_are_paginators_and_nothing_else_is(name, client):
    listings = {n for n in METHODS if n.endswith((".videos", ".list", ".channels"))} - {"captions.list"}
    assert isinstance(_build(client, name), Paginator) is (name in listings)


@pytest.mark.parametrize("count", [0, -1, 101])
def test_a_page_has_at_most_a_hundred_items(client, count):
    with pytest.raises(ValueError, match="1 to 100"):
        client.videos.list(count=count)


def test_a_listing_shows_its_path(client):
    assert repr(client.me.videos()) == "<Paginator of /api/v1/users/me/videos>"


NAMED = {
    "videos.get": lambda m: m("a film"),
    "videos.update": lambda m: m("a film", name="Film"),
    "videos.delete": lambda m: m("a film"),
    "captions.list": lambda m: m("a film"),
    "captions.put": lambda m: m("a film", "nl", b""),
    "captions.delete": lambda m: m("a film", "nl"),
    "captions.put ": lambda m: m(7, "n l", b""),
    "captions.delete ": lambda m: m(7, "n l"),
    "channels.get": lambda m: m("a/b"),
    "channels.videos": lambda m: m("a/b"),
    "accounts.get": lambda m: m("a/b"),
    "accounts.videos": lambda m: m("a/b"),
    "accounts.channels": lambda m: m("a/b"),
}


@pytest.mark.parametrize("name", NAMED)
def test_a_wrong_name_is_a_problem_of_the_call(name, client):
    resource, method = name.strip().split(".")
    call = _call_of(NAMED[name](getattr(getattr(client, resource), method)))
    assert isinstance(call.problem, InvalidIdentifier)
    assert call.path.count("/") == METHODS[name.strip()][1].count("/") + 2  # quoted, it adds no step


def test_a_wrong_field_is_a_problem_of_the_call(client):
    assert isinstance(client.videos.update(7, name="x").problem, InvalidField)


def test_an_update_is_json_without_images_and_multipart_with(client):
    assert client.videos.update(7, name="Film", tags=["ab"], category=None).body == JsonBody(
        b'{"name":"Film","tags":["ab"],"category":null}'
    )
    body = client.videos.update(7, tags=["ab", "cd"], category=None, previewfile=b"\x89PNG").body
    assert isinstance(body, Multipart)
    assert body.fields == (("tags[0]", "ab"), ("tags[1]", "cd"), ("category", "null"))
    assert [(part.name, part.filename) for part in body.files] == [("previewfile", "previewfile.png")]


def test_captions_are_one_file(client):
    body = client.captions.put(7, "nl", "nl.vtt").body
    assert body.fields == ()
    assert [(p.name, str(p.source), p.content_type) for p in body.files] == [("captionfile", "nl.vtt", "text/vtt")]


def test_logging_in_is_a_form_that_may_be_repeated_and_refreshing_one_that_may_not(client):
    login = client.auth.token(OAUTH, username="u", password="p", otp="123456")
    assert login.body == FormBody(
        (("client_id", "i"), ("client_secret", "s"), ("grant_type", "password"), ("username", "u"), ("password", "p"))
    )
    assert login.headers == (("x-peertube-otp", "123456"),)
    assert client.prepare(login).idempotent
    refresh = client.auth.refresh(OAUTH, refresh_token="r")
    assert dict(refresh.body.fields)["grant_type"] == "refresh_token"
    assert dict(refresh.body.fields)["refresh_token"] == "r"
    assert not client.prepare(refresh).idempotent
    assert not client.prepare(client.auth.revoke()).idempotent
