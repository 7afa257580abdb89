"""A walk over the operations of a real server: what each answers is held against what its method declares."""

import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any, get_args, get_type_hints

from mismatches import mismatches

from aiopeertube import Call, Paginator, PeerTube, errors

# Keys that this server has, and no PeerTube; or lacks, under their usual name: it may be a fork.
STRANGE = {name for name in os.environ.get("AIOPEERTUBE_LIVE_STRANGE_KEYS", "").split(",") if name}


class Walk:
    """Calls methods, and notes by name in what their answers differ from the types."""

    def __init__(self, pt: PeerTube) -> None:
        self.pt = pt
        self.walked: list[str] = []
        self.differences: dict[str, list[str]] = {}

    async def do(self, name: str, /, *args: Any, pt: PeerTube | None = None, **kwargs: Any) -> Any:
        """Call a method, `users.get`; return what it gives, of a listing its first items."""
        method = method_of(pt or self.pt, name)
        built = method(*args, **kwargs)
        declared = get_args(get_type_hints(method)["return"])
        found = await _result(built)
        self.walked.append(name)
        rows = found if isinstance(built, Paginator) else [found]
        self.note(name, [each for row in rows for each in mismatches(row, declared[0])])
        return found

    async def refused(self, name: str, kinds: tuple[type[Exception], ...], /, *args: Any, **kwargs: Any) -> None:
        """Call a method that this server refuses for a reason that is known, of these kinds of errors."""
        try:
            await self.do(name, *args, **kwargs)
        except kinds:
            self.walked.append(name)
        else:
            self.note(name, ["was not refused"])

    async def perhaps(self, name: str, /, *args: Any, **kwargs: Any) -> Any:
        """Call a method of which a server may have nothing to give."""
        try:
            return await self.do(name, *args, **kwargs)
        except (errors.NotFound, errors.NotPermitted, errors.BadRequest):
            self.walked.append(name)
            return None

    def note(self, name: str, found: list[str]) -> None:
        """Note differences, each once."""
        known = self.differences.setdefault(name, [])
        known += [each for each in found if each not in known and not _is_explained(each)]
        if not known:
            del self.differences[name]


def method_of(pt: PeerTube, name: str) -> Callable[..., Any]:
    """Find a method; `lists()` gets a noun by a call without arguments."""
    found: Any = pt
    for step in name.split("."):
        found = getattr(found, step.removesuffix("()"))
        found = found() if step.endswith("()") else found
    method: Callable[..., Any] = found
    return method


def _is_explained(difference: str) -> bool:
    """Tell whether a difference is no surprise: a line of a log has whatever it is about."""
    return "LogLine does not declare it" in difference or bool(STRANGE & set(difference.partition(":")[0].split(".")))


async def _result(built: Call[Any] | Paginator[Any]) -> Any:
    return await (built.collect(limit=3) if isinstance(built, Paginator) else built)


async def in_the_end(*steps: Awaitable[Any]) -> None:
    """Clean up: every step is taken, whatever became of the others."""
    for step in steps:
        try:
            await step
        except errors.PeerTubeError as error:
            sys.stderr.write(f"left behind: {error}\n")
