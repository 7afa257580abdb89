"""The options that all commands share: before or after the command's name, or as environment variables."""

import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import click
from click.core import ParameterSource

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(slots=True)
class Settings:
    """What the shared options said."""

    url: str | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    otp: str | None = field(default=None, repr=False)
    rate: str | None = None
    concurrency: int | str = "auto"
    timeout: float = 60.0
    allow_http: bool = False
    quiet: bool = False
    verbose: bool = False
    no_color: bool = field(default_factory=lambda: bool(os.environ.get("NO_COLOR")))
    given: set[str] = field(default_factory=set)


class Concurrency(click.ParamType[int | str]):
    """A number from 1 on, or "auto"."""

    name = "auto|N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | str:
        """Read one."""
        if value == "auto":
            return "auto"
        if str(value).isascii() and str(value).isdigit() and int(value) >= 1:
            return int(value)
        raise click.BadParameter(f'{value!r} is neither "auto" nor a number from 1 on', ctx, param)


class Finite(click.FloatRange):
    """A range of finite numbers: click compares, and NaN passes all comparisons."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read one."""
        number: float = super().convert(value, param, ctx)
        if not math.isfinite(number):
            raise click.BadParameter(f"{value!r} is not a finite number", ctx, param)
        return number


class Secret(click.ParamType[str]):
    """A token or a one-time code: goes into a header, and comes with blanks where it was copied from a screen."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read one; the value never shows."""
        text = "".join(str(value).split())
        if text.isascii() and text.isprintable():
            return text
        raise click.BadParameter("it has characters that it cannot have", ctx, param)


class Shared(click.Option):
    """An option whose value goes to the Settings: the innermost command line wins, then the environment."""

    def __init__(self, *args: Any, **attributes: Any) -> None:
        attributes |= {"expose_value": False, "callback": _keep, "show_envvar": True}
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


def settings_of(ctx: click.Context) -> Settings:
    """Return the Settings of this run."""
    root = ctx.find_root()
    if root.obj is None:
        root.obj = Settings()
    if ctx.obj is None:
        ctx.obj = root.obj
    settings: Settings = root.obj
    return settings


_POSITIVE: Final = Finite(min=0, min_open=True)

_CONNECTION: Final[tuple[tuple[Sequence[str], dict[str, Any]], ...]] = (
    (
        ["--url"],
        {"envvar": "PEERTUBE_URL", "help": "The instance, like https://videos.example; else the last login's."},
    ),
    (["--username"], {"envvar": "PEERTUBE_USERNAME", "help": "Act as this user instead of the one logged in."}),
    (
        ["--password"],
        {"envvar": "PEERTUBE_PASSWORD", "help": "Others can see a command line: prefer the variable or the prompt."},
    ),
    (
        ["--token"],
        {"envvar": "PEERTUBE_TOKEN", "type": Secret(), "help": "A bearer token to use instead; prefer the variable."},
    ),
    (
        ["--otp"],
        {"envvar": "PEERTUBE_OTP", "type": Secret(), "help": "The one-time code of an account with two factors."},
    ),
    (["--rate"], {"envvar": "PEERTUBE_RATE", "help": 'Stay below a rate of your own, like "20/s" or "50/10s".'}),
    (
        ["--concurrency"],
        {
            "envvar": "PEERTUBE_CONCURRENCY",
            "type": Concurrency(),
            "metavar": "auto|N",
            "help": "Requests in flight; auto (the default) finds the best number.",
        },
    ),
    (
        ["--timeout"],
        {
            "envvar": "PEERTUBE_TIMEOUT",
            "type": _POSITIVE,
            "metavar": "SECONDS",
            "help": "How long to wait for an answer; 60 by default.",
        },
    ),
    (
        ["--allow-http"],
        {"envvar": "PEERTUBE_ALLOW_HTTP", "is_flag": True, "help": "Let credentials go unencrypted over a network."},
    ),
)


def _output(quiet: Sequence[str]) -> tuple[tuple[Sequence[str], dict[str, Any]], ...]:
    return (
        (quiet, {"envvar": "PEERTUBE_QUIET", "is_flag": True, "help": "No progress and no summary."}),
        (
            ["--verbose", "-v"],
            {"envvar": "PEERTUBE_VERBOSE", "is_flag": True, "help": "Log each request on stderr."},
        ),
        # NO_COLOR counts whatever its value is, so it is read in Settings and not as a flag of click's.
        (["--no-color"], {"is_flag": True, "help": "No colours.  [env var: NO_COLOR]"}),
    )


def shared_options(*, short_quiet: bool = True) -> Callable[[F], F]:
    """Give a command all shared options; `short_quiet` False leaves -q to the command itself."""
    quiet = ["--quiet", "-q"] if short_quiet else ["--quiet"]
    return _with((*_CONNECTION, *_output(quiet)))


def output_options() -> Callable[[F], F]:
    """Give a command that talks to no instance of the user's the shared options that it can use."""
    return _with(_output(["--quiet", "-q"]))


def _with(declarations: Sequence[tuple[Sequence[str], dict[str, Any]]]) -> Callable[[F], F]:
    def decorate(function: F) -> F:
        for names, attributes in reversed(declarations):
            function = click.option(*names, cls=Shared, **attributes)(function)
        return function

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
