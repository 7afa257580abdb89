"""The emulator in a process of its own, told over stdin what to do and asked what it holds.

    python benchmarks/servers/emulated.py '{"videos": 300}'     options of `aiopeertube.emulator.Emulator`

It prints its address and its users' passwords, then answers each line of JSON with one: `{"do": "count", "edit":
"name", "stamp": "x"}` tells how many videos have that edit; `{"do": "slower", "after": 1000, "factor": 3}` makes
writes take so much longer once so many more were carried out, until the next `{"do": "restore"}`.
"""

import json
import sys
import threading
import time
from typing import Any

from aiopeertube.emulator import Emulator


class Control:
    """Carries out what the runner asks for."""

    def __init__(self, server: Emulator) -> None:
        self._server = server
        self._seconds = server.write_seconds
        self._run = 0

    def count(self, edit: str, stamp: str) -> dict[str, Any]:
        """Count the videos that have an edit, and what was refused or failed so far."""
        found = 0
        for video in self._server.store.videos.values():
            wanted = all(f"{letter}{stamp}" in video.tags for letter in "abc")
            found += wanted if edit == "tags" else video.name.startswith(f"{stamp} ")
        return {"applied": found}

    def slower(self, after: int, factor: float) -> dict[str, Any]:
        """Become slower once `after` more writes were carried out."""
        self._run += 1
        goal = self._server.statistics().writes + after
        threading.Thread(target=self._slow_down, args=(self._run, goal, factor), daemon=True).start()
        return {}

    def restore(self) -> dict[str, Any]:
        """Be as fast as at the start."""
        self._run += 1
        self._server.write_seconds = self._seconds
        return {}

    def _slow_down(self, run: int, goal: int, factor: float) -> None:
        while self._server.statistics().writes < goal:
            time.sleep(0.02)
            if run != self._run:
                return
        self._server.write_seconds = self._seconds * factor


def main() -> None:
    """Serve until stdin ends."""
    with Emulator.in_thread(**json.loads(sys.argv[1])) as server:
        users = {user.username: user.password for user in server.options.users}
        print(json.dumps({"url": server.url, "users": users}), flush=True)
        control = Control(server)
        for line in sys.stdin:
            command = json.loads(line)
            print(json.dumps(getattr(control, command.pop("do"))(**command)), flush=True)


if __name__ == "__main__":
    main()
