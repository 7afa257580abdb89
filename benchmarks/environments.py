"""An environment for each peer, with nothing in it but the peer; made once and kept."""

import subprocess
import sys
import venv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from peer_specs import PEERS, Peer
from running import HERE, Runner, note

_HOME = HERE / ".environments"


def runners() -> dict[str, Runner]:
    """Return what runs each peer, this library among them (by the Python that runs this)."""
    note("environments of the peers ...")
    with ThreadPoolExecutor(4) as pool:
        pythons = dict(zip(PEERS, pool.map(_python, PEERS, PEERS.values()), strict=True))
    found = {name: Runner(peer.title, pythons[name], peer.script) for name, peer in PEERS.items()}
    return found | {"ours": Runner("aiopeertube", Path(sys.executable), "ours.py")}


def _python(name: str, peer: Peer) -> Path:
    folder = _HOME / name
    python, mark = folder / "bin" / "python", folder / "requirements.txt"
    wanted = "\n".join(peer.requirements)
    if not mark.is_file() or mark.read_text() != wanted:
        venv.create(folder, clear=True, with_pip=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, *peer.requirements], check=True)
        mark.write_text(wanted)
    return python
