"""Migrations run against the emulator; what they need of the command line is the same as for its own tests."""

from pathlib import Path

import pytest

from aiopeertube.migrate.metadata.fields import Reading
from aiopeertube.migrate.metadata.vocabulary import Vocabulary


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def reading() -> Reading:
    words = Vocabulary()
    words.labels |= {
        "category": {"1": "Music", "2": "Films", "15": "Science & Technology"},
        "licence": {"1": "Attribution", "2": "Attribution - Share Alike", "7": "Public Domain Dedication"},
        "language": {"nl": "Dutch", "en": "English"},
        "privacy": {"1": "Public", "2": "Unlisted", "3": "Private"},
    }
    words.channels |= {"afp": 3, "nisv_channel": 2}
    return Reading(words)


@pytest.fixture
def journal_path(tmp_path: Path) -> Path:
    return tmp_path / "job.journal"
