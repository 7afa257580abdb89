"""The pictures of videos, which the page has in itself."""

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

PICTURE: Final = "picture"  # in an item's note: the path of its video's
_FOLDER: Final = "pictures"
_TYPES: Final = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"RIFF": "image/webp"}


def picture_of(video: Mapping[str, Any]) -> dict[str, str]:
    """Note where a video's picture is; nothing where the server does not say, or says an address of another."""
    path = video.get("thumbnailPath")
    return {PICTURE: path} if isinstance(path, str) and path.startswith("/") and not path.startswith("//") else {}


class Pictures:
    """Pictures in a folder beside a journal, given as addresses that have all of the picture in them."""

    def __init__(self, journal: Path) -> None:
        self.folder = journal.parent / _FOLDER

    def __bool__(self) -> bool:
        return self.folder.is_dir()

    def file(self, uuid: str) -> Path:
        """Return where a video's is; it is the server that says what a UUID is, so its name is made of it."""
        return self.folder / hashlib.sha256(uuid.encode(errors="replace")).hexdigest()

    def of(self, uuid: str) -> str | None:
        """Return a video's; None where there is none, or nothing that is one."""
        try:
            data = self.file(uuid).read_bytes()
        except OSError:
            return None
        kind = next((kind for begin, kind in _TYPES.items() if data.startswith(begin)), None)
        return kind and f"data:{kind};base64,{base64.b64encode(data).decode()}"
