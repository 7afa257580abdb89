"""The options that all commands share: before or after the command's name, or as environment variables."""

import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import Field, dataclass, field, fields
from difflib import get_close_matches
from typing import Any, Final, NoReturn, TypeVar

import click
from click.core import ParameterSource

from aiopeertube.cli.option_sets import declared, option
from aiopeertube.cli.param_types import Concurrency, File, Finite, Secret

F = TypeVar("F", bound=Callable[..., Any])


def _shared(*names: str, **attributes: Any) -> Any:
    """Declare a shared option, with the variable PEERTUBE_<NAME> unless `attributes` say otherwise."""
    variable = f"PEERTUBE_{names[0].removeprefix('--').replace('-', '_').upper()}"
    return option(*names, **{"envvar": variable, "cls": Shared, **attributes})


class Shared(click.Option):
    """An option whose value goes to the Settings: the innermost command line wins, then the environment."""

    def __init__(self, *args: Any, **attributes: Any) -> None:
        attributes.pop("default")  # the Settings have it
        attributes = {"show_envvar": True} | attributes | {"expose_value": False, "callback": _keep}
        super().__init__(*args, **attributes)


def _keep(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    settings = settings_of(ctx)
    name = str(param.name)
    source = ctx.get_parameter_source(name)
    outer = source is ParameterSource.ENVIRONMENT and name not in settings.given
    if source is ParameterSource.COMMANDLINE or outer:
        settings.given.add(name)
        setattr(settings, name, value)
        if name == "verbose" and value:
            from aiopeertube.cli import logs  # noqa: PLC0415 - logging is not free

            logs.install()


@dataclass(slots=True)
class Settings:
    """The values of the shared options. Callbacks of click fill it, so it is not frozen."""

    url: str | None = _shared("--url", help="The instance, like https://videos.example. Default: the last login's.")
    username: str | None = _shared("--username", help="Act as this user instead of the one logged in.")
    password: str | None = _shared(
        "--password", secret=True, help="Others can see a command line: prefer the variable or the prompt."
    )
    token: str | None = _shared(
        "--token", secret=True, type=Secret(), help="Use this bearer token instead; prefer the variable."
    )
    otp: str | None = _shared(
        "--otp", secret=True, type=Secret(), help="The one-time code of an account with two-factor authentication."
    )
    rate: str | None = _shared("--rate", help='Limit your own request rate, like "20/s" or "50/10s".')
    concurrency: int | str = _shared(
        "--concurrency",
        default="auto",
        type=Concurrency(),
        metavar="auto|N",
        help="Requests in flight; auto (the default) finds the best number.",
    )
    timeout: float = _shared(
        "--timeout",
        default=60.0,
        type=Finite(min=0, min_open=True),
        metavar="SECONDS",
        help="How long to wait for an answer. Default: 60.",
    )
    patience: float | None = _shared(
        "--patience",
        type=Finite(min=0, min_open=True),
        metavar="SECONDS",
        help="How long a run waits for a server that is away. Default: 120.",
    )
    proxy: str | None = _shared(
        "--proxy",
        secret=True,
        metavar="URL",
        help="Go by this HTTP proxy; none: by no one. Default: what HTTPS_PROXY, HTTP_PROXY and NO_PROXY say.",
    )
    allow_http: bool = _shared("--allow-http", is_flag=True, help="Allow credentials over unencrypted http.")
    quiet: bool = _shared("--quiet", "-q", is_flag=True, help="Show no progress and no summary.")
    verbose: bool = _shared("--verbose", "-v", is_flag=True, help="Log each request on stderr.")
    progress: str = _shared(
        "--progress",
        default="text",
        type=click.Choice(["text", "jsonl"]),
        help="How to show progress and waits on stderr; jsonl: lines of JSON among those for people.",
    )
    metrics_file: str | None = _shared(
        "--metrics-file",
        type=File(),
        metavar="FILE",
        help="Keep the numbers of a run here, as Prometheus reads them (textfile collector).",
    )
    no_color: bool = _shared(
        "--no-color", is_flag=True, envvar=None, show_envvar=False, help="Use no colours.  [env var: NO_COLOR]"
    )
    given: set[str] = field(default_factory=set)
    outcomes: Counter[str] = field(default_factory=Counter)  # what became of items so far, by state

    def __post_init__(self) -> None:
        self.no_color |= bool(os.environ.get("NO_COLOR"))  # it counts whatever its value is, unlike a flag of click's


def settings_of(ctx: click.Context) -> Settings:
    """Return the Settings of this run."""
    root = ctx.find_root()
    if root.obj is None:
        root.obj = Settings()
    if ctx.obj is None:
        ctx.obj = root.obj
    settings: Settings = root.obj
    return settings


_ALL: Final = tuple(one for one in fields(Settings) if one.name not in {"given", "outcomes"})
_OUTPUT: Final = tuple(one for one in _ALL if one.name in {"quiet", "verbose", "progress", "no_color"})
_WAYS: Final = tuple(one for one in _ALL if one.name in {"rate", "timeout", "patience", "proxy"})


def shared_options(*, short_quiet: bool = True) -> Callable[[F], F]:
    """Give a command all shared options; `short_quiet` False leaves -q to the command itself."""
    return _with(_ALL, without=() if short_quiet else ("-q",))


def output_options() -> Callable[[F], F]:
    """Give a command that needs no connection only the shared options about output."""
    return _with(_OUTPUT)


def fleet_options() -> Callable[[F], F]:
    """Give a command that visits many instances, as nobody, the shared options that mean something there."""
    return _with(_WAYS + _OUTPUT)


def _with(options: Sequence["Field[Any]"], *, without: tuple[str, ...] = ()) -> Callable[[F], F]:
    def decorate(function: F) -> F:
        return declared(function, options, without=without)

    return decorate


class SharedLast:
    """For commands and groups: shows the shared options in a section of their own, after the command's."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write both sections."""
        own: list[tuple[str, str]] = []
        shared: list[tuple[str, str]] = []
        for param in self.get_params(ctx):  # type: ignore[attr-defined]
            record = param.get_help_record(ctx) if isinstance(param, click.Option) else None
            if record is not None:
                (shared if isinstance(param, Shared) else own).append(record)
        for title, records in (("Options", own), ("Shared options", shared)):
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)


class Command(SharedLast, click.Command):
    """A command with shared options."""


class Group(SharedLast, click.Group):
    """A group of such commands."""

    command_class = Command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; of a misspelt one say which was meant."""
        unknown = self.get_command(ctx, args[0]) is None and not args[0].startswith("-")
        if unknown and not ctx.resilient_parsing:
            near = self.elsewhere(ctx, args[0]) or get_close_matches(args[0].casefold(), self.list_commands(ctx), n=3)
            self.misspelt(ctx, args[0], near)
        return super().resolve_command(ctx, args)

    def misspelt(self, ctx: click.Context, name: str, near: Sequence[str]) -> NoReturn:
        """Say that there is no such command, and which may have been meant."""
        meant = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
        ctx.fail(f"No such command {name!r}.{meant}")

    def elsewhere(self, ctx: click.Context, name: str) -> Sequence[str]:
        """Name the commands of other groups that are called so."""
        return ()
