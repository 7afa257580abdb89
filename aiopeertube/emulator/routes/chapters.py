"""Chapters of a video, and who may embed it."""

from typing import Any

from aiopeertube.emulator.api.access import check_can_see, check_id, existing_video, managed_video
from aiopeertube.emulator.api.calls import Call, Reply, Route, json_reply, no_content
from aiopeertube.emulator.api.rights import checked, is_number, is_text
from aiopeertube.emulator.model.constants import EMBED_POLICIES

_TITLE = is_text(1, 100)
_MESSAGES = {
    "chapters": "Chapters must have a valid title and timecode, and each timecode must be unique",
}


async def chapters(call: Call) -> Reply:
    """Return a video's chapters."""
    check_id(call)
    video = existing_video(call)
    check_can_see(call, video)
    found = call.store.community.chapters.get(video.id, [])
    return json_reply({"chapters": [{"timecode": timecode, "title": title} for timecode, title in found]})


async def put_chapters(call: Call) -> Reply:
    """Replace a video's chapters."""
    video = managed_video(call)
    sent = checked(call, (await call.read_body()).fields, {"chapters": _are_chapters}, ("chapters",), _MESSAGES)
    await call.backend.write()
    found = sorted((int(chapter["timecode"]), chapter["title"]) for chapter in sent["chapters"])
    call.store.community.chapters[video.id] = found
    return no_content(tagged=True)


def _are_chapters(value: Any) -> bool:
    if not isinstance(value, list) or not all(isinstance(chapter, dict) for chapter in value):
        return False
    starts = [chapter.get("timecode") for chapter in value]
    titles = [chapter.get("title") for chapter in value]
    return all(map(is_number, starts)) and len(set(starts)) == len(starts) and all(map(_TITLE, titles))


async def embed_rule(call: Call) -> Reply:
    """Return who may embed a video, to those who may change it; 6.3 has no such rule."""
    if not call.is_modern:
        return Reply(400)
    video = managed_video(call)
    policy = {"id": video.embed_policy, "label": EMBED_POLICIES[video.embed_policy]}
    return json_reply({"policy": policy, "domains": list(video.embed_domains)})


async def put_embed_rule(call: Call) -> Reply:
    """Say who may embed a video."""
    if not call.is_modern:
        return Reply(400)
    video = managed_video(call)
    checks = {"policy": lambda value: value in EMBED_POLICIES, "domains": lambda value: isinstance(value, list)}
    sent = checked(call, (await call.read_body()).fields, checks, ("policy",))
    video.embed_policy, video.embed_domains = sent["policy"], tuple(sent.get("domains", ()))
    return no_content(tagged=True)


async def may_embed(call: Call) -> Reply:
    """Tell whether a site may embed a video."""
    if not call.is_modern:
        return Reply(400)
    check_id(call)
    video = existing_video(call)
    is_allowed = video.embed_policy == 1 or call.query().get("domain") in video.embed_domains
    return json_reply({"domainAllowed": is_allowed, "userBypassAllowed": None})


ROUTES = (
    Route("GET", "/videos/{id}/chapters", chapters),
    Route("PUT", "/videos/{id}/chapters", put_chapters),
    Route("GET", "/videos/{id}/embed-privacy", embed_rule),
    Route("PUT", "/videos/{id}/embed-privacy", put_embed_rule),
    Route("GET", "/videos/{id}/embed-privacy/allowed", may_embed),
)
