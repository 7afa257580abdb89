"""What a method of a resource makes: one case for each, or for each of its forms."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiopeertube import Call, Paginator, PeerTube
from aiopeertube._downloads import Download

UUID = "38773124-8101-4655-a4ef-2124259155af"
ROWS: dict[str, Any] = {"total": 1, "data": [{"id": 1}]}
PAGE = "start=20&count=100"  # what `call_of` asks of a listing


@dataclass(frozen=True)
class Case:
    """A method, named as it is called: `users.get`, `watched_words.lists().create`."""

    name: str
    build: Callable[[PeerTube], Any]
    operation: str  # method and template, as in the list of operations
    target: str  # below /api/v1
    body: Any = None  # JSON, or the fields and files of a form
    answer: Any = None  # what the server answers, which is what comes of it
    anonymous: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    repeated: bool | None = None  # whether it may be sent again; None: as its method


def call_of(built: Any) -> Call[Any]:
    """Return the call, or that of a listing's page, or that of a file."""
    if isinstance(built, Download):
        return built.call
    return built._page(20, built._count) if isinstance(built, Paginator) else built


@dataclass(frozen=True)
class Form:
    """A multipart body: its fields, and name, filename and type of its files."""

    fields: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str, str], ...]
