"""What answers must have before anybody goes by them."""

from typing import Any

from aiopeertube.wire.answers import json_value, strange
from aiopeertube.wire.messages import Response


def with_new_video(response: Response) -> Any:
    """Decode an answer about a video that was just made, and is known by its UUID from then on.

    Raises:
        UnexpectedResponse: it names none.
    """
    answer = json_value(response)
    video = answer.get("video") if isinstance(answer, dict) else None
    uuid = video.get("uuid") if isinstance(video, dict) else None
    if isinstance(uuid, str) and uuid:
        return answer
    raise strange(response, "a video")
