"""After the walks: nothing that a real server has was left out, and emulators answered as real servers do.

This file comes last. With AIOPEERTUBE_LIVE_SHAPES set, the shapes of a real server's answers are kept in tests/data.
"""

import os
from pathlib import Path

import pytest
from asked import Asked
from shapes import Shapes, differences, recorded, write
from walk import Walk

from .conftest import Server, only_real

pytestmark = pytest.mark.anyio

NOT_ASKED = {
    "DELETE /config/custom": "all settings would be gone",
    "PUT /custom-pages/homepage/instance": "a page that was never there cannot be put back",
    "POST /plugins/install": "it fetches programs, and runs them",
    "POST /server/following": "the server would go on trying to reach the other",
}


def _need(request: pytest.FixtureRequest, *names: str) -> None:
    """Skip where only some of the walks were to run."""
    if not set(names) <= {item.path.name for item in request.session.items}:
        pytest.skip("only some of the walks were to run")


# In what the emulator differs, by a part of its name, and why.
KNOWN = {
    ".files[].magnetUri is too much": "a real server makes it a while after the video",
    ".data[].data.": "what a job says depends on what it does",
    ".data[].parent is not there": "so does whether another job made it",
    ".metadata.": "nothing probes files here",
    "application/octet-stream, not None": "the emulator's streams say a type where 6.3 says none",
}
# What the recorded servers were not seen to answer.
NOT_MET = {
    "GET /videos/{} 403": "the fork of 8.2.1 knows no wrong password under PeerTube's name",
    "GET /videos/{}/source 200": "the newest video on 8.2.1 had no file of its own",
}


@only_real
async def test_every_operation_was_asked_for(
    walk: Walk, asked: Asked, shapes: dict[str, Shapes], request: pytest.FixtureRequest
) -> None:
    _need(request, *(path.name for path in Path(__file__).parent.glob("test_walk_*.py")))
    if "AIOPEERTUBE_LIVE_SHAPES" in os.environ:
        write(walk.version, shapes[walk.pt.origin].answers)
    assert asked.missing(walk.version) == NOT_ASKED.keys()


@pytest.mark.parametrize("version", ["6.3", "8.2"])
def test_emulators_answer_in_the_shape_of_real_servers(
    version: str, emulators: dict[str, Server], shapes: dict[str, Shapes], request: pytest.FixtureRequest
) -> None:
    """Keys, kinds of values, types of content, tags: of every operation and status that the walks met."""
    _need(request, "test_walk_users.py", "test_walk_videos.py")
    emulated = shapes[emulators[version].url].answers
    real = recorded({"6.3": "6.3.0", "8.2": "8.2.1"}[version])
    found = {
        name: [told for told in differences(real[name], answer) if not any(known in told for known in KNOWN)]
        for name, answer in emulated.items()
        if name in real
    }
    assert {name: told for name, told in found.items() if told} == {}
    assert emulated.keys() - real.keys() <= NOT_MET.keys()
    assert len(found) > 100
