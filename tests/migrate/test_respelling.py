"""What spreadsheets make of texts by themselves, as LibreOffice and Excel were seen to do it."""

import pytest

from aiopeertube.migrate.rows.respelling import is_respelled


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("007", "7"),
        ("1.0", "1"),
        ("1E5", "1.00E+05"),
        ("1e3", "1000"),
        ("1e-7", "0,0000001"),
        ("100%", "100,00 %"),
        ("1,234", "1234"),
        ("1.234,56", "1234.56"),
        ("€ 5,00", "5"),
        ("(123)", "-123"),
        ("+31 20 123 4567", "31201234567"),
        ("1234567890123456789", "1234567890123450000"),
        ("true", "WAHR"),
        ("False", "FALSE"),
        ("2024-01-05", "01/05/24"),
        ("2024-01-05", "05-01-2024"),
        ("1/2/2024", "01/02/2024"),
        ("3/4", "03/04/2026"),
        ("10-12", "12-Oct"),
        ("10-12", "10. Dez"),
        ("5 Jan 2024", "05.01.2024"),
        ("January 2024", "01/01/2024"),
        ("March 1", "03/01/2026"),
        ("12:30", "12:30:00 PM"),
        ("1:35", "01:35:00"),
        ("00:01:35", "12:01:35 AM"),
    ],
)
def test_what_a_spreadsheet_makes_of_a_text(before: str, now: str) -> None:
    assert is_respelled(before, now)


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("Film", "Film"),
        ("007", "007"),
        ("007", "8"),
        ("Film 3/4", "Film 4/3"),
        ("1-2-3", "1-2-4"),
        ("12:30", "12:30 uur"),
        ("1939", "Film"),
        ("1939", "1940"),
        ("1939", "1939-05"),
        ("true", "false"),
        ("2024-01-05", "2024-01-06"),
        ("2024-01-05", "De inval"),
        ("10-12", "12"),
        ("", "1"),
        ("1.5", "15"),
        ("1" * 41, "1" * 41 + ".0"),
    ],
)
def test_what_only_a_hand_does(before: str, now: str) -> None:
    assert not is_respelled(before, now)
