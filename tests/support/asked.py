"""Which operations a server was asked for, and which of those that its version has were not."""

import csv
import re
from collections.abc import Collection, Iterator
from pathlib import Path

from aiopeertube import PeerTube
from aiopeertube.events import AttemptFinished

_OPERATIONS = Path(__file__).parents[1] / "data" / "operations.tsv"
# The documents say GET, the servers of these versions know POST alone.
_DOCUMENTED_AS_GET = {"GET /runners/jobs/{}/cancel", "GET /users/{}/token-sessions/{}/revoke"}


def _plain(path: str) -> str:
    return re.sub(r"\{\w+\}|:\w+", "{}", path)


class Asked:
    """Operations that were answered, by name: `GET /users/{}`; parameters of paths have no names."""

    def __init__(self) -> None:
        with _OPERATIONS.open(newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t"))
        self._versions = {self._name(row["method"], row["path"]): row["versions"] for row in rows}
        # A path that is spelled out comes before one that has a parameter there.
        self._patterns = {name: _pattern(name) for name in sorted(self._versions, key=lambda name: name.count("{}"))}
        self.statuses: dict[str, set[int]] = {}

    def watch(self, pt: PeerTube) -> None:
        """Note what a client asks from now on."""
        pt.on(AttemptFinished, self._note)

    def of_version(self, version: str, families: Collection[str]) -> Iterator[str]:
        """Yield the operations of a version, of the families whose paths begin so."""
        other = "6.3 only" if version.startswith("8") else "8 only"
        for name, versions in self._versions.items():
            if versions != other and name.split("/")[1] in families:
                yield name

    def _note(self, event: AttemptFinished) -> None:
        asked = f"{event.method} {event.path.partition('?')[0].removeprefix('/api/v1')}"
        for name, pattern in self._patterns.items():
            if pattern.fullmatch(asked):
                self.statuses.setdefault(name, set()).add(event.status)
                return

    @staticmethod
    def _name(method: str, path: str) -> str:
        name = f"{method} {_plain(path)}"
        return name.replace("GET", "POST", 1) if name in _DOCUMENTED_AS_GET else name


def _pattern(name: str) -> re.Pattern[str]:
    return re.compile("[^/]+".join(re.escape(part) for part in name.split("{}")))
