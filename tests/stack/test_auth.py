"""One token for many: refreshed once, whoever notices that it is dead."""

import asyncio
import logging
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, TypeVar

import orjson
import pytest
from simulated_servers import TokenServer

from aiopeertube import Call, PeerTube, errors, events
from aiopeertube.stack.tokens import Token, TokenFile
from aiopeertube.testing import MockTransport, reply
from aiopeertube.wire.messages import Request, Response

T = TypeVar("T")

pytestmark = pytest.mark.anyio
URL = "http://127.0.0.1"


def open_on(server: TokenServer, **options: Any) -> PeerTube:
    options = {"username": "nisv", "password": "right"} | options
    return PeerTube(URL, transport=MockTransport(server.handle), **options)


async def _result(call: Call[T]) -> T:
    return await call


async def test_256_tasks_whose_token_died_refresh_once(token_server: TokenServer) -> None:
    async with open_on(token_server, concurrency=32) as pt:
        await pt.me.get()
        token_server.expire()
        answers = await asyncio.gather(*(_result(pt.me.get()) for _ in range(256)))
        statistics = pt.statistics()
    assert [dict(answer) for answer in answers] == [{"ok": True}] * 256
    assert (token_server.logins, token_server.refreshes, token_server.spent_refreshes) == (1, 1, 0)
    assert statistics.by_status[401] <= 32  # those that were in flight, and nobody else
    assert statistics.renewals == 2


async def test_a_run_longer_than_many_tokens_loses_nothing(make_token_server: type[TokenServer]) -> None:
    server = make_token_server(lifetime=60)
    seen: list[events.TokenRenewed] = []
    async with open_on(server) as pt:
        pt.on(events.TokenRenewed, seen.append)
        for _ in range(30):
            assert dict(await pt.me.get()) == {"ok": True}
            server.expire()
    assert server.logins == 1
    assert [event.how for event in seen] == ["login"] + ["refresh"] * 29


async def test_a_spent_refresh_token_leads_to_a_new_login(token_server: TokenServer) -> None:
    async with open_on(token_server) as pt:
        await pt.me.get()
        token_server.expire()
        token_server.refresh = "rotated by somebody else"
        assert dict(await pt.me.get()) == {"ok": True}
    assert (token_server.logins, token_server.spent_refreshes) == (2, 1)


async def test_a_bare_token_that_died_is_an_error_that_says_what_to_do(token_server: TokenServer) -> None:
    async with PeerTube(URL, token="dead", transport=MockTransport(token_server.handle)) as pt:
        with pytest.raises(errors.SessionExpired, match="log in again"):
            await pt.me.get()
    assert token_server.paths == ["GET /api/v1/users/me"]


async def test_not_permitted_is_not_a_token_problem(token_server: TokenServer) -> None:
    """A 401 without a code: refreshing and repeating would go on for ever."""

    async def refuse(request: Request) -> Response:
        return reply(401, {"detail": "You are not allowed to see all videos."})

    async with PeerTube(URL, token="good", transport=MockTransport(refuse)) as pt:
        with pytest.raises(errors.NotPermitted):
            await pt.videos.list(include=1).total()
        assert pt.statistics().requests == 1


async def test_a_wrong_password_is_tried_once_for_all_who_wait(token_server: TokenServer) -> None:
    async with open_on(token_server, password="wrong", concurrency=16) as pt:
        answers = await asyncio.gather(*(_result(pt.me.get()) for _ in range(40)), return_exceptions=True)
    assert all(isinstance(answer, errors.WrongCredentials) for answer in answers)
    assert token_server.logins == 1


async def test_two_factor(make_token_server: type[TokenServer]) -> None:
    server = make_token_server(otp="123456")
    async with open_on(server) as pt:
        with pytest.raises(errors.TwoFactorRequired):
            await pt.me.get()
    async with open_on(server, otp="000000") as pt:
        with pytest.raises(errors.WrongTwoFactorCode):
            await pt.me.get()

    async def ask() -> str:
        return "123456"

    for otp in ("123456", lambda: "123456", ask):
        async with open_on(server, otp=otp) as pt:
            assert dict(await pt.me.get()) == {"ok": True}


async def test_the_client_is_asked_for_once(token_server: TokenServer) -> None:
    async with open_on(token_server) as pt:
        await pt.me.get()
        token_server.refresh = "spent"
        token_server.expire()
        await pt.me.get()
    assert token_server.paths.count("GET /api/v1/oauth-clients/local") == 1


async def test_anonymous_clients_fetch_no_token(token_server: TokenServer) -> None:
    async with PeerTube(URL, transport=MockTransport(token_server.handle)) as pt:
        with pytest.raises(errors.NotPermitted):
            await pt.me.get()
    assert token_server.paths == ["GET /api/v1/users/me"]


async def test_a_short_life_does_not_end_in_a_circle(make_token_server: type[TokenServer]) -> None:
    server = make_token_server(lifetime=1)
    async with open_on(server) as pt:
        assert dict(await pt.me.get()) == {"ok": True}
    assert server.logins == 1


async def test_a_server_that_is_away_at_the_first_login_is_waited_for(token_server: TokenServer) -> None:
    answer, loop = token_server.handle, asyncio.get_running_loop()
    back = loop.time() + 100

    async def away(request: Request) -> Response:
        if loop.time() < back:
            token_server.paths.append("away")
            raise errors.ServerUnreachable("cannot connect")
        return await answer(request)

    token_server.handle = away  # type: ignore[method-assign]
    async with open_on(token_server, attempts=2) as pt:
        await asyncio.gather(*(result(pt.me.get()) for _ in range(50)))
    assert token_server.logins == 1
    assert loop.time() < back + 6
    assert token_server.paths.count("away") < 40


async def test_a_login_that_cannot_be_reached_ends_after_patience(token_server: TokenServer) -> None:
    async def nobody(request: Request) -> Response:
        token_server.paths.append(request.path)
        raise errors.ServerUnreachable("cannot connect")

    token_server.handle = nobody  # type: ignore[method-assign]
    began = asyncio.get_running_loop().time()
    async with open_on(token_server, attempts=5, patience=60) as pt:
        found = await asyncio.gather(*(result(pt.me.get()) for _ in range(50)), return_exceptions=True)
    assert {type(error) for error in found} == {errors.ServerAway}
    assert 60 <= asyncio.get_running_loop().time() - began < 66
    assert len(token_server.paths) < 30


async def result(call: Call[T]) -> T:
    return await call


async def test_logout_revokes_and_forgets(token_server: TokenServer, tmp_path: Path) -> None:
    path = tmp_path / "token.json"
    async with open_on(token_server, token_file=path) as pt:
        await pt.me.get()
        assert path.exists()
        await pt.logout()
        assert not path.exists()
    assert "POST /api/v1/users/revoke-token" in token_server.paths


# -- the file ----------------------------------------------------------------------------------------


async def test_a_saved_token_spares_the_login_and_is_for_its_owner_alone(
    token_server: TokenServer, tmp_path: Path
) -> None:
    path = tmp_path / "deep" / "token.json"
    for _ in range(3):
        async with open_on(token_server, token_file=path) as pt:
            assert dict(await pt.me.get()) == {"ok": True}
    assert token_server.logins == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


async def test_two_clients_that_share_a_file_refresh_once(token_server: TokenServer, tmp_path: Path) -> None:
    path = tmp_path / "token.json"
    async with open_on(token_server, token_file=path) as one, open_on(token_server, token_file=path) as two:
        await asyncio.gather(_result(one.me.get()), _result(two.me.get()))
        token_server.expire()
        calls = [_result(pt.me.get()) for pt in (one, two) for _ in range(20)]
        answers = await asyncio.gather(*calls)
    assert [dict(answer) for answer in answers] == [{"ok": True}] * 40
    assert (token_server.logins, token_server.refreshes, token_server.spent_refreshes) == (1, 1, 0)


def _saved(path: Path, **changes: object) -> TokenFile:
    token = {"access": "a", "refresh": "r", "expires_at": time.time() + 900, "refresh_expires_at": None}
    data = {"origin": URL, "username": "nisv", "token": token} | changes
    path.write_bytes(orjson.dumps(data))
    path.chmod(0o600)
    return TokenFile(path, origin=URL, username="nisv")


def test_a_file_of_another_instance_or_user_is_not_used(tmp_path: Path) -> None:
    quarter: Any = pytest.approx(time.time() + 900, abs=60)
    assert _saved(tmp_path / "a").load() == Token("a", "r", quarter)
    assert _saved(tmp_path / "b", origin="http://other.example").load() is None
    assert _saved(tmp_path / "c", username="somebody").load() is None


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = _saved(tmp_path / "token")
    file.path.chmod(0o640)
    with pytest.raises(errors.ConfigurationError, match="chmod 600"):
        file.load()


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"token": 5}', b'{"token": {"nothing": 1}}'])
def test_a_damaged_file_is_refused(tmp_path: Path, data: bytes) -> None:
    file = _saved(tmp_path / "token")
    file.path.write_bytes(data)
    with pytest.raises(errors.ConfigurationError, match="log in again"):
        file.load()


_PROCESS = """
import asyncio, sys
from aiopeertube import PeerTube
async def main():
    async with PeerTube(sys.argv[1], username="nisv", password="secret123", token_file=sys.argv[2]) as pt:
        for _ in range(5):
            assert (await pt.me.get())["username"] == "nisv"
asyncio.run(main())
"""


def test_two_processes_refresh_a_saved_token_once(tmp_path: Path) -> None:
    from aiopeertube.emulator import Emulator

    path = tmp_path / "token.json"
    with Emulator.in_thread(videos=1) as server:
        run = [sys.executable, "-c", _PROCESS, server.url, str(path)]
        subprocess.run(run, check=True)
        server.expire_tokens()
        both = [subprocess.Popen(run) for _ in range(2)]
        assert [process.wait() for process in both] == [0, 0]
        statistics = server.statistics()
    assert (statistics.logins, statistics.refreshes) == (1, 1)


async def test_no_secret_in_the_log(token_server: TokenServer, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        async with open_on(token_server) as pt:
            await pt.me.get()
            token_server.expire()
            await pt.me.get()
            shown = f"{pt!r} {pt._session!r} {pt._session.token!r} {pt._top!r}"
    for secret in ("right", token_server.access, token_server.refresh):
        assert secret is not None
        assert secret not in caplog.text
        assert secret not in shown


async def test_a_code_is_stripped_and_one_that_is_no_code_ends_the_run_once(
    make_token_server: type[TokenServer],
) -> None:
    server = make_token_server(otp="123456")
    async with open_on(server, otp=" 123456\r\n") as pt:
        assert dict(await pt.me.get()) == {"ok": True}
    with pytest.raises(errors.ConfigurationError, match="text, not int"):
        open_on(server, otp=123456)
    async with open_on(server, otp=lambda: 123456) as pt:
        with pytest.raises(errors.ConfigurationError, match="text, not int"):
            async with pt.bulk(pt.me.get() for _ in range(9)) as outcomes:
                assert [outcome.state async for outcome in outcomes] == ["not started"] * 9
    assert server.logins == 1


async def test_a_function_is_asked_for_another_code_after_a_wrong_one(make_token_server: type[TokenServer]) -> None:
    server, codes = make_token_server(otp="222222"), iter(["111111", "222222"])
    async with open_on(server, otp=lambda: next(codes)) as pt:
        with pytest.raises(errors.WrongTwoFactorCode):
            await pt.login()
        await pt.login()
    assert server.logins == 1


async def test_a_code_whose_function_was_cancelled_is_an_error_of_its_own(token_server: TokenServer) -> None:
    async def code() -> str:
        raise asyncio.CancelledError

    async with open_on(token_server, otp=code) as pt:
        with pytest.raises(errors.NoCode, match="cancelled from within"):
            await pt.login()
        assert pt.statistics().requests == 0


async def test_closing_ends_a_login_that_hangs_and_all_who_wait_at_once(token_server: TokenServer) -> None:
    async def silent(request: Request) -> Response:
        if request.path == "/api/v1/users/token":
            await asyncio.sleep(3600)
        return await token_server.handle(request)

    loop = asyncio.get_running_loop()
    async with PeerTube(URL, username="nisv", password="right", transport=MockTransport(silent)) as pt:
        waiting = [asyncio.create_task(pt.me.get().send()) for _ in range(3)]
        await asyncio.sleep(1)
        began = loop.time()
    assert loop.time() - began < 0.1
    ends = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(end) for end in ends] == [errors.ClientClosed] * 3


async def test_a_refresh_comes_to_its_end_when_the_client_is_closed(
    token_server: TokenServer, tmp_path: Path
) -> None:
    async with open_on(token_server, token_file=tmp_path / "token") as pt:
        await pt.me.get()
        token_server.expire()
        waiting = asyncio.create_task(pt.me.get().send())
        await asyncio.sleep(0.08)  # an answer takes 0.05 s: that the token is dead, and then the new one
        assert token_server.paths.count("POST /api/v1/users/token") == 2
        assert not token_server.refreshes  # it is under way
    with pytest.raises(errors.ClientClosed):
        await waiting
    saved = TokenFile(tmp_path / "token", origin=URL, username="nisv").load()
    assert saved is not None
    assert saved.access == token_server.access


async def test_who_is_cancelled_while_it_is_closed_leaves_nothing_open(
    token_server: TokenServer, tmp_path: Path
) -> None:
    transport, before = MockTransport(token_server.handle), asyncio.all_tasks()

    async def life() -> None:
        options = {"username": "nisv", "password": "right", "token_file": tmp_path / "token"}
        async with PeerTube(URL, transport=transport, **options) as pt:  # type: ignore[arg-type]
            await pt.me.get()
            token_server.expire()
            await pt.me.get()

    living = asyncio.create_task(life())
    await asyncio.sleep(0.22)  # an answer takes 0.05 s, and the fifth request is the refresh
    assert token_server.paths.count("POST /api/v1/users/token") == 2
    assert not token_server.refreshes  # it is under way
    for _ in range(2):  # the second one, while the refresh has its last moment
        living.cancel()
        await asyncio.sleep(0.01)
    with pytest.raises(asyncio.CancelledError):
        await living
    assert transport.closed
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before
