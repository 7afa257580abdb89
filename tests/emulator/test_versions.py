from typing import Any

import pytest

from aiopeertube.emulator import Emulator, EmulatorOptions

from .conftest import Visitor

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["6.3", "8.2"])
def version(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
def options(version: str) -> dict[str, Any]:
    return {"videos": 2, "rate_limit": None, "server_version": version}


async def test_version(visitor: Visitor, version: str) -> None:
    assert (await visitor.get("/config"))[2]["serverVersion"] == {"6.3": "6.3.0", "8.2": "8.2.1"}[version]


async def test_error_field(visitor: Visitor, version: str) -> None:
    _, _, body = await visitor.get("/videos/99")
    assert body["detail"] == "Video not found"
    assert ("error" in body) == (version == "6.3")


async def test_refresh_lifetime(owner: Visitor, version: str) -> None:
    assert owner.tokens["refresh_token_expires_in"] == {"6.3": 1209599, "8.2": 2419199}[version]


async def test_channel_of_somebody_else(owner: Visitor, version: str) -> None:
    assert (await owner.put("/videos/1", {"channelId": 1}))[0] == {"6.3": 400, "8.2": 403}[version]


async def test_channel_of_nobody(owner: Visitor, version: str) -> None:
    assert (await owner.put("/videos/1", {"channelId": 99}))[0] == {"6.3": 400, "8.2": 404}[version]


async def test_tags_in_rows(owner: Visitor, admin: Visitor, version: str) -> None:
    await owner.put("/videos/1", {"tags": ["one"]})
    _, _, body = await admin.get("/videos", params={"include": 128, "sort": "createdAt"})
    assert body["data"][0].get("tags") == {"6.3": None, "8.2": ["one"]}[version]


async def test_password_protected_for_visitors(visitor: Visitor, server: Emulator, version: str) -> None:
    server.store.videos[1].privacy = 5
    assert (await visitor.get("/videos/1"))[0] == {"6.3": 403, "8.2": 401}[version]


class TestOptions:
    @pytest.fixture
    def version(self) -> str:
        return "6.3"

    async def test_unknown_version(self) -> None:
        with pytest.raises(ValueError, match="server_version"):
            EmulatorOptions(server_version="7")  # type: ignore[arg-type]

    async def test_negative_videos(self) -> None:
        with pytest.raises(ValueError, match="videos"):
            Emulator(videos=-1)

    async def test_videos_without_users(self) -> None:
        with pytest.raises(ValueError, match="owns"):
            Emulator(videos=1, users=())

    async def test_unknown_option(self) -> None:
        with pytest.raises(TypeError):
            Emulator(colour="green")

    async def test_options_and_changes(self) -> None:
        server = Emulator(EmulatorOptions(videos=3, seed=5), videos=4)
        assert (server.options.videos, server.options.seed, len(server.store.videos)) == (4, 5, 4)
