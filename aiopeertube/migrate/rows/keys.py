"""Old keys: which videos earlier uploads and imports made of the rows that had them."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Final

from aiopeertube.migrate.journal.database import Database
from aiopeertube.migrate.journal.journal_errors import JournalError, explained
from aiopeertube.migrate.journal.journals import all_journals

_MAKERS: Final = frozenset({"upload", "import"})


class Keys:
    """The keys that jobs of this user and instance know, from the journals' own directory; read when first asked."""

    def __init__(self, origin: str, user: str) -> None:
        self._job = (origin, user)
        self._found: dict[str, dict[str, str]] | None = None  # key -> UUIDs, each with the journal that tells of it

    def video(self, key: str) -> str:
        """Return the UUID of the video that was made of the row with a key.

        Raises:
            ValueError: no job made one of it, or several did.
        """
        if self._found is None:
            self._found = self._read()
        videos = self._found.get(key, {})
        if not videos:
            raise ValueError(f"no earlier upload or import of this user made a video of the key {key!r}")
        if len(videos) > 1:
            which = ", ".join(f"{uuid} ({journal})" for uuid, journal in videos.items())
            raise ValueError(f"several videos were made of the key {key!r}: {which}; name one by its uuid")
        return next(iter(videos))

    def _read(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = defaultdict(dict)
        for path in all_journals():
            with ExitStack() as stack:
                try:
                    database = Database.open(path, read_only=True)
                    stack.callback(database.release, remove=False)
                    if database.job.kind in _MAKERS and (database.job.origin, database.job.user) == self._job:
                        with explained(path):
                            for key, uuid in _made_by(database):
                                found[key].setdefault(uuid, path.stem)
                except JournalError:
                    continue  # `jobs` tells of it
        return found


def _made_by(database: Database) -> Iterator[tuple[str, str]]:
    last = 0
    while page := database.page(("changed", "unchanged"), last):
        last = page[-1].id
        for item in page:
            if item.uuid and (key := item.note.get("key")):
                yield str(key), item.uuid
