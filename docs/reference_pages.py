"""Makes the pages of the reference from the program itself: commands and options, Python, operations.

python docs/reference_pages.py [FOLDER]
"""

import dataclasses
import html
import inspect
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Final, is_typeddict

import click

from aiopeertube.cli.app import app
from aiopeertube.cli.errors import MEANINGS
from aiopeertube.cli.operations import operations
from aiopeertube.cli.options import Shared

PUBLIC: Final = (
    "aiopeertube",
    "aiopeertube.errors",
    "aiopeertube.events",
    "aiopeertube.bulk",
    "aiopeertube.migrate",
    "aiopeertube.fleet",
    "aiopeertube.metrics",
    "aiopeertube.resumable",
    "aiopeertube.emulator",
    "aiopeertube.testing",
    "aiopeertube.types",
)
_WIDE: Final = 90  # characters of a signature in one line
_MODULES: Final = re.compile(r"\b(?:[a-z_]+\.)+(?=[A-Z])")
_SPECIAL: Final = re.compile(r"([*_\[\]|])")


def text_of(plain: str) -> str:
    """Write text of a docstring or a help as Markdown: what is between backticks stays, nothing else is markup."""
    parts = re.split(r"(`[^`\n]+`)", plain)
    return "".join(
        part if part.startswith("`") else _SPECIAL.sub(r"\\\1", html.escape(part, quote=False)) for part in parts
    )


# -- commands ------------------------------------------------------------------------------------


def _context(command: click.Command, path: str) -> click.Context:
    """Make a context as the program does: a command keeps the names of its help that it is asked with first."""
    return click.Context(command, info_name=path, help_option_names=app.context_settings["help_option_names"])


def commands(command: click.Command = app, path: str = "aiopeertube") -> Iterator[tuple[str, click.Command]]:
    """Give all commands with their names, groups before their own."""
    yield path, command
    if isinstance(command, click.Group):
        ctx = _context(command, path)
        for name in command.list_commands(ctx):
            found = command.get_command(ctx, name)
            if found is not None and not found.hidden:
                yield from commands(found, f"{path} {name}")


def options(command: click.Command, path: str, *, shared: bool = False) -> Iterator[tuple[str, str]]:
    """Give the options of a command as people read them: names, and what they are for."""
    ctx = _context(command, path)
    for param in command.get_params(ctx):
        if isinstance(param, click.Option) and isinstance(param, Shared) is shared and not param.hidden:
            record = param.get_help_record(ctx)
            if record is not None and param.name != "help":
                yield record


def commands_page() -> str:
    """Write the page of commands and options."""
    parts = ["# Commands and options\n\nMade from the program itself; `aiopeertube COMMAND --help` says the same.\n"]
    for path, command in commands():
        parts.append(f"## {path}\n\n{_usage(command, path)}")
        own = [*options(command, path)]
        if own:
            parts.append(_listed(own))
    shared = dict(pair for path, command in commands() for pair in options(command, path, shared=True))
    parts.append(
        "## Shared options\n\nCommands that ask an instance have these, before or after the command's name.\n"
    )
    parts.append(_listed([*shared.items()]))
    parts.append(
        "## Exit codes\n\n" + "".join(f"- `{int(code)}`: {text_of(means)}\n" for code, means in MEANINGS.items())
    )
    return "\n".join(parts)


def _usage(command: click.Command, path: str) -> str:
    ctx = _context(command, path)
    pieces = " ".join(command.collect_usage_pieces(ctx))
    told = re.sub(r"\s*\n(?!\n)\s*", " ", inspect.cleandoc(command.help or command.short_help or ""))
    paragraphs = [
        text_of(paragraph.strip()) for paragraph in re.split(r"\n\s*\n", inspect.cleandoc(command.help or ""))
    ]
    return (
        f"```text\n{path} {pieces}\n```\n\n"
        + "\n\n".join(" ".join(one.split()) for one in paragraphs or [told])
        + "\n"
    )


def _listed(records: list[tuple[str, str]]) -> str:
    return "".join(f"- `{names}`: {text_of(' '.join(words.split()))}\n" for names, words in records)


# -- Python --------------------------------------------------------------------------------------


def python_page() -> str:
    """Write the page of public modules, classes and functions."""
    parts = ["# Python\n\nEverything public, from its docstrings. What is not here is private.\n"]
    for name in PUBLIC:
        module = import_module(name)
        parts.append(f"## {name}\n\n{docstring_of(module)}\n")
        parts += [_named(module, each) for each in names_of(module)]
    return "\n".join(parts)


def names_of(module: ModuleType) -> list[str]:
    """Return the public names of a module, other modules left out."""
    return [
        name for name in module.__all__ if not name.startswith("__") and not inspect.ismodule(getattr(module, name))
    ]


def _named(module: ModuleType, name: str) -> str:
    value, title = getattr(module, name), f"### {module.__name__}.{name}\n\n"
    if not (inspect.isclass(value) or inspect.isroutine(value)):
        return f"{title}A value: `{_short(value)}`.\n"
    if inspect.isclass(value) and value.__module__.startswith("aiopeertube"):
        return title + "\n".join(_class(value))
    return f"{title}{_signature(value, name)}{docstring_of(value)}\n"


def _class(kind: type) -> Iterator[str]:
    if not is_typeddict(kind) and not issubclass(kind, Exception):
        yield _signature(kind, kind.__name__).rstrip("\n") + "\n"
    yield docstring_of(kind) + "\n"
    if is_typeddict(kind) or dataclasses.is_dataclass(kind):
        shown = {name: type_ for name, type_ in inspect.get_annotations(kind).items() if not name.startswith("_")}
        yield "".join(f"- `{name}: {_type(type_)}`\n" for name, type_ in shown.items())
    for name, member in vars(kind).items():
        function = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
        if name.startswith("_") or not inspect.isfunction(function):
            continue
        what = f"`.{name}`" if isinstance(member, property) else f"`.{name}{_arguments(function)}`"
        yield f"- {what}: {_first_line(function)}"
    yield ""


def _signature(value: Any, name: str) -> str:
    """Write what a function or class is called with: a line for each argument where there are several."""
    whole = f"{name}({', '.join(_parameters(value, typed=True))})"
    if len(whole) > _WIDE:
        whole = f"{name}(\n" + "".join(f"    {one},\n" for one in _parameters(value, typed=True)) + ")"
    return f"```python\n{whole}\n```\n\n"


def _arguments(function: Any) -> str:
    return f"({', '.join(_parameters(function, typed=False))})"


def _parameters(value: Any, *, typed: bool) -> Iterator[str]:
    try:
        parameters = [*inspect.signature(value).parameters.values()]
    except (ValueError, TypeError):
        yield "..."
        return
    is_named = False
    for one in parameters:
        if one.name == "self":
            continue
        if one.kind is one.KEYWORD_ONLY and not is_named:
            yield "*"
        is_named = is_named or one.kind in {one.KEYWORD_ONLY, one.VAR_POSITIONAL}
        stars = "*" if one.kind is one.VAR_POSITIONAL else "**" if one.kind is one.VAR_KEYWORD else ""
        type_ = f": {_type(one.annotation)}" if typed and one.annotation is not one.empty else ""
        default = (
            "" if one.default is one.empty else f" = {_short(one.default)}" if type_ else f"={_short(one.default)}"
        )
        yield f"{stars}{one.name}{type_}{default}"


def _type(annotation: Any) -> str:
    text = annotation if isinstance(annotation, str) else getattr(annotation, "__forward_arg__", None)
    if text is None:
        plain = isinstance(annotation, type) and not hasattr(annotation, "__args__")
        text = annotation.__name__ if plain else str(annotation)
    return _MODULES.sub("", text).replace("'", "").replace("~", "")


def _short(value: Any) -> str:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return f"{type(value).__name__}(...)"
    text = " ".join(repr(value).replace("`", "'").split())
    if " at 0x" in text:
        return "..."
    return text if len(text) <= 80 else f"{text[:77]}..."


def _first_line(function: Any) -> str:
    return text_of(" ".join((inspect.getdoc(function) or "").partition("\n\n")[0].split()))


def docstring_of(value: Any) -> str:
    """Write a docstring as Markdown: literal blocks and lists of arguments as they stand, the rest as paragraphs."""
    parts = re.split(r"\n\n+", inspect.getdoc(value) or "")
    written, is_literal = [], False
    for part in parts:
        if is_literal and part.startswith(" "):
            written.append(f"```text\n{inspect.cleandoc(part)}\n```")
            continue
        is_literal = part.rstrip().endswith("::")
        written.append(
            _paragraph(part.rstrip().removesuffix("::") + (":" if is_literal and part.strip() != "::" else ""))
        )
    return "\n\n".join(filter(None, written))


def _paragraph(part: str) -> str:
    """Write a paragraph; of a section like `Raises:` the title, and its lines as a list."""
    head, _, rest = part.partition("\n")
    if re.fullmatch(r"[A-Z][\w ()]*:", head) and rest.startswith("    "):
        items = re.split(r"\n(?=    \S)", rest)
        return f"{text_of(head)}\n\n" + "\n".join(f"- {text_of(' '.join(item.split()))}" for item in items)
    return text_of(" ".join(part.split()))


# -- operations ----------------------------------------------------------------------------------


def operations_page() -> str:
    """Write the page of all operations of PeerTube, with the method of each."""
    found = sorted({(one.path, one.method, one.name, one.help) for one in operations()})
    rows = (
        f"| `{method} {path.removeprefix('/api/v1')}` | `pt.{name}` | {text_of(words)} |\n"
        for path, method, name, words in found
    )
    head = "# Operations\n\nEvery operation of PeerTube's API, and the method of the client that asks for it.\n\n"
    return f"{head}| operation | method | |\n|---|---|---|\n{''.join(rows)}"


PAGES: Final = {"commands.md": commands_page, "python.md": python_page, "operations.md": operations_page}


def main(folder: Path) -> None:
    """Write the pages."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (folder / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "reference")
