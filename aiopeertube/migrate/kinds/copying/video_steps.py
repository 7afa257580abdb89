"""One video of a copy: made from its file, then its captions and chapters; each step is noted as it is done."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from aiopeertube.errors import ApiError, BadRequest, FileChanged, NotFound, Unprocessable, UploadStuck, UploadUnknown
from aiopeertube.migrate.journal.item import Item
from aiopeertube.migrate.journal.journal import Journal
from aiopeertube.migrate.kinds.imports import Import
from aiopeertube.migrate.metadata.answers import passwords_of
from aiopeertube.migrate.metadata.changes import on_the_wire
from aiopeertube.migrate.metadata.field_reads import PASSWORDS
from aiopeertube.migrate.metadata.fields import PROTECTED
from aiopeertube.migrate.metadata.passwords import SAFE
from aiopeertube.resumable import Source, Ticket, upload_from
from aiopeertube.resumable.ends import newest_of
from aiopeertube.wire.turn import TURN, Stopped

from .ends import Origin
from .extras import bring_captions, bring_chapters
from .fetching import BY_IMPORT, UNFETCHED, make_room
from .kept_files import KeptFile, kept_at, remove
from .remote_files import Keep, RemoteFile
from .small_files import Missing, image, lose, refusal
from .wishes import VIDEO

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

PARALLEL: Final = 2  # files on their way at once: each takes memory for a part that is read, or sent
OF_FILE: Final = ("upload", "sums", "mark", "kept")  # what is noted of a file on its way
_SIZES: Final = ("thumbnailfile", "previewfile")  # 8.x takes one picture, earlier ones two sizes


def nobody(number: int) -> None:
    """Hear nothing."""


@dataclass(slots=True)
class Work:
    """What the items of one run share: the instance they come from, channels here by name, and turns for files.

    Files go `through` a folder, where one is given. `weigh` and `sent` hear of bytes what those of a `Watcher` hear.
    """

    origin: Origin
    channels: dict[str, int]
    through: Path | None = None
    weigh: Callable[[int], None] = nobody
    sent: Callable[[int], None] = nobody
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
    if UNFETCHED in item.note:
        await _import_anew(pt, journal, item)
    if item.uuid and work.through is not None:
        remove(kept_at(work.through, pt.origin, item))  # which a kill may have left
    if not item.uuid:
        async with work.files:
            if (turn := TURN.get()) is not None and turn.stopping:
                raise Stopped
            made = await _weighed(work, pt, journal, item)
            item.uuid = made["uuid"]
            item.note.pop("upload", None)
            await journal.save([item])
            if work.through is not None:
                remove(kept_at(work.through, pt.origin, item))  # before another file takes its room
    try:
        await bring_captions(work.origin, pt, journal, item)
        await bring_chapters(work.origin, pt, item)
    except NotFound:  # somebody removed the video meanwhile; whoever tries again wants it made again
        _begin_anew(item)
        raise


async def _import_anew(pt: "PeerTube", journal: Journal, item: Item) -> None:
    """Begin anew with a video whose import failed, unless it got its file meanwhile."""
    if await make_room(pt, item):
        _begin_anew(item)
    del item.note[UNFETCHED]
    await journal.save([item])


def _begin_anew(item: Item) -> None:
    """Forget what was made of an item, which is gone."""
    item.uuid, item.attempts = "", 0
    for name in ("newest", "captions", "chapters"):
        item.note.pop(name, None)


async def _weighed(work: Work, pt: "PeerTube", journal: Journal, item: Item) -> Mapping[str, Any]:
    try:
        return await _made(work, pt, journal, item)
    except BaseException:
        work.weigh(-weight(item))  # this run does not send it
        raise


async def _made(work: Work, pt: "PeerTube", journal: Journal, item: Item) -> Mapping[str, Any]:
    wire = await _fields(work, pt, item)
    if work.through is None and "kept" in item.note:  # nobody knows whether what is there now is what was saved
        await _cancel(pt, item)
        _forget(item)
    try:
        if "upload" in item.note:
            return await _gone_on(work, pt, journal, item, wire)
        return await _begun(work, pt, journal, item, wire | await _pictures(work, item))
    except UploadStuck:
        await _cancel(pt, item)
        raise  # the ticket stays: it says since when to look
    except UploadUnknown as exc:
        if not exc.perhaps_finished:
            item.note.pop("upload", None)
        raise
    except (FileChanged, Unprocessable):
        await _cancel(pt, item)
        _forget(item)
        raise


async def _fields(work: Work, pt: "PeerTube", item: Item) -> dict[str, Any]:
    """Make the fields of the new video; passwords are read now, and kept nowhere."""
    values = {**item.wanted["fields"], "channel": await work.channel(pt, item.wanted["channel"])}
    if values.get("privacy") == PROTECTED:
        found = await passwords_of(work.origin.pt, item.wanted["video"])
        values[PASSWORDS] = item.note["sealed"] = SAFE.seal(found.values)
    return {name: value for name, value in on_the_wire(values).items() if value not in (None, [])}


async def _begun(work: Work, pt: "PeerTube", journal: Journal, item: Item, wire: dict[str, Any]) -> Mapping[str, Any]:
    """Make a video; without its picture, where the server does not take that one."""
    make = _imported if item.wanted["via"] == BY_IMPORT else _uploaded
    try:
        return await make(work, pt, journal, item, wire)
    except BadRequest as exc:
        if not any(size in wire and size in exc.invalid_params for size in _SIZES):
            raise
        lose(item, "picture", f"the server does not take it: {refusal(exc)}")
    return await make(work, pt, journal, item, {name: value for name, value in wire.items() if name not in _SIZES})


async def _pictures(work: Work, item: Item) -> dict[str, bytes]:
    """Fetch a video's picture, in the fields that take one."""
    address = item.wanted.get("picture")
    try:
        data = None if address is None else await image(work.origin.pt, address)
    except Missing as exc:
        lose(item, "picture", str(exc))
        return {}
    return {} if data is None else dict.fromkeys(_SIZES, data)


async def _gone_on(
    work: Work, pt: "PeerTube", journal: Journal, item: Item, wire: dict[str, Any]
) -> Mapping[str, Any]:
    """Go on with an upload that has its picture; one that the server does not know any more begins anew."""
    try:
        return await _uploaded(work, pt, journal, item, wire, restart=False)
    except UploadUnknown as exc:
        if exc.perhaps_finished:
            raise
    _forget(item)
    return await _made(work, pt, journal, item)


def _forget(item: Item) -> None:
    """Begin anew with a file."""
    for name in OF_FILE:
        item.note.pop(name, None)


def weight(item: Item) -> int:
    """Return how many bytes of a planned item are still to be sent, as far as it is known before."""
    sends = item.ref.startswith(VIDEO) and not item.uuid and item.wanted["via"] == "upload"
    return int(item.wanted["file"]["size"]) if sends else 0


class _Heard:
    """How far one file came, for whoever watches."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self.there = 0

    def __call__(self, offset: int, _: int) -> None:
        self._work.sent(offset - self.there)
        self.there = offset


async def _uploaded(
    work: Work, pt: "PeerTube", journal: Journal, item: Item, wire: dict[str, Any], *, restart: bool = True
) -> Mapping[str, Any]:
    heard = _Heard(work)
    try:
        return await _sent(work, pt, journal, item, wire, heard=heard, restart=restart)
    except BaseException:
        work.sent(-heard.there)  # it may be begun anew at once
        raise


async def _sent(
    work: Work,
    pt: "PeerTube",
    journal: Journal,
    item: Item,
    wire: dict[str, Any],
    *,
    heard: _Heard,
    restart: bool,
) -> Mapping[str, Any]:
    async def keep(ticket: Ticket) -> None:
        kept = {"id": ticket.upload_id, "size": ticket.size, "newest": ticket.newest}
        item.note["upload"] = kept
        await journal.save([item])

    async def keep_sum(begin: int, end: int, digest: str, mark: str) -> None:
        item.note.setdefault("sums", []).append([begin, end, digest])
        item.note["mark"] = mark
        await journal.save([item])  # so that it is known of all that was sent

    file = await _opened(work, pt, item, keep_sum)
    kept = item.note.get("upload")
    ticket = Ticket(kept["id"], kept["size"], 0, kept["newest"]) if kept else None
    return await upload_from(
        pt,
        file,
        upload_id=ticket,
        restart=restart,
        newest=await work.newest_before(pt, ticket),
        on_progress=heard,
        on_started=keep,
        is_known=journal.knows,
        lastModified=item.ref,  # announced twice, it is still one upload
        **wire,
    )


async def _opened(work: Work, pt: "PeerTube", item: Item, keep: Keep) -> Source:
    """Return the file to send: what is at the other instance, or what of that is in a folder by now."""
    there, file = work.origin.pt, item.wanted["file"]
    if work.through is None:
        return RemoteFile(there, file, keep, mark=item.note.get("mark", ""))
    kept = KeptFile(there, file, kept_at(work.through, pt.origin, item), keep, item.note.get("sums", ()))
    await kept.save()
    item.note["kept"] = True
    return kept


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
