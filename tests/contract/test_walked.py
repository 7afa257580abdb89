"""After the walks: nothing that a real server has was left out. This file comes last."""

from pathlib import Path

import pytest
from asked import Asked
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
async def test_every_operation_was_asked_for(walk: Walk, asked: Asked, request: pytest.FixtureRequest) -> None:
    ran = {item.path.name for item in request.session.items}
    if not {path.name for path in Path(__file__).parent.glob("test_walk_*.py")} <= ran:
        pytest.skip("only some of the walks were to run")
    assert asked.missing(walk.version) == NOT_ASKED.keys()
