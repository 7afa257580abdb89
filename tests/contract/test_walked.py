"""After the walks over a real server: nothing that it has was left out.

This file comes last. With AIOPEERTUBE_LIVE_SHAPES set, the shapes of a real server's answers are kept in tests/data.
"""

import os
from pathlib import Path

import pytest
from asked import Asked
from shapes import DATA, Shapes, keep
from walk import Walk

from .conftest import only_real

pytestmark = pytest.mark.anyio

NOT_ASKED = {
    "DELETE /config/custom": "all settings would be gone",
    "PUT /custom-pages/homepage/instance": "a page that was never there cannot be put back",
    "POST /plugins/install": "it fetches programs, and runs them",
    "POST /server/following": "the server would go on trying to reach the other",
}


@only_real
async def test_every_operation_was_asked_for(
    walk: Walk, asked: Asked, shapes: Shapes, request: pytest.FixtureRequest
) -> None:
    walks = {path.name for path in Path(__file__).parent.glob("test_walk_*.py")}
    if not walks <= {item.path.name for item in request.session.items}:
        pytest.skip("only some of the walks were to run")
    if "AIOPEERTUBE_LIVE_SHAPES" in os.environ:
        keep(DATA / f"shapes-{walk.version}.json", shapes.answers)
    assert asked.missing(walk.version) == NOT_ASKED.keys()
