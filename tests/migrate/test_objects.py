"""Videos in full as ActivityPub objects: the same as by the API, with few requests to it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aiopeertube import PeerTube, errors, migrate
from aiopeertube.emulator import Emulator, Fault
from aiopeertube.emulator.model.entities import Schedule
from aiopeertube.migrate.metadata.objects import Objects, completed
from aiopeertube.migrate.watching import Unwatched
from aiopeertube.testing import MockTransport, reply

pytestmark = pytest.mark.anyio

VIDEOS = 12
ROW = {
    "uuid": "9c9de5e8-0a1e-484a-b099-e80766180a6d",
    "updatedAt": "2026-01-01T00:00:00.000Z",
    "isLocal": True,
    "description": "cut...",
}
OBJECT: dict[str, Any] = {
    "uuid": "9c9de5e8-0a1e-484a-b099-e80766180a6d",
    "updated": ROW["updatedAt"],
    "content": "All of it",
    "support": None,
    "tag": [{"type": "Hashtag", "name": "film"}, {"type": "Mention", "name": "@anna"}],
    "commentsPolicy": 2,
    "downloadEnabled": False,
    "waitTranscoding": True,
}


@pytest.fixture(params=["6.3", "8.2"])
def server(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    """Videos of every privacy, one of which is scheduled, and one with a policy of its own."""
    with Emulator.in_thread(videos=VIDEOS, rate_limit=(400, 10.0), server_version=request.param) as server:
        videos = list(server.store.videos.values())
        for video, privacy in zip(videos, (1, 2, 3, 4), strict=False):
            video.privacy = privacy
        videos[4].description = "A long one. " * 50
        videos[5].comments_policy = 3
        videos[6].tags, videos[7].support, videos[8].download_enabled = ("b", "a"), None, False
        yield server


def client(server: Emulator, username: str = "nisv", **options: Any) -> PeerTube:
    return PeerTube(
        server.url, username=username, password={"root": "test-root"}.get(username, "secret123"), **options
    )


async def exported(server: Emulator, path: Path, details: migrate.Details, **options: Any) -> bytes:
    async with client(server) as pt:
        assert (await migrate.export(pt, path, details=details, overwrite=True, **options)).whole
    return path.read_bytes()


def asked(server: Emulator) -> dict[str, int]:
    """How often the API and the objects were asked for single videos."""
    routes = server.statistics().by_route
    return {"api": routes.get("GET /videos/{id}", 0), "objects": routes.get("GET /videos/watch/{id}", 0)}


@pytest.mark.parametrize("extension", ["csv", "jsonl"])
@pytest.mark.parametrize("scope", [migrate.Scope(), migrate.Scope(mine=True), migrate.Scope(channel="nisv_channel")])
async def test_an_export_is_the_same_either_way(
    server: Emulator, tmp_path: Path, extension: str, scope: migrate.Scope
) -> None:
    videos = list(server.store.videos.values())
    videos[10].schedule = Schedule(4e9, 2)
    one = await exported(server, tmp_path / f"one.{extension}", "api", scope=scope)
    before = asked(server)["api"]
    other = await exported(server, tmp_path / f"other.{extension}", "auto", scope=scope)
    assert other == one
    shown = VIDEOS - 2 if before == VIDEOS else VIDEOS - 3  # an unlisted one is in no list of others
    # The API is asked for what is hidden, and for one of each policy, whose words an object lacks.
    hidden = before - shown
    assert asked(server) == {"api": before + hidden + 2, "objects": shown}


async def test_for_staff_whose_requests_are_not_counted_it_is_the_api(server: Emulator, tmp_path: Path) -> None:
    async with client(server, "root") as pt:
        await migrate.export(pt, tmp_path / "out.csv")
    assert asked(server)["objects"] == 0


@pytest.mark.parametrize("limit", [None, (500, 10.0)])
async def test_where_the_api_allows_as_many_it_is_the_api(tmp_path: Path, limit: tuple[int, float] | None) -> None:
    with Emulator.in_thread(videos=VIDEOS, rate_limit=limit) as server:
        await exported(server, tmp_path / "out.csv", "auto")
    assert asked(server) == {"api": VIDEOS, "objects": 0}


async def test_what_is_no_field_is_read_by_the_api(server: Emulator) -> None:
    def function(video: Any) -> dict[str, Any]:
        return {"support": f"{len(video['files'])} files"}

    async with client(server) as pt:
        rules = migrate.Rules(function=function)
        run = await migrate.set_(pt, rules, job=migrate.JobOptions(dry_run=True))
    assert run.counts == {"planned": VIDEOS}
    assert asked(server) == {"api": VIDEOS, "objects": 0}


async def test_what_was_just_changed_is_never_read_as_it_was(server: Emulator, tmp_path: Path) -> None:
    """The server keeps objects for a second."""
    await exported(server, tmp_path / "films.csv", "activitypub")
    videos = list(server.store.videos.values())
    before = [video.support for video in videos]
    table = tmp_path / "edits.csv"
    table.write_text("uuid,support\n" + "".join(f"{video.uuid},New {video.id}\n" for video in videos))
    async with client(server) as pt:
        run = await migrate.apply(pt, table, job=migrate.JobOptions(journal=tmp_path / "j"))
        verified = await migrate.verify(pt, tmp_path / "j")
        back = await migrate.rollback(pt, tmp_path / "j", job=migrate.JobOptions(journal=tmp_path / "k"))
        again = await migrate.verify(pt, tmp_path / "k")
    assert run.counts == {"changed": VIDEOS}
    assert (verified.stand, verified.ok) == (VIDEOS, True)
    assert back.counts == {"changed": VIDEOS}
    assert (again.stand, again.ok) == (VIDEOS, True)
    assert [video.support for video in videos] == before


@pytest.mark.parametrize("fault", [Fault("garbage", path="/videos/watch/*"), Fault("5xx", path="/videos/watch/*")])
async def test_where_a_server_gives_no_objects_it_is_the_api(server: Emulator, tmp_path: Path, fault: Fault) -> None:
    one = await exported(server, tmp_path / "one.csv", "api")
    server.faults.add(fault)
    async with client(server, attempts=1, concurrency=1) as pt:
        await migrate.export(pt, tmp_path / "other.csv", details="activitypub")
    assert (tmp_path / "other.csv").read_bytes() == one
    assert asked(server)["objects"] < VIDEOS - 2


async def test_a_condition_that_rows_decide_costs_no_request(server: Emulator) -> None:
    name = server.store.videos[9].name
    async with client(server) as pt:
        rules = migrate.Rules(edits=("support=Thank you",), where=(f"name={name}", "views>=0"))
        run = await migrate.set_(pt, rules, job=migrate.JobOptions(dry_run=True))
    assert run.counts == {"planned": 1}
    assert sum(asked(server).values()) == 1


async def test_a_policy_that_the_api_leaves_out_is_asked_for_again() -> None:
    row = ROW | {"name": "Film", "privacy": {"id": 1}}
    api = reply(json=row | {"commentsPolicy": None})
    transport = MockTransport(lambda request: reply(json=OBJECT) if "/watch/" in request.path else api)
    async with PeerTube("http://127.0.0.1", token="t", transport=transport) as pt:
        objects = Objects(pt, labels=True)
        for _ in range(2):
            video = await objects.video(row, ["commentsPolicy"], pt.prepare(objects.call(row)))
            assert video["commentsPolicy"] is None
    assert transport.requests == 4


def test_a_row_is_completed() -> None:
    assert completed(ROW, OBJECT) == ROW | {
        "description": "All of it",
        "support": None,
        "tags": ["film"],
        "commentsPolicy": {"id": 2},
        "downloadEnabled": False,
        "waitTranscoding": True,
    }


@pytest.mark.parametrize("other", [{"updated": "2026-01-01T00:00:00.001Z"}, {"uuid": "v"}])
def test_an_object_of_another_time_or_video_counts_for_nothing(other: dict[str, Any]) -> None:
    assert completed(ROW, OBJECT | other) is None


@pytest.mark.parametrize(
    "answer",
    [
        *([], None, "text", {}),
        *(
            OBJECT | {name: 1.5}
            for name in ("content", "support", "tag", "commentsPolicy", "downloadEnabled", "waitTranscoding")
        ),
        OBJECT | {"tag": [{"type": "Hashtag"}]},
    ],
)
def test_what_is_no_object_is_unexpected(answer: Any) -> None:
    with pytest.raises(errors.UnexpectedResponse, match="the object of a video"):
        completed(ROW, answer)


async def test_another_way_is_refused(tmp_path: Path) -> None:
    async with PeerTube("http://localhost:1", token="t") as pt:
        for verb in (
            migrate.export(pt, tmp_path / "out.csv", details="rss"),  # type: ignore[arg-type]
            migrate.plan(pt, "films.csv", details="rss"),  # type: ignore[arg-type]
            migrate.verify(pt, "last", details="rss"),  # type: ignore[arg-type]
            migrate.apply(pt, "films.csv", job=migrate.JobOptions(details="rss")),  # type: ignore[arg-type]
        ):
            with pytest.raises(errors.ConfigurationError, match=r"details: 'rss' is none of auto, api, activitypub"):
                await verb


class Meddling(Unwatched):
    """Edits a video when all have been compared, and the first is about to be changed."""

    def __init__(self, server: Emulator, uuid: str) -> None:
        self.server = server
        self.uuid = uuid
        self.cost = ""

    async def planned(self, plan: migrate.Plan) -> None:
        self.cost = str(plan.estimate)

    async def confirm(self, question: str) -> bool:
        async with client(self.server, "root") as colleague:
            await colleague.videos.update(self.uuid, name="The colleague's")
        return True


async def test_a_rollback_looks_at_objects_and_sees_what_was_edited_a_moment_ago(
    server: Emulator, tmp_path: Path
) -> None:
    videos = list(server.store.videos.values())
    table = tmp_path / "t.csv"
    table.write_text("id,support\n" + "".join(f"{video.id},Ours\n" for video in videos))
    meddling = Meddling(server, videos[9].uuid)
    async with client(server) as pt:
        run = await migrate.apply(pt, table, job=migrate.JobOptions(journal=tmp_path / "j.journal"))
        assert run.counts == {"changed": VIDEOS}
        before = asked(server)
        back = await migrate.rollback(pt, run.journal, watcher=meddling)
    assert back.counts == {"changed": VIDEOS}  # another field was edited, and both edits stand
    assert (videos[9].name, videos[9].support) == ("The colleague's", None)
    hidden = 2
    # Once, just before it is changed; the one that was edited is looked at in full.
    spent = {name: count - before[name] for name, count in asked(server).items()}
    assert spent == {"api": hidden + 1, "objects": VIDEOS - hidden}
    assert f"({VIDEOS + hidden} to change, and {VIDEOS - hidden} for objects)" in meddling.cost


async def test_what_a_colleague_edited_a_moment_ago_is_a_conflict(
    server: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # where the table of what failed goes
    videos = list(server.store.videos.values())
    table = tmp_path / "t.csv"
    table.write_text("id,name\n" + "".join(f"{video.id},Ours {video.id}\n" for video in videos))
    async with client(server) as pt:
        run = await migrate.apply(pt, table, job=migrate.JobOptions(journal=tmp_path / "j.journal"))
        back = await migrate.rollback(pt, run.journal, watcher=Meddling(server, videos[9].uuid))
    assert back.counts == {"changed": VIDEOS - 1, "conflict": 1}
    assert videos[9].name == "The colleague's"


async def test_a_plan_tells_what_looking_costs(server: Emulator, tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("id,support\n" + "".join(f"{video.id},Ours\n" for video in server.store.videos.values()))
    async with client(server) as pt:
        await pt.me.get()
        before = server.statistics().requests
        with await migrate.plan(pt, table) as plan:
            assert plan.estimate.looking == server.statistics().requests - before
            assert plan.estimate.requests == VIDEOS
            assert str(plan.estimate).startswith(f"{VIDEOS + plan.estimate.looking} requests (")
