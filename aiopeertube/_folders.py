"""Private: where this program keeps things of a user, if it can: a container's user need not have a home."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

_NAME: Final = "aiopeertube"


def config_folder() -> Path | None:
    """Return the folder of configuration; None where the user has no home to enter, and no XDG_CONFIG_HOME."""
    from platformdirs import PlatformDirs  # noqa: PLC0415 - `--help` starts without

    return _found(lambda: PlatformDirs(_NAME).user_config_dir)


def state_folder() -> Path | None:
    """Return the folder of what is kept between runs; None as above, for XDG_STATE_HOME."""
    from platformdirs import PlatformDirs  # noqa: PLC0415 - see above

    return _found(lambda: PlatformDirs(_NAME).user_state_dir)


def _found(name: Callable[[], str]) -> Path | None:
    try:
        path = Path(name())
        path.stat()
    except (RuntimeError, PermissionError, NotADirectoryError):  # no HOME, and no user of this number; or not ours
        return None
    except OSError:
        pass  # it can be made when something is to be kept
    return path if path.is_absolute() else None
