"""The journal's file, question by question, without a thread between."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from aiopeertube.migrate import Item, Job, JournalError
from aiopeertube.migrate.journal import columns
from aiopeertube.migrate.journal.database import Database

JOB = Job("update", "https://videos.example", "nisv", "films.csv")


@pytest.fixture
def database(journal_path: Path) -> Iterator[Database]:
    made = Database.create(journal_path, JOB)
    yield made
    made.close()
    made.release(remove=True)


def want(ref: str, line: int = 2, state: Any = "planned", **wanted: Any) -> Item:
    """An item that is to change what is wanted, and was "old" before."""
    before = dict.fromkeys(wanted, "old")
    return Item(ref, wanted, line, {"id": ref}, state=state, uuid=f"u-{ref}", before=before, after=wanted, ready=True)


def passed(database: Database, *items: Item, edits: bool = True, again: Any = ()) -> list[tuple[Item, Item]]:
    """Read an input; return what contradicts each other."""
    database.begin_pass(distinct=False)
    pairs = database.add(items)
    database.end_pass(edits=edits, again=again)
    return pairs


def sent(database: Database, outcome: Any = "changed", number: int = 100, after: int = 0) -> list[Item]:
    """Send what is planned, with one outcome for all."""
    items = database.take(number, after)
    database.settle([item.settle(outcome, "why") for item in items])
    return items


def states(database: Database) -> dict[str, str]:
    return {item.ref: item.state for item in database.page((), 0)}


# -- cells -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "item",
    [
        Item("a", {}),
        Item(
            "a", {"name": "x", "tags": ["b"]}, 3, {"id": "a"}, 7, "failed", "u", "n", {"name": "o"}, {"name": "x"},
            "w", True, 2, {"key": "k"}, True,
        ),
        Item("\ud800", {"name": "\udfff"}, None, {"c": "\udc80"}, 1),
    ],
)  # fmt: skip
def test_an_item_is_read_as_it_was_written(item: Item) -> None:
    row = dict(zip([column.name for column in columns.INSERTED], columns.row_to_insert(item, 5), strict=False))
    row["id"] = item.id
    values = [row[column.name] for column in columns.READ]
    checked = columns.row_to_insert(item, 5)[-1]
    assert columns.item_of([*values, checked], 5) == item
    assert columns.row_to_save(item, 5)[-1] == checked
    assert [column.name for column in columns.SAVED] == [
        "uuid", "name", "wanted", "before", "after", "state", "reason", "again", "attempts", "note", "ready",
    ]  # fmt: skip
    assert columns.row_to_save(item, 5)[5] == item.state
    damaged = columns.item_of([*values, checked + 1], 5)
    assert (damaged.state, damaged.reason, damaged.id) == ("damaged", "its entry in the journal is damaged", item.id)
    assert (damaged.ref, damaged.line, damaged.wanted) == (item.ref, item.line, {})
    assert columns.item_of([*values, checked], 6).state == "damaged", "a row of another journal"


@pytest.mark.parametrize(
    ("name", "value"),
    [("row", "[]"), ("row", "{"), ("attempts", "many"), ("reason", 5), ("state", "odd"), ("line", "two")],
)
def test_what_has_no_sum_is_looked_at_by_itself(name: str, value: Any) -> None:
    item = Item("a", {"name": "x"}, 3)
    *cells, checked = columns.row_to_insert(item, 5)
    row: dict[str, Any] = dict(zip([column.name for column in columns.INSERTED], cells, strict=True)) | {
        "id": 9,
        name: value,
    }
    found = columns.item_of([*(row[column.name] for column in columns.READ), checked], 5)
    assert (found.state, found.id, found.line) == ("damaged", 9, None if name == "line" else 3)


def test_a_row_of_the_log_is_read_as_it_was_written() -> None:
    for before, after in (({"name": "a"}, {"name": "b"}), (None, None)):
        row = columns.row_of_log(Item("a", {}, id=3, uuid="u", before=before, after=after), 5)
        assert columns.values_of_log(row, 5) == (before, after)
        with pytest.raises(columns.Unreadable, match="the log of item 3"):
            columns.values_of_log(row, 6)


def test_texts_and_numbers_are_told_apart_in_a_sum() -> None:
    assert columns.sum_of(1, ["a", "b"]) != columns.sum_of(1, ["ab", ""])
    assert columns.sum_of(1, ["1"]) != columns.sum_of(1, [1])
    assert columns.sum_of(1, [None]) != columns.sum_of(1, ["None"])
    assert columns.sum_of(1, ["a"]) != columns.sum_of(2, ["a"])


# -- reading an input ------------------------------------------------------------------------------


def test_rows_of_one_video(database: Database) -> None:
    first, more, other = (
        want("a", 2, "read", name="x"),
        want("a", 3, "read", tags="y"),
        want("a", 4, "read", name="z"),
    )
    (pair,) = passed(database, first, more, want("a", 5, "read", name="x"), other)
    assert (pair[0].line, pair[1].line) == (2, 4)
    (item,) = database.page((), 0)
    assert (item.wanted, item.line) == ({"name": "x", "tags": "y"}, 2)


def test_a_row_that_asks_for_nothing_gives_way(database: Database) -> None:
    assert (
        passed(database, want("a", 2, "unchanged"), want("a", 3, "read", name="x"), want("a", 4, "unchanged")) == []
    )
    assert [(item.line, item.wanted) for item in database.page((), 0)] == [(3, {"name": "x"})]


def test_more_is_wanted_only_of_what_was_not_looked_at(database: Database) -> None:
    (pair,) = passed(database, want("a", 2, name="x"), want("a", 3, "read", tags="y"))
    assert (pair[0].line, pair[1].line) == (2, 3)


def test_a_promise_that_none_comes_twice_is_kept_for_the_first_pass(database: Database) -> None:
    database.begin_pass(distinct=True)
    assert database.add([want("a"), want("b")]) == []
    database.end_pass()
    database.begin_pass(distinct=True)
    assert len(database.add([want("a", 3, "read", name="x"), want("a", 4, "read", name="y")])) == 1


def test_what_the_input_asks_for_no_more_is_skipped_and_may_come_back(database: Database) -> None:
    passed(
        database, want("a", name="x"), want("b", name="x"), want("c", state="failed", name="x"), want("d", name="x")
    )
    sent(database, number=1)
    passed(database, want("b", 9, name="x"))
    assert states(database) == {"a": "changed", "b": "planned", "c": "failed", "d": "skipped"}
    assert [item.line for item in database.page(("planned",), 0)] == [9]
    assert [item.reason for item in database.page(("skipped",), 0)] == ["not in the input any more"]
    assert database.counts() == {"changed": 1, "failed": 1, "planned": 1, "skipped": 1}
    passed(database, want("d", name="x"), want("c", tags="y"))
    assert [state for ref, state in states(database).items() if ref in "bd"] == ["skipped", "planned"]
    assert database.counts() == {"changed": 1, "planned": 2, "skipped": 2}, "the row that failed was corrected"


def test_what_met_a_conflict_is_read_again_in_a_later_pass(database: Database) -> None:
    passed(database, want("a", state="conflict", name="x"), want("b", state="failed", name="x"))
    passed(database, want("a", name="x"), want("b", name="x"), again=("conflict",))
    assert states(database) == {"a": "read", "b": "failed"}
    passed(database, want("c", state="conflict", name="x"), again=("conflict",))
    assert states(database)["c"] == "conflict", "it came in this pass"


def test_what_a_later_row_of_the_job_overwrote_is_wanted_anew(database: Database) -> None:
    passed(database, want("a", name="x"))
    sent(database)
    passed(database, want("a", name="y"))
    sent(database)
    passed(database, want("a", name="x"))
    (item,) = database.page(("read",), 0)
    assert (item.wanted, item.note) == ({"name": "x"}, {"looked": {"name": "y"}})
    assert database.counts() == {"changed": 2, "read": 1}


def test_other_jobs_are_planned_again_as_they_were(database: Database) -> None:
    passed(database, want("a", name="x"), edits=False)
    sent(database)
    passed(database, want("a", name="y"), edits=False)
    sent(database)
    passed(database, want("a", name="x"), edits=False)
    assert [item.wanted for item in database.page(("planned",), 0)] == [{"name": "x"}]


def test_what_was_done_is_kept_for_rules(database: Database) -> None:
    passed(database, want("a", name="x"), want("b", name="x"), want("c", state="unchanged"))
    sent(database, number=1)
    database.begin_pass(distinct=False)
    assert database.keep(["a", "b", "c", "z"]) == {"a"}
    database.end_pass()
    assert states(database) == {"a": "changed", "b": "skipped", "c": "unchanged"}


def test_a_row_may_know_more_by_now(database: Database) -> None:
    passed(database, want("a", state="read", name="x"), want("b", state="read", name="x"))
    again = [
        replace(want("a", state="read", name="x"), note={"base": {"name": "o"}}),
        want("b", state="read", name="x"),
    ]
    passed(database, *again)
    assert [item.note for item in database.page((), 0)] == [{"base": {"name": "o"}}, {}]


def test_items_of_one_video_meet(database: Database) -> None:
    def called(ref: str, line: int, **wanted: Any) -> Item:
        return replace(want(ref, line, **wanted), uuid="u")

    passed(
        database,
        called("a", 2, name="x"),
        called("b", 1500, tags="y"),
        called("c", 4, name="z"),
        want("d", 5, name="z"),
    )
    (pair,), joined = database.meet()
    assert ((pair[0].ref, pair[1].ref), joined) == (("a", "c"), 1)
    found = {item.ref: item for item in database.page((), 0)}
    assert (found["a"].wanted, found["a"].state, found["a"].ready) == ({"name": "x", "tags": "y"}, "read", False)
    assert (found["b"].state, found["b"].reason) == (
        "unchanged",
        "line 2 names the same video, and both are done as one",
    )
    assert found["d"].state == "planned"


# -- doing -----------------------------------------------------------------------------------------


def test_items_are_marked_before_they_are_given(database: Database) -> None:
    passed(database, *(want(ref, name="x") for ref in "abc"))
    first = database.take(2, 0)
    assert [(item.ref, item.state) for item in first] == [("a", "sending"), ("b", "sending")]
    assert states(database) == {"a": "sending", "b": "sending", "c": "planned"}
    assert [item.ref for item in database.take(9, first[-1].id)] == ["c"]
    assert database.take(9, 0) == []


def test_the_log_tells_what_was_sent_and_what_came_of_it(database: Database) -> None:
    passed(database, *(want(ref, name="x") for ref in "abcd"))
    items = database.take(9, 0)
    assert [write.outcome for write in database.log.all()] == ["sending"] * 4
    items[0].settle("changed")
    items[1].settle("planned")
    items[2].settle("failed", "half")
    items[2].note["partly"] = {"name": "half"}
    database.settle(items)
    writes = list(database.log.all())
    assert [write.outcome for write in writes] == ["changed", "not sent", "changed", "sending"]
    assert [write.after for write in writes] == [{"name": "x"}, {"name": "x"}, {"name": "half"}, {"name": "x"}]
    assert [(write.item, write.uuid, write.before) for write in writes[:1]] == [(1, "u-a", {"name": "old"})]
    assert database.log.last_at() == max(writes[0].at, writes[2].at, writes[3].at)


def test_a_log_in_which_nothing_was_changed(database: Database) -> None:
    assert database.log.last_at() is None
    passed(database, want("a", name="x"))
    sent(database, "failed")
    assert database.log.last_at() is None


def test_what_a_job_did_to_a_video_is_one_chain(database: Database) -> None:
    passed(database, want("a", name="x"), want("b", name="x"))
    sent(database)
    more = replace(want("a", tags="t"), before={"tags": None})
    again = replace(want("a", name="y"), ref="a2", before={"name": "x"})
    passed(database, more, again)
    sent(database)
    database.log.find_steps()
    (first, second), last = database.changed(0)
    assert (last, second.uuid) == (None, "u-b")
    assert (first.uuid, first.state) == ("u-a", "changed")
    assert (first.before, first.after) == ({"name": "old", "tags": None}, {"name": "y", "tags": "t"})
    (item, *_) = database.page((), 0)
    assert database.log.written_since(item, 0.0) == {"name": "y", "tags": "t"}
    assert database.log.written_since(item, 9e12) == {}


def test_what_is_in_doubt_may_be_either(database: Database) -> None:
    passed(database, want("a", name="x"))
    sent(database)
    passed(database, replace(want("a", name="y", tags="t"), before={"name": "x", "tags": None}))
    database.take(9, 0)
    database.log.find_steps()
    ((whole,), _) = database.changed(0)
    assert (whole.state, whole.after, whole.before) == (
        "sending",
        {"name": "y", "tags": "t"},
        {"name": "old", "tags": None},
    )
    assert whole.note["perhaps"] == {"name": "x", "tags": None}


@pytest.mark.parametrize("at", ["-1.0", "253402300800.0", "1e300", "'x'"])
def test_a_write_at_a_time_that_no_calendar_has_is_damaged(database: Database, at: str) -> None:
    passed(database, want("a", name="x"), want("b", name="x"))
    sent(database)
    (_, sound) = database.log.all()
    database._connection.execute(f"UPDATE write SET at = {at} WHERE item = 1")
    assert [(write.outcome, write.at) for write in database.log.all()] == [("damaged", 0.0), ("changed", sound.at)]
    assert database.log.last_at() in {sound.at, None}


def test_a_damaged_write_hides_its_chain(database: Database) -> None:
    passed(database, want("a", name="x"), want("b", name="x"), want("c", name="x"))
    sent(database)
    database._connection.execute('UPDATE write SET after = \'{"name": "z"}\' WHERE item = 1')
    database._connection.execute("UPDATE write SET outcome = 'odd' WHERE item = 2")
    assert [(write.outcome, write.before) for write in database.log.all()][:2] == [("damaged", None)] * 2
    database.log.find_steps()
    found, _ = database.changed(0)
    assert [(item.uuid, item.state, item.reason) for item in found if item.state == "damaged"] == [
        ("u-a", "damaged", columns.DAMAGED),
        ("u-b", "damaged", columns.DAMAGED),
    ]
    assert [item.uuid for item in found if item.state == "changed"] == ["u-c"]


def test_chains_come_in_pages(database: Database) -> None:
    passed(database, *(want(f"{number:03}", name="x") for number in range(450)))
    sent(database, number=450)
    database.log.find_steps()
    pages = [database.changed(0)]
    while (after := pages[-1][1]) is not None:
        pages.append(database.changed(after))
    assert [len(page) for page, _ in pages] == [200, 200, 50]
    assert [item.uuid for page, _ in pages for item in page] == [f"u-{number:03}" for number in range(450)]
    assert [item.uuid for item in database.standing(200)][:1] == ["u-200"]
    assert len(database.standing(0)) == 200


def test_what_stands_was_changed_last(database: Database) -> None:
    passed(database, want("a", name="x"), want("b", name="x"))
    sent(database)
    passed(database, want("a", name="y"))
    sent(database)
    assert [(item.ref, item.wanted) for item in database.standing(0)] == [("b", {"name": "x"}), ("a", {"name": "y"})]
    assert [(item.ref, item.wanted["name"]) for item in database.written()] == [("a", "x"), ("b", "x"), ("a", "y")]


def test_what_failed_is_tried_again(database: Database) -> None:
    unready = replace(want("b", state="failed", name="x"), ready=False)
    nothing = replace(want("c", state="failed"), ready=False)
    passed(database, want("a", state="failed", name="x"), unready, nothing)
    database.reopen_failed(edits=False)
    assert states(database) == {"a": "planned", "b": "read", "c": "failed"}
    sent(database, "failed")
    database.reopen_failed(edits=True)
    assert states(database) == {"a": "read", "b": "read", "c": "failed"}


# -- looking ---------------------------------------------------------------------------------------


def test_items_are_counted_and_found(database: Database) -> None:
    passed(
        database,
        want("a", name="x"),
        replace(want("b", name="x", tags="y"), before={"name": "", "tags": "z"}),
        want("c", state="read", tags="x"),
        want("d", state="failed"),
    )
    assert database.counts() == {"planned": 2, "read": 1, "failed": 1}
    assert database.count_read(lambda names: "tags" in names) == 1
    assert database.count_read(lambda names: "name" in names) == 0
    assert database.count_planned(lambda before, after: [*after, *(f"was {value}" for value in before.values())]) == {
        "name": 2, "tags": 1, "was old": 1, "was ": 1, "was z": 1,
    }  # fmt: skip
    assert database.knows("u-a")
    assert not database.knows("a")
    assert [item.ref for item in database.find(["a", "b", "c"], "planned")] == ["a", "b"]
    assert [item.ref for item in database.page(("planned", "failed"), 1)] == ["b", "d"]
    assert database.not_done() == 4
    database.find_undone()
    page, after = database.undone(0)
    assert ([item.ref for item in page], after) == (["a", "b", "c", "d"], None)
    assert [item.ref for item in database.undone(2)[0]] == ["c", "d"]


def test_pages_have_an_end(database: Database) -> None:
    passed(database, *(want(f"{number:03}", name="x") for number in range(250)))
    assert len(database.page((), 0)) == 200
    assert len(database.page((), 200)) == 50
    database.find_undone()
    page, after = database.undone(0)
    assert (len(page), after) == (200, 200)
    assert database.undone(200)[1] is None


def test_what_is_replaced_unseen_is_counted(database: Database) -> None:
    seen = replace(want("a", name="x"), note={"base": {"name": "old"}})
    unseen = [replace(want("b", name="x", tags="t"), before={"name": "old", "tags": None})]
    passed(database, seen, *unseen, want("c", state="failed", name="x"))
    assert database.replaced() == (2, 1)


def test_a_job_that_is_undone_says_by_whom(database: Database, journal_path: Path) -> None:
    assert database.undone_by == ""
    database.mark_undone("other.journal")
    with Database_opened(journal_path) as other:
        assert (other.undone_by, other.job, other.last_pass) == ("other.journal", database.job, 0)


class Database_opened:  # noqa: N801 - reads as a function
    """A journal that is read while another has it open."""

    def __init__(self, path: Path) -> None:
        self._database = Database.open(path, read_only=True)

    def __enter__(self) -> Database:
        return self._database

    def __exit__(self, *_: object) -> None:
        self._database.release(remove=False)


def test_what_is_no_journal(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match=r"^there is no journal at .*/none$"):
        Database.open(tmp_path / "none")


def test_items_that_are_damaged_are_marked(database: Database, journal_path: Path) -> None:
    passed(database, want("a", name="x"), want("b", name="x"), want("c", name="x"))
    sent(database, number=1)
    database._connection.execute("UPDATE item SET wanted = '{}' WHERE ref = 'b'")
    database._connection.execute("UPDATE item SET state = 'changed' WHERE ref = 'c'")
    database._connection.commit()
    with Database_opened(journal_path) as other:
        assert other.counts() == {"changed": 1, "damaged": 2}
        assert states(other) == {"a": "changed", "b": "damaged", "c": "damaged"}
    database.find_damaged(mark=True)
    assert database.counts() == {"changed": 1, "damaged": 2}
    assert [item.reason for item in database.page(("damaged",), 0)] == [columns.DAMAGED] * 2
