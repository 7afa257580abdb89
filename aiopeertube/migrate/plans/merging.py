"""Whose edit is whose: what a table or a plan says a video was, beside what it is to be and what the server has now.

What is known is kept in an item's `note`:

- `base`: what fields were when the table was exported, or the plan was made: a value, or a digest (see `exported`);
- `own`: digests of what earlier jobs of the same table wrote last;
- `since`: when the video was edited last, as its row says, where nothing else is known of it;
- `seen`: when the video had been edited last, as the server said at the last look; in `proof` that of a plan, whose
  `base` is what stood there then;
- `hidden`: that the video had no object that everybody may see (see `objects`);
- `expected`: what the job wrote that is to be undone; `late`: that this is still to be compared with what is there,
  just before it is undone, and what a list's row told of the video, as far as that is of use;
- `conflicts`: fields that somebody else changed meanwhile, with `base` (where it is known), `mine` and `server`.

What an earlier look at the server found is known, too: `before`, and `looked` for fields that are in conflict since,
or that the job itself wrote since.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from aiopeertube.migrate.journal.item import EXPECTED, Item
from aiopeertube.migrate.metadata import fields
from aiopeertube.migrate.metadata.changes import driver
from aiopeertube.migrate.metadata.excerpts import excerpts
from aiopeertube.migrate.metadata.fields import FIELDS
from aiopeertube.migrate.metadata.values import server_moment
from aiopeertube.migrate.metadata.vocabulary import Vocabulary
from aiopeertube.migrate.rows.exported import digest, is_same, is_told
from aiopeertube.migrate.rows.own_writes import EXPORT

from .report import Diff

_UNKNOWN: Final = object()


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that both sides changed; `base` is "?" where nobody knows what it was. Values are texts for people."""

    video: str
    name: str
    line: int | None
    field: str
    base: str
    mine: str
    server: str

    def __str__(self) -> str:
        return f"{self.field} was {self.base}, is wanted {self.mine}, and is {self.server} now"


def conflicts(item: Item, now: Mapping[str, Any], updated_at: Any) -> dict[str, Any]:
    """Return the wanted fields that somebody else changed since the table or the plan was made.

    `now` is what the server has of the fields, `updated_at` when it says that the video was edited last.
    """
    return {
        name: _sides(item, name, mine, now[name])
        for name, mine in item.wanted.items()
        if mine != now[name] and _is_foreign(item, cause := _cause(item, name, now), now[cause], updated_at)
    }


def _cause(item: Item, name: str, now: Mapping[str, Any]) -> str:
    """Name the field that tells why another has no value: videos that are not protected have no passwords."""
    return "privacy" if name in fields.SECRET and now[name] is None and "privacy" in item.wanted else name


def drops(item: Item, before: Mapping[str, Any], after: Mapping[str, Any], updated_at: Any) -> dict[str, Any]:
    """Return what somebody else changed since, and the server would drop with a wanted field; and that field.

    `before` and `after` are what would change of the video.
    """
    found: dict[str, Any] = {}
    for name, mine in after.items():
        cause = driver(name)
        is_dropped = cause in after and mine in _NONE and before[name] not in _NONE
        if is_dropped and _is_foreign(item, name, before[name], updated_at):
            found |= {which: _sides(item, which, after[which], before[which]) for which in (name, cause)}
    return found


_NONE: Final = (None, "", 0)


def _sides(item: Item, name: str, mine: Any, server: Any) -> dict[str, Any]:
    base = {**item.known, **item.note.get("base", {})}.get(name, _UNKNOWN)
    known = {} if base is _UNKNOWN or not is_told(base) else {"base": base}
    return known | {"mine": mine, "server": server}


def unexpected(item: Item) -> dict[str, Any]:
    """Return what would change of a video, and is not as the job to be undone left it, or may have left it."""
    expected, perhaps = item.note[EXPECTED] or {}, item.note.get("perhaps", {})
    after = item.after or {}
    return {
        name: ({"base": expected[name]} if name in expected else {}) | {"mine": after[name], "server": value}
        for name, value in (item.before or {}).items()
        if value not in (expected.get(name, _UNKNOWN), perhaps.get(name, _UNKNOWN))
    }


def _is_foreign(item: Item, name: str, server: Any, updated_at: Any) -> bool:
    """Tell whether a value is neither what we knew, nor what we wrote."""
    base, own, seen = item.note.get("base", {}), item.note.get("own", {}), item.known
    if (name in seen and seen[name] == server) or (name in own and own[name] == digest(server)):
        return False
    if name in base or name in own or name in seen:
        return name not in base or not is_same(base[name], server)
    since = item.note.get("since")
    return since is not None and not is_moment(since, updated_at)


def is_moment(cell: Any, moment: Any) -> bool:
    """Tell whether a cell has this moment; spreadsheets may cut its milliseconds off."""
    try:
        there, here = server_moment(cell), server_moment(moment)
    except (ValueError, OverflowError):
        return False
    if there is None or here is None:
        return False
    return there == here or (there.endswith(".000Z") and there[:19] == here[:19])


def proven(item: Item, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a list's row lacks and a plan knows, where the video was not edited since; as an answer has it."""
    if not row.get("updatedAt") or item.note.get("proof") != row["updatedAt"]:
        return {}
    base = item.note.get("base", {})
    lacking = [name for name in item.wanted if name in base and fields.lacks(row, (name,)) and _is_answered(name)]
    return {name: {"id": base[name]} if FIELDS[name].labelled else base[name] for name in lacking}


def _is_answered(name: str) -> bool:
    """Tell whether an answer has a field under its own name."""
    return "." not in name and name not in fields.SECRET


def planned(item: Item) -> Item:
    """Want what a plan wants of a video, if it still is what it was then; that has to be looked at."""
    seen = item.note.get("seen")
    proof = {"proof": seen} if seen else {}
    note = {"base": dict(item.before or {})} | proof | {name: item.note[name] for name in KEPT if name in item.note}
    return replace(item, wanted=dict(item.after or {}), state="read", before=None, after=None, note=note, ready=False)


def reopened(item: Item) -> Item:
    """Want again what was in conflict: another look may find otherwise."""
    note = {name: value for name, value in item.note.items() if name != "conflicts"}
    return replace(item, state="read", reason="", before=None, after=None, note=note, ready=False)


KEPT: Final = ("key", EXPORT)  # of a planned item's note


def set_apart(item: Item) -> Item | None:
    """Make an item of its own of an item's conflicts, so that the rest can be carried out; None: it has none.

    Another look is at both, so it knows what this one has found of the rest.
    """
    found = item.note.get("conflicts")
    if not found or item.state != "planned":
        return None
    note = {name: value for name, value in item.note.items() if name != "seen"}
    note["looked"] = {**(item.before or {}), **item.note.get("looked", {})}
    after = {name: both["mine"] for name, both in found.items()}
    apart = replace(item, id=0, state="conflict", before=None, after=after, note=note, ready=False)
    item.wanted = {name: value for name, value in item.wanted.items() if name not in found}
    item.note = {name: value for name, value in item.note.items() if name != "conflicts"}
    item.reason = ""
    return apart


def told(item: Item, words: Vocabulary) -> list[Conflict]:
    """Return an item's conflicts for people: one line of text a value, labels in place of ids."""
    shown = []
    for name, values in item.note.get("conflicts", {}).items():
        texts = {which: Diff(words).text(name, value) for which, value in values.items()}
        brief = dict(zip(texts, excerpts([*texts.values()]), strict=True))
        shown.append(
            Conflict(item.uuid, item.name, item.line, name, brief.get("base", "?"), brief["mine"], brief["server"])
        )
    return shown


def reason(item: Item, words: Vocabulary) -> str:
    """Say in one line what is in conflict."""
    return "changed by somebody else: " + "; ".join(str(conflict) for conflict in told(item, words))
