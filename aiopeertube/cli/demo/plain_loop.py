"""What one would write without this package, for comparison in the demonstration.

aiohttp, gather and a semaphore, as in countless scripts. It uses nothing of the client.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import aiohttp

_AT_ONCE: Final = 32
Edits = Sequence[tuple[str, Mapping[str, Any]]]  # uuid and fields


@dataclass(frozen=True, slots=True)
class Tally:
    """What the loop saw: answers by status (0: no answer), and seconds taken."""

    by_status: Mapping[int, int]
    seconds: float


async def edit_all(url: str, username: str, password: str, edits: Edits, done: Callable[[int], None]) -> Tally:
    """Send all edits, 32 at a time, each once; call `done` with the status of each."""
    places = asyncio.Semaphore(_AT_ONCE)
    by_status: Counter[int] = Counter()

    async with aiohttp.ClientSession(url, headers=await _signed_in(url, username, password)) as session:

        async def edit(uuid: str, fields: Mapping[str, Any]) -> None:
            async with places:
                status = await _put(session, uuid, fields)
            by_status[status] += 1
            done(status)

        began = time.monotonic()
        await asyncio.gather(*(edit(uuid, fields) for uuid, fields in edits))
        return Tally(by_status, time.monotonic() - began)


async def _put(session: aiohttp.ClientSession, uuid: str, fields: Mapping[str, Any]) -> int:
    try:
        async with session.put(f"/api/v1/videos/{uuid}", json=fields) as answer:
            return answer.status
    except (aiohttp.ClientError, TimeoutError):
        return 0


async def _signed_in(url: str, username: str, password: str) -> dict[str, str]:
    async with aiohttp.ClientSession(url) as session:
        async with session.get("/api/v1/oauth-clients/local") as answer:
            client = await answer.json()
        form = {**client, "grant_type": "password", "username": username, "password": password}
        async with session.post("/api/v1/users/token", data=form) as answer:
            token = (await answer.json())["access_token"]
    return {"Authorization": f"Bearer {token}"}
