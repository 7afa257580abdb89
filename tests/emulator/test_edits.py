from typing import Any

import pytest

from aiopeertube.emulator import Emulator, Fault
from aiopeertube.emulator.wire.bodies import append
from aiopeertube.emulator.wire.scalars import NAN, bool_or_null, int_or_null, is_int, parse_date

from .conftest import Clock, Visitor, form

pytestmark = pytest.mark.anyio
VIDEO = "/videos/1"
NAME_MESSAGE = "Should have a video name between 3 and 120 characters long"


@pytest.fixture
def options(clock: Clock) -> dict[str, Any]:
    return {"videos": 3, "rate_limit": None, "clock": clock}


async def invalid(owner: Visitor, sent: dict[str, Any]) -> dict[str, Any]:
    status, headers, body = await owner.put(VIDEO, sent)
    assert (status, headers["Content-Type"]) == (400, "application/problem+json; charset=utf-8")
    assert body["detail"] == "Incorrect request parameters: " + ", ".join(body["invalid-params"])
    problems: dict[str, Any] = body["invalid-params"]
    return problems


class TestAccepted:
    async def test_partial(self, owner: Visitor, server: Emulator) -> None:
        before = (await owner.get(VIDEO))[2]
        await owner.put(VIDEO, {"name": "  Trimmed  "})
        after = (await owner.get(VIDEO))[2]
        changed = {name for name in after if after[name] != before[name]}
        assert changed == {"name", "updatedAt", "files"}, "files hold the name in their magnet links"
        assert after["name"] == "Trimmed"

    async def test_nothing_still_bumps_updated_at(self, owner: Visitor, clock: Clock) -> None:
        clock.forward(60)
        status, headers, body = await owner.put(VIDEO)
        assert (status, body, headers["Content-Type"]) == (204, "", "application/json; charset=utf-8")
        assert (await owner.get(VIDEO))[2]["updatedAt"] == "2027-01-15T08:01:00.250Z"

    async def test_null_clears(self, owner: Visitor, server: Emulator) -> None:
        fields = ("category", "licence", "language", "description", "support", "originallyPublishedAt", "tags")
        await owner.put(VIDEO, {"category": 1, "originallyPublishedAt": "2001-02-03", "tags": ["one", "two"]})
        assert (await owner.put(VIDEO, dict.fromkeys(fields)))[0] == 204
        after = (await owner.get(VIDEO))[2]
        assert after["category"] == {"id": None, "label": "Unknown"}
        assert [after[name] for name in ("description", "support", "originallyPublishedAt", "tags")] == [None] * 3 + [
            []
        ]

    @pytest.mark.parametrize(
        ("sent", "read", "value"),
        [
            ({"category": "15"}, "category", {"id": 15, "label": "Science & Technology"}),
            ({"language": "xx-none"}, "language", {"id": "xx-none", "label": "Unknown"}),
            ({"nsfw": "true"}, "nsfw", True),
            ({"nsfw": "0"}, "nsfw", False),
            ({"waitTranscoding": True}, "waitTranscoding", True),
            ({"downloadEnabled": False}, "downloadEnabled", False),
            ({"commentsEnabled": False}, "commentsPolicy", {"id": 2, "label": "Disabled"}),
            ({"commentsPolicy": 3}, "commentsPolicy", {"id": 3, "label": "Requires approval"}),
            ({"commentsPolicy": 1, "commentsEnabled": False}, "commentsEnabled", True),
            ({"privacy": 2}, "privacy", {"id": 2, "label": "Unlisted"}),
            ({"originallyPublishedAt": "1999"}, "originallyPublishedAt", "1999-01-01T00:00:00.000Z"),
            ({"description": "x" * 10000}, "description", "x" * 10000),
            ({"tags": ["same", "same"]}, "tags", ["same"]),
            ({"doesNotExist": 1}, "name", "Video 0001"),
            (
                {"scheduleUpdate": {"updateAt": "2030-01-01T00:00:00Z", "privacy": 1}},
                "scheduledUpdate",
                {"updateAt": "2030-01-01T00:00:00.000Z", "privacy": 1},
            ),
        ],
    )
    async def test_values(
        self, owner: Visitor, server: Emulator, sent: dict[str, Any], read: str, value: object
    ) -> None:
        status, _, body = await owner.put(VIDEO, sent)
        assert (status, body) == (204, "")
        uuid = server.store.videos[1].uuid
        assert (await owner.get(f"/videos/{uuid}"))[2][read] == value

    async def test_schedule_is_removed_by_null(self, owner: Visitor) -> None:
        await owner.put(VIDEO, {"scheduleUpdate": {"updateAt": "2030-01-01"}})
        await owner.put(VIDEO, {"scheduleUpdate": None})
        assert "scheduledUpdate" not in (await owner.get(VIDEO))[2]

    async def test_tags_come_back_in_an_order_of_their_own(self, owner: Visitor) -> None:
        sent = ["alpha", "beta", "gamma", "delta", "epsilon"]
        orders = set()
        for video in range(1, 4):
            await owner.put(f"/videos/{video}", {"tags": sent})
            tags = (await owner.get(f"/videos/{video}"))[2]["tags"]
            assert sorted(tags) == sorted(sent)
            assert tags == (await owner.get(f"/videos/{video}"))[2]["tags"]
            orders.add(tuple(tags))
        assert orders != {tuple(sent)}

    async def test_publishing_a_private_video_dates_it(self, owner: Visitor, clock: Clock) -> None:
        await owner.put(VIDEO, {"privacy": 3})
        clock.forward(5)
        await owner.put(VIDEO, {"privacy": 1})
        assert (await owner.get(VIDEO))[2]["publishedAt"] == "2027-01-15T08:00:05.250Z"

    async def test_edits_are_counted_by_video(self, owner: Visitor, server: Emulator) -> None:
        for video in (1, 2, 2):
            await owner.put(f"/videos/{video}", {"name": "Edited"})
        await owner.put("/videos/3", {"name": "x"})
        server.faults.add(Fault("5xx"))
        await owner.put("/videos/3", {"name": "Edited"})
        assert server.statistics().edits == {1: 1, 2: 2}, "those that were carried out"

    async def test_every_spelling_of_the_id(self, owner: Visitor, server: Emulator) -> None:
        video = (await owner.get(VIDEO))[2]
        for number, key in enumerate((video["id"], video["uuid"], video["shortUUID"], video["uuid"].upper())):
            assert (await owner.put(f"/videos/{key}", {"name": f"Name {number}"}))[0] == 204
            assert server.store.videos[1].name == f"Name {number}"


class TestRefused:
    @pytest.mark.parametrize(
        ("sent", "message"),
        [
            ({"name": "ab"}, NAME_MESSAGE),
            ({"name": "  ab  "}, NAME_MESSAGE),
            ({"name": None}, NAME_MESSAGE),
            ({"name": "x" * 121}, NAME_MESSAGE),
            ({"category": 99}, "Invalid value"),
            ({"category": "music"}, "Invalid value"),
            ({"licence": 0}, "Invalid value"),
            ({"language": ""}, "Invalid value"),
            ({"language": "x" * 11}, "Invalid value"),
            ({"privacy": None}, "Invalid value"),
            ({"privacy": 6}, "Invalid value"),
            ({"nsfw": None}, "Should have a valid nsfw boolean"),
            ({"waitTranscoding": None}, "Should have a valid waitTranscoding boolean"),
            ({"downloadEnabled": None}, "Should have downloadEnabled boolean"),
            ({"commentsEnabled": None}, "Should have valid commentsEnabled boolean"),
            ({"commentsPolicy": 9}, "Invalid value"),
            ({"description": "ab"}, "Invalid value"),
            ({"description": ""}, "Invalid value"),
            ({"description": "x" * 10001}, "Invalid value"),
            ({"description": 5}, "Expected a string but received a number"),
            ({"support": "x" * 1001}, "Invalid value"),
            ({"originallyPublishedAt": ""}, "Invalid value"),
            ({"originallyPublishedAt": "2001-13-01"}, "Invalid value"),
            ({"channelId": "two"}, "Invalid value"),
            ({"videoPasswords": "secret"}, "Video passwords should be an array."),
            (
                {"tags": [1, 2]},
                "Should have an array of up to 5 tags between 2 and 30 characters each",
            ),
        ],
    )
    async def test_values(self, owner: Visitor, server: Emulator, sent: dict[str, Any], message: str) -> None:
        (name,) = sent
        assert (await invalid(owner, sent))[name]["msg"] == message
        assert server.store.videos[1].name == "Video 0001"

    async def test_all_at_once_in_the_servers_order(self, owner: Visitor) -> None:
        sent = {"name": "", "tags": "x", "privacy": 7, "category": 99, "channelId": "x"}
        assert list(await invalid(owner, sent)) == ["category", "privacy", "tags", "name", "channelId"]

    async def test_what_cannot_be_a_number_has_no_value(self, owner: Visitor) -> None:
        assert (await invalid(owner, {"category": "music"}))["category"]["value"] is None

    async def test_schedule(self, owner: Visitor) -> None:
        found = await invalid(owner, {"scheduleUpdate": {"updateAt": "soon", "privacy": 3}})
        assert list(found) == ["scheduleUpdate.updateAt", "scheduleUpdate.privacy"]
        wrong: tuple[object, ...] = ({"privacy": 1}, {}, [], "soon")
        for sent in wrong:
            _, _, body = await owner.put(VIDEO, {"scheduleUpdate": sent})
            assert body["detail"] == "Schedule update at is mandatory."

    async def test_identifier_and_fields_together(self, owner: Visitor) -> None:
        _, _, body = await owner.put("/videos/abc", {"name": "x", "category": 99})
        assert list(body["invalid-params"]) == ["category", "id", "name"]

    async def test_null_policy_fails_in_the_database(self, owner: Visitor) -> None:
        status, _, body = await owner.put(VIDEO, {"commentsPolicy": None})
        assert (status, body["code"]) == (500, "SequelizeValidationError")

    async def test_somebody_elses_video(self, visitor: Visitor, server: Emulator) -> None:
        server.store.add_user("other", "secret123", role=2)
        await visitor.login("other")
        for method in ("PUT", "DELETE"):
            status, _, body = await visitor.call(method, VIDEO)
            assert (status, body["detail"]) == (403, "Cannot manage a video of another user.")
        assert len(server.store.videos) == 3

    async def test_staff_may(self, admin: Visitor) -> None:
        assert (await admin.put(VIDEO, {"name": "By root"}))[0] == 204

    async def test_somebody_elses_channel(self, owner: Visitor) -> None:
        status, _, body = await owner.put(VIDEO, {"channelId": 1})
        assert (status, body["detail"]) == (400, 'Unknown video "video channel" for this account.')

    async def test_broken_and_odd_json(self, owner: Visitor) -> None:
        headers = {"Content-Type": "application/json"}
        for sent, detail in (
            (b'{"name": ', "Unexpected end of JSON input"),
            (b'{"a":' * 3000, "Unexpected end of JSON input"),
            (b"5", "Unexpected token '5', \"5\" is not valid JSON"),
            (b'{"name": x}', "Unexpected token 'x' in JSON at position 9"),
        ):
            status, _, body = await owner.put(VIDEO, data=sent, headers=headers)
            assert (status, body["code"], body["detail"]) == (400, "SyntaxError", detail)

    async def test_json_that_is_too_long(self, owner: Visitor) -> None:
        status, _, body = await owner.put(VIDEO, {"description": "x" * 600_000})
        assert (status, body["code"]) == (413, "PayloadTooLargeError")


class TestChannels:
    async def test_move(self, owner: Visitor, server: Emulator) -> None:
        _, _, made = await owner.call("POST", "/video-channels", json={"name": "second", "displayName": "Second"})
        number = made["videoChannel"]["id"]
        assert (await owner.put(VIDEO, {"channelId": number}))[0] == 204
        assert (await owner.get("/video-channels/second/videos"))[2]["total"] == 1
        assert (await owner.get("/video-channels/nisv_channel/videos"))[2]["total"] == 2

    async def test_name_taken(self, owner: Visitor) -> None:
        taken = {"name": "nisv_channel", "displayName": "Again"}
        assert (await owner.call("POST", "/video-channels", json=taken))[0] == 409


class TestForms:
    async def test_tags_are_lost_silently(self, owner: Visitor, server: Emulator) -> None:
        before = server.store.videos[1].tags
        status, _, _ = await owner.put(VIDEO, data={"name": "By form", "tags[0]": "lost"})
        assert status == 204
        assert (server.store.videos[1].name, server.store.videos[1].tags) == ("By form", before)

    async def test_one_tag_is_refused_and_two_are_not(self, owner: Visitor, server: Emulator) -> None:
        assert (await owner.put(VIDEO, data={"tags": "foo"}))[0] == 400
        assert (await owner.put(VIDEO, data=[("tags", "foo"), ("tags", "bar")]))[0] == 204
        assert server.store.videos[1].tags == ("foo", "bar")

    async def test_null_is_a_word(self, owner: Visitor, server: Emulator) -> None:
        await owner.put(VIDEO, data={"category": "null"})
        assert server.store.videos[1].category is None


class TestMultipart:
    async def test_lists_and_objects(self, owner: Visitor, server: Emulator) -> None:
        fields = {"tags[0]": "one", "tags[1]": "two", "scheduleUpdate[updateAt]": "2030-01-01"}
        assert (await owner.put(VIDEO, data=form(**fields)))[0] == 204
        video = server.store.videos[1]
        assert video.tags == ("one", "two")
        assert video.schedule is not None

    @pytest.mark.parametrize("field", ["thumbnailfile", "previewfile"])
    async def test_image(self, owner: Visitor, field: str) -> None:
        path = field.replace("file", "Path")
        before = (await owner.get(VIDEO))[2][path]
        assert (await owner.put(VIDEO, data=form(**{field: ("t.png", b"png", "image/png")})))[0] == 204
        assert (await owner.get(VIDEO))[2][path] != before

    @pytest.mark.parametrize(
        "upload", [("t.gif", b"gif", "image/gif"), ("t.jpg", b"x" * (4 * 1024 * 1024 + 1), "image/jpeg")]
    )
    async def test_not_an_image(self, owner: Visitor, upload: tuple[str, bytes, str]) -> None:
        status, _, body = await owner.put(VIDEO, data=form(previewfile=upload))
        assert status == 400
        assert body["invalid-params"]["previewfile"]["msg"].startswith("This preview file is not supported")
        assert "value" not in body["invalid-params"]["previewfile"]

    async def test_file_in_another_field(self, owner: Visitor) -> None:
        status, _, body = await owner.put(VIDEO, data=form(videofile=("v.mp4", b"mp4", "video/mp4")))
        assert (status, body["code"]) == (500, "MulterError")

    async def test_caption_needs_a_file(self, owner: Visitor) -> None:
        status, _, body = await owner.put(f"{VIDEO}/captions/en", data=form(other="x"))
        assert (status, list(body["invalid-params"])) == (400, ["captionfile"])

    async def test_caption_that_is_not_there(self, owner: Visitor) -> None:
        status, _, body = await owner.call("DELETE", f"{VIDEO}/captions/en")
        assert (status, body["detail"]) == (404, "Video caption not found")


class TestParsing:
    @pytest.mark.parametrize(
        ("names", "expected"),
        [
            (["tags[0]", "tags[1]"], {"tags": ["a", "b"]}),
            (["tags[]", "tags[]"], {"tags": ["a", "b"]}),
            (["tags", "tags"], {"tags": ["a", "b"]}),
            (["name"], {"name": "a"}),
            (["schedule[at]", "schedule[privacy]"], {"schedule": {"at": "a", "privacy": "b"}}),
            (["[odd]"], {"[odd]": "a"}),
        ],
    )
    async def test_names(self, names: list[str], expected: dict[str, Any]) -> None:
        fields: dict[str, Any] = {}
        for name, value in zip(names, "ab", strict=False):
            append(fields, name, value)
        assert fields == expected

    @pytest.mark.parametrize(
        ("sent", "expected"), [(5, 5), (5.0, 5), ("5", 5), ("5 apples", 5), ("null", None), (None, None), ([7], 7)]
    )
    async def test_numbers(self, sent: object, expected: object) -> None:
        assert int_or_null(sent) == expected

    async def test_no_number(self) -> None:
        assert int_or_null("apples") is NAN
        assert int_or_null(True) is NAN
        assert not is_int(NAN)

    @pytest.mark.parametrize(
        ("sent", "expected"), [("false", False), (0, False), ("", False), ("yes", True), (1, True), ("null", None)]
    )
    async def test_truth(self, sent: object, expected: object) -> None:
        assert bool_or_null(sent) is expected

    @pytest.mark.parametrize(
        ("text", "seconds"),
        [
            ("1970", 0),
            ("1970-01-02", 86400),
            ("1970-01-01T00:01:00.500Z", 60.5),
            ("1970-01-01T01:00:00+01:00", 0),
            ("19700101T000000", 0),
            ("1970-02-30", 5184000),  # as JavaScript has it
            ("01/02/1970", None),
            ("", None),
        ],
    )
    async def test_dates(self, text: str, seconds: float | None) -> None:
        assert parse_date(text) == seconds
