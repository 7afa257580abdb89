"""Fixtures of the unit tests.

Async tests run on asyncio. A module whose tests are to run on the virtual clock says so in one line::

    pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("virtual_backend")]

A single test asks for `virtual_backend` as an argument. In both cases `asyncio.get_running_loop().time()` is the
virtual clock.
"""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


def _load(name: str) -> ModuleType:
    """Load a file of the folder above; with --import-mode=importlib it is on no path."""
    spec = importlib.util.spec_from_file_location(f"_unit_{name}", Path(__file__).parent.with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_VIRTUAL = ("asyncio", {"loop_factory": _load("virtual_clock").VirtualClockLoop})


@pytest.fixture
def virtual_backend() -> tuple[str, dict[str, Any]]:
    """Put the test on the virtual clock; the value is what `anyio_backend` becomes."""
    return _VIRTUAL


@pytest.fixture
def anyio_backend(request: pytest.FixtureRequest) -> Any:
    """Run on asyncio, on the virtual clock where `virtual_backend` is asked for."""
    return _VIRTUAL if "virtual_backend" in request.fixturenames else "asyncio"
