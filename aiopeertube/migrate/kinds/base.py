"""What every kind of job has to say about one of its items."""

from typing import TYPE_CHECKING, Any, Protocol

from aiopeertube.migrate.item import Item
from aiopeertube.wire.call import Call
from aiopeertube.wire.messages import Request

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube


class Kind(Protocol):
    """One kind of job: how an item is carried out, and how to find out whether it was."""

    @property
    def name(self) -> str:
        """Its name in journals and on the command line."""
        ...

    def call(self, pt: "PeerTube", item: Item) -> Call[Any]:
        """Make the request that carries the item out."""
        ...

    async def send(self, pt: "PeerTube", item: Item, request: Request) -> Any:
        """Carry the item out by `request`; settling it as anything but "sending" means that it was not sent."""
        ...

    def done(self, item: Item, answer: Any) -> None:
        """Settle an item whose request succeeded."""
        ...

    async def ask(self, pt: "PeerTube", item: Item) -> None:
        """Settle an item that was in flight when an earlier run was killed: changed, or planned again."""
        ...
