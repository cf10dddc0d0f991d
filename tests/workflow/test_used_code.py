"""Digests hold what jobs use: against bytecode, by edits, and against jobs that run."""

import __future__

import ast
import dis
import json
import random
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from conftest import ROOT, snakemake

from anurans.common import code_digests
from anurans.common.code_digests import Code
from anurans.common.definitions import read_definitions

SCRIPTS = ROOT / "workflow/scripts"
CODE = type((lambda: None).__code__)


def name_of(path):
    return ".".join(path.relative_to(SCRIPTS).with_suffix("").parts)


PATHS = {
    name_of(path): path for path in sorted(SCRIPTS.rglob("*.py")) if path.name != "__init__.py"
}


@cache
def compiled(name):
    """Statements of a module, by what they bind, and its instructions with their lines."""
    text = PATHS[name].read_text(encoding="utf-8")
    tree = ast.parse(text)
    # Annotations are strings then, which load nothing.
    flag = __future__.annotations.compiler_flag
    found, pending = [], [compile(text, name, "exec", flags=flag, dont_inherit=True)]
    while pending:
        code = pending.pop()
        pending += [each for each in code.co_consts if isinstance(each, CODE)]
        found.append(
            [
                each
                for each in dis.get_instructions(code)
                if each.positions and each.positions.lineno
            ]
        )
    return tree, found


def loaded(name, statement) -> Iterator[tuple[str, str]]:
    """Modules and names that the bytecode of a statement loads."""
    first = min([statement.lineno, *(d.lineno for d in getattr(statement, "decorator_list", []))])
    _, codes = compiled(name)
    for instructions in codes:
        module = ""
        of = [
            each for each in instructions if first <= each.positions.lineno <= statement.end_lineno
        ]
        for at, each in enumerate(of):
            if each.opname == "IMPORT_NAME":
                module = each.argval
                yield module, ""
            elif each.opname == "IMPORT_FROM":
                yield module, each.argval
            elif each.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
                following = of[at + 1] if at + 1 < len(of) else each
                attribute = "ATTR" in following.opname or "METHOD" in following.opname
                yield name, f"{each.argval}.{following.argval if attribute else ''}"


@cache
def bindings(name):
    """Where each imported name of a module comes from, by its bytecode: a module and its name."""
    codes = compiled(name)[1]
    found, module, of = {}, "", ""
    for each in codes[0]:
        if each.opname == "IMPORT_NAME":
            module, of = each.argval, ""
        elif each.opname == "IMPORT_FROM":
            of = each.argval
        elif each.opname == "STORE_NAME" and of:
            found[each.argval] = (module, of)
            of = ""
    return found


@cache
def statements(name):
    """Statements of a module by the names that they bind."""
    found = {}
    for statement in compiled(name)[0].body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            found.setdefault(statement.name, []).append(statement)
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            for node in ast.walk(ast.Tuple(targets)):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    found.setdefault(node.id, []).append(statement)
    return found


def resolve(module, name) -> tuple[str, str] | None:
    """Definition that a name of a module stands for, `x.y` too, where the library has it."""
    first, _, attribute = name.partition(".")
    for _ in range(9):
        if first in statements(module):
            return module, first
        if first not in bindings(module):
            return None
        module, first = bindings(module)[first]
        if f"{module}.{first}" in PATHS:
            module, first = f"{module}.{first}", attribute
        if module not in PATHS:
            return None
    return None


@cache
def reached(script):
    """Definitions that a script's `main` reaches, by the bytecode of each."""
    seen, pending = set(), [(script, "main"), ("anurans.common.jobs", "run")]
    while pending:
        place = pending.pop()
        if place in seen or place is None:
            continue
        seen.add(place)
        module, name = place
        for statement in statements(module)[name]:
            for other, used in loaded(module, statement):
                if other in PATHS and used:
                    pending.append(resolve(other, used))
    return seen


def edited(path, statement):
    """Text of a module in which one definition does something else."""
    lines = path.read_text(encoding="utf-8").split("\n")
    if isinstance(statement, ast.FunctionDef):
        body = [each for each in statement.body if not is_text(each)] or statement.body
        indent = " " * body[0].col_offset
        lines.insert(min(d.lineno for d in decorated(body[0])) - 1, f"{indent}_edited = 1")
        return "\n".join(lines)
    value = statement.value
    last = lines[value.end_lineno - 1]
    lines[value.end_lineno - 1] = (
        f"{last[: value.end_col_offset]}, 1)[0]{last[value.end_col_offset :]}"
    )
    first = lines[value.lineno - 1]
    lines[value.lineno - 1] = f"{first[: value.col_offset]}({first[value.col_offset :]}"
    return "\n".join(lines)


def is_text(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def is_constant(node):
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return isinstance(targets[0], ast.Name) and node.value is not None


def decorated(node):
    return [node, *getattr(node, "decorator_list", [])]


def drawn(n_functions, n_constants):
    """Functions and constants of the library, drawn once for all."""
    functions, constants = [], []
    for module in PATHS:
        if module.startswith("anurans."):
            for name, of in statements(module).items():
                if isinstance(of[-1], ast.FunctionDef):
                    functions.append((module, name))
                elif len(of) == 1 and is_constant(of[0]):
                    constants.append((module, name))
    rng = random.Random(1)
    return rng.sample(functions, n_functions) + rng.sample(constants, n_constants)


@pytest.mark.parametrize(
    ("n_functions", "n_constants"), [(30, 10), pytest.param(150, 50, marks=pytest.mark.slow)]
)
def test_an_edit_changes_the_digests_of_just_the_scripts_that_reach_it(
    n_functions, n_constants, monkeypatch
):
    read, changed = cache(code_digests._read), {}
    monkeypatch.setattr(code_digests, "_read", lambda path: changed.get(path) or read(path))
    scripts = [path.name for path in sorted(SCRIPTS.glob("*.py"))]
    code = Code(SCRIPTS)
    before = {script: code.digest(script) for script in scripts}
    wrong, hit = [], 0
    for module, name in drawn(n_functions, n_constants):
        path = PATHS[module]
        text = edited(path, statements(module)[name][-1])
        changed = {path: read_definitions(text, str(path))}
        code = Code(SCRIPTS)
        outdated = {script for script in scripts if code.digest(script) != before[script]}
        expected = {s for s in scripts if (module, name) in reached(s.removesuffix(".py"))}
        hit += bool(expected)
        if outdated != expected:
            wrong.append((module, name, sorted(outdated ^ expected)))
    assert not wrong
    assert hit > (n_functions + n_constants) / 2


# Notes, for each job, which functions of the library it called.
TRACE = """
import atexit, json, os, sys
from pathlib import Path

def trace(frame, event, argument):
    code = frame.f_code
    if event == "call" and ours(code) and (code.co_filename, code.co_qualname) not in called:
        if not imported(frame):
            called.add((code.co_filename, code.co_qualname))

def ours(code):
    return "/scripts/anurans/" in code.co_filename

def imported(frame):
    # Whether a module of the library is being imported: not each of its constants is the job's.
    while frame := frame.f_back:
        if ours(frame.f_code) and frame.f_code.co_name == "<module>":
            return True

def tell():
    sys.setprofile(None)
    name = Path(sys.argv[0]).name
    path = Path(os.environ["TRACE"], f"{os.getpid()}.json")
    path.write_text(json.dumps([name, sorted(called)]))

called = set()
if "TRACE" in os.environ:
    atexit.register(tell)
    sys.setprofile(trace)
"""


@pytest.mark.slow
def test_every_function_that_a_job_calls_is_in_its_digest(unbuilt, tmp_path, monkeypatch):
    world = Path(shutil.copytree(unbuilt, tmp_path / "world"))
    (tmp_path / "site").mkdir()
    (tmp_path / "site/sitecustomize.py").write_text(TRACE)
    (tmp_path / "found").mkdir()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))
    monkeypatch.setenv("TRACE", str(tmp_path / "found"))
    snakemake(world)
    code = Code(world / "workflow/scripts")
    traced, missing = set(), set()
    for path in (tmp_path / "found").glob("*.json"):
        program, called = json.loads(path.read_text())
        # As Snakemake names the copy of a script: tmpab12.train_model.py.
        script = ".".join(program.split(".")[-2:])
        if not (world / "workflow/scripts" / script).is_file():
            continue
        traced.add(script)
        used = code.used(script)
        for file, qualname in called:
            module = name_of(SCRIPTS / Path(file).relative_to(world / "workflow/scripts"))
            name = qualname.split(".")[0]
            if name not in used.get(module, set()) and not module_level(file, name):
                missing.add((script, module, name))
    assert len(traced) > 30
    assert not missing


def module_level(file, name):
    """Whether it is a comprehension, or the body of a class, that runs as a module is imported."""
    tree = ast.parse(Path(file).read_text(encoding="utf-8"))
    return name.startswith("<") or name in {
        node.name for node in tree.body if isinstance(node, ast.ClassDef)
    }
