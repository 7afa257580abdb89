"""Pictures and captions of a copy: read as a whole, checked for what they are, and where one is missing, why.

What an instance says it has need not be there: then the rest is copied, and the item tells what it lacks.
"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from aiopeertube.errors import ApiError, PeerTubeError, RedirectRefused
from aiopeertube.migrate.journal.item import Item

from .remote_files import picture

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

LOST: Final = "lost"  # in an item's note: what it comes without, and why
_PASSING: Final = frozenset({401, 408, 425, 429})  # refusals that are not about what was asked for
_IMAGES: Final = (b"\xff\xd8", b"\x89PNG", b"RIFF", b"GIF8")


class Missing(Exception):
    """Something cannot be had; the message says why."""


async def image(pt: "PeerTube", address: str | None) -> bytes:
    """Read a picture.

    Raises:
        Missing: there is none.
    """
    return await _read(pt, address, lambda data: data.startswith(_IMAGES), "what is there is no picture")


async def subtitles(pt: "PeerTube", address: str | None) -> bytes:
    """Read captions.

    Raises:
        Missing: there are none.
    """
    return await _read(pt, address, _are_captions, "what is there are no captions")


def _are_captions(data: bytes) -> bool:
    return data.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"WEBVTT") or (b"-->" in data and b"<html" not in data[:500])


async def _read(pt: "PeerTube", address: str | None, fits: Callable[[bytes], bool], otherwise: str) -> bytes:
    if address is None:
        raise Missing("it is told of, and not where it is")
    try:
        data = await picture(pt, address)
    except PeerTubeError as exc:
        if not (why := refusal(exc)):
            raise
        raise Missing(f"it cannot be read there: {why}") from exc
    if not fits(data):
        raise Missing(f"it cannot be read there: {otherwise}")
    return data


def refusal(error: PeerTubeError) -> str:
    """Say how a server refused something; "" where another try may do. It names no video, so that many are one."""
    if isinstance(error, RedirectRefused):
        return f"{error.status}: its redirect leads nowhere"
    if not isinstance(error, ApiError) or not 400 <= error.status < 500 or error.status in _PASSING:
        return ""
    said = "; ".join(error.invalid_params.values()) or error.detail or error.code
    return f"{error.status}: {' '.join(said.split())}" if said else f"{error.status}"


async def bring_image(
    pt: "PeerTube", address: str | None, item: Item, what: str, send: Callable[[bytes], Awaitable[object]]
) -> bool:
    """Read a picture and send it; tell whether that was done. Where it cannot be, the item comes without it."""
    try:
        await send(await image(pt, address))
    except Missing as exc:
        lose(item, what, str(exc))
    except PeerTubeError as exc:
        if not (why := refusal(exc)):
            raise
        lose(item, what, f"the server does not take it: {why}")
    else:
        return True
    return False


def lose(item: Item, what: str, why: str) -> None:
    """Note that an item comes without something."""
    item.note.setdefault(LOST, {})[what] = why
