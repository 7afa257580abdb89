"""Archives of all that a user has, asked of a server."""

import asyncio
import io
import zipfile
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from walk import Walk

from aiopeertube import errors, resumable

from .conftest import Guest

pytestmark = pytest.mark.anyio

NOBODY = 999999999


def archive() -> bytes:
    """Make an archive with nothing in it."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        made.writestr("peertube/empty.json", "{}")
    return content.getvalue()


async def _ended(asked: Any) -> Any:
    """Ask until the server no longer works on it."""
    for _ in range(100):
        found = await asked()
        if found["state"]["id"] > 2:
            break
        await asyncio.sleep(0.1)
    return found


async def test_an_archive_is_made(walk: Walk, guest: Guest) -> None:
    pt, exports = guest.pt, guest.pt.users.exports
    assert await walk.do("users.exports.list", guest.id, pt=pt) == []
    made = (await walk.do("users.exports.request", guest.id, pt=pt, withVideoFiles=False))["export"]["id"]
    with pytest.raises(errors.BadRequest, match="already"):
        await exports.request(guest.id, withVideoFiles=False)

    async def newest() -> Any:
        (row,) = await exports.list(guest.id).collect()
        return row

    row = await _ended(newest)
    assert (row["id"], row["state"]["label"]) == (made, "Completed")
    await walk.do("users.exports.list", guest.id, pt=pt)
    fetched = await asyncio.to_thread(urlopen, row["privateDownloadUrl"])
    with fetched, zipfile.ZipFile(io.BytesIO(fetched.read())) as opened:
        assert "videos.json" in {name.rpartition("/")[2] for name in opened.namelist()}
    with pytest.raises(errors.NotFound):
        await exports.delete(guest.id, NOBODY)
    await walk.do("users.exports.delete", guest.id, made, pt=pt)
    assert await walk.do("users.exports.list", guest.id, pt=pt) == []
    me = await walk.pt.me.get()
    with pytest.raises(errors.NotPermitted, match="another user"):
        await exports.list(me["id"]).collect()
    assert walk.differences == {}


async def test_an_archive_is_brought_in_chunks(walk: Walk, guest: Guest) -> None:
    data, pt = archive(), guest.pt
    uploads = pt.users.imports.uploads(guest.id)
    with pytest.raises(errors.NotFound):
        await pt.users.imports.latest(guest.id)
    with pytest.raises(errors.BadRequest, match="must be a zip"):
        await uploads.start(filename="archive.txt", size=len(data))
    other = await uploads.start(filename="other.zip", size=99)
    await uploads.cancel(other["upload_id"])
    started = await uploads.start(filename="archive.zip", size=len(data))
    assert await uploads.chunk(started["upload_id"], data[:10], 0, len(data)) == {"offset": 10, "userImport": None}
    assert (await uploads.status(started["upload_id"], len(data)))["offset"] == 10
    progress = await uploads.chunk(started["upload_id"], data[10:], 10, len(data))
    assert progress["userImport"] is not None
    found = await _ended(lambda: walk.do("users.imports.latest", guest.id, pt=pt))
    assert (found["id"], found["state"]["label"]) == (progress["userImport"]["id"], "Completed")
    bad = b"no archive"
    started = await uploads.start(filename="bad.zip", size=len(bad))
    await uploads.chunk(started["upload_id"], bad, 0, len(bad))
    assert (await _ended(lambda: pt.users.imports.latest(guest.id)))["state"]["label"] == "Failed"
    assert walk.differences == {}


async def test_an_archive_is_brought_from_a_file(walk: Walk, guest: Guest, tmp_path: Path) -> None:
    (tmp_path / "archive.zip").write_bytes(archive())
    number = await resumable.import_archive(guest.pt, guest.id, tmp_path / "archive.zip", chunk_size=50)
    found = await _ended(lambda: walk.do("users.imports.latest", guest.id, pt=guest.pt))
    assert found["id"] == number
    assert walk.differences == {}
