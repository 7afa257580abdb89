"""What every kind of job has to say about one of its items."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from aiopeertube.migrate.journal.item import Item
from aiopeertube.migrate.journal.journal import Journal
from aiopeertube.migrate.rows.rows import RowReader
from aiopeertube.migrate.tables.source import Row
from aiopeertube.wire.call import Call
from aiopeertube.wire.messages import Request

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube


class Kind(Protocol):
    """One kind of job: how a row becomes an item, how an item is carried out, and how to find out whether it was.

    `call`, `send`, `done`, `ask` and `check` settle one item each; none of them touches the journal's other items.
    """

    @property
    def name(self) -> str:
        """Its name in journals and on the command line."""
        ...

    @property
    def noun(self) -> str:
        """What its items are about: "video", "playlist" or "channel"."""
        ...

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a table that it knows beside the fields of videos."""
        ...

    @property
    def compares(self) -> bool:
        """Whether items are compared with what the server has before they are planned, and when they are verified."""
        ...

    @property
    def can_be_undone(self) -> bool:
        """Whether what was there before is known, and can be put back."""
        ...

    @property
    def can_be_checked(self) -> bool:
        """Whether the server tells enough to verify what was done."""
        ...

    @property
    def requests_each(self) -> int:
        """How many requests of the API carry out one item, looks included, for an estimate."""
        ...

    @property
    def question(self) -> str:
        """What to ask before it begins, with {videos} (counted) and {origin}; "" where nobody need be asked."""
        ...

    def words(self, columns: Sequence[str]) -> Iterable[str]:
        """Name the fields whose labels or channels the rows may use; () for `columns`: rows name their own."""
        ...

    def read_row(self, row: Row, rows: RowReader) -> Item | None:
        """Make an item of a row; None where there is anything wrong with it, which `rows.problems` then tells."""
        ...

    def call(self, pt: "PeerTube", item: Item) -> Call[Any]:
        """Make the request that carries the item out."""
        ...

    async def send(self, pt: "PeerTube", journal: Journal, item: Item, request: Request) -> Any:
        """Carry the item out by `request`; settling it as anything but "sending" means that it was not sent."""
        ...

    def done(self, item: Item, answer: Any) -> None:
        """Settle an item whose request succeeded."""
        ...

    async def ask(self, pt: "PeerTube", journal: Journal, item: Item) -> None:
        """Settle an item that was in flight when an earlier run was killed: changed, or planned again."""
        ...

    async def check(self, pt: "PeerTube", item: Item) -> str:
        """Say what is wrong with what a job did to one item; "" when it stands."""
        ...
