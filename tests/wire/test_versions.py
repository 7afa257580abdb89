"""A server that lacks an operation answers as to any unknown path: the error says which version has it."""

import pytest

from aiopeertube import PeerTube, errors
from aiopeertube.testing import MockTransport, reply
from aiopeertube.wire.versions import Versions

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def _client(status: int, json: object = None) -> PeerTube:
    return PeerTube("https://a.example", token="t", transport=MockTransport(lambda request: reply(status, json)))


@pytest.mark.parametrize("status", [400, 404])
async def test_an_unknown_path_is_an_unknown_operation(status: int) -> None:
    async with _client(status) as pt:
        with pytest.raises(errors.NotInThisVersion, match=r"from 8[.]0 on"):
            await pt.videos.embed_privacy.get(7)
        with pytest.raises(errors.NotInThisVersion, match=r"up to 6[.]3"):
            await pt.videos.description(7)


async def test_a_path_that_is_taken_for_another() -> None:
    async with _client(404, {"detail": "Video channel not found"}) as pt:
        with pytest.raises(errors.NotFound, match=r"Video channel not found .*from 8[.]0 on"):
            await pt.channels.ownership.list().collect()


async def test_what_the_server_says_of_an_operation_that_it_has() -> None:
    async with _client(400, {"detail": "policy is wrong"}) as pt:
        with pytest.raises(errors.BadRequest) as caught:
            await pt.videos.embed_privacy.get(7)
        assert "8.0" not in str(caught.value)


async def test_an_operation_of_all_versions() -> None:
    async with _client(404) as pt:
        with pytest.raises(errors.NotFound, match="no reason given"):
            await pt.videos.get(7)


def test_both_bounds() -> None:
    assert str(Versions("7.0", "7.3")) == "PeerTube had it up to 7.3, from 7.0 on"
