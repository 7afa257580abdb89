"""Groups of commands for one noun whose `apply` takes a table, and whose name alone means `apply`."""

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import click
from click.shell_completion import CompletionItem

from aiopeertube.cli.options import Command, Group
from aiopeertube.cli.param_types import File

_DEFAULT: Final = "apply"


class Deferred(MutableMapping[str, click.Command]):
    """The commands of a group; those given as "module:name" are imported when they are used: jobs take long to."""

    def __init__(self, places: Mapping[str, str]) -> None:
        self._found: dict[str, click.Command | str] = dict(places)

    def __getitem__(self, name: str) -> click.Command:
        """Return a command."""
        found = self._found[name]
        if isinstance(found, str):
            module, _, attribute = found.partition(":")
            found = self._found[name] = getattr(import_module(module), attribute)
        assert isinstance(found, click.Command)  # noqa: S101 - mypy does not know
        return found

    def __setitem__(self, name: str, command: click.Command) -> None:
        """Add a command."""
        self._found[name] = command

    def __delitem__(self, name: str) -> None:
        """Take a command out."""
        del self._found[name]

    def __contains__(self, name: object) -> bool:
        """Tell whether there is a command, without importing it."""
        return name in self._found

    def __iter__(self) -> Iterator[str]:
        """Name the commands."""
        return iter(self._found)

    def __len__(self) -> int:
        """Count the commands."""
        return len(self._found)


def tables_of(noun: str) -> Deferred:
    """Return the commands of a noun that take tables, or write them."""
    folder = "aiopeertube.cli.commands"
    return Deferred({"apply": f"{folder}.whole_tables:{noun}", "export": f"{folder}.whole_exports:{noun}"})


class Apply(Command):
    """The command `apply` of such a group; its options have the noun's variables, like AIOPEERTUBE_CAPTIONS_HALT."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Read the command line."""
        if parent is not None and isinstance(parent.command, TableGroup):
            extra.setdefault("auto_envvar_prefix", parent.auto_envvar_prefix)
        return super().make_context(info_name, args, parent, **extra)


class TableGroup(Group):
    """A group where `captions TABLE` is `captions apply TABLE`: the first word is none of its commands."""

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Add a command; shells complete the table of `apply` as a file."""
        super().add_command(cmd, name)
        if (name or cmd.name) == _DEFAULT:
            for param in cmd.params:
                if isinstance(param, click.Argument) and param.type is click.STRING:
                    param.type = File()

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Write out the command that was left out, and read the command line."""
        place = self._first(ctx, args)
        word = args[place] if place < len(args) else None
        if word is not None and word not in self.commands and _DEFAULT in self.commands:
            near = self._meant(ctx, word)
            if near and not ctx.resilient_parsing:
                self.misspelt(ctx, word, near)
            args = [*args[:place], _DEFAULT, *args[place:]]
        return super().parse_args(ctx, args)

    def _first(self, ctx: click.Context, args: Sequence[str]) -> int:
        """Find the first argument that is no option of the group itself; the end, if help is asked for before it."""
        options = {name: param for param in self.get_params(ctx) for name in param.opts}
        place = 0
        while place < len(args):
            name, equals, _ = args[place].partition("=")
            names = [name] if name in options else _in_cluster(name)
            if not names or not options.keys() >= set(names):
                break
            if not set(names).isdisjoint(ctx.help_option_names):
                return len(args)
            place += 1 if equals or getattr(options[names[-1]], "is_flag", False) else 2
        return place

    def _meant(self, ctx: click.Context, word: str) -> Sequence[str]:
        """Return the commands that a word may have meant; nothing if it looks like a table."""
        if word.startswith("-") or not word.isidentifier() or Path(word).exists():
            return ()
        return get_close_matches(word.casefold(), self.list_commands(ctx), n=3)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the group is for, and what its name alone means."""
        super().format_help_text(ctx, formatter)
        if _DEFAULT not in self.commands:
            return
        formatter.write_paragraph()
        with formatter.indentation():
            short, long = f"{ctx.command_path} TABLE", f"{ctx.command_path} {_DEFAULT} TABLE"
            variables = f"its options may be variables like {ctx.auto_envvar_prefix}_DRY_RUN"
            formatter.write_text(f"`{short}` is short for `{long}`; {variables}.")

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete a command, or what stands after `apply`."""
        apply = self.commands.get(_DEFAULT)
        if apply is None:
            return super().shell_complete(ctx, incomplete)
        inner = click.Context(apply, info_name=_DEFAULT, parent=ctx, resilient_parsing=True)
        own = super().shell_complete(ctx, incomplete)
        if incomplete.startswith("-"):
            known = {item.value for item in own}
            return own + [item for item in apply.shell_complete(inner, incomplete) if item.value not in known]
        table = next(param for param in apply.params if isinstance(param, click.Argument))
        return table.shell_complete(inner, incomplete) + own


def _in_cluster(name: str) -> list[str]:
    """Split several short options in one, like -qv."""
    return [f"-{letter}" for letter in name[1:]] if name.startswith("-") and not name.startswith("--") else []
