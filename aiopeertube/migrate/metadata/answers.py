"""What answers of the server must look like before anything is taken from them: JSON alone says little.

A proxy, a cache or a plugin may give valid JSON of another shape. Each such answer is named by what is odd in it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from aiopeertube.errors import UnexpectedResponse
from aiopeertube.wire.answers import json_value
from aiopeertube.wire.call import Call
from aiopeertube.wire.identifiers import segment
from aiopeertube.wire.messages import API, Response

from . import fields
from .field_reads import PASSWORDS
from .passwords import Passwords
from .references import is_uuid, names_another
from .shapes import brief, taken

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

_PAGE: Final = 100


def video_problem(video: Any, needs: Iterable[str] = ()) -> str:
    """Say what is odd about a video, as far as it is `needed` and in whatever tells which one it is."""
    if not isinstance(video, Mapping):
        return f"the whole answer is {brief(video)}, not a video"
    for name in ("uuid", "name"):
        if not isinstance(video.get(name), str):
            return f"{name} is {brief(video.get(name))}, not a text"
    for name in ("account", "channel"):
        if name in video and not _is_owner(video[name]):
            return f"{name} is {brief(video[name])}, not an object with a name"
    try:
        fields.current(video, needs)
    except ValueError as exc:
        return str(exc)
    return ""


def _of_another(ref: str, answer: Mapping[str, Any]) -> str:
    """Say that an answer is about another video: a cache that takes one address for another gives such ones."""
    told = is_uuid(ref) or (ref.isdecimal() and "id" in answer)
    return f"another video stands, {answer['uuid']}" if told and names_another(ref, answer) else ""


def _is_owner(value: Any) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get("name"), str)


def video(pt: "PeerTube", ref: str, needs: Iterable[str] = ()) -> Call[Mapping[str, Any]]:
    """Ask for one video in full; an odd answer is asked for again, as one that is no JSON is."""
    needs = tuple(needs)

    def decode(response: Response) -> Mapping[str, Any]:
        answer = json_value(response)
        if why := video_problem(answer, needs) or _of_another(ref, answer):
            raise UnexpectedResponse(f"video {ref}: in the server's answer {why}", status=response.status)
        found: Mapping[str, Any] = answer
        return found

    return replace(pt.videos.get(ref), decode=decode)


async def with_passwords(pt: "PeerTube", video: Mapping[str, Any], needs: Iterable[str]) -> Mapping[str, Any]:
    """Add the passwords of a video that has some, where they are needed: no answer about videos has them."""
    if PASSWORDS not in needs or fields.FIELDS["privacy"].read(video) != fields.PROTECTED:
        return video
    return {**video, PASSWORDS: await passwords_of(pt, video["uuid"])}


async def whole_video(pt: "PeerTube", ref: str, needs: Iterable[str]) -> Mapping[str, Any]:
    """Ask for one video with all that is needed."""
    needs = tuple(needs)
    return await with_passwords(pt, await video(pt, ref, needs), needs)


async def passwords_of(pt: "PeerTube", ref: str) -> Passwords:
    """Ask for a video's passwords, which its owner and staff may read."""
    found: list[str] = []
    while True:
        query = (("start", str(len(found))), ("count", str(_PAGE)))
        call: Call[Any] = Call("GET", f"{API}/videos/{segment(ref)}/passwords", _passwords, query, sender=pt)
        page = await call
        found += page
        if len(page) < _PAGE:
            return Passwords(found)


def _passwords(response: Response) -> list[str]:
    rows = taken(json_value(response), "data", kind=list, what="the passwords of a video")
    return [taken(row, "password", kind=str, what="a password of a video") for row in rows]
