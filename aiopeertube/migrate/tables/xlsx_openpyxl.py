"""Opens workbooks with openpyxl; everything that has to know its inside is here."""

import warnings
import zlib
from collections.abc import Iterator
from typing import IO, Any, BinaryIO, Final
from xml.etree.ElementTree import Element, ParseError
from zipfile import BadZipFile, ZipFile

from openpyxl.reader.excel import ExcelReader
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

# What openpyxl lets through when a file is damaged, besides its own.
DAMAGED: Final = (
    BadZipFile, ParseError, OSError, EOFError, zlib.error, LookupError, ValueError, TypeError, AttributeError,
    NotImplementedError, RuntimeError, AssertionError,
)  # fmt: skip
_RUN_LIMIT: Final = 1 << 22  # bytes of XML without a tag; the longest cell has a million at most
_NS: Final = f"{{{SHEET_MAIN_NS}}}"


class Reader(ExcelReader):
    """Reads a workbook row by row, its texts exactly as they are in the file."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file, read_only=True, keep_links=False)
        self.archive = _Archive(file)

    def read(self) -> None:
        """Read all but the sheets; what openpyxl warns about (styles, extensions) does not matter here."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            super().read()

    def read_strings(self) -> None:
        """Read the texts that cells share; openpyxl's own way loses the escape of escapes."""
        part = self.package.find(SHARED_STRINGS)  # type: ignore[no-untyped-call]
        if part is not None:
            with self.archive.open(part.PartName[1:]) as file:
                self.shared_strings = list(_strings(file))


def _strings(file: IO[bytes]) -> Iterator[str]:
    events = iterparse(file, events=("start", "end"))
    _, root = next(events)
    for event, node in events:
        if event == "end" and node.tag == f"{_NS}si":
            yield _text(node)
            root.clear()


def _text(node: Element) -> str:
    """Join the runs of a text; not its phonetic ones."""
    return "".join(part.text or "" for path in (f"{_NS}t", f"{_NS}r/{_NS}t") for part in node.findall(path))


class _Archive(ZipFile):
    """Ends reading at a text that no workbook can have, before it fills the memory."""

    def open(self, *args: Any, **kwargs: Any) -> IO[bytes]:
        return _Bounded(super().open(*args, **kwargs))  # type: ignore[return-value]


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
