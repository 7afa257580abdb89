"""Every operation has a method, every method an operation, and each a case; a few are in test_resources.py."""

import inspect
import json
import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any, get_args, get_type_hints

import cases_channels
import cases_config
import cases_playlists
import cases_runners
import cases_server
import cases_users
import cases_videos
import pytest
from cases import ROWS, UUID, Case, Form, call_of
from cases_runners import TOKENS
from operations import VERSIONS, plain
from test_chunks import OF_CHUNKS
from test_resources import METHODS

from aiopeertube import Call, Paginator, PeerTube
from aiopeertube._downloads import Download
from aiopeertube.errors import InvalidField, InvalidIdentifier, UnexpectedResponse
from aiopeertube.resources._base import Resource
from aiopeertube.resources._nouns import Nouns
from aiopeertube.testing import MockTransport
from aiopeertube.wire.messages import JsonBody, Multipart, RawBody, Response

CASES: tuple[Case, ...] = (*cases_users.CASES, *cases_runners.CASES, *cases_server.CASES, *cases_config.CASES)
CASES += (*cases_videos.CASES, *cases_channels.CASES, *cases_playlists.CASES)
IDS = [f"{number}-{case.name}" for number, case in enumerate(CASES)]

# Paths outside the API's prefix.
OUTSIDE = {"download", "feeds", "static"}
BOUNDS = {"both": None, "8 only": ("8.0", None), "6.3 only": (None, "6.3")}
NOUNS = ["me", "users", "runners", "server", "jobs", "config", "plugins", "custom_pages", "metrics", "blocklist"]
NOUNS += ["client_config", "player_settings", "watched_words", "automatic_tags", "auth", "videos", "channels"]
NOUNS += ["channel_syncs", "accounts", "captions", "uploads", "imports", "playlists", "search", "abuses", "overviews"]
NOUNS += ["feeds", "downloads"]


def _methods(noun: type, name: str) -> Iterator[str]:
    """Every method of a noun and of those within it; those that are got by a call are named `noun()`."""
    for attribute, value in inspect.getmembers(noun):
        if attribute.startswith("_"):
            continue
        function = value.fget if isinstance(value, property) else value
        given = get_type_hints(function).get("return") if inspect.isfunction(function) else None
        if isinstance(given, type) and issubclass(given, Resource):
            yield from _methods(given, f"{name}.{attribute}{'' if isinstance(value, property) else '()'}")
        elif inspect.isfunction(value):
            yield f"{name}.{attribute}"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def client() -> PeerTube:
    return PeerTube("http://localhost", token="t")


def test_every_operation_has_a_case_and_nothing_else_has() -> None:
    tested = {plain(case.operation) for case in CASES} | {plain(operation) for _, operation, _ in METHODS.values()}
    assert tested == VERSIONS.keys()
    assert len(tested) == 307


def test_every_method_has_a_case_and_nothing_else_has(client: PeerTube) -> None:
    methods = {method for noun in NOUNS for method in _methods(type(getattr(client, noun)), noun)}
    assert {case.name for case in CASES} | set(METHODS) == methods


def test_every_noun_of_the_client_is_counted() -> None:
    assert set(NOUNS) == {name for name, value in vars(Nouns).items() if isinstance(value, cached_property)}


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_versions(case: Case, client: PeerTube) -> None:
    versions = call_of(case.build(client)).versions
    assert (versions and (versions.since, versions.until)) == BOUNDS[VERSIONS[plain(case.operation)]]
    documented = inspect.getdoc(_method(client, case.name)) or ""
    noun = inspect.getdoc(_noun(client, case.name)) or ""
    assert versions is None or "only 8.x" in documented + noun or "only 6.3" in documented


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_request(case: Case, client: PeerTube) -> None:
    call = call_of(case.build(client))
    method, template = case.operation.split(" ")
    assert call.problem is None
    prefix = "" if template.split("/")[1] in OUTSIDE else "/api/v1"
    assert (call.method, call.target) == (method, prefix + case.target)
    assert call.headers == case.headers or case.headers == ()
    target = call.target.removeprefix("/api/v1").partition("?")[0]
    assert re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), target) or case.operation == "GET /jobs/{state}"
    assert call.authenticate is not case.anonymous
    assert call.sender is client
    repeated = method != "POST" if case.repeated is None else case.repeated
    assert client.prepare(call).idempotent is repeated


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_body(case: Case, client: PeerTube) -> None:
    body = call_of(case.build(client)).body
    if isinstance(case.body, Form):
        assert isinstance(body, Multipart)
        assert body.fields == case.body.fields
        assert tuple((part.name, part.filename, part.content_type) for part in body.files) == case.body.files
    elif isinstance(case.body, bytes):
        assert body == RawBody(case.body)
    elif case.body is None:
        assert body is None
    else:
        assert isinstance(body, JsonBody)
        assert json.loads(body.data) == case.body


def _of_kind(kind: str) -> list[Any]:
    """Cases whose result is a `stream`, or made of a `body`; test_chunks.py has those that are made of headers."""
    found = []
    for case, name in zip(CASES, IDS, strict=True):
        is_stream = isinstance(case.build(PeerTube("http://localhost", token="t")), Download)
        if case.name not in OF_CHUNKS and kind == ("stream" if is_stream else "body"):
            found.append(pytest.param(case, id=name))
    return found


@pytest.mark.parametrize("case", _of_kind("body"))
def test_result(case: Case, client: PeerTube) -> None:
    built = case.build(client)
    decode = call_of(built).decode
    if case.answer is None:
        assert decode(Response(204, {}, b"")) is None
        return
    content = case.answer if isinstance(case.answer, bytes) else json.dumps(case.answer).encode()
    content = case.answer.encode() if isinstance(case.answer, str) else content
    assert decode(Response(200, {"content-type": "application/json"}, content)) == case.answer
    assert isinstance(built, Paginator) is (case.answer == ROWS)


@pytest.mark.anyio
@pytest.mark.parametrize("case", _of_kind("stream"))
async def test_result_of_a_stream(case: Case) -> None:
    served = MockTransport(lambda request: Response(200, {"content-length": "3"}, b"abc"))
    async with PeerTube("http://localhost", token="t", transport=served) as pt:
        assert b"".join([piece async for piece in case.build(pt).stream()]) == b"abc"


def _noun(client: PeerTube, name: str) -> Any:
    noun: Any = client
    for each in name.replace("()", "").split(".")[:-1]:
        found = getattr(noun, each)
        noun = found if isinstance(found, Resource) else found(*([3] if each in {"uploads", "replacements"} else []))
    return noun


def _method(client: PeerTube, name: str) -> Any:
    return getattr(type(_noun(client, name)), name.rpartition(".")[2])


@pytest.mark.parametrize("name", sorted({case.name for case in CASES}))
def test_a_method_is_documented(name: str, client: PeerTube) -> None:
    documented = inspect.getdoc(_method(client, name))
    assert documented
    assert documented.splitlines()[0].endswith(".")


@pytest.mark.parametrize("name", sorted({case.name for case in CASES}))
def test_what_a_method_takes_and_gives_has_a_type(name: str, client: PeerTube) -> None:
    hints = get_type_hints(_method(client, name))
    given = hints.pop("return")
    assert given not in (Any, Call, Paginator)
    assert Any not in (*get_args(given), *hints.values())


WRONG: dict[str, tuple[Any, type[Exception]]] = {
    "id": (lambda pt: pt.users.get(0), InvalidField),
    "id of a boolean": (lambda pt: pt.users.update(True, role=1), InvalidField),
    "registrationId": (lambda pt: pt.users.registrations.delete(-1), InvalidField),
    "id of an export": (lambda pt: pt.users.exports.delete(3, 0), InvalidField),
    "userId": (lambda pt: pt.users.imports.uploads(0).cancel("a-1"), InvalidField),
    "role": (lambda pt: pt.users.create(username="a", password="b", email="c", role=7), InvalidField),
    "role of a change": (lambda pt: pt.users.update(3, role=7), InvalidField),
    "role of a list": (lambda pt: pt.users.list(role=7), InvalidField),
    "stateOneOf": (lambda pt: pt.users.registrations.list(stateOneOf=[1, 9]), InvalidField),
    "nsfwPolicy": (lambda pt: pt.me.update(nsfwPolicy="hide"), InvalidField),
    "newFollow": (lambda pt: pt.me.notifications.update_settings(newFollow=9), InvalidField),
    "state of an abuse": (lambda pt: pt.me.abuses(state=4), InvalidField),
    "videoIds": (lambda pt: pt.me.in_playlists(videoIds=[7, "x"]), InvalidField),
    "ids": (lambda pt: pt.me.notifications.read(ids=[0]), InvalidField),
    "uri": (lambda pt: pt.me.subscriptions.create(uri="a b"), InvalidIdentifier),
    "uris": (lambda pt: pt.me.subscriptions.exist(uris=["a@b.example", "a/b"]), InvalidIdentifier),
    "host": (lambda pt: pt.server.blocklist.servers.create(host="https://a.example"), InvalidIdentifier),
    "accountName": (lambda pt: pt.me.blocklist.accounts.delete("a/b"), InvalidIdentifier),
    "hosts": (lambda pt: pt.server.following.create(hosts=["a/b"]), InvalidIdentifier),
    "hostOrHandle": (lambda pt: pt.server.following.delete(""), InvalidField),
    "handle": (lambda pt: pt.server.followers.accept("a/b"), InvalidIdentifier),
    "target": (lambda pt: pt.server.redundancy.list(target="all"), InvalidField),
    "command": (lambda pt: pt.server.run_command(command="rm"), InvalidField),
    "level": (lambda pt: pt.server.logs(startDate="2026-01-01", level="loud"), InvalidField),
    "jobUUID": (lambda pt: pt.runners.jobs.cancel("12"), InvalidIdentifier),
    "jobUUID of a file": (lambda pt: pt.runners.jobs.files.audio("12", 7, **TOKENS), InvalidIdentifier),
    "video of a file": (
        lambda pt: pt.runners.jobs.files.audio(UUID, "a b", **TOKENS),
        InvalidIdentifier,
    ),
    "type": (lambda pt: pt.runners.jobs.update(UUID, **TOKENS, type="x"), InvalidField),
    "typeOneOf": (lambda pt: pt.runners.jobs.list(typeOneOf=["x"]), InvalidField),
    "state of jobs": (lambda pt: pt.jobs.list("lost"), InvalidField),
    "jobId": (lambda pt: pt.jobs.cancel("email", ""), InvalidField),
    "logoType": (lambda pt: pt.config.logo.delete("small"), InvalidField),
    "theme": (lambda pt: pt.player_settings.update_channel("films", theme="channel-default"), InvalidField),
    "pluginType": (lambda pt: pt.plugins.list(pluginType=3), InvalidField),
    "npmName": (lambda pt: pt.plugins.get(""), InvalidField),
    "neither npmName nor path": (lambda pt: pt.plugins.install(), InvalidField),
    "videoId": (lambda pt: pt.metrics.playback(**{**cases_config.METRIC, "videoId": "a b"}), InvalidIdentifier),
    "playerMode": (lambda pt: pt.metrics.playback(**{**cases_config.METRIC, "playerMode": "x"}), InvalidField),
    "account": (lambda pt: pt.watched_words.lists("a/b").list(), InvalidIdentifier),
    "rating": (lambda pt: pt.videos.rate(7, rating="love"), InvalidField),
    "video to rate": (lambda pt: pt.videos.rate("a b", rating="like"), InvalidIdentifier),
    "currentTime": (lambda pt: pt.videos.view(7, currentTime=-1), InvalidField),
    "device": (lambda pt: pt.videos.view(7, currentTime=1, device="fridge"), InvalidField),
    "nsfw": (lambda pt: pt.videos.list(nsfw="maybe"), InvalidField),
    "text": (lambda pt: pt.videos.comments.create(7, text=""), InvalidField),
    "threadId": (lambda pt: pt.videos.comments.get(7, 0), InvalidField),
    "commentId": (lambda pt: pt.videos.comments.reply(7, 0, text="x"), InvalidField),
    "timecode": (lambda pt: pt.videos.chapters.update(7, chapters=[{"timecode": -1, "title": "x"}]), InvalidField),
    "chapters without a title": (lambda pt: pt.videos.chapters.update(7, chapters=[{"timecode": 1}]), InvalidField),
    "chapters that begin together": (
        lambda pt: pt.videos.chapters.update(
            7, chapters=[{"timecode": 1, "title": "a"}, {"timecode": 1, "title": "b"}]
        ),
        InvalidField,
    ),
    "passwords": (lambda pt: pt.videos.passwords.update(7, passwords=["x"]), InvalidField),
    "passwordId": (lambda pt: pt.videos.passwords.delete(7, 0), InvalidField),
    "type of a block": (lambda pt: pt.videos.blacklist.list(type=3), InvalidField),
    "size": (lambda pt: pt.videos.source.replacements(7).start(**cases_videos.SENT | {"size": 0}), InvalidField),
    "video to replace": (lambda pt: pt.videos.source.replacements("a b").cancel("a-1"), InvalidIdentifier),
    "latencyMode": (lambda pt: pt.videos.live.update(7, latencyMode=4), InvalidField),
    "metric": (lambda pt: pt.videos.stats.timeseries(7, "likes"), InvalidField),
    "tasks of no name": (lambda pt: pt.videos.studio.edit(7, tasks=[{"name": "blur"}]), InvalidField),
    "tasks without a file": (
        lambda pt: pt.videos.studio.edit(7, tasks=[{"name": "add-intro", "options": {}}]),
        InvalidField,
    ),
    "policy": (lambda pt: pt.videos.embed_privacy.update(7, policy=4), InvalidField),
    "domain": (lambda pt: pt.videos.embed_privacy.allowed(7, domain="https://a.example"), InvalidIdentifier),
    "transcodingType": (lambda pt: pt.videos.files.transcode(7, transcodingType="mp4"), InvalidField),
    "channelId": (lambda pt: pt.videos.ownership.accept(3, channelId=0), InvalidField),
    "displayName": (lambda pt: pt.channels.create(name="films", displayName=""), InvalidField),
    "externalChannelUrl": (lambda pt: pt.channels.import_videos("films", externalChannelUrl="films"), InvalidField),
    "startPosition": (
        lambda pt: pt.playlists.elements.reorder(3, startPosition=0, insertAfterPosition=1),
        InvalidField,
    ),
    "playlistId": (lambda pt: pt.playlists.get("a b"), InvalidIdentifier),
    "privacy": (lambda pt: pt.playlists.create(displayName="Best", privacy=5), InvalidField),
    "videoId of a playlist": (lambda pt: pt.playlists.elements.create(3, videoId="a b"), InvalidIdentifier),
    "stopTimestamp": (lambda pt: pt.playlists.elements.update(3, 9, stopTimestamp=-1), InvalidField),
    "searchTarget": (lambda pt: pt.search.videos(searchTarget="web"), InvalidField),
    "video of no report": (lambda pt: pt.abuses.create(reason="spam"), InvalidField),
    "account of a report": (lambda pt: pt.abuses.create(reason="spam", account={"id": 0}), InvalidField),
    "predefinedReasons": (
        lambda pt: pt.abuses.create(reason="spam", predefinedReasons=["ugly"], account={"id": 1}),
        InvalidField,
    ),
    "page": (lambda pt: pt.overviews.videos(page=0), InvalidField),
    "format": (lambda pt: pt.feeds.videos("pdf"), InvalidField),
    "token of a feed": (lambda pt: pt.feeds.subscriptions("xml", accountId=3, token=""), InvalidField),
    "filename": (lambda pt: pt.downloads.web_video("../a.mp4"), InvalidField),
    "videoFileIds": (lambda pt: pt.downloads.generate(7, videoFileIds=[]), InvalidField),
    "listId": (lambda pt: pt.watched_words.lists().delete(0), InvalidField),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_known_before_anything_is_sent(name: str, client: PeerTube) -> None:
    build, kind = WRONG[name]
    problem = call_of(build(client)).problem
    assert type(problem) is kind
    if isinstance(problem, InvalidField):
        assert problem.field in name


class TestSecrets:
    @pytest.mark.parametrize("case", [case for case in CASES if case.anonymous and case.body], ids=lambda c: c.name)
    def test_tokens_and_passwords_are_not_shown(self, case: Case, client: PeerTube) -> None:
        call = call_of(case.build(client))
        shown = f"{call!r} {call.body!r} {call.as_dict()} {client.prepare(call)!r}"
        for secret in ("r-1", "j-1", "t-1", "secret-1"):
            assert secret not in shown

    def test_a_runner_never_sends_the_users_token(self, client: PeerTube) -> None:
        runners = [case for case in CASES if case.name.startswith("runners.") and "runnerToken" in str(case.body)]
        assert len(runners) == 14
        for case in runners:
            assert not client.prepare(call_of(case.build(client))).authenticate

    def test_a_broken_list_of_tokens_is_not_quoted(self, client: PeerTube) -> None:
        decode = call_of(client.runners.registration_tokens.list()).decode
        with pytest.raises(UnexpectedResponse) as caught:
            decode(Response(200, {"content-type": "application/json"}, b'{"registrationToken": "t-1"'))
        assert "t-1" not in f"{caught.value!r} {caught.value.start!r} {caught.value.__context__!r}"
