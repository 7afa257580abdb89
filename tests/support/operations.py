"""The operations of the API, by name: `GET /users/{}`; parameters of paths have no names.

Where real servers have something else than the documents say, it is as the servers have it.
"""

import csv
import re
from pathlib import Path

FILE = Path(__file__).parents[1] / "data" / "operations.tsv"
# What servers have and no document does.
UNDOCUMENTED = {"GET /overviews/videos"}
# The documents say GET, the servers of these versions know POST alone.
DOCUMENTED_AS_GET = {"POST /runners/jobs/{}/cancel", "POST /users/{}/token-sessions/{}/revoke"}
# A document of one version lacks them, its server does not (observed with 6.3 and 8.2).
IN_BOTH = {
    "DELETE /users/me",
    "GET /server/debug",
    "POST /runners/jobs/{}/cancel",
    "POST /runners/jobs/{}/files/videos/{}/max-quality",
    "POST /runners/jobs/{}/files/videos/{}/max-quality/audio",
    "POST /runners/jobs/{}/files/videos/{}/previews/max-quality",
    "POST /runners/jobs/{}/files/videos/{}/studio/task-files/{}",
    "POST /server/contact",
    "POST /server/debug/run-command",
    "POST /users/ask-reset-password",
    "POST /users/{}/block",
    "POST /users/{}/reset-password",
    "POST /users/{}/unblock",
    "PUT /videos/{}/blacklist",
    "PUT /videos/{}/watching",
    *(f"{method} /users/me/blocklist/{what}" for method in ("GET", "POST") for what in ("accounts", "servers")),
    *(f"DELETE /users/me/blocklist/{what}/{{}}" for what in ("accounts", "servers")),
}


def plain(operation: str) -> str:
    """Take the names of parameters out of a path."""
    return re.sub(r"\{\w+\}|:\w+", "{}", operation)


def _documented() -> dict[str, str]:
    """Read which operations are documented, and in which versions: "both", "6.3 only", "8 only"."""
    found: dict[str, str] = {}
    with FILE.open(newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            name = plain(f"{row['method']} {row['path']}")
            # A parameter that was renamed makes two rows of an operation that is in both.
            found[name] = "both" if name in found or name in IN_BOTH else row["versions"]
    return found


def _true() -> dict[str, str]:
    """Mend what is documented by what servers have."""
    renamed = {name.replace("POST", "GET", 1): name for name in DOCUMENTED_AS_GET}
    documented = {renamed.get(name, name): versions for name, versions in _documented().items()}
    return {**documented, **dict.fromkeys(IN_BOTH | UNDOCUMENTED, "both")}


VERSIONS = _true()


def of_version(version: str) -> set[str]:
    """Return the operations of a version, "8.2.1"."""
    other = "6.3 only" if version.startswith("8") else "8 only"
    return {name for name, versions in VERSIONS.items() if versions != other}
