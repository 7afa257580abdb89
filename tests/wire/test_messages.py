"""Requests and responses as values: encoding, decoding, and what an error's body means."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aiopeertube import errors
from aiopeertube.wire.answers import (
    error_of,
    is_token_problem,
    json_or_text,
    json_value,
    no_content,
    nothing,
    problem_of,
    strange,
)
from aiopeertube.wire.headers import RateHeaders, epoch, rate_headers, retry_after
from aiopeertube.wire.messages import Decoder, FormBody, JsonBody, Request, Response, encode_query

JSON = {"content-type": "application/json; charset=utf-8"}
PROBLEM = {"content-type": "application/problem+json; charset=utf-8"}
HTML = {"content-type": "text/html; charset=utf-8"}
RECORDINGS = Path(__file__).parents[1] / "data" / "wire-6.3.0.jsonl"


def a_request(method: str = "PUT", target: str = "/api/v1/videos/7?x=1") -> Request:
    return Request(method, "https://videos.example", target, decode=json_value)


def api_error(response: Response) -> errors.ApiError:
    error = error_of(a_request(), response)
    assert isinstance(error, errors.ApiError)
    return error


def an_answer(status: int, value: object, headers: dict[str, str] = PROBLEM) -> Response:
    return Response(status, headers, json.dumps(value).encode())


# -- query ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, ()),
        ({"sort": None}, ()),
        ({"sort": "-publishedAt"}, (("sort", "-publishedAt"),)),
        ({"start": 0, "count": 100}, (("start", "0"), ("count", "100"))),
        ({"isLive": True, "isLocal": False}, (("isLive", "true"), ("isLocal", "false"))),
        ({"x": [True, False]}, (("x", "true"), ("x", "false"))),
        ({"tagsOneOf": ["a", "b c"]}, (("tagsOneOf", "a"), ("tagsOneOf", "b c"))),
        ({"categoryOneOf": (1, 2)}, (("categoryOneOf", "1"), ("categoryOneOf", "2"))),
        ({"categoryOneOf": (n for n in (3, 4))}, (("categoryOneOf", "3"), ("categoryOneOf", "4"))),
        ({"tagsOneOf": []}, ()),
        ({"search": ""}, (("search", ""),)),
        ({"ratio": 0.5}, (("ratio", "0.5"),)),
    ],
)
def test_a_query_repeats_the_key_for_lists_and_leaves_none_out(
    params: dict[str, Any], expected: tuple[tuple[str, str], ...]
) -> None:
    assert encode_query(params) == expected


@pytest.mark.parametrize("value", [object(), b"bytes", {"a": {}}.values(), [None], [[1]]])
def test_what_cannot_be_in_a_query_is_named(value: object) -> None:
    with pytest.raises(errors.InvalidField, match=r"^thing: cannot be sent") as caught:
        encode_query({"thing": value})
    assert caught.value.field == "thing"


# -- decoders ------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [{"a": [1, None, "é"]}, [], 0, None, ""])
def test_json_is_decoded(value: object) -> None:
    assert json_value(an_answer(200, value, JSON)) == value


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"data": [1, 2', b"\xff\xfe"])
def test_what_is_no_json_is_an_unexpected_response(body: bytes) -> None:
    with pytest.raises(errors.UnexpectedResponse, match="expected JSON, got status") as caught:
        json_value(Response(200, HTML, body))
    assert (caught.value.status, caught.value.content_type) == (200, HTML["content-type"])
    assert caught.value.start == body
    assert caught.value.__context__ is None


def test_the_start_of_a_strange_answer_is_shown_on_one_line_and_short() -> None:
    with pytest.raises(errors.UnexpectedResponse) as caught:
        json_value(Response(502, HTML, b"<html>\n<h1>Bad\xff Gateway</h1>" + b"x" * 10_000))
    assert "\n" not in str(caught.value)
    assert "Bad\N{REPLACEMENT CHARACTER} Gateway" in str(caught.value)
    assert len(str(caught.value)) < 300
    assert len(caught.value.start) < 200


def test_a_strange_answer_of_any_bytes_is_told_in_words_that_can_be_shown() -> None:
    error = strange(Response(200, {"content-type": "text/\udcff"}, b"\xff"), "JSON")
    assert f"{error} {error.content_type}".encode().count(b"text/?") == 2


def test_an_empty_strange_answer_says_so() -> None:
    with pytest.raises(errors.UnexpectedResponse, match=r"no content type, starting: \(empty\)"):
        json_value(Response(200, {}, b""))


def test_no_content_is_accepted_and_json_is_too() -> None:
    decode: Decoder = nothing
    assert decode(Response(204, {}, b"")) is None
    assert decode(an_answer(200, {"ok": True}, JSON)) is None


@pytest.mark.parametrize("body", [b"", b"{}", b'{"id":1}', b"[]", b"null"])
def test_what_speaks_of_no_error_passes_for_no_content(body: bytes) -> None:
    no_content(Response(200, {"content-type": "application/json"}, body))


@pytest.mark.parametrize("body", [b'{"error":"busy"}', b'{"code":7}', b'{"detail":""}', b"{", b"<html>"])
def test_what_speaks_of_an_error_does_not_pass_for_no_content(body: bytes) -> None:
    kind = "text/html" if body[:1] == b"<" else "application/json"
    with pytest.raises(errors.UnexpectedResponse, match="expected"):
        no_content(Response(200, {"content-type": kind}, body))


def test_a_page_of_html_does_not_pass_for_no_content() -> None:
    with pytest.raises(errors.UnexpectedResponse, match="expected no content, got status"):
        nothing(Response(200, HTML, b"<html>captive portal</html>"))


def test_json_or_text_goes_by_the_content_type() -> None:
    assert json_or_text(Response(204, {}, b"")) is None
    assert json_or_text(an_answer(200, {"a": 1}, JSON)) == {"a": 1}
    assert json_or_text(Response(200, {"content-type": "text/plain"}, b"p\xc3\xa9ng")) == "péng"
    assert json_or_text(Response(200, {}, b"\xff")) == "\N{REPLACEMENT CHARACTER}"
    with pytest.raises(errors.UnexpectedResponse):
        json_or_text(Response(200, JSON, b"{"))


# -- errors --------------------------------------------------------------------------------------

NAME_TOO_SHORT = {
    "type": "about:blank",
    "title": "Bad Request",
    "detail": "Incorrect request parameters: name",
    "instance": "/api/v1/videos/7",
    "status": 400,
    "invalid-params": {
        "name": {
            "type": "field",
            "value": "ab",
            "msg": "Should have a video name between 3 and 120 characters long",
            "path": "name",
            "location": "body",
        }
    },
}


@pytest.mark.parametrize("version", ["6.3", "8.2"])
def test_a_problem_of_either_version_becomes_the_same_error(version: str) -> None:
    body = NAME_TOO_SHORT | ({"error": NAME_TOO_SHORT["detail"]} if version == "6.3" else {})
    error = error_of(a_request(), an_answer(400, body))
    assert type(error) is errors.BadRequest
    assert error.detail == "Incorrect request parameters: name"
    assert error.code == ""
    assert error.invalid_params == {"name": "Should have a video name between 3 and 120 characters long"}
    assert str(error) == (
        "PUT /api/v1/videos/7 answered 400: name: Should have a video name between 3 and 120 characters long"
    )


def test_an_old_body_with_error_alone_still_has_a_detail() -> None:
    assert api_error(an_answer(404, {"error": "Video not found"}, JSON)).detail == "Video not found"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.BadRequest),
        (401, errors.NotPermitted),
        (403, errors.NotPermitted),
        (404, errors.NotFound),
        (409, errors.Conflict),
        (413, errors.TooLarge),
        (422, errors.Unprocessable),
        (429, errors.RateLimited),
        (500, errors.ServerError),
        (503, errors.ServerError),
        (599, errors.ServerError),
        (402, errors.ApiError),
        (418, errors.ApiError),
    ],
)
def test_each_status_has_its_error(status: int, kind: type[errors.ApiError]) -> None:
    error = error_of(a_request("GET", "/api/v1/x"), an_answer(status, {"detail": "so it is", "code": "the_code"}))
    assert type(error) is kind
    assert (error.status, error.method, error.path) == (status, "GET", "/api/v1/x")
    assert (error.detail, error.code) == ("so it is", "the_code")


def test_plain_text_is_the_detail_where_there_is_no_problem() -> None:
    error = api_error(Response(429, HTML, b"Too many requests,\nplease try again later."))
    assert error.detail == "Too many requests, please try again later."
    assert error.invalid_params == {}


def test_an_error_without_any_reason_says_so() -> None:
    assert str(error_of(a_request(), Response(500, {}, b""))).endswith("answered 500: no reason given")


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"name": {"value": 1}}, {"name": "invalid"}),
        ({"name": "too short"}, {"name": "too short"}),
        ({"a": {"msg": "x"}, "b": {"msg": "y"}}, {"a": "x", "b": "y"}),
        (["name"], {}),
        (None, {}),
    ],
)
def test_odd_invalid_params_break_nothing(params: object, expected: dict[str, str]) -> None:
    assert api_error(an_answer(400, {"invalid-params": params})).invalid_params == expected


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"null"])
def test_a_body_that_is_no_object_is_no_problem(body: bytes) -> None:
    assert problem_of(Response(400, PROBLEM, body)) == {}


def test_a_problem_is_read_from_json_alone() -> None:
    assert problem_of(an_answer(400, {"code": "x"}, HTML)) == {}
    assert problem_of(an_answer(400, {"code": "x"}, PROBLEM)) == {"code": "x"}


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (401, {"code": "invalid_token", "detail": "Token is invalid"}, True),
        (401, {"code": "unauthorized_request"}, True),
        (401, {"detail": "You are not allowed to see all videos"}, False),
        (401, {"code": "missing_two_factor"}, False),
        (400, {"code": "invalid_token"}, False),
        (403, {"code": "invalid_token"}, False),
    ],
)
def test_a_401_is_about_the_token_only_with_a_code(status: int, body: dict[str, str], expected: bool) -> None:
    assert is_token_problem(an_answer(status, body)) is expected


def recorded() -> Iterator[Any]:
    for line in RECORDINGS.read_text().splitlines():
        exchange = json.loads(line)
        if exchange["response"]["status"] == 401:
            yield pytest.param(exchange, id=exchange["name"])


@pytest.mark.parametrize("exchange", list(recorded()))
def test_recorded_401s_are_told_apart(exchange: dict[str, Any]) -> None:
    answer = exchange["response"]
    expected = exchange["name"] != "videos include as user"
    assert is_token_problem(an_answer(401, answer["body"], answer["headers"])) is expected


# -- headers -------------------------------------------------------------------------------------

DATE = "Tue, 24 Nov 2026 03:15:08 GMT"


def test_rate_headers_are_read() -> None:
    headers = {
        "x-ratelimit-limit": "50",
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": "1795490119",
        "retry-after": "7",
        "date": DATE,
    }
    assert rate_headers(headers) == RateHeaders(50, 0, 1795490119, 1795490108, 7)


def test_rate_headers_need_limit_and_remaining_and_nothing_else() -> None:
    assert rate_headers({"x-ratelimit-limit": "50", "x-ratelimit-remaining": "49"}) == RateHeaders(
        50, 49, None, None, None
    )


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-ratelimit-limit": "50"},
        {"x-ratelimit-remaining": "5"},
        {"x-ratelimit-limit": "0", "x-ratelimit-remaining": "0"},
        {"x-ratelimit-limit": "-50", "x-ratelimit-remaining": "1"},
        {"x-ratelimit-limit": "50, 50;w=10", "x-ratelimit-remaining": "1"},
        {"x-ratelimit-limit": "50", "x-ratelimit-remaining": "1.5"},
        {"x-ratelimit-limit": "²", "x-ratelimit-remaining": "1"},
        {"x-ratelimit-limit": "", "x-ratelimit-remaining": ""},
    ],
)
def test_rate_headers_without_sense_are_none(headers: dict[str, str]) -> None:
    assert rate_headers(headers) is None


@pytest.mark.parametrize(("text", "expected"), [("3", 3), ("0", 0), ("-1", None), ("1.5", None), ("soon", None)])
def test_retry_after_is_whole_seconds_or_nothing(text: str, expected: int | None) -> None:
    assert retry_after({"retry-after": text}) == expected
    assert retry_after({}) is None


@pytest.mark.parametrize(
    ("date", "expected"), [("Tue, 24 Nov 2026 03:14:08 GMT", 60), ("Tue, 24 Nov 2026 04:00:00 GMT", 0)]
)
def test_retry_after_as_a_date_counts_from_the_date_of_the_answer(date: str, expected: float) -> None:
    assert retry_after({"retry-after": DATE, "date": date}) == expected


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        (DATE, 1795490108),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Tue, 24 Nov 2026 04:15:08 +0100", 1795490108),
        (None, None),
        ("", None),
        ("-", None),
        ("yesterday", None),
        ("Tue, 99 Nov 2026 03:15:08 GMT", None),
    ],
)
def test_a_date_is_epoch_seconds(date: str | None, expected: int | None) -> None:
    assert epoch(date) == expected


# -- values --------------------------------------------------------------------------------------


def test_a_request_knows_its_path_and_whether_it_may_be_repeated() -> None:
    request = a_request()
    assert request.path == "/api/v1/videos/7"
    repeatable = {m for m in ("GET", "HEAD", "PUT", "DELETE", "POST", "PATCH") if a_request(m).idempotent}
    assert repeatable == {"GET", "HEAD", "PUT", "DELETE"}
    assert Request("POST", "o", "/x", decode=nothing, idempotent=True).idempotent
    assert not Request("PUT", "o", "/x", decode=nothing, idempotent=False).idempotent


def test_a_request_shows_neither_token_nor_query() -> None:
    request = a_request()
    request.token = "hidden"
    assert repr(request) == "<Request PUT /api/v1/videos/7, 0 attempts>"


def test_a_response_shows_its_size_alone() -> None:
    assert repr(Response(200, {"authorization": "hidden"}, b"hidden")) == "<Response 200, 6 bytes>"


def test_bodies_are_values() -> None:
    assert JsonBody.of({"name": "x"}) == JsonBody(b'{"name":"x"}')
    assert FormBody((("a", "b"),)) == FormBody((("a", "b"),))
    assert FormBody((("a", "b"),)) != FormBody((("a", "c"),))


@pytest.mark.parametrize("digits", [16, 400, 5000])
def test_numbers_of_absurd_length_are_no_numbers(digits: int) -> None:
    nines = "9" * digits
    usual = {"x-ratelimit-limit": "50", "x-ratelimit-remaining": "0"}
    assert retry_after({"retry-after": nines}) is None
    assert retry_after({"retry-after": f"Tue, 24 Nov {nines} 03:15:08 GMT"}) is None
    assert rate_headers(usual | {"x-ratelimit-limit": nines}) is None
    assert rate_headers(usual | {"x-ratelimit-reset": nines, "date": nines}) == RateHeaders(50, 0, None, None, None)


@pytest.mark.parametrize("media_type", ["APPLICATION/JSON", "Application/Problem+JSON; charset=UTF-8"])
def test_media_types_are_read_in_any_case(media_type: str) -> None:
    answer = Response(400, {"content-type": media_type}, b'{"code":"x"}')
    assert json_or_text(answer) == {"code": "x"}
    assert problem_of(answer) == {"code": "x"}


def test_a_page_is_no_answer_of_the_api() -> None:
    with pytest.raises(errors.UnexpectedResponse, match="an answer of the API"):
        json_or_text(Response(200, {"content-type": "Text/HTML"}, b"<html>Down for maintenance"))
