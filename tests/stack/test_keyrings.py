"""Tokens in the system's keyring: the file beside it says only whose they are."""

import builtins
import json
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from keyring_in_memory import InMemory, installed

from aiopeertube import PeerTube, errors
from aiopeertube.emulator import Emulator
from aiopeertube.stack.keyrings import check
from aiopeertube.stack.tokens import Token, TokenFile

pytestmark = pytest.mark.anyio

ORIGIN = "https://videos.example"
TOKEN = Token("access-1", "refresh-1", 5.5, 9.0)
ENTRY = ("aiopeertube", f"anna at {ORIGIN}")


@pytest.fixture
def keyring() -> Iterator[InMemory]:
    with installed() as found:
        yield found


def file(path: Path, *, keyring: bool = False, username: str | None = "anna") -> TokenFile:
    return TokenFile(path / "token", origin=ORIGIN, username=username, keyring=keyring)


def test_the_secret_is_in_the_keyring_and_only_its_name_in_the_file(keyring: InMemory, tmp_path: Path) -> None:
    file(tmp_path, keyring=True).save(TOKEN)
    assert [*keyring.secrets] == [ENTRY]
    kept = (tmp_path / "token").read_text()
    assert json.loads(kept) == {"origin": ORIGIN, "username": "anna", "keyring": ENTRY[1]}
    for reader in (file(tmp_path), file(tmp_path, username=None), file(tmp_path, keyring=True)):
        assert reader.load() == TOKEN
    assert file(tmp_path, username="bob").load() is None


def test_a_renewed_token_goes_where_the_old_one_was(keyring: InMemory, tmp_path: Path) -> None:
    file(tmp_path, keyring=True).save(TOKEN)
    again = file(tmp_path, username=None)
    again.save(Token("access-2"))
    assert again.load() == Token("access-2")
    assert "access" not in (tmp_path / "token").read_text()
    assert len(keyring.secrets) == 1
    again.remove()
    assert (keyring.secrets, (tmp_path / "token").exists()) == ({}, False)
    again.remove()


def test_the_file_stays_the_default(keyring: InMemory, tmp_path: Path) -> None:
    file(tmp_path).save(TOKEN)
    assert keyring.secrets == {}
    file(tmp_path, keyring=True).save(TOKEN)
    assert (len(keyring.secrets), "access-1" in (tmp_path / "token").read_text()) == (1, False)


@pytest.mark.parametrize("odd", ["", "no json", "[]", '{"access": 5}'])
def test_what_is_in_the_keyring_is_looked_at(keyring: InMemory, tmp_path: Path, odd: str) -> None:
    file(tmp_path, keyring=True).save(TOKEN)
    keyring.secrets[ENTRY] = odd
    with pytest.raises(errors.ConfigurationError, match="is not a saved token; remove it and log in again"):
        file(tmp_path).load()
    del keyring.secrets[ENTRY]
    with pytest.raises(errors.ConfigurationError, match="is not a saved token; remove it and log in again"):
        file(tmp_path).load()


def test_a_keyring_that_is_locked_says_so(keyring: InMemory, tmp_path: Path) -> None:
    file(tmp_path, keyring=True).save(TOKEN)
    keyring.locked = True
    for work in (file(tmp_path).load, file(tmp_path).remove):
        with pytest.raises(errors.ConfigurationError, match="keyring cannot be used: nobody unlocked it"):
            work()
    with pytest.raises(OSError, match="nobody unlocked it") as caught:
        file(tmp_path).save(Token("access-2"))
    assert "access-2" not in str(caught.value)


@pytest.mark.parametrize("longest", [0, 20])
def test_one_that_does_not_keep_it_whole_keeps_nothing(keyring: InMemory, tmp_path: Path, longest: int) -> None:
    keyring.longest = longest
    with pytest.raises(OSError, match="does not give back what was kept"):
        file(tmp_path, keyring=True).save(TOKEN)
    assert (keyring.secrets, (tmp_path / "token").exists()) == ({}, False)


@pytest.mark.parametrize("kind", [OSError, RuntimeError, ValueError, AttributeError])
def test_one_that_breaks_says_so_without_its_words(keyring: InMemory, tmp_path: Path, kind: type[Exception]) -> None:
    file(tmp_path, keyring=True).save(TOKEN)
    keyring.broken = kind("cannot keep access-1")
    for work in (file(tmp_path).load, file(tmp_path).remove):
        with pytest.raises(errors.ConfigurationError, match=f"keyring cannot be used: {kind.__name__}"):
            work()
    with pytest.raises(OSError, match=kind.__name__) as caught:
        file(tmp_path).save(TOKEN)
    assert "access-1" not in "".join(traceback.format_exception(caught.value))


def test_a_backend_that_cannot_say_what_it_is_is_none(keyring: InMemory, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: InMemory) -> float:
        raise RuntimeError("needs a bus")

    monkeypatch.setattr(InMemory, "priority", property(broken))
    with pytest.raises(errors.ConfigurationError, match="cannot be used: RuntimeError"):
        check()


def test_where_there_is_none_that_is_said_before_anything_is_sent(tmp_path: Path) -> None:
    with installed(none=True), pytest.raises(errors.ConfigurationError, match="no keyring that can be used"):
        PeerTube(ORIGIN, username="anna", password="x", token_file=tmp_path / "token", keyring=True)
    with pytest.raises(errors.ConfigurationError, match="give a token_file"):
        PeerTube(ORIGIN, username="anna", password="x", keyring=True)


def test_without_the_extra_it_says_which(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.startswith("keyring") and "errors" not in name:
            raise ImportError(name)
        return found(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(errors.ConfigurationError, match=r"install aiopeertube\[keyring\]") as caught:
        file(tmp_path, keyring=True)
    assert caught.value.option == "keyring"


async def test_a_client_logs_in_once_and_the_next_one_uses_the_token(keyring: InMemory, tmp_path: Path) -> None:
    async with Emulator(videos=1) as server:
        options: dict[str, Any] = {"token_file": tmp_path / "token", "keyring": True}
        async with PeerTube(server.url, username="nisv", password="secret123", **options) as pt:
            await pt.me.get()
        ((_, secret),) = keyring.secrets.items()
        assert json.loads(secret)["access"]
        async with PeerTube(server.url, token_file=tmp_path / "token") as pt:
            assert (await pt.me.get())["username"] == "nisv"
            assert pt.statistics().renewals == 0
            await pt.logout()
        assert (keyring.secrets, (tmp_path / "token").exists()) == ({}, False)
