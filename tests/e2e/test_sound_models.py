"""Models of networks that take sound, used without the workflow as docs/models.md says."""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from conftest import CONFIG, names, planned, read, snakemake, write_config
from documented import ALONE, examples, python
from hearing import ear, write_network
from networks import needs_birdnet

from anurans.networks.sound_networks import LICENCES, find_birdnet

ROOT = Path(__file__).parents[2]
EXAMPLE = "Classify a recording with a network that takes sound"
CONFIGURED = CONFIG | {
    "datasets": {"original": ["original"]},
    "recipes": {
        "logistic": {"C": [0.1, 1.0]},
        "layers": {
            "solver": "adam",
            "layers": [{"units": 8}],
            "standardize": True,
            "learning_rate": 0.01,
            "epochs": 20,
            "early_stopping": None,
        },
    },
    "experiments": {"all": {"splits": ["given"]}},
}
# LiteRT of TensorFlow, where its own package is not installed.
LITERT = """
import sys, types, warnings
try:
    import ai_edge_litert.interpreter
except ImportError:
    warnings.simplefilter("ignore")
    from tensorflow.lite.python.interpreter import Interpreter
    sys.modules["ai_edge_litert.interpreter"] = types.SimpleNamespace(Interpreter=Interpreter)
    sys.modules["ai_edge_litert"] = types.SimpleNamespace()
"""


def program(path):
    """The example, with the network where it is, that keeps the scores of each clip."""
    text = examples()[EXAMPLE].replace('about["network"]["file"]', repr(str(path)))
    text = text.replace("for number, start in", "kept = []\nfor number, start in", 1)
    return f"{ALONE}{text}    kept.append(scores)\nnp.save('found.npy', kept)\n"


def stored(world, run, name):
    """Scores of the clips of a recording, as the workflow computed them."""
    rows = read(world / run / "predictions.tsv", "\t")
    rows = [row for row in rows if row["recording"] == name]
    return np.array([[float(row[f"score_{code}"]) for code in ("LOW", "HIGH")] for row in rows])


@pytest.fixture(scope="module")
def heard(unbuilt, copied):
    """The tiny world with models of a network that takes sound; not to be changed."""
    world = copied(unbuilt)
    write_network(world / "tiny.xml")
    backbones = {"ear": ear(), "mean": ear(combine="pooled", output="embedding", peak=0.5)}
    write_config(world, CONFIGURED | {"backbones": backbones})
    # The last recording ends within a clip.
    path = world / f"recordings/{names()[5]}.wav"
    sound, sr = sf.read(path, dtype="int16")
    sf.write(path, sound[: 18 * sr], sr)
    snakemake(world, "models")
    return world


def test_there_is_a_folder_for_each_run_and_no_network_in_it(heard):
    folders = sorted(heard.glob("results/training/**/model"))
    assert len(folders) == 8 and planned(heard, "models") == {}
    network = hashlib.sha256(
        (heard / "tiny.xml").read_bytes() + (heard / "tiny.bin").read_bytes()
    ).hexdigest()
    for folder in folders:
        assert {path.name for path in folder.iterdir()} == {"model.json", "head.npz"}
        about = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        assert about["species"] == ["LOW", "HIGH"] and about["audio"]["sr"] == 8000
        assert about["network"]["file"] == "tiny.xml"
        assert about["network"]["sha256"] == network
        assert about["network"]["licence"] == LICENCES["sound"]
        head = hashlib.sha256((folder / "head.npz").read_bytes()).hexdigest()
        assert about["weights_sha256"] == head
        thresholds = read(folder.parent / "thresholds.tsv", "\t")
        assert about["thresholds"] == [float(row["threshold"]) for row in thresholds]
        text = (ROOT / "docs/models.md").read_text(encoding="utf-8")
        assert not [key for key in about if f"`{key}`" not in text]


def test_calibration_is_that_of_the_model(heard):
    folder = heard / "results/training/given/ear/original/logistic/fold-1"
    about = json.loads((folder / "model/model.json").read_text(encoding="utf-8"))
    snakemake(heard, "results/calibrators.tsv")
    for code, points in about["calibration"].items():
        known = [
            (float(row["score"]), float(row["probability"]))
            for row in read(heard / "results/calibrators.tsv", "\t")
            if (row["backbone"], row["recipe"], row["species"]) == ("ear", "logistic", code)
        ]
        assert list(zip(points["scores"], points["probabilities"], strict=True)) == known


@pytest.mark.parametrize("recipe", ["logistic", "layers"])
@pytest.mark.parametrize("backbone", ["ear", "mean"])
def test_the_example_gives_the_stored_scores(heard, tmp_path, backbone, recipe):
    run = f"results/training/given/{backbone}/original/{recipe}/fold-1"
    for file in ("model.json", "head.npz"):
        shutil.copy(heard / run / "model" / file, tmp_path)
    shutil.copy(heard / f"recordings/{names()[5]}.wav", tmp_path / "recording.wav")
    lines = python(tmp_path, program(heard / "tiny.xml")).splitlines()
    found, scores = np.load(tmp_path / "found.npy"), stored(heard, run, names()[5])
    assert found.shape == scores.shape == (4, 2) and np.ptp(scores, axis=0).max() > 0.2
    assert np.abs(found - scores).max() < 1e-3
    assert [line.split(" s: ")[0] for line in lines] == ["0", "5", "10", "15"]


def test_the_example_refuses_another_network(heard, tmp_path):
    run = heard / "results/training/given/ear/original/logistic/fold-1/model"
    for file in ("model.json", "head.npz"):
        shutil.copy(run / file, tmp_path)
    write_network(tmp_path / "other.xml", samples=8000)
    command = [sys.executable, "-c", program(tmp_path / "other.xml")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode and "another network than the head was trained on" in done.stderr


@pytest.mark.slow
@needs_birdnet
def test_the_example_is_right_for_birdnet(unbuilt, tmp_path):
    world = Path(shutil.copytree(unbuilt, tmp_path / "world"))
    backbones = {"birdnet": {"architecture": "BirdNET"}}
    recipes = {"logistic": {"C": [0.1]}}
    write_config(world, CONFIGURED | {"backbones": backbones, "recipes": recipes})
    run = "results/training/given/birdnet/original/logistic/fold-1"
    snakemake(world, f"{run}/model/model.json")
    about = json.loads((world / run / "model/model.json").read_text(encoding="utf-8"))
    assert about["network"]["licence"].startswith("CC BY-NC-SA 4.0 (non-commercial)")
    assert about["network"]["file"] == find_birdnet().name
    taken = tmp_path / "taken"
    shutil.copytree(world / run / "model", taken)
    assert sum(path.stat().st_size for path in taken.iterdir()) < 100_000
    shutil.copy(world / f"recordings/{names()[4]}.wav", taken / "recording.wav")
    python(taken, LITERT + program(find_birdnet()))
    found, scores = np.load(taken / "found.npy"), stored(world, run, names()[4])
    assert np.ptp(scores, axis=0).max() > 0.05
    assert np.abs(found - scores).max() < 1e-3
