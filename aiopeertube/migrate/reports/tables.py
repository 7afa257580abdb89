"""Tables of a report: where one is too wide for the window it scrolls by itself, with the keyboard, too."""

from collections.abc import Iterable, Sequence

from aiopeertube.migrate.pages.markup import escaped

Column = tuple[str, bool]  # its title, and whether it has numbers


def table(label: str, rows: Iterable[str], columns: Sequence[Column] = ()) -> str:
    """Write rows, which are HTML, as a table; `label` tells what it is to those who do not see it."""
    titles = "".join(f'<th scope="col"{_look(numbers)}>{title}</th>' for title, numbers in columns)
    head = f"<thead><tr>{titles}</tr></thead>" if columns else ""
    # Who cannot use a mouse scrolls what has the focus.
    scroll = f'<div class="scroll" role="group" tabindex="0" aria-label="{escaped(label)}">'
    return f'{scroll}<table class="numbers">{head}<tbody>{"".join(rows)}</tbody></table></div>'


def row(cells: Iterable[str], numbers: Iterable[bool], title: str | None = None) -> str:
    """Write cells, which are HTML, as a row, after a `title` that names it."""
    named = "" if title is None else f'<th scope="row">{title}</th>'
    found = zip(cells, numbers, strict=True)
    return f"<tr>{named}{''.join(f'<td{_look(number)}>{cell}</td>' for cell, number in found)}</tr>"


def _look(numbers: bool) -> str:
    return ' class="number"' if numbers else ""
