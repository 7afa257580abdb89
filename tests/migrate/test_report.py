"""What a plan comes to, for people."""

from aiopeertube.migrate import Change, Item, Vocabulary
from aiopeertube.migrate.metadata.fields import Reading
from aiopeertube.migrate.plans.report import Diff


def item(name: str, before: dict[str, object], after: dict[str, object]) -> Item:
    return Item("a", after, name=name, before=before, after=after)


def diff_of(*items: Item, words: Vocabulary | None = None) -> list[Change]:
    diff = Diff(words or Vocabulary())
    for one in items:
        diff.add(one)
    return list(diff.lines())


def test_alike_changes_are_counted_with_labels(reading: Reading) -> None:
    films = [item(f"Film {n}", {"category": 1}, {"category": 2}) for n in range(5)]
    other = item("Other", {"category": None}, {"category": 15})
    assert diff_of(*films, other, words=reading.words) == [
        Change("category", 5, "Music", "Films"), Change("category", 1, "(none)", "Science & Technology"),
    ]  # fmt: skip


def test_of_changes_that_differ_a_few_are_shown() -> None:
    films = [item(f"Film {n}", {"name": f"Film {n}"}, {"name": f"Movie {n}"}) for n in range(1000)]
    *examples, rest = diff_of(*films)
    assert examples == [Change("name", 1, f"Film {n}", f"Movie {n}", f"Film {n}") for n in range(3)]
    assert rest == Change("name", 997, "...", "...")


def test_the_most_common_field_comes_first_and_no_field_is_endless() -> None:
    films = [item("Film", {"tags": [], "nsfw": False}, {"tags": [f"tag {n}"], "nsfw": True}) for n in range(600)]
    films.append(item("Film", {"nsfw": False}, {"nsfw": True}))
    lines = diff_of(*films)
    assert lines[0] == Change("nsfw", 601, "false", "true")
    tags = [line for line in lines if line.field == "tags"]
    assert (len(tags), sum(line.count for line in tags)) == (13, 600)
