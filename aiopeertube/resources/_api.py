"""Calls of all kinds, for the nouns whose methods differ in paths and fields alone."""

from collections.abc import Callable, Mapping
from typing import Any

from aiopeertube._pagination import Paginator
from aiopeertube.errors import InputError, UnexpectedResponse
from aiopeertube.wire.answers import json_value, nothing
from aiopeertube.wire.call import Call
from aiopeertube.wire.files import FileLike, image_part
from aiopeertube.wire.messages import API, Body, Decoder, JsonBody, Multipart, Query, Response, encode_query
from aiopeertube.wire.versions import Versions

from ._base import Resource
from ._checks import choices_problem


class Noun(Resource):
    """A noun of the API that makes calls of any method."""

    __slots__ = ()

    def _do(self, method: str, path: str, *problems: InputError | None, **more: Any) -> Call[None]:
        """Make a call that is answered without content."""
        return self._made(method, path, problems, decode=nothing, **more)

    def _ask(self, method: str, path: str, *problems: InputError | None, **more: Any) -> Call[Any]:
        """Make a call that is answered with JSON."""
        return self._made(method, path, problems, decode=json_value, **more)

    def _pages(
        self,
        path: str,
        query: Mapping[str, Any],
        *,
        count: int,
        problem: InputError | None = None,
        key: Callable[[Any], Any] | None = None,
        secret: bool = False,
        **options: Any,
    ) -> Paginator[Any]:
        decode = unquoted_json if secret else json_value

        def page(start: int, size: int) -> Call[Any]:
            wanted = {"start": start, "count": size, **query}
            return self._made("GET", path, (problem,), decode=decode, query=wanted, **options)

        return Paginator(page, count=count, key=key)

    def _made(
        self,
        method: str,
        path: str,
        problems: tuple[InputError | None, ...],
        *,
        decode: Decoder,
        query: Mapping[str, Any] | None = None,
        json: Any = None,
        schema: type | None = None,
        body: Body | None = None,
        since: str | None = None,
        until: str | None = None,
        prefix: str = API,
        **options: Any,
    ) -> Call[Any]:
        """Make a call; `since` and `until` are the versions that have it, where not all have."""
        pairs: Query = ()
        found = [problem for problem in problems if problem is not None]
        if schema is not None and (problem := choices_problem(schema, json or query or {})):
            found.append(problem)
        try:
            pairs = encode_query(query or {})
            body = body if json is None else JsonBody.of(json)
        except InputError as exc:
            found.append(exc)
        return Call(
            method,
            prefix + path,
            decode,
            query=pairs,
            body=body,
            problem=found[0] if found else None,
            versions=Versions(since, until) if since or until else None,
            sender=self._sender,
            **options,
        )

    def _pick(
        self,
        path: str,
        name: str,
        image: FileLike,
        *problems: InputError | None,
        answered: bool,
        since: str | None = None,
    ) -> Call[Any]:
        """Make a call that sends a picture; sending it again changes nothing."""
        body: Body | None = None
        try:
            body = Multipart((), (image_part(name, image),))
        except InputError as exc:
            problems = (*problems, exc)
        decode = json_value if answered else nothing
        return self._made("POST", path, problems, decode=decode, body=body, idempotent=True, since=since)


def unquoted_json(response: Response) -> Any:
    """Decode JSON that holds secrets, so that an error quotes none of it."""
    try:
        return json_value(response)
    except UnexpectedResponse as error:
        status, kind = error.status, error.content_type
    message = f"expected JSON, got {len(response.body)} bytes that may hold secrets"
    raise UnexpectedResponse(message, status=status, content_type=kind)
