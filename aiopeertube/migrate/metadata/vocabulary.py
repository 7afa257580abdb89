"""The words of an instance: categories, licences, languages, privacies and channels, by label and by id."""

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from unicodedata import normalize

from aiopeertube.wire.call import Call

from .english import LABELS
from .shapes import labels_in, taken, whole_number

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
FILES: Final = "files of videos"  # no field: how their names may end
# Creative Commons' addresses, as archives write them, to PeerTube's own licences.
_DEEDS: Final = {"by": 1, "by-sa": 2, "by-nd": 3, "by-nc": 4, "by-nc-sa": 5, "by-nc-nd": 6, "zero": 7, "mark": 7}


class Unlisted(ValueError):
    """A key that the instance does not list, though it has the form of one: a video may have it all the same."""

    def __init__(self, message: str, key: Any) -> None:
        super().__init__(message)
        self.key = key


@dataclass(slots=True)
class Vocabulary:
    """Labels by id for each field that has them, and the ids of channels by name.

    `titles` are what channels are called, folded, with the ids of all that are called so; `host` is the instance's.
    `extensions` are how the names of files may end, as far as the instance says so.
    """

    labels: dict[str, Mapping[str, str]] = field(default_factory=lambda: {"commentsPolicy": COMMENTS})
    channels: dict[str, int] = field(default_factory=dict)
    titles: dict[str, set[int]] = field(default_factory=dict)
    host: str = ""
    extensions: tuple[str, ...] = ()

    def key(self, name: str, text: str) -> Any:
        """Return the id that `text` means: an id, a label of the instance's or in English, case aside.

        A licence may be a Creative Commons address, a channel a name, a title or an id.

        Raises:
            ValueError: the instance has no such thing; the message says what it has. Unlisted: it may be an id.
        """
        if name == "channel":
            return self._channel(text.strip())
        labels, word = self.labels.get(name, {}), text.strip()
        found = _by_code(labels, word) or _by_label(labels, word) or _in_english(name, labels, word)
        found = found or _by_code(labels, whole_number(word))
        if found is None and name == "licence":
            found = _licence_of(word)
        if found is not None:
            return found if name == "language" else int(found)
        why = f"the instance has no {name} {word!r}{meant(labels.values(), word)}"
        key = _unlisted(name, whole_number(word))
        raise ValueError(why) if key is None else Unlisted(why, key)

    def by_id(self, name: str, number: int) -> Any:
        """Return an id that came as a number, which is never a name.

        Raises:
            ValueError, Unlisted: as for `key`.
        """
        if name != "channel":
            return self.key(name, str(number))
        if number in self.channels.values():
            return number
        raise Unlisted(f"there is no channel with the id {number!r} that you may use", number)

    def label(self, name: str, key: Any) -> str:
        """Return the label of an id; the id itself where there is none."""
        if key is None:
            return ""
        if name == "channel":
            return next((word for word, number in self.channels.items() if number == key), str(key))
        return self.labels.get(name, {}).get(str(key), str(key))

    def channel_key(self, text: str) -> int:
        """Return the id of a channel that is called so; a title or an id will do.

        Raises:
            ValueError: there is none; the message says which there are.
        """
        return self._channel(text.strip())

    def captions_key(self, text: str, version: tuple[int, ...]) -> str:
        """Return the code of a language that captions can be in.

        Raises:
            ValueError: there is no such language, or captions cannot be in it.
        """
        code: str = self.key("language", text)
        if version >= (8,) and code in _NO_CAPTIONS:
            raise ValueError(f"this server takes no captions in {self.label('language', code)} ({code})")
        return code

    def _channel(self, word: str) -> int:
        number = self.channels.get(word)
        if number is None:
            number = self._channel_like(word)
        if number is None:
            raise ValueError(f"there is no channel {word!r} that you may use{meant(self.channels, word)}")
        return number

    def _channel_like(self, word: str) -> int | None:
        folded = _folded(word.removesuffix(f"@{self.host}") if self.host else word)
        found = {number for name, number in self.channels.items() if _folded(name) == folded}
        found = found or self.titles.get(folded, set())
        if len(found) > 1:
            raise ValueError(f"{len(found)} channels are called {word!r}; give the name of one")
        if not found and word.isdecimal() and int(word) in self.channels.values():
            return int(word)
        return next(iter(found), None)


# Sign languages, and none at all: 8.x takes no captions in them.
_NO_CAPTIONS: Final = frozenset({
    "ase", "asq", "bfi", "bzs", "cse", "csl", "dsl", "fse", "fsl", "gsg", "jsl", "pks", "rsl", "sdl", "sfs", "swl",
    "zxx",
})  # fmt: skip
_CODE: Final = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})?")  # of a language; the server keeps ten characters
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,8}")


def _unlisted(name: str, word: str) -> Any:
    """Return what a word may be that no list has: languages are codes, all others numbers."""
    if name == "language":
        return word if _CODE.fullmatch(word) and len(word) <= 10 else None
    return int(word) if _NUMBER.fullmatch(word) else None


async def fetch_words(pt: "PeerTube", names: Iterable[str], me: Mapping[str, Any] | None = None) -> Vocabulary:
    """Ask for the labels of the fields named; `me` is what /users/me says: whose channels count, or all for staff."""
    words = Vocabulary()
    for name in names:
        if name in _LISTS:
            words.labels[name] = labels_in(await _LISTS[name](pt), f"the list of values of {name}")
        elif name == "channel" and me is not None:
            await _add_channels(words, pt, me)
        elif name == FILES:
            words.extensions = await _extensions(pt)
    return words


async def _extensions(pt: "PeerTube") -> tuple[str, ...]:
    found: Any = await pt.config.get()
    for name in ("video", "file", "extensions"):
        found = found.get(name) if isinstance(found, Mapping) else None
    return tuple(one for one in found if isinstance(one, str)) if isinstance(found, list) else ()


async def _add_channels(words: Vocabulary, pt: "PeerTube", me: Mapping[str, Any]) -> None:
    what = "/users/me"
    words.host = str(taken(me, "account", kind=dict, what=what).get("host") or "")
    for channel in taken(me, "videoChannels", kind=list, what=what):
        _add_channel(words, channel, what)
    if taken(me, "role", "id", kind=int, what=what) > 1:
        return
    async for channel in pt.channels.list():
        if channel.get("host") == words.host:
            _add_channel(words, channel, "the list of channels")


def _add_channel(words: Vocabulary, channel: Any, what: str) -> None:
    number = taken(channel, "id", kind=int, what=what)
    words.channels[taken(channel, "name", kind=str, what=what)] = number
    title = channel.get("displayName")
    if isinstance(title, str):
        words.titles.setdefault(_folded(title), set()).add(number)


def _folded(text: str) -> str:
    return normalize("NFC", text).casefold()


def _by_code(labels: Mapping[str, str], word: str) -> str | None:
    if word in labels:
        return word
    folded = word.replace("_", "-").casefold()
    return next((key for key in labels if key.casefold() == folded), None)


def _by_label(labels: Mapping[str, str], text: str) -> str | None:
    wanted = _folded(text)
    return next((key for key, label in labels.items() if _folded(label) == wanted), None)


def _in_english(name: str, labels: Mapping[str, str], text: str) -> str | None:
    """Return the id of a stock server's label, where this instance has the id under a name of its own."""
    found = _by_label(LABELS.get(name, {}), text)
    return found if found in labels else None


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
