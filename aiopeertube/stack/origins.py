"""The admissions of this process: one for each origin and event loop, shared by all clients that talk to it."""

import asyncio
from typing import Final
from weakref import WeakKeyDictionary

from aiopeertube.errors import PeerTubeError

from .admission import Admission
from .lanes import Lane

_OPEN: Final[WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Admission]]] = WeakKeyDictionary()


def join(origin: str, patience: float) -> Admission:
    """Return the admission to `origin` that the clients of the running event loop share; each leaves it again."""
    loop = asyncio.get_running_loop()
    admissions = _OPEN.setdefault(loop, {})
    if origin not in admissions:
        admissions[origin] = Admission(origin, loop.time, patience=patience)
    admissions[origin].clients += 1
    return admissions[origin]


def leave(admission: Admission, lanes: list[Lane], error: PeerTubeError) -> None:
    """Take a client's lanes away; whoever waits in them gets `error`."""
    for lane in lanes:
        admission.lanes.remove(lane)
        admission.fail(lane, error)
    admission.clients -= 1
    if not admission.clients:
        admission.close()
        _OPEN.get(asyncio.get_running_loop(), {}).pop(admission.origin, None)
