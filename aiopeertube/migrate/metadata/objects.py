"""Videos as ActivityPub objects, which a server counts in a window of their own with ten times the room.

It gives its public and unlisted videos so to everybody, without a token, and each has most of what a row of a list
lacks. It keeps an object for a second: so one counts only where it was updated when the row says that the video was,
and else the API is asked.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from aiopeertube.errors import ApiError, RateLimited, UnexpectedResponse
from aiopeertube.wire.call import Call
from aiopeertube.wire.identifiers import segment
from aiopeertube.wire.messages import json_value

from . import answers, fields
from .shapes import taken

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

_TYPE: Final = "application/activity+json"
_SHOWN: Final = (1, 2)  # public and unlisted
_TOLD: Final = frozenset({"description", "support", "tags", "commentsPolicy", "downloadEnabled"})
_SCHEDULE: Final = frozenset({fields.AT, fields.THEN})
_TRIES: Final = 3  # in a row that gave none, after which a server is not asked for more


class Objects:
    """Completes rows of lists with ActivityPub objects, as far as these tell what is needed.

    `schedules` tells whether a row without a schedule means that there is none.
    """

    def __init__(self, pt: "PeerTube", *, schedules: bool) -> None:
        self._pt = pt
        self._known = _TOLD | _SCHEDULE if schedules else _TOLD
        self._labels: dict[Any, Any] = {}  # of policies on comments: an object has their ids alone
        self._tries = _TRIES

    def tell(self, names: Iterable[str]) -> bool:
        """Tell whether objects, beside rows, have all of the fields named."""
        return self._tries > 0 and self._known.issuperset(_beside_rows(names, {}))

    def tell_all(self, row: Mapping[str, Any], needs: Iterable[str]) -> bool:
        """Tell whether a row and its object have all that is needed."""
        known = self._known.issuperset(_beside_rows(needs, row))
        return known and self._tries > 0 and bool(row.get("isLocal")) and is_shown(row)

    def call(self, row: Mapping[str, Any]) -> Call[Any]:
        """Ask for the object of a row's video."""
        path = f"/videos/watch/{segment(str(row['uuid']))}"
        return Call("GET", path, json_value, headers=(("accept", _TYPE),), authenticate=False)

    async def video(self, row: Mapping[str, Any], needs: Iterable[str], request: Any) -> Mapping[str, Any]:
        """Give a video with all that is needed, out of its row and its object, or else by the API."""
        try:
            found = completed(row, await self._pt.send(request))
        except (ApiError, RateLimited, UnexpectedResponse):
            self._tries -= 1
            found = None
        else:
            self._tries = _TRIES
        policy = found["commentsPolicy"]["id"] if found else None
        if found and ("commentsPolicy" not in needs or policy in self._labels):
            found["commentsPolicy"]["label"] = self._labels.get(policy)
            if not answers.video_problem(found, needs):
                return found
        video = await answers.whole_video(self._pt, str(row["uuid"]), needs)
        self._learn(video.get("commentsPolicy"))
        return video

    def _learn(self, policy: Any) -> None:
        if isinstance(policy, Mapping) and "id" in policy and "label" in policy:
            self._labels[policy["id"]] = policy["label"]


def _beside_rows(names: Iterable[str], row: Mapping[str, Any]) -> set[str]:
    return {name for name in names if fields.lacks(row, (name,))}


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
    }
    same = found.get("uuid") == row["uuid"] and found.get("updated") == row.get("updatedAt")
    return {**row, **told} if same else None


def _is_tag(tag: Any) -> bool:
    return isinstance(tag, Mapping) and tag.get("type") == "Hashtag"


def _text(found: Any, name: str) -> str | None:
    value = found.get(name) if isinstance(found, Mapping) else None
    return value if value is None else taken(found, name, kind=str, what="the object of a video")
