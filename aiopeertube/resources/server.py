"""/server."""

from typing import Unpack

from aiopeertube.types.server import ClientLog, DebugCommand, DebugState, LogFilters, LogLine, ServerStatistics
from aiopeertube.wire.call import Call

from ._api import Noun
from ._checks import choice_problem, choices_problem
from .follows import Followers, Following
from .redundancy import Redundancies
from .server_blocklist import ServerBlocklist

_COMMANDS = (
    "process-update-videos-scheduler",
    "process-video-channel-sync-latest",
    "process-video-stats-buffer",
    "process-video-viewers",
    "process-video-views-buffer",
    "process-remove-old-stats",
    "remove-dandling-resumable-uploads",
    "remove-expired-user-exports",
    "test-emails",
)


class Server(Noun):
    """The instance as a whole; most is for administrators."""

    __slots__ = ()

    @property
    def blocklist(self) -> ServerBlocklist:
        """Accounts and servers that the instance has muted."""
        return ServerBlocklist(self._sender)

    @property
    def followers(self) -> Followers:
        """Servers that follow the instance."""
        return Followers(self._sender)

    @property
    def following(self) -> Following:
        """Servers and channels that the instance follows."""
        return Following(self._sender)

    @property
    def redundancy(self) -> Redundancies:
        """Copies of videos on other servers, and of theirs here."""
        return Redundancies(self._sender)

    def stats(self) -> Call[ServerStatistics]:
        """Get counts of everything; the server makes them anew every four hours."""
        return self._get("/server/stats")

    def contact(
        self,
        *,
        fromName: str,
        fromEmail: str,
        body: str,
        subject: str | None = None,
    ) -> Call[None]:
        """Write to the administrators. Conflict: the instance has no mail, or does not want any."""
        json = {"fromName": fromName, "fromEmail": fromEmail, "body": body}
        json |= {} if subject is None else {"subject": subject}
        return self._do("POST", "/server/contact", json=json)

    def debug(self) -> Call[DebugState]:
        """Get what helps to find out what is wrong: the caller's address as the server sees it, and its backlog."""
        return self._get("/server/debug")

    def run_command(self, *, command: DebugCommand, email: str | None = None) -> Call[None]:
        """Run one of the server's own tasks now; `test-emails` sends mails to `email` (8.x)."""
        json = {"command": command} | ({} if email is None else {"email": email})
        problem = choice_problem("command", command, _COMMANDS)
        return self._do("POST", "/server/debug/run-command", problem, json=json)

    def logs(self, **filters: Unpack[LogFilters]) -> Call[list[LogLine]]:
        """Get lines of the server's log from `startDate` on (ISO 8601), the latest ones where there are too many."""
        return self._get("/server/logs", filters, choices_problem(LogFilters, filters))

    def audit_logs(self, *, startDate: str, endDate: str | None = None) -> Call[list[LogLine]]:
        """Get lines of the log of what users changed, from `startDate` on (ISO 8601)."""
        return self._get("/server/audit-logs", {"startDate": startDate, "endDate": endDate})

    def log_client(self, **fields: Unpack[ClientLog]) -> Call[None]:
        """Write a line about an error of a web client into the server's log; anonymous callers may, too."""
        return self._do("POST", "/server/logs/client", json=dict(fields), schema=ClientLog)
