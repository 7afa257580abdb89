"""The declared types against what a real 6.3.0 server sent (recorded lists are cut to their first items)."""

import copy
import json
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints, is_typeddict

import pytest

from aiopeertube.types import (
    About,
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

RECORDINGS = Path(__file__).parents[1] / "data" / "wire-6.3.0.jsonl"
EXCHANGES = [json.loads(line) for line in RECORDINGS.read_text(encoding="utf-8").splitlines()]

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
    "search": Page[VideoRow],
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


def body_of(name: str) -> Any:
    (exchange,) = [exchange for exchange in EXCHANGES if exchange["name"] == name]
    assert exchange["response"]["status"] == 200
    return exchange["response"]["body"]


def mismatches(value: Any, annotation: Any, where: str = "$", bound: dict[TypeVar, Any] | None = None) -> list[str]:
    """Every way in which the value is not what the annotation says."""
    bound = bound or {}
    if isinstance(annotation, TypeVar):
        annotation = bound[annotation]
    origin, args = get_origin(annotation), get_args(annotation)
    if annotation in (Any, object):
        return []
    if origin in (Union, types.UnionType):
        arms = [mismatches(value, arm, where, bound) for arm in args]
        return min(arms, key=len)
    if is_typeddict(origin or annotation):
        return _in_typed_dict(value, origin or annotation, where, dict(zip(_parameters(origin), args, strict=True)))
    if origin is list:
        if not isinstance(value, list):
            return [f"{where}: {value!r} is no list"]
        return [m for i, item in enumerate(value) for m in mismatches(item, args[0], f"{where}[{i}]", bound)]
    if origin is dict:
        if not isinstance(value, dict):
            return [f"{where}: {value!r} is no object"]
        return [m for key, item in value.items() for m in mismatches(item, args[1], f"{where}.{key}", bound)]
    accepted = {int, float} if annotation is float else {annotation}
    return [] if type(value) in accepted else [f"{where}: {value!r} is no {annotation}"]


def _parameters(generic: object) -> tuple[TypeVar, ...]:
    return getattr(generic, "__parameters__", ())


def _in_typed_dict(value: Any, typed_dict: Any, where: str, bound: dict[TypeVar, Any]) -> list[str]:
    if not isinstance(value, dict):
        return [f"{where}: {value!r} is no {typed_dict.__name__}"]
    hints = get_type_hints(typed_dict)
    found = [f"{where}.{key}: {typed_dict.__name__} does not declare it" for key in value.keys() - hints.keys()]
    found += [f"{where}.{key}: required, yet absent" for key in typed_dict.__required_keys__ - value.keys()]
    for key in value.keys() & hints.keys():
        found += mismatches(value[key], hints[key], f"{where}.{key}", bound)
    return sorted(found)


@pytest.mark.parametrize(("name", "annotation"), ANSWERS.items(), ids=ANSWERS)
def test_recorded_answer_is_what_the_type_says(name: str, annotation: object) -> None:
    assert mismatches(body_of(name), annotation) == []


def test_every_recorded_problem_is_a_problem() -> None:
    problems = {
        exchange["name"]: exchange["response"]["body"]
        for exchange in EXCHANGES
        if "application/problem+json" in exchange["response"]["headers"].get("content-type", "")
    }
    assert len(problems) > 20
    assert {name: mismatches(body, Problem) for name, body in problems.items()} == {name: [] for name in problems}


@pytest.mark.parametrize("name", ["put json", "put nulls"])
def test_accepted_updates_are_declared(name: str) -> None:
    (exchange,) = [exchange for exchange in EXCHANGES if exchange["name"] == name]
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


@pytest.mark.parametrize(("name", "annotation"), ANSWERS.items(), ids=ANSWERS)
def test_an_undeclared_key_is_noticed_at_every_depth(name: str, annotation: object) -> None:
    for path in objects_in(body_of(name)):
        body = copy.deepcopy(body_of(name))
        at(body, path)["notDeclared"] = None
        assert len(mismatches(body, annotation)) == 1, path


def test_an_absent_required_key_and_a_wrong_value_are_noticed() -> None:
    body = body_of("video")
    missing = copy.deepcopy(body)
    del missing["channel"]["ownerAccount"]["host"]
    assert mismatches(missing, VideoDetails) == ["$.channel.ownerAccount.host: required, yet absent"]
    wrong = body | {"privacy": {"id": None, "label": "Public"}}
    assert len(mismatches(wrong, VideoDetails)) == 1


def test_optional_keys_are_known_as_such() -> None:
    assert {"commentsEnabled", "nsfwFlags"} <= VideoDetails.__optional_keys__
    assert Problem.__optional_keys__ >= {"invalid-params", "error"}
    assert not VideoUpdate.__required_keys__
