"""The notebook: its code cells in order, on the tiny world, without Jupyter."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import CONFIG, ROOT, names, read

from anurans.sounds.shards import open_shard

pytestmark = pytest.mark.slow
NOTEBOOK = ROOT / "docs/train.ipynb"
# What a user would write into the first cell; the rest of the notebook stays as it is.
SETTINGS = {
    "recordings": CONFIG["recordings"]["source"],
    "annotations": CONFIG["annotations"]["source"],
    "species": CONFIG["species"],
    "backbones": CONFIG["backbones"],
    "others": {
        key: value
        for key, value in CONFIG.items()
        if key not in ("recordings", "annotations", "species", "backbones")
    }
    | {
        "experiments": {
            "one": {"splits": ["given"], "datasets": ["original"], "recipes": ["logistic"]}
        }
    },
}
PROGRAM = """
import json, sys
cells = json.load(open(sys.argv[1], encoding="utf-8"))
first, *others = ["".join(c["source"]) for c in cells["cells"] if c["cell_type"] == "code"]
scope = {}
exec(first, scope)
settings = json.loads(sys.argv[2])
assert settings.keys() < scope.keys()
scope |= settings
for source in others:
    exec(source, scope)
assert len(scope["axes"].images) == 1
told = {"rows": len(scope["summary"]), "recording": scope["recording"], "run": str(scope["run"])}
print(json.dumps(told | {"probabilities": scope["probabilities"].tolist()}))
"""


def cells():
    return json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]


def test_cells_in_order_train_and_classify(world):
    # As in docs/, below the project.
    (world / "docs").mkdir()
    program = [sys.executable, "-W", "error::UserWarning", "-c", PROGRAM]
    done = subprocess.run(
        [*program, str(NOTEBOOK), json.dumps(SETTINGS)],
        cwd=world / "docs",
        capture_output=True,
        text=True,
        env={**os.environ, "MPLBACKEND": "Agg", "TF_CPP_MIN_LOG_LEVEL": "3"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    *shown, last = done.stdout.strip().splitlines()
    assert "2 runs in 1 experiment" in shown and shown[-4].startswith("0 s: ")
    told = json.loads(last)
    assert told["rows"] == len(read(world / "results/summary.csv")) == 6
    assert Path(told["recording"]).stem == names()[0]
    # Those of the head itself: predictions.tsv has what fits said that left a clip out.
    with open_shard(world / told["run"] / "scores.h5") as shard:
        scores = shard.data[:][shard.clips.recording == names()[0]]
    assert scores.shape == (4, 2)
    assert np.abs(scores - told["probabilities"]).max() < 0.02


def test_outputs_are_cleared_and_cells_are_plain_python():
    for cell in cells():
        if cell["cell_type"] == "code":
            assert cell["outputs"] == [] and cell["execution_count"] is None
            compile("".join(cell["source"]), "cell", "exec")


def test_the_recording_is_classified_as_the_documentation_says():
    text = (ROOT / "docs/models.md").read_text(encoding="utf-8")
    last = "".join(cells()[-1]["source"])
    lines = [line for line in last.splitlines() if line and "model." not in line]
    lines = [line for line in lines if "load(" not in line]
    assert len(lines) > 10
    assert not [line for line in lines if line not in text.splitlines()]
