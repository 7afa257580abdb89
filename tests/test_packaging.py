"""What users install is what was tested."""

import json
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import entry_points, version
from pathlib import Path

import pytest

import aiopeertube

ROOT = Path(__file__).parent.parent


@pytest.mark.skipif("AIOPEERTUBE_EXPECT_WHEEL" not in os.environ, reason="not under nox")
def test_the_built_wheel_is_what_is_imported() -> None:
    assert ROOT / "aiopeertube" not in Path(aiopeertube.__file__).parents


def test_types_and_version_are_shipped() -> None:
    assert (Path(aiopeertube.__file__).parent / "py.typed").exists()
    assert version("aiopeertube") == aiopeertube.__version__


def test_the_parts_of_pages_are_shipped() -> None:
    migrate = Path(aiopeertube.__file__).parent / "migrate"
    parts = {"pages/frame": "html css", "plans/page/page": "html css js", "reports/report": "html css"}
    assert all((migrate / f"{name}.{kind}").is_file() for name, kinds in parts.items() for kind in kinds.split())


def test_every_public_name_is_there() -> None:
    for name in aiopeertube.__all__:
        assert getattr(aiopeertube, name) is not None


def test_the_pytest_plugin_is_registered_and_loads_no_client() -> None:
    (plugin,) = (point for point in entry_points(group="pytest11") if point.name == "aiopeertube")
    code = f"import {plugin.module}, sys; sys.exit('aiohttp' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_readme_opens_with_the_two_commands() -> None:
    commands = re.findall(r"^\./dev (\w+)", (ROOT / "README.md").read_text(), flags=re.MULTILINE)
    assert commands[:2] == ["demo", "test"]
    assert "./dev test" in (ROOT / ".ci" / "run").read_text()


PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_the_matrix_is_what_the_classifiers_say() -> None:
    versions = [
        found[1]
        for classifier in PYPROJECT["project"]["classifiers"]
        if (found := re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", classifier))
    ]
    command = [sys.executable, "-m", "nox", "--noxfile", str(ROOT / "noxfile.py"), "-s", "matrix", "--list", "--json"]
    listed = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    assert [session["session"] for session in listed] == [f"matrix-{version}" for version in versions]
    assert f">={versions[0]}" == PYPROJECT["project"]["requires-python"]


def test_contributing_lists_every_session() -> None:
    named = set(re.findall(r"^@nox\.session.*\ndef (\w+)", (ROOT / "noxfile.py").read_text(), flags=re.MULTILINE))
    assert named >= {"lint", "tests", "bounds", "lowest", "matrix", "sdist", "release"}
    assert named == set(re.findall(r"^\| `(\w+)", (ROOT / "CONTRIBUTING.md").read_text(), flags=re.MULTILINE))


def test_the_newest_version_of_the_changelog_is_the_packages_or_is_not_out_yet() -> None:
    headings = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(), flags=re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert headings[1:2] in ([], [aiopeertube.__version__])
