"""What resources share: a sender for their calls, and requests for one value or for pages."""

from collections.abc import Mapping
from typing import Any

from aiopeertube.errors import InputError
from aiopeertube.wire.answers import json_value
from aiopeertube.wire.call import Call, Sender
from aiopeertube.wire.messages import API, Query, encode_query


class Resource:
    """A noun of the API: its methods build Calls and do nothing else."""

    __slots__ = ("_sender",)

    def __init__(self, sender: Sender | None = None) -> None:
        self._sender = sender

    def _get(self, path: str, query: Mapping[str, Any] | None = None, problem: InputError | None = None) -> Call[Any]:
        pairs: Query = ()
        try:
            pairs = encode_query(query or {})
        except InputError as exc:
            problem = problem or exc
        return Call("GET", API + path, json_value, query=pairs, problem=problem, sender=self._sender)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"
