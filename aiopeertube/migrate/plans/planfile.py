"""The plan as a file of JSON lines: a head, a line for each video that changes, and an end that tells it is whole.

`before` is what stood on the server, and `updatedAt` when it was edited last. `sum` proves both: where somebody
changed them by hand, and where the video was edited since, it is looked at again before it is changed.
"""

import json
from collections.abc import AsyncIterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

from aiopeertube._counting import counted
from aiopeertube.errors import FileUnreadable
from aiopeertube.migrate.exact_json import dumps
from aiopeertube.migrate.journal.item import Item
from aiopeertube.migrate.journal.schema import Job
from aiopeertube.migrate.metadata.vocabulary import Vocabulary
from aiopeertube.migrate.problems import CellError, Problems
from aiopeertube.migrate.rows.exported import digest
from aiopeertube.migrate.tables.opening import begins_like_plan

from .merging import KEPT
from .plan_check import canonical, complaints, head_complaints, normal

VERSION: Final = 1
_MARK: Final = b"\xef\xbb\xbf"
_LONGEST: Final = 4 * 1024 * 1024  # bytes of one line; ten thousand characters before and after are far less


def is_plan(path: str) -> bool:
    """Tell whether a file is a plan, also after an editor put a byte order mark or blanks in front.

    Pipes are none: to look into one would take its beginning from whoever reads it.
    """
    try:
        if not Path(path).is_file():
            return False
        with Path(path).open("rb") as file:
            return begins_like_plan(file.read(100))
    except (OSError, ValueError):
        return False


async def write(file: IO[bytes], job: Job, planned: AsyncIterable[Item]) -> int:
    """Write what is planned; return how many changes these are."""
    count = 0
    _put(file, {
        "plan": VERSION,
        "kind": job.kind,
        "origin": job.origin,
        "user": job.user,
        "source": job.source,
        "columns": list(job.columns),
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
    })  # fmt: skip
    async for item in planned:
        _put(file, {
            "uuid": item.uuid,
            "name": item.name,
            "line": item.line,
            "before": item.before,
            "after": item.after,
            "row": item.row,
            "note": {name: item.note[name] for name in KEPT if name in item.note},
            "updatedAt": item.note.get("seen"),
            "sum": _sum(item.uuid, item.before, item.note.get("seen")),
        })  # fmt: skip
        count += 1
    _put(file, {"end": True, "changes": count})
    return count


def _sum(uuid: str, before: Any, updated_at: Any) -> str:
    return digest([uuid, before, updated_at])


def _put(file: IO[bytes], line: Mapping[str, Any]) -> None:
    file.write(dumps(line) + b"\n")


class PlanFile:
    """A plan that was written earlier."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.name = Path(path).name
        self.line = 1  # the one that was read last
        self.job = self._head()

    def _head(self) -> Job:
        problems = Problems(self.name)
        try:
            with Path(self.path).open("rb") as file:
                head = _entry(file.readline(_LONGEST))
        except OSError as exc:
            raise FileUnreadable(self.path, exc.strerror or str(exc)) from None
        if isinstance(head, str):
            problems.add(1, None, f"not the head of a plan: {head}")
            head = {}
        elif type(head.get("plan")) is not int or head["plan"] != VERSION:
            problems.add(1, None, f"a plan of another version: {str(head.get('plan'))[:40]}")
        for name, why in head_complaints(head):
            problems.add(1, name, why)
        problems.raise_if_any()
        return Job(head["kind"], head["origin"], head["user"], head["source"], tuple(head["columns"]))

    def fields(self) -> set[str]:
        """Name the fields that it changes, as far as it can be read."""
        found: set[str] = set()
        for _, entry in self._lines():
            after = entry.get("after") if isinstance(entry, dict) else None
            found.update(after if isinstance(after, dict) else ())
        return found

    def items(self, problems: Problems, words: Vocabulary | None = None) -> Iterator[Item]:
        """Read the changes; errors go to `problems`, also those of a plan that was cut off or edited by hand.

        Values are looked up in the instance's `words`, where these are given.
        """
        count, ended = 0, False
        for number, entry in self._lines():
            self.line = number
            if ended:
                problems.add(number, None, "after the end of the plan")
            elif isinstance(entry, str):
                problems.add(number, None, entry)
                count += 1
            elif "end" in entry:
                ended = True
                if type(entry.get("changes")) is not int or entry["changes"] != count:
                    said = str(entry.get("changes"))[:40]
                    problems.add(
                        number, "changes", f"{counted(count, 'change stands', 'changes stand')} here, not {said}"
                    )
            else:
                count += 1
                if item := self._item(entry, number, problems, words):
                    yield item
        if not ended:
            problems.add(None, None, "the plan was cut off: its end is missing")

    def _lines(self) -> Iterator[tuple[int, dict[str, Any] | str]]:
        """Give the lines after the head with their numbers, or what is wrong with them; blank ones are none."""
        with Path(self.path).open("rb") as file:
            file.readline(_LONGEST)
            for number, line in enumerate(iter(lambda: file.readline(_LONGEST), b""), start=2):
                if line.strip():
                    yield number, _entry(line)

    def _item(self, entry: dict[str, Any], number: int, problems: Problems, words: Vocabulary | None) -> Item | None:
        wrong = list(complaints(entry, words))
        for name, why in wrong:
            problems.add(number, name, why)
        if wrong:
            return None
        uuid, before, after = canonical(entry["uuid"]), normal(entry["before"]), normal(entry["after"])
        note = {name: value for name in KEPT if isinstance(value := (entry.get("note") or {}).get(name), str)}
        seen = entry.get("updatedAt")
        if isinstance(seen, str) and entry.get("sum") == _sum(uuid, entry["before"], seen):
            note["seen"] = seen
        return Item(
            uuid,
            after,
            entry.get("line"),
            entry.get("row") or {},
            state="planned",
            uuid=uuid,
            name=entry.get("name") or "",
            before=before,
            after=after,
            note=note,
            ready=True,
        )


def _entry(line: bytes) -> dict[str, Any] | str:
    """Read a line; a text says why it is none of a plan."""
    try:
        entry = json.loads(line.removeprefix(_MARK), object_pairs_hook=_each_once, parse_constant=_no_number)
    except CellError as exc:
        return exc.reason
    except (ValueError, RecursionError):
        return "not a line of a plan"
    return entry if isinstance(entry, dict) else "not a line of a plan"


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object; where something is named twice nobody could tell which one counts."""
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise CellError(None, f"{twice[:40]!r} stands there twice")
    return made


def _no_number(text: str) -> Any:
    raise ValueError(text)
