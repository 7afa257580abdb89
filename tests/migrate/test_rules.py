"""Rules and conditions over one video."""

import os
import re
import signal
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from aiopeertube.errors import ConfigurationError, InputError
from aiopeertube.migrate.metadata.fields import Reading
from aiopeertube.migrate.rules.conditions import Condition, condition
from aiopeertube.migrate.rules.rules import (
    Rule,
    Rules,
    Transform,
    calling,
    replacing,
    setting,
    tagging,
)
from tests.migrate.test_fields import VIDEO


def wanted(*rules: Rule, where: Sequence[Condition] = ()) -> dict[str, Any]:
    return Transform(rules, where).wanted(VIDEO)


def test_setting_fields_that_differ(reading: Reading) -> None:
    assert wanted(setting("downloadEnabled=false", reading), setting("language=Dutch", reading)) == {
        "downloadEnabled": False
    }
    assert wanted(setting("description=", reading)) == {"description": None}
    assert wanted(setting("tags=x1;y1", reading)) == {"tags": ["x1", "y1"]}


@pytest.mark.parametrize("text", ["downloadEnabled", "nosuch=1", "name=", "language=xx", "nsfw=perhaps"])
def test_settings_that_can_be_nothing(text: str, reading: Reading) -> None:
    with pytest.raises(ValueError, match=r"."):
        setting(text, reading)


def test_find_and_replace() -> None:
    assert wanted(replacing("name/gaarde/tuin")) == {"name": "Diertuin"}
    assert wanted(replacing("name/gaarde/tuin/")) == {"name": "Diertuin"}
    assert wanted(replacing("name|D|1/2 ")) == {"name": "1/2 iergaarde"}
    assert wanted(replacing("name/./x")) == {}
    assert wanted(replacing("name/^D(.)/E\\1\\1", regex=True)) == {"name": "Eiiergaarde"}
    assert wanted(replacing("name/D/\\1")) == {"name": "\\1iergaarde"}
    assert wanted(replacing("tags/aa/aaa")) == {"tags": ["aaa", "b; c"]}
    assert wanted(replacing("support/a/b")) == {}


@pytest.mark.parametrize("text", ["category/a/b", "name", "name/a", "name//b", "name/a/b/c"])
def test_replacements_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        replacing(text)


def test_a_value_that_the_field_cannot_have_is_told_with_its_name(reading: Reading) -> None:
    with pytest.raises(ValueError, match=r"^name: must have 3 to 120"):
        setting("name=x", reading)


def test_a_tag_that_no_video_can_have_is_refused_at_once(reading: Reading) -> None:
    with pytest.raises(InputError, match="add_tag: 'x': must have 2 to 30 characters") as caught:
        Rules(add_tag=("ab", "x")).transform(reading)
    assert caught.value.option == "add_tag"
    assert Rules(add_tag=("x" * 31,)).transform(replace(reading, fit=True)).rules


def test_tags_are_added_and_removed() -> None:
    assert wanted(tagging(["zz"], ["aa"])) == {"tags": ["b; c", "zz"]}
    assert wanted(tagging(["aa"], ["nope"])) == {}
    with pytest.raises(ValueError, match="at most 5"):
        wanted(tagging(["t1", "t2", "t3", "t4"], []))


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("language=nl", True),
        ("language=Dutch", True),
        ("language!=nl", False),
        ("licence=", True),
        ("licence!=", False),
        ("name~GAARDE", True),
        ("name!~gaarde", False),
        ("tags=aa", True),
        ("tags=b", False),
        ("tags~c", True),
        ("originallyPublishedAt<1950", True),
        ("originallyPublishedAt>=1950", False),
        ("downloadEnabled=true", True),
        ("channel=afp", True),
        ("account.name=nisv", True),
        ("views>3", False),
    ],
)
def test_conditions(text: str, holds: bool, reading: Reading) -> None:
    assert condition(text, reading).holds(VIDEO) is holds


@pytest.mark.parametrize("text", ["language", "language=xx", "=3", "originallyPublishedAt<soon"])
def test_conditions_that_are_none(text: str, reading: Reading) -> None:
    with pytest.raises(ValueError, match=r"."):
        condition(text, reading)


def test_rules_apply_where_all_conditions_hold(reading: Reading) -> None:
    rule = setting("nsfw=true", reading)
    assert wanted(rule, where=[condition("language=nl", reading), condition("name~gaarde", reading)]) == {
        "nsfw": True
    }
    assert wanted(rule, where=[condition("language=nl", reading), condition("name~zoo", reading)]) == {}


def test_a_function_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reading: Reading) -> None:
    (tmp_path / "my_rules.py").write_text(
        "def shout(video):\n    return {'name': video['name'].upper(), 'language': 'English', 'description': None}\n"
        "def nothing(video):\n    return None\n"
        "def wrong(video):\n    return {'name': 'x' * 200}\n"
        "value = 3\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert wanted(calling("my_rules:shout", reading)) == {"name": "DIERGAARDE", "language": "en", "description": None}
    assert wanted(calling("my_rules:nothing", reading)) == {}
    with pytest.raises(ValueError, match="3 to 120"):
        wanted(calling("my_rules:wrong", reading))
    for target in ("my_rules:none", "my_rules:value", "my_rules", "no_such_module:f"):
        with pytest.raises(ConfigurationError):
            calling(target, reading)


@pytest.mark.parametrize("rule", ["name/(/x/", r"name/a/\1/", r"name/(a)/\g<b>/", r"name/a/\/", "tags/[/x/"])
def test_a_bad_expression_is_refused_with_its_rule(rule: str, reading: Reading) -> None:
    with pytest.raises(InputError, match=r"'(name|tags)/"):
        Rules(replace_regex=(rule,)).transform(reading)


def test_a_group_that_may_be_missing_is_no_error() -> None:
    assert replacing(r"name/(x)?a/\1b/", regex=True).needs == {"name"}


@pytest.mark.parametrize("function", ["os:getcwd", os.getcwd])
def test_a_function_takes_a_video(function: Any, reading: Reading) -> None:
    with pytest.raises(ConfigurationError, match="does not take one argument"):
        calling(function, reading)


def test_what_a_function_raises_is_the_failure_of_its_video(reading: Reading) -> None:
    def missing(video: Any) -> Any:
        return {"name": video["no such"]}

    functions: list[Any] = [missing, lambda _: ["name"], lambda _: {1: "x"}]
    for function in functions:
        with pytest.raises(ValueError, match="function: "):
            calling(function, reading).change({}, {})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("langauge!=nl", "langauge: did you mean language?"),
        ("veiws>3", "veiws: did you mean views?"),
        ("account.nmae=x", "account.nmae: did you mean account.name?"),
        ("zzz=1", "there is no field 'zzz'"),
        ("views=>3", "no operator =>: did you mean >=?"),
        ("name==x", "no operator ==: did you mean =?"),
        ("name<>x", "no operator <>: did you mean !=?"),
        ("name like x", "not a condition like"),
        ("views>many", "'many' is not a number"),
        ("views=1_000", "not a number"),
        ("views>inf", "not a number"),
        ("views>", "nothing to compare with"),
        ("views~1", "views is a number"),
        ("name>Z", "name is text"),
        ("nsfw=maybe", "neither true nor false"),
        ("isLive=", "nothing to compare with"),
        ("privacy=Publik", "did you mean 'Public'"),
        ("privacy=", "nothing to compare with"),
        ("language~nl", "language is one of a list"),
        ("channel=nobody", "there is no channel 'nobody'"),
        ("createdAt>soon", "not a date"),
        ("originallyPublishedAt~soon", "not part of a date"),
        ("description~", "nothing to compare with"),
    ],
)
def test_a_condition_that_cannot_be_meant_is_refused(text: str, said: str, reading: Reading) -> None:
    with pytest.raises(InputError, match=re.escape(said)) as refused:
        Rules(("nsfw=true",), where=(text,)).transform(reading)
    assert refused.value.option == "where"


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("views>=2.5", True),
        ("account=nisv", True),
        ("createdAt<2020", True),
        ("createdAt>=2019-12-31T23:00:00+02:00", True),
        ("originallyPublishedAt~1939-05", True),
        ("originallyPublishedAt=", False),
        ("name~ =", False),
        ("isLive=no", True),
        ("duration>0", False),
    ],
)
def test_what_else_a_video_has_can_be_compared(text: str, holds: bool, reading: Reading) -> None:
    video = {**VIDEO, "createdAt": "2019-12-31T22:00:00Z", "isLive": False, "duration": None}
    assert condition(text, reading).holds(video) is holds


def test_what_this_servers_videos_lack_ends_the_run(reading: Reading) -> None:
    with pytest.raises(InputError, match="have no comments"):
        condition("comments>3", reading).holds(VIDEO)


def test_a_misspelt_edit_has_a_suggestion(reading: Reading) -> None:
    with pytest.raises(InputError, match=r"langauge: did you mean language\?"):
        Rules(("langauge=nl",)).transform(reading)
    with pytest.raises(InputError, match=r"desciption.*did you mean description\?"):
        Rules(replace=("desciption/a/b",)).transform(reading)


@pytest.mark.parametrize("rule", ["name/^(a+)+$/x", "tags/^(a|a)*$/x"])
def test_an_expression_that_never_ends_is_stopped(
    rule: str, reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aiopeertube.migrate.rules.patterns.SECONDS", 0.05)
    rules = Rules(replace_regex=(rule,)).transform(reading)
    text = "a" * 60 + "!"
    with pytest.raises(InputError, match=f"5a71eb42.*'{text}'") as stopped:
        rules.wanted({**VIDEO, "name": text, "tags": [text]})
    assert rule in str(stopped.value)
    assert stopped.value.option == "replace_regex"


def test_a_timer_that_was_set_goes_on_after_a_search(reading: Reading) -> None:
    heard: list[int] = []
    theirs = signal.signal(signal.SIGALRM, lambda number, frame: heard.append(number))
    timer = signal.setitimer(signal.ITIMER_REAL, 0.02)
    try:
        assert wanted(replacing("name/^D/d", regex=True)) == {"name": "diergaarde"}
        while not heard:
            signal.pause()
    finally:
        signal.setitimer(signal.ITIMER_REAL, *timer)
        signal.signal(signal.SIGALRM, theirs)


def test_the_error_of_a_function_names_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reading: Reading
) -> None:
    (tmp_path / "placed_rules.py").write_text(
        "import json, sys\n"
        "def reads(video):\n"
        "    return json.loads('{')\n"
        "def leaves(video):\n    sys.exit(3)\n"
        "def typo(video):\n    return {'langauge': 'nl'}\n"
        "def number(video):\n    return 3\n"
        "async def waits(video):\n    return {}\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    for name, said in (
        ("reads", r"reads \(placed_rules.py:3\): JSONDecodeError"),
        ("leaves", r"leaves \(placed_rules.py:5\): SystemExit"),
        ("typo", r"typo \(placed_rules.py:6\): langauge: did you mean language\?"),
        ("number", r"number \(placed_rules.py:8\): it must return a mapping of fields to values, not int"),
    ):
        with pytest.raises(ValueError, match=said):
            wanted(calling(f"placed_rules:{name}", reading))
    with pytest.raises(ConfigurationError, match="is asynchronous"):
        calling("placed_rules:waits", reading)
    with pytest.raises(ConfigurationError, match=r"did you mean reads\?"):
        calling("placed_rules:raeds", reading)


def test_a_module_that_fails_is_told_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reading: Reading
) -> None:
    (tmp_path / "failing_rules.py").write_text("import sys\nsys.exit('no')\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ConfigurationError, match=r"SystemExit: no \(failing_rules.py:2\)"):
        calling("failing_rules:f", reading)


def test_what_a_function_does_to_its_video_changes_nothing(reading: Reading) -> None:
    def renames(video: Any) -> Any:
        video["name"] = "Other"
        video["tags"].clear()
        return {"support": "x" * 5}

    assert wanted(calling(renames, reading)) == {"support": "xxxxx"}
    assert (VIDEO["name"], VIDEO["tags"]) == ("Diergaarde", ["b; c", "aa"])


def test_what_is_cut_to_fit_is_listed(reading: Reading) -> None:
    said: list[str] = []
    rules = Rules(
        (f"support={'s' * 1100}",), replace=(f"name/D/{'D' * 130}",), add_tag=("c1", "d1", "e1", "f1"),
        function=lambda video: {"description": "d" * 10_001},
    ).transform(replace(reading, fit=True), say=said.append)  # fmt: skip
    assert said == ["every video: support cut from 1,100 to 1,000 characters"]
    values = rules.wanted(VIDEO)
    assert {name: len(value) for name, value in values.items()} == {
        "support": 1000, "name": 120, "tags": 5, "description": 10_000,
    }  # fmt: skip
    which = "5a71eb42-d31d-4cf0-9a63-42319bfeb9c6 'Diergaarde'"
    assert said[1:] == [
        f"{which}: description cut from 10,001 to 10,000 characters",
        f"{which}: name cut from 139 to 120 characters",
        f"{which}: tags without 'f1'",
    ]
