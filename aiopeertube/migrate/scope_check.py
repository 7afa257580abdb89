"""Whether a scope is there: a channel or account that is misspelt is an error, and not a scope without videos."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from aiopeertube.errors import InputError, InvalidIdentifier, NotFound
from aiopeertube.wire.call import Call

from .scope import Scope, Who
from .suggestions import no_such

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube
    from aiopeertube._pagination import Paginator

_LOOKED_AT: Final = 1000  # names among which to look for the one that was meant


@dataclass(frozen=True, slots=True)
class Editor:
    """Who is going to edit or to read what is in a scope, and on which host their videos are."""

    who: Who
    host: str


async def check_scope(
    pt: "PeerTube", scope: Scope, *, editor: Editor | None = None, reader: Editor | None = None
) -> Scope:
    """Return a scope with the names as the server writes them; with an `editor` its videos may be theirs to edit.

    What belongs to the `reader` is theirs in the scope that comes back, too: they see all of it, and not the public
    part alone.

    Raises:
        InputError: there is no such channel or account, one is not of the other, or what is in it is not theirs.
    """
    if scope.channel:
        channel = await _named(pt, "channel", scope.channel, pt.channels.get, pt.channels.list)
        owner = channel.get("ownerAccount") or {}
        _check_owner("channel", channel, owner, editor, mine=scope.mine)
        scope = replace(scope, channel=_kept(scope.channel, channel), mine=scope.mine or _is_of(owner, reader))
    if scope.account:
        account = await _named(pt, "account", scope.account, pt.accounts.get, pt.accounts.list)
        _check_owner("account", account, account, editor, mine=scope.mine)
        if scope.channel and owner.get("name") not in {None, account["name"]}:
            raise _said("channel", f"{scope.channel} belongs to {owner['name']}, not to {account['name']}")
        scope = replace(scope, account=_kept(scope.account, account), mine=scope.mine or _is_of(account, reader))
    return scope


def _is_of(owner: Mapping[str, Any], reader: Editor | None) -> bool:
    if reader is None or reader.who.staff:
        return False
    return owner.get("name") == reader.who.account and owner.get("host") == reader.host


def _kept(given: str, found: Mapping[str, Any]) -> str:
    _, at, host = given.partition("@")
    return f"{found['name']}{at}{host}"


async def _named(
    pt: "PeerTube",
    what: str,
    name: str,
    get: Callable[[str], Call[Any]],
    listing: Callable[[], "Paginator[Any]"],
) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = await get(name)
    except (NotFound, InvalidIdentifier):
        known = await listing().collect(limit=_LOOKED_AT)
        here = urlsplit(pt.origin).netloc
        raise _said(what, no_such(what, name, _handles(known, here))) from None
    return found


def _handles(known: Iterable[Mapping[str, Any]], here: str) -> Iterable[str]:
    return (one["name"] if one["host"] == here else f"{one['name']}@{one['host']}" for one in known)


def _check_owner(
    what: str, found: Mapping[str, Any], owner: Mapping[str, Any], editor: Editor | None, *, mine: bool
) -> None:
    if editor is None:
        return
    name, who = found["name"], editor.who
    if found.get("host", editor.host) != editor.host:
        raise _said(what, f"{name} is on {found['host']}: what is there cannot be edited from here")
    if (mine or not who.staff) and owner.get("name") not in {None, who.account}:
        raise _said(what, f"{name} is not yours: it belongs to {owner['name']}, and you are {who.account}")


def _said(option: str, what: str) -> InputError:
    error = InputError(f"{option}: {what}")
    error.option = option
    return error
