"""Whether a copy that goes on is the one that began: from the same source, and with the same options."""

from collections.abc import Iterator, Mapping

from aiopeertube.errors import ConfigurationError
from aiopeertube.migrate.journal.item import Item
from aiopeertube.migrate.journal.journal import Journal
from aiopeertube.migrate.journal.journal_errors import JournalError
from aiopeertube.migrate.kinds.copying.ends import Origin
from aiopeertube.migrate.kinds.copying.wishes import CHANNEL, FROM, PLAYLIST, VIDEO


async def check_same(
    journal: Journal, origin: Origin, source: str, names: Mapping[str, str], *, via: str, playlists: bool, dates: bool
) -> None:
    """See that a copy goes on as it began: it would do so anyway, and say nothing of what is asked for now.

    Raises:
        JournalError: it is of another source. ConfigurationError: it began with other options.
    """
    if journal.job.source != source:
        what = f"the journal {journal.path} is of {journal.job.source}, not of {source}"
        raise JournalError(what, option="journal")
    async for item in journal.items():
        if (host := item.note.get(FROM, origin.host)) != origin.host:
            raise JournalError(f"the journal {journal.path} is of a copy from {host}, not from {origin.host}")
        for option, began in _differing(item, names, via=via, playlists=playlists, dates=dates):
            raise ConfigurationError(f"the job that goes on began {began}; a new one may differ", option=option)


def _differing(
    item: Item, names: Mapping[str, str], *, via: str, playlists: bool, dates: bool
) -> Iterator[tuple[str, str]]:
    """Give the options that an item was planned with otherwise, and how."""
    if item.ref.startswith(PLAYLIST) and not playlists:
        yield "playlists", "with playlists"
    if item.ref.startswith(CHANNEL) and item.wanted:
        there, here = item.ref.removeprefix(CHANNEL), item.wanted["channel"]
        if names.get(there, there) != here:
            yield "channel_names", f"with the channel {there} as {here}"
    if item.ref.startswith(VIDEO) and item.wanted:
        if item.wanted["via"] != via:
            yield "via", f"by {item.wanted['via']}"
        if item.note.get("dated") and not dates:
            yield "dates", "with dates of publication"
