from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import aiohttp
import pytest

from aiopeertube.emulator import Emulator

Answered = tuple[int, dict[str, str], Any]  # status, headers, and the body: text, or what JSON says


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self, now: float = 1_800_000_000.25) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += seconds


# What begins like this passes for a video.
MP4 = b"\x00\x00\x00 ftypisom\x00\x00\x02\x00isomiso2avc1mp41" + bytes(range(256)) * 12


def form(**fields: object) -> aiohttp.FormData:
    """Multipart; tuples of name, content and type are files."""
    made = aiohttp.FormData(default_to_multipart=True)
    for name, value in fields.items():
        if isinstance(value, tuple):
            made.add_field(name, BytesIO(value[1]), filename=value[0], content_type=value[2])
        else:
            made.add_field(name, value)
    return made


class Visitor:
    """Talks to an emulator: the least of a client, and none of this package's."""

    def __init__(self, server: Emulator, session: aiohttp.ClientSession) -> None:
        self.server = server
        self.session = session
        self.headers: dict[str, str] = {}
        self.tokens: dict[str, Any] = {}

    async def call(self, method: str, path: str, **options: Any) -> Answered:
        headers = {**self.headers, **options.pop("headers", {})}
        url = f"{self.server.url}/api/v1{path}"
        async with self.session.request(method, url, headers=headers, **options) as response:
            body: Any = await response.text()
            if "json" in response.headers.get("Content-Type", "") and body:
                body = await response.json(content_type=None)
            return response.status, dict(response.headers), body

    async def get(self, path: str, **options: Any) -> Answered:
        return await self.call("GET", path, **options)

    async def put(self, path: str, json: object = None, **options: Any) -> Answered:
        return await self.call("PUT", path, **({} if json is None else {"json": json}), **options)

    async def grant(self, *, headers: dict[str, str] | None = None, **fields: str) -> Answered:
        store = self.server.store
        client = {"client_id": store.client_id, "client_secret": store.client_secret}
        return await self.call("POST", "/users/token", data={**client, **fields}, headers=headers or {})

    async def login(self, username: str = "nisv", password: str = "secret123") -> None:
        status, _, self.tokens = await self.grant(grant_type="password", username=username, password=password)
        assert status == 200
        self.use(self.tokens["access_token"])

    def use(self, token: str | None) -> None:
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def options() -> dict[str, Any]:
    """Options of `server`; tests override it by indirect parametrisation or in their module."""
    return {"videos": 12, "rate_limit": None}


@pytest.fixture
async def server(anyio_backend: str, options: dict[str, Any]) -> AsyncIterator[Emulator]:
    async with Emulator(**options) as started:
        yield started


@pytest.fixture
async def session(anyio_backend: str) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
async def visitor(server: Emulator, session: aiohttp.ClientSession) -> Visitor:
    return Visitor(server, session)


@pytest.fixture
async def owner(server: Emulator, session: aiohttp.ClientSession) -> Visitor:
    """The user whose videos the generated ones are."""
    owner = Visitor(server, session)
    await owner.login()
    return owner


@pytest.fixture
async def admin(server: Emulator, session: aiohttp.ClientSession) -> Visitor:
    admin = Visitor(server, session)
    await admin.login("root", "test-root")
    return admin
