"""Files kept between runs: a token for each instance, and the address of the last one."""

import json
import os
import re
import tempfile
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from aiopeertube._folders import config_folder
from aiopeertube.errors import ConfigurationError

NO_HOME: Final = "there is no home to keep a token in: set HOME or XDG_CONFIG_HOME, or all of PEERTUBE_* each time"


def token_path(origin: str) -> Path | None:
    """Return the path of the token for `origin`, tokens/<host>[_port].json; None for a user without a home."""
    folder = config_folder()
    if folder is None:
        return None
    parts = urlsplit(origin)
    host = re.sub(r"[^A-Za-z0-9.-]", "-", parts.hostname or "")
    port = f"_{parts.port}" if parts.port is not None else ""
    return folder / "tokens" / f"{host}{port}.json"


def default_url() -> str | None:
    """Return the instance of the last login, None when there was none.

    Raises:
        ConfigurationError: the file cannot be read.
    """
    folder = config_folder()
    if folder is None:
        return None
    path = folder / "config.json"
    try:
        url = json.loads(path.read_bytes())["url"]
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, KeyError, TypeError):
        raise ConfigurationError(f"cannot read the address of the last login from {path}; remove it") from None
    return str(url)


def remember_url(origin: str) -> None:
    """Make `origin` the instance of later commands, atomically."""
    folder = config_folder()
    if folder is None:
        raise ConfigurationError(NO_HOME)
    path = folder / "config.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".config.")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump({"url": origin}, file)
    Path(name).replace(path)
