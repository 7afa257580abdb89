"""/abuses/{abuseId}/messages."""

from aiopeertube.types import Page
from aiopeertube.types.abuses import AbuseMessage, AbuseMessageCreated
from aiopeertube.wire.call import Call

from ._api import Noun
from ._checks import body_text_problem, id_problem


class AbuseMessages(Noun):
    """What reporter and moderators wrote to each other about a report."""

    __slots__ = ()

    def list(self, abuse: int) -> Call[Page[AbuseMessage]]:
        """List the messages, all in one page."""
        return self._ask("GET", f"/abuses/{abuse}/messages", id_problem("abuseId", abuse))

    def create(self, abuse: int, *, message: str) -> Call[AbuseMessageCreated]:
        """Write to the other side."""
        problem = body_text_problem("message", message, 2, 3000)
        path = f"/abuses/{abuse}/messages"
        return self._ask("POST", path, id_problem("abuseId", abuse), problem, json={"message": message})

    def delete(self, abuse: int, message: int) -> Call[None]:
        """Delete a message."""
        wrong = id_problem("abuseId", abuse), id_problem("abuseMessageId", message)
        return self._do("DELETE", f"/abuses/{abuse}/messages/{message}", *wrong)
