"""What an upload in chunks does next: offsets and failures in, actions out, no I/O."""

from dataclasses import dataclass
from typing import Final

from aiopeertube.types import VideoId
from aiopeertube.wire.sendable import whole_problem

CHUNK: Final = 8 * 1024 * 1024
SMALLEST: Final = 256 * 1024  # what chunks shrink to when they fail again and again
MISSES: Final = 8  # failures in a row without a byte of progress, before it is given up
RESTARTS: Final = 3
PATIENCE: Final = 600.0  # seconds for which a server may be busy with an upload
_PAUSES: Final = (0.25, 15.0)  # seconds after the first failure and at most; they double
_BUSY_PAUSES: Final = (1.0, 30.0)


@dataclass(frozen=True, slots=True)
class Start:
    """Announce the upload."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask the server how much it has."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Do nothing for so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Send:
    """Send the bytes from `begin` up to and without `end`."""

    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Look:
    """Look for the video among the user's own: no answer says whether there is one."""


@dataclass(frozen=True, slots=True)
class Done:
    """The video is there."""

    video: VideoId


@dataclass(frozen=True, slots=True)
class Lost:
    """The server does not know the upload any more, and it must not be begun anew."""

    perhaps_finished: bool


@dataclass(frozen=True, slots=True)
class GiveUp:
    """It comes to no end; `stuck` says that the server is the one that does not go on."""

    perhaps_finished: bool
    stuck: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """The server takes no more of it, and made no video."""


Action = Start | Ask | Wait | Send | Look | Done | Lost | GiveUp | Refused


class Machine:
    """Decides what an upload of `size` bytes does next.

    Ask for `next()`, do it, and tell what came of it with one of the other methods; `sent` is the Send that an
    event answers, None after an Ask. `resumed`: it was begun by somebody else, so the server is asked first.
    Whatever the events, it ends: each failure without progress counts.

    Once the last byte may have arrived, no refusal says what became of it: 404, 422 and silence are also what comes
    after a video was made (8.2 answers 422 to whatever it is asked right after). Then it wants a `Look`, and what
    that found decides.
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
            raise ValueError(f"size and chunk size are positive, not {size} and {chunk_size}")
        self.size = size
        self.chunk_size = chunk_size
        self.offset: int | None = None  # where the server is; None: it has to be asked
        self.perhaps_finished = resumed
        self._smallest = min(chunk_size, SMALLEST)
        self._begun = resumed
        self._whole: int | None = None  # up to here bytes were sent without a gap; None: the server will tell
        self._confirmed = self._best = 0
        self._misses = self._restarts = self._waits = 0
        self._may_restart = restart
        self._patience = self._patience_left = patience
        self._pause = 0.0
        self._end: Action | None = None
        self._if_none: Action | None = None  # how it ends when there is no video; None: it may begin anew
        self._broken = False  # making the video failed, as far as can be told

    def next(self) -> Action:
        """Return what to do; the same until an event is told."""
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
        # All is there and yet it goes on: one byte more makes the server see that it is the last.
        begin = min(self.offset, self.size - 1)
        return Send(begin, min(self.size, begin + self.chunk_size))

    def started(self, offset: int) -> None:
        """The server gave an id; `offset` bytes of the same upload are there already."""
        self._begun = True
        self._whole = self._confirmed = self.offset = min(offset, self.size)
        self._best = max(self._best, self._whole)

    def answered(self, offset: int | None, sent: Send | None) -> None:
        """The server has `offset` bytes, and is not finished."""
        self._note(sent)
        if offset is None:
            self.failed(sent)
            return
        self.perhaps_finished = self._broken = False
        self._whole = min(offset, self.size) if self._whole is None else self._whole
        offset = min(offset, self._whole)  # more than was sent is not ours: write over it rather than trust it
        stands = sent is not None and (offset <= sent.begin or offset == self.size)
        self._misses += stands or offset < self._confirmed
        if offset > self._best:
            self._best, self._misses, self._waits, self._patience_left = offset, 0, 0, self._patience
        self._confirmed = self.offset = offset

    def finished(self, video: VideoId) -> None:
        """The server made the video."""
        self._end = Done(video)

    def rested(self) -> None:
        """The pause is over."""
        self._pause = 0.0

    def failed(self, sent: Send | None) -> None:
        """No answer came, or none that makes sense: the server may have any part of it."""
        self._note(sent)
        self.offset = None
        self._misses += 1
        self._pause = min(_PAUSES[1], _PAUSES[0] * 2.0 ** (self._misses - 1))
        if sent is not None and self._misses > 1:
            self._shrink()

    def crashed(self, sent: Send | None) -> None:
        """The server failed by its own word (500): once it had all, it failed at making the video."""
        self.failed(sent)
        self._broken = self.perhaps_finished

    def busy(self, sent: Send | None, *, making: bool) -> None:
        """Another chunk is coming in (423), or the server is `making` the video (503)."""
        self._note(sent)
        self.offset = None
        self._pause = min(_BUSY_PAUSES[1], _BUSY_PAUSES[0] * 2.0**self._waits)
        self._waits += 1
        self._patience_left -= self._pause
        if self._patience_left < 0 or (making and self._broken):
            self._give_up(stuck=True)

    def too_large(self) -> bool:
        """Something on the way refuses chunks of this size (413); return whether there are smaller ones to try."""
        self.offset = None
        return self._shrink()

    def unknown(self, sent: Send | None) -> None:
        """The server does not know the upload."""
        self._note(sent)
        if self.perhaps_finished:
            self._look(None)
        else:
            self._begin_anew()

    def refused(self, sent: Send | None, *, unreadable: bool = False) -> None:
        """The server takes no more of it; `unreadable`: it finds no video in the file, or no file any more (422)."""
        before = self.perhaps_finished
        self._note(sent)
        if not self.perhaps_finished:
            self._end = Refused()
        else:
            self._look(None if unreadable and before else Refused())

    def found(self, video: VideoId) -> None:
        """The look found the video."""
        self._end = Done(video)

    def not_found(self) -> None:
        """The look found that there is none."""
        if self._if_none is not None:
            self._end = self._if_none
        else:
            self._begin_anew()

    def not_sure(self) -> None:
        """The look found nothing out."""
        self._end = self._if_none or Lost(perhaps_finished=True)

    # -- inside ----------------------------------------------------------------------------------

    def _look(self, if_none: Action | None) -> None:
        self._if_none, self._end, self._pause = if_none, Look(), 0.0

    def _give_up(self, *, stuck: bool) -> None:
        end = GiveUp(self.perhaps_finished, stuck)
        if self.perhaps_finished:
            self._look(end)
        else:
            self._end = end

    def _begin_anew(self) -> None:
        self._restarts += 1
        may = self._may_restart and self._restarts <= RESTARTS
        self._end = None if may else Lost(perhaps_finished=False)
        self._begun = self.perhaps_finished = self._broken = False
        self.offset = None

    def _note(self, sent: Send | None) -> None:
        """Remember what the server may have got."""
        if sent is not None:
            self._whole = max(self._whole or 0, sent.end)
            self.perhaps_finished = self.perhaps_finished or sent.end == self.size

    def _shrink(self) -> bool:
        before = self.chunk_size
        self.chunk_size = max(self._smallest, before // 2)
        return self.chunk_size < before
