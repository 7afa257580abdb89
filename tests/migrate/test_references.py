"""The names of videos, brought into one form."""

import pytest

from aiopeertube.emulator.model.ids import to_short, uuid_from_bits
from aiopeertube.migrate.metadata.references import canonical, reference

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
