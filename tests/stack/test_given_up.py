"""What is said when patience is over."""

import pytest

from aiopeertube.errors import ServerAway, ServerFailing
from aiopeertube.stack.health import Health
from aiopeertube.stack.outages import given_up
from aiopeertube.stack.window import Window


@pytest.mark.parametrize(
    ("service", "failing", "since", "said"),
    [
        ("api", False, 10.0, "refused (http://a has been away for 120 s)"),
        ("token", False, 10.0, "refused (the token endpoint of http://a has been away for 120 s)"),
        ("api", True, 10.0, "refused (http://a has failed at every request for 120 s)"),
        ("api", False, None, "refused (http://a has been away for 0 s)"),
    ],
)
def test_a_server_that_is_away(service: str, failing: bool, since: float | None, said: str) -> None:
    healths = {"api": Health(), "token": Health(probes=False)}
    health = healths[service]
    health.since, health.failing, health.reason = since, failing, "refused"
    error = given_up("http://a", healths, health, 130.0)
    assert str(error) == said
    assert type(error) is (ServerFailing if failing else ServerAway)


@pytest.mark.parametrize(
    ("since", "asked", "said"),
    [
        (10.0, 0.0, "http://a has refused every request for 120 s (rate limit, login)"),
        (
            10.0,
            99.6,
            "http://a has refused every request for 120 s (rate limit, login); it asks to wait for 100 s more",
        ),
        (None, 0.0, "http://a has refused every request for 0 s (rate limit, login)"),
    ],
)
def test_a_window_that_refuses(since: float | None, asked: float, said: str) -> None:
    window = Window("login")
    window.refused_since, window.asked_for = since, asked
    error = given_up("http://a", {}, window, 130.0)
    assert (error.status, error.method, error.path, error.detail) == (429, "", "", said)  # type: ignore[union-attr]
