"""/abuses."""

from typing import Unpack

from aiopeertube._pagination import Paginator
from aiopeertube.errors import InputError, InvalidField
from aiopeertube.types.abuses import Abuse, AbuseCreated, AbuseFilters, AbuseUpdate, NewAbuse
from aiopeertube.wire.call import Call

from ._api import Noun
from ._checks import body_text_problem, choices_problem, id_problem
from .abuse_messages import AbuseMessages

_SHORTEST, _LONGEST = 2, 3000  # characters of reasons, comments and messages
_TARGETS = ("video", "comment", "account")


class Abuses(Noun):
    """Reports of videos, comments and accounts; most is for moderators. `me.abuses` lists one's own."""

    __slots__ = ()

    @property
    def messages(self) -> AbuseMessages:
        """What reporter and moderators wrote to each other."""
        return AbuseMessages(self._sender)

    def list(self, *, count: int = 100, **filters: Unpack[AbuseFilters]) -> Paginator[Abuse]:
        """List the reports; only for moderators."""
        return self._pages("/abuses", filters, count=count, problem=choices_problem(AbuseFilters, filters))

    def create(self, *, reason: str, **fields: Unpack[NewAbuse]) -> Call[AbuseCreated]:
        """Report a video, a comment or an account: one of them."""
        problems = body_text_problem("reason", reason, _SHORTEST, _LONGEST), _target_problem(fields)
        return self._ask("POST", "/abuses", *problems, json={"reason": reason, **fields}, schema=NewAbuse)

    def update(self, abuse: int, **fields: Unpack[AbuseUpdate]) -> Call[None]:
        """Accept or reject a report, or note something; only for moderators."""
        path = f"/abuses/{abuse}"
        return self._do("PUT", path, id_problem("abuseId", abuse), json=dict(fields), schema=AbuseUpdate)

    def delete(self, abuse: int) -> Call[None]:
        """Delete a report; only for moderators."""
        return self._do("DELETE", f"/abuses/{abuse}", id_problem("abuseId", abuse))


def _target_problem(fields: NewAbuse) -> InputError | None:
    given = [name for name in _TARGETS if name in fields]
    if len(given) != 1:
        return InvalidField("video", "a report is about one of video, comment and account")
    target = fields.get(given[0])
    return id_problem(given[0], target.get("id") if isinstance(target, dict) else None)
