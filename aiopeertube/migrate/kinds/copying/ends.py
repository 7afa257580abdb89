"""The two instances of a copy, and what has to be known of them before anything is read."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from aiopeertube._settings import origin_of as place_of
from aiopeertube.errors import ConfigurationError, InvalidURL
from aiopeertube.migrate.metadata.shapes import taken
from aiopeertube.migrate.scope import Scope, Who, who_am_i
from aiopeertube.migrate.scope_check import Editor, check_scope

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

_WHAT: Final = "what a channel or an account is"


@dataclass(frozen=True, slots=True)
class Origin:
    """The instance that is copied from: who reads there (None: nobody in particular), and what is read.

    `host` is what the instance calls itself, which need not be how it is reached.
    """

    pt: "PeerTube"
    who: Who | None
    host: str
    scope: Scope

    @property
    def account(self) -> str:
        """The account whose things are copied; "" where a channel alone is."""
        return self.scope.account or (self.who.account if self.who is not None and self.is_own else "")

    @property
    def is_own(self) -> bool:
        """Whether what is copied belongs to whoever reads."""
        return self.who is not None and self.scope.mine

    def path(self, url: Any) -> str | None:
        """Return path and query of an address at this instance; None for one that is elsewhere."""
        return _path_at(url, {"", self.host, urlsplit(self.pt.origin).netloc})

    def address(self, url: Any) -> str | None:
        """As `located`, of what this instance tells."""
        return located(url, self.pt, self.host)


def located(url: Any, pt: "PeerTube", host: str) -> str | None:
    """Return the path of an address at an instance, and one elsewhere (a storage of objects) as it is.

    `host` is what the instance calls itself. None where no address is told.
    """
    if not isinstance(url, str) or not url:
        return None
    if path := _path_at(url, {"", host, urlsplit(pt.origin).netloc}):
        return path
    try:
        parts = urlsplit(url)
        place_of(f"{parts.scheme}://{parts.netloc}")
    except (ValueError, InvalidURL):
        return None
    return url


def _path_at(url: Any, hosts: Collection[str]) -> str | None:
    try:
        parts = urlsplit(url) if isinstance(url, str) else None
    except ValueError:
        return None
    if parts is None or parts.netloc not in hosts:
        return None
    return parts.path + (f"?{parts.query}" if parts.query else "")


async def origin_of(pt: "PeerTube", scope: Scope) -> Origin:
    """Find out who reads at the instance that is copied from, and what.

    Raises:
        ConfigurationError: nobody's videos are meant. InputError: there is no such channel or account.
    """
    if pt.anonymous:
        if scope.everything:
            what = "channel: without a login say which channel or account is to be copied"
            raise ConfigurationError(what, option="channel")
        scope = await check_scope(pt, scope)
        return Origin(pt, None, await _host_of(pt, scope), scope)
    who, me = await who_am_i(pt)
    host = taken(me, "account", "host", kind=str, what="/users/me")
    scope = replace(scope, mine=True) if scope.everything else scope
    return Origin(pt, who, host, await check_scope(pt, scope, reader=Editor(replace(who, staff=False), host)))


async def _host_of(pt: "PeerTube", scope: Scope) -> str:
    found: Mapping[str, Any]
    found = await (pt.channels.get(scope.channel) if scope.channel else pt.accounts.get(scope.account or ""))
    host: str = taken(found, "host", kind=str, what=_WHAT)
    return host


def check_two(origin: Origin, target: "PeerTube", me: Mapping[str, Any]) -> None:
    """See that the instances are two, also where one has several names.

    Raises:
        ConfigurationError: they are one.
    """
    host = taken(me, "account", "host", kind=str, what="/users/me")
    if host != origin.host:
        return
    names = " and ".join(dict.fromkeys((origin.pt.origin, target.origin)))
    raise ConfigurationError(f"it cannot be copied to itself: {names} is the instance {host}", option="to")
