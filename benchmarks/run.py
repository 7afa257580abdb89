"""Run the benchmarks that need no server of one's own; print one JSON object. `--quick` measures less.

What needs a real server is in benchmarks/server.py (`--live`).
"""

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import client_cost
import decode
import memory


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    results = {
        "client_cost": client_cost.measure(2000 if quick else 6000, 3 if quick else 7, 8),
        "decode": decode.measure(100 if quick else 400),
        "memory": memory.measure([10_000, 100_000] if quick else [10_000, 1_000_000]),
    }
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
