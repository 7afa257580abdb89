"""Secrets in the system's keyring (Secret Service, macOS Keychain, Windows Credential Locker), an extra."""

from typing import Any, Final

from aiopeertube.errors import ConfigurationError

_SERVICE: Final = "aiopeertube"
_INSTEAD: Final = "without it the token is kept in a file that only its owner can read"


def check() -> None:
    """See that there is a keyring.

    Raises:
        ConfigurationError: there is none, or the extra is not installed.
    """
    backend = _keyring().get_keyring()
    if backend.priority <= 0:
        raise ConfigurationError(f"this system has no keyring that can be used; {_INSTEAD}", option="keyring")


def read(name: str) -> str | None:
    """Return a secret; None where there is none of this name.

    Raises:
        ConfigurationError: the keyring cannot be read.
    """
    keyring = _keyring()
    try:
        found: str | None = keyring.get_password(_SERVICE, name)
    except keyring.errors.KeyringError as exc:
        raise _unusable(exc) from exc
    return found


def write(name: str, secret: str) -> None:
    """Keep a secret.

    Raises:
        ConfigurationError: the keyring cannot be written.
    """
    keyring = _keyring()
    try:
        keyring.set_password(_SERVICE, name, secret)
    except keyring.errors.KeyringError as exc:
        raise _unusable(exc) from exc


def remove(name: str) -> None:
    """Forget a secret; one that is not there is forgotten.

    Raises:
        ConfigurationError: the keyring cannot be written.
    """
    keyring = _keyring()
    try:
        keyring.delete_password(_SERVICE, name)
    except keyring.errors.PasswordDeleteError:
        return
    except keyring.errors.KeyringError as exc:
        raise _unusable(exc) from exc


def _keyring() -> Any:
    try:
        import keyring  # noqa: PLC0415 - an extra
        import keyring.errors  # noqa: PLC0415
    except ImportError:
        raise ConfigurationError(
            f"the token is in the system's keyring, or is to be: install aiopeertube[keyring]; {_INSTEAD}",
            option="keyring",
        ) from None
    return keyring


def _unusable(error: Exception) -> ConfigurationError:
    why = " ".join(str(error).split()) or type(error).__name__
    return ConfigurationError(f"the system's keyring cannot be used: {why}; {_INSTEAD}", option="keyring")
