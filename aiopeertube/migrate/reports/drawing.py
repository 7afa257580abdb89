"""The time line of one run as a drawing: panels over one axis of time, in SVG that stands in the page itself."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from aiopeertube._counting import counted
from aiopeertube.migrate.journal.spans import Outage, Span, total
from aiopeertube.migrate.pages.markup import escaped

_WIDTH: Final = 960
_LEFT: Final = 62  # where the panels begin; what is before is for the numbers of their axes
_HIGH: Final = 92  # of a panel
_GAP: Final = 34  # between two, for their titles
_TICKS: Final = 6
_STEPS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 43200, 86400)

Value = Callable[[Span], float | None]


@dataclass(frozen=True, slots=True)
class _Series:
    """One line, or bars, of a panel; `look` is its class in the style sheet."""

    name: str
    look: str
    value: Value
    bars: bool = False


@dataclass(frozen=True, slots=True)
class _Panel:
    title: str
    series: tuple[_Series, ...]


def is_error(status: int) -> bool:
    """Tell whether a status is a fault of the server, or none at all."""
    return status == 0 or status >= 500


def _rate(count: Callable[[Span], float]) -> Value:
    return lambda span: count(span) / span.seconds if span.seconds > 0 else None


def _outcomes(*names: str) -> Value:
    return _rate(lambda span: sum(span.outcomes.get(name, 0) for name in names))


def _statuses(wanted: Callable[[int], bool]) -> Value:
    return _rate(lambda span: sum(count for status, count in span.by_status.items() if wanted(status)))


def _percentile(share: float) -> Value:
    return lambda span: span.latency.percentile(share)


_PANELS: Final = (
    _Panel("Changes per second", (
        _Series("changed", "good", _outcomes("changed"), bars=True),
        _Series("failed or in conflict", "bad", _outcomes("failed", "conflict"), bars=True),
    )),
    _Panel("Requests per second", (
        _Series("sent", "plain", _rate(lambda span: span.requests), bars=True),
        _Series("refused (429)", "warn", _statuses(lambda status: status == 429), bars=True),
        _Series("errors (5xx, or no answer)", "bad", _statuses(is_error), bars=True),
    )),
    _Panel("Requests in flight", (
        _Series("seen", "plain", lambda span: span.in_flight),
        _Series("writes allowed at once", "limit", lambda span: span.at_once),
    )),
    _Panel("Latency, in seconds", (
        _Series("half within", "good", _percentile(0.5)),
        _Series("90 % within", "warn", _percentile(0.9)),
        _Series("99 % within", "bad", _percentile(0.99)),
    )),
)  # fmt: skip


def drawing(spans: Sequence[Span], *, label: str) -> str:
    """Draw the spans of one run, of which there is one at least."""
    axis = _Axis(min(span.began for span in spans), max(span.ended for span in spans))
    high = len(_PANELS) * (_HIGH + _GAP) + 24
    whole = total(spans)
    what = escaped(f"{label}: {counted(whole.requests, 'request')} in {whole.seconds:.1f} s")
    parts = [
        f'<svg class="chart" viewBox="0 0 {_WIDTH} {high}" role="img" aria-label="{what}">',
        *(part for place, panel in enumerate(_PANELS) for part in _panel(panel, place, spans, axis)),
        *_bands(whole.outages, axis, high - 24),
        *_moments(axis, high),
        "</svg>",
    ]
    return "".join(parts)


@dataclass(frozen=True, slots=True)
class _Axis:
    """The axis of time: from a moment to another."""

    began: float
    ended: float

    def at(self, moment: float) -> float:
        share = (moment - self.began) / max(self.ended - self.began, 1e-6)
        return round(_LEFT + min(1.0, max(0.0, share)) * (_WIDTH - _LEFT), 1)


def _panel(panel: _Panel, place: int, spans: Sequence[Span], axis: _Axis) -> Iterator[str]:
    top = place * (_HIGH + _GAP) + _GAP
    found = [[one.value(span) for span in spans] for one in panel.series]
    most = _nice(max((value for values in found for value in values if value is not None), default=0.0))
    yield f'<text class="title" x="{_LEFT}" y="{top - 10}">{panel.title}</text>'
    yield from _legend(panel, top - 10)
    for share in (0.0, 0.5, 1.0):
        level = round(top + _HIGH * (1 - share), 1)
        yield f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH}" y1="{level}" y2="{level}"/>'
        yield f'<text class="number" x="{_LEFT - 6}" y="{level + 4}">{most * share:g}</text>'
    for one, values in zip(panel.series, found, strict=True):
        draw = _bars if one.bars else _line
        yield from draw(one.look, zip(spans, values, strict=True), axis, lambda value: _level(value, top, most))


def _level(value: float, top: float, most: float) -> float:
    return round(top + _HIGH * (1 - value / most), 1)


def _legend(panel: _Panel, level: float) -> Iterator[str]:
    left = _LEFT + 180
    for one in panel.series:
        yield f'<rect class="{one.look} key" x="{left}" y="{level - 8}" width="10" height="8"/>'
        yield f'<text x="{left + 15}" y="{level}">{one.name}</text>'
        left += 40 + 7 * len(one.name)


def _bars(
    look: str, found: Iterable[tuple[Span, float | None]], axis: _Axis, at: Callable[[float], float]
) -> list[str]:
    bottom = at(0.0)
    path = "".join(
        f"M{axis.at(span.began)} {bottom}V{at(value)}H{axis.at(span.ended)}V{bottom}Z"
        for span, value in found
        if value
    )
    return [f'<path class="{look} bars" d="{path}"/>'] if path else []


def _line(
    look: str, found: Iterable[tuple[Span, float | None]], axis: _Axis, at: Callable[[float], float]
) -> list[str]:
    path, pen = "", "M"
    for span, value in found:
        if value is None:
            pen = "M"
            continue
        path += f"{pen}{axis.at(span.began)} {at(value)}H{axis.at(span.ended)}"
        pen = "L"
    return [f'<path class="{look} line" d="{path}"/>'] if path else []


def _bands(outages: Iterable[Outage], axis: _Axis, high: float) -> Iterator[str]:
    """Shade the times in which the server was away."""
    for one in outages:
        left, right = axis.at(one.began), axis.at(one.ended)
        title = escaped(f"away for {one.ended - one.began:.1f} s: {one.reason}")
        yield (
            f'<rect class="away" x="{left}" y="{_GAP - 4}" width="{max(1.0, round(right - left, 1))}"'
            f' height="{high - _GAP + 4}"><title>{title}</title></rect>'
        )


def _moments(axis: _Axis, high: float) -> Iterator[str]:
    seconds = axis.ended - axis.began
    step = next((step for step in _STEPS if seconds / step <= _TICKS), math.ceil(seconds / _TICKS))
    for number in range(int(seconds // step) + 1):
        at = axis.at(axis.began + number * step)
        yield f'<text class="moment" x="{at}" y="{high - 6}">{_time(number * step)}</text>'


def _time(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = int(seconds // 60)
    return f"{minutes}:{seconds % 60:02.0f}" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02}"


def _nice(value: float) -> float:
    """Return the next number above a value that is good to read."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(power * factor for factor in (1, 2, 4, 5, 10) if power * factor >= value * 0.999999)
