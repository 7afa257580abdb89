"""A keyring that is a dictionary, and the ways in which a real one fails."""

from collections.abc import Iterator
from contextlib import contextmanager

import keyring
import keyring.backend
import keyring.errors
from keyring.backends.fail import Keyring as NoKeyring


class InMemory(keyring.backend.KeyringBackend):
    """Keeps secrets, no more than `longest` characters of each, unless it is `locked` or `broken`."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.secrets: dict[tuple[str, str], str] = {}
        self.locked = False
        self.longest = 1_000_000
        self.broken: Exception | None = None

    def _check(self) -> None:
        if self.broken is not None:
            raise self.broken
        if self.locked:
            raise keyring.errors.KeyringLocked("nobody unlocked it")

    def get_password(self, service: str, username: str) -> str | None:
        """Return a secret."""
        self._check()
        return self.secrets.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a secret."""
        self._check()
        if self.longest:
            self.secrets[service, username] = password[: self.longest]

    def delete_password(self, service: str, username: str) -> None:
        """Forget a secret."""
        self._check()
        if self.secrets.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError("not there")


@contextmanager
def installed(*, none: bool = False) -> Iterator[InMemory]:
    """Make a keyring in memory the system's for a while, or `none`."""
    before, found = keyring.get_keyring(), InMemory()
    keyring.set_keyring(NoKeyring() if none else found)  # type: ignore[no-untyped-call]
    try:
        yield found
    finally:
        keyring.set_keyring(before)
