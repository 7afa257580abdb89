"""Videos and channels that users offer to others, and users who are invited to a channel."""

from dataclasses import dataclass, field

from .entities import Channel, User, Video

PENDING, REFUSED, ACCEPTED = 1, 2, 3  # states of an offer
INVITED, JOINED = 1, 2  # states of a collaborator


@dataclass(slots=True, eq=False)
class Offer:
    """That a user offers what is theirs to another: a video, or else a channel."""

    id: int
    giver: User
    taker: User
    created_at: float
    video: Video | None = field(default=None, repr=False)
    channel: Channel | None = None
    state: int = PENDING


@dataclass(slots=True, eq=False)
class Collaborator:
    """A user who may edit another's channel once they agree."""

    id: int
    channel: Channel
    user: User
    created_at: float
    updated_at: float
    state: int = INVITED
