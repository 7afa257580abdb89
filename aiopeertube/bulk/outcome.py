"""What became of the items of a bulk run."""

from dataclasses import dataclass
from typing import Final, Generic, Literal, TypeVar

from aiopeertube.errors import ConfigurationError
from aiopeertube.wire.call import Call

T = TypeVar("T")

State = Literal["ok", "failed", "not started"]


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """One call of a bulk run, done with.

    `state` is "ok" (then `result` is what awaiting the call gives), "failed" (then `error` is what it would raise)
    or "not started": the run was stopped, and nothing came of the call. `attempts` counts how often it was sent,
    `seconds` is from its turn to its end, waiting included.
    """

    call: Call[T]
    state: State
    result: T | None = None
    error: Exception | None = None
    attempts: int = 0
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Tell whether the call succeeded."""
        return self.state == "ok"


@dataclass(frozen=True, slots=True)
class BulkStatistics:
    """Counts of a run so far. `exhausted` tells whether the source was read to its end."""

    succeeded: int
    failed: int
    not_started: int
    in_flight: int
    attempts: int
    seconds: float
    exhausted: bool
    stopped_by: str

    @property
    def done(self) -> int:
        """The number of calls that were carried out, well or not."""
        return self.succeeded + self.failed


_ENOUGH: Final = 50


@dataclass(frozen=True, slots=True)
class Halt:
    """When to stop a run: after `failures` failed calls, or once more than `share` (0 to 1) of the calls failed.

    The share is looked at from the 50th call on.
    """

    failures: int | None = None
    share: float | None = None

    @classmethod
    def parse(cls, text: "str | int | Halt") -> "Halt":
        """Read 5, "5", "2%", "fail=5" or "fail=2%".

        Raises:
            ConfigurationError: it is none of these.
        """
        if isinstance(text, Halt):
            return text
        number = str(text).removeprefix("fail=")
        try:
            if number.endswith("%") and 0 <= float(number[:-1]) <= 100:
                return cls(share=float(number[:-1]) / 100)
            if int(number) >= 1:
                return cls(failures=int(number))
        except ValueError:
            pass
        what = f'halt: {text!r} is not a number of failures like "5" or a share like "2%"'
        raise ConfigurationError(what, option="halt")

    def reached(self, failed: int, done: int) -> bool:
        """Tell whether `failed` failures among `done` calls are too many."""
        if self.failures is not None and failed >= self.failures:
            return True
        return self.share is not None and done >= _ENOUGH and failed > self.share * done
