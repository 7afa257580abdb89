"""Where a run is shown on stderr: a bar on a terminal, a line now and then elsewhere, nothing with --quiet."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Protocol

from aiopeertube.cli.options import Settings
from aiopeertube.cli.output import to_json
from aiopeertube.cli.terminal import is_terminal, note, one_line
from aiopeertube.cli.waiting import Wait, span

if TYPE_CHECKING:
    from rich.live import Live

_BETWEEN_LINES: Final = 5.0  # seconds


@dataclass(frozen=True, slots=True)
class Now:
    """How far a run is: `total` None: nobody knows how many there are, `left` (seconds) None: how long it takes."""

    done: int
    total: int | None
    state: str
    wait: Wait | None
    left: float | None

    def words(self) -> str:
        """Say what came of it, how long it takes, and what it waits for."""
        return ", ".join(part for part in (self.state, self.ends(), str(self.wait or "")) if part)

    def ends(self) -> str:
        """Say how long it takes, where that is known."""
        return "" if self.left is None or self.left < 0.5 else f"about {span(self.left)} left"


class Screen(Protocol):
    """Where a run is shown, every `between` seconds, and at its end where it `shows_end`."""

    @property
    def between(self) -> float:
        """Seconds from one show to the next."""
        ...

    @property
    def shows_end(self) -> bool:
        """Whether the end is shown, too."""
        ...

    def show(self, now: Now) -> None:
        """Show how far it is."""
        ...

    def say(self, line: str) -> None:
        """Print a line, above the bar where there is one."""
        ...


class _Quiet:
    between: ClassVar[float] = _BETWEEN_LINES
    shows_end: ClassVar[bool] = False

    def show(self, now: Now) -> None:
        """Do nothing."""

    def say(self, line: str) -> None:
        """Print it: failures are said in any case."""
        note(line)


class _Lines(_Quiet):
    def __init__(self, title: str) -> None:
        self._title = title

    def show(self, now: Now) -> None:
        """Print a line."""
        of = "" if now.total is None else f" of {now.total:,}"
        note(", ".join(part for part in (f"{self._title}: {now.done:,}{of}", now.words()) if part))


class _Rows(_Quiet):
    """A line of JSON now and then."""

    shows_end = True

    def __init__(self, title: str) -> None:
        self._title = title

    def show(self, now: Now) -> None:
        """Print a line."""
        row = {"step": self._title, "done": now.done, "total": now.total, "state": now.state}
        left = None if now.left is None else round(now.left, 1)
        note(to_json(row | {"seconds_left": left, "waiting": None if now.wait is None else now.wait.row()}))


class _Bar:
    """A bar with how many and how long, and below it what came of them and what is waited for, a line each."""

    between: ClassVar[float] = 0.25
    shows_end: ClassVar[bool] = True

    def __init__(self, live: "Live", title: str, total: int | None) -> None:
        from rich import progress  # noqa: PLC0415 - only who draws pays for it
        from rich.table import Column  # noqa: PLC0415

        def whole() -> Column:  # where there is no room, the bar is what shrinks
            return Column(no_wrap=True)

        self._live = live
        self._bar = progress.Progress(
            progress.TextColumn("{task.description}", table_column=whole()),
            progress.BarColumn(bar_width=24),
            progress.MofNCompleteColumn(table_column=whole()),
            progress.TextColumn("{task.fields[ends]}", table_column=whole(), markup=False),
        )
        self._task = self._bar.add_task(title, total=total, ends="")
        live.update(self._bar)

    def show(self, now: Now) -> None:
        """Move the bar."""
        from rich.console import Group  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        self._bar.update(self._task, completed=now.done, total=now.total, ends=now.ends())
        below = (Text(f"  {line}") for line in (now.state, str(now.wait or "")) if line)
        self._live.update(Group(self._bar, *below), refresh=True)

    def say(self, line: str) -> None:
        """Print a line above the bar."""
        self._live.console.print(one_line(line), markup=False, highlight=False, soft_wrap=True)


@contextmanager
def screen_for(title: str, total: int | None, settings: Settings) -> Iterator[Screen]:
    """Choose where to show a run."""
    if settings.quiet:
        yield _Quiet()
    elif settings.progress == "jsonl":
        yield _Rows(title)
    elif not is_terminal(sys.stderr):
        yield _Lines(title)
    else:
        with live(settings) as drawn:
            yield _Bar(drawn, title, total)


def live(settings: Settings) -> "Live":
    """Return a part of the terminal that is drawn again and again."""
    from rich.console import Console  # noqa: PLC0415 - only who draws pays for it
    from rich.live import Live  # noqa: PLC0415

    return Live(console=Console(file=sys.stderr, no_color=settings.no_color))
