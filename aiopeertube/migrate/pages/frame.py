"""The frame of a page: a head that lets nothing be loaded, the style, and a top that tells what the page is of."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

from .markup import escaped, policy, text_of

_BODY: Final = "$body"


@dataclass(frozen=True, slots=True)
class Count:
    """A number at the top: of items in a state, with the words for it as HTML."""

    state: str
    number: int
    label: str


@dataclass(frozen=True, slots=True)
class Top:
    """What stands above all: what the page is of, numbers, warnings, and facts, whose values are HTML."""

    what: str  # "Plan"
    source: str
    noun: str  # what one item is about
    counts: Iterable[Count]
    warnings: Iterable[str]
    facts: Iterable[tuple[str, str]]

    def parts(self) -> dict[str, str]:
        """Return the parts of the frame's template."""
        source = Path(self.source).name or self.source
        return {
            "page_title": f"{self.what} of {escaped(source)}",
            "title": f"{self.what} of {text_of(source)}",
            "noun": self.noun,
            "counts": "".join(self._counts()),
            "warnings": "".join(f'<p class="warning">{text_of(line)}</p>' for line in self.warnings),
            "facts": "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in self.facts),
        }

    def _counts(self) -> Iterator[str]:
        for one in self.counts:
            look = one.state if one.number else "zero"
            yield f'<li class="count {look}"><strong>{one.number:,}</strong> <span>{one.label}</span></li>'


def framed(body: str) -> str:
    """Return the template of a page whose body is this template."""
    before, _, after = part(__package__, "frame.html").partition(_BODY)
    return before + body + after


def looks(style: str, script: str = "", *, pictures: bool = False) -> dict[str, str]:
    """Return the parts of the frame's template that say how a page looks and what it may do.

    With `pictures` it shows those that are in the page itself.
    """
    whole = part(__package__, "frame.css") + style
    return {"style": whole, "script": script, "policy": policy(whole, script, pictures=pictures)}


def part(package: str, name: str) -> str:
    """Read a template, a style or a script that stands beside the modules of a package."""
    return files(package).joinpath(name).read_text(encoding="utf-8")
