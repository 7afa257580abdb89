"""The numbers as a file, for unattended runs that nobody can scrape."""

import asyncio
import logging
import os
import secrets
import stat
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from aiopeertube._settings import seconds
from aiopeertube.errors import ConfigurationError

from .prometheus import labels_of, text

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

log = logging.getLogger("aiopeertube.metrics")

_EVERY: Final = 15.0  # seconds
_OURS: Final = (
    "# HELP aiopeertube_running Whether the run is under way.\n"
    "# TYPE aiopeertube_running gauge\naiopeertube_running{{{labels}}} {running}\n"
    "# HELP aiopeertube_updated_timestamp_seconds When these numbers were written.\n"
    "# TYPE aiopeertube_updated_timestamp_seconds gauge\n"
    "aiopeertube_updated_timestamp_seconds{{{labels}}} {now:.3f}\n"
)


def check_place(path: str | Path) -> None:
    """See that what is at a path may be replaced: a device or a pipe would be one no more.

    Raises:
        ConfigurationError: it may not.
    """
    with suppress(OSError, ValueError):  # there is nothing, or writing tells what is wrong
        if not stat.S_ISREG(Path(path).stat().st_mode):
            message = f"cannot write the metrics to {path}: it is no plain file, and would be replaced by one"
            raise ConfigurationError(message, option="metrics_file")


class MetricsFile:
    """Keeps a client's numbers in a file, from when it is entered until it is left.

    It is replaced in one step, every 15 s and at the end, and is readable by everybody as the umask allows.
    `outcomes` gives what became of items so far, by state. That it cannot be written any more ends no run, and is in
    the log.

    Raises:
        ConfigurationError: `every` is no span of time in seconds; when it is entered: it cannot be written.
    """

    def __init__(
        self,
        pt: "PeerTube",
        path: str | Path,
        *,
        every: float = _EVERY,
        outcomes: Callable[[], Mapping[str, int]] | None = None,
    ) -> None:
        self._pt = pt
        self.path = Path(path)
        self._every = seconds("every", every)
        self._outcomes = outcomes
        self._timer: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> Self:
        check_place(self.path)
        try:
            self._write(running=True)
        except OSError as exc:
            raise ConfigurationError(
                f"cannot write the metrics to {self.path}: {exc.strerror or exc}", option="metrics_file"
            ) from None
        self._timer = asyncio.get_running_loop().call_later(self._every, self._tick)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._try(running=False)

    def _tick(self) -> None:
        self._try(running=True)
        self._timer = asyncio.get_running_loop().call_later(self._every, self._tick)

    def _try(self, *, running: bool) -> None:
        try:
            self._write(running=running)
        except OSError as exc:
            log.warning("cannot write the metrics to %s: %s", self.path, exc.strerror or exc)

    def _write(self, *, running: bool) -> None:
        """Replace the file; a collector that looks meanwhile sees the old one or the new one."""
        origin = self._pt.origin
        found = text(self._pt.statistics(), outcomes=self._outcomes() if self._outcomes else None, instance=origin)
        ours = _OURS.format(labels=labels_of({"instance": origin}), running=int(running), now=time.time())
        part = self.path.with_name(f".{self.path.name}.{secrets.token_hex(4)}.part")
        try:
            with part.open("x", encoding="utf-8") as file:
                file.write(found + ours)
                file.flush()
                os.fsync(file.fileno())
            part.replace(self.path)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def __repr__(self) -> str:
        return f"<MetricsFile {self.path}>"
