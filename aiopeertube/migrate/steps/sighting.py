"""From what rows want to what has to change, for things that are looked at each by itself: see `kinds.whole`."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, Final

from aiopeertube.errors import ApiError, PeerTubeError
from aiopeertube.migrate.journal.item import Item
from aiopeertube.migrate.journal.journal import Batch, Journal
from aiopeertube.migrate.kinds.whole import Complaint, Looked, Whole, compared
from aiopeertube.migrate.problems import Problems
from aiopeertube.migrate.scope import Who
from aiopeertube.migrate.watching import UNWATCHED, Watcher
from aiopeertube.wire.call import Call

from .compare import is_about_one_video, reason
from .each import OF_ITS_OWN, Each

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

_TOLD: Final = 20  # remarks


class Sighting:
    """Compares all items that were read with what the server has, many at once.

    What rows got wrong, and the look shows, goes to `problems` and fails their items; without them it only does that.
    """

    def __init__(
        self,
        pt: "PeerTube",
        journal: Journal,
        who: Who,
        kind: Whole,
        *,
        problems: Problems | None = None,
        watcher: Watcher = UNWATCHED,
    ) -> None:
        self._pt = pt
        self._journal = journal
        self._sight = kind.sight(pt, who)
        self._problems = problems
        self._watcher = watcher
        self._remarks = 0
        self._complaints: list[Complaint] = []

    async def run(self) -> None:
        """Look everything up."""
        self._watcher.expect((await self._journal.counts()).get("read", 0))
        looks = self._pt.bulk(self._calls(), sender=Each(self._sight.look), handle_sigint=False)
        async with Batch(self._journal.save) as batch, looks as outcomes:
            async for outcome in outcomes:
                item: Item = outcome.call.tag
                self._settle(item, outcome.result, outcome.error)
                self._watcher.advance()
                await batch.put(item)
        await self._journal.hold_back()
        if self._problems is not None:  # in the order of the table, and not of the answers
            for each in sorted(self._complaints, key=lambda complaint: complaint.line or 0):
                self._problems.add(each.line, each.column, each.why)
            self._complaints = []

    async def _calls(self) -> AsyncIterator[Call[Any]]:
        async for item in self._journal.items("read"):
            yield OF_ITS_OWN.tagged(item)

    def _settle(self, item: Item, looked: Looked | None, error: Exception | None) -> None:
        if error is not None and not (isinstance(error, PeerTubeError) and is_about_one_video(error)):
            raise error
        if error is not None:
            item.settle("failed", reason(error), again=not isinstance(error, ApiError) or error.status >= 500)
        elif looked is not None:
            compared(item, looked)
            self._tell(item, looked)

    def _tell(self, item: Item, looked: Looked) -> None:
        for remark in looked.remarks:
            self._remarks += 1
            if self._remarks <= _TOLD:
                self._watcher.say(remark)
        if not looked.complaints:
            return
        if self._problems is not None:
            self._complaints += looked.complaints
        item.settle("failed", "; ".join(each.why for each in looked.complaints))
