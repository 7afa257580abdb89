"""Looks at what a copy made: videos field by field, with file, captions and chapters, and channels."""

from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from aiopeertube._counting import counted
from aiopeertube.errors import ApiError, FileChanged, NotFound, UnexpectedResponse
from aiopeertube.migrate.journal.item import Item
from aiopeertube.migrate.kinds.captions import by_language
from aiopeertube.migrate.kinds.channel_sight import PICTURES, picture_of
from aiopeertube.migrate.kinds.chapters import chapters_in
from aiopeertube.migrate.kinds.subtitles import said
from aiopeertube.migrate.metadata import fields
from aiopeertube.migrate.metadata.answers import whole_video
from aiopeertube.migrate.metadata.field_reads import PASSWORDS

from .ends import located
from .fetching import BY_IMPORT, is_without, why_without
from .remote_files import download, sum_of
from .small_files import LOST, Missing, subtitles

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube


_BROKEN: Final = frozenset({7, 8, 11})  # transcoding failed, moving to a storage or back failed


async def video_differs(pt: "PeerTube", item: Item, *, unread: list[str] | None = None) -> str:
    """Say what of a video is not as it was to be; "" when all is.

    With `unread` the file is read and compared, or the video gets into that list.
    """
    wanted = dict(item.wanted["fields"])
    if "sealed" in item.note:
        wanted[PASSWORDS] = item.note["sealed"]
    try:
        video = await whole_video(pt, item.uuid, wanted)
    except NotFound:
        return "the video is gone"
    found = [await _state(pt, item, video), fields.differences(fields.current(video, wanted), wanted)]
    if (channel := video["channel"]["name"]) != item.wanted["channel"]:
        found.append(f"it is in the channel {channel}, not {item.wanted['channel']}")
    found += [why async for why in _parts(pt, item, video["channel"].get("host") or "")]
    if unread is not None:
        found.append(await _content(pt, item, video, unread))
    return "; ".join(filter(None, found))


async def _state(pt: "PeerTube", item: Item, video: Mapping[str, Any]) -> str:
    """Say what keeps a video from being seen and will not pass by itself, and whether its file is still to come."""
    state = video.get("state") or {}
    if item.wanted["via"] == BY_IMPORT:
        return await why_without(pt, item) if is_without(video) else _length(item, video)
    return f"the instance says of it: {state.get('label')}" if state.get("id") in _BROKEN else ""


def _length(item: Item, video: Mapping[str, Any]) -> str:
    """Compare the length with that of the original, of which what a server makes may have a second more or less."""
    there, here = item.note.get("duration"), video.get("duration")
    if not isinstance(there, int) or not isinstance(here, int) or abs(there - here) <= 1:
        return ""
    return f"it has {counted(here, 'second')}, not {there:,}"


async def _parts(pt: "PeerTube", item: Item, host: str) -> AsyncIterator[str]:
    yield await _file(pt, item)
    yield await _captions(pt, item, host)
    if "chapters" in item.note:
        chapters = chapters_in(await pt.videos.chapters.get(item.uuid))
        if chapters != item.note["chapters"]:
            yield "its chapters are others"


async def _file(pt: "PeerTube", item: Item) -> str:
    """Compare the file's size and name with what was sent; of an imported one the server knows neither."""
    if item.wanted["via"] == BY_IMPORT:
        return ""
    source: Any = None
    with suppress(NotFound):
        source = await pt.videos.source.get(item.uuid)
    file = item.wanted["file"]
    size = (source or {}).get("size")
    if size not in {None, file["size"]}:
        return f"its file has {size:,} bytes, not {file['size']:,}"
    name = (source or {}).get("inputFilename")
    return "" if name in {None, file["name"]} else f"its file is called {name}, not {file['name']}"


async def _content(pt: "PeerTube", item: Item, video: Mapping[str, Any], unread: list[str]) -> str:
    """Compare what is in the file, part by part, where the server has one left that is the same."""
    path, sums = await _path(pt, item, video), item.note.get("sums")
    if path is None or not sums:
        unread.append(item.uuid)
        return ""
    file = download(pt, path)
    for begin, end, digest in sums:
        try:
            part = await file.part(begin, end)
        except (ApiError, UnexpectedResponse, FileChanged) as exc:
            return f"its file cannot be read: {exc}"
        if await sum_of(part.data) != digest:
            return f"its file is another one between bytes {begin:,} and {end:,}"
    return ""


async def _path(pt: "PeerTube", item: Item, video: Mapping[str, Any]) -> str | None:
    """Return where the file is that was uploaded, or one that has its size."""
    source: Any = None
    with suppress(NotFound):
        source = await pt.videos.source.get(item.uuid)
    same = [file for file in video.get("files") or [] if file["size"] == item.wanted["file"]["size"]]
    urls = [(source or {}).get("fileDownloadUrl")]
    urls += [file.get(name) for file in same for name in ("fileUrl", "fileDownloadUrl")]
    found = [address for url in urls if (address := located(url, pt, video["channel"].get("host") or ""))]
    return min(found, key=lambda address: "://" in address, default=None)  # one at the instance, if there is one


async def _captions(pt: "PeerTube", item: Item, host: str) -> str:
    wanted = item.note.get("captions")
    if wanted is None:
        return ""
    there = by_language(await pt.captions.list(item.uuid))
    if missing := sorted(set(wanted) - set(there)):
        return f"it has no captions in {', '.join(missing)}"
    for language, digest in wanted.items():
        row = there[language]
        address = located(row.get("captionPath"), pt, host) or located(row.get("fileUrl"), pt, host)
        try:
            data = await subtitles(pt, address)
        except Missing:
            return f"the captions in {language} cannot be read"
        if said(data) != digest:
            return f"the captions in {language} say something else"
    return ""


async def channel_differs(pt: "PeerTube", item: Item) -> str:
    """Say what of a channel is not as it was to be; "" when all is."""
    try:
        channel: Any = await pt.channels.get(item.uuid)
    except NotFound:
        return "the channel is gone"
    found = [
        f"{name} is {channel.get(name)!r}, not {value!r}"
        for name, value in item.wanted["texts"].items()
        if (channel.get(name) or None) != value
    ]
    wanted = item.wanted["pictures"].keys() - item.note.get(LOST, {}).keys()
    missing = [kind for kind in PICTURES if kind in wanted and not picture_of(channel, kind)]
    return "; ".join([*found, *(f"it has no {kind}" for kind in missing)])
