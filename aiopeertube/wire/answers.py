"""What answers say: their JSON, and the error that a status or an odd body means; no I/O."""

from collections.abc import Mapping
from typing import Any, Final

import orjson

from aiopeertube import errors

from .messages import Request, Response
from .secrets import hide_in_text

_TROUBLE: Final = frozenset({"error", "errors", "code", "detail"})


def json_value(response: Response) -> Any:
    """Decode a JSON body."""
    try:
        return orjson.loads(response.body)
    except orjson.JSONDecodeError:
        pass
    raise strange(response, "JSON")


def json_object(response: Response) -> Any:
    """Decode a JSON body that is an object: null and lists are no answer about one thing."""
    if isinstance(found := json_value(response), dict):
        return found
    raise strange(response, "a JSON object")


def nothing(response: Response) -> None:
    """Accept an answer without content; HTML comes from a proxy, and means that nothing was done."""
    if response.body and "json" not in response.kind:
        raise strange(response, "no content")


def no_content(response: Response) -> None:
    """Accept an answer without content, or JSON that speaks of no error: a proxy's own words may come with a 200."""
    nothing(response)
    told = json_value(response) if response.body else None
    if isinstance(told, dict) and not _TROUBLE.isdisjoint(told):
        raise strange(response, "no content")


def json_or_text(response: Response) -> Any:
    """Decode JSON where the content type says so, else text; None for an empty body.

    The API has no HTML: it comes from a proxy, and means that nothing was done.
    """
    if not response.body:
        return None
    if "json" in response.kind:
        return json_value(response)
    if "html" in response.kind:
        raise strange(response, "an answer of the API")
    return response.body.decode("utf-8", "replace")


def strange(response: Response, expected: str) -> errors.UnexpectedResponse:
    """Build the error for an answer that PeerTube does not give."""
    start = response.start()
    content_type = header_of(response, "content-type", "no content type")
    return errors.UnexpectedResponse(
        f"expected {expected}, got status {response.status} with {content_type}, {_shown(response, start)}",
        status=response.status,
        content_type=content_type,
        start=start,
    )


def header_of(response: Response, name: str, otherwise: str = "") -> str:
    """Return a header as text that can be shown: a server may send any bytes, of which half characters are made."""
    return response.headers.get(name, otherwise).encode(errors="replace").decode()


def _shown(response: Response, start: bytes) -> str:
    if response.body and not start:
        return f"{len(response.body)} bytes that may hold secrets"
    return "starting: " + (start.decode("utf-8", "replace").replace("\n", " ").strip() or "(empty)")


_BY_STATUS: Final[Mapping[int, type[errors.ApiError]]] = {
    400: errors.BadRequest,
    401: errors.NotPermitted,
    403: errors.NotPermitted,
    404: errors.NotFound,
    409: errors.Conflict,
    413: errors.TooLarge,
    422: errors.Unprocessable,
    429: errors.RateLimited,
}


_UNTAKEN: Final = frozenset({408, 421, 425})  # it came too slowly, on the wrong connection, or too early
_NOT_FOUND: Final = 404
_NO_ROUTE: Final = frozenset({400, _NOT_FOUND})


def error_of(request: Request, response: Response) -> errors.PeerTubeError:
    """Build the error for a status of 400 or more."""
    status = response.status
    response.request = request
    problem, hidden = problem_of(response), request.secrets()
    detail = str(problem.get("detail") or problem.get("error") or problem.get("message") or _plain(response))
    kind = _BY_STATUS.get(status, errors.ServerError if status >= 500 else errors.ApiError)
    if request.versions is not None and status in _NO_ROUTE:
        if not response.body:  # as to any path that the server does not know
            kind, detail = errors.NotInThisVersion, f"the server does not know this operation: {request.versions}"
        elif status == _NOT_FOUND:  # it may have taken the path for another one
            detail = f"{detail} (if the server has this operation at all: {request.versions})"
    return kind(
        status=status,
        method=request.method,
        path=request.path,
        detail=hide_in_text(detail, hidden),
        code=hide_in_text(str(problem.get("code") or ""), hidden),
        invalid_params={name: hide_in_text(why, hidden) for name, why in _invalid_params(problem).items()},
    )


def problem_of(response: Response) -> dict[str, Any]:
    """Return the problem+json of an error, {} when the answer carries none."""
    if "json" not in response.kind:
        return {}
    try:
        problem = orjson.loads(response.body)
    except orjson.JSONDecodeError:
        return {}
    if not isinstance(problem, dict):
        return {}
    # The upload endpoint wraps its errors once more: {"error": {"code": ..., "message": ...}}.
    inner = problem.get("error")
    return inner if isinstance(inner, dict) else problem


def is_untaken(error: errors.PeerTubeError) -> bool:
    """Tell whether a server, or a proxy, says that it did not take a request in: another attempt may go better."""
    return isinstance(error, errors.ApiError) and error.status in _UNTAKEN


def is_resume_incomplete(response: Response) -> bool:
    """Tell whether a 308 is the answer to a chunk ("continue from here") and not a redirect."""
    return response.status == 308 and "range" in response.headers and "location" not in response.headers


def is_token_problem(response: Response) -> bool:
    """Tell whether a 401 is about the token; without a code it means "not permitted"."""
    return response.status == 401 and problem_of(response).get("code") in {
        "invalid_token",
        "unauthorized_request",
    }


def _plain(response: Response) -> str:
    start = response.start()
    if response.body and not start:
        return f"{response.kind or 'no content type'}, {len(response.body)} bytes that may hold secrets"
    return start.decode("utf-8", "replace").replace("\n", " ").strip()


def _invalid_params(problem: Mapping[str, Any]) -> dict[str, str]:
    params = problem.get("invalid-params")
    if not isinstance(params, dict):
        return {}
    return {
        str(name): str(param.get("msg", "invalid")) if isinstance(param, dict) else str(param)
        for name, param in params.items()
    }
