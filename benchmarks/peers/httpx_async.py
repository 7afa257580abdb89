"""httpx, an `AsyncClient` whose pool takes as many connections as are in flight; one coroutine for each item."""

from typing import Any

import httpx
from _async_driver import main
from _job import Job


class Client:
    """An `httpx.AsyncClient`."""

    def __init__(self, job: Job) -> None:
        limits = httpx.Limits(max_connections=job.in_flight, max_keepalive_connections=job.in_flight)
        self._client = httpx.AsyncClient(limits=limits)

    def authorize(self, token: str) -> None:
        """Send this token from now on."""
        self._client.headers["Authorization"] = f"Bearer {token}"

    async def get(self, url: str, params: dict[str, str | int]) -> Any:
        """GET JSON."""
        response = await self._client.get(url, params=params)
        response.raise_for_status()
        return response.json()

    async def post(self, url: str, form: dict[str, str]) -> Any:
        """POST a form."""
        response = await self._client.post(url, data=form)
        response.raise_for_status()
        return response.json()

    async def put(self, url: str, body: dict[str, Any]) -> int:
        """PUT JSON."""
        status: int = (await self._client.put(url, json=body)).status_code
        return status

    async def aclose(self) -> None:
        """Close the client."""
        await self._client.aclose()


if __name__ == "__main__":
    main(Client)
