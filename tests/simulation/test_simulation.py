"""Seeds played and judged: 2,000 of the stack and the bulk engine on their own, 100 with aiohttp on both sides.

A seed that fails prints the line that repeats it; `pytest tests/simulation --seed 1234 -k core` does so, too.
"""

import os
import subprocess
import sys
from pathlib import Path

from simulation.seeds import digest_of, judge


def failures(level: str, seeds: range) -> str:
    """Play seeds; return a line for each that fails."""
    return "\n".join(failure.line for seed in seeds if (failure := judge(level, seed)).wrong)


def test_core(seeds: range) -> None:
    assert failures("core", seeds) == ""


def test_a_seed_gives_one_run() -> None:
    seeds = range(40)
    assert [digest_of("core", seed) for seed in seeds] == [digest_of("core", seed) for seed in seeds]


def test_other_seeds_give_other_runs() -> None:
    assert len({digest_of("core", seed) for seed in range(40)}) == 40


def test_a_seed_gives_one_run_in_every_process() -> None:
    code = "from simulation.seeds import digest_of; print(*(digest_of('core', seed) for seed in range(20)))"
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
    assert printed == {" ".join(digest_of("core", seed) for seed in range(20)) + "\n"}
