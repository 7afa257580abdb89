"""Private: the layers that every request passes, and the pools at their end."""

from typing import Protocol

from aiopeertube.wire.messages import Request, Response


class Transport(Protocol):
    """A layer: takes a request, gives the answer or raises a TransportError."""

    async def handle(self, request: Request, /) -> Response:
        """Carry `request` out once."""
        ...


class Pool(Transport, Protocol):
    """The end of the stack, which owns connections."""

    async def aclose(self) -> None:
        """Close every connection."""
        ...
