"""The blocks of code of the documentation, and how they are run.

`sh` and `python` are run, in their order, in one folder for a page; `console` is for one's own machine or instance
and only looked at. Other languages (`csv`, `text`, `nginx`) are not code to run.
"""

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = (
    ROOT / "README.md",
    *sorted(path for path in (ROOT / "docs").rglob("*.md") if path.parent.name != "reference"),
)
_FENCE: Final = re.compile(r"^( *)```(\w*)([^\n]*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A block: where it begins, its language, and what is in it."""

    page: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks_of(page: Path) -> Iterator[Block]:
    """Give the blocks of a page."""
    text = page.read_text(encoding="utf-8")
    for found in _FENCE.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        body = re.sub(rf"^{found[1]}", "", found[4], flags=re.MULTILINE)
        yield Block(page, line, found[2], body)


def run(block: Block, *, folder: Path, environment: dict[str, str], replaced: dict[str, str]) -> str:
    """Run a block; return what it says."""
    text = block.text
    for old, new in replaced.items():
        text = text.replace(old, new)
    if block.language == "python":
        script = folder.parent / "block.py"
        script.write_text(text)
        command = ["run-block", str(script)]
    else:  # a reader has one shell for the whole page
        kept = shlex.quote(str(folder.parent / "exports"))
        command = ["bash", "-euo", "pipefail", "-c", f"test ! -f {kept} || . {kept}\n{text}\nexport -p > {kept}\n"]
    env = os.environ | environment
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, f"{block}: exit code {done.returncode}\n{text}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


def commands_in(block: Block) -> Iterator[list[str]]:
    """Give the arguments of each `aiopeertube` of a block that is only looked at, or run."""
    for line in re.sub(r"\\\n\s*", " ", block.text).splitlines():
        shielded = re.sub(r"'[^']*'|\"[^\"$]*\"", "x", line.partition(" #")[0])
        for part in re.split(r"\$\(|`|&&|\|\||;|\|", shielded):
            words = re.sub(r"^([$#]|\./dev|[A-Z_]+=\S+) ", "", part.strip())
            if words.startswith("aiopeertube "):
                yield shlex.split(re.split(r"[)>&]| 2>", words)[0])[1:]


def checked(args: list[str], root: click.Command) -> str:
    """Say what is wrong with the commands and options of a command line; "" where they are all known."""
    command, ctx = root, click.Context(root, info_name="aiopeertube", resilient_parsing=True)
    rest = list(args)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        found = command.get_command(ctx, rest[0])
        if found is None:  # a noun whose name alone takes a table
            found, rest = command.get_command(ctx, "apply"), ["apply", *rest]
        if found is None:
            break
        command = found
        ctx = click.Context(command, parent=ctx, info_name=rest.pop(0), resilient_parsing=True)
    known = {name for param in command.get_params(ctx) for name in (*param.opts, *param.secondary_opts)}
    known |= {name for param in root.get_params(ctx) for name in param.opts} | {"--help"}
    named = [word.partition("=")[0] for word in rest if re.match(r"--[a-z]|-[a-zA-Z]$", word)]
    return ", ".join(word for word in named if word not in known)
