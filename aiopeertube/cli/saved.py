"""Files kept between runs: a token for each instance, and the address of the last one."""

import json
import os
import re
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from aiopeertube.errors import ConfigurationError


def directory() -> Path:
    """Return the user's configuration directory of this program."""
    from platformdirs import user_config_dir  # noqa: PLC0415 - `--help` starts without

    return Path(user_config_dir("aiopeertube"))


def token_path(origin: str) -> Path:
    """Return the path of the token for `origin`: tokens/<host>[_port].json."""
    parts = urlsplit(origin)
    host = re.sub(r"[^A-Za-z0-9.-]", "-", parts.hostname or "")
    port = f"_{parts.port}" if parts.port is not None else ""
    return directory() / "tokens" / f"{host}{port}.json"


def default_url() -> str | None:
    """Return the instance of the last login, None when there was none.

    Raises:
        ConfigurationError: the file cannot be read.
    """
    path = directory() / "config.json"
    try:
        url = json.loads(path.read_bytes())["url"]
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        raise ConfigurationError(f"cannot read the address of the last login from {path}; remove it") from None
    return str(url)


def remember_url(origin: str) -> None:
    """Make `origin` the instance of later commands, atomically."""
    path = directory() / "config.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".config.")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump({"url": origin}, file)
    Path(name).replace(path)
