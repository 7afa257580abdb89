"""`--seed` plays one seed alone."""

import pytest

BATCHES = {"core": (100, 20), "wire": (20, 5)}  # seeds in a test, and tests


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, default=None, help="play this seed of the simulation alone")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    level = metafunc.function.__name__.removeprefix("test_")
    if "seeds" not in metafunc.fixturenames:
        return
    chosen: int | None = metafunc.config.getoption("--seed", default=None)
    size, number = BATCHES[level]
    batches = [range(size * batch, size * (batch + 1)) for batch in range(number)]
    if chosen is not None:
        batches = [range(chosen, chosen + 1)]
    metafunc.parametrize("seeds", batches, ids=[f"{seeds.start}-{seeds.stop - 1}" for seeds in batches])
