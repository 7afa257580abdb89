"""The file that keeps a token, and the lock beside it."""

import os
from pathlib import Path

import pytest

from aiopeertube.errors import ConfigurationError
from aiopeertube.stack.tokens import TokenFile

pytestmark = pytest.mark.anyio


async def test_a_lock_that_is_a_link_leaves_what_it_points_to(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("kept")
    (tmp_path / "token.lock").symlink_to(precious)
    with pytest.raises(ConfigurationError, match="symbolic link"):
        async with TokenFile(tmp_path / "token", origin="https://videos.example", username=None).locked():
            pass
    assert precious.read_text() == "kept"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_a_pipe_is_no_token_file_and_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "token", 0o600)
    file = TokenFile(tmp_path / "token", origin="https://videos.example", username=None)
    with pytest.raises(ConfigurationError, match="no regular file"):
        file.load()
    assert file.saved_username() is None
