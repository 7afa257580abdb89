import signal
import sys
from collections.abc import Callable

import pytest

from aiopeertube.emulator import Emulator, Fault

from .conftest import USER, Begin, Cli, Terminal, rows, wait_until


class TestDelete:
    def test_yes(self, server: Emulator, user: Cli) -> None:
        result = user("videos", "delete", "1", "2", "--yes")
        assert result.exit_code == 0
        assert {row["video"] for row in rows(result.stdout)} == {"1", "2"}
        assert not {1, 2} & server.store.videos.keys()

    def test_not_without_being_asked(self, server: Emulator, user: Cli) -> None:
        for args, lines in ((("1",), None), (("-",), "1\n")):
            result = user("videos", "delete", *args, input=lines)
            assert result.exit_code == 2
            assert result.stderr == (
                "aiopeertube: error: cannot ask for confirmation\nhint: add --yes if you are sure\n"
            )
        assert len(server.store.videos) == 12

    @pytest.mark.parametrize(("answer", "exit_code", "left"), [("y", 0, 10), ("n", 130, 12), ("", 130, 12)])
    def test_asks(
        self, server: Emulator, user: Cli, terminal: Callable[..., Terminal], answer: str, exit_code: int, left: int
    ) -> None:
        screen = terminal("videos", "delete", "1", "2")
        screen.expect(f"Delete 2 videos at {server.url}? This cannot be undone. [y/N]: ")
        screen.type(answer)
        assert screen.end() == exit_code
        assert len(server.store.videos) == left


class TestProgress:
    def test_bar_on_a_terminal(self, server: Emulator, user: Cli, terminal: Callable[..., Terminal]) -> None:
        screen = terminal("videos", "update", "1", "2", "99", "--name", "Barred")
        assert screen.end() == 1
        assert "3/3" in screen.text
        assert "aiopeertube: failed: 99: PUT /api/v1/videos/99 answered 404: Video not found" in screen.text
        assert '"state"' not in screen.text

    def test_quiet_on_a_terminal(self, server: Emulator, user: Cli, terminal: Callable[..., Terminal]) -> None:
        screen = terminal("videos", "update", "1", "2", "--name", "Silent", "--quiet")
        assert screen.end() == 0
        assert screen.raw == ""

    def test_lines_elsewhere(self, server: Emulator, user: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("aiopeertube.cli.screens._Quiet.between", 0.0)
        result = user("videos", "update", "1", "2", "--name", "Logged")
        assert result.stderr.splitlines()[:2] == ["update: 1 of 2, 0 failed", "update: 2 of 2, 0 failed"]
        assert user("videos", "update", "1", "2", "--name", "Logged", "-q").stderr == ""


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
class TestInterrupted:
    def test_stops_cleanly(self, begin: Begin, user: Cli) -> None:
        with Emulator.in_thread(videos=200, rate_limit=None, write_seconds=0.05) as server:
            user("login", "--url", server.url, **USER)
            ids = [str(number) for number in range(1, 201)]
            process = begin("videos", "update", *ids, "--name", "Cut short")
            wait_until(lambda: server.statistics().by_route.get("PUT /videos/{id}", 0) >= 5)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=20)
            edited = sum(each.name == "Cut short" for each in server.store.videos.values())
        assert process.returncode == 130
        states = [row["state"] for row in rows(out)]
        assert len(states) == 200, "every video has an outcome"
        assert states.count("ok") == edited
        heard, *_, counts, last = err.splitlines()
        assert heard.startswith("aiopeertube: interrupted: requests in flight will finish")
        assert counts.startswith(f"update: {edited} done, 0 failed, {200 - edited} not started, in ")
        assert last == "aiopeertube: error: interrupted"

    @pytest.mark.parametrize("uvloop", [True, False])
    def test_says_so_at_once_and_a_second_one_ends_it(
        self, begin: Begin, server: Emulator, user: Cli, uvloop: bool
    ) -> None:
        server.faults.add(Fault("stall", seconds=60.0, method="PUT"))
        process = begin("videos", "update", "1", "2", "--name", "Stalled", uvloop=uvloop)
        wait_until(lambda: server.statistics().by_route.get("PUT /videos/{id}"))
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        assert process.stderr.readline() == (
            "aiopeertube: interrupted: requests in flight will finish; a second Ctrl-C ends them at once\n"
        )
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
        assert (process.returncode, err) == (130, "aiopeertube: error: interrupted\n")

    def test_says_nothing_when_quiet(self, begin: Begin, server: Emulator, user: Cli) -> None:
        server.faults.add(Fault("stall", seconds=2.0, method="PUT"))
        process = begin("videos", "update", "1", "2", "--name", "Quietly", "--quiet")
        wait_until(lambda: server.statistics().by_route.get("PUT /videos/{id}"))
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
        assert (process.returncode, err) == (130, "aiopeertube: error: interrupted\n")

    @pytest.mark.parametrize("uvloop", [True, False])
    def test_does_not_wait_for_the_next_window(self, begin: Begin, cli: Cli, uvloop: bool) -> None:
        with Emulator.in_thread(videos=9, rate_limit=(4, 3600.0)) as server:  # two of the four are for the login
            cli("login", "--url", server.url, **USER)
            process = begin("videos", "update", *"123456789", "--name", "Limited", "-v", uvloop=uvloop)
            assert process.stderr is not None
            assert any("answered 429" in line for line in process.stderr)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=20)
        states = [row["state"] for row in rows(out)]
        assert (process.returncode, states.count("ok"), states.count("not started")) == (130, 2, 7)
        assert "2 done, 0 failed, 7 not started" in err

    def test_while_waiting_for_stdin(self, begin: Begin, server: Emulator, user: Cli) -> None:
        process = begin("videos", "update", "-", "--name", "Cut short")
        assert process.stdin is not None
        process.stdin.write("1\n")
        process.stdin.flush()
        wait_until(lambda: server.store.videos[1].name == "Cut short")
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        assert process.stderr is not None
        text = process.stderr.read()
        assert text.splitlines()[1].startswith("update: 1 done, 0 failed, the rest of the input not read, in ")
        assert "Traceback" not in text
        assert "Fatal" not in text

    def test_a_single_call(self, begin: Begin, server: Emulator) -> None:
        server.faults.add(Fault("stall", seconds=60.0))
        process = begin("videos", "list", "--url", server.url)
        wait_until(lambda: server.statistics().requests)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
        assert (process.returncode, out, err) == (130, "", "aiopeertube: error: interrupted\n")
