"""/video-channels/{channelHandle}/collaborators; only 8.x."""

from aiopeertube.types import Page
from aiopeertube.types.channel_parts import Collaborator, CollaboratorInvited
from aiopeertube.wire.call import Call
from aiopeertube.wire.identifiers import handle_problem, segment

from ._api import Noun
from ._checks import first, id_problem


class Collaborators(Noun):
    """Users who may edit a channel; only 8.x."""

    __slots__ = ()

    def list(self, channel: str) -> Call[Page[Collaborator]]:
        """List who may, and who was invited, all in one page; only 8.x."""
        return self._ask("GET", _path(channel), handle_problem("channel", channel), since="8.0")

    def invite(self, channel: str, *, accountHandle: str) -> Call[CollaboratorInvited]:
        """Invite a user of this server; only 8.x."""
        problem = first(handle_problem("channel", channel), handle_problem("account", accountHandle))
        json = {"accountHandle": accountHandle}
        return self._ask("POST", f"{_path(channel)}/invite", problem, json=json, since="8.0")

    def accept(self, channel: str, collaborator: int) -> Call[None]:
        """Accept an invitation; only 8.x."""
        return self._one("POST", channel, collaborator, "/accept")

    def reject(self, channel: str, collaborator: int) -> Call[None]:
        """Reject an invitation; only 8.x."""
        return self._one("POST", channel, collaborator, "/reject")

    def delete(self, channel: str, collaborator: int) -> Call[None]:
        """Remove a user, or oneself, from a channel; only 8.x."""
        return self._one("DELETE", channel, collaborator)

    def _one(self, method: str, channel: str, collaborator: int, rest: str = "") -> Call[None]:
        problem = first(handle_problem("channel", channel), id_problem("collaboratorId", collaborator))
        return self._do(method, f"{_path(channel)}/{collaborator}{rest}", problem, since="8.0")


def _path(channel: str) -> str:
    return f"/video-channels/{segment(channel)}/collaborators"
