"""The statements of the journal's file that are more than a line, each with what it is for."""

from typing import Final

from .columns import INSERTED, READ, SAVED
from .item import EXPECTED

# Videos come in no order, so an index that grows with them is written all over; built at once it costs a tenth.
BY_VIDEO: Final = "CREATE INDEX IF NOT EXISTS item_ref ON item (ref)"
SELECT: Final = f"SELECT {', '.join(column.name for column in READ)}, sum FROM item WHERE "  # noqa: S608 - our own names
INSERT: Final = (
    f"INSERT INTO item ({', '.join(column.name for column in INSERTED)}, sum, pass, at) "  # noqa: S608
    f"VALUES ({'?, ' * len(INSERTED)}?, ?, ?)"
)
SAVE: Final = f"UPDATE item SET {', '.join(f'{column.name} = ?' for column in SAVED)}, sum = ?, at = ? WHERE id = ?"  # noqa: S608
# Items of a pass whose video this job changed in another way after they were last settled.
OVERWRITTEN: Final = """
WITH last AS (SELECT uuid, max(at) AS at FROM item WHERE state = 'changed' AND uuid != '' GROUP BY uuid)
SELECT item.id, item.at FROM item JOIN last ON last.uuid = item.uuid
WHERE pass = ? AND item.at < last.at ORDER BY item.id
"""
# Items of a pass that are about one video under several names; what was set apart of an item has its name.
TWICE: Final = (
    "uuid IN (SELECT uuid FROM item WHERE pass = ? AND uuid != '' GROUP BY uuid HAVING count(DISTINCT ref) > 1) "
    "AND pass = ? AND state NOT IN ('changed', 'sending') ORDER BY uuid, line, id"
)
# Unseen: by rows that tell nothing of what whoever wrote them has seen. Rows that make one item never tell.
REPLACED: Final = """
SELECT count(*), coalesce(sum(now.value IS NOT NULL AND now.value NOT IN ('', '[]')), 0)
FROM item, json_each(item.before) AS now
WHERE state = 'planned' AND line IS NOT NULL
    AND coalesce(json_type(note, '$.base'), json_type(note, '$.since'), json_type(note, '$.expected'),
        json_type(note, '$.lines')) IS NULL
"""
# What rows, or the job to be undone, know of a video, in an item's note.
OF_ROWS: Final = frozenset({"base", EXPECTED, "of", "own", "since"})
WHERE: Final = ("lines", "rows")  # where several rows that make one item stand, in its note
# What could not be done counts, unless a later pass wants something else of the same video.
NOT_DONE: Final = """
WITH wish AS (SELECT uuid, max(pass) AS pass FROM item WHERE uuid != '' GROUP BY uuid)
SELECT item.id FROM item LEFT JOIN wish ON wish.uuid = item.uuid
WHERE state IN ('read', 'planned', 'sending', 'damaged') OR (
    state IN ('failed', 'conflict') AND item.pass >= coalesce(wish.pass, 0)
    AND NOT EXISTS (SELECT 1 FROM item AS later WHERE later.ref = item.ref AND later.pass > item.pass)
)
"""
FIND_UNDONE: Final = f"""
DROP TABLE IF EXISTS temp.undone;
CREATE TEMP TABLE undone (id INTEGER PRIMARY KEY);
INSERT INTO temp.undone {NOT_DONE};
"""
# A later change of the same thing, by whatever row: captions in a language, a video's pictures.
CHANGED_SINCE: Final = """
EXISTS (SELECT 1 FROM item AS later WHERE later.ref = item.ref AND later.uuid = item.uuid
    AND later.state = 'changed' AND later.at > item.at)
"""
CORRECTED: Final = f"""
SELECT state, count(*) FROM item
WHERE state IN ('failed', 'conflict') AND id NOT IN ({NOT_DONE}) GROUP BY state
"""  # noqa: S608 - our own text
PARTS: Final = """
DELETE FROM item WHERE pass < ? AND state IN ('read', 'planned', 'failed') AND EXISTS (
    SELECT 1 FROM item AS apart WHERE apart.ref = item.ref AND apart.change = item.change AND apart.pass = ?
)
"""
UNPROVEN: Final = """
SELECT id, state FROM item WHERE state != 'damaged' AND (
    typeof(pass) != 'integer' OR pass NOT BETWEEN 0 AND ? OR (
        state = 'changed' AND NOT EXISTS (SELECT 1 FROM write WHERE write.item = item.id AND outcome = 'changed')
    )
)
"""
HOLD_BACK: Final = """
UPDATE item SET state = 'read', ready = 0, reason = 'nobody knows whether an earlier change of this video was done'
WHERE state = 'planned' AND pass = ? AND uuid IN (SELECT uuid FROM item WHERE state = 'sending' AND uuid != '')
"""
READ_AGAIN: Final = "state = 'read', ready = 0, reason = ''"
BACK: Final = "state = CASE WHEN ready THEN 'planned' ELSE 'read' END, reason = ''"
