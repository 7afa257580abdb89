"""Schedules of a user's own videos, which lists of public ones leave out."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .metadata.fields import SCHEDULE
from .scope import owner_of

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube


class OwnSchedules:
    """Adds its schedule to the row of a user's own video; their list is read once, for the first of them."""

    def __init__(self, pt: "PeerTube", account: str) -> None:
        self._pt = pt
        self._account = account
        self._schedules: dict[str, Any] = {}
        self._listed: set[int] | None = None  # of each video and when it was updated; small, whatever their number

    async def told(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a row with its schedule, or None for one; as it was where that is not known of a video so old."""
        if owner_of(row) != self._account or not row.get("isLocal"):
            return row
        if self._listed is None:
            await self._list()
        return {**row, SCHEDULE: self._schedules.get(row["uuid"])} if _at(row) in (self._listed or ()) else row

    async def _list(self) -> None:
        self._listed = set()
        async for row in self._pt.me.videos():
            self._listed.add(_at(row))
            if row.get(SCHEDULE) is not None:
                self._schedules[row["uuid"]] = row[SCHEDULE]


def _at(row: Mapping[str, Any]) -> int:
    return hash((row.get("uuid"), row.get("updatedAt")))
