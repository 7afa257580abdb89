"""Videos as other servers read them: ActivityPub objects, as far as clients look at them."""

from typing import Any

from aiopeertube.emulator.model import ids
from aiopeertube.emulator.model.constants import CATEGORIES, COMMENTS_DISABLED, LICENCES, MODERN_LICENCES, PUBLIC
from aiopeertube.emulator.model.entities import Video
from aiopeertube.emulator.model.languages import LANGUAGES, MODERN_LANGUAGES
from aiopeertube.emulator.wire.clocks import iso

from .rendering import Body, Renderer, unordered

_EVERYBODY = "https://www.w3.org/ns/activitystreams#Public"


def video_object(renderer: Renderer, video: Video) -> Body:
    """Return a video's object: what is in it depends on nobody who asks."""
    channel, modern = video.channel, renderer.modern
    url = f"{renderer.url}/videos/watch/{video.uuid}"
    account, group = (
        f"{renderer.url}/accounts/{channel.owner.username}",
        f"{renderer.url}/video-channels/{channel.name}",
    )
    to, cc = ([_EVERYBODY], [f"{account}/followers"]) if video.privacy == PUBLIC else ([], [])
    originally = video.originally_published_at
    body: Body = {
        "@context": ["https://www.w3.org/ns/activitystreams"],
        "to": [*to, group] if modern else to,
        "cc": cc,
        "type": "Video",
        "id": url,
        "name": video.name,
        "duration": f"PT{video.duration}S",
        "uuid": video.uuid,
        **_named("category", video.category, CATEGORIES),
        **_named("licence", video.licence, MODERN_LICENCES if modern else LICENCES),
        **_named("language", video.language, MODERN_LANGUAGES if modern else LANGUAGES),
        "views": video.views,
        "sensitive": video.nsfw,
        "waitTranscoding": video.wait_transcoding,
        "state": video.state,
        "canReply": None,
        "commentsPolicy": video.comments_policy,
        "downloadEnabled": video.download_enabled,
        "published": iso(video.published_at),
        "originallyPublishedAt": None if originally is None else iso(originally),
        "updated": iso(video.updated_at),
        "tag": [{"type": "Hashtag", "name": tag} for tag in unordered(video.tags, video.uuid)],
        "mediaType": "text/markdown",
        "content": video.description,
        "support": video.support,
        "subtitleLanguage": [],
        "aspectRatio": video.aspect_ratio,
        "url": [{"type": "Link", "mediaType": "text/html", "href": url}],
        "attributedTo": [{"type": "Person", "id": account}, {"type": "Group", "id": group}],
        "isLiveBroadcast": video.is_live,
    }
    if modern:
        return body | {
            "downloads": 0,
            "summary": video.nsfw_summary,
            "schedules": [],
            "embedUrl": f"{renderer.url}/videos/embed/{ids.to_short(video.uuid)}",
        }
    return body | {"commentsEnabled": video.comments_policy != COMMENTS_DISABLED}


def _named(name: str, value: Any, labels: Any) -> Body:
    """Name a constant; what has none is left out."""
    return {} if value is None else {name: {"identifier": str(value), "name": labels.get(value)}}
