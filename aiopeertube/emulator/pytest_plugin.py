"""Fixtures for tests that need a PeerTube server.

Every pytest run in an environment with this package loads this module, so only the fixture that starts the emulator
imports it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .server import Emulator


@pytest.fixture
def peertube_emulator_options() -> dict[str, Any]:
    """Options of `peertube_emulator`; override it in a module, a class or a conftest."""
    return {}


@pytest.fixture
def peertube_emulator(peertube_emulator_options: dict[str, Any]) -> Iterator[Emulator]:
    """An emulated PeerTube in a thread of its own, new for each test."""
    from .server import Emulator  # noqa: PLC0415 -- see the module.

    with Emulator.in_thread(**peertube_emulator_options) as server:
        yield server
