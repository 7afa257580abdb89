"""What a user may edit and list, and videos in full where the rows of a list lack fields."""

import asyncio
import re
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from aiopeertube.errors import ConfigurationError
from aiopeertube.wire.answers import nothing
from aiopeertube.wire.call import Call
from aiopeertube.wire.messages import API, Request

from .metadata import answers, fields
from .metadata.objects import Objects
from .metadata.shapes import taken

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube
    from aiopeertube._pagination import Paginator

Details = Literal["auto", "api", "activitypub"]  # how videos are read in full

_STAFF_SEES: Final = 1 | 2 | 4  # not published, blocked, of blocked owners
_WITH_TAGS: Final = 128  # rows with tags, from 8.x on
_PRIVACIES: Final = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which videos: those of a channel or an account, or only the user's own; by default all there are."""

    channel: str | None = None
    account: str | None = None
    mine: bool = False

    @property
    def everything(self) -> bool:
        """Whether it names no channel and no account."""
        return not self.channel and not self.account

    def has(self, row: Mapping[str, Any]) -> bool:
        """Tell whether a listed video belongs to the channel and the account named, as far as its row says."""
        named = (("channel", self.channel), ("account", self.account))
        return all(
            _name_in(row, what, name.partition("@")[0]) == name.partition("@")[0] for what, name in named if name
        )


def owner_of(video: Mapping[str, Any]) -> str:
    """Return the account that a video belongs to; "" where the answer does not say."""
    account = video.get("account")
    return str(account.get("name") or "") if isinstance(account, Mapping) else ""


def _name_in(row: Mapping[str, Any], what: str, doubt: str) -> Any:
    owner = row.get(what)
    return owner.get("name", doubt) if isinstance(owner, Mapping) else doubt


@dataclass(frozen=True, slots=True)
class Who:
    """The user, as far as it matters for what may be edited and listed."""

    name: str
    account: str
    staff: bool
    modern: bool  # a server of 8.x or later
    version: tuple[int, ...] = ()  # the server's; () where it does not say
    objects: bool = False  # whether videos are read as ActivityPub objects where these tell enough
    pictures: bool = False  # whether it is noted where a video's picture is

    def may_edit(self, video: Mapping[str, Any]) -> bool:
        """Tell whether the user may edit a video; staff may edit all of the instance's own."""
        if self.staff:
            return bool(video.get("isLocal", True))
        return owner_of(video) == self.account and bool(video.get("isLocal", True))

    def reader(self, pt: "PeerTube", *, labels: bool = False) -> Objects | None:
        """Return what reads videos as objects, with the `labels` of constants; None: the API alone does."""
        return Objects(pt, labels=labels) if self.objects else None

    def told(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a row of `listing`, with None where it has no schedule: all but lists for staff of 6.x tell them."""
        return {fields.SCHEDULE: None, **row} if self.modern or not self.staff else row

    def within(self, scope: Scope) -> "Who":
        """Return the user as one among others where only what is their own counts."""
        return replace(self, staff=False) if scope.mine else self


def check_details(details: str) -> None:
    """Check how videos are to be read in full.

    Raises:
        ConfigurationError: there is no such way.
    """
    if details not in get_args(Details):
        what = f"details: {details!r} is none of {', '.join(get_args(Details))}"
        raise ConfigurationError(what, option="details")


async def who_am_i(pt: "PeerTube", details: Details = "auto") -> tuple[Who, Mapping[str, Any]]:
    """Ask who the user is, and which version the server has; return that and what /users/me says.

    `details` says how videos are to be read in full. By itself it takes objects where the API's window is narrower
    than theirs: for users whose requests are counted, which those of staff are not.

    Raises:
        UnexpectedResponse: it says nothing of the kind.
    """
    me: Mapping[str, Any] = await pt.me.get()
    name = taken(me, "username", kind=str, what=_ME)
    account = taken(me, "account", "name", kind=str, what=_ME)
    staff = taken(me, "role", "id", kind=int, what=_ME) < 2
    version = await server_version(pt)
    objects = details == "activitypub" or (details == "auto" and not staff and _is_narrow(pt))
    return Who(name, account, staff, modern=version >= (8,), version=version, objects=objects), me


_ME: Final = "/users/me"
_OBJECTS: Final = 500  # that a server gives in 10 s


def _is_narrow(pt: "PeerTube") -> bool:
    """Tell whether answers say that the API counts requests, and allows fewer of them than of objects."""
    limits = (window.limit for window in pt.statistics().windows if window.bucket == "api")
    return any(limit is not None and limit < _OBJECTS for limit in limits)


_VERSION: Final = re.compile(r"(\d{1,4})\.(\d{1,4})(?:\.(\d{1,6}))?")


async def server_version(pt: "PeerTube") -> tuple[int, ...]:
    """Ask for the server's version; () where it does not say."""
    config: Any = await pt.config.get()
    found = _VERSION.match(str(config.get("serverVersion"))) if isinstance(config, Mapping) else None
    return tuple(int(number) for number in found.groups(default="0")) if found else ()


def listing(pt: "PeerTube", who: Who | None, scope: Scope) -> "Paginator[Any]":
    """List what the user may edit, of every privacy, oldest first; what is public where `who` is None.

    A user who is not staff gets all of their own, whatever the scope: `Scope.has` tells which count.
    """
    filters: dict[str, Any] = {"sort": "createdAt"}
    if who is not None and not who.staff:
        return pt.me.videos(**filters)
    filters |= {"nsfw": "both"}
    if who is not None:
        include = _STAFF_SEES | (_WITH_TAGS if who.modern else 0)
        filters |= {"include": include, "privacyOneOf": _PRIVACIES, "isLocal": True}
    if scope.channel:
        return pt.channels.videos(scope.channel, **filters)
    if scope.account:
        return pt.accounts.videos(scope.account, **filters)
    return pt.videos.list(**filters | {"isLocal": True})


def has_total(who: Who | None, scope: Scope) -> bool:
    """Tell whether the listing's own total is how many videos the scope has."""
    return who is None or who.staff or scope.everything


@dataclass(frozen=True, slots=True)
class Seen:
    """A video as far as it is known: a row of a list, or None; what is needed of it, and the caller's own `tag`.

    `whole` means that what is no field is needed as well.
    """

    ref: str
    row: Mapping[str, Any] | None
    needs: Iterable[str] = ()
    tag: Any = None
    whole: bool = False

    @property
    def is_enough(self) -> bool:
        """Whether the row has all that is needed, in the form of a video in full."""
        if self.row is None:
            return False
        needs = tuple(self.needs)
        unknown = fields.unknown_here(self.row, needs) or answers.video_problem(self.row, needs)
        return not (fields.lacks(self.row, needs) or unknown)


@dataclass(frozen=True, slots=True)
class Found:
    """A video that has all that is needed, or the error that came in its place."""

    tag: Any
    video: Mapping[str, Any] | None
    error: Exception | None


async def in_full(
    pt: "PeerTube", seen: AsyncIterable[Seen], objects: Objects | None = None
) -> AsyncGenerator[Found, None]:
    """Give each video with all that is needed: as it was seen where that is enough, else fetched, in any order.

    Those of which a row is known are completed by `objects` where these tell enough. Many are fetched at once, and
    memory does not depend on how many there are; close it with `aclosing`.
    """
    ready = _Ready(pt, seen, objects)
    async with pt.bulk(ready.calls(), sender=ready, handle_sigint=False) as outcomes:
        async for outcome in outcomes:
            for found in ready.taken():
                yield found
            if outcome.result is not None or outcome.error is not None:
                yield Found(outcome.call.tag.tag, outcome.result, outcome.error)
    for found in ready.taken():
        yield found


_TURN: Final[Call[None]] = Call("GET", "", nothing)  # asks nothing: its outcome is the reader's turn
_EVERY: Final = 100  # complete videos from one turn to the next: each costs a trip through the bulk run
_MOST: Final = 4 * _EVERY


class _Ready:
    """Sends what has to be fetched; what is complete waits here for the reader."""

    def __init__(self, pt: "PeerTube", seen: AsyncIterable[Seen], objects: Objects | None) -> None:
        self._pt = pt
        self._seen = seen
        self._objects = objects
        self._found: deque[Found] = deque()
        self._room = asyncio.Event()

    async def calls(self) -> AsyncIterator[Call[Any]]:
        since_turn = 0
        async for one in self._seen:
            if not one.is_enough:
                yield self._asked(one).tagged(one)
                continue
            self._found.append(Found(one.tag, one.row, None))
            since_turn += 1
            if since_turn >= _EVERY:
                since_turn = 0
                yield _TURN
            if len(self._found) >= _MOST:  # so turns are on their way, and the reader will come
                self._room.clear()
                await self._room.wait()

    def _asked(self, one: Seen) -> Call[Any]:
        if self._objects is not None and _has_object(one) and self._objects.tell_of(one.row or {}, one.needs):
            return self._objects.call(one.row or {})
        return answers.video(self._pt, one.ref, one.needs)

    def taken(self) -> Iterator[Found]:
        """Give what is complete, and let more come."""
        while self._found:
            yield self._found.popleft()
        self._room.set()

    def prepare(self, call: Call[Any]) -> Request:
        return call.request("") if call is _TURN else self._pt.prepare(call)

    async def send(self, request: Request) -> Any:
        if not request.path:
            return None
        one: Seen = request.tag
        if self._objects is not None and one.row is not None and not request.path.startswith(API):
            return await self._objects.video(one.row, one.needs, request)
        return await answers.with_passwords(self._pt, await self._pt.send(request), one.needs)


def _has_object(one: Seen) -> bool:
    return one.row is not None and not one.whole and not answers.video_problem(one.row)
