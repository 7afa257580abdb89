"""Lists of instances as people write them."""

import pytest

from aiopeertube.errors import InvalidURL
from aiopeertube.fleet.addresses import Instance, canonical, read_addresses


def test_each_instance_is_there_once_whatever_it_is_called() -> None:
    found = read_addresses(
        [
            "# of the archive\n",
            "videos.example\n",
            "",
            "http://Videos.Example:80/   # the same",
            "https://videos.example:443",
            "VIDEOS.example.",
            "https://videos.example/api/v1",
            "http://b\u00fccher.example",
            "xn--bcher-kva.example",
            "http://127.0.0.1:9000",
            "http://localhost:9000",
            "https://127.0.0.1:9001",
        ]
    )
    assert found.origins == (
        "https://videos.example",
        "https://xn--bcher-kva.example",
        "http://127.0.0.1:9000",
        "https://127.0.0.1:9001",
    )
    assert found.repeated == 6


def test_all_lines_that_are_no_address_are_named() -> None:
    with pytest.raises(InvalidURL) as caught:
        read_addresses(["videos.example", "https://a.example/w/1", "ftp://b.example", "user:secret@c.example"])
    told = str(caught.value)
    assert [f"line {number}: " in told for number in (1, 2, 3, 4)] == [False, True, True, True]
    assert "secret" not in told


def test_one_text_is_no_list() -> None:
    with pytest.raises(InvalidURL, match="give a list"):
        read_addresses("videos.example")


def test_of_a_long_list_the_first_complaints_are_named_and_the_rest_counted() -> None:
    with pytest.raises(InvalidURL, match=r"line 20: .*; and 10 more$"):
        read_addresses(["not an address"] * 30)


@pytest.mark.parametrize(
    "address",
    [
        "a\0b.example",
        "a;b.example",
        "a%2eb.example",
        "*.example",
        "a.example:0",
        "fa\u00df.example",
        ".".join("a" * 200),
    ],
)
def test_what_no_host_is_called_is_no_address(address: str) -> None:
    with pytest.raises(InvalidURL):
        canonical(address)


@pytest.mark.parametrize(
    ("address", "origin"),
    [("[::1]:9000", "https://[::1]:9000"), ("http://X.example.:8080", "http://x.example:8080")],
)
def test_the_one_form(address: str, origin: str) -> None:
    assert canonical(address) == origin
    assert Instance(origin).host == origin.partition("//")[2]
