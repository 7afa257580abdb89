"""Seeds played and judged: 2,000 of the stack and the bulk engine on their own, 100 with aiohttp on both sides.

A seed that fails prints the line that repeats it; `pytest tests/simulation --seed 1234 -k core` does so, too.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from simulation.seeds import digest_of, judge


def failures(level: str, seeds: range) -> str:
    """Play seeds; return a line for each that fails."""
    return "\n".join(failure.line for seed in seeds if (failure := judge(level, seed)).wrong)


def test_core(seeds: range) -> None:
    assert failures("core", seeds) == ""


def test_wire(seeds: range) -> None:
    assert failures("wire", seeds) == ""


@pytest.mark.parametrize("level", ["core", "wire"])
def test_a_seed_gives_one_run(level: str) -> None:
    seeds = range(40)
    assert [digest_of(level, seed) for seed in seeds] == [digest_of(level, seed) for seed in seeds]


@pytest.mark.parametrize("level", ["core", "wire"])
def test_other_seeds_give_other_runs(level: str) -> None:
    assert len({digest_of(level, seed) for seed in range(40)}) == 40


@pytest.mark.parametrize("level", ["core", "wire"])
def test_a_seed_gives_one_run_in_every_process(level: str) -> None:
    code = f"from simulation.seeds import digest_of; print(*(digest_of({level!r}, seed) for seed in range(20)))"
    tests = Path(__file__).parents[1]
    path = os.pathsep.join([str(tests), str(tests / "support"), *sys.path])
    printed = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("1", "2")
    }
    assert printed == {" ".join(digest_of(level, seed) for seed in range(20)) + "\n"}
