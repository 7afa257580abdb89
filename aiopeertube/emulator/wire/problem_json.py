"""Errors in the server's words: `application/problem+json`."""

from http import HTTPStatus
from typing import Any

_DOCS = "https://docs.joinpeertube.org/api-rest-reference.html"
# Python renamed these in 3.13, and PeerTube's words are the old ones.
_OLD_PHRASES = {413: "Payload Too Large", 422: "Unprocessable Entity"}


class Problem(Exception):
    """An error answer.

    `detail` is the message and `code` the error's short name, which also makes the `type` and removes the `title`.
    `instance`, the request's target, is only sent with `invalid` parameters. `extra` are more fields of the body,
    `headers` those of the answer. A `plain` one is answered with the words of its status alone.
    """

    def __init__(
        self,
        detail: str,
        status: int = 400,
        *,
        code: str | None = None,
        instance: str | None = None,
        invalid: dict[str, dict[str, Any]] | None = None,
        extra: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        plain: bool = False,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.status = status
        self.code = code
        self.instance = instance
        self.invalid = invalid
        self.extra = extra or {}
        self.headers = headers or {}
        self.plain = plain

    def body(self, operation: str | None, *, modern: bool) -> dict[str, Any]:
        """Return the body.

        `operation` is the route's name in the API documentation; `modern` answers have no `error`, like those of 8.x.
        """
        body: dict[str, Any] = {"type": "about:blank", "title": phrase(self.status)}
        if self.code:
            body = {"type": f"{_DOCS}#section/Errors/{self.code}"}
        body["detail"] = self.detail
        if self.instance:
            body["instance"] = self.instance
        body["status"] = self.status
        if self.invalid:
            body["invalid-params"] = self.invalid
        body |= self.extra
        if operation:
            body["docs"] = f"{_DOCS}#operation/{operation}"
        if self.code:
            body["code"] = self.code
        if not modern:
            body["error"] = self.detail
        return body


def phrase(status: int) -> str:
    """Return a status in words."""
    return _OLD_PHRASES.get(status) or HTTPStatus(status).phrase


def invalid_parameters(invalid: dict[str, dict[str, Any]], instance: str) -> Problem:
    """Return the error that names every invalid parameter."""
    return Problem("Incorrect request parameters: " + ", ".join(invalid), instance=instance, invalid=invalid)


def invalid_parameter(
    path: str, value: Any, location: str, message: str = "Invalid value"
) -> dict[str, dict[str, Any]]:
    """Return one entry of `invalid-params`."""
    entry = {"type": "field", "value": value, "msg": message, "path": path, "location": location}
    return {path: entry}


def missing_parameter(path: str, location: str = "body", message: str = "Invalid value") -> dict[str, dict[str, Any]]:
    """Return one entry of `invalid-params` without a value: for a missing parameter or a file."""
    return {path: {"type": "field", "msg": message, "path": path, "location": location}}


def not_found(what: str) -> Problem:
    """Return the error for something that does not exist."""
    return Problem(f"{what} not found", 404)


def serialization_failure(collides: bool) -> Problem:
    """Return the error for a write that lost against another; nothing was written."""
    reason = "concurrent update" if collides else "read/write dependencies among transactions"
    return Problem(f"could not serialize access due to {reason}", 500, code="SequelizeDatabaseError")
