"""What is taken out of a server's answers, which may be of any shape."""

from collections.abc import Mapping
from typing import Any

from aiopeertube.cli.cells import Row
from aiopeertube.errors import UnexpectedResponse


def row(answer: Any) -> Row:
    """Return an answer that is an object.

    Raises:
        UnexpectedResponse: it is none.
    """
    if isinstance(answer, Mapping):
        return answer
    raise UnexpectedResponse(f"expected a JSON object, got {type(answer).__name__}", status=200)


def rows(answer: Any, field: str) -> list[Row]:
    """Return the objects in a field of an answer.

    Raises:
        UnexpectedResponse: there are none such.
    """
    found = row(answer).get(field)
    if not isinstance(found, list):
        raise UnexpectedResponse(f"expected an object with an array {field!r}", status=200)
    return [row(one) for one in found]


def value(answer: Any, *fields: str, kind: type = str) -> Any:
    """Return the value of a field within fields of an answer.

    Raises:
        UnexpectedResponse: it is not there, or of another kind.
    """
    found = answer
    for field in fields:
        found = row(found).get(field)
    if isinstance(found, kind):
        return found
    raise UnexpectedResponse(f"expected {'.'.join(fields)} in the answer, got {type(found).__name__}", status=200)
