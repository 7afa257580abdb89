"""What is public exists, is documented, and is what the README says is public; the rest says that it is private."""

import ast
import doctest
import inspect
import re
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import aiopeertube
import aiopeertube.testing

PUBLIC = (
    "aiopeertube",
    "aiopeertube.bulk",
    "aiopeertube.emulator",
    "aiopeertube.errors",
    "aiopeertube.events",
    "aiopeertube.fleet",
    "aiopeertube.metrics",
    "aiopeertube.migrate",
    "aiopeertube.resumable",
    "aiopeertube.testing",
    "aiopeertube.types",
)
NOT_IMPORTED = {"__main__", "_version"}  # an entry point, and a file that the build reads
FOLDER = Path(aiopeertube.__file__).parent
README = Path(__file__).parent.parent / "README.md"


def parts(package: Path) -> set[str]:
    """The modules and folders of a package."""
    files = {path.stem for path in package.glob("*.py") if path.name != "__init__.py"}
    return files | {path.parent.name for path in package.glob("*/__init__.py")}


PRIVATE = sorted(parts(FOLDER) - {name.rpartition(".")[2] for name in PUBLIC} - NOT_IMPORTED)


def names_of(module: ModuleType) -> list[str]:
    return [name for name in module.__all__ if not name.startswith("__")]


@pytest.mark.parametrize("name", PUBLIC)
class TestPublic:
    def test_names_exist_and_are_sorted(self, name: str) -> None:
        module = import_module(name)
        assert len(names_of(module)) > 1
        assert all(hasattr(module, each) for each in module.__all__)
        assert sorted(module.__all__) == sorted(set(module.__all__))

    def test_everything_has_a_docstring_of_its_own(self, name: str) -> None:
        module = import_module(name)
        assert module.__doc__
        for each in names_of(module):
            value = getattr(module, each)
            if inspect.isclass(value) or inspect.isroutine(value):
                # Dataclasses and typed dictionaries would otherwise document themselves.
                assert "__doc__" in vars(value) or inspect.isroutine(value), each
                assert value.__doc__, each
                assert not value.__doc__.startswith(f"{each}("), each

    def test_public_methods_have_docstrings(self, name: str) -> None:
        module = import_module(name)
        for each in names_of(module):
            value = getattr(module, each)
            if inspect.isclass(value) and value.__module__.startswith("aiopeertube"):
                for method, member in vars(value).items():
                    if not method.startswith("_") and inspect.isroutine(member):
                        assert inspect.getdoc(member), f"{each}.{method}"


@pytest.mark.parametrize("name", ["aiopeertube.errors", "aiopeertube.events", "aiopeertube.testing"])
def test_all_is_complete(name: str) -> None:
    module = import_module(name)
    kinds = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    written = {node.name for node in ast.parse(inspect.getsource(module)).body if isinstance(node, kinds)}
    private = {"Hooks", "again"}  # where the client keeps listeners; how several calls meet one error
    assert {each for each in written if not each.startswith("_")} - private <= set(module.__all__)


@pytest.mark.parametrize("name", PRIVATE)
def test_private_modules_say_so(name: str) -> None:
    documented = inspect.getdoc(import_module(f"aiopeertube.{name}")) or ""
    assert documented.startswith("Private: "), name


def test_readme_names_what_is_public() -> None:
    table = README.read_text(encoding="utf-8").partition("## Public API")[2].partition("\n## ")[0]
    named = re.findall(r"^\| `(aiopeertube[a-z.]*)` \|", table, re.MULTILINE)
    assert sorted(named) == sorted(PUBLIC)
    assert all(name in table for name in ("`cli`", "`resources`", "`stack`", "`wire`", "peertube_emulator"))


def test_example_of_testing_works() -> None:
    ran = doctest.testmod(aiopeertube.testing)
    assert ran.attempted >= 6
    assert ran.failed == 0
