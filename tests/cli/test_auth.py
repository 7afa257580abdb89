import json
import os
import signal
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from keyring_in_memory import installed

from aiopeertube.emulator import Emulator

from .conftest import ADMIN, PASSWORD, USER, Cli, Terminal


def token_file(config: Path, server: Emulator) -> Path:
    return config / "tokens" / f"{server.host.replace(':', '_')}.json"


class TestLogin:
    def test_keeps_the_token_for_its_owner_alone(self, server: Emulator, cli: Cli, config: Path) -> None:
        before = os.umask(0)
        try:
            result = cli("login", "--url", server.url, **USER)
        finally:
            os.umask(before)
        assert (result.exit_code, result.stdout) == (0, "")
        assert result.stderr == f"logged in to {server.url} as nisv\n"
        path = token_file(config, server)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert PASSWORD not in path.read_text()
        assert [entry.name for entry in path.parent.iterdir()] == [path.name]

    def test_later_commands_need_no_url_and_no_login(self, server: Emulator, user: Cli) -> None:
        for _ in range(3):
            assert user("whoami").stdout == f"nisv (User) at {server.url}\n"
        assert user("videos", "update", "1", "--name", "Later").exit_code == 0
        assert server.statistics().logins == 1

    def test_logs_in_anew_though_a_token_is_saved(self, server: Emulator, user: Cli) -> None:
        assert user("login", **ADMIN).exit_code == 0
        assert server.statistics().logins == 2
        assert user("whoami").stdout.startswith("root (Administrator) at ")

    def test_wrong_password(self, server: Emulator, cli: Cli, config: Path) -> None:
        result = cli(
            "login", "-v", PEERTUBE_URL=server.url, PEERTUBE_USERNAME="nisv", PEERTUBE_PASSWORD="not-so-secret"
        )
        assert result.exit_code == 3
        assert result.stderr.splitlines()[-2:] == [
            f"aiopeertube: error: {server.url} does not accept this user name and password for nisv",
            "hint: check user name and password; `aiopeertube login` asks for them",
        ]
        assert "not-so-secret" not in result.output
        assert not list((config / "tokens").iterdir())

    def test_failed_login_leaves_the_token(self, server: Emulator, user: Cli) -> None:
        assert user("login", PEERTUBE_USERNAME="nisv", PEERTUBE_PASSWORD="not-so-secret").exit_code == 3
        assert user("whoami").exit_code == 0

    def test_missing_code(self, server: Emulator, cli: Cli) -> None:
        result = cli("login", PEERTUBE_URL=server.url, PEERTUBE_USERNAME="twofactor", PEERTUBE_PASSWORD=PASSWORD)
        assert result.exit_code == 3
        assert result.stderr == (
            f"aiopeertube: error: twofactor at {server.url} has two-factor authentication; give a one-time code\n"
            f"hint: give the code with --otp or PEERTUBE_OTP, or run `aiopeertube login --url {server.url}`\n"
        )

    @pytest.mark.parametrize(("code", "exit_code"), [("123456", 0), ("654321", 3)])
    def test_code(self, server: Emulator, cli: Cli, code: str, exit_code: int) -> None:
        who = {"PEERTUBE_USERNAME": "twofactor", "PEERTUBE_PASSWORD": PASSWORD}
        result = cli("login", "--url", server.url, "--otp", code, **who)
        assert result.exit_code == exit_code
        assert "Traceback" not in result.stderr

    def test_without_password_and_terminal(self, server: Emulator, cli: Cli) -> None:
        result = cli("login", "--url", server.url, "--username", "nisv")
        assert result.exit_code == 2
        assert result.stderr == (
            "aiopeertube: error: there is no password for nisv\n"
            "hint: set PEERTUBE_PASSWORD, or run it on a terminal to be asked\n"
        )
        assert server.statistics().requests == 0

    def test_without_user_and_terminal(self, server: Emulator, cli: Cli) -> None:
        result = cli("login", "--url", server.url)
        assert result.exit_code == 2
        assert result.stderr.startswith("aiopeertube: error: user name is missing\n")

    def test_unencrypted(self, cli: Cli) -> None:
        result = cli("login", "--url", "http://videos.example", **USER)
        assert result.exit_code == 2
        first, hint = result.stderr.splitlines()
        assert first.startswith("aiopeertube: error: user name, password or token would go to http://videos.example")
        assert hint == "hint: use an https:// address, or --allow-http if you trust the network"

    def test_asks_on_a_terminal(self, server: Emulator, terminal: Callable[..., Terminal], cli: Cli) -> None:
        screen = terminal("login")
        screen.expect("Address of the instance: ")
        screen.type(server.url)
        screen.expect("User name: ")
        screen.type("twofactor")
        screen.expect(f"Password of twofactor at {server.url}: ")
        screen.type(PASSWORD)
        screen.expect("One-time code: ")
        screen.type("123456")
        assert screen.end() == 0
        assert f"logged in to {server.url} as twofactor" in screen.text
        assert PASSWORD not in screen.raw
        assert cli("whoami").stdout == f"twofactor (User) at {server.url}\n"

    def test_ctrl_c_at_the_prompt(self, server: Emulator, terminal: Callable[..., Terminal]) -> None:
        screen = terminal("login", "--url", server.url, "--username", "nisv")
        screen.expect("Password of nisv")
        screen.process.send_signal(signal.SIGINT)
        assert screen.end() == 130
        assert screen.text.splitlines()[-1] == "aiopeertube: interrupted"


class TestWhoami:
    def test_json(self, server: Emulator, user: Cli) -> None:
        told = json.loads(user("whoami", "--format", "json").stdout)
        assert told == {"url": server.url, "username": "nisv", "role": "User", "id": 2, "channels": ["nisv_channel"]}

    def test_nobody(self, server: Emulator, cli: Cli) -> None:
        result = cli("whoami", "--url", server.url)
        assert result.exit_code == 3
        assert result.stderr == (
            f"aiopeertube: error: not logged in to {server.url}: this needs a user\n"
            f"hint: run `aiopeertube login --url {server.url}`, or set PEERTUBE_USERNAME and PEERTUBE_PASSWORD\n"
        )
        assert server.statistics().requests == 0

    def test_token_of_the_command_line(self, server: Emulator, cli: Cli) -> None:
        token = server.store.issue_token(server.store.users["root"], 1000, 1000).access
        result = cli("whoami", "-v", PEERTUBE_URL=server.url, PEERTUBE_TOKEN=token)
        assert result.stdout.startswith("root (Administrator)")
        assert token not in result.output

    def test_bad_token(self, server: Emulator, cli: Cli) -> None:
        result = cli("whoami", "--url", server.url, "--token", "abcdef123")
        assert result.exit_code == 3
        assert "abcdef123" not in result.output
        assert result.stderr.splitlines()[1].startswith("hint: run `aiopeertube login")

    def test_dead_session(self, server: Emulator, user: Cli) -> None:
        server.store.tokens.clear()
        server.store._by_refresh.clear()
        result = user("whoami")
        assert result.exit_code == 3
        assert result.stderr.splitlines()[1].startswith(f"hint: run `aiopeertube login --url {server.url}`")

    def test_expired_token_is_refreshed_and_kept(self, server: Emulator, user: Cli) -> None:
        server.expire_tokens()
        for _ in range(2):
            assert user("whoami").exit_code == 0
        assert (server.statistics().logins, server.statistics().refreshes) == (1, 1)

    def test_token_file_that_others_can_read(self, server: Emulator, user: Cli, config: Path) -> None:
        token_file(config, server).chmod(0o644)
        result = user("whoami")
        assert result.exit_code == 2
        assert "chmod 600" in result.stderr

    @pytest.mark.parametrize("damage", ["", "{}", "[1]", "not json"])
    def test_damaged_config(self, server: Emulator, user: Cli, config: Path, damage: str) -> None:
        (config / "config.json").write_text(damage)
        result = user("whoami")
        assert result.exit_code == 2
        assert result.stderr == (
            f"aiopeertube: error: cannot read the address of the last login from {config}/config.json; remove it\n"
        )

    @pytest.mark.parametrize(
        "answer", [None, [], {}, "me", {"username": "nisv", "role": 2}, {"videoChannels": [None]}]
    )
    def test_an_answer_of_another_shape_is_no_bug(
        self, user: Cli, monkeypatch: pytest.MonkeyPatch, answer: object
    ) -> None:
        monkeypatch.setattr("aiopeertube.emulator.api.rendering.Renderer.me", lambda *_: answer)
        result = user("whoami")
        assert result.exit_code not in {0, 70}
        assert "/users/me did not say who the user is" in result.stderr


class TestCredentials:
    def test_named_user_with_a_saved_token_does_not_log_in(self, server: Emulator, user: Cli) -> None:
        assert user("whoami", **USER).exit_code == 0
        assert user("whoami", "--username", "nisv").exit_code == 0
        assert server.statistics().logins == 1

    def test_another_user_logs_in_and_leaves_the_saved_token(self, server: Emulator, user: Cli) -> None:
        assert user("whoami", **ADMIN).stdout.startswith("root ")
        assert user("whoami").stdout.startswith("nisv ")
        assert server.statistics().logins == 2

    def test_password_alone(self, server: Emulator, cli: Cli) -> None:
        result = cli("whoami", "--url", server.url, "--password", "hush-hush")
        assert result.exit_code == 2
        assert result.stderr == (
            "aiopeertube: error: there is a password but no user name\nhint: add --username or PEERTUBE_USERNAME\n"
        )

    def test_token_is_not_for_another_scheme(self, server: Emulator, user: Cli) -> None:
        result = user("whoami", "--url", server.url.replace("http://", "https://"))
        assert (result.exit_code, "not logged in" in result.stderr) == (3, True)

    def test_secrets_never_show(self, server: Emulator, cli: Cli) -> None:
        args = ("--url", server.url, "--username", "nisv", "--password", PASSWORD, "--otp", "987123", "-v")
        for command in (("videos", "update", "1", "--name", "Quiet"), ("videos", "list"), ("login",), ("whoami",)):
            result = cli(*command, *args)
            assert result.exit_code == 0
            assert "/api/v1/" in result.stderr
            tokens = [text for token in server.store.tokens.values() for text in (token.access, token.refresh)]
            assert not [s for s in (PASSWORD, "987123", server.store.client_secret, *tokens) if s in result.output]


class TestLogout:
    def test_ends_the_session(self, server: Emulator, user: Cli, config: Path) -> None:
        result = user("logout")
        assert (result.exit_code, result.stderr) == (0, f"logged out of {server.url}\n")
        assert not server.store.tokens
        assert not token_file(config, server).exists()
        assert user("whoami").exit_code == 3

    def test_twice(self, server: Emulator, user: Cli) -> None:
        user("logout")
        result = user("logout")
        assert (result.exit_code, result.stderr) == (0, f"not logged in to {server.url}\n")

    def test_dead_token_is_forgotten(self, server: Emulator, user: Cli, config: Path) -> None:
        server.store.tokens.clear()
        server.store._by_refresh.clear()
        assert user("logout").exit_code == 0
        assert not token_file(config, server).exists()

    def test_unreachable_server_keeps_the_token(self, cli: Cli, config: Path) -> None:
        with Emulator.in_thread(videos=0) as server:
            cli("login", "--url", server.url, **USER)
        result = cli("logout")
        assert result.exit_code == 4
        path = token_file(config, server)
        assert path.exists()
        assert result.stderr.splitlines()[1] == (
            f"hint: the token is still there; to forget it without telling the server, remove {path}"
        )


def test_a_keyring_that_is_locked_keeps_nobody_from_a_login_without_it(server: Emulator, cli: Cli) -> None:
    with installed() as keyring:
        assert cli("login", "--url", server.url, "--keyring", **USER).exit_code == 0
        keyring.locked = True
        result = cli("login", "--url", server.url, **USER)
        assert (result.exit_code, f"as 'nisv at {server.url}'" in result.stderr) == (0, True)
        assert cli("whoami", "--url", server.url).exit_code == 0


def test_a_token_goes_to_the_keyring_and_leaves_it(server: Emulator, cli: Cli, home: Path) -> None:
    with installed() as keyring:
        assert cli("login", "--url", server.url, "--keyring", **USER).exit_code == 0
        assert [name for _, name in keyring.secrets] == [f"nisv at {server.url}"]
        (secret,) = keyring.secrets.values()
        files = [path.read_text() for path in home.rglob("*.json")]
        assert not any(json.loads(secret)["access"] in text for text in files)
        assert "nisv (User)" in cli("whoami").stdout
        assert cli("login", "--url", server.url, "--keyring", **ADMIN).exit_code == 0
        assert [name for _, name in keyring.secrets] == [f"root at {server.url}"]
        assert cli("login", "--url", server.url, **USER).exit_code == 0
        assert keyring.secrets == {}
        assert "nisv (User)" in cli("whoami").stdout
    with installed(none=True):
        refused = cli("login", "--url", server.url, "--keyring", **USER)
    assert (refused.exit_code, "no keyring that can be used" in refused.stderr) == (2, True)
