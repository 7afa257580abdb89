"""Fixtures of all tests.

Async tests run on asyncio. A module whose tests are to run on the virtual clock says so in one line::

    pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("virtual_backend")]

A single test asks for `virtual_backend` as an argument. In both cases `asyncio.get_running_loop().time()` is the
virtual clock.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from coverage import Coverage
from hypothesis import HealthCheck, settings
from virtual_clock import VirtualClockLoop

# A busy machine is no finding: examples take as long as they take.
settings.register_profile("aiopeertube", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("aiopeertube")

_VIRTUAL = ("asyncio", {"loop_factory": VirtualClockLoop})


@pytest.fixture(scope="session", autouse=True)
def nobodys_journals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep journals of whoever runs the tests apart from theirs: jobs read all that are there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture
def virtual_backend() -> tuple[str, dict[str, Any]]:
    """Put the test on the virtual clock; the value is what `anyio_backend` becomes."""
    return _VIRTUAL


@pytest.fixture
def anyio_backend(request: pytest.FixtureRequest) -> Any:
    """Run on asyncio, on the virtual clock where `virtual_backend` is asked for."""
    return _VIRTUAL if "virtual_backend" in request.fixturenames else "asyncio"


def pytest_configure(config: pytest.Config) -> None:
    """Measure the workers alone: programs that tests run would start slowly, and reach hardly any other line."""
    if hasattr(config, "workerinput"):
        os.environ.pop("COVERAGE_PROCESS_CONFIG", None)


def pytest_sessionfinish() -> None:
    """Save what was measured while the process is sure to live: a worker that is slow to end is killed at it."""
    if (measured := Coverage.current()) is not None:
        measured.stop()
        measured.save()
