"""An archive's own script, on `requests`: list, OAuth client, token, bearer, PUT; and where each goes wrong."""

from typing import Any

import requests
from steps import Job, Steps


class Archive:
    """The script, step by step."""

    def __init__(self, job: Job) -> None:
        self.job, self.steps = job, Steps()
        self.api = f"{job.url}/api/v1"
        self.login: dict[str, str] = {"grant_type": "password", "username": job.username, "password": job.password}

    def ask(self, name: str, method: str, path: str, **more: Any) -> Any:
        """Send a request as one does by hand, and note its answer."""

        def send() -> Any:
            response = requests.request(method, self.api + path, timeout=60, **more)
            kind = response.headers.get("Content-Type", "no type")
            body = response.json() if "json" in kind and response.content else response.text
            told[:] = [str(response.status_code), kind, body.get("detail", "") if isinstance(body, dict) else body]
            return body

        told: list[str] = []
        return self.steps.take(name, send, says=lambda _: " ".join(told).strip())

    def walk(self) -> None:
        """Take the five steps, with those that a script's author takes by mistake."""
        bearer = self.signed_in()
        video = f"/videos/{self.job.video}"
        for name, body in (
            ("a form", {"data": {"name": "Somebody's client, a form", "category": 1}}),
            (
                "JSON",
                {"json": {"name": "Somebody's client, JSON", "tags": ["one", "two"], "description": "Of an archive"}},
            ),
            (
                "multipart",
                {
                    "data": {"name": "Somebody's client, in parts", "tags[0]": "three"},
                    "files": {"no": ("no.txt", b"")},
                },
            ),
            ("a form with tags", {"data": {"tags": "foo"}}),
            ("a form with a list", {"data": {"tags": ["one", "two"]}}),
            ("JSON with a name too short", {"json": {"name": "a"}}),
            ("JSON with numbers as text", {"json": {"category": "1", "licence": "2", "privacy": "1"}}),
            ("JSON with fields of no meaning", {"json": {"title": "x"}}),
            ("JSON that is a list", {"json": []}),
        ):
            self.ask(f"PUT of {name}", "PUT", video, headers=bearer, **body)
            self.ask(f"after PUT of {name}", "GET", video)
        before = {"name": "For somebody's client", "category": 1, "licence": 1, "tags": ["one", "two"]}
        self.ask("PUT of what was there before", "PUT", video, headers=bearer, json=before)
        self.ask("PUT without a token", "PUT", video, json={"name": "Nobody's"})
        self.ask("PUT with a wrong token", "PUT", video, json={"name": "x"}, headers={"Authorization": "Bearer x"})
        self.ask("PUT of no video", "PUT", "/videos/999999999", json={"name": "None"}, headers=bearer)
        self.ask("sign out", "POST", "/users/revoke-token", headers=bearer)
        self.ask("PUT when signed out", "PUT", video, json={"name": "Too late"}, headers=bearer)

    def signed_in(self) -> dict[str, str]:
        """List, get a client and a token."""
        self.ask("list", "GET", f"/video-channels/{self.job.channel}/videos", params={"count": 100, "start": 0})
        self.ask("list too many", "GET", "/videos", params={"count": 101})
        self.ask("list none", "GET", "/video-channels/there_is_none/videos")
        client = self.ask("client", "GET", "/oauth-clients/local")
        self.ask("token by JSON", "POST", "/users/token", json=self.login | client)
        self.ask("token with a wrong password", "POST", "/users/token", data=self.login | client | {"password": "no"})
        self.ask("token without a client", "POST", "/users/token", data=self.login)
        token = self.ask("token", "POST", "/users/token", data=self.login | client)
        bearer = {"Authorization": f"Bearer {token['access_token']}"}
        self.ask("bearer", "GET", "/users/me", headers=bearer)
        self.ask("list mine", "GET", "/users/me/videos", params={"count": 3}, headers=bearer)
        return bearer


if __name__ == "__main__":
    archive = Archive(Job.read())
    archive.walk()
    archive.steps.print()
