"""The names of videos, brought into one form."""

import pytest

from aiopeertube.emulator.model.ids import to_short, uuid_from_bits
from aiopeertube.migrate.metadata.references import all_names, canonical, is_uuid, names_another, reference

ORIGIN = "https://videos.example"
UUID = "5a71eb42-d31d-4cf0-9a63-42319bfeb9c6"
SHORT = to_short(UUID)


@pytest.mark.parametrize(
    "text",
    [
        UUID,
        UUID.upper(),
        SHORT,
        f"{ORIGIN}/w/{SHORT}",
        f"{ORIGIN}/videos/watch/{UUID}",
        f"{ORIGIN}/w/{SHORT}?start=12s",
        f"http://videos.example/videos/embed/{UUID}/",
        f"/w/{SHORT}",
        f"Videos.example/w/{SHORT}",
        f"videos.example/api/v1/videos/{UUID}",
    ],
)
def test_one_video_has_one_form(text: str) -> None:
    assert canonical(text, ORIGIN) == UUID


def test_short_uuids_agree_with_the_servers() -> None:
    for bits in range(1, 2000):
        uuid = uuid_from_bits(bits * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128)
        assert canonical(to_short(uuid), ORIGIN) == uuid


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"https://other.example/w/{SHORT}", "not at https://videos.example"),
        (f"{ORIGIN}/about", "not the address of a video"),
        ("https://", "not complete"),
        (f"//videos.example/w/{SHORT}", "not complete|no scheme|must be"),
        (f"other.example/w/{SHORT}", "not complete|must be"),
        (f"{ORIGIN}:8443/w/{SHORT}", "not at https://videos.example"),
        ("film", "not a video id"),
        ("z" * 22, "not a short UUID"),
    ],
)
def test_what_names_no_video_says_why(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        canonical(text, ORIGIN)


def test_the_first_column_that_names_one_counts() -> None:
    assert reference({"name": "x", "id": 7, "url": ""}, ORIGIN) == ("id", "7")
    assert reference({"uuid": UUID, "id": "7"}, ORIGIN) == ("uuid", UUID)
    with pytest.raises(LookupError):
        reference({"name": "x", "uuid": " "}, ORIGIN)
    with pytest.raises(ValueError, match="not at https"):
        reference({"url": f"https://other.example/w/{SHORT}"}, ORIGIN)
    assert reference({"url": f"{ORIGIN}/w/{SHORT}"}, ORIGIN) == ("url", UUID)


def test_every_column_that_names_one_is_found() -> None:
    cells = {"uuid": UUID, "shortUUID": SHORT, "id": 7, "url": "https://other.example/w/1", "video": " ", "name": "9"}
    assert all_names(cells, ORIGIN) == {"uuid": UUID, "shortUUID": UUID, "id": "7"}
    assert all_names({"url": f"{ORIGIN}/w/{SHORT}", "id": "film", "video": "8"}, ORIGIN) == {
        "url": UUID,
        "video": "8",
    }
    assert all_names({"id": None}, ORIGIN) == {}


def test_a_name_is_of_one_video() -> None:
    video = {"id": 7, "uuid": UUID}
    assert [names_another(ref, video) for ref in ("7", UUID, "8", SHORT)] == [False, False, True, True]
    assert names_another("7", {"uuid": UUID})


def test_a_uuid_is_as_the_server_writes_it() -> None:
    assert [is_uuid(text) for text in (UUID, UUID.upper(), SHORT, "7", UUID + "0", "")] == [True] + [False] * 5


def test_an_id_may_be_written_as_libraries_for_tables_do() -> None:
    assert canonical("7.0", ORIGIN) == "7"
    with pytest.raises(ValueError, match="is not a video id"):
        canonical("7.5", ORIGIN)
