"""The file that keeps a token, and the lock beside it."""

from pathlib import Path

import pytest

from aiopeertube.stack.tokens import TokenFile

pytestmark = pytest.mark.anyio


async def test_a_lock_that_is_a_link_leaves_what_it_points_to(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("kept")
    (tmp_path / "token.lock").symlink_to(precious)
    with pytest.raises(OSError, match="symbolic links"):
        async with TokenFile(tmp_path / "token", origin="https://videos.example", username=None).locked():
            pass
    assert precious.read_text() == "kept"
