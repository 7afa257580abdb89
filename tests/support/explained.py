"""Differences between a real server and the types that are known, by name, each with its reason.

PeerTube 6.3.0 has none. The server of 8.2.1 that the walks were run on is a fork, which adds fields of its own, and
calls some things by its own name.
"""

# The name of a field, wherever it stands in an answer.
FIELDS = {
    "coins": "the fork pays with coins",
    "coinPrice": "the fork pays with coins",
    "vipExpiration": "the fork has members who pay",
    "externalSource": "the fork shows videos of other sites",
    "seriesName": "the fork has series",
    "newBoomBoomVersion": "the fork's name of newPeerTubeVersion",
    "newPeerTubeVersion": "the fork calls it newBoomBoomVersion",
}
# The name of a type whose undeclared fields say nothing.
OPEN_TYPES = {"LogLine": "a line of a log has whatever it is about"}
# What is sent: the fork wants the password of a video under a name of its own.
PASSWORD_HEADERS = {"x-peertube-video-password": "x-boomboom-video-password"}


def explanation(difference: str) -> tuple[str, str] | None:
    """Return the name and the reason of a difference that is known: `$.videos[0].coins: User does not declare it`."""
    where, _, what = difference.partition(": ")
    field, kind = where.rpartition(".")[2], what.partition(" ")[0]
    if what.endswith("does not declare it") and kind in OPEN_TYPES:
        return kind, OPEN_TYPES[kind]
    if field in FIELDS and what.endswith(("does not declare it", "required, yet absent")):
        return field, FIELDS[field]
    return None
