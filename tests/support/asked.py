"""Which operations a server was asked for, and which of those that its version has were not."""

import re

from operations import VERSIONS, of_version

from aiopeertube import PeerTube
from aiopeertube.events import AttemptFinished

# A path that is spelled out comes before one that has a parameter there.
_PATTERNS = {
    name: re.compile("[^/]+".join(re.escape(part) for part in name.split("{}")))
    for name in sorted(VERSIONS, key=lambda name: name.count("{}"))
}


def operation_of(method: str, path: str) -> str | None:
    """Return the name of the operation that a request asks for; None: it is none of the API's."""
    asked = f"{method} {path.partition('?')[0].removeprefix('/api/v1')}"
    return next((name for name, pattern in _PATTERNS.items() if pattern.fullmatch(asked)), None)


class Asked:
    """Operations that were answered, by name, with their statuses; and explained differences from the types."""

    def __init__(self) -> None:
        self.statuses: dict[str, set[int]] = {}
        self.explained: dict[str, str] = {}
        self.version = ""

    def watch(self, pt: PeerTube) -> None:
        """Note what a client asks from now on."""
        pt.on(AttemptFinished, self._note)

    def missing(self, version: str) -> set[str]:
        """Return the operations of a version that were not asked for."""
        return of_version(version) - self.statuses.keys()

    def told(self) -> str:
        """Say what was asked, and what differed."""
        those = of_version(self.version)
        granted = [name for name in those & self.statuses.keys() if min(self.statuses[name]) < 400]
        lines = [f"{len(those & self.statuses.keys())} of {len(those)} operations of {self.version} were asked for"]
        lines += [f"{len(granted)} of them were done, the others refused, as whoever asked expected"]
        lines += [f"not asked: {name}" for name in sorted(those - self.statuses.keys())]
        lines += [f"differs: {what}: {why}" for what, why in sorted(self.explained.items())]
        return "\n".join(lines)

    def _note(self, event: AttemptFinished) -> None:
        name = operation_of(event.method, event.path)
        if name is not None:
            self.statuses.setdefault(name, set()).add(event.status)
