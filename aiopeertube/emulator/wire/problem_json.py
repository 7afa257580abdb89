"""Errors as the server words them: `application/problem+json`."""

from http import HTTPStatus
from typing import Any

_DOCS = "https://docs.joinpeertube.org/api-rest-reference.html"
# Python renamed these in 3.13, and PeerTube's words are the old ones.
_OLD_PHRASES = {413: "Payload Too Large", 422: "Unprocessable Entity"}


class Problem(Exception):
    """A request that ends in an error body.

    Args:
        detail: What is wrong, in words.
        status: The status of the answer.
        code: The error's short name; it also makes the `type`, and the `title` goes.
        instance: The request's target; sent with invalid parameters only.
        invalid: What is wrong with each invalid parameter.
        extra: What the body says besides.
        headers: Headers to send along.
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
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.status = status
        self.code = code
        self.instance = instance
        self.invalid = invalid
        self.extra = extra or {}
        self.headers = headers or {}

    def body(self, operation: str | None, *, modern: bool) -> dict[str, Any]:
        """The body.

        Args:
            operation: The name that the documentation has for the route, if it has one.
            modern: Whether to look like 8.x, which sends no `error` any more.
        """
        body: dict[str, Any] = {"type": "about:blank", "title": _phrase(self.status)}
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


def _phrase(status: int) -> str:
    return _OLD_PHRASES.get(status) or HTTPStatus(status).phrase


def invalid_parameters(invalid: dict[str, dict[str, Any]], instance: str) -> Problem:
    """The error that names every parameter that did not pass."""
    return Problem("Incorrect request parameters: " + ", ".join(invalid), instance=instance, invalid=invalid)


def invalid_parameter(
    path: str, value: Any, location: str, message: str = "Invalid value"
) -> dict[str, dict[str, Any]]:
    """One entry of `invalid-params`."""
    entry = {"type": "field", "value": value, "msg": message, "path": path, "location": location}
    return {path: entry}


def missing_parameter(path: str, location: str = "body", message: str = "Invalid value") -> dict[str, dict[str, Any]]:
    """One entry of `invalid-params` for what has no value to show, as what was not sent, or is a file."""
    return {path: {"type": "field", "msg": message, "path": path, "location": location}}


def not_found(what: str) -> Problem:
    """The error for something that is not there."""
    return Problem(f"{what} not found", 404)


def serialization_failure(collides: bool) -> Problem:
    """The error for a write that lost against another; nothing was written."""
    reason = "concurrent update" if collides else "read/write dependencies among transactions"
    return Problem(f"could not serialize access due to {reason}", 500, code="SequelizeDatabaseError")
