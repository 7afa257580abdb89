"""The page is written as its rows come: a head, blocks of rows as JSON, and the script that shows them."""

from collections.abc import AsyncIterable
from string import Template
from typing import IO, Any, Final

from aiopeertube.migrate.exact_json import dumps
from aiopeertube.migrate.journal.item import Item
from aiopeertube.migrate.pages.frame import framed, looks, part
from aiopeertube.migrate.plans.report import Diff

from .entries import row_of
from .pictures import Pictures
from .summary import Summary

_BLOCK: Final = 500  # rows of one block: what is in memory at once
_ROWS: Final = "$rows"


async def write(
    file: IO[bytes], summary: Summary, items: AsyncIterable[Item], diff: Diff, pictures: Pictures | None = None
) -> int:
    """Write the page of a plan; return how many rows it has. `diff` knows the words for values."""
    head, tail = _template(summary, pictures=bool(pictures))
    file.write(head)
    count, block = 0, list[Any]()
    async for item in items:
        picture = pictures.of(item.uuid) if pictures else None
        block.append(row_of(item, diff) + ([picture] if picture else []))
        count += 1
        if len(block) == _BLOCK:
            file.write(_data(block))
            block.clear()
    file.write(_data(block))
    file.write(tail)
    return count


def _data(rows: list[Any]) -> bytes:
    """Write rows as a block that the browser does not run; nothing in them can end it, or begin a comment."""
    text = dumps(rows).replace(b"<", b"\\u003c").replace(b">", b"\\u003e").replace(b"&", b"\\u0026")
    return b'<script type="application/json" class="rows">' + text + b"</script>\n"


def _template(summary: Summary, *, pictures: bool) -> tuple[bytes, bytes]:
    """Return what stands before the rows, and what after them."""
    page, style, script = (part(__package__, f"page.{kind}") for kind in ("html", "css", "js"))
    parts = summary.parts() | looks(style, script, pictures=pictures)
    before, _, after = framed(page).partition(_ROWS)
    return Template(before).substitute(parts).encode(), Template(after).substitute(parts).encode()
