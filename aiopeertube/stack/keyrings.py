"""Secrets in the system's keyring (Secret Service, macOS Keychain, Windows Credential Locker), an extra."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from aiopeertube.errors import ConfigurationError

_SERVICE: Final = "aiopeertube"
_INSTEAD: Final = "without it the token is kept in a file that only its owner can read"


def check() -> None:
    """See that there is a keyring.

    Raises:
        ConfigurationError: there is none, or the extra is not installed.
    """
    if _asked(lambda keyring: keyring.get_keyring().priority) <= 0:
        raise ConfigurationError(f"this system has no keyring that can be used; {_INSTEAD}", option="keyring")


def read(name: str) -> str | None:
    """Return a secret; None where there is none of this name.

    Raises:
        ConfigurationError: the keyring cannot be read.
    """
    found: str | None = _asked(lambda keyring: keyring.get_password(_SERVICE, name))
    return found


def write(name: str, secret: str) -> None:
    """Keep a secret, and see that it is there: some backends keep nothing, or no more than so many characters.

    Raises:
        ConfigurationError: the keyring cannot be written.
    """
    _asked(lambda keyring: keyring.set_password(_SERVICE, name, secret))
    if read(name) != secret:
        remove(name)
        raise _unusable("it does not give back what was kept in it")


def remove(name: str) -> None:
    """Forget a secret; one that is not there is forgotten.

    Raises:
        ConfigurationError: the keyring cannot be written.
    """

    def delete(keyring: Any) -> None:
        with suppress(keyring.errors.PasswordDeleteError):
            keyring.delete_password(_SERVICE, name)

    _asked(delete)


def _asked(do: Callable[[Any], Any]) -> Any:
    """Ask the keyring for something; what it raises is told, and what it says of it where it cannot be a secret.

    Raises:
        ConfigurationError: it raised something, or the extra is not installed.
    """
    try:
        return do(_keyring())
    except ImportError as exc:
        error = ConfigurationError(
            f"the token is in the system's keyring, or is to be: install aiopeertube[keyring] ({exc}); {_INSTEAD}",
            option="keyring",
        )
    except Exception as exc:  # noqa: BLE001 - backends raise what the system's libraries do
        known = any(kind.__module__ == "keyring.errors" for kind in type(exc).__mro__)
        why = " ".join(str(exc).split()) if known else ""
        error = _unusable(why or type(exc).__name__)
    raise error  # out here, so that the other one, which may quote what was to be kept, is not chained to it


def _keyring() -> Any:
    import keyring  # noqa: PLC0415 - an extra
    import keyring.errors  # noqa: PLC0415

    return keyring


def _unusable(why: str) -> ConfigurationError:
    return ConfigurationError(f"the system's keyring cannot be used: {why}; {_INSTEAD}", option="keyring")
