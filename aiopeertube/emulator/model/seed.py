"""The initial data of an emulated server."""

import random

from aiopeertube.emulator.options import EmulatorOptions, RoleName, UserOptions

from . import ids
from .constants import ADMINISTRATOR, CATEGORIES, LICENCES, MODERATOR, USER
from .entities import Channel
from .store import Store

ROLES: dict[RoleName, int] = {"administrator": ADMINISTRATOR, "moderator": MODERATOR, "user": USER}

# The first video was added at the start of 2024, each next one an hour and a minute later.
_FIRST_CREATED = 1704067200.0
_APART = 3660.0

_LANGUAGES = ("en", "nl", "fr", "de", None)
_TAGS = ("archive", "news", "interview", "nature", "history", "science", "music", "open data", "café", "città")
_SENTENCES = (
    "A recording from the collection.",
    "The camera follows a morning at the harbour, from the first boats to the market.",
    "Sound was added later.",
    "With subtitles in two languages.",
    "See [the catalogue](https://example.org/catalogue) for the **full** record.",
    "Restored from 16 mm film: “as found”, naïve café.",
)


def fill(store: Store, options: EmulatorOptions) -> None:
    """Fill an empty store with the users and videos of the options."""
    for user in options.users:
        store.add_user(user.username, user.password, ROLES[user.role], user.otp)
    if options.videos:
        _add_videos(store, store.channels[f"{_owner(options).username}_channel"], options)


def _owner(options: EmulatorOptions) -> UserOptions:
    """Return the first ordinary user, or else the first user."""
    return next((user for user in options.users if user.role == "user"), options.users[0])


def _add_videos(store: Store, channel: Channel, options: EmulatorOptions) -> None:
    draw = random.Random(f"videos {options.seed}")  # noqa: S311 -- generated data, no secrets.
    digits = max(4, len(str(options.videos)))
    descriptions = _descriptions(draw)
    for number in range(1, options.videos + 1):
        created_at = _FIRST_CREATED + _APART * number
        duration = draw.randrange(20, 5400)
        views = draw.randrange(5000)
        store.add_video(
            f"Video {number:0{digits}}",
            channel,
            uuid=ids.uuid_from_bits(draw.getrandbits(128)),
            created_at=created_at,
            category=draw.choice((None, *CATEGORIES)),
            licence=draw.choice((None, *LICENCES)),
            language=draw.choice(_LANGUAGES),
            description=draw.choice(descriptions),
            tags=tuple(draw.sample(_TAGS, draw.randrange(4))),
            support="Support us" if number % 7 == 0 else None,
            duration=duration,
            size=duration * 190_000 if options.file_size is None else options.file_size,
            views=views,
            likes=views // 40,
            dislikes=views // 900,
        )


def _descriptions(draw: random.Random) -> list[str | None]:
    """Return descriptions: None, short ones, and some that rows cut; videos share them to save memory."""
    made = ["\n\n".join(draw.choices(_SENTENCES, k=1 + length // 2)) for length in range(1, 28)]
    return [None, None, None, *made]
