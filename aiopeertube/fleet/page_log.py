"""The journal of each instance: its pages as they came, and what became of it.

::

    crawl.json              what is asked, so that nothing else goes on with it
    pages/HOST/000000.jsonl a page: a line that says where the list stands after it, and a line for each video
    videos/HOST.jsonl       (or .parquet) all pages of an instance in one file, once it is at its end
    instances.jsonl         the records of all, once the crawl is at its end
    origins/HOST.json       the record of an instance: "begun" before the first request, then what became of it

Each file is there as a whole or not at all, and a page and where its list stands are one file: there is no moment at
which a kill could lose a video, or make it come twice. Pages are removed only when the record is there, and both it
and what was made of them are on the disk; where a machine goes down earlier, pages that are not whole are asked for
again.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

import orjson

from aiopeertube._pagination import Position, Seen
from aiopeertube.errors import ConfigurationError

from .addresses import Instance
from .merging_pages import Format, merge
from .records import FINISHED, STATES, Page, Record
from .stores import Store, write

_HEAD: Final = "crawl.json"
_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9.-]")
_WITH_PORT: Final = re.compile(r":\d+$")
_LONGEST: Final = 200  # characters of a file's name, without what tells its kind


@dataclass(slots=True)
class Begun:
    """What earlier visits of an instance left: how far they came, or their end."""

    record: Record | None = None
    again: bool = False  # somebody was there before
    position: Position = field(default_factory=Position)
    most: int = 0  # videos that it counted at once
    given: Seen = field(default_factory=Seen)
    pages: int = 0


class PageLog:
    """The journal of one instance; `format` is what its pages become at its end, None: they stay as they are.

    `accepted` is another name that it has, which nobody visits it by.
    """

    def __init__(
        self, store: Store, origin: str, format: Format | None, *, retry: bool = False, accepted: str = ""
    ) -> None:
        self._store = store
        self._instance = Instance(origin)
        self._format = format
        self._retry = retry
        self._accepted = accepted
        self._name = _file_name(self._instance.host)

    def begin(self) -> Begun:
        """Note that a visit begins, and say what earlier ones left."""
        found = self._store.read(self._record)
        ended = _ended(found or b"")
        if ended is not None and not self._is_open(ended):
            return Begun(ended)
        begun = Begun(again=found is not None)
        for page in self.pages():
            begun.pages, begun.position = page.number + 1, page.position
            begun.most = max(begun.most, page.position.total or 0)
            for row in page.rows():
                begun.given.add(row["id"])
        self._drop(begun.pages)
        write(self._store, self._record, orjson.dumps({"origin": self._instance.origin, "state": "begun"}))
        return begun

    def _drop(self, whole: int) -> None:
        """Remove what stands after so many whole pages: it belongs to a list that is read once more from there."""
        for name in self._store.names(self._pages)[whole:]:
            self._store.remove(f"{self._pages}/{name}")

    def _is_open(self, record: Record) -> bool:
        other_name = bool(self._accepted) and record.moved_to == self._accepted
        return other_name or (self._retry and record.state not in FINISHED)

    def add(self, page: Page) -> None:
        """Keep a page."""
        head = {"reached": page.position.reached, "total": page.position.total, "count": page.count}
        write(self._store, f"{self._pages}/{page.number:06d}.jsonl", orjson.dumps(head) + b"\n" + page.lines)

    def pages(self) -> Iterator[Page]:
        """Give what was kept, in order, as far as it is whole."""
        for number, name in enumerate(self._store.names(self._pages)):
            page = self._page(number, name)
            if page is None:
                return
            yield page

    def finish(self, record: Record) -> None:
        """Keep what became of the instance, and make one file of its pages."""
        if self._format is not None and self._store.names(self._pages):
            merge(self._store, self.pages(), f"videos/{self._name}", self._format)
        write(self._store, self._record, orjson.dumps(record.row()), lasting=True)
        if self._format is not None and record.state in FINISHED:
            self._store.remove(self._pages)

    @property
    def _record(self) -> str:
        return f"origins/{self._name}.json"

    @property
    def _pages(self) -> str:
        return f"pages/{self._name}"

    def _page(self, number: int, name: str) -> Page | None:
        head, _, lines = (self._store.read(f"{self._pages}/{name}") or b"").partition(b"\n")
        try:
            told = orjson.loads(head)
            position = Position(told["reached"], told["total"])
        except (orjson.JSONDecodeError, KeyError, TypeError):
            return None
        if name != f"{number:06d}.jsonl" or lines.count(b"\n") != told["count"]:
            return None  # a machine went down while it was written
        return Page(self._instance, number, position, told["count"], lines)

    def __repr__(self) -> str:
        return f"<PageLog of {self._instance.host}>"


def _ended(found: bytes) -> Record | None:
    """Read what became of an instance; None: a visit began, or a machine went down while this was written."""
    try:
        record = Record(**orjson.loads(found))
    except (orjson.JSONDecodeError, TypeError):
        return None
    return record if record.state in STATES else None


def _file_name(host: str) -> str:
    """Return the name of an instance's files, which no other has: its host, then `_` and its port."""
    name, _, port = host.rpartition(":") if _WITH_PORT.search(host) else (host, "", "")
    shown = _NOT_IN_NAMES.sub(lambda found: f"_{ord(found[0]):x}_", name) + (f"_{port}" if port else "")
    if len(shown) <= _LONGEST:
        return shown
    return f"{shown[:_LONGEST]}_{sha256(host.encode()).hexdigest()[:16]}_"


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where the journals of a run are, and how; `retry` visits again what was away, odd or at a bound."""

    store: Store
    format: Format | None
    retry: bool = False

    def log(self, origin: str, accepted: str = "") -> PageLog:
        """Return the journal of an instance."""
        return PageLog(self.store, origin, self.format, retry=self.retry, accepted=accepted)


def write_summary(store: Store, records: Iterable[Record]) -> None:
    """Write the records of a crawl at its end into one file, with those of instances that it did not go to.

    Pages that became a file are removed where a kill came in between.
    """
    all_of_them = list(records)
    names = {f"{_file_name(Instance(record.origin).host)}.json" for record in all_of_them}
    others = (store.read(f"origins/{name}") for name in store.names("origins") if name not in names)
    all_of_them += (record for found in others if (record := _ended(found or b"")) is not None)
    lines = (orjson.dumps(record.row()) + b"\n" for record in all_of_them)
    write(store, "instances.jsonl", b"".join(lines), lasting=True)
    for name in store.names("pages"):
        record = _ended(store.read(f"origins/{name}.json") or b"")
        if record is not None and record.state in FINISHED:
            store.remove(f"pages/{name}")


def open_log(store: Store, head: dict[str, Any], *, resume: bool) -> None:
    """Begin a crawl in a store, or go on with one that asked the same.

    Raises:
        ConfigurationError: there is one already, or one that asked something else, or what it asked is damaged.
    """
    found = store.read(_HEAD)
    if found is None:
        write(store, _HEAD, orjson.dumps(head, option=orjson.OPT_INDENT_2), lasting=True)
        return
    if not resume:
        raise ConfigurationError(f"there is a crawl in {store.url} already", option="resume")
    try:
        told = dict(orjson.loads(found))
    except (orjson.JSONDecodeError, TypeError, ValueError):
        raise ConfigurationError(f"{store.url}/{_HEAD} is damaged; begin another crawl") from None
    if other := sorted(name for name, value in told.items() if head.get(name) != value):
        what = ", ".join(f"{name}: {told[name]!r}" for name in other)
        raise ConfigurationError(f"the crawl in {store.url} asked something else ({what}); begin another one")
