"""Conditions: what is compared with what, and what cannot be."""

from typing import Any

import pytest

from aiopeertube.errors import InputError
from aiopeertube.migrate.metadata.fields import Reading
from aiopeertube.migrate.rules.conditions import condition

VIDEO: dict[str, Any] = {
    "uuid": "5a71eb42-d31d-4cf0-9a63-42319bfeb9c6",
    "id": 7,
    "name": "Diergaarde Blijdorp",
    "description": None,
    "support": "",
    "tags": ["Zoo", "film"],
    "language": {"id": "nl", "label": "Dutch"},
    "category": {"id": None, "label": "Unknown"},
    "privacy": {"id": 1, "label": "Public"},
    "nsfw": False,
    "views": 100,
    "duration": 0,
    "isLive": False,
    "createdAt": "2020-05-31T12:00:00.000Z",
    "updatedAt": "2020-05-31T14:00:00+02:00",
    "originallyPublishedAt": None,
    "account": {"id": 3, "name": "anna", "displayName": "Anna A", "host": "here"},
    "channel": {"id": 2, "name": "nisv_channel"},
    "state": {"id": 1, "label": "Published"},
}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("name=Diergaarde Blijdorp", True),
        ("name = Diergaarde Blijdorp ", True),
        ("name=diergaarde blijdorp", False),
        ("name!=x", True),
        ("name~GAARDE", True),
        ("name~ x", False),
        ("name!~gaarde", False),
        ("name!~x", True),
        ("description=", True),
        ("description!=", False),
        ("support=", True),
        ("support!=", False),
        ("description~x", False),
        ("description!~x", True),
        ("tags=film", True),
        ("tags=zoo", False),
        ("tags!=zoo", True),
        ("tags~ZO", True),
        ("tags~x", False),
        ("tags=", False),
        ("language=nl", True),
        ("language=Dutch", True),
        ("language!=English", True),
        ("language.label=Dutch", True),
        ("category=", True),
        ("category=Music", False),
        ("privacy=1", True),
        ("nsfw=no", True),
        ("nsfw=true", False),
        ("nsfw!=true", True),
        ("isLive=0", True),
        ("views=100", True),
        ("views>99", True),
        ("views>100", False),
        ("views<100", False),
        ("views<100.5", True),
        ("views>=100", True),
        ("views<=100", True),
        ("views<=99", False),
        ("duration<1", True),
        ("duration=0", True),
        ("createdAt>2020", True),
        ("createdAt<2020-06", True),
        ("createdAt>=2020-06-01", False),
        ("createdAt~2020-05", True),
        ("createdAt~T12", True),
        ("createdAt!~2021", True),
        ("updatedAt=2020-05-31 12:00", True),
        ("originallyPublishedAt=", True),
        ("originallyPublishedAt<1950", False),
        ("originallyPublishedAt>1950", False),
        ("originallyPublishedAt!=1950", True),
        ("account=anna", True),
        ("account.name=anna", True),
        ("account.displayName~a a", True),
        ("account.id=3", True),
        ("channel=nisv_channel", True),
        ("channel=afp", False),
        ("channel.id!=3", True),
        ("channel.name~NISV", True),
        ("state=Published", True),
        ("state.id<2", True),
        ("id=7", True),
        ("uuid~5A71", True),
    ],
)
def test_what_holds(text: str, holds: bool, reading: Reading) -> None:
    assert condition(text, reading).holds(VIDEO) is holds


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("name", "'name' is not a condition like language=nl, name~film or views>100"),
        ("=x", "'=x' is not a condition like language=nl, name~film or views>100"),
        ("nmae=x", "nmae: did you mean name? (there is no field 'nmae')"),
        ("videoPasswords=x", "videoPasswords is secret, and cannot be looked for"),
        ("name==x", "'name==x': there is no operator ==: did you mean =?"),
        ("name===x", "'name===x': there is no operator ===: did you mean =?"),
        ("name=!x", "'name=!x': there is no operator =!: did you mean !=?"),
        ("name<>x", "'name<>x': there is no operator <>: did you mean !=?"),
        ("name!x", "'name!x': there is no operator !: did you mean !=?"),
        ("name=~x", "'name=~x': there is no operator =~: did you mean ~?"),
        ("name~=x", "'name~=x': there is no operator ~=: did you mean ~?"),
        ("views=<3", "'views=<3': there is no operator =<: did you mean <=?"),
        ("views=>3", "'views=>3': there is no operator =>: did you mean >=?"),
        ("views==<3", "'views==<3': there is no operator ==<: did you mean =?"),
        ("views><3", "'views><3': there is no operator ><; there are = != ~ !~ < > <= >="),
        ("name<x", "'name<x': name is text, which != !~ = ~ compare"),
        ("nsfw~x", "'nsfw~x': nsfw is true or false, which != = compare"),
        ("views~3", "'views~3': views is a number, which != < <= = > >= compare"),
        ("language<nl", "'language<nl': language is one of a list, which != = compare"),
        ("nsfwFlags>3", "'nsfwFlags>3': nsfwFlags is a value, which != = compare"),
        ("tags>a", "'tags>a': tags is a list of texts, which != !~ = ~ compare"),
        ("createdAt=x", "'createdAt=x': 'x' is not a date like 1950 or 1950-05-31: 'x' is no date"),
        ("createdAt~May", "'createdAt~May': 'May' is not part of a date"),
        ("views>many", "'views>many': 'many' is not a number"),
        ("views>inf", "'views>inf': 'inf' is not a number"),
        ("views>1_0", "'views>1_0': '1_0' is not a number"),
        ("views=", "'views=': there is nothing to compare with; it is a number"),
        ("name~", "'name~': there is nothing to compare with; it is text"),
        ("originallyPublishedAt<", "'originallyPublishedAt<': there is nothing to compare with; it is a date"),
        ("privacy=", "'privacy=': there is nothing to compare with; it is one of a list"),
        ("nsfw=", "'nsfw=': there is nothing to compare with; it is true or false"),
        ("nsfw=x", "'nsfw=x': 'x' is neither true nor false"),
        ("language=Dutsh", "'language=Dutsh': the instance has no language 'Dutsh'; did you mean 'Dutch'?"),
        ("nsfwFlags=x", "'nsfwFlags=x': 'x' is not a whole number"),
    ],
)
def test_what_is_no_condition(text: str, why: str, reading: Reading) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        condition(text, reading)
    assert str(caught.value).startswith(why)


def test_what_it_needs_and_what_a_row_tells(reading: Reading) -> None:
    of_tags, of_views = condition("tags=film", reading), condition("views>200", reading)
    assert (of_tags.name, of_tags.needs, of_tags.fails_in(VIDEO)) == ("tags", frozenset({"tags"}), False)
    assert (of_views.name, of_views.needs, of_views.fails_in(VIDEO)) == ("views", frozenset[str](), True)
    assert condition("account=x", reading).name == "account.name"
    assert condition("tags=x", reading).fails_in(VIDEO)
    assert not condition("tags=x", reading).fails_in({"name": "n"}), "a row without tags tells nothing of them"
    assert not condition("name=x", reading).fails_in({"name": 3}), "what is odd tells nothing"
    assert not condition("likes>3", reading).fails_in(VIDEO), "what is missing tells nothing"


def test_a_field_that_a_servers_videos_do_not_have(reading: Reading) -> None:
    for text, name in (("likes>3", "likes"), ("account.url~x", "account.url"), ("channel.host=x", "channel.host")):
        with pytest.raises(InputError) as caught:
            condition(text, reading).holds(VIDEO)
        assert f"have no {name}" in str(caught.value)
        assert caught.value.option == "where"
