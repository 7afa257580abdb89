"""What a search can ask for that lists of videos cannot: times, lengths, identifiers."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from aiopeertube.emulator.model.entities import Video
from aiopeertube.emulator.model.ids import SHORT_LENGTH, from_short, is_uuid
from aiopeertube.emulator.wire.problem_json import invalid_parameter, invalid_parameters
from aiopeertube.emulator.wire.scalars import int_or_null, is_int, parse_date

from .listing import Invalid, Query, listed


def _originally(video: Video) -> float | None:
    return video.originally_published_at


@dataclass(frozen=True, slots=True)
class _Bound:
    """A lowest or highest value; videos without a value are outside of it."""

    value: Callable[[Video], float | None]
    is_lowest: bool
    message: str = ""  # of a date that is none; empty: it is no date, but a number

    def parse(self, text: str | list[str]) -> float | None:
        if not isinstance(text, str):
            return None
        if self.message:
            return parse_date(text)
        return float(int_or_null(text)) if is_int(text) else None

    def holds(self, bound: float, video: Video) -> bool:
        value = self.value(video)
        return value is not None and (value >= bound if self.is_lowest else value <= bound)


_BOUNDS = {
    "startDate": _Bound(lambda video: video.published_at, True, "start"),
    "endDate": _Bound(lambda video: video.published_at, False, "end"),
    "originallyPublishedStartDate": _Bound(_originally, True, "published start"),
    "originallyPublishedEndDate": _Bound(_originally, False, "published end"),
    "durationMin": _Bound(lambda video: video.duration, True),
    "durationMax": _Bound(lambda video: video.duration, False),
}


def searched(query: Query, instance: str) -> list[Callable[[Video], bool]]:
    """Return the checks that a found video has to pass.

    Raises:
        Problem: with every parameter that is invalid.
    """
    invalid: Invalid = {}
    tests: list[Callable[[Video], bool]] = []
    if query.get("search") == "":
        invalid |= invalid_parameter("search", "", "query")
    for name, bound in _BOUNDS.items():
        if name in query:
            value = bound.parse(query[name])
            if value is None:
                message = f"Should have a {bound.message} date that conforms to ISO 8601" if bound.message else ""
                invalid |= invalid_parameter(name, query[name], "query", message or "Invalid value")
            else:
                tests.append(partial(bound.holds, value))
    if "uuids" in query:
        uuids = [from_short(each) if len(each) == SHORT_LENGTH else each for each in listed(query["uuids"])]
        if not all(map(is_uuid, uuids)):
            invalid |= invalid_parameter("uuids", uuids, "query", "Should have valid array of uuid")
        tests.append(lambda video: video.uuid in uuids)
    if invalid:
        raise invalid_parameters(invalid, instance)
    return tests
