"""/runners. Runners transcode for an instance, and have tokens of their own: no call of theirs carries a user's."""

from typing import Any

from aiopeertube._pagination import Paginator
from aiopeertube.types.runners import RegistrationToken, Runner, RunnerRegistered
from aiopeertube.wire.call import Call

from ._api import Noun
from ._checks import id_problem, text_problem
from .runner_jobs import RunnerJobs


class RegistrationTokens(Noun):
    """Tokens by which new runners register; for administrators. Whoever has one can read private videos."""

    __slots__ = ()

    def list(self, *, sort: str | None = None, count: int = 100) -> Paginator[RegistrationToken]:
        """List the tokens."""
        return self._pages("/runners/registration-tokens", {"sort": sort}, count=count, secret=True)

    def generate(self) -> Call[None]:
        """Make one more token; `list` shows it."""
        return self._do("POST", "/runners/registration-tokens/generate")

    def delete(self, token: int) -> Call[None]:
        """Delete a token, named by its id, and the runners that it let in."""
        return self._do("DELETE", f"/runners/registration-tokens/{token}", id_problem("registrationTokenId", token))


class Runners(Noun):
    """Machines that work for the instance; lists and deletions are for administrators."""

    __slots__ = ()

    @property
    def jobs(self) -> RunnerJobs:
        """What runners work on."""
        return RunnerJobs(self._sender)

    @property
    def registration_tokens(self) -> RegistrationTokens:
        """What new runners prove by that they may come."""
        return RegistrationTokens(self._sender)

    def list(self, *, sort: str | None = None, count: int = 100) -> Paginator[Runner]:
        """List the runners."""
        return self._pages("/runners", {"sort": sort}, count=count)

    def register(
        self,
        *,
        registrationToken: str,
        name: str,
        description: str | None = None,
        version: str | None = None,
    ) -> Call[RunnerRegistered]:
        """Register a runner; the answer has the token that all its calls need."""
        json: dict[str, Any] = {"registrationToken": registrationToken, "name": name}
        more = {"description": description, "version": version}
        json |= {field: value for field, value in more.items() if value is not None}
        problem = text_problem("name", name)
        return self._ask("POST", "/runners/register", problem, json=json, authenticate=False)

    def unregister(self, *, runnerToken: str) -> Call[None]:
        """Remove the runner that has this token."""
        return self._do("POST", "/runners/unregister", json={"runnerToken": runnerToken}, authenticate=False)

    def delete(self, runner: int) -> Call[None]:
        """Remove a runner, as an administrator."""
        return self._do("DELETE", f"/runners/{runner}", id_problem("runnerId", runner))
