"""The admissions of this process, shared by all clients of an event loop that go the same way to the same origin.

A way is a proxy and whom one trusts. By another way the server may be away, and counts for another address.
"""

import asyncio
from collections.abc import Hashable
from typing import Final
from weakref import WeakKeyDictionary

from aiopeertube.errors import PeerTubeError

from .admission import Admission
from .lanes import Lane

_Key = tuple[str, Hashable]  # origin, way
_OPEN: Final[WeakKeyDictionary[asyncio.AbstractEventLoop, dict[_Key, Admission]]] = WeakKeyDictionary()


def join(origin: str, way: Hashable, patience: float) -> Admission:
    """Return the admission to `origin` that the clients of the running event loop share; each leaves it again."""
    loop = asyncio.get_running_loop()
    admissions, key = _OPEN.setdefault(loop, {}), (origin, way)
    if key not in admissions:
        admissions[key] = Admission(origin, loop.time, patience=patience)
    admissions[key].clients += 1
    return admissions[key]


def leave(admission: Admission, way: Hashable, lanes: list[Lane], error: PeerTubeError) -> None:
    """Take a client's lanes away; whoever waits in them gets `error`."""
    for lane in lanes:
        admission.lanes.remove(lane)
        admission.fail(lane, error)
    admission.clients -= 1
    if not admission.clients:
        admission.close()
        _OPEN.get(asyncio.get_running_loop(), {}).pop((admission.origin, way), None)
