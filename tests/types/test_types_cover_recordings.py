"""The declared types against what real servers of two versions sent (recorded lists are cut to their first items)."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from mismatches import mismatches
from recordings import rows_of

from aiopeertube.types import (
    About,
    Account,
    Caption,
    Channel,
    Me,
    OAuthClient,
    Page,
    Problem,
    QuotaUsed,
    ServerConfig,
    TokenResponse,
    UncountedPage,
    User,
    VideoDetails,
    VideoRow,
    VideoUpdate,
    VideoUploaded,
)
from aiopeertube.types.server import ServerStatistics

VERSIONS = ("6.3.0", "8.2.1")
EXCHANGES = {version: rows_of(version) for version in VERSIONS}

ANSWERS = {
    "oauth client": OAuthClient,
    "login": TokenResponse,
    "login admin": TokenResponse,
    "refresh": TokenResponse,
    "me": Me,
    "quota": QuotaUsed,
    "users as admin": Page[User],
    "config": ServerConfig,
    "config about": About,
    "videos page": Page[VideoRow],
    "videos page skipCount": UncountedPage[VideoRow],
    "videos beyond end": Page[VideoRow],
    "videos count 0": Page[VideoRow],
    "videos filters": Page[VideoRow],
    "videos include as admin": Page[VideoRow],
    "videos all privacies as admin": Page[VideoRow],
    "my videos": Page[VideoRow],
    "account videos": Page[VideoRow],
    "channel videos": Page[VideoRow],
    "429 last allowed": Page[VideoRow],
    "429 admin passes": Page[VideoRow],
    "video": VideoDetails,
    "video by shortUUID": VideoDetails,
    "video by id": VideoDetails,
    "video after put": VideoDetails,
    "video after nulls": VideoDetails,
    "channel": Channel,
    "account channels": Page[Channel],
    "captions empty": Page[Caption],
    "captions": Page[Caption],
    "upload": VideoUploaded,
}


# Of one version alone, or otherwise named there.
ONLY_63 = {"search": Page[VideoRow]}
ONLY_82 = {
    "me admin": Me,
    "accounts": Page[Account],
    "account": Account,
    "channels": Page[Channel],
    "videos include everything": Page[VideoRow],
    "videos include tags": Page[VideoRow],
    "my videos of a channel": Page[VideoRow],
    "video after flags": VideoDetails,
    "video after no longer nsfw": VideoDetails,
    "video right password": VideoDetails,
    "video of mine with passwords": VideoDetails,
    "stats": ServerStatistics,
}
CASES = [
    pytest.param(version, name, annotation, id=f"{version}-{name}")
    for version, more in (("6.3.0", ONLY_63), ("8.2.1", ONLY_82))
    for name, annotation in {**ANSWERS, **more}.items()
]


def exchange_of(version: str, name: str) -> dict[str, Any]:
    (exchange,) = [exchange for exchange in EXCHANGES[version] if exchange["name"] == name]
    return exchange


def body_of(version: str, name: str) -> Any:
    exchange = exchange_of(version, name)
    assert exchange["response"]["status"] == 200
    return exchange["response"]["body"]


@pytest.mark.parametrize(("version", "name", "annotation"), CASES)
def test_recorded_answer_is_what_the_type_says(version: str, name: str, annotation: object) -> None:
    assert mismatches(body_of(version, name), annotation) == []


@pytest.mark.parametrize("version", VERSIONS)
def test_every_recorded_problem_is_a_problem(version: str) -> None:
    problems = {
        exchange["name"]: exchange["response"]["body"]
        for exchange in EXCHANGES[version]
        if "application/problem+json" in exchange["response"]["headers"].get("content-type", "")
    }
    assert len(problems) > 20
    assert {name: mismatches(body, Problem) for name, body in problems.items()} == {name: [] for name in problems}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", ["put json", "put nulls"])
def test_accepted_updates_are_declared(version: str, name: str) -> None:
    exchange = exchange_of(version, name)
    assert exchange["response"]["status"] == 204
    assert mismatches(exchange["request"]["json"], VideoUpdate) == []


def objects_in(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every object in a body."""
    if isinstance(value, dict):
        yield path
        for key, item in value.items():
            yield from objects_in(item, (*path, key))
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from objects_in(item, (*path, i))


def at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


@pytest.mark.parametrize(("version", "name", "annotation"), CASES)
def test_an_undeclared_key_is_noticed_at_every_depth(version: str, name: str, annotation: object) -> None:
    for path in objects_in(body_of(version, name)):
        if path[-1:] == ("metadata",):
            continue  # what the server's probe said of a file, in the probe's own words
        body = copy.deepcopy(body_of(version, name))
        at(body, path)["notDeclared"] = None
        assert len(mismatches(body, annotation)) == 1, path


def test_an_absent_required_key_and_a_wrong_value_are_noticed() -> None:
    body = body_of("6.3.0", "video")
    missing = copy.deepcopy(body)
    del missing["channel"]["ownerAccount"]["host"]
    assert mismatches(missing, VideoDetails) == ["$.channel.ownerAccount.host: required, yet absent"]
    wrong = body | {"privacy": {"id": None, "label": "Public"}}
    assert len(mismatches(wrong, VideoDetails)) == 1


def test_optional_keys_are_known_as_such() -> None:
    assert {"commentsEnabled", "nsfwFlags"} <= VideoDetails.__optional_keys__
    assert Problem.__optional_keys__ >= {"invalid-params", "error"}
    assert not VideoUpdate.__required_keys__
