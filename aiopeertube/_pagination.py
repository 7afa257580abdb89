"""Private: listings page by page, fetched ahead, in order, without duplicates or detectable gaps.

PeerTube pages by offset, and offsets shift when the list changes. A `total` that shrank by d since the page before
means that up to d items moved to offsets already read; the listing goes back by d (and a little further, in case
it keeps shrinking) and drops items already yielded.

An item that vanishes while another is added leaves `total` unchanged, and no offset tells the two apart. What holds:

- With the newest first (`sort="-createdAt"`), read one page after the other (`ahead=0`), nothing is skipped, whatever
  is added and deleted: additions only move the rest back, so it moves forward by no more than `total` shrinks.
- Otherwise the items skipped are at most the deletions hidden like that, times the pages under way at once: pages
  fetched ahead may be answered in another order.
- Edits of metadata move nothing in either case.

A page with fewer items than were asked for, and more to come, may be all that the server gives at once, or hide some
of its items. So the next one begins where it ended; where that repeats what was given, the server hides, and its
offsets count what it hides.

A page that is full beyond `total` shows that there are more, so the listing goes on until one brings nothing new.

A listing ends: too many pages in a row without a new item, or a list that grows without end, raise an error. One that
gave fewer items than the server counts says so in the log, as a warning: it may hide some, or have lost them.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final, Generic, TypeVar

from ._counting import counted
from .errors import InputError, ListNeverStoodStill, UnexpectedResponse
from .wire.call import Call
from .wire.sendable import whole_problem

T = TypeVar("T")
log = logging.getLogger("aiopeertube.listing")

AHEAD: Final = 3  # pages; a server gains nothing from more than about four at once
MOST: Final = 100  # items a page; PeerTube refuses more
BARREN: Final = 100  # consecutive pages without a new item before giving up
_LONG: Final = 100  # characters
GROWTH: Final = 10  # a growing list is followed to this many times its first total (and one page)


@dataclass(frozen=True, slots=True)
class Position:
    """Where a listing stands after a page: all items before the offset `reached` were given, of `total` then."""

    reached: int = 0
    total: int | None = None


class Paginator(Generic[T]):
    """A listing: iterate over its items, or its `pages()`; nothing is sent until then.

    `page(start, count)` makes the Call of one page, `key(item)` says what an item is known by: its `id` by default.
    Each `async for` starts over.
    """

    def __init__(
        self,
        page: Callable[[int, int], Call[Any]],
        *,
        count: int = MOST,
        ahead: int = AHEAD,
        key: Callable[[Any], Any] | None = None,
    ) -> None:
        if whole_problem("count", count, 1) or count > MOST:
            raise ValueError(f"count: a page has 1 to {MOST} items, not {count}")
        if whole_problem("ahead", ahead):
            raise ValueError(f"ahead: expected a number of pages, got {ahead!r}")
        self._page = page
        self._count = count
        self._ahead = ahead
        self._key = key or _id

    def __aiter__(self) -> AsyncIterator[T]:
        return _Items(_Pages(self._page, self._count, self._ahead, self._key))

    def pages(self) -> AsyncIterator[list[T]]:
        """Iterate over pages: lists of up to `count` items, never empty."""
        return _Pages(self._page, self._count, self._ahead, self._key)

    @property
    def problem(self) -> InputError | None:
        """What is known to be wrong with all of its calls."""
        return self._page(0, 0).problem

    def walk(self, since: Position | None = None, given: "Seen | None" = None) -> "Walk[T]":
        """Read one page after the other, each when it is asked for; go on at `since`, without what was `given`.

        What is given is added to `given`, so that another walk can go on with it.
        """
        return Walk(self._page, self._count, self._key, since or Position(), Seen() if given is None else given)

    async def total(self) -> int:
        """Ask how many items there are, with one small request."""
        return _total(await self._page(0, 0))

    async def collect(self, *, limit: int | None = None) -> list[T]:
        """Collect the first `limit` items (None: all) in a list; a small limit fetches a small page."""
        if limit is not None and not isinstance(limit, int):
            raise ValueError(f"limit: expected a number of items, got {limit!r}")
        items: list[T] = []
        if limit is not None and limit <= 0:
            return items
        count = self._count if limit is None else min(limit, self._count)
        pages = _Pages[T](self._page, count, self._ahead, self._key, limit)
        async for page in pages:
            items.extend(page)
            if limit is not None and len(items) >= limit:
                pages.close()
                del items[limit:]
                break
        return items

    def __repr__(self) -> str:
        return f"<Paginator of {self._page(0, self._count).path}>"


class _Pages(AsyncIterator[list[T]]):
    """One pass over the pages. Requests ahead are tasks of its own, cancelled when it is dropped."""

    def __init__(
        self,
        page: Callable[[int, int], Call[Any]],
        count: int,
        ahead: int,
        key: Callable[[Any], Any],
        limit: int | None = None,
    ) -> None:
        self._page = page
        self._count = count
        self._ahead = ahead
        self._key = key
        self._limit = limit  # items that the caller will take: no page beyond them is asked for ahead
        self._waiting: deque[tuple[int, asyncio.Future[Any]]] = deque()
        self._next = 0  # offset of the next page to ask for
        self._reached = 0  # all items before this offset have been given
        self._total: int | None = None
        self._short: int | None = None  # where a page ended that had fewer items than were asked for
        self._goes_on = False  # beyond the total, as the last page showed
        self._hides = False  # what is not shown is counted, so such a page ends no earlier
        self._slack = 0  # items that pages overlap by, once the list was seen shrinking
        self._given = Seen()
        self._count_given = self._requests = self._barren = 0
        self._most = 0  # the largest total that is plausible
        self._told = False  # that it gave less than the server counts

    def __aiter__(self) -> "_Pages[T]":
        return self

    async def __anext__(self) -> list[T]:
        while True:
            self._ask()
            if not self._waiting:
                self._tell_what_is_missing()
                raise StopAsyncIteration
            start, answer = self._waiting[0]
            try:
                page = await answer
            except asyncio.CancelledError:  # of whoever waited, who may come again: nothing of it was given yet
                self._go_back()
                raise
            except BaseException:
                self.close()
                self._total = 0  # an iterator that failed is at its end
                raise
            self._waiting.popleft()
            rows = self._taken(start, page)
            if rows:
                self._ask_ahead()
                return rows

    def _ask_ahead(self) -> None:
        """Let the next pages travel while the caller works on this one."""
        self._ask()

    def close(self) -> None:
        """Cancel the requests made ahead."""
        while self._waiting:
            self._waiting.pop()[1].cancel()

    def __del__(self) -> None:
        self.close()

    def _ask(self) -> None:
        # How much there is to ask ahead is known only from the first answer, and where a page begins from a full one.
        most = 1 if self._total is None or self._short is not None else self._ahead + 1
        while len(self._waiting) < most and self._wanted():
            answer = asyncio.ensure_future(_result(self._page(self._next, self._count)))
            answer.add_done_callback(_look_at)
            self._waiting.append((self._next, answer))
            self._next += self._count - self._slack

    def _wanted(self) -> bool:
        if self._total is not None and self._next >= self._total and (self._waiting or not self._goes_on):
            return False
        return self._limit is None or self._next < self._limit or not self._waiting

    def _taken(self, start: int, page: Any) -> list[T]:
        """Take a page; end the listing when it is wrong, or one of too many that bring nothing new."""
        try:
            rows = self._take(start, page)
            self._check(len(rows))
        except UnexpectedResponse:
            self.close()
            self._total = 0
            raise
        return rows

    def _check(self, new: int) -> None:
        total = self._total or 0
        self._requests += 1
        self._count_given += new
        self._barren = 0 if new else self._barren + 1
        self._most = self._most or GROWTH * (total + self._count)
        if self._barren > BARREN and self._wanted():
            raise self._restless("the list never stood still, or has no more items")
        if (total > self._most or self._goes_on) and self._count_given > self._most:
            raise self._restless("the list grows without end")

    def _restless(self, message: str) -> ListNeverStoodStill:
        return ListNeverStoodStill(message, given=self._count_given, total=self._total or 0, requests=self._requests)

    def _tell_what_is_missing(self) -> None:
        """Say once that the listing, at its end, gave less than the server counts."""
        given, total = self._count_given, self._total or 0
        if given < total <= self._reached:
            if not self._told:
                log.warning("the list %s counts %s and gave %d", self._page(0, 0).path, counted(total, "item"), given)
            self._told = True

    def _take(self, start: int, page: Any) -> list[T]:
        total, data = _parts(page)
        keys = _keys(data, self._key)
        shrunk = max(0, (self._total or 0) - total)
        self._total = total
        self._reached -= min(self._reached, shrunk)
        if shrunk:
            self._slack = min(self._count // 2, 2 * max(shrunk, self._slack))
        if start > self._reached:
            self._go_back()
            return []
        new = [self._given.add(key) for key in keys]
        self._hides = self._hides or (start == self._short and not shrunk and new[:1] == [False])
        short = 0 < len(data) < min(self._count, total - start) and not self._hides
        self._reached = max(self._reached, start + (len(data) if short else self._count))
        self._short = self._reached if short else None
        self._goes_on = len(data) == self._count and start + self._count > total and any(new)
        if shrunk or short:
            self._restart(self._reached - self._slack)
        return [row for row, is_new in zip(data, new, strict=True) if is_new]

    def _go_back(self) -> None:
        self._restart(max(0, self._reached - self._slack))

    def _restart(self, start: int) -> None:
        self.close()
        self._next = start


class Walk(_Pages[T]):
    """A pass over the pages that holds nothing between two of them, and goes on where an earlier one ended."""

    def __init__(
        self,
        page: Callable[[int, int], Call[Any]],
        count: int,
        key: Callable[[Any], Any],
        since: Position,
        given: "Seen",
    ) -> None:
        super().__init__(page, count, 0, key)
        self._next = self._reached = since.reached
        self._total = since.total
        self._given = given
        self._count_given = len(given)

    @property
    def position(self) -> Position:
        """Where the next walk would go on."""
        return Position(self._reached, self._total)

    def _ask_ahead(self) -> None:
        """Ask for nothing: whoever works on this page takes as long as they like."""

    def _tell_what_is_missing(self) -> None:
        """Say nothing: whoever goes on with a walk compares what it gave, and knows whose list it is."""


def _parts(page: Any) -> tuple[int, list[Any]]:
    """Return total and rows of a page; raise if it is not one."""
    data = page.get("data") if isinstance(page, dict) else None
    if isinstance(data, list):
        return _total(page), data
    raise _other()


def _keys(data: list[Any], key: Callable[[Any], Any]) -> list[Any]:
    """Return what the items of a page are known by; raise if one of them is known by nothing."""
    try:
        keys = [key(row) for row in data]
    except (KeyError, TypeError, IndexError):
        raise _other() from None
    if all(isinstance(each, int | str | tuple) for each in keys):
        return keys
    raise _other()


def _id(row: Any) -> Any:
    return row["id"]


def _other() -> UnexpectedResponse:
    return UnexpectedResponse("expected a page with total and data, got other JSON", status=200)


def _total(page: Any) -> int:
    total = page.get("total") if isinstance(page, dict) else None
    if isinstance(total, int) and not isinstance(total, bool) and total >= 0:
        return total
    raise UnexpectedResponse(f"expected a page with its total, got {str(total)[:40]!r} for it", status=200)


async def _result(call: Call[Any]) -> Any:
    return await call


def _look_at(answer: "asyncio.Future[Any]") -> None:
    """Retrieve a page's error, so that asyncio does not warn when it is never awaited."""
    if not answer.cancelled():
        answer.exception()


class Seen:
    """Ids that were given, 1024 to an integer: a listing of a million takes about 200 KB."""

    def __init__(self) -> None:
        self._blocks: dict[int, int] = {}
        self._others: set[Any] = set()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, key: Any) -> bool:
        """Remember `key`; return whether it is new. Of a long text, which no server needs, only a digest is kept."""
        if isinstance(key, str) and len(key) > _LONG:
            key = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if not isinstance(key, int):
            new = key not in self._others
            self._others.add(key)
        else:
            block, bit = key >> 10, 1 << (key & 1023)
            seen = self._blocks.get(block, 0)
            self._blocks[block] = seen | bit
            new = not seen & bit
        self._count += new
        return new


class _Items(AsyncIterator[T]):
    """One pass over the items."""

    def __init__(self, pages: _Pages[T]) -> None:
        self._pages = pages
        self._rows: deque[T] = deque()

    def __aiter__(self) -> "_Items[T]":
        return self

    async def __anext__(self) -> T:
        if not self._rows:
            self._rows.extend(await self._pages.__anext__())
        return self._rows.popleft()
