"""What users did with a channel and what is in it; from 8.x on its editors can read it."""

from dataclasses import dataclass, field

from .entities import Channel, User, Video

CREATE, UPDATE = 1, 2
SEND_OFFER, ACCEPT_OFFER, REFUSE_OFFER, TAKE_OFFER_BACK = 12, 13, 14, 16


@dataclass(slots=True, eq=False)
class Activity:
    """One thing that somebody did: to a video of the channel, or else to the channel itself."""

    id: int
    user: User
    action: int
    channel: Channel
    created_at: float
    video: Video | None = field(default=None, repr=False)
    target: User | None = None  # to whom something was offered
