"""Files that make no video: another file for one, and archives of users; by the same state machine."""

import asyncio
import inspect
import random
from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiopeertube import errors
from aiopeertube.types import UploadStarted
from aiopeertube.wire.call import Call
from aiopeertube.wire.files import video_type
from aiopeertube.wire.identifiers import VideoRef

from .driver import OnProgress, OnStarted
from .file import SourceFile, Ticket
from .machine import CHUNK, Ask, Done, GiveUp, Look, Lost, Machine, Refused, Send, Start, Wait
from .refusals import is_last, report, told_of_all

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube


async def replace(
    pt: "PeerTube",
    video: VideoRef,
    path: str | PathLike[str],
    *,
    upload_id: Ticket | str | None = None,
    chunk_size: int = CHUNK,
    content_type: str | None = None,
    on_progress: OnProgress | None = None,
    on_started: OnStarted | None = None,
) -> None:
    """Give a video another file, in chunks, across lost connections; it uses memory for one chunk.

    The options are those of `upload`.

    Raises:
        FileUnreadable, FileChanged, InvalidIdentifier: before anything is sent.
        NotPermitted: the instance does not allow it. Unprocessable: the file is not a video.
        UploadUnknown: with `perhaps_finished` the file may have arrived: `pt.videos.source.get` tells. UploadFailed.
    """
    chunks = pt.videos.source.replacements(video)
    with SourceFile(Path(path)) as file:
        kind = content_type or video_type(file.name)
        call = chunks.start(filename=file.name, size=file.size, content_type=kind)
        sending = _Sending(
            pt,
            chunks,
            call,
            file,
            chunk_size=chunk_size,
            upload_id=upload_id,
            on_progress=on_progress,
            on_started=on_started,
        )
        await sending.run(lambda answer: answer["replaced"])


async def import_archive(
    pt: "PeerTube",
    user: int,
    path: str | PathLike[str],
    *,
    upload_id: Ticket | str | None = None,
    chunk_size: int = CHUNK,
    on_progress: OnProgress | None = None,
    on_started: OnStarted | None = None,
) -> int:
    """Send an archive of another server, a .zip file, in chunks; return the id of its import.

    The options are those of `upload`; `pt.users.imports.latest` tells how far the import is.

    Raises:
        FileUnreadable, FileChanged, InvalidField: before anything is sent.
        NotPermitted, BadRequest: the instance does not allow it, or an import is running.
        UploadUnknown: with `perhaps_finished` it may have arrived: `latest` tells. UploadFailed.
    """
    chunks = pt.users.imports.uploads(user)
    with SourceFile(Path(path)) as file:
        call = chunks.start(filename=file.name, size=file.size)
        sending = _Sending(
            pt,
            chunks,
            call,
            file,
            chunk_size=chunk_size,
            upload_id=upload_id,
            on_progress=on_progress,
            on_started=on_started,
        )
        answer = await sending.run(lambda answer: answer["userImport"] is not None)
    number: int = answer["userImport"]["id"]
    return number


class _Sending:
    """Carries out the machine's actions for one file."""

    def __init__(
        self,
        pt: "PeerTube",
        chunks: Any,  # the calls of one path: their answers differ
        announcement: Call[UploadStarted],
        file: SourceFile,
        *,
        chunk_size: int,
        upload_id: Ticket | str | None,
        on_progress: OnProgress | None,
        on_started: OnStarted | None,
    ) -> None:
        pt.prepare(announcement)  # raises for what is wrong, also when resuming needs no announcement
        file.check(upload_id)
        self._chunks = chunks
        self._announcement = announcement
        self._file = file
        self._machine = Machine(file.size, chunk_size=chunk_size, resumed=upload_id is not None)
        self._on_progress = on_progress
        self._on_started = on_started
        self._id = upload_id.upload_id if isinstance(upload_id, Ticket) else upload_id or ""
        self._error: errors.PeerTubeError | None = None

    async def run(self, is_end: Callable[[Any], bool]) -> Any:
        """Act until an answer is the end, or the upload failed."""
        with told_of_all(self._machine, self._failed_because):
            return await self._act(is_end)

    async def _act(self, is_end: Callable[[Any], bool]) -> Any:
        while True:
            match self._machine.next():
                case Start():
                    await self._start()
                case Wait(seconds):
                    await asyncio.sleep(seconds * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, not a secret
                    self._machine.rested()
                case Ask() | Send() as action:
                    answer = await self._ask_or_send(action)
                    if answer is not None and is_end(answer):
                        self._tell(self._file.size)
                        return answer
                    self._answered(answer, action)
                case Look():
                    self._machine.not_sure()  # nothing here tells an earlier end from another one
                case Refused():
                    assert self._error is not None  # noqa: S101 - a refusal was an error
                    raise self._error
                case Lost() | GiveUp() | Done() as end:
                    raise self._failure(end) from self._error

    async def _start(self) -> None:
        answer = await self._announcement
        self._id = answer["upload_id"]
        self._machine.started(answer["offset"])
        if self._on_started is not None:
            told = self._on_started(Ticket(self._id, self._file.size, self._file.modified))
            if inspect.isawaitable(told):
                await told

    async def _ask_or_send(self, action: Ask | Send) -> Any:
        """Return the answer; None when there was none, of which the machine knows then."""
        sent = action if isinstance(action, Send) else None
        call = self._chunks.status(self._id, self._file.size) if sent is None else await self._chunk(sent)
        try:
            return await call
        except errors.PeerTubeError as exc:
            if is_last(exc):
                left = exc.in_doubt or isinstance(exc, errors.ClientClosed)  # which says nothing of what was sent
                self._machine.broken_off(sent if left else None)
                raise
            self._error = exc
            report(self._machine, exc, sent)
            return None

    async def _chunk(self, chunk: Send) -> Call[Any]:
        try:
            data = await self._file.fetch(chunk.begin, chunk.end)
        except errors.FileChanged as exc:
            exc.upload_id = self._id
            raise
        call: Call[Any] = self._chunks.chunk(self._id, data, chunk.begin, self._file.size)
        return call

    def _answered(self, answer: Any, action: Ask | Send) -> None:
        if answer is not None:
            self._machine.answered(answer["offset"], action if isinstance(action, Send) else None)
            self._tell(self._machine.offset)

    def _tell(self, offset: int | None) -> None:
        if self._on_progress is not None and offset is not None:
            self._on_progress(offset, self._file.size)

    def _failure(self, end: Lost | GiveUp | Done) -> errors.UploadFailed:
        kind: type[errors.UploadFailed] = errors.UploadUnknown if isinstance(end, Lost) else errors.UploadFailed
        perhaps = not isinstance(end, Done) and end.perhaps_finished
        return self._failed_because(kind, f"the upload made no progress: {self._error}.", perhaps=perhaps)

    def _failed_because(self, kind: type[errors.UploadFailed], why: str, *, perhaps: bool) -> errors.UploadFailed:
        why += " It may have arrived: look before you send the file again." if perhaps else ""
        return kind(why, upload_id=self._id, perhaps_finished=perhaps)
