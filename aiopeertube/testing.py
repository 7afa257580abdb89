"""A pool without a network, for users' tests and for measuring the stack alone."""

import inspect
from collections.abc import Awaitable, Callable

import orjson

from .wire.messages import Request, Response

Answer = Callable[[Request], Response | Awaitable[Response]]


def reply(status: int = 200, json: object = None, *, text: str = "", **headers: str) -> Response:
    """Make an answer; header names are written with underscores (`retry_after="3"`)."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if json is not None:
        return Response(status, {"content-type": "application/json; charset=utf-8"} | named, orjson.dumps(json))
    kind = {"content-type": "text/html; charset=utf-8"} if text else {}
    return Response(status, kind | named, text.encode())


class MockTransport:
    """Answers every request with what `answer(request)` returns or raises; keeps no request itself."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.requests = 0
        self.closed = False

    async def handle(self, request: Request) -> Response:
        """Answer `request`."""
        self.requests += 1
        answer = self._answer(request)
        if isinstance(answer, Response):
            return answer
        if not inspect.isawaitable(answer):
            raise TypeError(f"the mock's answer must be a Response, not {type(answer).__name__}")
        return await answer

    async def aclose(self) -> None:
        """Do nothing: there is nothing to close."""
        self.closed = True

    def __repr__(self) -> str:
        return f"<MockTransport, {self.requests} requests>"
