"""Who watches a verb: progress, outcomes and questions come in as one argument, and by default nobody listens."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Final, Protocol

from .journal.item import Item

if TYPE_CHECKING:
    from .plans.planned import Plan


class Stoppable(Protocol):
    """A run that is under way."""

    def stop(self, reason: str = "stop") -> None:
        """Start nothing more; what is in flight finishes, and the run ends after it."""
        ...


class Watcher(Protocol):
    """What a verb tells while it goes on, and what it asks; derive from `Unwatched` to hear only some of it."""

    @property
    def wants_totals(self) -> bool:
        """Whether it is worth a request to know how many videos there are."""
        ...

    def step(self, name: str, total: int | None = None) -> AbstractContextManager[None]:
        """Begin a step, like "compare" or "apply"; it lasts as long as the block. `total` None: not known yet."""
        ...

    def expect(self, total: int) -> None:
        """Learn how many items the step has."""
        ...

    def advance(self, number: int = 1) -> None:
        """Learn that so many more items were looked at."""
        ...

    def weigh(self, number: int) -> None:
        """Learn that the step sends so many more bytes of files, or fewer where it is negative."""
        ...

    def sent(self, number: int) -> None:
        """Learn that so many more of these bytes are at the server."""
        ...

    def settled(self, item: Item) -> None:
        """Learn what became of an item; the step has advanced by one."""
        ...

    def say(self, line: str) -> None:
        """Show a line to whoever runs this."""
        ...

    async def planned(self, plan: "Plan") -> None:
        """Learn what is about to be done; nothing of it was sent."""
        ...

    async def confirm(self, question: str) -> bool:
        """Answer a question; False ends the verb, and nothing is sent."""
        ...

    def opened(self, run: Stoppable) -> None:
        """Learn that changes are being sent from now on, and how to stop that."""
        ...


class Unwatched:
    """The watcher of those who need none: it hears nothing, and agrees to everything."""

    wants_totals = False

    @contextmanager
    def step(self, name: str, total: int | None = None) -> Iterator[None]:
        """Do nothing."""
        yield

    def expect(self, total: int) -> None:
        """Do nothing."""

    def advance(self, number: int = 1) -> None:
        """Do nothing."""

    def weigh(self, number: int) -> None:
        """Do nothing."""

    def sent(self, number: int) -> None:
        """Do nothing."""

    def settled(self, item: Item) -> None:
        """Do nothing."""

    def say(self, line: str) -> None:
        """Do nothing."""

    async def planned(self, plan: "Plan") -> None:
        """Do nothing."""

    async def confirm(self, question: str) -> bool:
        """Agree: who calls a verb has said what they want."""
        return True

    def opened(self, run: Stoppable) -> None:
        """Do nothing."""


UNWATCHED: Final = Unwatched()


class Sayer(Unwatched):
    """Passes on what is said, and nothing else: before a step, where nothing is counted."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher

    def say(self, line: str) -> None:
        """Pass it on."""
        self._watcher.say(line)
