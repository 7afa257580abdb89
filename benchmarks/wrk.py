"""wrk, where it is installed: what the same PUT costs a client in C."""

import resource
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

_SCRIPT = """
wrk.method = "PUT"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer {token}"
wrk.body = '{{"name":"Film 00000000-0000-0000-0000-000000000001","tags":["open","beeld"],"description":"{text}"}}'
wrk.path = "/api/v1/videos/00000000-0000-0000-0000-000000000001"
done = function(summary) io.stderr:write(summary.requests) end
"""


def is_here() -> bool:
    """Tell whether it is installed."""
    return shutil.which("wrk") is not None


def cpu_per_put(url: str, in_flight: int, token: str) -> float:
    """Measure CPU microseconds per PUT."""
    with TemporaryDirectory() as folder:
        script = Path(folder) / "put.lua"
        script.write_text(_SCRIPT.format(token=token, text="x" * 200))
        before = _children()
        command = ["wrk", "-t1", f"-c{in_flight}", "-d1s", "-s", str(script), url]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    return 1e6 * (_children() - before) / int(done.stderr)


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
