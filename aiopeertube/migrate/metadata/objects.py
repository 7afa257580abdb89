"""Videos as ActivityPub objects, which a server counts in a window of their own with ten times the room.

It gives its public and unlisted videos so to everybody, without a token, and each has most of what a row of a list
lacks. It keeps an object for a second: so one counts only where it was updated when the row says that the video was,
and else the API is asked. What is kept goes by the whole address: a new one gets what is there now.
"""

import secrets
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

import anyio

from aiopeertube.errors import ApiError, RateLimited, UnexpectedResponse
from aiopeertube.wire.answers import json_value
from aiopeertube.wire.call import Call
from aiopeertube.wire.identifiers import segment

from . import answers, fields
from .shapes import taken

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

_TYPE: Final = "application/activity+json"
HIDDEN: Final = "hidden"  # in an item's note: its video has no object that everybody may see
_SHOWN: Final = (1, 2)  # public and unlisted
_TOLD: Final = frozenset({"description", "support", "tags", "commentsPolicy", "downloadEnabled", "waitTranscoding"})
_TRIES: Final = 3  # in a row that gave none, after which a server is not asked for more


class Objects:
    """Completes rows of lists with ActivityPub objects, as far as these tell what is needed.

    With `labels` the words of constants are needed, too, which objects lack.
    """

    def __init__(self, pt: "PeerTube", *, labels: bool = False) -> None:
        self._pt = pt
        self._needs_labels = labels
        self._policies: dict[Any, Any] = {}  # on comments, by id, as the API shows them
        self._learning = anyio.Lock()
        self._tries = _TRIES

    def tell(self, row: Mapping[str, Any], needs: Iterable[str]) -> bool:
        """Tell whether a row like this one and its object have all that is needed."""
        lacking = {name for name in needs if fields.lacks(row, (name,))}
        return self._tries > 0 and lacking <= _TOLD

    def tell_of(self, row: Mapping[str, Any], needs: Iterable[str]) -> bool:
        """Tell whether the row of a video and its object have all that is needed."""
        shown = bool(row.get("isLocal")) and is_shown(row)
        return shown and self.tell(row, needs) and not fields.unknown_here(row, set(needs) - _TOLD)

    def call(self, row: Mapping[str, Any]) -> Call[Any]:
        """Ask for the object of a row's video."""
        path = f"/videos/watch/{segment(str(row['uuid']))}"
        new = (("now", secrets.token_hex(4)),)
        return Call("GET", path, json_value, new, headers=(("accept", _TYPE),), authenticate=False)

    async def video(self, row: Mapping[str, Any], needs: Iterable[str], request: Any) -> Mapping[str, Any]:
        """Give a video with all that is needed, out of its row and its object, or else by the API."""
        found = await self._completed(row, request)
        if found is None or answers.video_problem(found, needs):
            return await answers.whole_video(self._pt, str(row["uuid"]), needs)
        if self._needs_labels and "commentsPolicy" in needs:
            return await self._labelled(found, needs)
        return found

    async def still(self, uuid: str, seen: str) -> bool:
        """Tell whether a video was not edited since it was `seen`; False: its object does not say so."""
        row = {"uuid": uuid, "updatedAt": seen}
        return self._tries > 0 and await self._completed(row, self._pt.prepare(self.call(row))) is not None

    async def _completed(self, row: Mapping[str, Any], request: Any) -> dict[str, Any] | None:
        try:
            found = completed(row, await self._pt.send(request))
        except (ApiError, RateLimited, UnexpectedResponse):
            self._tries -= 1
            return None
        self._tries = _TRIES
        return found

    async def _labelled(self, found: dict[str, Any], needs: Iterable[str]) -> Mapping[str, Any]:
        """Give the policy on comments its label: the API is asked for one video of each."""
        number = found["commentsPolicy"]["id"]
        async with self._learning:
            if number not in self._policies:
                video = await answers.whole_video(self._pt, str(found["uuid"]), needs)
                policy = video.get("commentsPolicy")
                if isinstance(policy, Mapping):  # a server may answer anything; the next one asks again
                    self._policies[policy["id"]] = policy
                return video
        return found | {"commentsPolicy": self._policies[number]}


def is_shown(row: Mapping[str, Any]) -> bool:
    """Tell whether a server shows a video to everybody who knows its address."""
    privacy = row.get("privacy")
    return isinstance(privacy, Mapping) and privacy.get("id") in _SHOWN


def completed(row: Mapping[str, Any], found: Any) -> dict[str, Any] | None:
    """Put what an object tells into a row; None where it is of another time than the row, or of another video.

    Raises:
        UnexpectedResponse: it is no video's object.
    """
    what = "the object of a video"
    told = {
        "description": _text(found, "content"),
        "support": _text(found, "support"),
        "tags": [
            taken(tag, "name", kind=str, what=what)
            for tag in taken(found, "tag", kind=list, what=what)
            if _is_tag(tag)
        ],
        "commentsPolicy": {"id": taken(found, "commentsPolicy", kind=int, what=what)},
        "downloadEnabled": taken(found, "downloadEnabled", kind=bool, what=what),
        "waitTranscoding": taken(found, "waitTranscoding", kind=bool, what=what),
    }
    same = found.get("uuid") == row["uuid"] and found.get("updated") == row.get("updatedAt")
    return {**row, **told} if same else None


def _is_tag(tag: Any) -> bool:
    return isinstance(tag, Mapping) and tag.get("type") == "Hashtag"


def _text(found: Any, name: str) -> str | None:
    value = found.get(name) if isinstance(found, Mapping) else None
    return value if value is None else taken(found, name, kind=str, what="the object of a video")
