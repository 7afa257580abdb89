"""niquests, an `AsyncSession` whose pool takes as many connections as are in flight; one coroutine for each item."""

from typing import Any

import niquests
from _async_driver import main
from _job import Job


class Client:
    """A `niquests.AsyncSession`."""

    def __init__(self, job: Job) -> None:
        self._session = niquests.AsyncSession(pool_maxsize=job.in_flight)

    def authorize(self, token: str) -> None:
        """Send this token from now on."""
        self._session.headers["Authorization"] = f"Bearer {token}"

    async def get(self, url: str, params: dict[str, str | int]) -> Any:
        """GET JSON."""
        response = await self._session.get(url, params=params)
        response.raise_for_status()
        return response.json()

    async def post(self, url: str, form: dict[str, str]) -> Any:
        """POST a form."""
        response = await self._session.post(url, data=form)
        response.raise_for_status()
        return response.json()

    async def put(self, url: str, body: dict[str, Any]) -> int:
        """PUT JSON."""
        status: int = (await self._session.put(url, json=body)).status_code
        return status

    async def aclose(self) -> None:
        """Close the session."""
        await self._session.close()


if __name__ == "__main__":
    main(Client)
