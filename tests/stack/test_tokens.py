"""The file that keeps a token, and the lock beside it."""

import asyncio
import math
import os
import stat
import tempfile
from pathlib import Path
from typing import Any

import filelock
import orjson
import pytest

from aiopeertube.errors import ConfigurationError, TokenFileBusy
from aiopeertube.stack.tokens import Token, TokenFile, _is_moment

pytestmark = pytest.mark.anyio


async def test_a_lock_that_is_a_link_leaves_what_it_points_to(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("kept")
    (tmp_path / "token.lock").symlink_to(precious)
    with pytest.raises(ConfigurationError, match="symbolic link"):
        async with TokenFile(tmp_path / "token", origin="https://videos.example", username=None).locked():
            pass
    assert precious.read_text() == "kept"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_a_pipe_is_no_token_file_and_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "token", 0o600)
    file = TokenFile(tmp_path / "token", origin="https://videos.example", username=None)
    with pytest.raises(ConfigurationError, match="no regular file"):
        file.load()
    assert file.saved_username() is None


def saved(path: Path, **changes: object) -> TokenFile:
    token = {"access": "a", "refresh": "r", "expires_at": 5.5, "refresh_expires_at": 9}
    path.write_bytes(orjson.dumps({"origin": "http://a", "username": "anna", "token": token} | changes))
    path.chmod(0o600)
    return TokenFile(path, origin="http://a", username="anna")


def is_locked(file: TokenFile) -> bool:
    return file._lock.is_locked


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# -- the lock ----------------------------------------------------------------------------------------


async def test_the_lock_is_its_owners_alone_and_makes_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "one" / "two" / "token"
    file = TokenFile(path, origin="http://a", username=None)
    assert not file._lock.is_thread_local()
    async with file.locked():
        assert is_locked(file)
        assert mode(tmp_path / "one" / "two" / "token.lock") == 0o600
    assert not is_locked(file)
    assert mode(path.parent) == 0o700


async def test_another_process_is_waited_for_with_a_word_and_a_bound(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path, loop = tmp_path / "token", asyncio.get_running_loop()
    with filelock.FileLock(f"{path}.lock"):
        began = loop.time()
        with pytest.raises(TokenFileBusy) as caught:
            async with TokenFile(path, origin="http://a", username=None).locked():
                pass
        assert loop.time() - began == pytest.approx(30.0, abs=0.05)
    assert str(caught.value) == f"another process has held {path}.lock for 30 s; is it stuck?"
    assert [record.getMessage() for record in caplog.records] == [
        f"waiting for another process to renew the token in {path}, up to 28 s more"
    ]


async def test_another_process_that_lets_go_soon_is_waited_for_in_silence(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path, other = tmp_path / "token", filelock.FileLock(f"{tmp_path / 'token'}.lock")
    other.acquire()
    asyncio.get_running_loop().call_later(1.95, other.release)
    async with TokenFile(path, origin="http://a", username=None).locked():
        pass
    assert not caplog.records


@pytest.mark.parametrize(
    ("error", "said"), [(OSError(37, "no locks here"), "no locks here"), (NotImplementedError("never"), "never")]
)
async def test_where_there_can_be_no_lock_it_does_without(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    file, released = TokenFile(tmp_path / "token", origin="http://a", username=None), list[bool]()

    def refuse(**options: object) -> None:
        assert options == {"blocking": False}
        raise error

    monkeypatch.setattr(file._lock, "acquire", refuse)
    monkeypatch.setattr(file._lock, "release", lambda: released.append(True))
    async with file.locked():
        pass
    assert not released
    assert [record.getMessage() for record in caplog.records] == [
        f"the token in {file.path} cannot be locked: {said}"
    ]


async def test_nobody_is_said_to_hold_a_lock_that_is_not_there(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In places like /proc, a lock that cannot be made looks like one that somebody took and removed."""
    file, loop = TokenFile(tmp_path / "token", origin="http://a", username=None), asyncio.get_running_loop()

    def never(**options: object) -> None:
        raise filelock.Timeout(file._lock.lock_file)

    monkeypatch.setattr(file._lock, "acquire", never)
    began = loop.time()
    async with file.locked():
        assert loop.time() - began == pytest.approx(2.0, abs=0.05)
    assert [record.getMessage() for record in caplog.records] == [
        f"the token in {file.path} cannot be locked: it cannot be made there"
    ]


async def test_a_name_that_no_file_can_have_is_said_to_be_one(tmp_path: Path) -> None:
    file = TokenFile(tmp_path / ("t" * 300), origin="http://a", username=None)
    async with file.locked():
        with pytest.raises(ConfigurationError, match=r"cannot read the saved token .* File name too long"):
            file.load()
    with pytest.raises(ConfigurationError, match=r"cannot remove the saved token .* File name too long"):
        file.remove()
    with pytest.raises(ConfigurationError, match=r"U\+0000"):
        TokenFile(tmp_path / "a\0b", origin="http://a", username=None)


# -- what is in the file -----------------------------------------------------------------------------


def test_what_is_saved_is_what_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "one" / "two" / "token"
    file = TokenFile(path, origin="http://a", username="anna")
    assert (file.load(), file.saved_username()) == (None, None)
    token = Token("a", "r", 5.5, 9)
    file.save(token)
    assert (mode(path), mode(path.parent)) == (0o600, 0o700)
    assert orjson.loads(path.read_bytes()) == {
        "origin": "http://a",
        "username": "anna",
        "token": {"access": "a", "refresh": "r", "expires_at": 5.5, "refresh_expires_at": 9},
    }
    assert file.load() == token
    assert file.saved_username() == "anna"
    assert list(path.parent.iterdir()) == [path]
    file.remove()
    file.remove()
    assert not path.exists()


def test_whose_token_it_is_stays_when_it_is_renewed_without_a_name(tmp_path: Path) -> None:
    saved(tmp_path / "token")
    file = TokenFile(tmp_path / "token", origin="http://a", username=None)
    file.save(Token("b"))
    assert file.saved_username() == "anna"
    assert file.load() == Token("b")


def test_a_file_that_cannot_be_replaced_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").mkdir()
    asked: list[dict[str, object]] = []
    really = tempfile.mkstemp

    def watched(**options: Any) -> tuple[int, str]:
        asked.append(options)
        return really(**options)

    monkeypatch.setattr("tempfile.mkstemp", watched)
    with pytest.raises(OSError, match="directory"):
        TokenFile(tmp_path / "token", origin="http://a", username="anna").save(Token("a"))
    assert [path.name for path in tmp_path.iterdir()] == ["token"]
    assert asked == [{"dir": tmp_path, "prefix": ".token."}]


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "token"
    file = TokenFile(path, origin="http://a", username=None)
    with pytest.raises(ConfigurationError) as caught:
        file.load()
    assert str(caught.value) == f"cannot read the saved token {path}: Not a directory"
    assert file.saved_username() is None


@pytest.mark.parametrize("username", [None, 5, ["anna"], {}])
def test_a_file_without_a_name_names_nobody(tmp_path: Path, username: object) -> None:
    assert saved(tmp_path / "token", username=username).saved_username() is None


KEPT = [
    ({"access": "a"}, Token("a")),
    ({"access": "a", "refresh": "r", "expires_at": 5, "refresh_expires_at": 7.5, "more": 1}, Token("a", "r", 5, 7.5)),
    ({"access": "a", "refresh": None, "expires_at": None, "refresh_expires_at": None}, Token("a")),
    ({"access": ""}, None),
    ({"access": None}, None),
    ({"access": "a b"}, None),
    ({"access": "ä"}, None),
    ({"access": "a\n"}, None),
    ({"access": 5}, None),
    ({"refresh": "r"}, None),
    ({"access": "a", "refresh": ""}, None),
    ({"access": "a", "refresh": 5}, None),
    ({"access": "a", "refresh": "r", "expires_at": "soon"}, None),
    ({"access": "a", "refresh": "r", "expires_at": True}, None),
    ({"access": "a", "refresh": "r", "refresh_expires_at": "soon"}, None),
    ("a", None),
]


@pytest.mark.parametrize(("kept", "token"), KEPT)
def test_a_token_in_a_file_is_taken_as_it_is_or_not_at_all(tmp_path: Path, kept: object, token: Token | None) -> None:
    file = saved(tmp_path / "token", token=kept)
    if token is not None:
        assert file.load() == token
        return
    with pytest.raises(ConfigurationError, match="is not a saved token; remove it and log in again"):
        file.load()


@pytest.mark.parametrize("value", [math.inf, math.nan, -math.inf])
def test_what_is_no_number_is_no_moment(value: float) -> None:
    assert not _is_moment(value)


def test_the_last_second_of_a_token_is_not_worth_a_try() -> None:
    assert not Token("a").expired(1e12)
    assert [Token("a", expires_at=10.0).expired(now) for now in (8.9, 9.0, 9.1)] == [False, True, True]
