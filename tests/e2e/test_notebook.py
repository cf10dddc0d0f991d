"""The notebook: its code cells in order, as they stand, on the demo, without Jupyter."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, read

from anurans.networks.sound_networks import find_birdnet

NOTEBOOK = ROOT / "docs/train.ipynb"
# What a cell ends with is shown, as a notebook does.
PROGRAM = """
import ast, json, sys
scope = {}
for cell in json.load(open(sys.argv[1], encoding="utf-8"))["cells"]:
    if cell["cell_type"] == "code":
        tree = ast.parse("".join(cell["source"]))
        shown = isinstance(tree.body[-1], ast.Expr) and tree.body.pop()
        exec(compile(tree, "cell", "exec"), scope)
        if shown:
            print(eval(compile(ast.Expression(shown.value), "cell", "eval"), scope))
assert len(scope["axes"].images) == 1
"""


def cells():
    return json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]


def clone(folder: Path) -> Path:
    """A clone of the project, as a newcomer has it, with the notebook as it is now."""
    subprocess.run(["git", "clone", "-q", str(ROOT), str(folder)], check=True)
    (folder / "docs/train.ipynb").write_bytes(NOTEBOOK.read_bytes())
    return folder


@pytest.mark.slow
@pytest.mark.skipif(find_birdnet() is None, reason="BirdNET is not installed")
def test_from_two_folders_to_a_season(tmp_path):
    project = clone(tmp_path / "anurans")
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-c", PROGRAM, "train.ipynb"],
        cwd=project / "docs",
        capture_output=True,
        text=True,
        env={**os.environ, "MPLBACKEND": "Agg"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said = done.stdout
    assert "3 runs in 1 experiment" in said
    assert "The season, and how far to trust it: results/monitoring/monitoring.html" in said
    scores = read(project / "results/tables/intervals.csv")
    assert {row["backbone"] for row in scores} == {"birdnet"}
    f1 = [float(row["value"]) for row in scores if row["score"] == "f1" and row["species"]]
    assert min(f1) > 0.5
    # The season that the notebook shows: each frog in its own months, as the truth has them.
    heard = read(project / "results/monitoring/dates.csv")
    assert {row["species"] for row in heard} == {"BOAALB", "PHYCUV", "BOALUN"}
    assert len({row["night"] for row in heard}) > 30
    assert (project / "results/monitoring/season.png").stat().st_size > 20_000
    assert "BOAALB" in said.split("results/monitoring/monitoring.html")[-1]


def test_outputs_are_cleared_and_cells_are_plain_python():
    for cell in cells():
        if cell["cell_type"] == "code":
            assert cell["outputs"] == [] and cell["execution_count"] is None
            compile("".join(cell["source"]), "cell", "exec")
