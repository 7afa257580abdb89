"""The plan as a file of JSON lines: a head, a line for each video that changes, and an end that tells it is whole."""

from collections.abc import AsyncIterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

from aiopeertube.errors import FileUnreadable

from .database import Job
from .exact_json import dumps, loads
from .item import Item
from .plan_check import canonical, complaints, head_complaints
from .problems import Problems

VERSION: Final = 1
_LONGEST: Final = 4 * 1024 * 1024  # bytes of one line; ten thousand characters before and after are far less


def is_plan(path: str) -> bool:
    """Tell whether a file is a plan."""
    try:
        with Path(path).open("rb") as file:
            return file.read(9).startswith(b'{"plan":')
    except OSError:
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
            "note": item.note,
        })  # fmt: skip
        count += 1
    _put(file, {"end": True, "changes": count})
    return count


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
        if head is None:
            problems.add(1, None, "not the head of a plan")
        elif head.get("plan") != VERSION:
            problems.add(1, None, f"a plan of another version: {head.get('plan')!r}")
        for name, why in head_complaints(head or {}):
            problems.add(1, name, why)
        problems.raise_if_any()
        assert head is not None  # noqa: S101 - or there was a problem
        return Job(head["kind"], head["origin"], head["user"], head["source"], tuple(head["columns"]))

    def items(self, problems: Problems) -> Iterator[Item]:
        """Read the changes; errors go to `problems`, also those of a plan that was cut off or edited by hand."""
        count, ended = 0, False
        with Path(self.path).open("rb") as file:
            file.readline(_LONGEST)
            for number, line in enumerate(iter(lambda: file.readline(_LONGEST), b""), start=2):
                self.line, entry = number, _entry(line)
                if ended or entry is None:
                    problems.add(number, None, "not a line of a plan" if not ended else "after the end of the plan")
                elif "end" in entry:
                    ended = True
                    if entry.get("changes") != count:
                        problems.add(number, None, f"{count:,} changes stand here, not {entry.get('changes')}")
                elif item := self._item(entry, number, problems):
                    count += 1
                    yield item
        if not ended:
            problems.add(None, None, "the plan was cut off: its end is missing")

    def _item(self, entry: dict[str, Any], number: int, problems: Problems) -> Item | None:
        wrong = list(complaints(entry))
        for name, why in wrong:
            problems.add(number, name, why)
        if wrong:
            return None
        uuid, after = canonical(entry["uuid"]), entry["after"]
        return Item(
            uuid,
            after,
            entry.get("line"),
            entry.get("row") or {},
            state="planned",
            uuid=uuid,
            name=entry.get("name") or "",
            before=entry["before"],
            after=after,
            note=entry.get("note") or {},
            ready=True,
        )


def _entry(line: bytes) -> dict[str, Any] | None:
    try:
        entry = loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None
