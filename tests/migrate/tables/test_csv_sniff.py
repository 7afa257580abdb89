"""The delimiter is found, or asked for; it is never guessed wrong."""

import random
from pathlib import Path

import pytest

from aiopeertube.errors import ConfigurationError
from aiopeertube.migrate.problems import Problems
from aiopeertube.migrate.tables import open_source
from aiopeertube.migrate.tables.csv_sniff import DELIMITERS, sniffed


def sniff(text: str, width: int | None = None, *, whole: bool = True) -> str:
    return sniffed(text, whole=whole, width=width, name="films.csv")


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("uuid|tags\n1|a;b\n2|c;d;e\n", None, "|"),
        ("uuid|tags\n1|a;b\n2|a;b\n", None, "|"),
        ('oai:1|"One: more"||"a;b;c"|"x; y, z"|\noai:2|"Two"||NoTags|"y, z, z"|\n', 6, "|"),
        ("id|a;b\nid|c;d\n", 2, None),
        ("id|a;b|x\nid|c;d|y\n", 3, "|"),
        ("a;b\n1,5;2,5\n", None, ";"),
        ("a;b\n1,5;2,5\n", 2, ";"),
        ("a\tb\n1,5\t2;5\n", None, "\t"),
        ('a,b\n"x;y",1\n"x;y",2\n', None, ","),
        ('"a;b",c\n"x;y",1\n', None, ","),
        ('c,"a;b"\n1,"x;y"\n', None, ","),
        ('a,b\n"x\n;|;|\n",1\n', None, ","),
        ("uuid\n1\n2\n", None, ","),
        ("uuid\nHello, world\nHi\n", None, ";"),  # one column: a delimiter that is not in it
        ("", None, ","),
        ("a,b,c\n1,2,3\n1,2\n1,2,3\n1,2,3\n", None, ","),  # ragged
        ('name,size\n"5"" disk",1\n3" disk,2\n', None, ","),
        ("x|y|z\n1|2|3\n", 2, "|"),  # the wrong number of names
        ("a|b;c|d\nx|y|z\np|q|r\n", 2, "|"),  # the same, though one line would fit
        ("a,b;c\n1,2;3\n", None, None),
        ("a|b\tc\n", None, None),
        ("a,;b\n1,;2\n", None, None),
    ],
)
def test_delimiters(text: str, width: int | None, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(ConfigurationError, match=r"films.csv: cannot tell what separates its cells"):
            sniff(text, width)
    else:
        assert sniff(text, width) == expected


def test_which_are_as_likely_is_said() -> None:
    with pytest.raises(ConfigurationError, match=r'"\|" or TAB'):
        sniff("a|b\tc\n")


def test_the_cut_end_of_a_sample_does_not_count() -> None:
    assert sniff('a,b\n1,"x;y"\n2,"x;', whole=False) == ","
    assert sniff("a;b;c\n1;2;3\n4,", whole=False) == ";"


def test_a_given_delimiter_is_not_doubted(tmp_path: Path) -> None:
    path = tmp_path / "films.csv"
    path.write_text("a,b;c\n1,2;3\n")
    assert open_source(str(path), delimiter=";").columns == ("a,b", "c")
    path.write_text("a:b\n1:2\n")
    assert [row.cells for row in open_source(str(path), delimiter=":").rows(Problems("x"))] == [{"a": "1", "b": "2"}]


class Maker:
    """Makes tables as archives have them: words, tags, titles with inches, descriptions with line breaks."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)

    def word(self) -> str:
        return "".join(self.rng.choices("abcdefghijklmnopqrstuvwxyzéü ", k=self.rng.randrange(3, 12))).strip() or "x"

    def cell(self) -> str:
        kind = self.rng.randrange(7)
        if kind == 0:
            return ""
        if kind == 1:
            return self.rng.choice(";|,").join(self.word() for _ in range(self.rng.randrange(1, 8)))
        if kind == 2:
            return f'{self.word()} "{self.word()}"{self.rng.choice(", ;|")}{self.word()}'
        if kind == 3:
            return self.rng.choice(["\n", "\r\n"]).join(self.word() + self.rng.choice(DELIMITERS) for _ in range(4))
        if kind == 4:
            return f"19{self.rng.randrange(10, 99)}-01-01"
        return self.word()

    def written(self, cell: str, delimiter: str, style: str) -> str:
        must = any(char in cell for char in f'{delimiter}"\r\n')
        if must or style == "all" or (style == "some" and self.rng.random() < 0.5):
            return '"' + cell.replace('"', '""') + '"'
        return cell

    def table(self) -> tuple[str, str, list[list[str]]]:
        """Return a table's text, its delimiter, and its cells."""
        delimiter = self.rng.choice(DELIMITERS)
        style = self.rng.choice(["all", "some", "none"])
        width = self.rng.randrange(2, 13)
        header = [f"column{n}" for n in range(width)]
        rows = [[f"oai:{n}", *(self.cell() for _ in range(width - 1))] for n in range(self.rng.randrange(4, 60))]
        end = self.rng.choice(["\n", "\r\n"])
        lines = (delimiter.join(self.written(cell, delimiter, style) for cell in row) for row in [header, *rows])
        return end.join(lines) + end, delimiter, rows


@pytest.mark.parametrize("seed", range(10))
def test_generated_tables_with_header(seed: int) -> None:
    maker = Maker(seed)
    for _ in range(50):
        text, delimiter, _ = maker.table()
        assert sniff(text) == delimiter


@pytest.mark.parametrize("seed", range(10))
def test_generated_tables_without_header_are_found_or_asked_for(seed: int) -> None:
    maker, asked = Maker(seed), 0
    for _ in range(50):
        text, delimiter, rows = maker.table()
        body = text.split("\n", 1)[1]
        try:
            assert sniff(body, len(rows[0])) == delimiter
        except ConfigurationError:
            asked += 1
    assert asked <= 2
