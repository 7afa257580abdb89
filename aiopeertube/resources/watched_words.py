"""/watched-words."""

from collections.abc import Sequence
from typing import Any, Unpack

from aiopeertube._pagination import Paginator
from aiopeertube.errors import InputError
from aiopeertube.types.blocklists import SubscriptionListFilters
from aiopeertube.types.instance import WatchedWordsCreated, WatchedWordsList, WatchedWordsSubscription
from aiopeertube.wire.call import Call, Sender
from aiopeertube.wire.identifiers import handle_problem, segment

from ._api import Noun
from ._checks import id_problem


class _Owned(Noun):
    """What the server has, or an account."""

    __slots__ = ("_path", "_problem")

    def __init__(self, sender: Sender | None, path: str, problem: InputError | None) -> None:
        super().__init__(sender)
        self._path = path
        self._problem = problem


class WatchedWordsLists(_Owned):
    """Lists of words; comments and videos in which one is get the list's name as an automatic tag."""

    __slots__ = ()

    def list(self, *, sort: str | None = None, count: int = 100) -> Paginator[WatchedWordsList]:
        """List the lists."""
        return self._pages(self._path, {"sort": sort}, count=count, problem=self._problem)

    def create(self, *, listName: str, words: Sequence[str]) -> Call[WatchedWordsCreated]:
        """Add a list."""
        return self._ask("POST", self._path, self._problem, json={"listName": listName, "words": list(words)})

    def update(
        self,
        listId: int,
        *,
        listName: str | None = None,
        words: Sequence[str] | None = None,
    ) -> Call[None]:
        """Change a list's name, or all of its words."""
        fields: dict[str, Any] = {"listName": listName, "words": None if words is None else list(words)}
        json = {name: value for name, value in fields.items() if value is not None}
        return self._do("PUT", f"{self._path}/{listId}", self._problem, id_problem("listId", listId), json=json)

    def delete(self, listId: int) -> Call[None]:
        """Delete a list."""
        return self._do("DELETE", f"{self._path}/{listId}", self._problem, id_problem("listId", listId))


class WatchedWordsSubscriptions(_Owned):
    """Lists of others, which the server fetches again and again; only 8.x."""

    __slots__ = ()

    def list(
        self, *, count: int = 100, **filters: Unpack[SubscriptionListFilters]
    ) -> Paginator[WatchedWordsSubscription]:
        """List the subscriptions; only 8.x."""
        return self._pages(self._path, filters, count=count, problem=self._problem, since="8.0")

    def create(self, *, url: str) -> Call[WatchedWordsSubscription]:
        """Subscribe to a list; only 8.x."""
        return self._ask("POST", self._path, self._problem, json={"url": url}, since="8.0")

    def delete(self, subscription: int) -> Call[None]:
        """End a subscription; only 8.x."""
        problems = (self._problem, id_problem("id", subscription))
        return self._do("DELETE", f"{self._path}/{subscription}", *problems, since="8.0")


class WatchedWords(Noun):
    """Words that somebody wants to be told of: an account, by its name, or the server (`account` None)."""

    __slots__ = ()

    def lists(self, account: str | None = None) -> WatchedWordsLists:
        """Return the lists of an account, or of the server."""
        return WatchedWordsLists(self._sender, f"{_owner(account)}/lists", _problem(account))

    def subscriptions(self, account: str | None = None) -> WatchedWordsSubscriptions:
        """Return the subscriptions of an account, or of the server; only 8.x."""
        return WatchedWordsSubscriptions(self._sender, f"{_owner(account)}/subscriptions", _problem(account))


def _owner(account: str | None) -> str:
    return "/watched-words/server" if account is None else f"/watched-words/accounts/{segment(account)}"


def _problem(account: str | None) -> InputError | None:
    return None if account is None else handle_problem("account", account)
