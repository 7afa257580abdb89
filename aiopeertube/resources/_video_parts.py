"""What the nouns below a video share: its path, and the password that opens it."""

from aiopeertube.wire.identifiers import VideoRef, segment

# A password that opens a video is no token of a user.
_PASSWORD = "x-peertube-video-password"  # noqa: S105 - a name

Headers = tuple[tuple[str, str], ...]


def below(video: VideoRef, rest: str = "") -> str:
    """Return a path below a video's."""
    return f"/videos/{segment(video)}{rest}"


def opened(password: str | None) -> Headers:
    """Return the header that opens a video which has a password."""
    return () if password is None else ((_PASSWORD, password),)
