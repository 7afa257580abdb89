"""The options of `set`: which videos, and what changes."""

from dataclasses import dataclass

from aiopeertube.cli.option_sets import option
from aiopeertube.migrate import Rules, Scope


@dataclass(frozen=True, slots=True)
class ScopeFlags(Scope):
    """Which videos."""

    channel: str | None = option("--channel", help="Videos of this channel.")
    account: str | None = option("--account", help="Videos of this account.")
    mine: bool = option("--mine", is_flag=True, help="Your own videos; without it staff edit all of the instance.")


@dataclass(frozen=True, slots=True)
class RuleFlags(Rules):
    """What changes, and where."""

    where: tuple[str, ...] = option(
        "--where", multiple=True, metavar="CONDITION", help="Like language=nl, name~film, views>100; all must hold."
    )
    replace: tuple[str, ...] = option(
        "--replace", multiple=True, metavar="FIELD/FIND/NEW", help="Replace text in a field, or in tags."
    )
    replace_regex: tuple[str, ...] = option(
        "--replace-regex", multiple=True, metavar="FIELD/FIND/NEW", help="Replace what a regular expression finds."
    )
    add_tag: tuple[str, ...] = option("--add-tag", multiple=True, help="Add this tag; repeatable.")
    remove_tag: tuple[str, ...] = option("--remove-tag", multiple=True, help="Remove this tag; repeatable.")
    function: str | None = option(
        "--function", metavar="MODULE:FUNCTION", help="A Python function: gets a video, returns its changes."
    )
