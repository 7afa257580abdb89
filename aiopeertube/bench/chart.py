"""Rates by number in flight as a drawing of its own, in SVG."""

import html
from typing import Final

from .measurement import Measurement

_WIDTH: Final = 720
_HEIGHT: Final = 360
_LEFT: Final = 70
_BOTTOM: Final = 50
_COLOURS: Final = {"read": "#3b78c4", "edit": "#1a8a48"}


def chart(found: Measurement) -> str:
    """Draw a measurement."""
    levels = [level for kind in found.levels.values() for level in kind]
    most = max(level.rate for level in levels) or 1.0
    widest = max(level.in_flight for level in levels)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}"',
        ' font-family="sans-serif" font-size="13">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        f'<text x="{_LEFT}" y="20">Completed a second by number in flight, {html.escape(found.origin)}</text>',
    ]
    for share in (0.0, 0.5, 1.0):
        y = _y(most * share, most)
        parts.append(f'<line x1="{_LEFT}" x2="{_WIDTH - 20}" y1="{y}" y2="{y}" stroke="#ddd"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end">{most * share:.0f}</text>')
    parts += [
        f'<text x="{_x(number, widest)}" y="{_HEIGHT - 28}" text-anchor="middle">{number}</text>'
        for number in sorted({level.in_flight for level in levels})
    ]
    for place, kind in enumerate(found.levels):
        parts += _line(found, kind, place, most, widest)
    return "".join([*parts, "</svg>\n"])


def _line(found: Measurement, kind: str, place: int, most: float, widest: int) -> list[str]:
    colour, levels, best = _COLOURS[kind], found.levels[kind], found.best(kind)
    points = " ".join(f"{_x(level.in_flight, widest)},{_y(level.rate, most)}" for level in levels)
    at = f'cx="{_x(best.in_flight, widest)}" cy="{_y(best.rate, most)}"'
    told = f"{kind}s: {best.rate:.1f} a second with {best.in_flight} in flight"
    return [
        f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>',
        f'<circle {at} r="6" fill="{colour}"/>',
        f'<text x="{_LEFT + place * 330}" y="{_HEIGHT - 8}" fill="{colour}">{told}</text>',
        *(
            f'<circle cx="{_x(one.in_flight, widest)}" cy="{_y(one.rate, most)}" r="3" fill="{colour}"/>'
            for one in levels
        ),
    ]


def _x(number: int, widest: int) -> float:
    return round(_LEFT + 20 + (_WIDTH - _LEFT - 60) * (number - 1) / max(1, widest - 1), 1)


def _y(rate: float, most: float) -> float:
    return round(_HEIGHT - _BOTTOM - (_HEIGHT - _BOTTOM - 40) * rate / most, 1)
