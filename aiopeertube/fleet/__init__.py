"""Many instances at once: for researchers, and for those who run several.

::

    async with Fleet(urls, contact="you@university.example") as fleet:
        async for instance, video in fleet.videos():
            print(instance.host, video["name"])
        for record in fleet.records.values():
            print(record.origin, record.state, record.reason)

Each instance is visited once, whatever names it has, asked for one page a second at most, and left when it refuses.
Those that are dead, slow or lying cost the others nothing. With `journal`, a run that ended goes on where it was.
"""

from .addresses import Addresses, Instance, read_addresses
from .fleet import Fleet
from .instance_index import read_index
from .manners import Bounds, Login
from .merging_pages import Format
from .records import STATES, Answer, FleetStatistics, Page, Record

__all__ = [
    "STATES",
    "Addresses",
    "Answer",
    "Bounds",
    "Fleet",
    "FleetStatistics",
    "Format",
    "Instance",
    "Login",
    "Page",
    "Record",
    "read_addresses",
    "read_index",
]
