"""Copies from another instance: items that are channels, videos and playlists there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from aiopeertube.errors import ConfigurationError
from aiopeertube.migrate.journal.item import Item
from aiopeertube.migrate.journal.journal import Journal
from aiopeertube.migrate.rows.rows import RowReader
from aiopeertube.migrate.tables.source import Row
from aiopeertube.wire.answers import nothing
from aiopeertube.wire.call import Call
from aiopeertube.wire.messages import API, Request

from .copying import channel_steps, list_steps, looks, video_steps
from .copying.wishes import CHANNEL, PLAYLIST

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube


@dataclass(frozen=True, slots=True)
class Copy:
    """Makes what is at another instance; `work` is what a run has in hand, None where a job is looked back at."""

    name: ClassVar[str] = "copy"
    noun: ClassVar[str] = "thing"
    columns: ClassVar[tuple[str, ...]] = ()
    compares: ClassVar[bool] = False
    can_be_undone: ClassVar[bool] = False
    can_be_checked: ClassVar[bool] = True
    requests_each: ClassVar[int] = 1
    question: ClassVar[str] = ""
    work: video_steps.Work | None = None
    files: bool = False  # whether a look back reads files, too
    unread: list[str] = field(default_factory=list, compare=False)  # the videos whose files it could not compare

    def words(self, columns: Sequence[str]) -> Iterable[str]:
        """Name none."""
        return ()

    def read_row(self, row: Row, rows: RowReader) -> Item | None:
        """Make nothing: items are read from the other instance."""
        raise NotImplementedError

    def call(self, pt: "PeerTube", item: Item) -> Call[Any]:
        """Make what stands for all of the item's requests."""
        return list_steps.call(pt, item) if _is_list(item) else Call("GET", API, nothing, sender=pt)

    async def send(self, pt: "PeerTube", journal: Journal, item: Item, request: Request) -> Any:
        """Make the item as far as it is not made yet."""
        if self.work is None:
            raise ConfigurationError("a copy is gone on with by the verb that began it")
        if _is_list(item):
            return await list_steps.carry_out(self.work, pt, journal, item, request)
        step = channel_steps.carry_out if item.ref.startswith(CHANNEL) else video_steps.carry_out
        return await step(self.work, pt, journal, item)

    def done(self, item: Item, answer: Any) -> None:
        """Settle an item that was made."""
        if _is_list(item):
            list_steps.done(item, answer)
        else:
            item.settle("changed")

    async def ask(self, pt: "PeerTube", journal: Journal, item: Item) -> None:
        """Plan it again: what was noted tells how far it came, and an upload finds out the rest."""
        if _is_list(item):
            await list_steps.ask(pt, journal, item)
            return
        item.attempts = max(1, item.attempts)  # so that an import is looked for
        item.settle("planned")

    async def check(self, pt: "PeerTube", item: Item) -> str:
        """Say what is not as it was to be."""
        if _is_list(item):
            return await list_steps.differs(pt, item)
        if item.ref.startswith(CHANNEL):
            return await looks.channel_differs(pt, item)
        return await looks.video_differs(pt, item, unread=self.unread if self.files else None)


def _is_list(item: Item) -> bool:
    return item.ref.startswith(PLAYLIST)
