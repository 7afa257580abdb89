"""Carries out the actions of the upload's state machine."""

import asyncio
import inspect
import random
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from aiopeertube import errors
from aiopeertube.types import NewUpload, UploadProgress, UploadStarted, VideoId
from aiopeertube.wire.call import Call
from aiopeertube.wire.files import FileLike, video_type

from .file import SourceFile, Ticket
from .machine import CHUNK, Ask, Done, GiveUp, Lost, Machine, Send, Start, Wait

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
    thumbnailfile: FileLike | None = None,
    previewfile: FileLike | None = None,
    **fields: Unpack[NewUpload],
) -> VideoId:
    """Upload a file in chunks, across lost connections and restarts of the server; return the video's identifiers.

    Each chunk is one request of the client, so parallel uploads share its rate limit and its slots. It uses memory
    for one chunk, whatever the file's size.

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
        thumbnailfile: An image of the video.
        previewfile: A larger image; 8.x makes one from the thumbnail.
        fields: Other fields of the video; without `privacy` it is private.

    Raises:
        FileUnreadable, InvalidField: before anything is sent; also for an empty file.
        FileChanged: the file changed since the upload began.
        UploadUnknown: the server no longer knows it. Look for the video if `perhaps_finished` is True.
        UploadStuck: the server has the whole file but does not make the video.
        UploadFailed: no progress over many attempts; the upload can be resumed.
        Unprocessable: the file is not a video. ApiError: as for `pt.uploads.start`, e.g. 415 or TooLarge.
    """
    fields.setdefault("lastModified", secrets.token_hex(8))  # otherwise two equal announcements would be one upload
    with SourceFile(Path(path)) as file:
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
        driver = _Driver(pt, file, machine, call, on_progress=on_progress, on_started=on_started)
        driver.upload_id = upload_id.upload_id if isinstance(upload_id, Ticket) else upload_id or ""
        return await driver.run()


class _Driver:
    """Carries out the machine's actions."""

    def __init__(
        self,
        pt: "PeerTube",
        file: SourceFile,
        machine: Machine,
        announcement: Call[UploadStarted],
        *,
        on_progress: OnProgress | None,
        on_started: OnStarted | None,
    ) -> None:
        self._pt = pt
        self._file = file
        self._machine = machine
        self._announcement = announcement
        self._on_progress = on_progress
        self._on_started = on_started
        self._error: errors.PeerTubeError | None = None
        self.upload_id = ""

    async def run(self) -> VideoId:
        """Act until the video exists or the upload failed."""
        while True:
            action = self._machine.next()
            if isinstance(action, Done):
                self._tell(self._file.size)
                return action.video
            if isinstance(action, Lost | GiveUp):
                raise self._failure(action) from self._error
            try:
                await self._do(action)
            except errors.Unprocessable:
                # Otherwise the server takes the upload for one in processing, and refuses it for an hour.
                with suppress(errors.PeerTubeError):
                    await self._pt.uploads.cancel(self.upload_id)
                raise

    async def _do(self, action: Start | Ask | Wait | Send) -> None:
        match action:
            case Start():
                await self._start()
            case Wait(seconds):
                await asyncio.sleep(seconds * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, not a secret
                self._machine.rested()
            case Ask():
                await self._put(self._pt.uploads.status(self.upload_id, self._file.size), None)
            case Send(begin, end):
                try:
                    data = await asyncio.to_thread(self._file.read, begin, end)
                except errors.FileChanged as exc:
                    exc.upload_id = self.upload_id
                    raise
                await self._put(self._pt.uploads.chunk(self.upload_id, data, begin, self._file.size), action)

    async def _start(self) -> None:
        answer = await self._announcement
        self.upload_id = answer["upload_id"]
        self._machine.started(answer["offset"])
        if self._on_started is not None:
            told = self._on_started(Ticket(self.upload_id, self._file.size, self._file.modified))
            if inspect.isawaitable(told):
                await told

    async def _put(self, call: Call[UploadProgress], sent: Send | None) -> None:
        try:
            answer = await call
        except errors.ApiError as exc:
            self._refused(exc, sent)
        except errors.RedirectRefused:
            raise
        except (errors.TransportError, errors.UnexpectedResponse) as exc:
            self._error = exc
            self._machine.failed(None if isinstance(exc, errors.ServerUnreachable) else sent)
        else:
            self._accepted(answer, sent)

    def _accepted(self, answer: UploadProgress, sent: Send | None) -> None:
        if answer["video"] is not None:
            self._machine.finished(answer["video"])
            return
        self._machine.answered(answer["offset"], sent)
        self._tell(self._machine.offset)

    def _refused(self, exc: errors.ApiError, sent: Send | None) -> None:
        """Report an error to the machine; raise it if it is final."""
        self._error = exc
        machine = self._machine
        if exc.status in {404, 410}:
            machine.unknown(sent)
        elif exc.status in {423, 503}:
            machine.busy(sent, making=exc.status == 503)
        elif exc.status == 500:
            machine.crashed(sent)
        elif exc.status > 500:
            machine.failed(sent)
        elif exc.status != 413 or not machine.too_large():
            raise exc

    def _tell(self, offset: int | None) -> None:
        if self._on_progress is not None and offset is not None:
            self._on_progress(offset, self._file.size)

    def _failure(self, end: Lost | GiveUp) -> errors.UploadFailed:
        perhaps = " It may have made the video: look for it before you upload the file again."
        kind = errors.UploadFailed
        message = f"the upload made no progress: {self._error}."
        if isinstance(end, Lost):
            kind, message = errors.UploadUnknown, "the server no longer knows the upload."
        elif end.stuck:
            kind, message = errors.UploadStuck, f"the server does not finish the upload: {self._error}."
        message += perhaps if end.perhaps_finished else ""
        return kind(message, upload_id=self.upload_id, perhaps_finished=end.perhaps_finished)
