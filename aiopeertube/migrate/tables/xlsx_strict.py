"""Strict Open XML (ISO/IEC 29500): the usual workbook but for the names of its namespaces."""

from typing import IO, Final

STRICT: Final = b"http://purl.oclc.org/ooxml/"
_NAMES: Final = (
    (b"http://purl.oclc.org/ooxml/spreadsheetml/", b"http://schemas.openxmlformats.org/spreadsheetml/2006/"),
    (b"http://purl.oclc.org/ooxml/officeDocument/", b"http://schemas.openxmlformats.org/officeDocument/2006/"),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
)


class Loosened:
    """A part of a strict workbook with the usual names; these stand in tags, which are never split here."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._kept = b""

    def read(self, size: int = -1) -> bytes:
        """Read about `size` bytes; b"" at the end."""
        while True:
            data = self._file.read(size)
            whole, self._kept = _split(self._kept + data) if data and size >= 0 else (self._kept + data, b"")
            if whole or not data:
                return _renamed(whole)

    def close(self) -> None:
        """Close it."""
        self._file.close()


def _split(data: bytes) -> tuple[bytes, bytes]:
    """Split before a tag that may go on; one without end is not waited for."""
    at = data.rfind(b"<")
    return (data[:at], data[at:]) if at >= 0 and len(data) - at < 1 << 16 else (data, b"")


def _renamed(data: bytes) -> bytes:
    for strict, usual in _NAMES:
        data = data.replace(strict, usual)
    return data
