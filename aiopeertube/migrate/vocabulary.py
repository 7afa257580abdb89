"""The words of an instance: categories, licences, languages, privacies and channels, by label and by id."""

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from aiopeertube.wire.call import Call

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

# No list of the API has these (server/core/initializers/constants).
COMMENTS: Final = {"1": "Enabled", "2": "Disabled", "3": "Requires approval"}

_LISTS: Final[Mapping[str, "Callable[[PeerTube], Call[Mapping[str, str]]]"]] = {
    "category": lambda pt: pt.videos.categories(),
    "licence": lambda pt: pt.videos.licences(),
    "language": lambda pt: pt.videos.languages(),
    "privacy": lambda pt: pt.videos.privacies(),
}
# Fields whose values depend on the instance.
WORDS: Final = (*_LISTS, "channel")
# Creative Commons' addresses, as archives write them, to PeerTube's own licences.
_DEEDS: Final = {"by": 1, "by-sa": 2, "by-nd": 3, "by-nc": 4, "by-nc-sa": 5, "by-nc-nd": 6, "zero": 7, "mark": 7}


@dataclass(slots=True)
class Vocabulary:
    """Labels by id for each field that has them, and the ids of channels by name."""

    labels: dict[str, Mapping[str, str]] = field(default_factory=lambda: {"commentsPolicy": COMMENTS})
    channels: dict[str, int] = field(default_factory=dict)

    def key(self, name: str, text: str) -> Any:
        """Return the id that `text` means: an id, a label, or for licences a Creative Commons address.

        Raises:
            ValueError: the instance has no such thing; the message says what it has.
        """
        if name == "channel":
            return self._channel(text.strip())
        labels, word = self.labels.get(name, {}), text.strip()
        found = word if word in labels else _by_label(labels, word)
        if found is None and name == "licence":
            found = _licence_of(word)
        if found is None:
            raise ValueError(f"the instance has no {name} {word!r}{meant(labels.values(), word)}")
        return found if name == "language" else int(found)

    def label(self, name: str, key: Any) -> str:
        """Return the label of an id; the id itself where there is none."""
        if key is None:
            return ""
        if name == "channel":
            return next((word for word, number in self.channels.items() if number == key), str(key))
        return self.labels.get(name, {}).get(str(key), str(key))

    def _channel(self, word: str) -> int:
        number = self.channels.get(word)
        if number is None:
            raise ValueError(f"there is no channel {word!r} to move a video to{meant(self.channels, word)}")
        return number


async def fetch_words(pt: "PeerTube", names: Iterable[str], me: Mapping[str, Any] | None = None) -> Vocabulary:
    """Ask for the labels of the fields named; `me` is what /users/me says: whose channels count, or all for staff."""
    words = Vocabulary()
    for name in names:
        if name in _LISTS:
            words.labels[name] = await _LISTS[name](pt)
        elif name == "channel" and me is not None:
            words.channels = await _channels(pt, me)
    return words


async def _channels(pt: "PeerTube", me: Mapping[str, Any]) -> dict[str, int]:
    own = {channel["name"]: channel["id"] for channel in me["videoChannels"]}
    if me["role"]["id"] > 1:
        return own
    host = me["account"]["host"]
    async for channel in pt.channels.list():
        if channel["host"] == host:
            own[channel["name"]] = channel["id"]
    return own


def _by_label(labels: Mapping[str, str], text: str) -> str | None:
    wanted = text.casefold()
    return next((key for key, label in labels.items() if label.casefold() == wanted), None)


def _licence_of(address: str) -> str | None:
    if "creativecommons.org/" not in address:
        return None
    parts = address.split("creativecommons.org/", 1)[1].split("/")
    return str(_DEEDS[parts[1]]) if len(parts) > 1 and parts[1] in _DEEDS else None


def meant(words: Iterable[str], text: str) -> str:
    """Say which words come near, or all of them where they are few."""
    by_folded = {word.casefold(): word for word in words}
    close = difflib.get_close_matches(text.casefold(), by_folded, n=3)
    if close:
        return "; did you mean " + " or ".join(repr(by_folded[word]) for word in close) + "?"
    return "; it has " + ", ".join(by_folded.values()) if 0 < len(by_folded) <= 20 else ""
