"""Redirects: reads follow them, no token and no password is sent to another origin, writes follow none."""

from typing import Final
from urllib.parse import urljoin, urlsplit

from aiopeertube._settings import origin_of
from aiopeertube.errors import InvalidURL, RedirectRefused
from aiopeertube.wire.answers import header_of
from aiopeertube.wire.messages import Request, Response
from aiopeertube.wire.secrets import is_secret_name
from aiopeertube.wire.sendable import line_complaint

from . import Transport

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_HOPS: Final = 5


class Redirects:
    """Follows up to five redirects of a read; no request leaves its origin with a token or a video's password."""

    def __init__(self, following: Transport) -> None:
        self._next = following

    async def handle(self, request: Request) -> Response:
        """Send `request`, and follow where it may be followed."""
        response = await self._next.handle(request)
        if response.status not in _REDIRECTS or "location" not in response.headers:
            return response
        home = request.origin, request.target, request.path, request.authenticate, request.headers
        try:
            return await self._follow(request, response)
        finally:
            # A retry starts again at the place that was asked for.
            request.origin, request.target, request.path, request.authenticate, request.headers = home

    async def _follow(self, request: Request, response: Response) -> Response:
        for _ in range(_HOPS):
            self._turn(request, response)
            response = await self._next.handle(request)
            if response.status not in _REDIRECTS or "location" not in response.headers:
                return response
        raise _refused(request, response, "redirects go on and on")

    def _turn(self, request: Request, response: Response) -> None:
        if request.method not in {"GET", "HEAD"}:
            raise _refused(request, response, "a write is not sent elsewhere; use that address as the instance's")
        location, origin = response.headers["location"], ""
        try:
            there = urlsplit(urljoin(request.origin + request.target, location))
            origin = origin_of(f"{there.scheme}://{there.netloc}")
        except (ValueError, InvalidURL):
            pass
        if not origin or line_complaint(location):
            raise _refused(request, response, "not a web address")
        if origin != request.origin:
            request.authenticate = False
            request.token = None
            request.headers = tuple(header for header in request.headers if not is_secret_name(header[0]))
        request.origin = origin
        request.path = there.path or "/"
        request.target = request.path + (f"?{there.query}" if there.query else "")

    def __repr__(self) -> str:
        return "<Redirects>"


def _refused(request: Request, response: Response, why: str) -> RedirectRefused:
    location = header_of(response, "location")
    return RedirectRefused(
        f"{request.method} {request.path} was redirected ({response.status}) to {location}: {why}",
        status=response.status,
        location=location,
    )
