"""Users, runners and the server: every operation has a method, every method an operation, and each a case."""

import csv
import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_type_hints

import cases_config
import cases_runners
import cases_server
import cases_users
import pytest
from cases import UUID, Case, Form, call_of
from cases_runners import TOKENS

from aiopeertube import Call, Paginator, PeerTube
from aiopeertube.errors import InvalidField, InvalidIdentifier, UnexpectedResponse
from aiopeertube.resources._base import Resource
from aiopeertube.types.archives import ArchiveProgress
from aiopeertube.wire.messages import JsonBody, Multipart, RawBody, Response

OPERATIONS = Path(__file__).parents[1] / "data" / "operations.tsv"
CASES: tuple[Case, ...] = (*cases_users.CASES, *cases_runners.CASES, *cases_server.CASES, *cases_config.CASES)
IDS = [f"{number}-{case.name}" for number, case in enumerate(CASES)]

# Families that have tables of their own.
ELSEWHERE = {"videos", "video-channels", "video-channel-syncs", "video-playlists", "accounts", "search", "feeds"}
ELSEWHERE |= {"abuses", "static", "download"}
# `auth`, and what `imports` lists.
IN_OTHER_TABLES = {
    "GET /oauth-clients/local",
    "POST /users/token",
    "POST /users/revoke-token",
    "GET /users/me/videos/imports",
}
# The documents say GET, the servers of these versions know POST alone.
DOCUMENTED_AS_GET = {"POST /runners/jobs/{}/cancel", "POST /users/{}/token-sessions/{}/revoke"}


def _plain(operation: str) -> str:
    return re.sub(r"\{\w+\}", "{}", operation)


def _operations() -> set[str]:
    with OPERATIONS.open(newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["path"].split("/")[1] not in ELSEWHERE]
    named = {_plain(f"{row['method']} {row['path']}") for row in rows}
    return named - {operation.replace("POST", "GET", 1) for operation in DOCUMENTED_AS_GET} | DOCUMENTED_AS_GET


NOUNS = ["me", "users", "runners", "server", "jobs", "config", "plugins", "custom_pages", "metrics", "blocklist"]
NOUNS += ["client_config", "player_settings", "watched_words", "automatic_tags"]


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
def client() -> PeerTube:
    return PeerTube("http://localhost", token="t")


def test_every_operation_has_a_case_and_nothing_else_has() -> None:
    assert {_plain(case.operation) for case in CASES} == _operations() - {_plain(each) for each in IN_OTHER_TABLES}


def test_every_method_has_a_case_and_nothing_else_has(client: PeerTube) -> None:
    methods = {method for noun in NOUNS for method in _methods(type(getattr(client, noun)), noun)}
    assert {case.name for case in CASES} == methods


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_request(case: Case, client: PeerTube) -> None:
    call = call_of(case.build(client))
    method, template = case.operation.split(" ")
    assert call.problem is None
    assert (call.method, call.target) == (method, "/api/v1" + case.target)
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


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_result(case: Case, client: PeerTube) -> None:
    if "uploads()" in case.name:
        return  # they decode headers: see below
    built = case.build(client)
    decode = call_of(built).decode
    if case.answer is None:
        assert decode(Response(204, {}, b"")) is None
        return
    content = case.answer if isinstance(case.answer, bytes) else json.dumps(case.answer).encode()
    assert decode(Response(200, {"content-type": "application/json"}, content)) == case.answer
    assert isinstance(built, Paginator) is (case.answer == cases_users.ROWS)


@pytest.mark.parametrize("name", sorted({case.name for case in CASES}))
def test_a_method_is_documented(name: str, client: PeerTube) -> None:
    *nouns, method = name.replace("()", "").split(".")
    noun: Any = client
    for each in nouns:
        found = getattr(noun, each)
        noun = found if isinstance(found, Resource) else found(*([3] if each == "uploads" else []))
    documented = inspect.getdoc(getattr(type(noun), method))
    assert documented
    assert documented.splitlines()[0].endswith(".")


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


class TestArchives:
    @staticmethod
    def _progress(client: PeerTube, response: Response) -> ArchiveProgress:
        call: Call[ArchiveProgress] = client.users.imports.uploads(3).status("a-1", 9)
        progress: ArchiveProgress = call.decode(response)
        return progress

    def test_announced(self, client: PeerTube) -> None:
        call = client.users.imports.uploads(3).start(filename="a.zip", size=9)
        assert call.headers == (("X-Upload-Content-Length", "9"), ("X-Upload-Content-Type", "application/zip"))
        there = {"location": "//a.example/api/v1/users/3/imports/import-resumable?upload_id=a-1"}
        assert call.decode(Response(201, there, b"")) == {"upload_id": "a-1", "offset": 0}

    def test_how_far_it_is(self, client: PeerTube) -> None:
        assert self._progress(client, Response(308, {"range": "bytes=0-5"}, b"")) == {"offset": 6, "userImport": None}

    def test_its_end(self, client: PeerTube) -> None:
        end = Response(200, {"content-type": "application/json"}, b'{"userImport": {"id": 4}}')
        assert self._progress(client, end) == {"offset": None, "userImport": {"id": 4}}

    def test_another_end(self, client: PeerTube) -> None:
        with pytest.raises(UnexpectedResponse, match="import of an archive"):
            self._progress(client, Response(200, {"content-type": "application/json"}, b'{"video": {}}'))

    def test_chunks_go_where_they_belong(self, client: PeerTube) -> None:
        call = client.users.imports.uploads(3).chunk("a-1", b"xyz", 6, 9)
        assert call.headers == (("Content-Range", "bytes 6-8/9"),)
