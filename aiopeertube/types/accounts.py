"""Accounts, which own channels."""

from typing import NotRequired, TypedDict

from .common import Actor, ActorSummary, Avatar


class AccountSummary(ActorSummary, TypedDict):
    """An account inside a video row."""


class Account(Actor, TypedDict):
    """An account in full."""

    userId: NotRequired[int | None]


class AccountOfList(ActorSummary, TypedDict):
    """An account as the owner of a channel in a list of 8.x."""

    hostRedundancyAllowed: NotRequired[bool | None]


class OwnerOfShared(TypedDict):
    """An account as the owner of a channel that others may edit."""

    id: int
    name: str
    displayName: str
    host: str
    avatars: list[Avatar]
    hostRedundancyAllowed: bool | None
