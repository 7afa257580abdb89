"""A client that is killed at one of its writes: what it had on the disk at that moment is all that is left of it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from simulation.clocks import InlineExecutor

from aiopeertube import PeerTube
from aiopeertube.errors import PeerTubeError
from aiopeertube.migrate.journal import journal
from aiopeertube.stack import Transport
from aiopeertube.wire.messages import READS, Request, Response

_LOGIN = "/api/v1/users/token"


class Mortal:
    """Stands before a client's connections, and counts its writes.

    With the write `dies_at` (from 1) it dies: just before that, or `after` the server has carried it out. `state` is
    the folder that holds its journals.
    """

    def __init__(self, pool: Transport, state: Path) -> None:
        self._pool = pool
        self._state = state
        self.writes = 0
        self.dies_at = 0
        self.after = False
        self.is_dead = False
        self.died = False  # in the last block

    async def handle(self, request: Request) -> Response:
        """Send a request, unless it is dead or dies."""
        if self.is_dead:
            raise PeerTubeError("this process is dead")
        if request.method in READS or request.path == _LOGIN:
            return await self._pool.handle(request)
        self.writes += 1
        if self.writes != self.dies_at:
            return await self._pool.handle(request)
        if self.after:
            await self._pool.handle(request)
        self.is_dead = True
        shutil.copytree(self._state, self._kept, ignore=shutil.ignore_patterns("*-shm"))
        raise PeerTubeError("this process is dead")

    @property
    def _kept(self) -> Path:
        return self._state.with_name("kept")

    @contextmanager
    def killed(self, at: int, *, after: bool) -> Iterator[None]:
        """Let what the block does die at a write; then its journals are as they were there."""
        self.writes, self.dies_at, self.after = 0, at, after
        try:
            yield
        except PeerTubeError:
            if not self.is_dead:
                raise
        finally:
            self.dies_at, self.died = 0, self.is_dead
            if self.is_dead:
                shutil.rmtree(self._state)
                self._kept.rename(self._state)
            self.is_dead = False


def made_mortal(pt: PeerTube, state: Path, monkeypatch: pytest.MonkeyPatch) -> Mortal:
    """Let an open client die when it is told to; its journals are written without threads from now on."""
    journals: Any = journal
    monkeypatch.setattr(journals, "ThreadPoolExecutor", InlineExecutor)
    meter: Any = pt._meter
    meter._next = mortal = Mortal(meter._next, state)
    return mortal
