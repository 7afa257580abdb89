"""Functions of the user's own, and what rules say of themselves."""

import functools
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from aiopeertube.errors import ConfigurationError, InputError
from aiopeertube.migrate.metadata.fields import Reading
from aiopeertube.migrate.metadata.fitting import Cuts
from aiopeertube.migrate.metadata.passwords import SAFE
from aiopeertube.migrate.rules import functions
from aiopeertube.migrate.rules.rules import Rules
from aiopeertube.migrate.scope import Scope
from tests.migrate.test_fields import VIDEO


def returning(value: Any) -> Callable[[Any], Any]:
    """A function that returns this."""

    def function(video: Mapping[str, Any]) -> Any:
        return value

    return function


class Callable1:
    """Something that can be called, and is no function."""

    def __call__(self, video: Any) -> dict[str, Any]:
        return {"name": "Called"}


async def asynchronous(video: Any) -> dict[str, Any]:
    return {}


def two(row: Any, other: Any) -> dict[str, Any]:
    return {}


# -- found -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "arguments", "why"),
    [
        (two, ("video",), "function: two does not take one argument, the video"),
        (
            returning(1),
            ("row", "file"),
            "function: returning.<locals>.function does not take 2 arguments, the row and the file",
        ),
        (asynchronous, ("video",), "function: asynchronous is asynchronous; write it with def alone"),
        (functools.partial(two), ("video",), "function: partial does not take one argument, the video"),
        ("nothing", ("video",), "function: 'nothing' is not of the form MODULE:FUNCTION"),
        (":f", ("video",), "function: ':f' is not of the form MODULE:FUNCTION"),
        ("m:", ("video",), "function: 'm:' is not of the form MODULE:FUNCTION"),
        (
            "no_such_module_here:f",
            ("video",),
            "function: cannot load 'no_such_module_here:f': ModuleNotFoundError: No module",
        ),
        ("mine:tidi", ("video",), "function: 'mine:tidi' is not there: did you mean tidy?"),
        ("mine:qqq", ("video",), "function: 'mine:qqq' is not there; there are Path, tidy"),
        ("mine:NUMBER", ("video",), "function: 'mine:NUMBER' is not a function"),
        ("mine:tidy:x", ("video",), "function: 'mine:tidy:x' is not there"),
        ("mine:tidy", ("a", "b"), "function: 'mine:tidy' does not take 2 arguments, the a and the b"),
        (
            "broken:f",
            ("video",),
            "function: cannot load 'broken:f': ZeroDivisionError: division by zero (broken.py:3)",
        ),
        ("exits:f", ("video",), "function: cannot load 'exits:f': SystemExit: 3 (exits.py:1)"),
        ("unwritten:f", ("video",), "function: cannot load 'unwritten:f': SyntaxError: "),
    ],
)
def test_why_a_function_is_none(
    target: Any, arguments: tuple[str, ...], why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_modules(tmp_path, monkeypatch)
    with pytest.raises(ConfigurationError) as caught:
        functions.loaded(target, arguments=arguments)
    assert str(caught.value).startswith(why)
    assert caught.value.option == "function"
    assert "functions.py" not in str(caught.value)


def write_modules(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "mine.py").write_text(
        "from pathlib import Path\nNUMBER = 3\ndef _hidden(video): ...\n"
        "def tidy(video):\n    return {'name': 'Tidy'}\n"
    )
    (folder / "broken.py").write_text("import math\n\n1 / 0\n")
    (folder / "exits.py").write_text("raise SystemExit(3)\n")
    (folder / "unwritten.py").write_text("def f(:\n")
    monkeypatch.chdir(folder)
    monkeypatch.setattr("sys.path", ["elsewhere"])
    for name in ("mine", "broken", "exits", "unwritten"):
        monkeypatch.delitem(sys.modules, name, raising=False)


def test_a_function_of_the_current_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reading: Reading
) -> None:
    write_modules(tmp_path, monkeypatch)
    function = functions.loaded("mine:tidy", arguments=("video",))
    assert functions.changes_of(function, reading, VIDEO) == {"name": "Tidy"}
    assert sys.path == [str(tmp_path), "elsewhere"]
    assert functions.loaded("mine:tidy", arguments=("video",)) is function
    assert sys.path == [str(tmp_path), "elsewhere"], "once is enough"


def test_what_can_be_called_will_do(reading: Reading) -> None:
    assert functions.loaded(dict, arguments=("video",)) is dict
    thing = functions.loaded(Callable1(), arguments=("video",))
    assert functions.changes_of(thing, reading, VIDEO) == {"name": "Called"}


# -- called ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("returned", "values"),
    [
        (None, {}),
        ({}, {}),
        ({"name": "New"}, {"name": "New"}),
        ({"category.label": "Films"}, {"category": 2}),
        ({"category": 2, "tags": ["bb", "aa"]}, {"category": 2, "tags": ["aa", "bb"]}),
        ({"support": None}, {"support": None}),
        ({"support": ""}, {"support": None}),
        ({"support": "<clear>"}, {"support": "<clear>"}),
        ({"tags": None}, {"tags": []}),
    ],
)
def test_what_a_function_returns(returned: Any, values: dict[str, Any], reading: Reading) -> None:
    assert functions.changes_of(returning(returned), reading, VIDEO) == values


@pytest.mark.parametrize(
    ("returned", "why"),
    [
        ([1], "it must return a mapping of fields to values, not list"),
        ({1: 2}, "it must return a mapping of fields to values, not dict"),
        ({"nmae": "x"}, "nmae: did you mean name? (there is no field 'nmae')"),
        ({"name": None}, "name cannot be cleared"),
        ({"nsfw": 3}, "3 is not a value of nsfw"),
        ({"category": "Filmz"}, "the instance has no category 'Filmz'; did you mean 'Films'?"),
    ],
)
def test_what_no_function_may_return(returned: Any, why: str, reading: Reading) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        functions.changes_of(returning(returned), reading, VIDEO)
    line = returning.__code__.co_firstlineno + 3
    assert str(caught.value) == f"function: returning.<locals>.function (test_functions.py:{line}): {why}"


def test_a_function_that_fails_is_told_with_its_own_last_line(reading: Reading) -> None:
    def fails(video: Any) -> dict[str, Any]:
        return {"name": [][len(video)]}

    def leaves(video: Any) -> dict[str, Any]:
        raise SystemExit(7)

    for function, what in ((fails, "IndexError: list index out of range"), (leaves, "SystemExit: 7")):
        with pytest.raises(ValueError, match=r".") as caught:
            functions.changes_of(function, reading, VIDEO)
        line = function.__code__.co_firstlineno + 1
        where = f"{function.__qualname__} (test_functions.py:{line})"
        assert str(caught.value) == f"function: {where}: {what}"
    with pytest.raises(ValueError, match=r"^function: TypeError: ") as caught:
        functions.changes_of(int, reading, VIDEO)  # type: ignore[arg-type] # whatever is called


def test_the_video_that_a_function_gets_is_a_copy(reading: Reading) -> None:
    def greedy(video: Any) -> dict[str, Any]:
        video["tags"].append("mine")
        return {}

    before = {**VIDEO, "tags": ["a"]}
    functions.changes_of(greedy, reading, before)
    assert before["tags"] == ["a"]


def test_what_is_cut_of_what_a_function_returns_is_said(reading: Reading) -> None:
    said: list[str] = []
    changes = {"name": "x" * 130, "support": "sss"}
    fits = replace(reading, fit=True)
    values = functions.changes_of(returning(changes), fits, VIDEO, cuts=Cuts(said.append))
    assert values == {"name": "x" * 120, "support": "sss"}
    assert said == [f"{VIDEO['uuid']} 'Diergaarde': name cut from 130 to 120 characters"]
    with pytest.raises(ValueError, match="must have 3 to 120"):
        functions.changes_of(returning(changes), reading, VIDEO, cuts=Cuts(said.append))


def test_cells_that_a_function_makes() -> None:
    assert functions.cells_of(returning({"name": "x"}), {"a": 1}, ("name", "tags")) == {"name": "x"}
    with pytest.raises(ValueError, match=r"test_functions\.py:\d+\): nmae: did you mean name\? \(there is no field"):
        functions.cells_of(returning({"name": "x", "nmae": "y"}), {"a": 1}, ("name", "tags"))


def test_a_video_is_called_by_its_uuid_and_name() -> None:
    assert functions.called({"uuid": "u", "name": "n"}) == "u 'n'"
    assert functions.called({}) == " ''"


# -- rules -----------------------------------------------------------------------------------------


def test_a_job_is_called_by_its_rules() -> None:
    rules = Rules(
        edits=("language=nl", "nsfw=no"),
        where=("views>3", "name~x"),
        replace=("name/a/b",),
        replace_regex=("name/c/d",),
        add_tag=("new",),
        remove_tag=("old",),
        function="mine:tidy",
    )
    assert rules.described(Scope(channel="c", account="a", mine=True)) == (
        "set language=nl nsfw=no channel=c account=a mine=True where=('views>3', 'name~x') replace=('name/a/b',) "
        "replace_regex=('name/c/d',) add_tag=('new',) remove_tag=('old',) function=mine:tidy"
    )
    assert Rules(function=two).described(Scope()) == "set function=two"
    assert Rules(function=Callable1()).described(Scope()) == "set"
    secret = Rules(edits=("videoPasswords=abc", "privacy=5")).described(Scope())
    assert secret == f"set videoPasswords={SAFE.seal(['abc'])} privacy=5"


@pytest.mark.parametrize(
    ("rules", "option", "why"),
    [
        (
            Rules(),
            "",
            "Nothing to do: give an edit, a replacement, tags or a function; fields are name, description,",
        ),
        (Rules(edits=("x",)), "", "'x' is not of the form FIELD=VALUE"),
        (Rules(edits=("nmae=x",)), "", "nmae: did you mean name? (there is no field 'nmae')"),
        (
            Rules(edits=("language=Dutsh",)),
            "",
            "language: the instance has no language 'Dutsh'; did you mean 'Dutch'?",
        ),
        (Rules(edits=("originallyPublishedAt=4/5/1939",)), "date_order", "'4/5/1939' may be the 4. of month 5"),
        (Rules(edits=("nsfwFlags=1",)), "", "this server (6.3) has no nsfwFlags, which came with 7.2"),
        (Rules(edits=("name=",)), "", "name: name cannot be cleared"),
        (
            Rules(replace=("name",)),
            "replace",
            "replace: 'name' does not begin with name, description, support or tags",
        ),
        (
            Rules(replace=("nmae/a/b",)),
            "replace",
            (
                "replace: 'nmae/a/b' does not begin with name, description, support or tags, and "
                "then a separator: did you mean name?"
            ),
        ),
        (Rules(replace=("name/a",)), "replace", "replace: 'name/a' is not of the form FIELD/FIND/REPLACEMENT"),
        (Rules(replace=("name//b",)), "replace", "replace: 'name//b' is not of the form FIELD/FIND/REPLACEMENT"),
        (
            Rules(replace=("category/a/b",)),
            "replace",
            "replace: 'category/a/b' does not begin with name, description, support or tags, and then a separator",
        ),
        (Rules(replace_regex=("name/(/b",)), "replace_regex", "replace_regex: 'name/(/b': the expression '(': "),
        (
            Rules(replace_regex=(r"name/a/\1",)),
            "replace_regex",
            r"replace_regex: 'name/a/\\1': the replacement '\\1': ",
        ),
        (Rules(add_tag=("a",)), "add_tag", "add_tag: 'a': must have 2 to 30 characters, has 1"),
        (Rules(edits=("nsfw=no",), where=("nmae=x",)), "where", "where: nmae: did you mean name?"),
        (Rules(function="x"), "function", "function: 'x' is not of the form MODULE:FUNCTION"),
    ],
)
def test_why_rules_make_no_sense(rules: Rules, option: str, why: str, reading: Reading) -> None:
    with pytest.raises((InputError, ConfigurationError)) as caught:
        rules.transform(replace(reading, version=(6, 3)))
    assert str(caught.value).startswith(why)
    found = caught.value.__cause__ if option == "date_order" else caught.value
    assert getattr(found, "option", None) == option


def test_rules_say_what_they_need_and_what_they_pass_over(reading: Reading) -> None:
    rules = Rules(edits=("language=en",), replace=("name/a/b",), add_tag=("new",), where=("support~x", "views>3"))
    transform = rules.transform(reading)
    assert transform.needs == {"language", "name", "tags", "support"}
    assert (transform.whole, Rules(function=returning({})).transform(reading).whole) == (False, True)
    assert transform.passes_over({"views": 2})
    assert not transform.passes_over({"views": 4})
    assert "videoPasswords" not in Rules(function=returning({})).transform(reading).needs


@pytest.mark.parametrize(
    ("rules", "wanted"),
    [
        (Rules(edits=("support=xyz",)), {"support": "xyz"}),
        (Rules(edits=("downloadEnabled=true",)), {}),
        (Rules(replace=("support/a/b",)), {}),
        (Rules(replace=("name/Diergaarde/Zoo/",)), {"name": "Zoo"}),
        (Rules(replace=("name/gaarde/",)), {"name": "Dier"}),
        (Rules(replace_regex=(r"description/(?s).*//",)), {"description": None}),
        (Rules(replace_regex=(r"tags/^(a)(a)$/\2x\1",)), {"tags": ["axa", "b; c"]}),
        (Rules(replace=("tags/aa/",)), {"tags": ["b; c"]}),
        (Rules(add_tag=("aa", "new"), remove_tag=("b; c", "none")), {"tags": ["aa", "new"]}),
        (Rules(remove_tag=("none",)), {}),
        (Rules(edits=("support=xyz",), where=("views>3",)), {}),
        (Rules(edits=("support=xyz",), where=("views=3", "name~dier")), {"support": "xyz"}),
        (Rules(function=returning({"support": "fgh"})), {"support": "fgh"}),
    ],
)
def test_what_rules_want(rules: Rules, wanted: dict[str, Any], reading: Reading) -> None:
    assert rules.transform(reading).wanted(VIDEO) == wanted


def test_what_came_out_is_held_against_the_field(reading: Reading) -> None:
    long = Rules(replace_regex=("name/e/" + "x" * 80,))
    with pytest.raises(ValueError, match=r"^name: must have 3 to 120 characters"):
        long.transform(reading).wanted(VIDEO)
    said: list[str] = []
    fits = long.transform(replace(reading, fit=True), say=said.append).wanted(VIDEO)
    assert len(fits["name"]) == 120
    assert said == [f"{VIDEO['uuid']} 'Diergaarde': name cut from 168 to 120 characters"]
    said.clear()
    tags = Rules(edits=("tags=" + ";".join(f"tag{n}" for n in range(7)),))
    assert tags.transform(replace(reading, fit=True), say=said.append).wanted(VIDEO) == {
        "tags": ["tag0", "tag1", "tag2", "tag3", "tag4"]
    }
    assert said == ["every video: tags without 'tag5', 'tag6'"]
