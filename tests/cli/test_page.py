"""`plan --html`: a page beside the plan, refused before anything is sent where it cannot be written."""

import hashlib
from pathlib import Path

import pytest

from aiopeertube.emulator import Emulator

from .conftest import Cli, video


@pytest.fixture(autouse=True)
def table(server: Emulator, home: Path) -> Path:
    """A table that renames a video."""
    path = home / "in.csv"
    path.write_text(f"uuid,name\n{video(server, 1).uuid},A new name\n")
    return path


def test_a_page_tells_which_plan_it_is_of(user: Cli, home: Path) -> None:
    result = user("plan", "in.csv", "-o", "plan.jsonl", "--html", "plan.html")
    assert result.exit_code == 0
    assert "name: " in result.stdout
    page = (home / "plan.html").read_text()
    assert hashlib.sha256((home / "plan.jsonl").read_bytes()).hexdigest() in page
    assert "A new name" in page
    assert "1</strong> <span>will change" in page


def test_a_page_on_stdout_comes_alone(user: Cli) -> None:
    stdout = user("plan", "in.csv", "--html", "-").stdout
    assert stdout.startswith("<!doctype html>")
    assert stdout.endswith("</html>\n")


def test_thumbnails_are_in_it_if_wanted(user: Cli) -> None:
    assert "data:image/jpeg" in user("plan", "in.csv", "--html", "-", "--thumbnails").stdout
    assert "data:image/jpeg" not in user("plan", "in.csv", "--html", "-").stdout


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--html", "there.html"), "there.html is already there; choose another name"),
        (("--html", "in.csv", "--overwrite"), "it is read from"),
        (("--html", "p", "-o", "p"), "cannot write p: it is read from; choose another name"),
        (("--html", "no/such/folder.html"), "cannot write no/such/folder.html"),
        (("--html", "-", "-o", "-"), "--output - and --html - both write on stdout."),
        (("--thumbnails",), "--thumbnails are for the page that --html FILE writes."),
        (("--html", "-", "--format", "jsonl"), "--html - and --format jsonl both write on stdout."),
    ],
)
def test_what_cannot_be_written_is_refused_before_anything_is_sent(
    user: Cli, server: Emulator, home: Path, options: tuple[str, ...], why: str
) -> None:
    (home / "there.html").write_text("mine")
    before = server.statistics().requests
    result = user("plan", "in.csv", *options)
    assert result.exit_code == 2
    assert why in result.stderr
    assert server.statistics().requests == before
    assert (home / "there.html").read_text() == "mine"
    assert not (home / "p").exists()


def test_a_page_that_is_there_is_replaced_when_one_says_so(user: Cli, home: Path) -> None:
    (home / "there.html").write_text("mine")
    assert user("plan", "in.csv", "--html", "there.html", "--overwrite-output").exit_code == 0
    assert "A new name" in (home / "there.html").read_text()
