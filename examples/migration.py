"""Edit videos from a table, look whether it stands, and say how to undo it: `python migration.py films.csv`.

The instance and the user come from PEERTUBE_URL, PEERTUBE_USERNAME and PEERTUBE_PASSWORD.
"""

import asyncio
import sys

from aiopeertube import PeerTube, migrate


async def main(table: str) -> int:
    """Plan, apply and verify."""
    async with PeerTube.from_env() as pt:
        with await migrate.plan(pt, table) as plan:
            print(f"to change: {plan.changes}; rows that cannot be done: {plan.cannot}")
            for change in await plan.diff():
                print(f"  {change}")
            run = await migrate.apply(pt, plan, halt="2%")
        verified = await migrate.verify(pt, run.journal)
    print(f"stand as written: {verified.stand}; differ: {verified.differ}")
    print(f"to undo it: aiopeertube rollback {run.journal}")
    return 0 if verified.ok and not run.failed else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1])))
