"""Valid JSON of a shape that nobody expects is the server's fault, and told as such; no bug of ours, no success."""

import pytest

from aiopeertube.emulator import Emulator

from .conftest import Cli

COMMANDS = (
    "channels list",
    "channels list --mine",
    "channels list --search x",
    "channels get films",
    "channels get films root_channel",
    "channels create films",
    "playlists list",
    "playlists list --mine",
    "playlists items 1",
    "playlists get 1",
    "playlists create Films",
    "playlists update 1 --channel films",
    "captions list 1",
    "captions get 1 nl",
    "chapters get 1",
    "comments list",
    "comments list --held",
    "comments list 1",
    "comments get 1/1",
    "comments create 1 Hello",
    "users list",
    "users list --role user",
    "users get 1",
    "users create anna --email a@example.com --mail-password-link",
    "imports list",
    "imports list --video-id 3",
    "server-jobs list",
    "server-jobs list --all",
)
ANSWERS = {
    "array": [],
    "text": "film",
    "page of texts": {"data": ["film"], "total": 1},
    "page of arrays": {"data": [[]], "total": 1, "chapters": [7], "children": {}, "comment": []},
}
# These have a field that the command shows as it is: an object is an object.
SHOWN = ("channels get", "playlists get", "users get")


@pytest.mark.parametrize("name", ANSWERS)
def test_what_is_no_answer(server: Emulator, admin: Cli, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    answer = ANSWERS[name]
    for module in ("_base", "_api"):
        monkeypatch.setattr(f"aiopeertube.resources.{module}.json_value", lambda _: answer)
    monkeypatch.setattr("aiopeertube.resources._api.unquoted_json", lambda _: answer)
    for command in COMMANDS:
        if isinstance(answer, dict) and (command.startswith(SHOWN) or command == "channels create films"):
            continue
        result = admin(*command.split())
        assert result.exit_code not in {0, 70}, (command, result.output)
        assert "aiopeertube: " in result.stderr
