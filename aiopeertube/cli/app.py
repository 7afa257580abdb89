"""The root of the command line. A command's module is imported when the command is run or asked for help."""

import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final, NoReturn

import click
from click.shell_completion import CompletionItem

from aiopeertube._version import __version__
from aiopeertube.cli.ending import exit_code_of
from aiopeertube.cli.errors import MEANINGS, Unread
from aiopeertube.cli.options import Group, Settings, shared_options
from aiopeertube.cli.terminal import named

# Name: module, and the line of `--help`; importing all of them for it would take longer than all else.
_COMMANDS: Final = {
    "demo": ("demo.command", "Compare this client with a plain loop on an embedded server."),
    "emulator": ("commands.emulator", "Run an embedded server that looks like PeerTube."),
    "login": ("commands.auth", "Log in and keep the token."),
    "logout": ("commands.auth", "End the session and forget the token."),
    "whoami": ("commands.auth", "Show who is logged in."),
    "videos": ("commands.videos", "List, show, edit and delete videos."),
    "channels": ("commands.channels", "List, show, make, edit and delete channels."),
    "playlists": ("commands.playlists", "List, show, make, edit, fill and delete playlists."),
    "captions": ("commands.captions", "List, write out, add and delete captions."),
    "chapters": ("commands.chapters", "Show, replace and remove the chapters of videos."),
    "comments": ("commands.comments", "List, write, approve and delete comments."),
    "users": ("commands.users", "List, show, make, edit, block and delete users."),
    "imports": ("commands.imports", "List, cancel, repeat and forget imports."),
    "server-jobs": ("commands.server_jobs", "List, pause and resume the server's own jobs."),
    "export": ("commands.export", "Write the metadata of videos to a table."),
    "plan": ("commands.plan_apply_set", "Show what a table would change."),
    "apply": ("commands.plan_apply_set", "Apply the changes in a table or plan."),
    "set": ("commands.plan_apply_set", "Change all videos of a scope by rules."),
    "verify": ("commands.verify_rollback", "Read back what a job changed and compare it."),
    "rollback": ("commands.verify_rollback", "Undo the changes of a job."),
    "jobs": ("commands.jobs", "List jobs and the outcomes of their items."),
    "thumbnails": ("commands.tables", "Upload thumbnails listed in a table."),
    "delete": ("commands.tables", "Delete videos listed in a table."),
    "upload": ("commands.tables", "Upload video files listed in a table, with their metadata."),
    "import": ("commands.tables", "Import videos from URLs listed in a table."),
    "copy": ("commands.copy", "Copy channels, videos and playlists from one instance to another."),
    "crawl": ("commands.crawl", "Read the lists of videos of many instances."),
    "bench": ("commands.bench", "Measure how much an instance of your own takes."),
    "api": ("commands.api", "Send any request to the API."),
    "completion": ("commands.completion", "Write what makes a shell complete commands."),
}

_VARIABLE: Final = "_AIOPEERTUBE_COMPLETE"  # by which click's scripts ask


class Root(Group):
    """Loads commands when they are used, and turns what ends one into an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(f"aiopeertube.cli.{_COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, _name_of(cmd_name))
        return command

    def elsewhere(self, ctx: click.Context, name: str) -> Sequence[str]:
        """Name the commands below others that are called so, like `videos list`; imports them all."""
        groups = {one: self.get_command(ctx, one) for one in _COMMANDS}
        return [
            f"{one} {name}"
            for one, group in groups.items()
            if isinstance(group, click.Group) and name in group.commands
        ]

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete a command, without importing it, or an option."""
        lines = {name: line for name, (_, line) in _COMMANDS.items() if name.startswith(incomplete)}
        found = [CompletionItem(name, help=line) for name, line in lines.items()]
        return found + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands' lines without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in _COMMANDS.items()])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the exit codes mean."""
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(int(code)), meaning) for code, meaning in MEANINGS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; click would turn a closed pipe into an exit code of its own."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as exc:
            raise Unread from exc

    def main(self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any) -> NoReturn:  # type: ignore[override]
        """Run a command and exit."""
        extra.pop("standalone_mode", None)
        _fill_in()
        settings = Settings()
        try:
            result = super().main(args, prog_name or "aiopeertube", standalone_mode=False, obj=settings, **extra)
            with named("stdout"):
                sys.stdout.flush()
            code = result if isinstance(result, int) else 0
        except Exception as exc:  # noqa: BLE001 - the last place that can say it in one line
            if _VARIABLE in os.environ:  # a shell asks what may come next: words of ours would be in its line
                sys.exit(1)
            code = exit_code_of(exc, verbose=settings.verbose)
        except KeyboardInterrupt as exc:
            code = exit_code_of(exc, verbose=False)
        finally:
            _stop_logging()
        sys.exit(code)


def _fill_in() -> None:
    r"""Open the null device in place of closed standard streams, or a socket would get their numbers.

    What an open one cannot encode is written as its number, like \u266a.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # the lowest free number is the stream's own
            number = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 - never closed
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _name_of(command: str) -> str:
    return f"{command}_" if command in {"set", "import"} else command.replace("-", "_")  # Python's own words


def _stop_logging() -> None:
    logs = sys.modules.get("aiopeertube.cli.logs")
    if logs is not None:
        logs.remove()


@click.group(
    "aiopeertube",
    cls=Root,
    context_settings={
        "help_option_names": ["--help", "-h"],
        "max_content_width": 110,
        "auto_envvar_prefix": "AIOPEERTUBE",
    },
)
@click.version_option(__version__, prog_name="aiopeertube")
@shared_options()
def app() -> None:
    """Work with the videos of a PeerTube instance, many at a time.

    Log in once with `aiopeertube login --url https://videos.example`; later commands use that instance and
    token. "Shared options" may be given before or after the command's name. Every other option can also be set by an
    environment variable, like AIOPEERTUBE_APPLY_HALT for --halt of `apply`.
    """
