"""What is misspelt gets a suggestion."""

import pytest

from .conftest import Cli


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("exprot a.csv", "'exprot'. Did you mean 'export'"),
        ("VERIFY last", "Did you mean 'verify'?"),
        ("videos lst", "Did you mean 'list'?"),
        ("jobs exprt last", "Did you mean 'export'"),
        ("show", "Did you mean 'jobs show'?"),
        ("pause", "Did you mean 'server-jobs pause'?"),
        ("put 7 nl", "Did you mean 'captions put' or 'chapters put'?"),
        (
            "update 7",
            "Did you mean 'videos update' or 'channels update' or 'playlists update' or 'users update'?",
        ),
        ("captions gte 7 nl", "Did you mean 'get'?"),
        ("channels crate x", "Did you mean 'create'?"),
        ("xyzzy", "No such command 'xyzzy'.\n"),
        ("apply a.csv --dryrun", "--dry-run"),
        ("export a.csv --fields nme", "--fields: nme: did you mean name? (there is no field 'nme')"),
        ("jobs export last --state faild", "'faild' is not one of 'read', 'planned'"),
    ],
)
def test_a_command_or_option_that_there_is_not(cli: Cli, words: str, meant: str) -> None:
    result = cli(*words.split())
    assert result.exit_code == 2
    assert meant in result.stderr


@pytest.mark.parametrize(
    "words", ["videos list --fields uuid,nme", "videos get 1 --fields nme", "videos get 1 2 --fields nme.x"]
)
def test_a_field_that_no_video_has_is_told(user: Cli, words: str) -> None:
    result = user(*words.split())
    assert "--fields: there is no field 'nme'; did you mean name?" in result.stderr
    assert result.stderr.count("no field") == 1


def test_a_field_that_some_videos_have_is_not(user: Cli) -> None:
    assert user("videos", "list", "--fields", "uuid,name,channel.name").stderr == ""
