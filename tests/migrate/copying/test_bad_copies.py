"""What is wrong with a copy is said before anything is sent where that can be known, and else of the one video."""

from typing import Any

import pytest

from aiopeertube import PeerTube, migrate
from aiopeertube.emulator.faults import Fault
from aiopeertube.emulator.model.content import content
from aiopeertube.emulator.routes import resumable
from aiopeertube.emulator.wire.video_files import SourceFile
from aiopeertube.errors import ConfigurationError, InputError, PeerTubeError
from aiopeertube.migrate import JobOptions, Scope

from .conftest import PASSWORD, USER, Two

pytestmark = pytest.mark.anyio


@pytest.fixture
def options() -> dict[str, Any]:
    return {"videos": 3}


def nothing_was_sent(two: Two) -> bool:
    writes = two.target.statistics().by_route
    return {route for route in writes if not route.startswith("GET")} <= {"POST /users/token"}


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_an_instance_is_not_copied_to_itself(two: Two, host: str) -> None:
    options: Any = {"username": USER, "password": PASSWORD}
    again = two.target.url.replace("127.0.0.1", host)
    async with PeerTube(two.target.url, **options) as one, PeerTube(again, **options) as other:
        with pytest.raises(ConfigurationError, match="cannot be copied to itself"):
            await migrate.copy(one, other, job=JobOptions(failed=""))
    async with PeerTube(two.target.url) as one, PeerTube(again, **options) as other:
        with pytest.raises(ConfigurationError, match="cannot be copied to itself"):
            await migrate.copy(one, other, scope=Scope(account=USER), job=JobOptions(failed=""))
    assert nothing_was_sent(two)


async def test_without_a_login_it_is_to_be_said_what_is_copied(two: Two) -> None:
    async with PeerTube(two.source.url) as one, PeerTube(two.target.url, username=USER, password=PASSWORD) as other:
        with pytest.raises(ConfigurationError, match="which channel or account"):
            await migrate.copy(one, other)
        done = await migrate.copy(one, other, scope=Scope(channel="nisv_channel"), job=JobOptions(failed=""))
    assert done.run.counts["changed"] == 3


@pytest.mark.parametrize("quota", ["quota", "daily_quota"])
async def test_a_quota_that_is_too_small(two: Two, quota: str) -> None:
    setattr(two.target.store.users[USER], quota, 500_000)
    with pytest.raises(ConfigurationError, match="left of the quota"):
        await two.copy()
    assert nothing_was_sent(two)


async def test_a_name_that_is_taken(two: Two) -> None:
    two.source.store.add_channel("films", two.source.store.users[USER])
    two.target.store.add_channel("films", two.target.store.users["root"])
    with pytest.raises(InputError, match="the name is taken") as raised:
        await two.copy()
    assert raised.value.option == "channel_names"
    assert nothing_was_sent(two)
    await two.copy(channel_names={"films": "my_films"})
    assert "my_films" in two.target.store.channels


@pytest.mark.parametrize(
    ("names", "says"),
    [
        ({"films": "nisv_channel"}, "nisv_channel: nisv_channel and films cannot both be called so"),
        ({"film": "movies"}, "film: did you mean films"),
    ],
)
async def test_names_of_channels_that_cannot_be(two: Two, names: dict[str, str], says: str) -> None:
    two.source.store.add_channel("films", two.source.store.users[USER])
    with pytest.raises(InputError, match=says) as raised:
        await two.copy(channel_names=names)
    assert raised.value.option == "channel_names"
    assert nothing_was_sent(two)


async def test_a_name_of_a_file_that_no_header_takes(two: Two) -> None:
    video = two.source.store.videos[2]
    video.source = SourceFile("a\nfilm.mp4", video.size, "", 0)
    done = await two.copy()
    assert not done.run.failed
    source = two.copies()[video.name].source
    assert source is not None
    assert source.name == "a_film.mp4"


async def test_a_channel_that_is_not_there(two: Two) -> None:
    with pytest.raises(InputError, match="channel"):
        await two.copy(scope=Scope(channel="nobody"))


async def test_a_target_that_imports_nothing(two: Two) -> None:
    with pytest.raises(ConfigurationError, match="import") as raised:
        await two.copy(via="import")
    assert raised.value.option == "via"
    with pytest.raises(ConfigurationError, match="none of upload, import"):
        await two.copy(via="carrier pigeon")


async def test_a_file_that_cannot_be_read_is_that_videos_error(two: Two) -> None:
    video = two.source.store.videos[2]
    two.source.faults.add(Fault("5xx", path=f"*{video.uuid}-720.mp4", status=404))
    done = await two.copy()
    assert done.run.counts == {"changed": 2, "failed": 1, "unchanged": 1}
    assert [left.name for left in done.plan.cannot] == [video.name]
    assert video.name not in two.copies()


async def test_a_file_that_the_target_cannot_read_is_that_videos_error(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = b"".join(content(two.source.store.videos[2].uuid, 0, 100))
    monkeypatch.setattr(resumable, "is_video", lambda head: not head.startswith(bad))
    done = await two.copy()
    assert done.run.counts == {"changed": 2, "failed": 1, "unchanged": 1}
    assert "unreadable" in done.plan.cannot[0].why
    assert not list(two.target.store.uploads)


async def test_a_file_of_a_kind_that_the_target_does_not_take(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aiopeertube.emulator.wire.video_files._EXTENSIONS", (".webm",))
    done = await two.copy()
    assert done.run.counts["failed"] == 3
    assert "takes only .webm" in done.plan.cannot[0].why
    (told,) = [line for line in two.told.lines if line.startswith("not copied")]
    assert told == "not copied: Video 0001 and 2 more: the instance takes only .webm, and this is .mp4"
    assert nothing_was_sent(two)


async def test_what_failed_after_its_file_is_not_called_not_copied(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(origin: Any, pt: Any, item: Any) -> None:
        if item.name != "Video 0003":
            raise PeerTubeError(f"PUT /api/v1/videos/{item.uuid}/chapters answered 500: no reason given")

    monkeypatch.setattr("aiopeertube.migrate.kinds.copying.video_steps.bring_chapters", fails)
    done = await two.copy()
    assert done.run.failed == 2
    assert len(two.copies()) == 3
    (told,) = [line for line in two.told.lines if line.startswith("not ")]
    assert told.startswith("not complete: Video 0001 and 1 more: PUT /api/v1/videos/")


async def test_no_more_is_named_than_can_be_read(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aiopeertube.migrate.copying.copy_plan._NAMED", 2)
    monkeypatch.setattr("aiopeertube.emulator.wire.video_files._EXTENSIONS", (".webm",))
    done = await two.copy()
    assert (len(done.plan.cannot), done.plan.more) == (2, 1)
    assert "not copied, or not all of it: 1 other thing" in two.told.lines


async def test_a_copy_is_not_rolled_back(two: Two) -> None:
    done = await two.copy()
    async with two.clients() as (_, other):
        with pytest.raises(ConfigurationError, match="cannot be undone: what it made stays"):
            await migrate.rollback(other, done.run.journal)
    assert len(two.copies()) == 3
