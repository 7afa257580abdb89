"""A headless Chromium, driven by the DevTools protocol; for pages that are opened from disk."""

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, Self, TypeVar

import aiohttp

T = TypeVar("T")

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-component-update",
    "--disable-background-networking", "--disable-sync", "--remote-debugging-port=0",
)  # fmt: skip


class Chromium:
    """One browser with one tab. Its methods wait; `requests`, `faults` and `dialogs` are what the tab has met."""

    def __init__(self, folder: Path) -> None:
        assert PROGRAM is not None
        self._runner = asyncio.Runner()
        self._profile = folder / "profile"
        self._process = subprocess.Popen(
            [PROGRAM, *_FLAGS, f"--user-data-dir={self._profile}", "about:blank"],
            env={**os.environ, "HOME": str(folder)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._count = 0
        self.requests: list[str] = []
        self.faults: list[Any] = []
        self.dialogs: list[str] = []
        self._loaded = False

    def __enter__(self) -> Self:
        try:
            self._run(self._connect())
            for domain in ("Page", "Runtime", "Network", "Log"):
                self.call(f"{domain}.enable")
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self._disconnect())
        self._end()

    def open(self, path: Path) -> None:
        """Open a file, and wait until it is loaded."""
        self.requests.clear()
        self.faults.clear()
        self._loaded = False
        self.call("Page.navigate", url=path.as_uri())
        while not self._loaded:
            self._run(self._receive())

    def js(self, code: str) -> Any:
        """Evaluate an expression in the page; promises are awaited."""
        found = self.call("Runtime.evaluate", expression=code, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def call(self, method: str, **params: Any) -> Any:
        """Call a method of the protocol."""
        return self._run(self._call(method, params))

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(asyncio.wait_for(work, 30))

    async def _call(self, method: str, params: dict[str, Any]) -> Any:
        self._count += 1
        await self._socket.send_json({"id": self._count, "method": method, "params": params})
        while (answer := await self._receive()).get("id") != self._count:
            pass
        assert "error" not in answer, answer
        return answer["result"]

    async def _receive(self) -> Any:
        message = await self._socket.receive_json()
        params = message.get("params", {})
        match message.get("method"):
            case "Network.requestWillBeSent":
                self.requests.append(params["request"]["url"])
            case "Runtime.exceptionThrown" | "Log.entryAdded":
                self.faults.append(params)
            case "Page.javascriptDialogOpening":
                self.dialogs.append(params["message"])
            case "Page.loadEventFired":
                self._loaded = True
        return message

    async def _connect(self) -> None:
        address = self._profile / "DevToolsActivePort"
        while not (address.is_file() and "/" in address.read_text()):
            assert self._process.poll() is None
            await asyncio.sleep(0.02)
        self._session = aiohttp.ClientSession()
        async with self._session.get(f"http://127.0.0.1:{address.read_text().split()[0]}/json") as answer:
            tabs = await answer.json(content_type=None)
        url = next(tab["webSocketDebuggerUrl"] for tab in tabs if tab["type"] == "page")
        self._socket = await self._session.ws_connect(url, max_msg_size=0)

    async def _disconnect(self) -> None:
        await self._socket.close()
        await self._session.close()

    def _end(self) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._runner.close()
