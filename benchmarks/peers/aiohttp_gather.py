"""aiohttp, a `ClientSession` with default settings; one coroutine for each item."""

from typing import Any

import aiohttp
from _async_driver import main
from _job import Job


class Client:
    """An `aiohttp.ClientSession`."""

    def __init__(self, _job: Job) -> None:
        self._session = aiohttp.ClientSession()

    def authorize(self, token: str) -> None:
        """Send this token from now on."""
        self._session.headers["Authorization"] = f"Bearer {token}"

    async def get(self, url: str, params: dict[str, str | int]) -> Any:
        """GET JSON."""
        async with self._session.get(url, params=params, raise_for_status=True) as response:
            return await response.json()

    async def post(self, url: str, form: dict[str, str]) -> Any:
        """POST a form."""
        async with self._session.post(url, data=form, raise_for_status=True) as response:
            return await response.json()

    async def put(self, url: str, body: dict[str, Any]) -> int:
        """PUT JSON."""
        async with self._session.put(url, json=body) as response:
            await response.read()
            return response.status

    async def aclose(self) -> None:
        """Close the session."""
        await self._session.close()


if __name__ == "__main__":
    main(Client)
