"""Every operation of the API, read off the methods that make its calls; for shells that complete a path."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from aiopeertube._downloads import Download
from aiopeertube._pagination import Paginator
from aiopeertube.resources._base import Resource
from aiopeertube.resources._nouns import Nouns
from aiopeertube.wire.call import Call


@dataclass(frozen=True, slots=True)
class Operation:
    """A method, a path with its parameters in braces, what it does, and the client's method, like videos.update."""

    method: str
    path: str
    help: str
    name: str


def operations() -> Iterator[Operation]:
    """Give all operations; some may come twice."""
    nouns = Nouns()  # type: ignore[abstract]
    for name, member in vars(Nouns).items():
        if isinstance(member, cached_property):
            yield from _of_resource(getattr(nouns, name), name)


def _of_resource(resource: Resource, noun: str) -> Iterator[Operation]:
    for name, member in inspect.getmembers(type(resource)):
        if name.startswith("_"):
            continue
        if isinstance(member, property):
            yield from _of_resource(getattr(resource, name), f"{noun}.{name}")
        elif inspect.isfunction(member):
            yield from _of_method(getattr(resource, name), f"{noun}.{name}")


def _of_method(method: Callable[..., Any], name: str) -> Iterator[Operation]:
    """Give the operation of a method; two, where an optional argument is part of the path."""
    params = inspect.signature(method).parameters.values()
    due = [param for param in params if param.default is param.empty and param.kind is not param.VAR_KEYWORD]
    named = {param.name: _Blank(f"{{{param.name}}}") for param in due}
    yield from _of_answer(method(**named), method, name)
    more = {param.name: _Blank(f"{{{param.name}}}") for param in params if param.kind is param.POSITIONAL_OR_KEYWORD}
    if more.keys() - named.keys():
        yield from _of_answer(method(**(named | more)), method, name)


def _of_answer(made: Any, method: Callable[..., Any], name: str) -> Iterator[Operation]:
    if isinstance(made, Resource):
        yield from _of_resource(made, f"{name}()")
        return
    if isinstance(made, Paginator):
        made = made._page(0, 1)  # noqa: SLF001 - the calls of its pages differ in their query alone
    call = made.call if isinstance(made, Download) else made
    if isinstance(call, Call):
        yield Operation(call.method, unquote(call.path), _first_line(method), name)


def _first_line(method: Callable[..., Any]) -> str:
    return (inspect.getdoc(method) or "").partition("\n")[0].rstrip(".")


class _Blank(str):
    """Stands for any argument: a text with the parameter's name, and a mapping with whatever is asked for."""

    __slots__ = ()

    def __getitem__(self, key: Any) -> str:
        return str.__getitem__(self, key) if isinstance(key, int | slice) else self

    def keys(self) -> tuple[str, ...]:
        return ()
