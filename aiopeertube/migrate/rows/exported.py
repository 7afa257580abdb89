"""What each cell of a row was when it was exported: one text, in a column of the table itself.

So it survives that the file is renamed, its rows are sorted, columns are dropped, and a spreadsheet saves it again.
The text is ASCII, begins with a letter (no spreadsheet takes it for a formula, a number or a date) and fits into a
cell of Excel. It has a version, a checksum, and the video's UUID with the fields' values as compressed JSON.
"""

import hashlib
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from aiopeertube.migrate.exact_json import dumps, loads
from aiopeertube.migrate.metadata.references import is_uuid

COLUMN: Final = "exported"
_VERSION: Final = "x1"
_LONGEST: Final = 32_000  # characters; a cell of Excel holds 32,767
_LARGEST: Final = 1 << 20  # bytes of JSON; a video's texts are far shorter
_DIGEST: Final = "sha256"


@dataclass(frozen=True, slots=True)
class Exported:
    """The video of an exported row, and what its fields were: a value each, or the digest of a very long one.

    `edited` is when the server said that the video had been edited last; "" where nobody noted it. `fixed` has what
    nothing can change, by column.
    """

    uuid: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    edited: str = ""
    fixed: Mapping[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """What tells this row of an export from all others, a later one of the same values among them."""
        return digest(dict(self.values) | {"": self.uuid} | ({" edited": self.edited} if self.edited else {}))


def write(uuid: str, values: Mapping[str, Any], edited: str = "", fixed: Mapping[str, str] | None = None) -> str:
    """Write a cell; where it would be too long, the longest texts are told by their digests alone."""
    kept = dict(values)
    named: dict[str, Any] = {"uuid": uuid} | ({"edited": edited} if edited else {})
    named |= {"fixed": dict(fixed)} if fixed else {}
    while len(text := _packed(named | {"fields": kept})) > _LONGEST:
        longest = max(kept, key=lambda name: len(str(kept[name])))
        kept[longest] = {_DIGEST: digest(kept[longest])}
    return text


def read(text: str) -> Exported:
    """Read a cell that was exported.

    Raises:
        ValueError: it is damaged.
    """
    word = text.strip()
    if not word.startswith(_VERSION):
        raise ValueError(f"{word[:20]!r} was not written by an export; empty the cell if its row is a new one")
    content = _unpacked(word)
    uuid, values, edited = content.get("uuid"), content.get("fields"), content.get("edited", "")
    fixed = content.get("fixed", {})
    is_known = isinstance(edited, str) and isinstance(fixed, dict)
    if not isinstance(uuid, str) or not is_uuid(uuid) or not isinstance(values, dict) or not is_known:
        raise ValueError(_DAMAGED)
    return Exported(uuid, values, edited, fixed)


_DAMAGED: Final = (
    "it is damaged, so nobody can tell what was edited in this row: copy the cell from the export again, or empty it"
)


def _packed(content: Mapping[str, Any]) -> str:
    body = urlsafe_b64encode(zlib.compress(dumps(content), 9)).decode().rstrip("=")
    return f"{_VERSION}{_sum(body)}{body}"


def _unpacked(word: str) -> dict[str, Any]:
    start = len(_VERSION) + 8
    body = word[start:]
    if word[len(_VERSION) : start] != _sum(body):
        raise ValueError(_DAMAGED)
    try:
        unpack = zlib.decompressobj()
        packed = unpack.decompress(urlsafe_b64decode(body + "=" * (-len(body) % 4)), _LARGEST)
        return dict(loads(packed))
    except (TypeError, ValueError, zlib.error):
        raise ValueError(_DAMAGED) from None


def _sum(body: str) -> str:
    return f"{zlib.crc32(body.encode('utf-8', 'surrogatepass')):08x}"


# -- comparing -------------------------------------------------------------------------------------


def digest(value: Any) -> str:
    """Return a digest of a value of plain JSON."""
    try:
        data = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # halves of characters
        data = dumps(value)
    return hashlib.sha256(data).hexdigest()[:32]


def is_told(known: Any) -> bool:
    """Tell whether what an export knows of a field is its value, not its digest alone."""
    return not isinstance(known, dict)


def is_same(known: Any, value: Any) -> bool:
    """Tell whether a value is what was exported."""
    return bool(known == value) if is_told(known) else known.get(_DIGEST) == digest(value)
