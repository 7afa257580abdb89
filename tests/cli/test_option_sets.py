"""Options as dataclasses: declared once, filled once."""

from dataclasses import FrozenInstanceError, dataclass

import click
import pytest
from click.testing import CliRunner

from aiopeertube.cli.option_sets import option, with_options


@dataclass(frozen=True, slots=True)
class Limits:
    halt: str | None = option("--halt", help="Stop after so many failures.")
    most: int = option("--max-changes", type=click.IntRange(min=0), default=7, show_default=True)


@dataclass(frozen=True, slots=True)
class Rules:
    dry_run: bool = option("--dry-run", is_flag=True)
    tags: tuple[str, ...] = option("--tag", multiple=True)


def run(*args: str) -> list[object]:
    taken: list[object] = []

    @click.command()
    @click.argument("table")
    @with_options(limits=Limits, rules=Rules)
    def command(table: str, limits: Limits, rules: Rules) -> None:
        taken.extend((table, limits, rules))

    answer = CliRunner().invoke(command, args)
    assert answer.exit_code == 0, answer.output
    return taken or [answer.output]


def test_each_set_is_filled_with_its_own() -> None:
    given = run("films.csv", "--halt", "2%", "--dry-run", "--tag", "a", "--tag", "b")
    assert given == ["films.csv", Limits("2%", 7), Rules(True, ("a", "b"))]


def test_nothing_given_is_what_the_class_makes_of_nothing() -> None:
    assert run("films.csv") == ["films.csv", Limits(), Rules()]
    assert Limits() == Limits(None, 7)
    assert Rules() == Rules(False, ())


def test_help_shows_options_in_the_order_of_the_fields() -> None:
    (text,) = run("--help")
    places = [str(text).index(name) for name in ("--halt", "--max-changes", "--dry-run", "--tag")]
    assert places == sorted(places)
    assert "[default: 7;" in str(text)


def test_sets_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        Limits().halt = "5"  # type: ignore[misc]
