"""One seed, played and judged."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from .history import History, play
from .invariants import violations
from .wire import play_wire
from .world import World, world_of

Player = Callable[[World, bool], History]

LEVELS: Final[dict[str, Player]] = {"core": play, "wire": play_wire}


@dataclass(frozen=True, slots=True)
class Failure:
    """What is wrong with a seed; nothing when `wrong` is empty."""

    level: str
    seed: int
    wrong: tuple[str, ...]

    @property
    def invariants(self) -> set[str]:
        """The invariants that do not hold."""
        return {wrong.partition(":")[0] for wrong in self.wrong}

    @property
    def line(self) -> str:
        """The line that repeats it, with the first thing that is wrong."""
        return f"python tests/simulation/run.py {self.level} {self.seed}  # {self.wrong[0][:300]}"


def judge(level: str, seed: int) -> Failure:
    """Play a seed and return what is wrong with it."""
    return Failure(level, seed, tuple(violations(_played(level, seed))))


def trace_of(level: str, seed: int) -> list[str]:
    """Play a seed and return all that happened."""
    history = _played(level, seed, verbose=True)
    return [str(history.world), *history.trace.lines()]


def digest_of(level: str, seed: int) -> str:
    """Play a seed and return the hash of all that happened."""
    return _played(level, seed).trace.digest()


def _played(level: str, seed: int, *, verbose: bool = False) -> History:
    return LEVELS[level](world_of(seed, migrations=level == "core"), verbose)
