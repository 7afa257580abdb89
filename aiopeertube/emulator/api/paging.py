"""Lists of anything but videos: a page of them, in the order that is asked for."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from .calls import Call, Reply, json_reply
from .listing import check_page

T = TypeVar("T")
Sorts = Mapping[str, Callable[[Any], Any]]

BY_TIME: Sorts = {"createdAt": lambda item: item.created_at}


def page_reply(
    call: Call,
    items: Iterable[T],
    render: Callable[[T], Any],
    sorts: Sorts = BY_TIME,
    default: str = "-createdAt",
    **more: Any,
) -> Reply:
    """Return a page of what was found, sorted as the query says; equal items stay in order. `more` goes beside it.

    Raises:
        Problem: the query is not valid.
    """
    page = check_page(call.query(), frozenset(sorts), default, call.target)
    ordered = list(items)
    key = sorts.get(page.sort.removeprefix("-"))
    if key is not None:
        ordered.sort(key=key, reverse=page.sort.startswith("-"))
    return json_reply({"total": len(ordered), "data": [render(item) for item in page.of(ordered)], **more})
