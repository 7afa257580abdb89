r"""Fields made of several columns: '{title}: {subtitle}\n\n{abstract}', without a trace of what is empty.

What an empty column takes with it is decided by paragraphs, then lines, then within a line:

- a paragraph or line that has columns, all of them empty, goes with the break before it; one that has none is
  text of its own, and stays;
- in a line, what separates two columns (a comma, a dash, a colon, ... with the spaces around it, else a space) stands
  only between two that are there, and the words on its two sides go with the column that they touch.

So '{title} ({year}), {country}' without a year is 'Diergaarde, Nederland', and a template whose columns are all empty
is an empty cell, which leaves a field as it is. {column:.80} takes the first 80 characters, {{ and }} are braces.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from aiopeertube.migrate.suggestions import did_you_mean

_TOKEN: Final = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+")
_SPEC: Final = re.compile(r"(.+):((?:.?[<>^])?\d{0,4}(?:\.\d{1,5})?s?)", re.DOTALL)
_BREAKS: Final = re.compile(r"(\n[ \t\r]*\n\s*)")
# What separates two columns, the surest first: the end of a sentence at the first, a mark, another end, a space.
_SEPARATORS: Final = (
    re.compile(r"\A([)\]»”\"']*)(?P<gap>[.!?]+\s+)"),
    re.compile(r"(?P<gap>\s*[,;:|/·•\u2013\u2014]+\s*|\s+-+\s+)"),
    re.compile(r"(?P<gap>[.!?]+\s+)"),
    re.compile(r"(?P<gap>\s+)"),
)


@dataclass(frozen=True, slots=True)
class _Column:
    """A column, and how its text is cut or filled up."""

    name: str
    spec: str = ""

    def text(self, cells: Mapping[str, str]) -> str:
        return format(cells.get(self.name, ""), self.spec)


_Part = str | _Column


@dataclass(frozen=True, slots=True)
class Template:
    """A template that was read."""

    text: str
    parts: tuple[_Part, ...]

    @classmethod
    def read(cls, text: str, columns: Iterable[str] = ()) -> "Template":
        """Read a template; what is in `columns` is a column, even if it looks like one with a format.

        Raises:
            ValueError: its braces do not match.
        """
        known = frozenset(columns)
        return cls(text, tuple(_joined(_parts(text, known))))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it uses, each once."""
        return tuple(dict.fromkeys(part.name for part in self.parts if isinstance(part, _Column)))

    def unknown(self, columns: Iterable[str]) -> Iterator[str]:
        """Complain about each column that is not there."""
        known = dict.fromkeys(columns)
        for name in self.columns:
            if name not in known:
                meant = did_you_mean(name, known)
                missing = f"a template names a column that is not there: {name!r}"
                yield f"{name}{meant} {missing}" if meant.startswith(":") else missing

    def fill(self, cells: Mapping[str, str]) -> str:
        """Fill in cells; empty ones leave no trace."""
        if not self.columns:
            return self.text.replace("{{", "{").replace("}}", "}").strip()
        if not any(cells.get(name) for name in self.columns):
            return ""
        return _paragraphs(self.parts, cells).strip()


def text_of(cell: Any) -> str:
    """Write a cell as the text that goes into a template; a list without what is empty in it.

    Raises:
        ValueError: it is an object of JSON, or has one: nobody can tell which text is meant.
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, list | tuple) and not any(isinstance(each, list | tuple) for each in cell):
        return "; ".join(filter(None, map(text_of, cell)))
    if isinstance(cell, str | int | float):
        return str(cell).strip()
    raise ValueError("JSON within JSON is no text: give its parts as columns, or use a function")


def _parts(text: str, known: frozenset[str]) -> Iterator[_Part]:
    for found in _TOKEN.finditer(text):
        token = found[0]
        if found[1] is not None:
            yield _column(found[1], known)
        elif token in {"{", "}"}:
            raise ValueError(f"{text!r}: {token!r} at character {found.start() + 1} is alone; write {token * 2}")
        else:
            yield token[0] if token in {"{{", "}}"} else token


def _column(inner: str, known: frozenset[str]) -> _Column:
    found = None if inner in known else _SPEC.fullmatch(inner)
    if found is not None and found[2]:
        return _Column(found[1].strip(), found[2])
    return _Column(inner if inner in known else inner.strip())


def _joined(parts: Iterable[_Part]) -> Iterator[_Part]:
    """Put neighbouring texts together."""
    text = ""
    for part in parts:
        if isinstance(part, str):
            text += part
            continue
        if text:
            yield text
        yield part
        text = ""
    if text:
        yield text


def _paragraphs(parts: Sequence[_Part], cells: Mapping[str, str]) -> str:
    blocks = _split(parts, _BREAKS)
    return _kept([(gap, block, _lines(block, cells)) for gap, block in blocks], cells)


def _lines(parts: Sequence[_Part], cells: Mapping[str, str]) -> str:
    lines = _split(parts, re.compile(r"(\r?\n)"))
    return _kept([(gap, line, _line(line, cells)) for gap, line in lines], cells)


def _kept(pieces: Sequence[tuple[str, Sequence[_Part], str]], cells: Mapping[str, str]) -> str:
    """Join the pieces that stay, each with the break before it."""
    text, begun = "", False
    for gap, parts, filled in pieces:
        if _goes(parts, cells):
            continue
        text += (gap if begun else "") + filled
        begun = True
    return text


def _goes(parts: Sequence[_Part], cells: Mapping[str, str]) -> bool:
    columns = [part for part in parts if isinstance(part, _Column)]
    return bool(columns) and not any(cells.get(column.name) for column in columns)


def _split(parts: Sequence[_Part], at: re.Pattern[str]) -> list[tuple[str, list[_Part]]]:
    """Split at what `at` finds in the texts; each piece comes with the break before it."""
    pieces: list[tuple[str, list[_Part]]] = [("", [])]
    for part in parts:
        if not isinstance(part, str):
            pieces[-1][1].append(part)
            continue
        first, *others = at.split(part)
        pieces[-1][1].append(first)
        pieces += [(gap, [text]) for gap, text in zip(others[::2], others[1::2], strict=True)]
    return pieces


def _line(parts: Sequence[_Part], cells: Mapping[str, str]) -> str:
    """Fill in a line: the columns that are there with the words they touch, and between two what separates them."""
    texts, columns = _around(parts)
    if not columns:
        return texts[0]
    before, filled, separator = texts[0], "", ""
    for number, column in enumerate(columns):
        last = number == len(columns) - 1
        after, gap, following = (texts[-1], "", "") if last else _separated(texts[number + 1])
        if cells.get(column.name):
            filled += (separator if filled else "") + before + column.text(cells) + after
        separator, before = gap, following
    return filled


def _around(parts: Sequence[_Part]) -> tuple[list[str], list[_Column]]:
    """Return the texts before, between and after the columns, and these."""
    texts, columns = [""], list[_Column]()
    for part in parts:
        if isinstance(part, str):
            texts[-1] += part
        else:
            columns.append(part)
            texts.append("")
    return texts, columns


def _separated(text: str) -> tuple[str, str, str]:
    """Split what stands between two columns: words of the first, what separates, words of the second."""
    found = next(filter(None, (separator.search(text) for separator in _SEPARATORS)), None)
    if found is None:
        return "", text, ""
    return text[: found.start("gap")], found["gap"], text[found.end("gap") :]
