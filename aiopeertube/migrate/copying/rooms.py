"""The folder that files of a copy go through: whether it is there, and has room for as many as are on their way."""

import asyncio
import heapq
import os
import shutil
from pathlib import Path

from aiopeertube.errors import ConfigurationError
from aiopeertube.migrate.journal.journal import Journal
from aiopeertube.migrate.kinds.copying.video_steps import PARALLEL
from aiopeertube.migrate.kinds.copying.wishes import VIDEO

from .copy_plan import sized

_OPTION = "through"


def checked_folder(through: str | Path | None, via: str) -> Path | None:
    """Return the folder.

    Raises:
        ConfigurationError: it is none, nothing can be written there, or no file goes through it.
    """
    if through is None:
        return None
    folder = Path(through)
    if via != "upload":
        raise ConfigurationError("through: the target fetches the files itself", option=_OPTION)
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise ConfigurationError(f"through: {folder} is no folder that can be written to", option=_OPTION)
    return folder


async def check_space(journal: Journal, folder: Path | None) -> None:
    """See that the largest files have room at the same time.

    Raises:
        ConfigurationError: they have not.
    """
    if folder is None:
        return
    sizes = [item.wanted["file"]["size"] async for item in journal.items("planned") if item.ref.startswith(VIDEO)]
    needed = sum(heapq.nlargest(PARALLEL, sizes))
    free = (await asyncio.to_thread(shutil.disk_usage, folder)).free
    if needed > free:
        what = f"the {PARALLEL} largest files have {sized(needed)}, and {sized(free)} are free in {folder}"
        raise ConfigurationError(what, option=_OPTION)
