"""Moving some of a list's items behind another one."""

from typing import TypeVar

from aiopeertube.emulator.wire.problem_json import Problem
from aiopeertube.emulator.wire.scalars import int_or_null, is_int

from .calls import Call
from .rights import checked, is_number

T = TypeVar("T")


def _is_position(value: object) -> bool:
    return is_int(value) and int_or_null(value) >= 1


_CHECKS = {"startPosition": _is_position, "insertAfterPosition": is_number, "reorderLength": _is_position}


async def moved(call: Call, items: list[T], where: str) -> list[T]:
    """Return the items in the order that the request asks for; behind position 0 is the beginning.

    `where` is how the server calls what they are in.

    Raises:
        Problem: there are no such positions.
    """
    sent = checked(call, (await call.read_body()).fields, _CHECKS, ("startPosition", "insertAfterPosition"))
    start, after = int(sent["startPosition"]), int(sent["insertAfterPosition"])
    length = int(sent.get("reorderLength", 1))
    if max(start, after) > len(items):
        told = "Start position or insert after position exceed"
        raise Problem(f"{told} the {where} limits (max: {len(items)})")
    if "reorderLength" in sent and start + length > len(items) + 1:
        told = "Reorder length with this start position exceeds"
        raise Problem(f"{told} the {where} limits (max: {len(items) + 1 - start})")
    taken = range(start - 1, start - 1 + length)
    before = [item for number, item in enumerate(items[:after]) if number not in taken]
    behind = [item for number, item in enumerate(items[after:], after) if number not in taken]
    return [*before, *items[start - 1 : start - 1 + length], *behind]
