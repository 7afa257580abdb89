"""Edits of videos that have passwords: the server wants these with each, whatever it is about."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aiopeertube.errors import ApiError, BadRequest
from aiopeertube.migrate.metadata.answers import passwords_of
from aiopeertube.wire.call import Call
from aiopeertube.wire.messages import Request

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

Again = Callable[[list[str]], Call[Any]]  # makes the same edit, with passwords


async def sent(pt: "PeerTube", request: Request, video: str, again: Again) -> Any:
    """Send an edit; where it is refused and the video has passwords, read them and send them with it.

    That is asked of the server, not of what a plan saw: somebody may have protected the video meanwhile. They stay as
    they are, and are kept nowhere.
    """
    try:
        return await pt.send(request)
    except BadRequest:
        passwords = await _passwords(pt, video)
        if not passwords:
            raise
    return await again(passwords)


async def _passwords(pt: "PeerTube", video: str) -> list[str]:
    try:
        return list((await passwords_of(pt, video)).values)
    except ApiError:  # it has none, or this user may not read them
        return []
