"""Bearer tokens as values, and the file that keeps them between runs and processes."""

import asyncio
import os
import stat
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import filelock
import orjson

from aiopeertube.errors import ConfigurationError

_LOCK_POLL: Final = 0.02


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token. `expires_at` and `refresh_expires_at` are epoch seconds, None when unknown."""

    access: str = field(repr=False)
    refresh: str | None = field(default=None, repr=False)
    expires_at: float | None = None
    refresh_expires_at: float | None = None

    def expired(self, now: float) -> bool:
        """Tell whether it is (nearly) over at epoch `now`: the last second of a token is not worth a try."""
        return self.expires_at is not None and now >= self.expires_at - 1.0


class TokenFile:
    """A saved token: a file readable by its owner alone, changed only under a lock that processes share.

    `origin` and `username` are stored with it, so that the token of one account is never sent for another.
    """

    def __init__(self, path: Path, *, origin: str, username: str | None) -> None:
        self.path = path
        self._origin = origin
        self._username = username
        self._lock = filelock.FileLock(f"{path}.lock", mode=0o600, thread_local=False)

    @asynccontextmanager
    async def locked(self) -> AsyncIterator[None]:
        """Hold the lock; waiting for another process does not block the event loop."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        while True:
            try:
                self._lock.acquire(blocking=False)
                break
            except filelock.Timeout:
                await asyncio.sleep(_LOCK_POLL)
        try:
            yield
        finally:
            self._lock.release()

    def load(self) -> Token | None:
        """Read the token; None when there is none for this origin and user.

        Raises:
            ConfigurationError: the file is not one of ours, or others can read it.
        """
        try:
            data = self.path.read_bytes()
            mode = self.path.stat().st_mode
        except FileNotFoundError:
            return None
        except OSError as exc:
            raise ConfigurationError(f"cannot read the saved token {self.path}: {exc.strerror}") from exc
        if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ConfigurationError(f"others can read the saved token {self.path}; run: chmod 600 {self.path}")
        return self._checked(data)

    def _checked(self, data: bytes) -> Token | None:
        try:
            saved: dict[str, Any] = orjson.loads(data)
            token = Token(**saved["token"])
        except (orjson.JSONDecodeError, KeyError, TypeError):
            saved = {}
        if not saved:
            raise ConfigurationError(f"{self.path} is not a saved token; remove it and log in again")
        user_differs = self._username is not None and saved.get("username") not in {None, self._username}
        return None if saved.get("origin") != self._origin or user_differs else token

    def saved_username(self) -> str | None:
        """Return whose token is saved, None when that is not known."""
        try:
            saved = orjson.loads(self.path.read_bytes())
        except (OSError, orjson.JSONDecodeError):
            return None
        name = saved.get("username") if isinstance(saved, dict) else None
        return name if isinstance(name, str) else None

    def save(self, token: Token) -> None:
        """Replace the file in one step: a reader sees the old token or the new one, never half of one."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        username = self._username or self.saved_username()
        data = orjson.dumps({"origin": self._origin, "username": username, "token": asdict(token)})
        # mkstemp makes the file readable by its owner alone from the start.
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self.path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def remove(self) -> None:
        """Forget the token."""
        self.path.unlink(missing_ok=True)

    def __repr__(self) -> str:
        return f"<TokenFile {self.path}>"
