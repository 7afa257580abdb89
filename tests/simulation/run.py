"""Play seeds from the shell.

One seed, with -v every event and its virtual time::

    python tests/simulation/run.py core 1234 -v

Many, in batches; with a state file the same command goes on after an interruption::

    python tests/simulation/run.py core --from 0 --count 100000 --batch 1000 --state seeds.json

The planted faults, and which seeds find them::

    python tests/simulation/run.py plants --count 2000
"""

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

_TESTS = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(_TESTS.parent), str(_TESTS / "support")]

from simulation.planted import PLANTS, search  # noqa: E402 - found by the lines above
from simulation.seeds import LEVELS, Failure, judge, trace_of  # noqa: E402


def main(arguments: list[str] | None = None) -> int:
    """Play what the command line says; return 1 when a seed failed."""
    options = _parser().parse_args(arguments)
    if options.level == "plants":
        return _plants(range(options.first, options.first + options.count))
    if options.seed is not None:
        return _one(options.level, options.seed, verbose=options.verbose)
    return _many(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Play seeds of the simulation.")
    parser.add_argument("level", choices=[*sorted(LEVELS), "plants"])
    parser.add_argument("seed", nargs="?", type=int)
    parser.add_argument("-v", "--verbose", action="store_true", help="print every event")
    parser.add_argument("--from", dest="first", type=int, default=0, metavar="A")
    parser.add_argument("--count", type=int, default=1000, metavar="N")
    parser.add_argument("--batch", type=int, default=1000, metavar="SIZE")
    parser.add_argument("--state", type=Path, help="a file that remembers how far it got")
    return parser


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _one(level: str, seed: int, *, verbose: bool) -> int:
    if verbose:
        _say("\n".join(trace_of(level, seed)))
    failure = judge(level, seed)
    for wrong in failure.wrong:
        _say(wrong)
    _say(failure.line if failure.wrong else f"{level} {seed}: nothing wrong")
    return int(bool(failure.wrong))


def _plants(seeds: range) -> int:
    """Look for the seeds that find each planted fault."""
    known: dict[int, frozenset[str]] = {}
    missed = 0
    for plant in PLANTS:
        invariant, found = search(plant, seeds, 3, known)
        missed += not found
        _say(f"{plant.name}: {(invariant, found)}")
    return int(missed > 0)


def _many(options: argparse.Namespace) -> int:
    last = options.first + options.count
    state = _read(options)
    while state["next"] < last:
        begin = time.perf_counter()
        batch = range(state["next"], min(last, state["next"] + options.batch))
        failures = [failure for seed in batch if (failure := judge(options.level, seed)).wrong]
        for failure in failures:
            _say(failure.line)
        _add(state, failures)
        state["next"] = batch.stop
        seconds = time.perf_counter() - begin
        _say(f"# {options.level} {batch.start}..{batch.stop - 1}: {len(failures)} failed, {seconds:.1f} s")
        if options.state is not None:
            options.state.write_text(json.dumps(state))
    _say(f"# {len(state['failed'])} of {options.count} failed: {json.dumps(state['by_invariant'])}")
    return int(bool(state["failed"]))


def _read(options: argparse.Namespace) -> dict[str, Any]:
    fresh: dict[str, Any] = {"level": options.level, "first": options.first, "next": options.first}
    fresh |= {"failed": [], "by_invariant": {}}
    if options.state is None or not options.state.exists():
        return fresh
    state: dict[str, Any] = json.loads(options.state.read_text())
    if (state["level"], state["first"]) != (options.level, options.first):
        raise SystemExit(f"{options.state} is of other seeds; choose another file")
    return state


def _add(state: dict[str, Any], failures: list[Failure]) -> None:
    counts = Counter(state["by_invariant"])
    for failure in failures:
        state["failed"].append(failure.seed)
        counts.update(failure.invariants)
    state["by_invariant"] = dict(counts)


if __name__ == "__main__":
    sys.exit(main())
