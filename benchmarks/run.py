"""Run the benchmarks and write what they gave: JSON, a table, and charts.

    python benchmarks/run.py                                  all, in about an hour; writes RESULTS.md and charts/
    python benchmarks/run.py --quick                          less of everything, in under 3 minutes; prints the table
    python benchmarks/run.py --only capacity listing          some of them; the rest of RESULTS.md stays
    python benchmarks/run.py --only allowance --live URL --username nisv --count 120   (password: PEERTUBE_PASSWORD)

Each peer runs in an environment and a process of its own, each server in another; peers take turns, several times.
"""

import argparse
import json
import os
from typing import Any

import report
from environments import runners
from running import HERE, Live, Plan, note
from situations import allowance, capacity, client, growth, listing

SITUATIONS = {
    "allowance": allowance.measure,
    "capacity": capacity.measure,
    "client": client.measure,
    "listing": listing.measure,
    "growth": growth.measure,
}


def main() -> None:
    """Parse arguments, measure, report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", nargs="+", choices=SITUATIONS)
    parser.add_argument("--live", metavar="URL", help="a real server, for allowance or capacity")
    parser.add_argument("--username")
    parser.add_argument("--count", type=int, help="renames or edits, instead of the usual number")
    options = parser.parse_args()
    live = None
    if options.live:
        if not options.only or not {*options.only} <= {"allowance", "capacity"} or not options.username:
            parser.error("--live needs --username, and --only allowance or --only capacity")
        live = Live(options.live, options.username, os.environ["PEERTUBE_PASSWORD"])
    plan = Plan(options.quick, live, options.count)
    found = measure(options.only or list(SITUATIONS), plan)
    if options.quick or options.live or options.count:
        print(report.table(found))
        if options.quick:
            print("What must be is meant for a full run; so few items show that all works, and about where it is.")
    else:
        report.write(found)


def measure(names: list[str], plan: Plan) -> dict[str, Any]:
    """Measure some situations; the file of each is written as soon as it is done."""
    peers, found = runners(), {}
    for name in names:
        note(f"-- {name}")
        found[name] = SITUATIONS[name](peers, plan) | {"machine": report.machine()}
        if not (plan.quick or plan.live or plan.count):
            (HERE / "results").mkdir(exist_ok=True)
            (HERE / "results" / f"{name}.json").write_text(json.dumps(found[name], indent=1) + "\n")
    return found


if __name__ == "__main__":
    main()
