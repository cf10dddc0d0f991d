"""The library by stage: which package may import from which, and no circles."""

import ast
import subprocess
import sys
import tomllib
import venv
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "workflow/scripts/anurans"
# Each may import from those above it, never from below.
ORDER = (
    "common",
    "recordings",
    "annotations",
    "sounds",
    "networks",
    "splits",
    "heads",
    "scores",
    "listening",
    "review",
    "report",
    "exports",
    "plan",
    "engine",
    "download",
)


def modules():
    """Every module of the library, by its dotted name below the library."""
    return {
        ".".join(path.relative_to(LIBRARY).with_suffix("").parts): path
        for path in LIBRARY.rglob("*.py")
        if path.name != "__init__.py"
    }


def imports():
    """Which modules each module imports, within functions too."""
    known = modules()
    found = {}
    for name, path in known.items():
        of = found.setdefault(name, set())
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("anurans."):
                module = node.module.removeprefix("anurans.")
                inner = {f"{module}.{alias.name}" for alias in node.names} & set(known)
                of |= inner or {module}
    return found


def test_packages_are_those_that_are_named():
    folders = {path.name for path in LIBRARY.iterdir() if (path / "__init__.py").is_file()}
    assert folders == set(ORDER)
    assert {name.split(".")[0] for name in modules()} == set(ORDER)


def test_packages_import_from_those_above_them_alone():
    upward = [
        f"{name} imports {other}"
        for name, others in imports().items()
        for other in others
        if ORDER.index(other.split(".")[0]) > ORDER.index(name.split(".")[0])
    ]
    assert not upward


def test_no_modules_import_each_other():
    try:
        TopologicalSorter(imports()).prepare()
    except CycleError as error:
        pytest.fail(f"in a circle: {error.args[1]}")


def test_unit_tests_stand_as_the_library_does():
    tests = Path(__file__).parent
    for path in tests.rglob("test_*.py"):
        package = path.parent.relative_to(tests).as_posix()
        assert package in (".", *ORDER), path


def test_an_installed_package_has_every_package_and_what_comes_with_it():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    shipped = {"anurans.workflow.pages", "anurans.workflow.report", "anurans.workflow.schemas"}
    named = {f"anurans.{name}" for name in ORDER} | {"anurans"} | shipped
    assert set(settings["packages"]) == named
    for package in shipped:
        folder = ROOT / settings["package-dir"][package]
        patterns = settings["package-data"][package]
        assert sorted(folder.iterdir()) == sorted(f for p in patterns for f in folder.glob(p))


@pytest.mark.slow
def test_the_installed_package_finds_its_schema_and_captions(tmp_path):
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv/bin/python"
    subprocess.run([python, "-m", "pip", "install", "-q", "--no-deps", ROOT], check=True)
    program = (
        "import sys; sys.path.append(sys.argv[1]); import anurans\n"
        "from anurans.plan.schema import schema\nfrom anurans.report.html import table_page\n"
        "from anurans.report.report_pages import CAPTIONS\n"
        "assert '</html>' in table_page('T', 'C', 't.csv', [], [])\n"
        "print(anurans.__file__, len(schema()), (CAPTIONS / 'models.rst').is_file())"
    )
    others = next(path for path in sys.path if path.endswith("site-packages"))
    done = subprocess.run(
        [python, "-c", program, others], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(str(tmp_path)) and done.stdout.endswith(" True\n")
