"""A walk over the operations of a real server: what each answers is held against what its method declares."""

import sys
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, get_args, get_type_hints

from explained import explanation
from mismatches import mismatches

from aiopeertube import Call, Paginator, PeerTube, errors


class Walk:
    """Calls methods, and notes by name in what their answers differ from the types."""

    def __init__(self, pt: PeerTube) -> None:
        self.pt = pt
        self.version = ""
        self.walked: list[str] = []
        self.differences: dict[str, list[str]] = {}
        self.explained: dict[str, str] = {}

    @property
    def is_8(self) -> bool:
        """Whether the server is one of 8.x."""
        return self.version.startswith("8")

    async def do(self, name: str, /, *args: Any, pt: PeerTube | None = None, **kwargs: Any) -> Any:
        """Call a method, `users.get`; return what it gives, of a listing its first items."""
        method = method_of(pt or self.pt, name)
        built = method(*args, **kwargs)
        declared = _declared(method)
        found = await _result(built)
        self.walked.append(name)
        rows = found if isinstance(built, Paginator) else [found]
        self.note(name, [each for row in rows for each in mismatches(row, declared)])
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
        """Note differences, each once; those that are explained go to a list of their own."""
        for each in found:
            if (known := explanation(each)) is not None:
                self.explained |= dict([known])
            elif each not in self.differences.get(name, []):
                self.differences.setdefault(name, []).append(each)


def method_of(pt: PeerTube, name: str) -> Callable[..., Any]:
    """Find a method; `lists()` gets a noun by a call without arguments."""
    found: Any = pt
    for step in name.split("."):
        found = getattr(found, step.removesuffix("()"))
        found = found() if step.endswith("()") else found
    method: Callable[..., Any] = found
    return method


def _declared(method: Any) -> Any:
    """Find what a call's method gives, or a listing's rows; a generic noun says it with its base."""
    (declared, *_) = get_args(get_type_hints(method)["return"])
    if isinstance(declared, TypeVar):
        (declared,) = get_args(type(method.__self__).__orig_bases__[0])
    return declared


async def _result(built: Call[Any] | Paginator[Any]) -> Any:
    return await (built.collect(limit=3) if isinstance(built, Paginator) else built)


async def in_the_end(*steps: Awaitable[Any]) -> None:
    """Clean up: every step is taken, whatever became of the others."""
    for step in steps:
        try:
            await step
        except errors.PeerTubeError as error:
            sys.stderr.write(f"left behind: {error}\n")
