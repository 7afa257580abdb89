"""Pictures, outside the API: those that were sent as they were, and a small one in place of all others."""

import re

from aiopeertube.emulator.api.calls import Call, Reply, Route

# The least JPEG that programs take for one: a grey pixel.
_SMALL = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffdb004300030202020202030202020303030304060404040404080606050609080a0a09"
    "0809090a0c0f0c0a0b0e0b09090d110d0e0f101011100a0c12131210130f101010ffc9000b080001000101011100ffcc000600101005ffda"
    "0008010100003f00d2cf20ffd9"
)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


async def picture(call: Call) -> Reply:
    """Return a picture of a video, a playlist or a channel."""
    named = _UUID.search(call.params["file"])
    content = call.store.pictures.get(named[0], _SMALL) if named else _SMALL
    return Reply(200, content, "image/png" if content.startswith(b"\x89PNG") else "image/jpeg")


FILE_ROUTES = tuple(
    Route("GET", f"/lazy-static/{folder}/{{file}}", picture)
    for folder in ("thumbnails", "previews", "avatars", "banners")
)
