"""What videos are called while they are measured with, on the disk: a kill must not leave their titles to nobody."""

import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import filelock
import orjson

from aiopeertube._folders import state_folder
from aiopeertube.errors import ConfigurationError

SUFFIX: Final = " (measured)"
_LONGEST: Final = 120  # characters of a title


def measured_title(title: str) -> str:
    """Return what a video is called while it is measured with."""
    return title[: _LONGEST - len(SUFFIX)] + SUFFIX


def is_measured(now: str, title: str) -> bool:
    """Tell whether a video is called as it is while it is measured with; a server may have put blanks in order."""
    return now.split() == measured_title(title).split()


class Titles:
    """The titles of an instance's videos that are to be put back, for one run at a time; use it with `with`.

    Raises (when it is entered):
        ConfigurationError: another run has them, or they cannot be kept or read.
    """

    def __init__(self, origin: str) -> None:
        folder = state_folder()
        if folder is None:
            message = "there is no home to keep titles in meanwhile: set HOME or XDG_STATE_HOME, or name no videos"
            raise ConfigurationError(message)
        name = re.sub(r"[^A-Za-z0-9.-]", "_", origin.partition("://")[2])
        self.path: Path = folder / "bench" / f"{name}.json"
        self._lock = filelock.FileLock(f"{self.path}.lock")

    def __enter__(self) -> Self:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(blocking=False)
        except filelock.Timeout:
            raise ConfigurationError(f"another run has the titles in {self.path}; wait for its end") from None
        except OSError as exc:
            raise ConfigurationError(f"cannot keep titles in {self.path}: {exc.strerror or exc}") from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()

    def left(self) -> dict[str, str]:
        """Return the titles that are not put back yet, by the videos' UUIDs.

        Raises:
            ConfigurationError: they cannot be read.
        """
        try:
            found = orjson.loads(self.path.read_bytes())
            return {str(video): str(title) for video, title in found.items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, AttributeError) as exc:
            message = f"cannot read the titles that an earlier run left in {self.path}: {exc}; look, and remove it"
            raise ConfigurationError(message) from None

    def keep(self, titles: Mapping[str, str]) -> None:
        """Have these on the disk, and no others.

        Raises:
            ConfigurationError: they cannot be kept.
        """
        try:
            if titles:
                self._write(orjson.dumps(dict(titles), option=orjson.OPT_INDENT_2))
            else:
                self.path.unlink(missing_ok=True)
        except OSError as exc:
            raise ConfigurationError(f"cannot keep titles in {self.path}: {exc.strerror or exc}") from None

    def _write(self, data: bytes) -> None:
        part = self.path.with_name(f".{self.path.name}.{secrets.token_hex(4)}.part")
        try:
            with part.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(self.path)
        finally:
            part.unlink(missing_ok=True)

    def __repr__(self) -> str:
        return f"<Titles in {self.path}>"
