"""The project's chores: `nox` runs what has to pass, `nox -l` lists the rest."""

import os
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "virtualenv"
nox.options.error_on_missing_interpreters = True
nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["lint", "tests"]

PROJECT = nox.project.load_toml("pyproject.toml")


def group(name: str) -> tuple[str, ...]:
    """Return the requirements of a dependency group."""
    return nox.project.dependency_groups(PROJECT, name)


def install_wheel(session: nox.Session, *extras: str) -> None:
    """Install the package as users get it: built, not as a source tree."""
    built = Path(session.create_tmp()) / "wheel"
    for old in built.glob("*.whl"):
        old.unlink()
    session.run("python", "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(built), ".", silent=True)
    (wheel,) = built.glob("*.whl")
    wanted = f"{wheel}[{','.join(extras)}]" if extras else str(wheel)
    session.install("--upgrade", wanted)
    # A wheel of the same version is not taken for a new one.
    session.install("--force-reinstall", "--no-deps", str(wheel))


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, types and the direction of imports."""
    session.install("--upgrade", *group("lint"), *group("test"), *PROJECT["project"]["dependencies"], "nox")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")
    session.run("lint-imports", "--verbose", silent=True)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests against the built wheel; arguments go to pytest."""
    install_wheel(session, "speed")
    session.install("--upgrade", *group("test"))
    session.run("pytest", *(session.posargs or ["-m", "not live", "tests"]), env={"AIOPEERTUBE_EXPECT_WHEEL": "1"})


@nox.session
def live(session: nox.Session) -> None:
    """Run the contract tests against a real server: AIOPEERTUBE_LIVE_URL and credentials (see CONTRIBUTING.md)."""
    if "AIOPEERTUBE_LIVE_URL" not in os.environ:
        session.error("set AIOPEERTUBE_LIVE_URL, and the credentials that CONTRIBUTING.md names")
    install_wheel(session)
    session.install("--upgrade", *group("test"))
    session.run("pytest", "-m", "live", *(session.posargs or ["tests/contract"]))


@nox.session
def bench(session: nox.Session) -> None:
    """Measure this client beside others: about an hour, `-- --quick` under 3 minutes (benchmarks/run.py --help)."""
    install_wheel(session, "speed")
    session.install("--upgrade", *group("bench"))
    session.run("python", "benchmarks/run.py", *session.posargs)
