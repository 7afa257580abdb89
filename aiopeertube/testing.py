'''For tests of code that uses a client: answers of your own in place of a network.

Pass a `MockTransport` to the client, with a function from request to answer. Everything above the connection is real:
retries, rate limit, concurrency and decoding.

>>> import asyncio
>>> from aiopeertube import PeerTube
>>> from aiopeertube.testing import MockTransport, reply
>>> def answer(request):
...     """Know one video."""
...     if (request.method, request.path) == ("GET", "/api/v1/videos/7"):
...         return reply(200, {"id": 7, "name": "Harbour, 1939"})
...     return reply(404, {"detail": "Video not found"}, content_type="application/problem+json")
>>> async def names(*ids):
...     """Return what is tested here: the names of videos."""
...     async with PeerTube("https://videos.example", transport=MockTransport(answer)) as pt:
...         async with pt.bulk([pt.videos.get(id) for id in ids]) as outcomes:
...             return sorted([o.result["name"] if o.ok else type(o.error).__name__ async for o in outcomes])
>>> asyncio.run(names(7, 8))
['Harbour, 1939', 'NotFound']

For a whole server, with logins, edits and failures, use the fixture `peertube_emulator` (`aiopeertube.emulator`).
'''

import inspect
from collections.abc import Awaitable, Callable

import orjson

from aiopeertube._counting import counted

from .wire.messages import Request, Response

__all__ = ["Answer", "MockTransport", "reply"]

Answer = Callable[[Request], Response | Awaitable[Response]]


def reply(status: int = 200, json: object = None, *, text: str = "", **headers: str) -> Response:
    """Make an answer with a JSON body, a text body (as HTML), or none.

    Headers are keywords with underscores for hyphens, as in `reply(429, retry_after="3")`, and replace the default
    content type.
    """
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if json is not None:
        return Response(status, {"content-type": "application/json; charset=utf-8"} | named, orjson.dumps(json))
    kind = {"content-type": "text/html; charset=utf-8"} if text else {}
    return Response(status, kind | named, text.encode())


class MockTransport:
    """A transport without a network: `answer` is called with each attempt's request.

    `answer` may be async. It returns an answer (see `reply`), or raises what the client should meet, for example
    `errors.ConnectionLost("gone")`. Of a request, `method`, `path`, `target` (path and query), `body`, `headers` and
    `attempts` are set. `requests` counts the attempts, and `closed` is True once the client was closed.
    """

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.requests = 0
        self.closed = False

    async def handle(self, request: Request) -> Response:
        """Return what `answer` makes of `request`.

        Raises:
            TypeError: that is not a Response.
        """
        self.requests += 1
        answer = self._answer(request)
        if isinstance(answer, Response):
            return answer
        if not inspect.isawaitable(answer):
            raise TypeError(f"the mock's answer must be a Response, not {type(answer).__name__}")
        return await answer

    async def aclose(self) -> None:
        """Note that the client was closed."""
        self.closed = True

    def __repr__(self) -> str:
        return f"<MockTransport, {counted(self.requests, 'request')}>"
