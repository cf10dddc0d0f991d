"""What the project's own code never does with what comes from outside."""

import ast
import re

import pytest
from conftest import ROOT

from anurans.report.figures import headline, sheet

SCRIPTS = sorted((ROOT / "workflow/scripts").rglob("*.py"))
CODE = [*SCRIPTS, *sorted((ROOT / "benchmarks").glob("*.py")), ROOT / "envs/sync.py"]
RULES = [ROOT / "Snakefile", ROOT / "workflow/Snakefile", *sorted((ROOT / "rules").glob("*.smk"))]
# Modules that unpickle, or run what they read.
UNSAFE = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
CALLS = {"eval", "exec", "compile", "__import__", "popen", "read_pickle", "to_pickle"}


def unsafe(tree):
    """Places in code that unpickle, run text, start a shell, or load without a safe mode."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name.split(".")[0] for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [(node.module or "").split(".")[0]]
        elif isinstance(node, ast.Call):
            yield from unsafe_call(node)
            continue
        else:
            continue
        yield from (f"import {name}" for name in names if name in UNSAFE)


def unsafe_call(node):
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    of = ast.unparse(function)
    given = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
    if name in CALLS and not re.fullmatch(r"(re|model|head|whole)\.compile", of):
        yield of
    if of == "os.system":
        yield of
    if given.get("shell", "False") != "False" or given.get("allow_pickle", "False") != "False":
        yield f"{of}({given})"
    if of in ("np.load", "numpy.load") and given.get("allow_pickle") != "False":
        yield of
    if (
        of.startswith("yaml.")
        and name in ("load", "compose")
        and "Safe" not in given.get("Loader", "")
    ):
        yield of
    if of.endswith("saving.load_model") and given.get("safe_mode") != "True":
        yield of


@pytest.mark.fault(
    "Security",
    "files that run code when they are read (pickles, unsafe YAML, models with code)",
    kept="no code of the project reads such files; a test searches all of it",
)
def test_nothing_that_is_read_is_run():
    found = {
        str(path.relative_to(ROOT)): list(unsafe(ast.parse(path.read_text(encoding="utf-8"))))
        for path in CODE
    }
    assert {path: places for path, places in found.items() if places} == {}
    assert len(CODE) > 80


@pytest.mark.parametrize(
    "code",
    [
        "import pickle",
        "from joblib import load",
        "np.load(path)",
        "np.load(path, allow_pickle=True)",
        "yaml.load(text, Loader=yaml.Loader)",
        "keras.saving.load_model(path)",
        "keras.saving.load_model(path, safe_mode=False)",
        "subprocess.run(text, shell=True)",
        "os.system(text)",
        "eval(text)",
    ],
)
def test_the_search_finds(code):
    assert list(unsafe(ast.parse(code)))


def test_no_rule_has_a_command_of_a_shell():
    for path in RULES:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"^\s*(shell|run)\s*:", text, re.MULTILINE), path
        assert not re.search(r"\bshell\(", text), path


@pytest.mark.fault(
    "Security",
    "a name of a species or model with HTML, in a figure",
    kept="the figure, which shows the text as it is",
)
def test_text_of_figures_becomes_no_element(tmp_path):
    text = "<script>alert(1)</script><!-- --> & \" ' $x_{1}$ \\frac"
    with sheet([tmp_path / "a.svg", tmp_path / "a.png"], 4, 2) as figure:
        headline(figure, text)
        figure.subplots().set_xlabel(text)
    svg = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert "<script" not in svg
    assert svg.count("<!--") == svg.count("-->")
    assert (tmp_path / "a.png").stat().st_size > 1000
