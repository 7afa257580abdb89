"""What a plan or a run comes to, for people: changes grouped and counted, and the rows that failed."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from aiopeertube.errors import ConfigurationError
from aiopeertube.migrate.job_options import JobOptions
from aiopeertube.migrate.journal.item import Item
from aiopeertube.migrate.journal.journal import Journal
from aiopeertube.migrate.metadata.excerpts import difference, shown
from aiopeertube.migrate.metadata.fields import FIELDS, THEN
from aiopeertube.migrate.metadata.vocabulary import Vocabulary
from aiopeertube.migrate.outputs import check_output, free_name, unwritable
from aiopeertube.migrate.rows.parts import rows_of
from aiopeertube.migrate.tables import check_table, open_sink

# Fields in which many videos change alike; of the others only examples are worth a line.
_GROUPED: Final = frozenset({
    "category", "licence", "language", "privacy", "nsfw", "commentsPolicy", "downloadEnabled", "waitTranscoding",
    "channel", "tags", "support", "nsfwFlags", "scheduleUpdate.privacy", "videoPasswords",
})  # fmt: skip
NOTHING: Final[tuple[Any, ...]] = (None, "", [])  # values of a field that has none
_GROUPS: Final = 500  # different changes of one field that are told apart
_EXAMPLES: Final = 3
_SHOWN: Final = 9  # groups of one field


@dataclass(frozen=True, slots=True)
class Change:
    """So many videos whose field goes from `old` to `new`; `video` is an example's name, "" for a group."""

    field: str
    count: int
    old: str
    new: str
    video: str = ""

    @property
    def difference(self) -> str:
        """In one line how the old value becomes the new one; of long texts some of what differs."""
        return difference(self.old, self.new)

    @property
    def whole_difference(self) -> str:
        """The same with all that differs."""
        return difference(self.old, self.new, full=True)


@dataclass(slots=True)
class Diff:
    """The changes of a plan, counted by field, and by old and new value where these are few; memory is bounded."""

    words: Vocabulary
    videos: int = 0
    by_field: Counter[str] = field(default_factory=Counter)
    groups: dict[str, Counter[tuple[str, str]]] = field(default_factory=dict)
    examples: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)

    def add(self, item: Item) -> None:
        """Count an item that is planned."""
        self.videos += 1
        for change in self.of(item):
            self.by_field[change.field] += 1
            if change.field in _GROUPED and self._group(change.field, (change.old, change.new)):
                continue
            examples = self.examples.setdefault(change.field, [])
            if len(examples) < _EXAMPLES:
                examples.append((item.name, change.old, change.new))

    def of(self, item: Item) -> Iterator[Change]:
        """Give the changes of one item, in the order of its fields."""
        before = item.before or {}
        for name, new in (item.after or {}).items():
            old_text, new_text = self.text(name, before.get(name)), self.text(name, new)
            if name in FIELDS or old_text != new_text:  # of what is new nothing is said where there is nothing
                yield Change(name, 1, old_text, new_text, item.name)

    def _group(self, name: str, change: tuple[str, str]) -> bool:
        groups = self.groups.setdefault(name, Counter())
        if change not in groups and len(groups) >= _GROUPS:
            return False
        groups[change] += 1
        return True

    def text(self, name: str, value: Any) -> str:
        """Write a value for people: labels in place of ids."""
        if value in NOTHING:
            return "(none)"
        if name not in FIELDS:
            return shown(value)
        if FIELDS[name].secret:
            return "(secret)"
        if FIELDS[name].labelled or name == "channel":
            return self.words.label(name, value)
        if name == THEN:
            return self.words.label("privacy", value)
        return ", ".join(value) if isinstance(value, list) else str(FIELDS[name].show(value))

    def lines(self) -> Iterator[Change]:
        """Give the changes, the most common first; what is too much to show is one line of dots for its field."""
        for name, count in self.by_field.most_common():
            groups = self.groups.get(name, Counter()).most_common(_SHOWN)
            yield from (Change(name, number, old, new) for (old, new), number in groups)
            rest = count - sum(number for _, number in groups)
            examples = self.examples.get(name, [])[:rest]
            yield from (Change(name, 1, old, new, video) for video, old, new in examples)
            if rest > len(examples):
                yield Change(name, rest - len(examples), "...", "...")


async def write_failed(journal: Journal, path: str | Path, *, overwrite: bool = True) -> int:
    """Write the rows that failed or met a conflict, as they came, with the reason beside; return how many."""
    columns = await _columns(journal)
    count = 0
    with open_sink(str(path), (*columns, "reason"), overwrite=overwrite) as sink:
        async for item in journal.undone("failed", "conflict"):
            for row in rows_of(item):
                sink.write(_cells(row, columns, everything=not journal.job.columns) | {"reason": item.reason})
                count += 1
    return count


def failed_table(options: JobOptions, source: str, inputs: Iterable[str] = ()) -> Path | None:
    """Name the table of failed rows; None where none is wanted: a dry run writes only what it was told to.

    It has a name that is free: the one that was given, where the user says to replace what is there or there is
    nothing, else one beside the input, or here where that cannot be written.

    Raises:
        InputError: it cannot be written, it is one of the `inputs`, or it is there and was named.
    """
    if options.failed == "" or (options.failed is None and options.dry_run):
        return None
    if options.failed is None:
        return _default(source)
    named, again = Path(options.failed), options.overwrite_output or options.resumes
    check_output(named, inputs, option="failed", overwrite=again, to_overwrite="overwrite_output")
    try:
        check_table(str(named))
    except ConfigurationError as exc:
        exc.option = "failed"
        raise
    replaced = options.overwrite_output or str(named) == "-" or not named.is_file()
    return named if replaced else free_name(named)


def _default(source: str) -> Path:
    path = free_name(beside(source))
    if unwritable(path):  # a medium that is read only, say
        path = free_name(Path(path.name))
    check_output(path, (), option="failed")
    return path


def beside(source: str) -> Path:
    """Name the table of failed rows: beside the input, or here for one that is no file."""
    path = Path(source)
    if not path.is_file():
        return Path("failed.csv")
    suffix = path.suffix.lower() if path.suffix.lower() in {".tsv", ".jsonl", ".xlsx"} else ".csv"
    return path.with_name(f"{path.stem}.failed{suffix}")


async def _columns(journal: Journal) -> tuple[str, ...]:
    """Return the table's columns; rows of JSON have columns of their own, and all of them are needed."""
    columns = dict.fromkeys(journal.job.columns)
    if not columns:
        async for item in journal.undone("failed", "conflict"):
            for row in rows_of(item):
                columns.update(dict.fromkeys(row))
    columns.pop("reason", None)
    return tuple(columns)


def _cells(row: Mapping[str, Any], columns: Sequence[str], *, everything: bool) -> dict[str, Any]:
    return dict(row) if everything else {column: row.get(column, "") for column in columns}
