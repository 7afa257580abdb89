"""Where a table is written to: a file that gets its name when it is whole, or a stream."""

import os
import secrets
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from aiopeertube.errors import ConfigurationError


class Target:
    """Bytes go to `stream`, which is beside the final file until `commit`."""

    def __init__(self, path: str, *, overwrite: bool) -> None:
        self._final: Path | None = None
        self._temporary: Path | None = None
        self._overwrite = overwrite
        self.ended = False
        if path == "-":
            self.stream: BinaryIO = sys.stdout.buffer
            return
        given = Path(path)
        try:
            # A pipe, a terminal, /dev/stdout: there is nothing to rename.
            # A link stays a link; what it leads to is replaced.
            is_stream = given.exists() and not given.is_file() and not given.is_dir()
            self.stream = given.open("wb") if is_stream else self._open(given.resolve())
        except OSError as exc:
            raise ConfigurationError(f"cannot write {path}: {exc.strerror or exc}") from exc

    def _open(self, final: Path) -> BinaryIO:
        if final.is_dir():
            raise ConfigurationError(f"cannot write {final}: it is a directory")
        self._refuse_existing(final, "")
        self._final = final
        self._temporary = final.with_name(f".{final.name}.{secrets.token_hex(4)}.part")
        return self._temporary.open("xb")

    def _refuse_existing(self, final: Path, more: str) -> None:
        if final.exists() and not self._overwrite:
            raise ConfigurationError(f"{final} is already there{more}", option="overwrite")

    def commit(self) -> None:
        """End it, and give it its name."""
        self.stream.flush()
        if self._temporary is None or self._final is None:
            self.ended = True
            self._close_pipe()
            return
        os.fsync(self.stream.fileno())
        self.stream.close()
        self.ended = True
        self._refuse_existing(self._final, f"; what was written is in {self._temporary}")
        self._temporary.replace(self._final)

    def abort(self) -> None:
        """Leave nothing behind."""
        if self.ended:
            return
        self.ended = True
        if self._temporary is None:
            with suppress(OSError):
                self._close_pipe()
            return
        with suppress(OSError):  # a full disk is why we are here, perhaps
            self.stream.close()
        self._temporary.unlink(missing_ok=True)

    def _close_pipe(self) -> None:
        if self.stream is not sys.stdout.buffer:
            self.stream.close()


class TargetSink:
    """A sink over a target: commits when all is well, leaves nothing where not."""

    def __init__(self, target: Target) -> None:
        self._target = target

    @property
    def stream(self) -> BinaryIO:
        """Where its bytes go."""
        return self._target.stream

    def _finish(self) -> None:
        """Write what comes at the end."""

    def _discard(self) -> None:
        """Let go of what is not in the target."""

    def close(self) -> None:
        """End the table; only now it has its name. Once more does nothing."""
        if self._target.ended:
            return
        try:
            self._finish()
            self._target.commit()
        except BaseException:
            self.abort()
            raise

    def abort(self) -> None:
        """Leave nothing behind."""
        self._discard()
        self._target.abort()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.abort()
