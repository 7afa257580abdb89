"""The documentation is whole: every command, option, error and public name is in it, and links lead somewhere."""

import re
import tomllib
from importlib import import_module
from pathlib import Path

import click
import pytest
import reference_pages as reference
from doc_blocks import PAGES, ROOT, blocks_of, checked, commands_in
from operations import VERSIONS, plain

from aiopeertube import errors, migrate
from aiopeertube.cli.app import app
from aiopeertube.cli.errors import MEANINGS

DOCS = ROOT / "docs"
COMMANDS = [*reference.commands()]
PROSE = "\n".join(page.read_text(encoding="utf-8") for page in PAGES if page.parent.name != "reference")
LINK = re.compile(r"\]\(([^)\s]+)\)")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of the reference, as the program is now."""
    folder = tmp_path_factory.mktemp("reference")
    reference.main(folder)
    return folder


def test_every_command_and_option_says_what_it_is_for(made: Path) -> None:
    page = (made / "commands.md").read_text()
    assert len(COMMANDS) > 60
    for path, command in COMMANDS:
        assert command.help, path
        assert f"## {path}\n" in page
        for shared in (False, True):
            for names, words in reference.options(command, path, shared=shared):
                assert words.strip(" []"), f"{path} {names}: an option without a word"
                assert f"- `{names}`: " in page, f"{path} {names}"


def test_every_command_at_the_top_is_in_a_guide() -> None:
    ctx = click.Context(app)
    missing = [name for name in app.list_commands(ctx) if f"aiopeertube {name}" not in PROSE]
    assert missing == []


def test_every_shared_option_and_exit_code_is_told(made: Path) -> None:
    page = (made / "commands.md").read_text()
    shared = page.partition("## Shared options")[2]
    for name in ("--url", "--patience", "--rate", "--metrics-file", "--no-color"):
        assert f"`{name}" in shared or f", {name}" in shared
    codes = (DOCS / "guides" / "unattended.md").read_text()
    for code, meaning in MEANINGS.items():
        assert f"| {int(code)} | {meaning.partition(':')[0]}" in codes, code


def test_every_public_name_is_in_the_reference_with_words_of_its_own(made: Path) -> None:
    page = (made / "python.md").read_text()
    told = re.findall(r"^\| `(aiopeertube[a-z.]*)` \|", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert sorted(reference.PUBLIC) == sorted(told)
    for name in reference.PUBLIC:
        module = import_module(name)
        for each in reference.names_of(module):
            _, found, rest = page.partition(f"### {name}.{each}\n")
            assert found, f"{name}.{each}"
            assert len(rest.partition("\n### ")[0].split()) > 2, f"{name}.{each} is without a word"


def test_every_error_has_a_cause_and_a_cure() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \|$", (DOCS / "errors.md").read_text(), re.MULTILINE)
    of_migrate = [name for name in migrate.__all__ if _is_error(getattr(migrate, name))]
    assert sorted(name for name, *_ in rows) == sorted([*errors.__all__, *of_migrate])
    assert all(cause and cure for _, cause, cure in rows)


def _is_error(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, Exception)


def test_every_operation_of_peertube_has_a_method(made: Path) -> None:
    page = (made / "operations.md").read_text()
    told = {plain(operation) for operation in re.findall(r"^\| `([A-Z]+ \S+?)` \| `pt\.", page, re.MULTILINE)}
    missing = {operation for operation in VERSIONS if operation not in told and not _outside(operation)}
    assert missing == set()


def _outside(operation: str) -> bool:
    """Tell whether an operation is not below the API's prefix."""
    return operation.split()[1].split("/")[1] in {"download", "feeds", "static"}


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_link_leads_to_a_page_and_a_heading_that_are_there(page: Path, made: Path) -> None:
    for link in LINK.findall(re.sub(r"```.*?```|`[^`\n]+`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)):
        if "://" in link:
            continue
        path, _, heading = link.partition("#")
        target = page if not path else (page.parent / path).resolve()
        if target.parent.name == "reference":
            target = made / target.name
        assert target.exists(), f"{page.name}: {link}"
        if heading:
            assert heading in headings(target), f"{page.name}: {link}"


def headings(page: Path) -> set[str]:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", title).strip().lower()) for title in titles}


def test_every_page_is_in_the_sites_list() -> None:
    listed = re.findall(r'= "([\w/-]+\.md)"', (ROOT / "zensical.toml").read_text())
    tomllib.loads((ROOT / "zensical.toml").read_text())
    there = {str(page.relative_to(DOCS)) for page in PAGES if page.is_relative_to(DOCS)}
    there |= {f"reference/{name}" for name in reference.PAGES}
    assert sorted(listed) == sorted(there)


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_command_that_is_shown_exists_with_its_options(page: Path) -> None:
    for block in blocks_of(page):
        if block.language in {"sh", "console", "text", ""}:
            for args in commands_in(block):
                assert checked(args, app) == "", f"{block}: aiopeertube {' '.join(args)}"


def test_what_is_wrong_with_a_command_is_found() -> None:
    assert checked(["apply", "x.csv", "--halt", "2%", "--patience", "5"], app) == ""
    assert checked(["apply", "x.csv", "--hlat=2%", "-o", "x"], app) == "--hlat, -o"
    assert checked(["jobs", "report", "last", "-o", "x.html"], app) == ""
