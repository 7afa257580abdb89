"""Carries out the actions of the upload's state machine."""

import asyncio
import inspect
import random
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Self, Unpack

from aiopeertube import errors
from aiopeertube.types import NewUpload, UploadProgress, UploadStarted, VideoId
from aiopeertube.wire.call import Call
from aiopeertube.wire.files import FileLike, video_type

from .ends import Identity, IsKnown, Undecided, ends_of, find, newest_of
from .file import Source, SourceFile, Ticket
from .machine import CHUNK, Ask, Done, GiveUp, Look, Lost, Machine, Refused, Send, Start, Wait
from .refusals import is_last, report, told_of_all

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

OnStarted = Callable[[Ticket], Awaitable[None] | None]
OnProgress = Callable[[int, int], None]


async def upload(
    pt: "PeerTube",
    path: str | PathLike[str],
    *,
    channelId: int,  # noqa: N803 - the wire's own name
    name: str,
    upload_id: Ticket | str | None = None,
    chunk_size: int = CHUNK,
    restart: bool = True,
    content_type: str | None = None,
    on_progress: OnProgress | None = None,
    on_started: OnStarted | None = None,
    is_known: IsKnown | None = None,
    thumbnailfile: FileLike | None = None,
    previewfile: FileLike | None = None,
    **fields: Unpack[NewUpload],
) -> VideoId:
    """Upload a file in chunks, across lost connections and restarts of the server; return the video's identifiers.

    Each chunk is one request of the client, so parallel uploads share its rate limit and its slots. It uses memory
    for one chunk, whatever the file's size.

    When the answer that names the video is lost, the video is found among the user's own (see
    `aiopeertube.resumable.ends`). For that, one small request asks for the newest of them before the upload begins.

    Args:
        pt: An open client.
        path: The file; it must not change during the upload.
        channelId: The channel to publish in.
        name: The video's name.
        upload_id: Resume this upload: the Ticket that `on_started` was given, or only its id (then a changed file
            goes unnoticed). The server keeps an upload for at least an hour.
        chunk_size: Bytes of one request; halved when chunks fail, down to 256 KiB.
        restart: Start over when the server forgot an upload that certainly made no video.
        content_type: The file's declared type; by default it follows from the name.
        on_progress: Called after each chunk with the bytes that the server has and the file's size.
        on_started: Called (and awaited, if it is async) with the Ticket once the server gave an id; again after
            each restart.
        is_known: Called with the UUID of a video that may be this upload's; returns whether it belongs to something
            else.
        thumbnailfile: An image of the video.
        previewfile: A larger image; 8.x makes one from the thumbnail.
        fields: Other fields of the video; without `privacy` it is private.

    Raises:
        FileUnreadable, InvalidField: before anything is sent; also for an empty file.
        FileChanged: the file changed since the upload began.
        UploadUnknown: the server no longer knows it. Look for the video if `perhaps_finished` is True: the upload was
            resumed by its id alone, or several videos may be the one.
        UploadStuck: the server has the whole file but does not make the video.
        UploadFailed: no progress over many attempts; the upload can be resumed.
        Unprocessable: the file is not a video. ApiError: as for `pt.uploads.start`, e.g. 415 or TooLarge.
        ServerAway, ClientClosed, AuthenticationError and what else would meet every request end it at once. On any
            error `in_doubt` is True when the video may have been made, though no answer said so.
    """
    with SourceFile(Path(path)) as file:
        return await upload_from(
            pt,
            file,
            channelId=channelId,
            name=name,
            upload_id=upload_id,
            chunk_size=chunk_size,
            restart=restart,
            content_type=content_type,
            on_progress=on_progress,
            on_started=on_started,
            is_known=is_known,
            thumbnailfile=thumbnailfile,
            previewfile=previewfile,
            **fields,
        )


async def upload_from(
    pt: "PeerTube",
    file: Source,
    *,
    channelId: int,  # noqa: N803 - the wire's own name
    name: str,
    upload_id: Ticket | str | None = None,
    chunk_size: int = CHUNK,
    restart: bool = True,
    content_type: str | None = None,
    newest: int | None = None,
    on_progress: OnProgress | None = None,
    on_started: OnStarted | None = None,
    is_known: IsKnown | None = None,
    thumbnailfile: FileLike | None = None,
    previewfile: FileLike | None = None,
    **fields: Unpack[NewUpload],
) -> VideoId:
    """Upload what any `Source` gives, one that is elsewhere as well; the rest as for `upload`.

    Only what the server lacks is asked of it. `newest` is the id of the newest of the user's videos, where that is
    known already: it may be older than the upload, but not than another that is alike, unless `is_known` tells of it.
    """
    fields.setdefault("lastModified", secrets.token_hex(8))  # otherwise two equal announcements would be one upload
    call = pt.uploads.start(
        filename=file.name,
        size=file.size,
        content_type=content_type or video_type(file.name),
        channelId=channelId,
        name=name,
        thumbnailfile=thumbnailfile,
        previewfile=previewfile,
        **fields,
    )
    pt.prepare(call)  # raises for invalid fields, also when resuming needs no announcement
    file.check(upload_id)
    machine = Machine(file.size, chunk_size=chunk_size, resumed=upload_id is not None, restart=restart)
    end = _End(pt, Identity(channelId, name, file.name, file.size), is_known)
    driver = _Driver(pt, file, machine, call, end, on_progress=on_progress, on_started=on_started)
    driver.upload_id = upload_id.upload_id if isinstance(upload_id, Ticket) else upload_id or ""
    end.newest = upload_id.newest if isinstance(upload_id, Ticket) else newest
    async with end:
        return await driver.run()


class _End:
    """The end of one upload: its turn among equal ones, and the look for its video."""

    def __init__(self, pt: "PeerTube", identity: Identity, is_known: IsKnown | None) -> None:
        self._pt = pt
        self._identity = identity
        self._is_known = is_known
        self._turn: asyncio.Lock | None = None
        self.newest: int | None = None
        self.doubt = ""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._turn is not None:
            self._turn.release()

    async def begin(self) -> None:
        """Wait until no equal upload is at its end."""
        if self._turn is None:
            turn = ends_of(self._pt).turn(self._identity)
            await turn.acquire()
            self._turn = turn

    async def mark(self) -> None:
        """Remember which videos were there before the upload; an earlier mark stays valid."""
        if self.newest is None:
            self.newest = await newest_of(self._pt)

    async def look(self, machine: Machine, upload_id: str) -> None:
        """Report to the machine which video the upload made, if that can be known."""
        self.doubt = ""
        try:
            video = await find(self._pt, self._identity, upload_id, newest=self.newest, is_known=self._is_known)
        except (Undecided, errors.TransportError, errors.UnexpectedResponse, errors.ApiError) as exc:
            if errors.ends_run(exc):
                raise
            self.doubt = f" ({exc})"
            machine.not_sure()
        else:
            machine.found(video) if video is not None else machine.not_found()


class _Driver:
    """Carries out the machine's actions."""

    def __init__(
        self,
        pt: "PeerTube",
        file: Source,
        machine: Machine,
        announcement: Call[UploadStarted],
        end: _End,
        *,
        on_progress: OnProgress | None,
        on_started: OnStarted | None,
    ) -> None:
        self._pt = pt
        self._file = file
        self._machine = machine
        self._announcement = announcement
        self._end = end
        self._on_progress = on_progress
        self._on_started = on_started
        self._error: errors.PeerTubeError | None = None
        self.upload_id = ""

    async def run(self) -> VideoId:
        """Act until the video exists or the upload failed."""
        with told_of_all(self._machine, self._failed_because):
            return await self._act()

    async def _act(self) -> VideoId:
        while True:
            match self._machine.next():
                case Done(video):
                    ends_of(self._pt).came_of(self.upload_id, video)
                    self._tell(self._file.size)
                    return video
                case Lost() | GiveUp() as end:
                    raise self._failure(end) from self._error
                case Refused():
                    raise await self._let_go()
                case action:
                    await self._do(action)

    async def _let_go(self) -> errors.PeerTubeError:
        """Return why there is no video; without a cancel, 6.3 refuses an unreadable file again for an hour."""
        assert self._error is not None  # noqa: S101 - a refusal was an error
        if isinstance(self._error, errors.Unprocessable):
            await self._cancel()
        return self._error

    async def _cancel(self) -> None:
        with suppress(errors.PeerTubeError):
            await self._pt.uploads.cancel(self.upload_id)

    async def _do(self, action: Start | Ask | Wait | Send | Look) -> None:
        match action:
            case Start():
                await self._start()
            case Wait(seconds):
                await asyncio.sleep(seconds * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, not a secret
                self._machine.rested()
            case Ask():
                await self._ask()
            case Send():
                await self._send(action)
            case Look():
                await self._end.begin()
                await self._end.look(self._machine, self.upload_id)
                if isinstance(self._machine.next(), Start):
                    await self._cancel()  # else 6.3 takes one announced alike for one whose video is being made

    async def _start(self) -> None:
        await self._end.mark()
        answer = await self._announcement
        self.upload_id = answer["upload_id"]
        self._machine.started(answer["offset"])
        if self._on_started is not None:
            told = self._on_started(Ticket(self.upload_id, self._file.size, self._file.modified, self._end.newest))
            if inspect.isawaitable(told):
                await told

    async def _ask(self) -> None:
        if self._machine.perhaps_finished:
            await self._end.begin()
        await self._put(self._pt.uploads.status(self.upload_id, self._file.size), None)

    async def _send(self, chunk: Send) -> None:
        if chunk.end == self._file.size:
            await self._end.begin()
        try:
            data = await self._file.fetch(chunk.begin, chunk.end)
        except errors.FileChanged as exc:
            exc.upload_id = self.upload_id
            raise
        await self._put(self._pt.uploads.chunk(self.upload_id, data, chunk.begin, self._file.size), chunk)

    async def _put(self, call: Call[UploadProgress], sent: Send | None) -> None:
        try:
            answer = await call
        except errors.PeerTubeError as exc:
            if is_last(exc):
                left = exc.in_doubt or isinstance(exc, errors.ClientClosed)  # which says nothing of what was sent
                self._machine.broken_off(sent if left else None)
                raise
            self._error = exc
            report(self._machine, exc, sent)
        else:
            self._accepted(answer, sent)

    def _accepted(self, answer: UploadProgress, sent: Send | None) -> None:
        if answer["video"] is not None:
            self._machine.finished(answer["video"])
            return
        self._machine.answered(answer["offset"], sent)
        self._tell(self._machine.offset)

    def _tell(self, offset: int | None) -> None:
        if self._on_progress is not None and offset is not None:
            self._on_progress(offset, self._file.size)

    def _failure(self, end: Lost | GiveUp) -> errors.UploadFailed:
        kind = errors.UploadFailed
        message = f"the upload made no progress: {self._error}."
        if isinstance(end, Lost):
            kind, message = errors.UploadUnknown, "the server no longer knows the upload."
        elif end.stuck:
            kind, message = errors.UploadStuck, f"the server does not finish the upload: {self._error}."
        return self._failed_because(kind, message, perhaps=end.perhaps_finished)

    def _failed_because(self, kind: type[errors.UploadFailed], why: str, *, perhaps: bool) -> errors.UploadFailed:
        if perhaps:
            why += f" It may have made the video: look for it before you upload the file again.{self._end.doubt}"
        return kind(why, upload_id=self.upload_id, perhaps_finished=perhaps)
