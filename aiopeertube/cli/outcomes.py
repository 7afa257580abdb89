"""What became of each item of a run, written on stdout for programs."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from aiopeertube import errors
from aiopeertube.cli import output
from aiopeertube.cli.nouns import Noun
from aiopeertube.cli.terminal import is_terminal

if TYPE_CHECKING:
    from aiopeertube import Outcome

Take = Callable[["Outcome[Any]", str], None]


@dataclass(frozen=True, slots=True)
class For:
    """What a call is for: a name, and what it changes of that where it is one of several."""

    name: str
    part: str = ""

    def __str__(self) -> str:
        return f"{self.name}, {self.part}" if self.part else self.name


def reason_of(outcome: "Outcome[Any]") -> str:
    """Say why an item failed."""
    error = outcome.error
    known = isinstance(error, errors.PeerTubeError)
    return str(error) if known else f"{type(error).__name__}: {error}"


def chosen(format: str | None) -> str:
    """Return the format of outcomes: text for people, who see only failures and counts; JSON lines for programs."""
    return format or ("text" if is_terminal(sys.stdout) else "jsonl")


def outcome_lines(format: str | None, noun: Noun) -> Take | None:
    """Return what writes each outcome as a line of JSON; None for text."""
    return partial(_write_outcome, noun.word) if chosen(format) == "jsonl" else None


def _write_outcome(word: str, outcome: "Outcome[Any]", name: str) -> None:
    line = {
        word: name,
        **({"part": outcome.call.tag.part} if outcome.call.tag.part else {}),
        "state": outcome.state,
        "attempts": outcome.attempts,
        "seconds": round(outcome.seconds, 3),
        "error": None if outcome.error is None else reason_of(outcome),
    }
    output.put(output.to_json(line) + "\n")
