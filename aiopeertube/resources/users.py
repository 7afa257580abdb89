"""/users."""

from typing import Unpack

from aiopeertube._pagination import Paginator
from aiopeertube.types import User
from aiopeertube.types.registrations import RegisterUser
from aiopeertube.types.users import NewUser, UpdateUser, UserCreated, UserFilters
from aiopeertube.wire.call import Call

from ._api import Noun
from ._checks import choice_problem, choices_problem, first, id_problem, text_problem
from .registrations import Registrations
from .token_sessions import TokenSessions
from .two_factor import TwoFactor
from .user_archives import UserExports, UserImports


class Users(Noun):
    """Users of the instance, named by their id; most is for administrators and moderators."""

    __slots__ = ()

    @property
    def exports(self) -> UserExports:
        """Archives of all that a user has."""
        return UserExports(self._sender)

    @property
    def imports(self) -> UserImports:
        """Archives that a user brings."""
        return UserImports(self._sender)

    @property
    def registrations(self) -> Registrations:
        """Requests for an account."""
        return Registrations(self._sender)

    @property
    def sessions(self) -> TokenSessions:
        """Where a user is logged in; only 8.x."""
        return TokenSessions(self._sender)

    @property
    def two_factor(self) -> TwoFactor:
        """Two-factor authentication of a user."""
        return TwoFactor(self._sender)

    def list(self, *, count: int = 100, **filters: Unpack[UserFilters]) -> Paginator[User]:
        """List the users."""
        return self._pages("/users", filters, count=count, problem=choices_problem(UserFilters, filters))

    def get(self, user: int, *, withStats: bool | None = None) -> Call[User]:
        """Get one user; `withStats` adds counts of their videos, abuses and comments."""
        return self._get(f"/users/{user}", {"withStats": withStats}, id_problem("id", user))

    def create(
        self, *, username: str, password: str, email: str, role: int, **fields: Unpack[NewUser]
    ) -> Call[UserCreated]:
        """Add a user. `role` is 0 administrator, 1 moderator, 2 user; quotas are in bytes, -1 is none.

        An empty `password` makes the server mail the user a link to set one.

        Raises (when awaited):
            InvalidField: before anything is sent. Conflict: the name or the address is in use.
        """
        json = {"username": username, "password": password, "email": email, "role": role, **fields}
        return self._ask("POST", "/users", choice_problem("role", role, (0, 1, 2)), json=json, schema=NewUser)

    def update(self, user: int, **fields: Unpack[UpdateUser]) -> Call[None]:
        """Change only the given fields of a user."""
        return self._do("PUT", f"/users/{user}", id_problem("id", user), json=dict(fields), schema=UpdateUser)

    def delete(self, user: int) -> Call[None]:
        """Delete a user, with all their videos, channels and comments. Their names are never free again."""
        return self._do("DELETE", f"/users/{user}", id_problem("id", user))

    def block(self, user: int, *, reason: str | None = None) -> Call[None]:
        """Block a user: they cannot log in any more."""
        json = {} if reason is None else {"reason": reason}
        return self._do("POST", f"/users/{user}/block", id_problem("id", user), json=json, idempotent=True)

    def unblock(self, user: int) -> Call[None]:
        """Unblock a user."""
        return self._do("POST", f"/users/{user}/unblock", id_problem("id", user), idempotent=True)

    def register(self, **fields: Unpack[RegisterUser]) -> Call[None]:
        """Make an account for oneself, where the instance allows it without approval.

        Raises (when awaited):
            NotPermitted: registration is closed. Conflict: the name or the address is in use.
        """
        return self._do("POST", "/users/register", json=dict(fields), authenticate=False)

    def ask_reset_password(self, *, email: str) -> Call[None]:
        """Have a link mailed that lets somebody set a new password; the answer does not tell whether there is one."""
        return self._do("POST", "/users/ask-reset-password", json={"email": email}, authenticate=False)

    def reset_password(self, user: int, *, verificationString: str, password: str) -> Call[None]:
        """Set a new password with the text from the mailed link."""
        json = {"verificationString": verificationString, "password": password}
        path = f"/users/{user}/reset-password"
        return self._do("POST", path, id_problem("id", user), json=json, authenticate=False)

    def ask_send_verify_email(self, *, email: str) -> Call[None]:
        """Have the mail sent again by which an address is verified."""
        return self._do("POST", "/users/ask-send-verify-email", json={"email": email}, authenticate=False)

    def verify_email(
        self,
        user: int,
        *,
        verificationString: str,
        isPendingEmail: bool | None = None,
    ) -> Call[None]:
        """Verify an address with the text from the mail; `isPendingEmail` says that it is a new one."""
        json: dict[str, object] = {"verificationString": verificationString}
        if isPendingEmail is not None:
            json["isPendingEmail"] = isPendingEmail
        problem = first(id_problem("id", user), text_problem("verificationString", verificationString))
        return self._do("POST", f"/users/{user}/verify-email", problem, json=json, authenticate=False)
