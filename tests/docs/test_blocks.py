"""Every block of code in the documentation and the README is run, page by page, against the emulator."""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from doc_blocks import PAGES, ROOT, Block, blocks_of, run
from fork_server import Client

from aiopeertube.emulator import Emulator, UserOptions

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a shell and forks run them")

USER, PASSWORD = "nisv", "secret123"
SHOWN = {"console", "csv", "text", "nginx", ""}  # languages that are not run
RUN = {"sh", "python"}
# Pages whose blocks need a server of another kind, and those that have a test of their own.
SERVERS: dict[str, dict[str, Any]] = {
    "tutorial.md": {"videos": 200, "rate_limit": (50, 0.5)},
    "guides/uploads.md": {"imports": True},
    "guides/everyday.md": {"users": [UserOptions(USER, PASSWORD, "administrator")]},
    "guides/copy.md": {"videos": 0},
    "README.md": {"users": [UserOptions(USER, PASSWORD, "administrator")]},
}
# Where copies come from: with small files, for it is not speed that is looked at.
OLD: dict[str, Any] = {"videos": 3, "rate_limit": None, "file_size": 3_000_000}
# What a page takes for granted: files that its reader has, and what they do to a table between two blocks.
BEGIN = {
    "README.md": "aiopeertube channels create afp; "
    "aiopeertube playlists create Mine --fields id --format csv | tail -1 > playlist;"
    "aiopeertube videos list --mine --limit 2 --format csv --fields uuid | tail -2 > ids.txt;"
    "echo URL | tee instances.txt > mine.txt"
}
AFTER = {"README.md": "test ! -f films.csv || sed -i '2,$s/Video 0/Clip 0/' films.csv"}
ELSEWHERE = {"archive.md": "tests/cli/test_archive.py"}


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT / "docs")) if page.is_relative_to(ROOT / "docs") else page.name


RUNNABLE = [
    page for page in PAGES if name_of(page) not in ELSEWHERE and any(b.language in RUN for b in blocks_of(page))
]


@pytest.fixture(scope="session")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with Client(Path(os.path.realpath(tmp_path_factory.mktemp("f")))) as client:
        yield client


@pytest.fixture
def environment(forks: Client, tmp_path: Path) -> dict[str, str]:
    home = tmp_path / "home"
    home.mkdir()
    places = {f"XDG_{what}_HOME": str(home / what.lower()) for what in ("CONFIG", "STATE", "CACHE")}
    path = f"{forks.bin}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return places | {"HOME": str(home), "PATH": path, "LC_ALL": "C.UTF-8"}


def named(server: Emulator, folder: Path) -> dict[str, str]:
    """What the README calls one of its reader's videos, and a playlist."""
    number = (folder / "playlist").read_text().strip()
    return {"7YpSjm3qoA8NzcDVTjkqNK": server.store.videos[1].uuid, "playlists add 7": f"playlists add {number}"}


@pytest.mark.parametrize("page", RUNNABLE, ids=name_of)
def test_the_blocks_of_a_page_do_what_they_say(page: Path, environment: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "here"
    folder.mkdir()

    def given(script: str) -> None:
        run(Block(page, 0, "sh", script), folder=folder, environment=environment, replaced={})

    options = {"videos": 12, "rate_limit": None, "login_limit": None} | SERVERS.get(name_of(page), {})
    with Emulator.in_thread(**options) as server, Emulator.in_thread(**OLD) as old:
        for video in old.store.videos.values():
            video.name = f"Old {video.name}"  # else they look like copies
        replaced = {
            "https://videos.example": server.url,
            "http://127.0.0.1:9000": server.url,
            "https://old.example": old.url,
            '"..."': f'"{PASSWORD}"',
        }
        login = {"PEERTUBE_URL": server.url, "PEERTUBE_USERNAME": USER, "PEERTUBE_PASSWORD": PASSWORD}
        if name_of(page) != "tutorial.md":  # which logs in by itself
            given(f"PEERTUBE_PASSWORD={PASSWORD} aiopeertube login --url {server.url} --username {USER}")
            given(BEGIN.get(name_of(page), "true").replace("URL", server.url))
        if page.name == "README.md":
            replaced |= named(server, folder) | {
                "aiopeertube login": f"PEERTUBE_PASSWORD={PASSWORD} aiopeertube login"
            }
        said = []
        for block in blocks_of(page):
            if block.language in RUN:
                variables = environment | (login if block.language == "python" else {})
                said.append(run(block, folder=folder, environment=variables, replaced=replaced))
                given(AFTER.get(name_of(page), "true"))
        check = CHECKS.get(name_of(page))
        if check is not None:
            check("\n".join(said), server)


def _tutorial(said: str, server: Emulator) -> None:
    assert "30 changed, 170 unchanged" in said
    assert "30 stand as written, 0 differ" in said
    assert "rolled back" in said
    assert not any("restored" in video.name for video in server.store.videos.values())


def _requests(said: str, server: Emulator) -> None:
    assert "12 videos, 0 edits lost" in said


def _uploads(said: str, server: Emulator) -> None:
    assert '"/media/82707" ' in said


CHECKS = {"tutorial.md": _tutorial, "from-requests.md": _requests, "guides/uploads.md": _uploads}


def test_few_blocks_are_only_looked_at() -> None:
    blocks = [block for page in PAGES for block in blocks_of(page)]
    assert {block.language for block in blocks} <= RUN | SHOWN
    ran = [block for block in blocks if block.language in RUN]
    shown = [block for block in blocks if block.language == "console"]
    assert len(ran) > 40
    assert len(shown) <= 10, [str(block) for block in shown]
    unnamed = [
        block for block in blocks if block.language == "" and re.search("^ *(?:aiopeertube|pip|\\$) ", block.text)
    ]
    assert unnamed == [], "a block of commands that nobody runs"
