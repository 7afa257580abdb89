"""Lists: what a query may ask, and the videos that answer it."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

from aiopeertube.emulator.model.entities import Video
from aiopeertube.emulator.model.ids import is_uuid
from aiopeertube.emulator.model.store import Store
from aiopeertube.emulator.wire.problem_json import invalid_parameter, invalid_parameters
from aiopeertube.emulator.wire.scalars import bool_or_null, int_or_null, is_int

MAX_COUNT = 100
DEFAULT_COUNT = 15
_CACHED_LISTS = 16


def _originally(video: Video) -> float:
    """Return when a video was first published; by default when it was published here."""
    first = video.originally_published_at
    return video.published_at if first is None else first


_SORTS: dict[str, Callable[[Video], Any]] = {
    "name": lambda video: video.name.casefold(),
    "duration": lambda video: video.duration,
    "createdAt": lambda video: video.created_at,
    "publishedAt": lambda video: video.published_at,
    "originallyPublishedAt": _originally,
    "views": lambda video: video.views,
    "likes": lambda video: video.likes,
    "trending": lambda video: video.views,
    "hot": lambda video: video.likes,
    "best": lambda video: video.likes,
    "localVideoFilesSize": lambda video: video.size,
    "comments": lambda video: video.comments,
    "match": lambda video: video.published_at,  # nothing is told of how well something fits
}
_SORTS_OF_8 = frozenset({"comments", "match"})
_SEARCH_SORTS = frozenset({
    "name", "duration", "createdAt", "publishedAt", "originallyPublishedAt", "views", "likes", "match",
})  # fmt: skip
CHANNEL_SORTS = frozenset({"id", "name", "updatedAt", "createdAt"})
ACCOUNT_SORTS = frozenset({"createdAt"})
# These sort by what an edit may change without any other sign of it.
_CONTENT_SORTS = frozenset({"name", "originallyPublishedAt"})


def video_sorts(*, modern: bool) -> frozenset[str]:
    """Return by what lists of videos can be sorted."""
    return frozenset(_SORTS) - (frozenset() if modern else _SORTS_OF_8)


def search_sorts(*, modern: bool) -> frozenset[str]:
    """Return by what found videos can be sorted."""
    return _SEARCH_SORTS | ({"hot"} if modern else frozenset())


Query = dict[str, str | list[str]]
Invalid = dict[str, dict[str, Any]]


def parse_query(text: str) -> Query:
    """Parse a query string; repeated names, and names ending in ``[]``, make lists."""
    query: Query = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        plain = name.removesuffix("[]")
        known = query.get(plain)
        if isinstance(known, list):
            known.append(value)
        elif known is not None:
            query[plain] = [known, value]
        else:
            query[plain] = [value] if plain != name else value
    return query


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list: offset, size and order."""

    start: int
    count: int
    sort: str

    def of(self, items: list[Any]) -> list[Any]:
        """Return that part of a list."""
        return items[self.start : self.start + self.count]


def check_page(query: Query, sorts: frozenset[str], default_sort: str, instance: str) -> Page:
    """Check a query's page.

    Raises:
        Problem: it is not valid.
    """
    start, count, sort = query.get("start", "0"), query.get("count", str(DEFAULT_COUNT)), query.get("sort")
    invalid: Invalid = {}
    if not is_int(start) or int_or_null(start) < 0:
        invalid |= invalid_parameter("start", start, "query")
    if not is_int(count) or not 0 <= int_or_null(count) <= MAX_COUNT:
        message = f"Should have a number count (max: {MAX_COUNT})"
        invalid |= invalid_parameter("count", count, "query", message)
    if invalid:
        raise invalid_parameters(invalid, instance)
    if sort is not None and (not isinstance(sort, str) or sort.removeprefix("-") not in sorts):
        raise invalid_parameters(invalid_parameter("sort", sort, "query"), instance)
    return Page(int_or_null(start), int_or_null(count), sort or default_sort)


@dataclass(frozen=True, slots=True)
class Filters:
    """Filters of a list; None admits everything."""

    privacies: frozenset[int] | None = None  # one of these
    owner: int | None = None  # id of the user
    channel: int | None = None  # id of the channel
    nsfw: bool | None = None
    is_live: bool | None = None
    is_local: bool | None = None  # all videos are local
    blocked: bool | None = None  # by moderators
    categories: frozenset[int] | None = None  # one of these
    licences: frozenset[int] | None = None  # one of these
    languages: frozenset[str] | None = None  # one of these; ``_unknown`` for none
    tags_one_of: frozenset[str] | None = None  # in lower case
    tags_all_of: frozenset[str] | None = None  # in lower case
    search: str = ""  # in the name, or a whole tag
    search_tags: bool = True  # whether `search` also looks at tags and identifiers

    @property
    def by_content(self) -> bool:
        """Whether an edit of a text or a tag may change what the list holds."""
        sets = (self.categories, self.licences, self.languages, self.tags_one_of, self.tags_all_of)
        return bool(self.search) or any(values is not None for values in sets)

    def tests(self) -> list[Callable[[Video], bool]]:
        """Return the checks that a video has to pass."""
        tests: list[Callable[[Video], bool]] = []
        _one_of(tests, self.privacies, lambda video: video.privacy)
        _one_of(tests, _single(self.owner), lambda video: video.channel.owner.id)
        _one_of(tests, _single(self.channel), lambda video: video.channel.id)
        _one_of(tests, _single(self.nsfw), lambda video: video.nsfw)
        _one_of(tests, _single(self.is_live), lambda video: video.is_live)
        _one_of(tests, _single(self.blocked), lambda video: video.blocked is not None)
        _one_of(tests, self.categories, lambda video: video.category)
        _one_of(tests, self.licences, lambda video: video.licence)
        _one_of(tests, self.languages, lambda video: video.language or "_unknown")
        if self.is_local is False:
            tests.append(lambda video: False)
        one, every = self.tags_one_of, self.tags_all_of
        if one is not None:
            tests.append(lambda video: not one.isdisjoint(_lower(video.tags)))
        if every is not None:
            tests.append(lambda video: every <= _lower(video.tags))
        if self.search:
            tests.append(partial(_found, fold(self.search), self.search, tags=self.search_tags))
        return tests


def _single(value: Any) -> frozenset[Any] | None:
    return None if value is None else frozenset((value,))


def _one_of(tests: list[Callable[[Video], bool]], values: frozenset[Any] | None, get: Callable[[Video], Any]) -> None:
    if values is not None:
        tests.append(lambda video: get(video) in values)


def _lower(tags: tuple[str, ...]) -> set[str]:
    return {tag.lower() for tag in tags}


def _found(folded: str, search: str, video: Video, *, tags: bool) -> bool:
    if folded in fold(video.name):
        return True
    return tags and (search.lower() in _lower(video.tags) or (is_uuid(search) and search == video.uuid))


def fold(text: str) -> str:
    """Return text in lower case and without accents."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


@dataclass(slots=True)
class _Cached:
    mark: int
    videos: list[Video]


@dataclass(slots=True)
class VideoLists:
    """Finds the videos of a list, and remembers them until one changes that matters.

    Reading page after page of a large server would otherwise sort everything for every page.
    """

    store: Store
    _cache: dict[tuple[Filters, str], _Cached] = field(default_factory=dict)

    def find(self, filters: Filters, sort: str) -> list[Video]:
        """Return the videos, sorted; equal ones by id."""
        key = (filters, sort)
        by_content = filters.by_content or sort.removeprefix("-") in _CONTENT_SORTS
        marks = self.store.marks
        mark = marks.content if by_content else marks.structure
        known = self._cache.pop(key, None)
        if known is None or known.mark != mark:
            known = _Cached(mark, self._sorted(filters, sort))
            while len(self._cache) >= _CACHED_LISTS:
                del self._cache[next(iter(self._cache))]
        self._cache[key] = known
        return known.videos

    def _sorted(self, filters: Filters, sort: str) -> list[Video]:
        videos = list(self.store.videos.values())
        for test in filters.tests():
            videos = [video for video in videos if test(video)]
        videos.sort(key=_SORTS[sort.removeprefix("-")], reverse=sort.startswith("-"))
        return videos


_LISTS = ("categoryOneOf", "licenceOneOf", "languageOneOf", "privacyOneOf", "tagsOneOf", "tagsAllOf")
_NUMBERS = frozenset({"categoryOneOf", "licenceOneOf", "privacyOneOf"})
_BOOLEANS = ("isLive", "isLocal", "hasHLSFiles", "hasWebVideoFiles", "skipCount", "excludeAlreadyWatched")


def check_filters(query: Query, instance: str) -> dict[str, Any]:
    """Check a query's filters; return those given, parsed into lists, booleans and numbers.

    Raises:
        Problem: with every filter that is invalid.
    """
    clean: dict[str, Any] = {}
    invalid: Invalid = {}
    for name in _LISTS:
        if name in query:
            values = listed(query[name])
            clean[name] = [int_or_null(value) for value in values] if name in _NUMBERS else values
            if name in _NUMBERS and not all(is_int(value) for value in values):
                invalid |= invalid_parameter(name, values, "query", f"Should have a valid {name} array")
    nsfw = query.get("nsfw")
    if nsfw is not None and nsfw not in {"true", "false", "both"}:
        invalid |= invalid_parameter("nsfw", nsfw, "query")
    for name in _BOOLEANS:
        if name in query:
            clean[name] = bool_or_null(query[name])
    include = query.get("include")
    if include is not None and not is_int(include):
        invalid |= invalid_parameter("include", include, "query")
    if invalid:
        raise invalid_parameters(invalid, instance)
    clean["nsfw"] = nsfw
    clean["include"] = int_or_null(include) if include is not None else 0
    clean["search"] = str(query.get("search", ""))
    return clean


def listed(value: str | list[str]) -> list[str]:
    """Return the values of a parameter that may be repeated."""
    return value if isinstance(value, list) else [value]
