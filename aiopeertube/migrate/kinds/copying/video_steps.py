"""One video of a copy: made from its file, then its captions and chapters; each step is noted as it is done."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from aiopeertube.errors import ApiError, FileChanged, NotFound, Unprocessable, UploadStuck, UploadUnknown
from aiopeertube.migrate.journal.item import Item
from aiopeertube.migrate.journal.journal import Journal
from aiopeertube.migrate.kinds.captions import NOT_KEPT, by_language
from aiopeertube.migrate.kinds.chapters import chapters_in
from aiopeertube.migrate.kinds.imports import Import
from aiopeertube.migrate.kinds.subtitles import said
from aiopeertube.migrate.metadata.answers import passwords_of
from aiopeertube.migrate.metadata.changes import on_the_wire
from aiopeertube.migrate.metadata.field_reads import PASSWORDS
from aiopeertube.migrate.metadata.fields import PROTECTED
from aiopeertube.migrate.metadata.passwords import SAFE
from aiopeertube.resumable import Ticket, upload_from
from aiopeertube.resumable.ends import newest_of
from aiopeertube.wire.turn import TURN, Stopped

from .ends import Origin
from .remote_files import RemoteFile, picture

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

PARALLEL: Final = 2  # files on their way at once: each takes memory for a part that is read, or sent
_TRIES: Final = 5  # captions that the server does not keep are sent again
_TIMES: Final = re.compile(r"\d:\d\d")  # of which the server makes chapters by itself
_NO_MATTER: Final = frozenset({400, 403, 404, 409, 415, 422})


@dataclass(slots=True)
class Work:
    """What the items of one run share: the instance they come from, channels here by name, and turns for files."""

    origin: Origin
    channels: dict[str, int]
    files: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(PARALLEL))
    newest: "asyncio.Task[int] | None" = None
    known: int | None = None
    importing: Import = field(default_factory=Import)

    async def channel(self, pt: "PeerTube", name: str) -> int:
        """Return the number of a channel here.

        Raises:
            NotFound: it could not be made.
        """
        if name not in self.channels:
            self.channels[name] = (await pt.channels.get(name))["id"]
        return self.channels[name]

    async def newest_before(self, pt: "PeerTube", ticket: Ticket | None) -> int:
        """Return the id of the user's newest video before this job made any; one request for all of them.

        An upload that is gone on with knows it.
        """
        if ticket is not None and ticket.newest is not None:
            self.known = ticket.newest
        if self.known is not None:
            return self.known
        if self.newest is None:
            self.newest = asyncio.ensure_future(newest_of(pt))
        try:
            return await asyncio.shield(self.newest)
        except Exception:
            self.newest = None
            raise


async def carry_out(work: Work, pt: "PeerTube", journal: Journal, item: Item) -> None:
    """Make a video as far as it is not made yet.

    Raises:
        PeerTubeError: a step failed; those before it are noted, and another run goes on from there.
    """
    if not item.uuid:
        async with work.files:
            if (turn := TURN.get()) is not None and turn.stopping:
                raise Stopped
            made = await _made(work, pt, journal, item)
        item.uuid = made["uuid"]
        item.note.pop("upload", None)
        await journal.save([item])
    await _captions(work, pt, journal, item)
    await _chapters(work, pt, item)


async def _made(work: Work, pt: "PeerTube", journal: Journal, item: Item) -> Mapping[str, Any]:
    wire = await _fields(work, pt, item)
    try:
        if "upload" in item.note:
            return await _gone_on(work, pt, journal, item, wire)
        if path := item.wanted.get("picture"):
            wire |= await _pictures(work, pt, item, path)
        if item.wanted["via"] == "import":
            return await _imported(work, pt, journal, item, wire)
        return await _uploaded(work, pt, journal, item, wire)
    except UploadStuck:
        await _cancel(pt, item)
        raise  # the ticket stays: it says since when to look
    except UploadUnknown as exc:
        if not exc.perhaps_finished:
            item.note.pop("upload", None)
        raise
    except (FileChanged, Unprocessable):
        await _cancel(pt, item)
        for name in ("upload", "sums"):
            item.note.pop(name, None)
        raise


async def _fields(work: Work, pt: "PeerTube", item: Item) -> dict[str, Any]:
    """Make the fields of the new video; passwords are read now, and kept nowhere."""
    values = {**item.wanted["fields"], "channel": await work.channel(pt, item.wanted["channel"])}
    if values.get("privacy") == PROTECTED:
        found = await passwords_of(work.origin.pt, item.wanted["video"])
        values[PASSWORDS] = item.note["sealed"] = SAFE.seal(found.values)
    return {name: value for name, value in on_the_wire(values).items() if value not in (None, [])}


async def _pictures(work: Work, pt: "PeerTube", item: Item, path: str) -> dict[str, bytes]:
    """Fetch a video's picture; servers of 8.x take one, earlier ones two sizes."""
    try:
        data = await picture(work.origin.pt, path)
    except NotFound:
        item.note.setdefault("lost", {})["picture"] = "its picture cannot be read"
        return {}
    return {"thumbnailfile": data, "previewfile": data}


async def _gone_on(
    work: Work, pt: "PeerTube", journal: Journal, item: Item, wire: dict[str, Any]
) -> Mapping[str, Any]:
    """Go on with an upload that has its picture; one that the server does not know any more begins anew."""
    try:
        return await _uploaded(work, pt, journal, item, wire, restart=False)
    except UploadUnknown as exc:
        if exc.perhaps_finished:
            raise
    del item.note["upload"]
    return await _made(work, pt, journal, item)


async def _uploaded(
    work: Work, pt: "PeerTube", journal: Journal, item: Item, wire: dict[str, Any], *, restart: bool = True
) -> Mapping[str, Any]:
    async def keep(ticket: Ticket) -> None:
        kept = {"id": ticket.upload_id, "size": ticket.size, "newest": ticket.newest}
        item.note["upload"] = kept
        await journal.save([item])

    async def keep_sum(begin: int, end: int, digest: str) -> None:
        item.note.setdefault("sums", []).append([begin, end, digest])
        await journal.save([item])  # so that it is known of all that was sent

    kept = item.note.get("upload")
    ticket = Ticket(kept["id"], kept["size"], 0, kept["newest"]) if kept else None
    return await upload_from(
        pt,
        RemoteFile(work.origin.pt, item.wanted["file"], keep_sum),
        upload_id=ticket,
        restart=restart,
        newest=await work.newest_before(pt, ticket),
        on_started=keep,
        is_known=journal.knows,
        lastModified=item.ref,  # announced twice, it is still one upload
        **wire,
    )


async def _cancel(pt: "PeerTube", item: Item) -> None:
    kept = item.note.get("upload")
    if kept is not None:
        try:
            await pt.uploads.cancel(kept["id"])
        except ApiError:
            return  # it is over anyway, and the server removes it in time


async def _imported(
    work: Work, pt: "PeerTube", journal: Journal, item: Item, wire: dict[str, Any]
) -> Mapping[str, Any]:
    """Have the server fetch the file."""
    address = item.wanted["file"]["url"]
    item.wanted |= {"targetUrl": address, "fields": {**item.wanted["fields"], "channel": wire["channelId"]}}
    request = pt.prepare(pt.imports.create(targetUrl=address, **wire))
    request.tag = item
    found: Mapping[str, Any] = await work.importing.send(pt, journal, item, request)
    return found


# -- what comes after the file ---------------------------------------------------------------------


async def _captions(work: Work, pt: "PeerTube", journal: Journal, item: Item) -> None:
    """Bring the captions of all languages; those that this server does not take are noted."""
    if "captions" in item.note:
        return
    there = by_language(await work.origin.pt.captions.list(item.wanted["video"]))
    found = {language: await picture(work.origin.pt, _path(work, row)) for language, row in there.items()}
    left = dict(found)
    for _ in range(_TRIES):
        for language, data in list(left.items()):
            if why := await _put(pt, item, language, data):
                item.note.setdefault("lost", {})[f"captions in {language}"] = why
                del left[language], found[language]
        if not left:
            break
        kept = by_language(await pt.captions.list(item.uuid))
        left = {language: data for language, data in left.items() if language not in kept}
    for language in left:
        item.note.setdefault("lost", {})[f"captions in {language}"] = NOT_KEPT
        del found[language]
    item.note["captions"] = {language: said(data) for language, data in found.items()}
    if there:
        await journal.save([item])


def _path(work: Work, row: Mapping[str, Any]) -> str:
    path = work.origin.path(row.get("captionPath")) or work.origin.path(row.get("fileUrl"))
    return path or str(row.get("captionPath"))


async def _put(pt: "PeerTube", item: Item, language: str, data: bytes) -> str:
    """Send captions; say why where the server does not take them."""
    try:
        await pt.captions.put(item.uuid, language, data)
    except ApiError as exc:
        if exc.status not in _NO_MATTER:
            raise
        return str(exc)
    return ""


async def _chapters(work: Work, pt: "PeerTube", item: Item) -> None:
    """Bring the chapters; also that there are none, where the server would take some from the description."""
    if "chapters" in item.note:
        return
    chapters: Any = chapters_in(await work.origin.pt.videos.chapters.get(item.wanted["video"]))
    if chapters or _TIMES.search(item.wanted["fields"].get("description") or ""):
        await pt.videos.chapters.update(item.uuid, chapters=chapters)
    item.note["chapters"] = chapters
