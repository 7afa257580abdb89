"""requests, a session in a loop: one PUT after the other, with a pause between them where one is asked for."""

from typing import Any

import requests
from _job import Job
from _sync_driver import main


class Client:
    """A `requests.Session`, which keeps its connection."""

    def __init__(self, _job: Job) -> None:
        self._session = requests.Session()

    def authorize(self, token: str) -> None:
        """Send this token from now on."""
        self._session.headers["Authorization"] = f"Bearer {token}"

    def get(self, url: str, params: dict[str, str | int]) -> Any:
        """GET JSON."""
        response = self._session.get(url, params=params)
        response.raise_for_status()
        return response.json()

    def post(self, url: str, form: dict[str, str]) -> Any:
        """POST a form."""
        response = self._session.post(url, data=form)
        response.raise_for_status()
        return response.json()

    def put(self, url: str, body: dict[str, Any]) -> int:
        """PUT JSON."""
        status: int = self._session.put(url, json=body).status_code
        return status

    def close(self) -> None:
        """Close the session."""
        self._session.close()


if __name__ == "__main__":
    main(Client, threads=False)
