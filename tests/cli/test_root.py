import subprocess
import sys
from pathlib import Path

import click
import pytest

from aiopeertube import __version__
from aiopeertube.cli.app import app
from aiopeertube.cli.errors import MEANINGS, Exit
from aiopeertube.cli.options import Shared
from aiopeertube.emulator import Emulator

from .conftest import USER, Cli, command, in_shell

COMMANDS = [
    ("demo",),
    ("emulator",),
    ("login",),
    ("logout",),
    ("whoami",),
    ("videos",),
    ("videos", "list"),
    ("videos", "get"),
    ("videos", "update"),
    ("videos", "delete"),
    ("api",),
]
CONNECTION = ("--url", "--username", "--password", "--token", "--otp", "--rate", "--concurrency", "--timeout")
OUTPUT = ("--quiet", "--verbose", "--no-color")


def found(path: tuple[str, ...]) -> click.Command:
    here: click.Command = app
    for name in path:
        assert isinstance(here, click.Group)
        inner = here.get_command(click.Context(here), name)
        assert inner is not None
        here = inner
    return here


def below(path: tuple[str, ...]) -> list[tuple[str, ...]]:
    """A command and all that are below it."""
    command = found(path)
    names = command.list_commands(click.Context(command)) if isinstance(command, click.Group) else []
    return [path, *(each for name in names for each in below((*path, name)))]


NOUNS = ("channels", "playlists", "captions", "chapters", "comments", "users", "imports", "server-jobs")


def test_no_parameter_takes_the_place_of_another() -> None:
    for path in below(()):
        names = [param.name for param in found(path).params]
        assert len(names) == len(set(names)), path


@pytest.mark.parametrize("path", [(), *COMMANDS], ids=" ".join)
class TestHelp:
    def test_mentions_every_option(self, path: tuple[str, ...], cli: Cli) -> None:
        result = cli(*path, "--help")
        assert (result.exit_code, result.stderr) == (0, "")
        for param in found(path).params:
            if isinstance(param, click.Option):
                assert all(name in result.stdout for name in [*param.opts, *param.secondary_opts]), param.name
        for param in found(path).params:
            if isinstance(param, Shared) and param.envvar:
                assert str(param.envvar) in " ".join(result.stdout.split())

    def test_lists_options_only(self, path: tuple[str, ...], cli: Cli) -> None:
        assert "\n  ID..." not in cli(*path, "--help").stdout

    def test_every_option_is_explained_or_plain(self, path: tuple[str, ...]) -> None:
        undocumented = {
            param.name
            for param in found(path).params
            if isinstance(param, click.Option) and not param.help and not isinstance(param.type, click.Choice)
        }
        assert undocumented <= {"name", "description"}

    def test_no_colour_has_one_variable(self, path: tuple[str, ...], cli: Cli) -> None:
        last = cli(*path, "--help").stdout.rpartition("--no-color")[2].partition("\n\n")[0]
        assert " ".join(last.split()) == "Use no colours. [env var: NO_COLOR]"

    def test_shares_the_options(self, path: tuple[str, ...]) -> None:
        names = {name for param in found(path).params for name in param.opts}
        assert names.issuperset(OUTPUT)
        assert path in {("demo",), ("emulator",)} or names.issuperset((*CONNECTION, "--allow-http"))


@pytest.mark.parametrize("noun", NOUNS)
def test_commands_of_a_noun_explain_themselves_likewise(noun: str, cli: Cli) -> None:
    help_ = TestHelp()
    for path in below((noun,)):
        help_.test_mentions_every_option(path, cli)
        help_.test_every_option_is_explained_or_plain(path)
        help_.test_shares_the_options(path)


class TestRoot:
    def test_documents_exit_codes(self, cli: Cli) -> None:
        text = cli("--help").stdout
        for code in Exit:
            assert f"{int(code):<3}  {MEANINGS[code]}" in text

    def test_lists_commands_in_their_order(self, cli: Cli) -> None:
        lines = cli("--help").stdout.splitlines()
        start = lines.index("Commands:") + 1
        assert [line.split()[0] for line in lines[start : start + 30]] == [
            "demo", "emulator", "login", "logout", "whoami", "videos", "channels", "playlists", "captions",
            "chapters", "comments", "users", "imports", "server-jobs", "export", "plan", "apply", "set", "verify",
            "rollback", "jobs", "thumbnails", "delete", "upload", "import", "copy", "crawl", "bench",
            "api", "completion",
        ]  # fmt: skip

    def test_version(self, cli: Cli) -> None:
        result = cli("--version")
        assert (result.exit_code, result.stdout) == (0, f"aiopeertube, version {__version__}\n")

    def test_nothing_gives_help_and_2(self, cli: Cli) -> None:
        result = cli()
        assert (result.exit_code, result.stdout) == (2, "")
        assert "Exit codes:" in result.stderr

    def test_unknown_command(self, cli: Cli) -> None:
        result = cli("vidoes")
        assert result.exit_code == 2
        first, hint = result.stderr.splitlines()
        assert first == "aiopeertube: error: No such command 'vidoes'. Did you mean 'videos'?"
        assert hint == "hint: see `aiopeertube --help`"

    def test_unknown_option(self, cli: Cli) -> None:
        result = cli("videos", "list", "--limitt", "3")
        assert result.exit_code == 2
        first, hint = result.stderr.splitlines()
        assert first.startswith("aiopeertube: error: No such option '--limitt'")
        assert hint == "hint: see `aiopeertube videos list --help`"

    def test_bug_is_one_line(self, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*args: object) -> None:
            raise ZeroDivisionError("no\x1b[31m way")

        monkeypatch.setattr("aiopeertube.cli.saved.default_url", fail)
        result = cli("whoami")
        assert result.exit_code == 70
        assert result.stderr == (
            "aiopeertube: error: this is a bug: ZeroDivisionError: no[31m way\n"
            "hint: run it again with -v for details, and please report them\n"
        )

    def test_bug_with_v_shows_where(self, monkeypatch: pytest.MonkeyPatch) -> None:
        import click.testing

        def fail(*args: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr("aiopeertube.cli.saved.default_url", fail)
        result = click.testing.CliRunner().invoke(app, ["whoami", "-v"])
        assert result.exit_code == 70
        assert "Traceback" in result.stderr


class TestStreams:
    """Standard streams that are closed, or that cannot be written."""

    @pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
    def test_closed(self, server: Emulator, user: Cli, closed: str) -> None:
        result = in_shell(closed, "videos", "update", "1", "--name", "Unheard")
        assert result.returncode == 0
        assert server.store.videos[1].name == "Unheard"

    def test_closed_stdin_has_no_lines(self, user: Cli) -> None:
        result = in_shell("<&-", "videos", "update", "-", "--name", "Nobody's")
        assert (result.returncode, result.stdout) == (0, "")
        assert result.stderr.startswith("update: 0 done, 0 failed, in ")

    @pytest.mark.parametrize("args", [("whoami",), ("videos", "list"), ("videos", "update", "1", "--name", "Full")])
    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
    def test_full_disk(self, user: Cli, args: tuple[str, ...]) -> None:
        result = in_shell(">/dev/full", *args, "--quiet")
        assert (result.returncode, result.stdout) == (74, "")
        assert result.stderr.splitlines() == [
            "aiopeertube: error: stdout: No space left on device",
            "hint: check the free space and your permissions there",
        ]

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
    def test_what_nobody_can_read_changes_nothing(self, server: Emulator, user: Cli) -> None:
        assert in_shell("2>/dev/full", "videos", "get", "no-id").returncode == 2
        assert in_shell("2>/dev/full", "videos", "update", "1", "99", "--name", "Unread").returncode == 1
        assert server.store.videos[1].name == "Unread"

    def test_config_that_cannot_be_written(self, server: Emulator, cli: Cli, config: Path) -> None:
        config.parent.mkdir()
        config.write_text("in the way")
        result = cli("login", "--url", server.url, **USER)
        assert (result.exit_code, len(result.stderr.splitlines())) == (74, 2)
        assert str(config) in result.stderr


class TestValues:
    def test_not_a_number(self, cli: Cli) -> None:
        for value in ("nan", "inf", "-inf"):
            for result in (cli("whoami", f"--timeout={value}"), cli("whoami", PEERTUBE_TIMEOUT=value)):
                assert result.exit_code == 2
                assert result.stderr.startswith("aiopeertube: error: Invalid value for '--timeout'")

    def test_token_that_no_header_can_hold(self, server: Emulator, cli: Cli) -> None:
        for option in ("--token", "--otp"):
            result = cli("whoami", "--url", server.url, option, "hush\x00hush")
            assert (result.exit_code, "hush" in result.output) == (2, False)
        assert server.statistics().requests == 0

    def test_code_with_blanks(self, server: Emulator, cli: Cli) -> None:
        who = USER | {"PEERTUBE_USERNAME": "twofactor"}
        assert cli("whoami", "--url", server.url, "--otp", " 123 456\n", **who).exit_code == 0

    def test_text_that_is_not_unicode(self, server: Emulator, cli: Cli) -> None:
        result = cli("videos", "list", "--url", server.url, "--search", "\udcff")
        assert result.exit_code == 2
        assert result.stderr.startswith("aiopeertube: error: search: cannot be sent: there is half a character in it")


class TestStart:
    def test_help_needs_neither_aiohttp_nor_rich(self) -> None:
        check = (
            "import sys\n"
            "from aiopeertube.__main__ import main\n"
            "sys.argv = ['aiopeertube', *sys.argv[1:]]\n"
            "try:\n    main()\n"
            "except SystemExit:\n    pass\n"
            "heavy = {'aiohttp', 'rich', 'asyncio', 'orjson', 'aiopeertube._client', 'aiopeertube.emulator'}\n"
            "print(sorted(heavy & sys.modules.keys()), file=sys.stderr)\n"
        )
        ran = subprocess.run([sys.executable, "-c", check, "--help"], capture_output=True, text=True, check=True)
        assert "Exit codes:" in ran.stdout
        assert ran.stderr == "[]\n"

    @pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
    def test_importing_a_command_imports_neither(self, path: tuple[str, ...]) -> None:
        check = (
            "import sys\n"
            "from aiopeertube.cli.app import app\n"
            f"try:\n    app.main([*{path!r}, '--help'])\n"
            "except SystemExit:\n    pass\n"
            "heavy = {'aiohttp', 'rich', 'aiopeertube.emulator.server'}\n"
            "print(sorted(heavy & sys.modules.keys()), file=sys.stderr)\n"
        )
        ran = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
        assert ran.stderr == "[]\n"

    def test_importing_all_commands_imports_neither(self) -> None:
        check = (
            "import sys, click\n"
            "from aiopeertube.cli.app import app\n"
            "for name in app.list_commands(click.Context(app)):\n    app.get_command(click.Context(app), name)\n"
            "heavy = {'aiohttp', 'rich', 'aiopeertube.emulator.server'}\n"
            "print(sorted(heavy & sys.modules.keys()), len(sys.modules) > 200)\n"
        )
        ran = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
        assert ran.stdout == "[] True\n"

    def test_module_and_entry_point_are_the_same(self) -> None:
        ran = subprocess.run(command("--version"), capture_output=True, text=True, check=True)
        assert ran.stdout == f"aiopeertube, version {__version__}\n"
