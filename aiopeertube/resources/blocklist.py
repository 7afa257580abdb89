"""/blocklist."""

from collections.abc import Sequence

from aiopeertube.types.blocklists import BlockStatus
from aiopeertube.wire.call import Call
from aiopeertube.wire.identifiers import handle_problem

from ._api import Noun
from ._checks import first, host_problem


class Blocklist(Noun):
    """Who is muted. The lists are `me.blocklist` and `server.blocklist`."""

    __slots__ = ()

    def status(self, *, accounts: Sequence[str] = (), hosts: Sequence[str] = ()) -> Call[BlockStatus]:
        """Tell which accounts (`name@host`) and servers the instance, or the logged-in user, has muted."""
        problem = first(
            *(handle_problem("account", name) for name in accounts), *(host_problem("hosts", host) for host in hosts)
        )
        return self._get("/blocklist/status", {"accounts": accounts, "hosts": hosts}, problem)
