"""/users/{id}/token-sessions."""

from aiopeertube._pagination import Paginator
from aiopeertube.types.registrations import TokenSession
from aiopeertube.wire.call import Call

from ._api import Noun
from ._checks import id_problem


class TokenSessions(Noun):
    """Where a user is logged in; only 8.x."""

    __slots__ = ()

    def list(self, user: int, *, sort: str | None = None, count: int = 100) -> Paginator[TokenSession]:
        """List the sessions; only 8.x."""
        problem = id_problem("id", user)
        return self._pages(f"/users/{user}/token-sessions", {"sort": sort}, count=count, problem=problem, since="8.0")

    def revoke(self, user: int, session: int) -> Call[None]:
        """End a session: its tokens are refused from then on; only 8.x, which documents GET and takes POST."""
        path = f"/users/{user}/token-sessions/{session}/revoke"
        return self._do("POST", path, id_problem("id", user), id_problem("tokenSessionId", session), since="8.0")
