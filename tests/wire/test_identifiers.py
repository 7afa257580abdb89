"""What can name a video, a channel or an account."""

from typing import Any

import pytest

from aiopeertube.errors import InvalidIdentifier
from aiopeertube.wire.identifiers import handle_problem, language_problem, segment, video_problem

UUID = "38773124-8101-4655-a4ef-2124259155af"


@pytest.mark.parametrize(
    "video", [1, 7, 9_007_199_254_740_991, "7", UUID, UUID.upper(), "kkGMgK9ZtnKfYAgnEtQxbv", "1" * 16]
)
def test_names_of_videos(video: int | str) -> None:
    assert video_problem(video) is None


@pytest.mark.parametrize(
    "video",
    [
        0,
        -1,
        "0",
        "07",
        "",
        " 7",
        "7\n",
        "\N{ARABIC-INDIC DIGIT SEVEN}",
        "1" * 17,
        True,
        1.0,
        None,
        UUID[:-1],
        UUID + "0",
        UUID.replace("-", ""),
        UUID.replace("3", "g", 1),
        "kkGMgK9ZtnKfYAgnEtQxb",  # 21 characters
        "kkGMgK9ZtnKfYAgnEtQxbvv",  # 23
        "0kGMgK9ZtnKfYAgnEtQxbv",  # 0, O, I and l are not in Base58
        "OkGMgK9ZtnKfYAgnEtQxbv",
        "IkGMgK9ZtnKfYAgnEtQxbv",
        "lkGMgK9ZtnKfYAgnEtQxbv",
        "../users/me",
        "7/captions",
        "7?x=1",
        "a film",
    ],
)
def test_what_names_no_video(video: Any) -> None:
    problem = video_problem(video)
    assert isinstance(problem, InvalidIdentifier)
    assert repr(str(video)) in str(problem)


def test_a_long_mistake_is_shown_short() -> None:
    assert len(str(video_problem("x" * 10_000))) < 200
    assert len(str(handle_problem("channel", "ü" * 10_000))) < 300
    assert len(str(language_problem("x" * 10_000))) < 200


@pytest.mark.parametrize(
    "name",
    ["nisv", "nisv_channel", "a.b-c:d", "nisv@videos.example", "nisv@videos.example:9000", "A1", "x" * 50, "a..b"],
)
def test_names_of_channels_and_accounts(name: str) -> None:
    assert handle_problem("channel", name) is None


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a b",
        "a/b",
        "@nisv",
        "nisv@",
        "nisv@a@b",
        "nisv@host:",
        "nisv@host:abc",
        "é",
        "x" * 51,
        "a\n",
        "a?b",
        "a%2fb",
    ],
)
def test_what_names_no_channel(name: str) -> None:
    problem = handle_problem("channel", name)
    assert isinstance(problem, InvalidIdentifier)
    assert "channel" in str(problem)
    assert "account" in str(handle_problem("account", name))


@pytest.mark.parametrize("name", [".", ".."])
def test_a_name_is_never_a_step_in_a_path(name: str) -> None:
    assert handle_problem("account", name) is not None


@pytest.mark.parametrize("language", ["nl", "pt-BR", "zh-Hans", "ase", "x" * 20])
def test_languages(language: str) -> None:
    assert language_problem(language) is None


@pytest.mark.parametrize("language", ["", "n l", "nl/", "..", "nl\n", "x" * 21, "日本"])
def test_what_is_no_language(language: str) -> None:
    assert isinstance(language_problem(language), InvalidIdentifier)


@pytest.mark.parametrize(
    ("value", "quoted"),
    [
        (7, "7"),
        (UUID, UUID),
        ("nisv@videos.example:9000", "nisv@videos.example:9000"),
        ("a/b", "a%2Fb"),
        ("a b?c#d%", "a%20b%3Fc%23d%25"),
        ("é", "%C3%A9"),
        ("²", "%C2%B2"),
        ("", ""),
    ],
)
def test_a_segment_is_quoted(value: int | str, quoted: str) -> None:
    assert segment(value) == quoted
