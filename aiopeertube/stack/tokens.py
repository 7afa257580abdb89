"""Bearer tokens as values, and the file that keeps them between runs and processes."""

import asyncio
import errno
import logging
import math
import os
import stat
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, TypeGuard

import filelock
import orjson

from aiopeertube.errors import ConfigurationError, TokenFileBusy

from . import keyrings

log = logging.getLogger("aiopeertube.auth")

# Seconds: between two tries to get the lock, before it is said that one waits, and at most.
_LOCK_POLL: Final = 0.02
_LOCK_WORD: Final = 2.0
_LOCK_PATIENCE: Final = 30.0


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

    `origin` and `username` are stored with it, so that the token of one account is never sent for another. With
    `keyring` the token itself goes to the system's keyring, and the file says only which one it is; a file that says
    so is followed in any case.

    Raises:
        ConfigurationError: there is no keyring.
    """

    def __init__(self, path: Path, *, origin: str, username: str | None, keyring: bool = False) -> None:
        if keyring:
            keyrings.check()
        self._keyring = keyring
        if "\0" in str(path):
            raise ConfigurationError("token_file: no file's name has a U+0000 in it")
        self.path = path
        self._origin = origin
        self._username = username
        self._lock = filelock.FileLock(f"{path}.lock", mode=0o600, thread_local=False)

    @asynccontextmanager
    async def locked(self) -> AsyncIterator[None]:
        """Hold the lock; waiting for another process does not block the event loop.

        Where there can be no lock (a mounted secret, a file system without locks) it does without.

        Raises:
            TokenFileBusy: another process does not let go of it.
        """
        held = await self._acquire()
        try:
            yield
        finally:
            if held:
                self._lock.release()

    async def _acquire(self) -> bool:
        loop = asyncio.get_running_loop()
        began, said = loop.time(), False
        while True:
            try:
                return self._try_lock()
            except filelock.Timeout:
                waited = loop.time() - began
            if waited >= _LOCK_PATIENCE:
                raise TokenFileBusy(
                    f"another process has held {self._lock.lock_file} for {waited:.0f} s; is it stuck?"
                )
            if waited >= _LOCK_WORD and not self._is_locked():
                return self._goes_without("it cannot be made there")  # so nobody else has it
            if waited >= _LOCK_WORD and not said:
                said = True
                log.warning("waiting for another process to renew the token in %s, up to %.0f s more", self.path,
                            _LOCK_PATIENCE - waited)  # fmt: skip
            await asyncio.sleep(_LOCK_POLL)

    def _is_locked(self) -> bool:
        return os.path.lexists(self._lock.lock_file)

    def _try_lock(self) -> bool:
        """Take the lock; return False where there can be none.

        Raises:
            filelock.Timeout: another process has it.
            ConfigurationError: it is a symbolic link, and locking would write to what it names.
        """
        try:
            if Path(self._lock.lock_file).is_symlink():
                raise ConfigurationError(f"{self._lock.lock_file} is a symbolic link; remove it")
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock.acquire(blocking=False)
        except (OSError, NotImplementedError) as exc:
            if isinstance(exc, filelock.Timeout):
                raise
            return self._goes_without(getattr(exc, "strerror", None) or exc)
        return True

    def _goes_without(self, why: object) -> bool:
        log.warning("the token in %s cannot be locked: %s", self.path, why)
        return False

    def load(self) -> Token | None:
        """Read the token; None when there is none for this origin and user.

        Raises:
            ConfigurationError: the file is not one of ours, or others can read it.
        """
        try:
            data, mode = _read(self.path)
        except FileNotFoundError:
            return None
        except OSError as exc:
            raise ConfigurationError(f"cannot read the saved token {self.path}: {exc.strerror}") from exc
        if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ConfigurationError(f"others can read the saved token {self.path}; run: chmod 600 {self.path}")
        return self._checked(data)

    def _checked(self, data: bytes) -> Token | None:
        saved = _parsed(data)
        token = None if saved is None else _token(saved.get("token", self._in_keyring(saved)))
        if saved is None or token is None:
            raise ConfigurationError(f"{self.path} is not a saved token; remove it and log in again")
        user_differs = self._username is not None and saved.get("username") not in {None, self._username}
        return None if saved.get("origin") != self._origin or user_differs else token

    def saved_username(self) -> str | None:
        """Return whose token is saved, None when that is not known."""
        try:
            saved = _parsed(_read(self.path)[0])
        except (OSError, ConfigurationError):
            return None
        name = None if saved is None else saved.get("username")
        return name if isinstance(name, str) else None

    def save(self, token: Token) -> None:
        """Replace the file in one step: a reader sees the old token or the new one, never half of one."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        username = self._username or self.saved_username()
        kept = self._kept(token, username)
        data = orjson.dumps({"origin": self._origin, "username": username} | kept)
        path = self.path.resolve()  # a symbolic link stays one
        # mkstemp makes the file readable by its owner alone from the start.
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    # -- the keyring -----------------------------------------------------------------------------

    def entry(self) -> str | None:
        """Return the name that the token has in the keyring; None where the file has it."""
        try:
            name = (_parsed(_read(self.path)[0]) or {}).get("keyring")
        except (OSError, ConfigurationError):
            return None
        return name if isinstance(name, str) else None

    def _kept(self, token: Token, username: str | None) -> dict[str, Any]:
        """Keep a token in the keyring, if that is where it belongs; return what the file says."""
        entry = self.entry()
        if entry is None and not self._keyring:
            return {"token": asdict(token)}
        entry = entry or (f"{username} at {self._origin}" if username else self._origin)
        try:
            keyrings.write(entry, orjson.dumps(asdict(token)).decode())
        except ConfigurationError as exc:  # whoever has the token can go on with it, as with a full disk
            raise OSError(errno.EIO, str(exc)) from exc
        return {"keyring": entry}

    def _in_keyring(self, saved: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return what the keyring has of a file that names an entry of it."""
        entry = saved.get("keyring")
        text = keyrings.read(entry) if isinstance(entry, str) else None
        return None if text is None else _parsed(text.encode())

    def remove(self) -> None:
        """Forget the token.

        Raises:
            ConfigurationError: the file cannot be removed, or the keyring cannot be written.
        """
        if (entry := self.entry()) is not None:
            keyrings.remove(entry)
        try:
            self.path.unlink(missing_ok=True)
        except OSError as exc:
            raise ConfigurationError(f"cannot remove the saved token {self.path}: {exc.strerror}") from exc

    def __repr__(self) -> str:
        return f"<TokenFile {self.path}>"


def _read(path: Path) -> tuple[bytes, int]:
    """Return what is in a file, and its mode; a pipe or a device could keep everything waiting.

    Raises:
        ConfigurationError: it is no regular file.
    """
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode):
        raise ConfigurationError(f"the saved token {path} is no regular file")
    return path.read_bytes(), mode


def is_token(value: object) -> TypeGuard[str]:
    """Tell whether a value can be a token: text that can go into a header."""
    return isinstance(value, str) and bool(value) and value.isascii() and value.isprintable() and " " not in value


def _parsed(data: bytes) -> dict[str, Any] | None:
    try:
        saved = orjson.loads(data)
    except orjson.JSONDecodeError:
        return None
    return saved if isinstance(saved, dict) and isinstance(saved.get("username"), str | None) else None


def _token(saved: object) -> Token | None:
    """Make a token of what a file has; what later versions add is passed over."""
    if not isinstance(saved, dict) or not is_token(saved.get("access")):
        return None
    refresh, times = saved.get("refresh"), [saved.get(name) for name in ("expires_at", "refresh_expires_at")]
    if not (refresh is None or is_token(refresh)) or not all(_is_moment(time) for time in times):
        return None
    return Token(saved["access"], refresh, *times)


def _is_moment(value: object) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return value is None or (number and math.isfinite(value))  # type: ignore[arg-type]
