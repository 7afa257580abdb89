"""A table is merged, not stamped: whoever edits a cell meanwhile, no edit is lost, and every conflict is told."""

import csv
import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import openpyxl
import pytest

from aiopeertube import PeerTube, migrate
from aiopeertube.emulator import Emulator
from aiopeertube.migrate import fields

pytestmark = pytest.mark.anyio

Row = dict[str, Any]
Values = dict[str, Any]

# Values of each field, as a cell has them and as the API takes them; a label stands in the column beside.
VALUES: Final[Mapping[str, tuple[tuple[str, Any], ...]]] = {
    "name": (("Mijn titel", "Mijn titel"), ("Their title", "Their title")),
    "description": (("Eén\n\ntwee", "Eén\n\ntwee"), ("Three; four", "Three; four"), ("<clear>", None)),
    "support": (("Steun ons", "Steun ons"), ("Support them", "Support them"), ("<clear>", None)),
    "tags": (("film; 1939", ["1939", "film"]), ("archive", ["archive"]), ("<clear>", [])),
    "category": (("Music", 1), ("11", 11), ("<clear>", None)),
    "licence": (("7", 7), ("Attribution - No Derivatives", 3), ("<clear>", None)),
    "language": (("fr", "fr"), ("German", "de"), ("<clear>", None), ("en", "en")),
    "privacy": (("Unlisted", 2), ("3", 3)),
    "nsfw": (("yes", True), ("no", False)),
    "commentsPolicy": (("2", 2), ("Requires approval", 3)),
    "downloadEnabled": (("true", True), ("FALSE", False)),
    "waitTranscoding": (("true", True), ("false", False)),
    "originallyPublishedAt": (
        ("31.5.1939", "1939-05-31T00:00:00.000Z"), ("1940", "1940-01-01T00:00:00.000Z"), ("<clear>", None),
    ),
    "channel": (("second", 0), ("third", 0)),  # their ids come with the server
}  # fmt: skip
WHO: Final = ("nobody", "user", "colleague", "both", "both alike", "emptied")


@dataclass(frozen=True)
class Touch:
    """Who touched one field of one video: what the cell says (None: as it was), what the colleague writes, and what
    has to be there at the end.
    """

    who: str
    was: Any
    cell: str | None = None
    theirs: Any = ...
    due: Any = None

    @property
    def is_conflict(self) -> bool:
        return self.who == "both" and self.theirs != self.due_of_user

    @property
    def due_of_user(self) -> Any:
        return self.due


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place of its own for journals, and an empty directory to be in."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr("aiopeertube.stack.retry._LONGEST", 0.001)
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return tmp_path
