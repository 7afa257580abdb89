"""Maps for web servers: nginx and Apache load them, and answer every key with its video."""

import http.client
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import pytest

from aiopeertube.migrate import map_lines

KEYS = (
    "/media/a b", '/q"uote', "/sq'uote", "/dollar$uri", "/dol${lar}", "/semi;colon", "/back\\slash", "/back\\tab",
    "/ünï çodé", "/日本", "/a{b}", "/new\nline", "/tab\there", "/per%cent", "/per%20cent", "/a?b", "/#hash", "/AbC",
    "/abc", "/all: \\;\"'$ é#{}~", "/" + "long" * 60 + ' x"$\\;', "/default",
)  # fmt: skip
ODD = ("~tilde", "default", "hostnames", "include", "volatile", "\\x", "#hash", "oai:1 2")
MODULES = Path("/usr/lib/apache2/modules")


def url(number: int) -> str:
    return f"https://videos.example/w/{number}"


def written(format: str, keys: tuple[str, ...], say: Callable[[str], object] = lambda line: None) -> str:
    return "".join(map_lines(format, ((key, url(number)) for number, key in enumerate(keys)), say))


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def location(port: int, key: str) -> str | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", quote(key))
        return connection.getresponse().getheader("Location")
    finally:
        connection.close()


@contextmanager
def serving(port: int, *command: str) -> Iterator[None]:
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            for _ in range(100):
                with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                time.sleep(0.05)
            yield
        finally:
            server.terminate()


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
def test_nginx_loads_a_map_and_answers_every_key(tmp_path: Path) -> None:
    port, folder = free_port(), tmp_path
    tmp_path.chmod(0o755)
    (folder / "old.map").write_text(written("nginx", (*KEYS, *ODD)))
    (folder / "nginx.conf").write_text(
        f"pid {folder}/pid; error_log {folder}/log; events {{}}\n"
        f"http {{ access_log off; map $uri $new {{ default ''; include {folder}/old.map; }}\n"
        f"server {{ listen 127.0.0.1:{port}; if ($new) {{ return 301 $new; }} return 404; }} }}\n"
    )
    nginx = ("nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"))
    checked = subprocess.run((*nginx, "-t"), capture_output=True, text=True, check=False)
    assert (checked.returncode, "successful" in checked.stderr) == (0, True), checked.stderr
    with serving(port, *nginx, "-g", "daemon off;"):
        assert [location(port, key) for key in KEYS] == [url(number) for number in range(len(KEYS))]
        assert location(port, "/nothing") is None


@pytest.mark.skipif(not MODULES.is_dir() or shutil.which("apache2") is None, reason="Apache is not installed")
def test_apache_loads_a_map_and_answers_every_key(tmp_path: Path) -> None:
    port, folder = free_port(), tmp_path
    (folder / "old.txt").write_text(written("apache", (*KEYS, *ODD)))
    modules = ("mpm_event", "authz_core", "rewrite")
    (folder / "apache.conf").write_text(
        f"ServerRoot {folder}\nServerName videos.example\nPidFile {folder}/pid\nErrorLog {folder}/log\n"
        + "".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so\n" for name in modules)
        + f"Listen 127.0.0.1:{port}\n<VirtualHost *:{port}>\nRewriteEngine On\n"
        f"RewriteMap old txt:{folder}/old.txt\nRewriteMap escape int:escape\n"
        "RewriteCond ${old:${escape:%{REQUEST_URI}}} (.+)\nRewriteRule ^ %1 [R=301,L,NE]\n</VirtualHost>\n"
    )
    apache = ("apache2", "-f", str(folder / "apache.conf"))
    checked = subprocess.run((*apache, "-t"), capture_output=True, text=True, check=False)
    assert (checked.returncode, "Syntax OK" in checked.stderr) == (0, True), checked.stderr
    for parent in (folder, *folder.parents[:2]):
        parent.chmod(0o755)  # it gives up being root, and reads the map then
    with serving(port, *apache, "-X"):
        assert [location(port, key) for key in KEYS] == [url(number) for number in range(len(KEYS))]
        assert location(port, "/nothing") is None


def test_what_a_server_cannot_hold_is_told() -> None:
    told: list[str] = []
    assert written("apache", ("#hash", "a b", "/" + "x" * 2000, "oai:1"), told.append) == f"oai:1 {url(3)}\n"
    assert [what.split(":")[0] for what in told] == ["left out, since Apache cannot hold it"] * 3
    told.clear()
    assert written("nginx", ("/\0", "/" + "x" * 5000, "/a"), told.append) == f'"/a" {url(2)};\n'
    assert len(told) == 2


def test_one_key_of_two_videos_is_told_and_of_one_is_not() -> None:
    told: list[str] = []
    pairs = [("/a", "https://x/1"), ("/a", "https://x/1"), ("/a", "https://x/2")]
    assert list(map_lines("nginx", pairs, told.append)) == ['"/a" https://x/1;\n']
    assert told == ["left out, since an earlier video has the same key: '/a' for https://x/2"]


def test_many_long_keys_are_hashed_and_their_room_is_said() -> None:
    told: list[str] = []
    text = written("nginx", tuple(f"/{'long' * 30}/{number}" for number in range(300)), told.append)
    assert "~" not in text
    assert told == ["this map needs `map_hash_bucket_size 256;` beside it"]
    assert text.startswith(f"# {told[0]}\n")
