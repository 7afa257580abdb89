"""/users/{id}/two-factor."""

from aiopeertube.types.registrations import TwoFactorRequest
from aiopeertube.wire.call import Call

from ._api import Noun
from ._checks import id_problem


class TwoFactor(Noun):
    """Two-factor authentication of a user; `currentPassword` is of whoever asks, administrators need none."""

    __slots__ = ()

    def request(self, user: int, *, currentPassword: str | None = None) -> Call[TwoFactorRequest]:
        """Ask for a secret; it counts once a code made with it was confirmed."""
        json = _password(currentPassword)
        return self._ask("POST", f"/users/{user}/two-factor/request", id_problem("id", user), json=json)

    def confirm(self, user: int, *, requestToken: str, otpToken: str) -> Call[None]:
        """Turn it on, with the request's token and a code of six digits."""
        json = {"requestToken": requestToken, "otpToken": otpToken}
        return self._do("POST", f"/users/{user}/two-factor/confirm-request", id_problem("id", user), json=json)

    def disable(self, user: int, *, currentPassword: str | None = None) -> Call[None]:
        """Turn it off."""
        json = _password(currentPassword)
        return self._do("POST", f"/users/{user}/two-factor/disable", id_problem("id", user), json=json)


def _password(password: str | None) -> dict[str, str]:
    return {} if password is None else {"currentPassword": password}
