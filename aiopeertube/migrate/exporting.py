"""Write the metadata of many videos into a table that can be edited and read back without loss."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from aiopeertube.errors import NotFound
from aiopeertube.wire.call import Call

from . import fields
from .compare import Progress, Who, listing, none_to_tell
from .fields import FIELDS, LABELLED
from .planning import in_scope
from .references import COLUMNS
from .rows import FOR_PEOPLE
from .tables import Sink

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

# What an export has when nothing is chosen: the names of the video, every field, and when it was made.
DEFAULT: Final = ("uuid", "url", *FIELDS, "createdAt", "publishedAt", "updatedAt")
KNOWN: Final = frozenset(
    {*COLUMNS, *FIELDS, *FOR_PEOPLE, *(f"{name}.label" for name in LABELLED)} - {"video", "reason"}
)


def columns_for(chosen: Sequence[str]) -> tuple[str, ...]:
    """Return the columns of an export: labels stand beside ids, and the video's UUID is always there.

    Raises:
        ValueError: a column is chosen that there is not.
    """
    unknown = [column for column in chosen if column not in KNOWN]
    if unknown:
        raise ValueError(f"there is no field {unknown[0]!r}; there are {', '.join(sorted(KNOWN))}")
    wanted = dict.fromkeys(("uuid", *chosen) if not set(chosen) & set(COLUMNS) else chosen)
    columns: list[str] = []
    for column in wanted:
        columns.append(column)
        if column in LABELLED and f"{column}.label" not in wanted:
            columns.append(f"{column}.label")
    return tuple(columns)


class Export:
    """Writes one scope of an instance: what the user may see of it, or all that is the user's own."""

    def __init__(
        self, pt: "PeerTube", who: Who | None, scope: Mapping[str, str], progress: Progress = none_to_tell
    ) -> None:
        self._pt = pt
        self._who = who
        self._scope = scope
        self._progress = progress
        self._waiting: dict[int, Mapping[str, Any] | None] = {}  # by place in the list
        self._next = 0
        self._total: int | None = None
        self.written = 0
        self.vanished = 0

    async def run(self, sink: Sink, columns: Sequence[str], *, as_json: bool) -> None:
        """Write all videos, in the list's order; those that vanish meanwhile are left out and counted."""
        if self._progress is not none_to_tell and (self._who is None or self._who.staff or not self._scope):
            self._total = await self._listing().total()
        needed = [name for name in FIELDS if name in columns or f"{name}.label" in columns]
        async with self._pt.bulk(self._incomplete(needed)) as outcomes:
            async for outcome in outcomes:
                if outcome.error is not None and not isinstance(outcome.error, NotFound):
                    raise outcome.error
                self._waiting[outcome.call.tag] = outcome.result
                self._write(sink, columns, as_json=as_json)
        self._write(sink, columns, as_json=as_json)

    async def _incomplete(self, needed: Sequence[str]) -> AsyncIterator[Call[Any]]:
        place = 0
        async for row in self._listing():
            if self._who is not None and not in_scope(row, self._scope):
                continue
            if fields.lacks(row, needed):
                yield self._pt.videos.get(row["uuid"]).tagged(place)
            else:
                self._waiting[place] = row
            place += 1

    def _listing(self) -> Any:
        if self._who is not None:
            return listing(self._pt, self._who, self._scope)
        filters: dict[str, Any] = {"sort": "createdAt", "nsfw": "both"}
        if channel := self._scope.get("channel"):
            return self._pt.channels.videos(channel, **filters)
        if account := self._scope.get("account"):
            return self._pt.accounts.videos(account, **filters)
        return self._pt.videos.list(**filters, isLocal=True)

    def _write(self, sink: Sink, columns: Sequence[str], *, as_json: bool) -> None:
        while self._next in self._waiting:
            video = self._waiting.pop(self._next)
            self._next += 1
            self._progress(1, self._total)
            if video is None:
                self.vanished += 1
                continue
            self.written += 1
            sink.write({column: cell(video, column, as_json=as_json) for column in columns})


def cell(video: Mapping[str, Any], column: str, *, as_json: bool) -> Any:
    """Write one cell; reading it back asks for no change."""
    if column == "channel":
        return video["channel"]["name"]
    if column == "account":
        return video["account"]["name"]
    if column in FIELDS:
        value = FIELDS[column].read(video)
        return value if as_json else FIELDS[column].show(value)
    value = _label(video, column.removesuffix(".label")) if column in _LABELLED else video.get(column)
    return value if as_json else "" if value is None else str(value)


_LABELLED: Final = frozenset({"state", *(f"{name}.label" for name in LABELLED)})


def _label(video: Mapping[str, Any], name: str) -> Any:
    """Return a constant's label; the server writes "Unknown" where nothing is chosen, which it would not take."""
    constant = video.get(name) or {}
    return constant.get("label") if constant.get("id") is not None else None
