"""What the page is told of each item: values of JSON, in the order that its script expects.

A row is `[line, uuid, name, state, reason, changes]`, a change `[field, kind, old, new]`; of a conflict `old` is what
the server has now, and what the field was when the table was exported comes last, if it is known. Where there is a
picture of the video, it is the row's last value.
"""

from typing import Any, Literal

from aiopeertube.migrate.journal.item import Item
from aiopeertube.migrate.metadata.fields import FIELDS, SECRET
from aiopeertube.migrate.plans.report import NOTHING, Diff

Kind = Literal["added", "changed", "emptied", "spacing", "conflict"]
Text = str | Literal[True] | None  # a value for people; True: it is secret, None: there is none


def row_of(item: Item, diff: Diff) -> list[Any]:
    """Return what the page shows of an item; `diff` knows the words for its values."""
    changes = _conflicts(item, diff) if item.state == "conflict" else _changes(item, diff)
    reason = "" if item.state == "conflict" and changes else item.reason
    return [item.line, item.uuid, item.name or item.ref, item.state, reason, changes]


def _changes(item: Item, diff: Diff) -> list[list[Any]]:
    if item.state != "planned":
        return []
    before, found = item.before or {}, []
    for name, value in (item.after or {}).items():
        old, new = _text(name, before.get(name), diff), _text(name, value, diff)
        if name in FIELDS or old != new:  # of what is new nothing has to be said where there is nothing
            found.append([name, kind_of(old, new), old, new])
    return found


def _conflicts(item: Item, diff: Diff) -> list[list[Any]]:
    return [
        [name, "conflict", *(_text(name, sides[side], diff) for side in ("server", "mine", "base") if side in sides)]
        for name, sides in item.note.get("conflicts", {}).items()
    ]


def _text(name: str, value: Any, diff: Diff) -> Text:
    if value in NOTHING:
        return None
    return True if name in SECRET else diff.text(name, value)


def kind_of(old: Text, new: Text) -> Kind:
    """Say how one value becomes another; "spacing": only blanks and line breaks differ."""
    if old is None:
        return "added"
    if new is None:
        return "emptied"
    if isinstance(old, str) and isinstance(new, str) and old.split() == new.split():
        return "spacing"
    return "changed"
