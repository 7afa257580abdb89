"""Which video a row names: by columns of its own, by an old key, or by what was exported in it."""

from collections.abc import Mapping
from typing import Any, Final

from aiopeertube.migrate.metadata.references import COLUMNS, all_names, reference
from aiopeertube.migrate.problems import Problems

from . import exported
from .exported import Exported
from .keys import Keys
from .layout import KEY

ANOTHER: Final = "what was exported here is video {uuid}, not this row's: sort or move whole rows, not some columns"


class Names:
    """Finds the videos that rows name; `keys` finds those of rows that have an old key alone."""

    def __init__(self, origin: str, problems: Problems, keys: Keys | None) -> None:
        self._origin = origin
        self._problems = problems
        self._keys = keys

    def video(self, line: int, cells: Mapping[str, Any], was: Exported | None = None) -> str | None:
        """Return the video that a row names; None where it names none, or another one than was exported in it."""
        column = next((name for name in COLUMNS if str(cells.get(name) or "").strip()), None)
        try:
            if column is not None:
                first = reference(cells, self._origin)[1]
            else:
                first = self._by_key(cells) if was is None else was.uuid
            ref = self._checked(line, column or KEY, first, cells)
        except LookupError:
            self._problems.add(line, None, f"the row names no video: add one of the columns {', '.join(COLUMNS)}")
            return None
        except ValueError as exc:
            self._problems.add(line, column or KEY, str(exc))
            return None
        if was is not None and not ref.isdecimal() and ref != was.uuid:
            self._problems.add(line, exported.COLUMN, ANOTHER.format(uuid=was.uuid))
        return ref

    def _by_key(self, cells: Mapping[str, Any]) -> str:
        key = str(cells.get(KEY) or "").strip()
        if not key or self._keys is None:
            raise LookupError
        return self._keys.video(key)

    def _checked(self, line: int, column: str, first: str, cells: Mapping[str, Any]) -> str:
        """Return a UUID where one of the columns tells it; complain about names of another video."""
        names = {column: first} | all_names(cells, self._origin)
        uuid = next((name for name in names.values() if not name.isdecimal()), first)
        of_its_kind = {True: next((name for name in names.values() if name.isdecimal()), ""), False: uuid}
        for other, name in names.items():
            if name != of_its_kind[name.isdecimal()]:
                self._problems.add(line, other, f"{name} is another video than {of_its_kind[name.isdecimal()]}")
        return uuid

    def others(self, ref: str, cells: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is noted of the columns that name the row's video in another way, until it was looked at."""
        names = {column: name for column, name in all_names(cells, self._origin).items() if name != ref}
        return {"names": names} if names else {}
