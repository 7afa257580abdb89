"""The errors: the tree that is documented is the tree that is there, and all of them travel."""

import copy
import inspect
import pickle
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from aiopeertube import errors


def documented() -> list[tuple[str, str | None]]:
    """Read the docstring's tree: pairs of (class, base)."""
    pairs: list[tuple[str, str | None]] = []
    above: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"^ {4}([ │├└─]*)(\w+)(?: {2,}\S.*)?$", line)
        if not found:
            continue
        depth = len(found[1]) // 4
        del above[depth:]
        pairs.append((found[2], above[-1] if above else None))
        above.append(found[2])
    return pairs


def existing() -> dict[str, type[errors.PeerTubeError]]:
    return {
        name: kind
        for name, kind in vars(errors).items()
        if inspect.isclass(kind) and issubclass(kind, errors.PeerTubeError) and not name.startswith("_")
    }


def test_the_documented_tree_is_the_tree() -> None:
    actual = {(n, None if n == "PeerTubeError" else k.__bases__[0].__name__) for n, k in existing().items()}
    assert len(documented()) > 25
    assert set(documented()) == actual
    assert len(documented()) == len(actual)


def test_input_errors_are_value_errors_too() -> None:
    also = {name for name, kind in existing().items() if issubclass(kind, ValueError)}
    files = {"FileUnreadable", "FileUnwritable"}
    assert also == {"InputError", "InvalidIdentifier", "InvalidField", "NotACall"} | files


def test_every_error_has_a_sentence_of_its_own() -> None:
    sentences = [kind.__doc__ for kind in existing().values()]
    assert all(sentences)
    assert len(set(sentences)) == len(sentences)


API: dict[str, Any] = {
    "status": 400,
    "method": "PUT",
    "path": "/api/v1/videos/7",
    "detail": "Incorrect",
    "code": "the_code",
    "invalid_params": {"name": "too short"},
}

SPECIAL: dict[type[errors.PeerTubeError], Callable[[], errors.PeerTubeError]] = {
    errors.InvalidField: lambda: errors.InvalidField("name", "is too short"),
    errors.FileUnreadable: lambda: errors.FileUnreadable("/tmp/a.jpg", "No such file"),
    errors.FileUnwritable: lambda: errors.FileUnwritable("/tmp/a.csv", "No space left on device"),
    errors.UnexpectedResponse: lambda: errors.UnexpectedResponse(
        "odd", status=502, content_type="text/html", start=b"<html>"
    ),
    errors.NotHttp: lambda: errors.NotHttp("odd", status=400),
    errors.OddAnswer: lambda: errors.OddAnswer("odd", status=101),
    errors.ListNeverStoodStill: lambda: errors.ListNeverStoodStill("no end", given=5, total=9, requests=3),
    errors.RedirectRefused: lambda: errors.RedirectRefused("no", status=301, location="https://other.example/"),
}


def make(kind: type[errors.PeerTubeError]) -> errors.PeerTubeError:
    if kind in SPECIAL:
        return SPECIAL[kind]()
    if issubclass(kind, errors.ApiError):
        return kind(**API)
    return kind("a sentence")


def all_kinds() -> Iterator[Any]:
    for name, kind in existing().items():
        yield pytest.param(kind, id=name)


@pytest.mark.parametrize("travel", [lambda e: pickle.loads(pickle.dumps(e)), copy.copy], ids=["pickle", "copy"])
@pytest.mark.parametrize("kind", list(all_kinds()))
def test_an_error_travels_with_all_it_knows(
    kind: type[errors.PeerTubeError], travel: Callable[[errors.PeerTubeError], errors.PeerTubeError]
) -> None:
    error = make(kind)
    back = travel(error)
    assert type(back) is kind
    assert str(back) == str(error)
    assert vars(back) == vars(error)


def test_an_api_error_reads_like_a_sentence() -> None:
    assert str(errors.ApiError(**API)) == "PUT /api/v1/videos/7 answered 400: name: too short"
    assert str(errors.ApiError(**API | {"invalid_params": None})).endswith("400: Incorrect")
    assert str(errors.ApiError(status=500, method="GET", path="/x", code="c")) == "GET /x answered 500: c"
    assert str(errors.ApiError(status=500, method="GET", path="/x")).endswith("no reason given")


def test_an_api_error_keeps_complaints_of_its_own() -> None:
    given = {"name": "too short"}
    error = errors.BadRequest(**API | {"invalid_params": given})
    given.clear()
    assert error.invalid_params == {"name": "too short"}


def test_a_failed_upload_says_where_to_go_on_and_what_to_look_for() -> None:
    error = errors.UploadUnknown("gone", upload_id="a-1", perhaps_finished=True)
    assert (str(error), error.upload_id, error.perhaps_finished) == ("gone", "a-1", True)
    back = pickle.loads(pickle.dumps(error))
    assert (back.upload_id, back.perhaps_finished) == ("a-1", True)


def test_input_errors_name_what_they_are_about() -> None:
    assert str(errors.InvalidField("name", "is too short")) == "name: is too short"
    assert errors.InvalidField("name", "x").field == "name"
    assert str(errors.FileUnreadable("a.jpg", "gone")) == "cannot read a.jpg: gone"
    assert errors.FileUnreadable("a.jpg", "gone").path == "a.jpg"


def test_whether_it_was_sent_is_not_copied_to_others_who_meet_the_error() -> None:
    error = errors.ServerAway("away")
    error.in_doubt = True
    assert not errors.again(error).in_doubt
    assert error.in_doubt
