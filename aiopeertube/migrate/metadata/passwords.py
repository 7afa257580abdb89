"""Passwords of videos: the server gets them, and nothing else is told.

An item, a journal and a plan hold a seal in their place: a keyed digest, which tells whether passwords are the same.
The key is in a file that its owner alone can read, away from all of these; where no file can be, it lives as long as
the process, and a later run takes the same passwords for others. What a seal stands for is in memory only: a resumed
job reads it from its table again.
"""

import hmac
import os
import secrets
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Final

import orjson

from aiopeertube._counting import counted
from aiopeertube._folders import state_folder
from aiopeertube.wire.sendable import text_complaint

_BYTES: Final = 32
_SEAL: Final = "sealed:"
_SHORTEST, _LONGEST = 2, 99  # a server of 6.x takes no more


class Passwords:
    """Passwords that came from a server. No JSON can be made of it, and its repr shows none."""

    __slots__ = ("values",)

    def __init__(self, values: Iterable[str]) -> None:
        self.values = tuple(sorted(values))

    def __repr__(self) -> str:
        return f"<{counted(len(self.values), 'password')}>"


class Safe:
    """Seals passwords, and remembers what each seal stands for as long as the process lives."""

    def __init__(self, key: Callable[[], bytes]) -> None:
        self._make_key = key
        self._known: dict[str, tuple[str, ...]] = {}

    @cached_property
    def _key(self) -> bytes:
        return self._make_key()

    @cached_property
    def _mark(self) -> str:
        return f"{_SEAL}{self._digest(b'mark')[:8]}:"

    def _digest(self, data: bytes) -> str:
        return hmac.digest(self._key, data, "sha256").hex()[:32]

    def seal(self, passwords: Iterable[str]) -> str:
        """Return what stands for passwords, in whatever order they come."""
        values = tuple(sorted(passwords))
        seal = self._mark + self._digest(orjson.dumps(values))
        self._known[seal] = values
        return seal

    def has_made(self, seal: str) -> bool:
        """Tell whether a seal is of this user's key; those of another tell nothing."""
        return seal.startswith(self._mark)

    def opened(self, seal: str) -> tuple[str, ...] | None:
        """Return the passwords; None where this process has not seen them."""
        return self._known.get(seal)

    def __repr__(self) -> str:
        return f"<Safe with {counted(len(self._known), 'seal')}>"


def is_seal(value: object) -> bool:
    """Tell whether a value stands for passwords."""
    return isinstance(value, str) and value.startswith(_SEAL)


def passwords_in(text: str) -> list[str]:
    """Read a cell: one password a line, or a JSON list; every other character may be part of one.

    Raises:
        ValueError: it begins like a list and is none.
    """
    if not text.lstrip().startswith("["):
        return [line for line in text.splitlines() if line]
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, list):
        raise ValueError(  # noqa: TRY004 - a cell
            "it begins with a bracket, so it must be a JSON list of texts"
        )  # not quoted: it is secret
    return found


def passwords_cell(values: Iterable[str]) -> str:
    """Write passwords so that `passwords_in` gives them back."""
    values = tuple(values)
    plain = len(values) == 1 and [values[0]] == values[0].splitlines() and values[0].strip()
    if plain and not values[0].lstrip().startswith(("[", "<", "\\")):
        return values[0]
    return orjson.dumps(values).decode() if values else ""


def passwords_problem(values: object) -> str:
    """Say what the server would not take; "" when it should. Nothing of them is quoted."""
    if not isinstance(values, list | tuple) or not all(isinstance(value, str) for value in values):
        return "must be a list of texts"
    if not values:
        return "there must be one at least"
    if len(set(values)) < len(values):
        return "one of them is there twice"
    for number, value in enumerate(values, start=1):
        if text_complaint(value):
            return f"number {number} is no text that can be sent"
        if not _fits(value):
            return f"number {number} must have {_SHORTEST} to {_LONGEST} characters"
    return ""


def _fits(value: str) -> bool:
    # 8.x counts code points, 6.x counts units of UTF-16.
    return len(value) >= _SHORTEST and len(value.encode("utf-16-le")) // 2 <= _LONGEST


def key_of_user() -> bytes:
    """Return this user's key; one that nobody else will know where none can be kept."""
    folder = state_folder()
    if folder is None:
        return secrets.token_bytes(_BYTES)
    path = folder / "seals.key"
    with suppress(OSError):
        if not path.exists():
            _keep(path, secrets.token_bytes(_BYTES))
        key = path.read_bytes()
        if len(key) == _BYTES:
            return key
    return secrets.token_bytes(_BYTES)


def _keep(path: Path, key: bytes) -> None:
    """Write a key, whole and for its owner alone; that of another process that was faster stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key)
    try:
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()


SAFE: Final = Safe(key_of_user)  # one for the process: what it has read is known to all of its jobs
