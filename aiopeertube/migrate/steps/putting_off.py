"""What is looked at only just before it is put back, so that a rollback reads each video once.

What a job wrote stands in its journal, so the way back can be planned without a look: what was there before is
wanted, where what the job wrote still is. See `kinds.update` for the look.
"""

from collections.abc import Mapping
from typing import Any, Final

from aiopeertube.migrate.journal.item import EXPECTED, LATE, Item
from aiopeertube.migrate.metadata.field_reads import PASSWORDS
from aiopeertube.migrate.metadata.fields import PROTECTED, keys_of
from aiopeertube.migrate.metadata.objects import HIDDEN, Objects
from aiopeertube.migrate.scope import Seen, Who

_OF_EACH: Final = frozenset({"uuid", "name", "updatedAt", "isLocal", "privacy"})


def can_be_put_off(one: Seen, who: Who) -> bool:
    """Tell whether an item can be planned by what a job wrote; else a look shows that it cannot be done.

    What has to do with passwords cannot: these are kept nowhere. Nor can what the job only may have written.
    """
    item: Item = one.tag
    protects = PASSWORDS in item.wanted or item.wanted.get("privacy") == PROTECTED
    is_ours = one.row is None or who.may_edit(one.row)
    is_known = bool(item.wanted) and bool(item.note.get(EXPECTED)) and "perhaps" not in item.note
    return is_known and not protects and is_ours


def put_off(one: Seen, objects: Objects | None) -> None:
    """Plan an item by what a job wrote; what a list's row tells of its video is kept where an object completes it."""
    item: Item = one.tag
    expected = item.note[EXPECTED]
    item.before, item.after = {name: expected.get(name) for name in item.wanted}, dict(item.wanted)
    item.uuid, item.name, item.ready = item.ref, str((one.row or {}).get("name") or item.name), True
    has_object = objects is not None and one.row is not None and objects.tell_of(one.row, one.needs)
    item.note[LATE] = _kept(one) if has_object else {}
    if not has_object:
        item.note[HIDDEN] = True
    item.settle("planned")


def _kept(one: Seen) -> Mapping[str, Any]:
    wanted = _OF_EACH | keys_of(one.needs)
    return {name: value for name, value in (one.row or {}).items() if name in wanted}
