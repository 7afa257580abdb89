"""How the modules of the package hang together."""

import ast
from collections import Counter
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import aiopeertube

ROOT = Path(aiopeertube.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))

# Their files are named after the API's nouns or the user's commands, which are the same in each of them.
NAMED_AFTER_NOUNS = ("resources/", "types/", "emulator/routes/", "cli/commands/", "migrate/kinds/")
MOST_OF_ONE_NAME = 8


def name_of(file: Path) -> str:
    parts = file.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(file): file for file in FILES}


def package_of(module: str) -> str:
    return module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]


def run_at_import(body: list[ast.stmt]) -> Iterator[ast.Import | ast.ImportFrom]:
    """The imports of a module that are not in a function: under `if TYPE_CHECKING` and `try`, too."""
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for field in ("body", "orelse", "handlers", "finalbody"):
                yield from run_at_import(getattr(node, field, []))


def targets(module: str, node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    """The modules of the package that a statement imports."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name in MODULES)
        return
    parts = package_of(module).split(".")
    above = parts[: len(parts) - node.level + 1] if node.level else []
    source = ".".join([*above, *([node.module] if node.module else [])])
    for alias in node.names:
        inner = f"{source}.{alias.name}"
        if inner in MODULES:
            yield inner
        elif source in MODULES:
            yield source


def graph() -> dict[str, set[str]]:
    trees = {module: ast.parse(file.read_bytes()) for module, file in MODULES.items()}
    return {
        module: {target for node in run_at_import(tree.body) for target in targets(module, node)} - {module}
        for module, tree in trees.items()
    }


def test_the_graph_sees_what_there_is() -> None:
    found = graph()
    assert "aiopeertube._client" in found["aiopeertube"]  # for type checkers alone
    assert "aiopeertube.stack.retry" in found["aiopeertube._client"]  # relative
    assert "aiopeertube.cli.errors" in found["aiopeertube.cli.app"]  # absolute
    assert "aiopeertube.wire.messages" in found["aiopeertube.stack.retry"]  # from the folder above
    assert "aiopeertube.cli.logs" not in found["aiopeertube.cli.options"]  # when it is needed


def test_no_circle() -> None:
    try:
        TopologicalSorter(graph()).prepare()
    except CycleError as error:
        pytest.fail(" <- ".join(error.args[1]))


def test_few_files_share_a_name() -> None:
    names = Counter(
        file.name
        for file in FILES
        if file.name != "__init__.py" and not file.relative_to(ROOT).as_posix().startswith(NAMED_AFTER_NOUNS)
    )
    twice = sorted(name for name, number in names.items() if number > 1)
    assert len(twice) <= MOST_OF_ONE_NAME, twice
