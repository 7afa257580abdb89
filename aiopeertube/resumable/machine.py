"""Decides what a chunked upload does next: offsets and failures in, actions out, no I/O."""

from dataclasses import dataclass
from typing import Final

from aiopeertube.types import VideoId
from aiopeertube.wire.sendable import whole_problem

CHUNK: Final = 8 * 1024 * 1024
SMALLEST: Final = 256 * 1024  # chunks shrink to this when they keep failing
MISSES: Final = 8  # consecutive failures without progress before giving up
RESTARTS: Final = 3
PATIENCE: Final = 600.0  # seconds that a server may be busy with an upload
_PAUSES: Final = (0.25, 15.0)  # seconds: after the first failure, and at most; they double
_BUSY_PAUSES: Final = (1.0, 30.0)


@dataclass(frozen=True, slots=True)
class Start:
    """Announce the upload."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask the server how much it has."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait for `seconds`."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Send:
    """Send the bytes from `begin` up to, not including, `end`."""

    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Look:
    """Look for the video among the user's own: no answer tells whether it exists."""


@dataclass(frozen=True, slots=True)
class Done:
    """Stop: the video exists."""

    video: VideoId


@dataclass(frozen=True, slots=True)
class Lost:
    """Stop: the server no longer knows the upload, and it must not be started over."""

    perhaps_finished: bool


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Stop: the upload makes no progress; `stuck` when that is due to the server."""

    perhaps_finished: bool
    stuck: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """Stop: the server refuses the upload."""


Action = Start | Ask | Wait | Send | Look | Done | Lost | GiveUp | Refused


class Machine:
    """Decides what an upload of `size` bytes does next.

    Call `next()`, carry out the action, and report the result with one of the other methods; `sent` is the Send that
    an event answers, None after an Ask. With `resumed`, the upload was begun earlier, so the server is asked first.
    It always ends, whatever the events: each failure without progress counts.

    Once the last byte may have arrived, no refusal says what became of it: 404, 422 and silence also follow when the
    video was made (8.2 answers 422 to every request just after). Then the machine wants a `Look`, and its result
    decides.
    """

    def __init__(
        self,
        size: int,
        *,
        chunk_size: int = CHUNK,
        resumed: bool = False,
        restart: bool = True,
        patience: float = PATIENCE,
    ) -> None:
        if whole_problem("size", size, 1) or whole_problem("chunk_size", chunk_size, 1):
            raise ValueError(f"size and chunk size must be positive, not {size} and {chunk_size}")
        self.size = size
        self.chunk_size = chunk_size
        self.offset: int | None = None  # the server's offset; None: ask for it
        self.perhaps_finished = resumed
        self._smallest = min(chunk_size, SMALLEST)
        self._begun = resumed
        self._whole: int | None = None  # bytes sent so far without a gap; None: ask the server
        self._confirmed = self._best = 0
        self._misses = self._restarts = self._waits = 0
        self._may_restart = restart
        self._patience = self._patience_left = patience
        self._pause = 0.0
        self._end: Action | None = None
        self._if_none: Action | None = None  # the end when there is no video; None: start over
        self._broken = False  # making the video seems to have failed

    def next(self) -> Action:
        """Return the next action; the same until an event is reported."""
        if self._end is not None:
            return self._end
        if self._misses > MISSES:
            self._give_up(stuck=False)
            return self.next()
        if self._pause:
            return Wait(self._pause)
        if not self._begun:
            return Start()
        if self.offset is None:
            return Ask()
        # It has all bytes but has not finished: sending the last byte again makes it see the end.
        begin = min(self.offset, self.size - 1)
        return Send(begin, min(self.size, begin + self.chunk_size))

    def started(self, offset: int) -> None:
        """Take in that the server gave an id, and has `offset` bytes of the same upload."""
        self._begun = True
        self._whole = self._confirmed = self.offset = min(offset, self.size)
        self._best = max(self._best, self._whole)

    def answered(self, offset: int | None, sent: Send | None) -> None:
        """Take in that the server has `offset` bytes and is not finished."""
        self._note(sent)
        if offset is None:
            self.failed(sent)
            return
        self.perhaps_finished = self._broken = False
        self._whole = min(offset, self.size) if self._whole is None else self._whole
        offset = min(offset, self._whole)  # bytes beyond those sent are not ours: overwrite them
        stands = sent is not None and (offset <= sent.begin or offset == self.size)
        self._misses += stands or offset < self._confirmed
        if offset > self._best:
            self._best, self._misses, self._waits, self._patience_left = offset, 0, 0, self._patience
        self._confirmed = self.offset = offset

    def finished(self, video: VideoId) -> None:
        """Take in that the server made the video."""
        self._end = Done(video)

    def rested(self) -> None:
        """Take in that the pause is over."""
        self._pause = 0.0

    def failed(self, sent: Send | None) -> None:
        """Take in that no usable answer came: the server may have any part of the chunk."""
        self._note(sent)
        self.offset = None
        self._misses += 1
        self._pause = min(_PAUSES[1], _PAUSES[0] * 2.0 ** (self._misses - 1))
        if sent is not None and self._misses > 1:
            self._shrink()

    def crashed(self, sent: Send | None) -> None:
        """Take in a 500: if the server had all bytes, it failed to make the video."""
        self.failed(sent)
        self._broken = self.perhaps_finished

    def busy(self, sent: Send | None, *, making: bool) -> None:
        """Take in that another chunk is being received (423), or that the server is `making` the video (503)."""
        self._note(sent)
        self.offset = None
        self._pause = min(_BUSY_PAUSES[1], _BUSY_PAUSES[0] * 2.0**self._waits)
        self._waits += 1
        self._patience_left -= self._pause
        if self._patience_left < 0 or (making and self._broken):
            self._give_up(stuck=True)

    def too_large(self) -> bool:
        """Take in that chunks of this size are refused (413); return whether smaller ones can be tried."""
        self.offset = None
        return self._shrink()

    def unknown(self, sent: Send | None) -> None:
        """Take in that the server does not know the upload."""
        self._note(sent)
        if self.perhaps_finished:
            self._look(None)
        else:
            self._start_over()

    def refused(self, sent: Send | None, *, unreadable: bool = False) -> None:
        """Take in a final refusal; `unreadable`: the file is not a video, or no longer there (422)."""
        before = self.perhaps_finished
        self._note(sent)
        if not self.perhaps_finished:
            self._end = Refused()
        else:
            self._look(None if unreadable and before else Refused())
            self.perhaps_finished = before

    def found(self, video: VideoId) -> None:
        """Take in that the look found the video."""
        self._end = Done(video)

    def not_found(self) -> None:
        """Take in that the look found that there is no video."""
        if self._if_none is None:
            self._start_over()
        else:
            self._end = self._if_none
            self.perhaps_finished = self.perhaps_finished and not isinstance(self._end, Refused)

    def not_sure(self) -> None:
        """Take in that the look did not tell."""
        self._end = self._if_none or Lost(perhaps_finished=True)

    def broken_off(self, sent: Send | None) -> None:
        """Take in that the upload goes no further here; the server may have received `sent`."""
        self._note(sent)

    # -- inside ----------------------------------------------------------------------------------

    def _look(self, if_none: Action | None) -> None:
        self._if_none, self._end, self._pause = if_none, Look(), 0.0

    def _give_up(self, *, stuck: bool) -> None:
        end = GiveUp(self.perhaps_finished, stuck)
        if self.perhaps_finished:
            self._look(end)
        else:
            self._end = end

    def _start_over(self) -> None:
        self._restarts += 1
        may = self._may_restart and self._restarts <= RESTARTS
        self._end = None if may else Lost(perhaps_finished=False)
        self._begun = self.perhaps_finished = self._broken = False
        self.offset = None

    def _note(self, sent: Send | None) -> None:
        """Remember what the server may have received."""
        if sent is not None:
            self._whole = max(self._whole or 0, sent.end)
            self.perhaps_finished = self.perhaps_finished or sent.end == self.size

    def _shrink(self) -> bool:
        before = self.chunk_size
        self.chunk_size = max(self._smallest, before // 2)
        return self.chunk_size < before
