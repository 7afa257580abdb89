"""Shells complete commands, options, choices, paths of the API, journals and files: asked in real shells."""

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from operations import VERSIONS, plain

from aiopeertube.cli.app import app
from aiopeertube.cli.operations import operations

from .conftest import Cli
from .conftest import plain as unescaped

SHELLS = ("bash", "zsh", "fish")
# Where each is asked interactively: Ctrl-G shows the line, and what is ambiguous is listed at once.
_ARGV = {"bash": ("bash", "--norc", "--noprofile", "-i"), "zsh": ("zsh", "-f", "-i")}
_SETUP = {
    "bash": r"""
        bind 'set show-all-if-ambiguous on'; bind 'set bell-style none'; bind 'set enable-bracketed-paste off'
        bind 'set page-completions off'; bind -x '"\C-g": echo "<$READLINE_LINE>"'; PS1=''
    """,
    "zsh": r"""
        autoload -U compinit; compinit -D -u; unsetopt beep; setopt no_prompt_sp; LISTMAX=999; PS1=''
        shown() { print -r "<$BUFFER>" }; zle -N shown; bindkey '^G' shown; bindkey '^I' complete-word
    """,
}


@pytest.fixture
def program(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The program under its name, for a shell to find; with journals and files to complete."""
    script = home / "bin" / "aiopeertube"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m aiopeertube "$@"\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{script.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    jobs = home / "state" / "aiopeertube" / "jobs"
    jobs.mkdir(parents=True)
    (jobs / "20390101-films.journal").write_bytes(b"")
    for name in ("films.csv", "notes.txt"):
        (home / name).touch()
    return home


class Asked:
    """A shell at a terminal, asked what it makes of the beginning of a line and a Tab."""

    def __init__(self, shell: str) -> None:
        self._screen, terminal = pty.openpty()
        env = {**os.environ, "TERM": "dumb", "COLUMNS": "300", "LINES": "1000", "LC_ALL": "C.UTF-8"}
        self.process = subprocess.Popen(
            _ARGV[shell], stdin=terminal, stdout=terminal, stderr=terminal, env=env, start_new_session=True
        )
        os.close(terminal)
        self._seen = ""
        os.write(self._screen, f"stty columns 300 rows 1000 -echo\n{_SETUP[shell]}\n".encode())
        os.write(self._screen, f'eval "$(aiopeertube completion {shell})"; echo rea""dy\n'.encode())
        self.until("ready\n")

    def until(self, text: str) -> str:
        """Read until a text; return what came before it."""
        deadline = time.monotonic() + 20
        while text not in self._seen:
            assert select.select([self._screen], [], [], max(0, deadline - time.monotonic()))[0], self._seen
            self._seen += unescaped(os.read(self._screen, 65536).decode("utf-8", "replace"))
        before, _, self._seen = self._seen.partition(text)
        return before

    def line(self, begun: str) -> str:
        """Return the line that a Tab makes of another one."""
        os.write(self._screen, f"{begun}\t\x07".encode())
        self.until("<aio")
        line = "aio" + self.until(">")
        os.write(self._screen, b"\x15")
        return line

    def choice(self, begun: str) -> set[str]:
        """Return the words that are listed for the rest of a line."""
        os.write(self._screen, f"{begun}\t\x07".encode())
        listed = self.until("<aio")
        self.until(">")
        os.write(self._screen, b"\x15")
        return set(listed.split())


@pytest.fixture(params=["bash", "zsh"])
def shell(program: Path, request: pytest.FixtureRequest) -> Iterator[Asked]:
    if shutil.which(request.param) is None:
        pytest.skip(f"there is no {request.param} here")
    old = ["bash", "-c", "((BASH_VERSINFO < 5))"]
    if request.param == "bash" and subprocess.run(old, check=False).returncode == 0:
        pytest.skip("this bash is too old for click's script")
    asked = Asked(request.param)
    yield asked
    asked.process.kill()
    asked.process.wait()
    os.close(asked._screen)


def test_bash_and_zsh(shell: Asked) -> None:
    assert shell.line("aiopeertube playl") == "aiopeertube playlists "
    assert shell.line("aiopeertube channels upd") == "aiopeertube channels update "
    assert shell.line("aiopeertube videos update --comm") == "aiopeertube videos update --comments-policy "
    assert {"public", "unlisted", "private"} <= shell.choice("aiopeertube playlists update 1 --privacy ")
    assert shell.line("aiopeertube api GET /videos/7/capt") == "aiopeertube api GET /videos/7/captions "
    assert shell.line("aiopeertube verify 2039") == "aiopeertube verify 20390101-films "
    assert shell.line("aiopeertube captions fil") == "aiopeertube captions films.csv "
    assert shell.line("aiopeertube captions --dry-run no") == "aiopeertube captions --dry-run notes.txt "
    assert shell.line("aiopeertube apply films.csv --resume-f") == "aiopeertube apply films.csv --resume-failed "


def test_fish(program: Path) -> None:
    if shutil.which("fish") is None:
        pytest.skip("there is no fish here")
    lines = (
        "playl", "channels upd", "playlists update 1 --privacy ", "api GET /videos/7/capt", "verify 2039",
        "captions fil", "captions --dry", "api G",
    )  # fmt: skip
    asked = "".join(f"echo '#'; complete -C 'aiopeertube {line}'\n" for line in lines)
    ran = subprocess.run(
        ["fish", "--no-config", "-c", f"aiopeertube completion fish | source\n{asked}"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    answers = [part.strip().splitlines() for part in ran.stdout.split("#\n")[1:]]
    assert answers == [
        ["playlists\tList, show, make, edit, fill and delete playlists."],
        ["update\tEdit channels: only what is given changes."],
        ["private", "public", "unlisted"],
        ["/videos/7/captions\tList a video's captions, all in one page"],
        ["20390101-films"],
        ["films.csv"],
        ["--dry-run\tDo everything except send changes."],
        ["GET"],
    ]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("verify", ""), {"last", "20390101-films"}),
        (("jobs", "export", "2"), {"20390101-films"}),
        (("rollback", "la"), {"last"}),
        (("captions", "apply", "--resume", "--journal", ""), {"{jobs}/20390101-films.journal"}),
        (("captions", "apply", "--journal", ""), set()),
        (("captions", ""), {"apply", "list", "get", "put", "delete"}),
        (("captions", "--dry-run", ""), set()),
        (("channels", "list", "--m"), {"--metrics-file", "--mine"}),
        (("users", "create", "--role", "ad"), {"administrator"}),
        (("server-jobs", "list", "--job-type", "video-trans"), {"video-transcoding", "video-transcription"}),
        (("api", "pOsT", "/jobs/"), {"/jobs/pause", "/jobs/resume", "/jobs/{jobType}/{job}/cancel"}),
        (("api", "POST", "/jobs/video-import/3/"), {"/jobs/video-import/3/cancel"}),
        (("api", "GET", "/api/v1/video-playlists/pri"), {
            f"/api/v1/video-playlists/{rest}" for rest in ("pri", "pri/videos", "privacies")
        }),
        (("api", "PUT", "videos/7/chap"), {"/videos/7/chapters"}),
        (("api", "GET", "/nonsense/"), set()),
        (("completion", "z"), {"zsh"}),
        (("set", "--where", "a=1", "--add-t"), {"--add-tag"}),
        (("apply", "x.csv", "--compose", "a=b", "--first", "1", "--exp"), {"--expect"}),
    ],
)  # fmt: skip
def test_what_is_offered(program: Path, cli: Cli, words: tuple[str, ...], expected: set[str]) -> None:
    asked = {"_AIOPEERTUBE_COMPLETE": "bash_complete", "COMP_CWORD": str(len(words))}
    result = cli(COMP_WORDS="\n".join(("aiopeertube", *words)) + ("''" if not words[-1] else ""), **asked)
    offered = {line.partition(",")[2] for line in result.stdout.splitlines() if line.startswith("plain,")}
    jobs = program / "state" / "aiopeertube" / "jobs"
    assert offered == {text.replace("{jobs}", str(jobs)) for text in expected}
    assert result.stderr == ""


def test_a_line_that_makes_no_sense_is_completed_in_silence(program: Path, cli: Cli) -> None:
    for words in ("aiopeertube nonsense x y", "aiopeertube videos update --nonsense", "aiopeertube 'half"):
        result = cli(COMP_WORDS=words, COMP_CWORD="9", _AIOPEERTUBE_COMPLETE="bash_complete")
        assert result.stderr == ""


def _below(command: click.Command) -> Iterator[click.Command]:
    yield command
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            inner = command.get_command(click.Context(command), name)
            assert inner is not None
            yield from _below(inner)


def test_whatever_is_a_file_is_completed_as_one() -> None:
    found = 0
    for command in _below(app):
        for param in command.params:
            what = set(re.findall(r"[A-Z]+", param.make_metavar(click.Context(command))))
            if what & {"FILE", "TABLE", "SOURCE", "PLAN", "OUT", "JOURNAL"} and "FIELD" not in what:
                items = param.shell_complete(click.Context(command), "x")
                assert items[0].type in {"file", "dir"}, (command.name, param.name)
                found += 1
    assert found > 30


def test_every_operation_can_be_completed() -> None:
    have = {plain(f"{one.method} {one.path.removeprefix('/api/v1')}") for one in operations()}
    assert have - VERSIONS.keys() == {"GET /jobs"}  # which the documents have with a state alone
    assert VERSIONS.keys() <= have
    assert all(one.help for one in operations())


def test_completion_of_commands_imports_none_of_them() -> None:
    check = (
        "import sys\nfrom aiopeertube.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(sorted(name for name in sys.modules if name.startswith('aiopeertube.cli.commands.')), file=sys.stderr)"
    )
    env = {**os.environ, "_AIOPEERTUBE_COMPLETE": "bash_complete", "COMP_WORDS": "aiopeertube ", "COMP_CWORD": "1"}
    ran = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True, env=env)
    assert "plain,videos\n" in ran.stdout
    assert ran.stderr == "[]\n"


@pytest.mark.parametrize("name", SHELLS)
def test_the_readme_says_how(name: str) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    assert f"aiopeertube completion {name}" in readme
