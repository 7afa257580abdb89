"""A bulk run that does something of ours with each item, which may take several requests, in place of one request."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiopeertube.wire.answers import nothing
from aiopeertube.wire.call import Call
from aiopeertube.wire.messages import Request

OF_ITS_OWN: Final[Call[Any]] = Call("GET", "", nothing)  # asks nothing itself; its tag is what is done something with


class Each:
    """Stands in place of the client in a bulk run, and does something with the tag of each call."""

    def __init__(self, do: Callable[[Any], Awaitable[Any]]) -> None:
        self._do = do

    def prepare(self, call: Call[Any]) -> Request:
        """Make a request that is never sent."""
        return call.request("")

    async def send(self, request: Request) -> Any:
        """Do it; what it returns or raises is the outcome."""
        return await self._do(request.tag)
