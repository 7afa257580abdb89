"""What type checkers see of fleets; never run."""

from collections.abc import AsyncIterator
from typing import assert_type

from aiopeertube import PeerTube
from aiopeertube.fleet import Answer, Fleet, FleetStatistics, Instance, Login, Page, Record
from aiopeertube.types import ServerConfig, VideoRow


async def config(pt: PeerTube) -> ServerConfig:
    return await pt.config.get()


async def a_fleet(urls: list[str]) -> None:
    own = {"https://videos.example": Login(token="...")}
    async with Fleet(urls, contact="me@university.example", own=own, journal="crawl", resume=True) as fleet:
        assert_type(fleet, Fleet)
        async for instance, video in fleet.videos(isLocal=True):
            assert_type(instance, Instance)
            assert_type(video, VideoRow)
        assert_type(fleet.stream(nsfw="both"), AsyncIterator[Page | Record])
        assert_type(fleet.crawl(format="parquet"), AsyncIterator[Record])
        assert_type(fleet.each(config), AsyncIterator[Answer[ServerConfig]])
        assert_type(fleet.records, dict[str, Record])
        assert_type(fleet.statistics(), FleetStatistics)
    fleet.videos(isLocal="perhaps")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    fleet.crawl(format="avro")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
