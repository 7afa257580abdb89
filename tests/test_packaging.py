"""What users install is what was tested."""

import os
import re
import subprocess
import sys
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
