"""The parts of a workbook that its sheets need: where they are, the texts they share, the formats of their numbers.

openpyxl would read them, too, and much besides, and refuse the whole file for a fill or a date that it does not know.
"""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, BinaryIO, Final
from xml.etree.ElementTree import Element
from zipfile import ZipFile

from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900
from openpyxl.xml.functions import fromstring, iterparse

from .xlsx_strict import STRICT, Loosened

_RUN_LIMIT: Final = 1 << 22  # bytes of XML without a tag; the longest cell has a million at most
_PART_LIMIT: Final = 1 << 26  # bytes of a part that is read as a whole: sheets and texts are not
_YES: Final = ("1", "true")
# Dates and times of East Asian and Thai programs; their looks depend on the language, and do not matter here.
_ELSEWHERE: Final = dict.fromkeys([*range(27, 32), 36, *range(50, 59), *range(71, 75)], "yyyy/m/d") | dict.fromkeys(
    [*range(32, 36), *range(75, 82)], "h:mm"
)
_UNKNOWN: Final = "(unknown)"


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet: its name, whether it is hidden, and the name of its part of the archive."""

    title: str
    hidden: bool
    part: str


class Package:
    """A workbook that is open: `sheets`, the `strings` they share, `formats` by style, and where days begin, `epoch`.

    Raises:
        One of DAMAGED.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._archive = Archive(file)
        self._names = {_normal(name): name for name in self._archive.namelist()}
        book = next(target for kind, target in self._related("").values() if kind == "officeDocument")
        related = self._related(book)
        root = self._root(book)
        properties = _all(root, "workbookPr")
        mac = bool(properties) and properties[0].get("date1904") in _YES
        self.epoch: Any = CALENDAR_MAC_1904 if mac else CALENDAR_WINDOWS_1900
        self.sheets = [part for node in _all(root, "sheet") if (part := self._sheet(node, related))]
        parts = self._typed() | {kind: target for kind, target in related.values() if _normal(target) in self._names}
        self.strings = Strings(self._texts(parts["sharedStrings"]) if "sharedStrings" in parts else ())
        self.formats = _formats(self._root(parts["styles"])) if "styles" in parts else ["General"]

    def open(self, part: str) -> IO[bytes]:
        """Open a part for reading."""
        return self._archive.open(self._names[_normal(part)])

    def format(self, style: int) -> str:
        """Return the number format of a style."""
        return self.formats[style] if 0 <= style < len(self.formats) else _UNKNOWN

    def _root(self, part: str) -> Element:
        if (size := self._archive.getinfo(self._names[_normal(part)]).file_size) > _PART_LIMIT:
            raise ValueError(f"{part} has {size:,} bytes")
        with self.open(part) as file:
            root: Element = fromstring(file.read())
            return root

    def _related(self, part: str) -> dict[str, tuple[str, str]]:
        """Return the kinds and the names of the parts that a part (or "", the whole) refers to, by their ids."""
        folder, name = posixpath.split(part)
        nodes = self._root(posixpath.join(folder, "_rels", f"{name}.rels"))
        return {
            node.get("Id", ""): (
                node.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, node.get("Target", ""))).lstrip("/"),
            )
            for node in nodes
        }

    def _typed(self) -> dict[str, str]:
        """Return the names of parts by the last word of their types, where nothing refers to them."""
        nodes = self._root("[Content_Types].xml")
        words = ((node.get("ContentType", "").removesuffix("+xml").rpartition(".")[2], node) for node in nodes)
        return {word: name for word, node in words if _normal(name := node.get("PartName", "")) in self._names}

    def _sheet(self, node: Element, related: dict[str, tuple[str, str]]) -> SheetPart | None:
        """Make a sheet of rows; None for a sheet of another kind, like a chart."""
        ident = next((value for name, value in node.items() if name.endswith("}id")), "")
        kind, part = related.get(ident, ("", ""))
        if kind != "worksheet" or _normal(part) not in self._names:
            return None
        return SheetPart(node.get("name", ""), node.get("state", "visible") != "visible", part)

    def _texts(self, part: str) -> Iterator[str]:
        with self.open(part) as file:
            events = iterparse(file, events=("start", "end"))
            _, root = next(events)
            for event, node in events:
                if event == "end" and _local(node) == "si":
                    yield text_in(node)
                    root.clear()


class Strings(list[str]):
    """Texts by their number; none below 0, which a list would count from its end."""

    def __getitem__(self, index: Any) -> Any:
        if index < 0:
            raise IndexError(f"there is no text {index}")
        return super().__getitem__(index)


def text_in(node: Element) -> str:
    """Join the runs of a text; not its phonetic ones."""
    parts = [child for child in node if _local(child) == "t"]
    for run in node:
        if _local(run) == "r":
            parts += [child for child in run if _local(child) == "t"]
    return "".join(part.text or "" for part in parts)


def _formats(root: Element) -> list[str]:
    """Return the number format of each style."""
    own = {node.get("numFmtId"): node.get("formatCode", "") for node in _all(root, "numFmt")}
    styles = [node.get("numFmtId", "0") for group in _all(root, "cellXfs") for node in group]
    return [own.get(number) or _built_in(number) for number in styles] or ["General"]


def _built_in(number: str) -> str:
    known = BUILTIN_FORMATS | _ELSEWHERE
    return known.get(int(number), _UNKNOWN) if number.isdecimal() else _UNKNOWN


def _all(root: Element, name: str) -> list[Element]:
    return [node for node in root.iter() if _local(node) == name]


def _local(node: Element) -> str:
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def _normal(name: str) -> str:
    """Return the name of a part as it is compared: some programs write it with backslashes."""
    return name.replace("\\", "/").lstrip("/").lower()


class Archive(ZipFile):
    """Reads strict Open XML like the usual one; ends at a text that no workbook has, before it fills the memory."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file)
        with super().open("_rels/.rels") as relations:
            self._strict = STRICT in relations.read(_RUN_LIMIT)

    def open(self, *args: Any, **kwargs: Any) -> IO[bytes]:
        """Open a part for reading."""
        stream = super().open(*args, **kwargs)
        return _Bounded(Loosened(stream) if self._strict else stream)  # type: ignore[arg-type,return-value]


class _Bounded:
    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._run = 0  # bytes since the last tag began

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        first = data.find(b"<")
        if first < 0:
            self._run += len(data)
        elif self._run + first <= _RUN_LIMIT:
            self._run = len(data) - data.rfind(b"<")
        if self._run > _RUN_LIMIT:
            raise ValueError("a text is too long")
        return data

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> "_Bounded":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
