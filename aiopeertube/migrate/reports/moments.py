"""Moments for people."""

from datetime import UTC, datetime


def moment(seconds: float | None) -> str:
    """Write a moment for people, in UTC."""
    return "none" if seconds is None else f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"
