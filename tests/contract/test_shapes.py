"""The shapes that walks compare: what is there always, sometimes, and otherwise."""

import json
from typing import Any

import pytest
from shapes import Shapes, differences

from aiopeertube import PeerTube
from aiopeertube.wire.messages import Response


def noted(*bodies: Any) -> Any:
    shapes = Shapes()
    client = PeerTube("http://localhost", token="t")
    for body in bodies:
        answer = Response(200, {"content-type": "application/json", "etag": "x"}, json.dumps(body).encode())
        shapes.note(client.prepare(client.users.get(7)), answer)
    return shapes.answers["GET /users/{} 200"]


ONE = {"id": 1, "tags": ["a"], "at": None, "account": {"name": "anna"}}
TWO = {"id": 2, "tags": [], "at": "now", "account": {"name": "anna", "more": True}}


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ([ONE], []),
        ([TWO], []),
        ([{**ONE, "id": None, "tags": []}], []),
        ([{**ONE, "id": "1"}], ["$.body.id is string, not number"]),
        ([{**ONE, "tags": [1]}], ["$.body.tags[] is number, not string"]),
        ([{**ONE, "account": {}}], ["$.body.account.name is not there"]),
        ([{**ONE, "new": 1}], ["$.body.new is too much"]),
        ([{name: value for name, value in ONE.items() if name != "tags"}], ["$.body.tags is not there"]),
    ],
)
def test_differences(other: list[Any], told: list[str]) -> None:
    assert list(differences(noted(ONE, TWO), noted(*other))) == told


def test_names_of_things_are_no_keys() -> None:
    assert noted({"664": [1], "a.example": [2]})["body"] == {"*": ["number"]}
