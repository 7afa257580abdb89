"""What a wrong encoding makes of a text, known for certain where the text is."""

import pytest

from aiopeertube.migrate.rows.misreading import misread

READ = "it is the exported text as {} shows its UTF-8"
LOST = "it is the exported text without what {} cannot write, which has ? in its place"


@pytest.mark.parametrize(
    ("text", "encoding", "name"),
    [
        ("Café", "cp1252", "Windows-1252"),
        ("“as found” à", "cp1252", "Windows-1252"),  # of which two bytes are no characters there, and one is a blank
        ("Café", "mac_roman", "Mac Roman"),
        ("Café", "cp1251", "Windows-1251"),
        ("Café", "cp850", "DOS 850"),
        ("日本語", "cp1252", "Windows-1252"),
    ],
)
def test_utf8_that_was_read_otherwise(text: str, encoding: str, name: str) -> None:
    found = "".join(bytes([byte]).decode(encoding, "ignore") or chr(byte) for byte in text.encode())
    assert misread([text], [found]) == READ.format(name)
    assert misread(["a", text], [found.strip(), "a"]) == READ.format(name)


def test_bytes_that_are_no_characters_may_be_replaced() -> None:
    text = "“as found” à"
    assert misread([text], [text.encode().decode("cp1252", "replace")]) == READ.format("Windows-1252")


@pytest.mark.parametrize(
    ("text", "now", "name"),
    [
        ("日本語 film", "??? film", "Windows-1252"),
        ("Film 😀", "Film ??", "Windows-1252"),
        ("Łódź é", "?ód? é", "Windows-1252"),
        ("½ Łódź", "? ?ód?", "Mac Roman"),
        ("Łódź 日", "Łódź ?", "Windows-1250"),
        ("café 日本", "café ??", "Windows-1252"),
        ("café 日本", "caf? ??", "Windows-1251"),
    ],
)
def test_what_was_lost_on_saving(text: str, now: str, name: str) -> None:
    assert misread([text], [now]) == LOST.format(name)


@pytest.mark.parametrize(
    ("text", "now"),
    [
        ("Café", "Café"),
        ("Café ", "Café"),
        ("Café", "Cafe"),
        ("Café", "Caf?s"),
        ("Who is he…", "Who is he?"),
        ("Film", "Film?"),
        ("日本語 film", "Japan film"),
        ("日本語 film?", "?"),
    ],
)
def test_what_a_hand_may_have_done(text: str, now: str) -> None:
    assert misread([text], [now]) == ""
