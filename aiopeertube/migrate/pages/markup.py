"""What pages are made of: text that cannot become markup, and what of a page the browser may run."""

import base64
import hashlib
import html
from typing import Final

from aiopeertube.migrate.metadata.excerpts import visible

_LONGEST: Final = 300  # characters of a name


def text_of(text: str) -> str:
    """Write text of the server's or the table's so that it cannot turn the text around it."""
    return f'<bdi dir="auto">{escaped(text)}</bdi>'


def escaped(text: str) -> str:
    """Write text as HTML of which nothing is markup, and everything can be seen."""
    return html.escape(visible(text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."))


def policy(style: str, script: str = "", *, pictures: bool = False) -> str:
    """Allow this style and this script, and nothing else: no request, no other script, wherever it came from.

    With `pictures` those that are in the page itself are shown.
    """
    allowed = f"style-src '{_sum(style)}'" + (f"; script-src '{_sum(script)}'" if script else "")
    allowed += "; img-src data:" if pictures else ""
    return f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"


def _sum(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
