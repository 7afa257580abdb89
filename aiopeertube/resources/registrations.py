"""/users/registrations."""

from typing import Unpack

from aiopeertube._pagination import Paginator
from aiopeertube.types.registrations import RegisterUser, Registration, RegistrationFilters
from aiopeertube.wire.call import Call

from ._api import Noun
from ._checks import choices_problem, id_problem


class Registrations(Noun):
    """Requests for an account, which moderators accept or reject."""

    __slots__ = ()

    def list(self, *, count: int = 100, **filters: Unpack[RegistrationFilters]) -> Paginator[Registration]:
        """List the requests."""
        problem = choices_problem(RegistrationFilters, filters)
        return self._pages("/users/registrations", filters, count=count, problem=problem)

    def request(self, *, registrationReason: str, **fields: Unpack[RegisterUser]) -> Call[Registration]:
        """Ask for an account for oneself.

        Raises (when awaited):
            NotPermitted: registration is closed. Conflict: the name or the address is in use.
        """
        json = {**fields, "registrationReason": registrationReason}
        return self._ask("POST", "/users/registrations/request", json=json, authenticate=False)

    def accept(
        self,
        registration: int,
        *,
        moderationResponse: str,
        preventEmailDelivery: bool = False,
    ) -> Call[None]:
        """Accept a request, which makes the account; the response is mailed unless that is prevented."""
        return self._decided("accept", registration, moderationResponse, preventEmailDelivery)

    def reject(
        self,
        registration: int,
        *,
        moderationResponse: str,
        preventEmailDelivery: bool = False,
    ) -> Call[None]:
        """Reject a request; the response is mailed unless that is prevented."""
        return self._decided("reject", registration, moderationResponse, preventEmailDelivery)

    def delete(self, registration: int) -> Call[None]:
        """Forget a request, but not the account that was made of it."""
        path = f"/users/registrations/{registration}"
        return self._do("DELETE", path, id_problem("registrationId", registration))

    def ask_send_verify_email(self, *, email: str) -> Call[None]:
        """Have the mail sent again by which the address of a request is verified."""
        path = "/users/registrations/ask-send-verify-email"
        return self._do("POST", path, json={"email": email}, authenticate=False)

    def verify_email(self, registration: int, *, verificationString: str) -> Call[None]:
        """Verify the address of a request with the text from the mail."""
        json = {"verificationString": verificationString}
        path = f"/users/registrations/{registration}/verify-email"
        return self._do("POST", path, id_problem("registrationId", registration), json=json, authenticate=False)

    def _decided(self, verb: str, registration: int, response: str, quiet: bool) -> Call[None]:
        json = {"moderationResponse": response, "preventEmailDelivery": quiet}
        path = f"/users/registrations/{registration}/{verb}"
        return self._do("POST", path, id_problem("registrationId", registration), json=json)
