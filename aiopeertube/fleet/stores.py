"""Where a crawl is kept: a folder, or whatever fsspec knows. What is written is there as a whole, or not at all."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Protocol
from urllib.parse import urlsplit

from filelock import BaseFileLock, FileLock, Timeout

from aiopeertube.errors import ConfigurationError


class Store(Protocol):
    """Files by their paths, which have slashes between their parts; for one writer of each file at a time."""

    url: str

    def read(self, path: str) -> bytes | None:
        """Return what is in a file; None where there is none."""
        ...

    def writing(self, path: str, *, lasting: bool = False) -> Any:
        """Return a context manager that gives a binary stream; at its end the file is there.

        With `lasting` it survives that the machine goes down in the next moment.
        """
        ...

    def names(self, folder: str) -> list[str]:
        """Return the names in a folder, in order; [] where there is none."""
        ...

    def remove(self, folder: str) -> None:
        """Remove a file, or a folder and all in it."""
        ...

    def lock(self) -> "BaseFileLock | None":
        """Return a lock that keeps others of this machine away until it is released; None where there is none."""
        ...


def write(store: Store, path: str, data: bytes, *, lasting: bool = False) -> None:
    """Write a file."""
    with store.writing(path, lasting=lasting) as stream:
        stream.write(data)


class Folder:
    """A folder of this machine, or one that several share."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.url = str(root)

    def read(self, path: str) -> bytes | None:
        """Return what is in a file."""
        try:
            return (self._root / path).read_bytes()
        except FileNotFoundError:
            return None

    @contextmanager
    def writing(self, path: str, *, lasting: bool = False) -> Iterator[BinaryIO]:
        """Give a stream beside the file; a kill leaves the file as it was."""
        final = self._root / path
        final.parent.mkdir(parents=True, exist_ok=True)
        beside = final.with_name(f".{final.name}.part")
        try:
            with beside.open("wb") as stream:
                yield stream
                stream.flush()
                if lasting:
                    os.fsync(stream.fileno())
            beside.replace(final)
        except OSError as exc:
            exc.filename = exc.filename or str(final)  # a full disk does not say where it is
            raise

    def names(self, folder: str) -> list[str]:
        """Return the names in a folder."""
        try:
            found = [path.name for path in (self._root / folder).iterdir()]
        except FileNotFoundError:
            return []
        return sorted(name for name in found if not name.startswith("."))

    def remove(self, folder: str) -> None:
        """Remove a file or a folder."""
        with suppress(FileNotFoundError):
            if (found := self._root / folder).is_dir():
                shutil.rmtree(found)
            else:
                found.unlink()

    def lock(self) -> BaseFileLock:
        """Lock the folder."""
        self._root.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._root / ".lock")
        try:
            lock.acquire(blocking=False)
        except Timeout:
            raise ConfigurationError(f"another run is at work in {self.url}", option="journal") from None
        return lock

    def __repr__(self) -> str:
        return f"<Folder {self.url}>"


class Objects:
    """Anything that fsspec knows, like s3://bucket/crawl; each machine brings its own credentials for it."""

    def __init__(self, url: str) -> None:
        try:
            import fsspec  # noqa: PLC0415 - an extra
        except ImportError:
            raise _needs_fsspec(url) from None
        self.url = url.rstrip("/")
        try:
            self._fs, self._root = fsspec.core.url_to_fs(self.url)
        except (ValueError, ImportError) as exc:
            raise ConfigurationError(f"{url}: {exc}") from exc

    def read(self, path: str) -> bytes | None:
        """Return what is in an object."""
        try:
            with self._asked():
                self._fs.invalidate_cache()
                data: bytes = self._fs.cat_file(self._at(path))
        except FileNotFoundError:
            return None
        return data

    @contextmanager
    def writing(self, path: str, *, lasting: bool = False) -> Iterator[BinaryIO]:
        """Give a stream; the object is there when it is closed, and lasts."""
        with self._asked():
            self._fs.makedirs(self._at(path).rpartition("/")[0], exist_ok=True)
            with self._fs.open(self._at(path), "wb") as stream:
                yield stream

    def names(self, folder: str) -> list[str]:
        """Return the names in a folder."""
        try:
            with self._asked():
                self._fs.invalidate_cache()
                found = self._fs.ls(self._at(folder), detail=False)
        except FileNotFoundError:
            return []
        return sorted(path.rstrip("/").rpartition("/")[2] for path in found)

    def remove(self, folder: str) -> None:
        """Remove a file or a folder."""
        with suppress(FileNotFoundError), self._asked():
            self._fs.rm(self._at(folder), recursive=True)

    def lock(self) -> None:
        """Do nothing: stores of objects have no locks."""

    @contextmanager
    def _asked(self) -> Iterator[None]:
        """Tell what goes wrong as an error of files, whatever the kind of store calls it."""
        try:
            yield
        except OSError as exc:
            exc.filename = exc.filename or self.url
            raise
        except Exception as exc:
            raise OSError(errno.EIO, f"{type(exc).__name__}: {exc}", self.url) from exc

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}"

    def __repr__(self) -> str:
        return f"<Objects {self.url}>"


def store_at(where: str | os.PathLike[str]) -> Store:
    """Return the store at a path or an address like s3://bucket/crawl.

    Raises:
        ConfigurationError: it is empty, or holds credentials, or nothing here knows its kind.
    """
    text = os.fspath(where)
    if not text.strip():
        raise ConfigurationError("journal: that is no folder and no address", option="journal")
    if "://" not in text:
        return Folder(Path(text).absolute())
    if text.startswith(("file://", "local://")):
        return Folder(Path(text.partition("://")[2]).absolute())
    parts = urlsplit(text)
    if parts.password or parts.username or parts.query:
        why = "credentials do not belong in an address; give them to each machine as its kind of store expects them"
        raise ConfigurationError(f"journal: {why}", option="journal")
    return Objects(text)


def _needs_fsspec(url: str) -> ConfigurationError:
    message = f"{url.partition('://')[0]}:// needs fsspec, which is not installed; install aiopeertube[dask]"
    return ConfigurationError(message)
