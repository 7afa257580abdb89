"""How long a plan takes is told as far as it is known, and from what."""

from types import SimpleNamespace
from typing import Any

import pytest

from aiopeertube.migrate.plans.estimates import estimate
from aiopeertube.migrate.scope import Who

USER, STAFF = (Who("anna", "anna", staff, modern=True) for staff in (False, True))


def seen(*windows: dict[str, Any]) -> Any:
    """Stand in for a client whose answers told so much of the server's windows."""
    return SimpleNamespace(statistics=lambda: SimpleNamespace(windows=[SimpleNamespace(**one) for one in windows]))


def window(bucket: str, limit: int | None, length: float | None, remaining: int | None = 0) -> dict[str, Any]:
    return {"bucket": bucket, "limit": limit, "length": length, "remaining": remaining}


@pytest.mark.parametrize(
    ("who", "windows", "told"),
    [
        (USER, [], "as long as the server takes; rate limit: not known yet"),
        (USER, [window("api", None, None)], "as long as the server takes; rate limit: not known yet"),
        (STAFF, [window("api", 50, 10.0)], "as long as the server takes; rate limit: none for this user"),
        (USER, [window("api", 50, 10.0)], "about 30 s; rate limit: 50 requests in 10 s"),
        (USER, [window("api", 50, 10.0, 45)], "about 20 s; rate limit: 50 requests in 10 s"),
        (USER, [window("api", 50, 2.0)], "about 6 s; rate limit: 50 requests in 2 s"),
        (
            USER,
            [window("api", 50, None)],
            "about 30 s; rate limit: 50 requests in 10 s, if its window is as long as PeerTube's own",
        ),
        (USER, [window("api", 50, 10.0), window("videos", 20, 10.0)], "about 80 s; rate limit: 50 requests in 10 s"),
        (USER, [window("api", 1, 60.0)], "about 2.4 h; rate limit: 1 request in 60 s"),
    ],
)
def test_what_is_told(who: Who, windows: list[dict[str, Any]], told: str) -> None:
    objects = 150 if len(windows) > 1 else 0
    text = str(estimate(seen(*windows), who, 145, objects=objects))
    assert text.endswith(told)
