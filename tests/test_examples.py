"""Every example runs, against the emulator, as somebody would run it who copied it."""

import ast
import inspect
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

from aiopeertube.emulator import Emulator

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.fixture
def server() -> Iterator[Emulator]:
    with Emulator.in_thread(videos=12, rate_limit=None) as server:
        yield server


def environment(server: Emulator, folder: Path) -> dict[str, str]:
    user = {"PEERTUBE_URL": server.url, "PEERTUBE_USERNAME": "nisv", "PEERTUBE_PASSWORD": "secret123"}
    return os.environ | user | {"XDG_STATE_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}


def run(server: Emulator, folder: Path, name: str, *args: str, code: int = 0) -> str:
    command = [sys.executable, "-W", "error", str(EXAMPLES / name), *args]
    env = environment(server, folder)
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (code, ""), done.stderr
    return done.stdout


def test_each_is_short_and_tried_here() -> None:
    tried = {"migration.py", "web_app.py", "benchmark.py", "crawler.py", "telemetry.py", "notebook.ipynb"}
    assert {path.name for path in EXAMPLES.iterdir() if path.is_file()} == tried
    lines = {name: (EXAMPLES / name).read_text().splitlines() for name in tried - {"notebook.ipynb"}}
    lines["notebook.ipynb"] = [line for cell in cells() for line in cell.splitlines()]
    assert {name: len(found) for name, found in lines.items() if len(found) > 40} == {}


def cells() -> list[str]:
    """Return the code of the notebook's cells, which is kept as Jupyter wants it, and without what they gave."""
    notebook = json.loads((EXAMPLES / "notebook.ipynb").read_text())
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert all((cell["outputs"], cell["execution_count"]) == ([], None) for cell in code)
    return ["".join(cell["source"]) for cell in code]


@pytest.mark.anyio
async def test_the_cells_of_the_notebook(
    server: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in environment(server, tmp_path).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for number, cell in enumerate(cells()):
        done = eval(compile(cell, f"cell {number}", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), names)
        if inspect.iscoroutine(done):
            await done
    told = capsys.readouterr().out
    assert "videos: 12\n" in told
    assert "outcomes: {'changed': 3}\nstand as written: 3 differ: 0\nput back: {'changed': 3}\n" in told
    assert server.statistics().by_route["PUT /videos/{id}"] == 6
    assert not [video.name for video in server.store.videos.values() if "tidy" in video.name]


def test_a_migration(server: Emulator, tmp_path: Path) -> None:
    videos = list(server.store.videos.values())
    table = "".join(f"{video.uuid},New {video.id}\n" for video in videos[:3])
    (tmp_path / "films.csv").write_text(f"uuid,name\n{table}")
    told = run(server, tmp_path, "migration.py", "films.csv")
    assert "to change: 3; rows that cannot be done: 0" in told
    assert "stand as written: 3; differ: 0" in told
    assert [video.name for video in videos[:3]] == ["New 1", "New 2", "New 3"]


def test_a_benchmark_puts_back_what_it_edits(server: Emulator, tmp_path: Path) -> None:
    before = [video.name for video in server.store.videos.values()]
    told = run(server, tmp_path, "benchmark.py", "10")
    assert told.count("10 of 10 edits") == 2
    assert [video.name for video in server.store.videos.values()] == before
    assert server.statistics().by_route["PUT /videos/{id}"] == 20


def test_a_crawler(server: Emulator, tmp_path: Path) -> None:
    with Emulator.in_thread(videos=3) as other:
        told = run(server, tmp_path, "crawler.py", "out.jsonl", "me@example.org", server.url, other.url)
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert told == "videos: 15; instances: 2\n"
    assert {line["uuid"] for line in lines if line["instance"] == server.url} == {
        video.uuid for video in server.store.videos.values()
    }


def test_telemetry(server: Emulator, tmp_path: Path) -> None:
    told = run(server, tmp_path, "telemetry.py")
    assert told.endswith("videos: 12\n")
    assert '"http.client.request.duration"' in told
    assert '"url.full": "' + server.url + "/api/v1/users/me/videos" in told
    assert "secret123" not in told


def test_a_web_application(server: Emulator, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    video = server.store.videos[1]
    command = [sys.executable, str(EXAMPLES / "web_app.py"), str(port)]
    with subprocess.Popen(command, cwd=tmp_path, env=environment(server, tmp_path)) as app:
        try:
            assert answer(port, video.uuid) == {"name": video.name, "tags": sorted(video.tags)}
            with pytest.raises(HTTPError, match="404"):
                answer(port, "00000000-0000-4000-8000-000000000000")
        finally:
            app.terminate()
    assert app.returncode == 0


def answer(port: int, uuid: str) -> dict[str, object]:
    for _ in range(600):
        try:
            with urlopen(f"http://127.0.0.1:{port}/films/{uuid}", timeout=10) as response:
                found: dict[str, object] = json.load(response)
        except HTTPError:
            raise
        except URLError:
            time.sleep(0.05)  # it begins to listen
        else:
            found["tags"] = sorted(found["tags"])  # type: ignore[call-overload]
            return found
    raise AssertionError("it never listened")
