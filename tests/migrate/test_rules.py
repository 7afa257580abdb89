"""Rules and conditions over one video."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from aiopeertube.errors import ConfigurationError, InputError
from aiopeertube.migrate.conditions import Condition, condition
from aiopeertube.migrate.fields import Reading
from aiopeertube.migrate.rules import (
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
