"""The project's chores: `nox` runs what has to pass, `nox -l` lists the rest."""

import os
import re
import shutil
import tarfile
from pathlib import Path

import nox

nox.needs_version = ">=2026.8.17"  # before, the stand-ins of version managers count as interpreters
nox.options.default_venv_backend = "virtualenv"
nox.options.download_python = "never"
nox.options.error_on_missing_interpreters = False  # the matrix is as wide as the machine, and says what it skips
nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["lint", "tests", "bounds"]

PROJECT = nox.project.load_toml("pyproject.toml")
PYTHONS = nox.project.python_versions(PROJECT)  # as the classifiers say
# Python writes bytecode, whatever the machine says: without it each worker compiles all tests anew.
TESTED = {"AIOPEERTUBE_EXPECT_WHEEL": "1", "PYTHONDONTWRITEBYTECODE": ""}
VERSION = re.compile(r'^__version__ = "(.+)"$', re.MULTILINE)
NOT_LIVE = ("-m", "not live", "tests")
# Tests wait as long as they work, for programs and sockets: so two workers for each core.
ON_ALL_CORES = ("-n", str(min(8, 2 * (os.cpu_count() or 1))), "--dist=worksteal")

# PeerTube's own program for the command line; the clients of PyPI are in pyproject.toml.
NPM_CLIENT = "@peertube/peertube-cli@1.0.3"
# Looks at pages for faults that keep people out.
NPM_AXE = "axe-core@4.14.1"

# Long searches for what nobody thought of, and others that reach nothing new: measured they take twice as long.
SEARCHES = (
    "tests/contract/test_migrations.py",
    "tests/docs",
    "tests/migrate/tables/test_fuzz.py",
    "tests/migrate/test_fuzzed_journals.py",
    "tests/migrate/test_life.py",
    "tests/migrate/test_merging.py",
    "tests/simulation",
    "tests/test_benchmarks.py",
    "tests/test_examples.py",
    "tests/test_imports.py",
)
# What every run measures: measured tests take twice as long, and the rest has a session of its own.
CORE_TESTS = ("tests/bulk", "tests/stack", "tests/test_pagination.py")
CORE = "*/aiopeertube/bulk/*,*/aiopeertube/stack/*"
ELSEWHERE = tuple(f"--ignore={path}" for path in SEARCHES)

# The parts of the suite in which wrong lower bounds showed, and those that need every dependency for a moment.
WHERE_BOUNDS_SHOW = (
    "tests/cli/test_addresses.py",
    "tests/cli/test_get.py",
    "tests/cli/test_option_sets.py",
    "tests/fleet/test_dask.py",
    "tests/fleet/test_page_log.py",
    "tests/fleet/test_parquet.py",
    "tests/migrate/tables/test_opening.py",
    "tests/migrate/tables/test_sinks.py",
    "tests/migrate/test_verbs.py",
    "tests/stack/pool",
    "tests/stack/test_tokens.py",
    "tests/test_packaging.py",
    "tests/wire",
)


def group(name: str) -> tuple[str, ...]:
    """Return the requirements of a dependency group."""
    return nox.project.dependency_groups(PROJECT, name)


def install_wheel(session: nox.Session, *extras: str, source: str = ".") -> None:
    """Install the package as users get it: built, not as a source tree."""
    built = Path(session.create_tmp()) / "wheel"
    for old in built.glob("*.whl"):
        old.unlink()
    session.run(
        "python", "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(built), source, silent=True
    )
    (wheel,) = built.glob("*.whl")
    wanted = f"{wheel}[{','.join(extras)}]" if extras else str(wheel)
    session.install("--upgrade", wanted)
    # A wheel of the same version is not taken for a new one.
    session.install("--force-reinstall", "--no-deps", str(wheel))


def install_lowest(session: nox.Session, *, source: str = ".") -> None:
    """Install the package with the oldest versions that it says it works with, and with those of the tests' tools."""
    metadata = PROJECT["project"]
    extras = (needed for extra in metadata["optional-dependencies"].values() for needed in extra)
    install_wheel(session, source=source)
    session.install("--upgrade", *group("uv"))
    oldest = ("--resolution", "lowest-direct", "--upgrade")
    session.run(
        *("python", "-m", "uv", "pip", "install", "--quiet", *oldest),
        *(*metadata["dependencies"], *extras, *group("test")),
        silent=True,
    )


def unpack_sdist(session: nox.Session) -> Path:
    """Build the sdist and unpack it where nothing else of the project is."""
    session.install("--upgrade", *group("uv"))
    folder = Path(session.create_tmp()).absolute() / "sdist"
    session.run("python", "-c", f"import shutil; shutil.rmtree({str(folder)!r}, ignore_errors=True)")
    session.run("python", "-m", "uv", "build", "--quiet", "--sdist", "--out-dir", str(folder), silent=True)
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        opened.extractall(folder)  # what was just built here; Python 3.11.2 knows no filter
    return folder / archive.name.removesuffix(".tar.gz")


def pytest(session: nox.Session, *arguments: str, measured: bool = False) -> None:
    """Run the tests against the installed package; not as a module, which would find the source tree first."""
    program = ("coverage", "run", f"{session.bin}/pytest") if measured else ("pytest",)
    session.run(*program, *arguments, env=TESTED)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, types (as two checkers see them) and the direction of imports."""
    session.install("--upgrade", *group("lint"), *group("test"), *PROJECT["project"]["dependencies"], "nox")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")
    session.run("pyright", env={"PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"})
    session.run("lint-imports", "--verbose", silent=True)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests against the built wheel; of the core it is measured what they reach. Arguments go to pytest."""
    install_wheel(session, "speed")
    session.install("--upgrade", *group("test"))
    if session.posargs:
        pytest(session, *session.posargs)
        return
    session.run("pytest", "--collect-only", "--quiet", env=TESTED, silent=True)  # compiles them, once for all workers
    pytest(session, *ON_ALL_CORES, *NOT_LIVE[:2], *CORE_TESTS, measured=True)
    pytest(session, *ON_ALL_CORES, *NOT_LIVE, *(f"--ignore={path}" for path in CORE_TESTS))
    session.run("coverage", "combine", "--quiet")
    session.run("coverage", "report", f"--include={CORE}")


@nox.session
def coverage(session: nox.Session) -> None:
    """Measure what the tests reach of all of the package, which takes twice as long."""
    install_wheel(session, "speed")
    session.install("--upgrade", *group("test"))
    pytest(session, *ON_ALL_CORES, *NOT_LIVE, *ELSEWHERE, measured=True)
    session.run("coverage", "combine", "--quiet")
    session.run("coverage", "report")


@nox.session
def bounds(session: nox.Session) -> None:
    """Run a fast part of the tests from the unpacked sdist, on the oldest dependencies."""
    source = unpack_sdist(session)
    install_lowest(session, source=str(source))
    session.chdir(source)
    pytest(session, *(session.posargs or [*ON_ALL_CORES, "-m", "not live", *WHERE_BOUNDS_SHOW]))


@nox.session
def lowest(session: nox.Session) -> None:
    """Run all tests on the oldest dependencies that pyproject.toml allows."""
    install_lowest(session)
    pytest(session, *(session.posargs or [*ON_ALL_CORES, *NOT_LIVE]))


@nox.session(python=PYTHONS)
def matrix(session: nox.Session) -> None:
    """Run the tests on each Python that the classifiers name; those that are not on the machine are skipped."""
    install_wheel(session, "speed")
    session.install("--upgrade", *group("test"))
    pytest(session, *(session.posargs or [*ON_ALL_CORES, *NOT_LIVE]))


@nox.session
def sdist(session: nox.Session) -> None:
    """Run all tests from the unpacked sdist: it has all that they need."""
    source = unpack_sdist(session)
    install_wheel(session, "speed", source=str(source))
    session.install("--upgrade", *group("test"))
    session.chdir(source)
    pytest(session, *(session.posargs or [*ON_ALL_CORES, *NOT_LIVE]))


@nox.session
def release(session: nox.Session) -> None:
    """Build wheel and sdist of a clean tree into dist/ and check them; nothing is published."""
    if session.run("git", "status", "--porcelain", external=True, silent=True):
        session.error("the tree is dirty: commit first, what is released is what was committed")
    version = _released_version(session)
    session.install("--upgrade", *group("release"))
    session.run("python", "-m", "uv", "build", "--quiet", "--clear", "--out-dir", "dist", silent=True)
    archives = [f"dist/aiopeertube-{version}{end}" for end in ("-py3-none-any.whl", ".tar.gz")]
    session.run("twine", "check", "--strict", *archives)
    session.run("check-wheel-contents", archives[0])
    session.install("--force-reinstall", archives[0])
    has_types = "from importlib.resources import files; assert files('aiopeertube').joinpath('py.typed').is_file()"
    session.run("python", "-I", "-c", has_types)
    has_version = f"import aiopeertube; assert aiopeertube.__version__ == {version!r}, aiopeertube.__version__"
    session.run("python", "-I", "-c", has_version)


def _released_version(session: nox.Session) -> str:
    """Return the package's version, which has to be the newest of the changelog's."""
    (version,) = VERSION.findall(Path("aiopeertube/_version.py").read_text())
    logged = re.findall(r"^## \[(\d[^\]]*)\]", Path("CHANGELOG.md").read_text(), re.MULTILINE)
    if logged[:1] != [version]:
        session.error(f"_version.py says {version}, the newest version in CHANGELOG.md is {(logged or ['none'])[0]}")
    return str(version)


@nox.session
def live(session: nox.Session) -> None:
    """Run the contract tests against a real server: AIOPEERTUBE_LIVE_URL and credentials (see CONTRIBUTING.md)."""
    if "AIOPEERTUBE_LIVE_URL" not in os.environ:
        session.error("set AIOPEERTUBE_LIVE_URL, and the credentials that CONTRIBUTING.md names")
    install_wheel(session)
    session.install("--upgrade", *group("test"))
    pytest(session, "-m", "live", *(session.posargs or ["tests/contract"]))


@nox.session
def clients(session: nox.Session) -> None:
    """Run clients that others wrote against emulators of both versions, and a real server where one is named."""
    install_wheel(session)
    session.install("--upgrade", *group("clients"))
    modules = []
    if shutil.which("npm"):
        folder = str(Path(session.create_tmp()).absolute())
        quiet = ("--silent", "--no-audit", "--no-fund")
        session.run("npm", "install", *quiet, "--prefix", folder, NPM_CLIENT, external=True)
        modules = ["--modules", folder]
    else:
        session.warn(f"there is no npm: {NPM_CLIENT} is left out")
    session.run("python", "tests/clients/compare.py", *modules, *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation into site/; a warning is an error."""
    install_wheel(session)
    session.install("--upgrade", *group("docs"))
    session.run("python", "docs/reference_pages.py")
    session.run("zensical", "build", "--strict", "--clean", *session.posargs)


@nox.session
def pages(session: nox.Session) -> None:
    """Open the pages of plans and reports in Chromium, with axe-core, which finds what keeps people out."""
    folder = Path(session.create_tmp()).absolute()
    quiet = ("--silent", "--no-audit", "--no-fund")
    session.run("npm", "install", *quiet, "--prefix", str(folder), NPM_AXE, external=True)
    install_wheel(session)
    session.install("--upgrade", *group("test"))
    axe = folder / "node_modules/axe-core/axe.min.js"
    session.run("pytest", "tests/migrate/test_page_in_chromium.py", env={**TESTED, "AIOPEERTUBE_AXE": str(axe)})


@nox.session
def mutation(session: nox.Session) -> None:
    """Change stack, bulk engine and migrations (`-- "aiopeertube.bulk.*"`: some); hours (mutmut show NAME)."""
    session.install("--upgrade", *group("test"), *group("mutation"), *PROJECT["project"]["dependencies"])
    session.run("mutmut", "run", "--max-children", "2", *session.posargs, silent=True, success_codes=[0, 1])
    session.run("mutmut", "results")


@nox.session
def bench(session: nox.Session) -> None:
    """Measure this client beside others: about an hour, `-- --quick` under 3 minutes (benchmarks/run.py --help)."""
    install_wheel(session, "speed")
    session.install("--upgrade", *group("bench"))
    session.run("python", "benchmarks/run.py", *session.posargs)
