"""Whole models, used without the workflow as docs/models.md says."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from conftest import CONFIG, names, read, snakemake, write_config
from documented import ALONE, examples, python

ROOT = Path(__file__).parents[2]
RUN = "results/training/given/small/original/linear/fold-1"


@pytest.fixture(scope="module")
def models(built, copied):
    """A copy of the finished world with a whole model."""
    folder = copied(built)
    config = json.loads(json.dumps(CONFIG))
    config["species"]["HIGH"] = "tono agudo ñ"
    write_config(folder, config)
    snakemake(folder, f"{RUN}/model.keras")
    return folder


@pytest.fixture
def taken(models, tmp_path):
    """A folder with a model and a recording, and nothing else."""
    for file in ("model.keras", "model.json", "head.keras", "heads.h5"):
        shutil.copy(models / RUN / file, tmp_path)
    shutil.copy(models / f"recordings/{names()[4]}.wav", tmp_path / "recording.wav")
    return tmp_path


def stored(models):
    """Scores of the clips of the recording, as the workflow computed them."""
    rows = read(models / RUN / "predictions.tsv", "\t")
    rows = [row for row in rows if row["recording"] == names()[4]]
    scores = [[float(row[f"score_{name}"]) for name in ("LOW", "HIGH")] for row in rows]
    found = [[name for name in ("LOW", "HIGH") if row[f"predicted_{name}"] == "1"] for row in rows]
    return np.array(scores), found


def test_model_json_says_what_is_needed(models):
    about = json.loads((models / RUN / "model.json").read_text(encoding="utf-8"))
    thresholds = read(models / RUN / "thresholds.tsv", "\t")
    assert about["species"] == ["LOW", "HIGH"]
    assert about["names"] == ["low tone", "tono agudo ñ"]
    assert about["thresholds"] == [float(row["threshold"]) for row in thresholds]
    assert about["threshold_sources"] == ["tuned", "tuned"]
    assert about["audio"] == {"sr": 22050, "channel": "mix"}
    assert about["clips"] == {"length": 5.0, "min_last": 0.5}
    assert about["spectrogram"]["size"] == 224 and about["spectrogram"]["scale"] == "mel"
    assert about["run"]["fold"] == "1" and about["recipe"]["learning_rate"] == 0.01
    assert {"keras", "scipy", "openvino", "soxr"} <= about["versions"].keys()
    text = (ROOT / "docs/models.md").read_text(encoding="utf-8")
    assert not [key for key in about if f"`{key}`" not in text]


def test_the_model_loads_with_keras_alone_and_is_what_its_description_says(taken):
    program = f"""{ALONE}
import hashlib, keras, numpy as np
{examples()["What model.json says"]}
assert about == json.loads(open("model.json", "rb").read())
model = keras.saving.load_model("model.keras", safe_mode=True)
images = np.random.default_rng(1).integers(0, 256, (3, 224, 224)).astype("uint8")
found = np.asarray(model(images))
assert found.shape == (3, 2) and ((found >= 0) & (found <= 1)).all()
digest = hashlib.sha256()
for weight in model.get_weights():
    digest.update(f"{{weight.dtype}} {{weight.shape}}".encode() + weight.tobytes())
assert digest.hexdigest() == about["weights_sha256"]
"""
    python(taken, program)


def test_the_example_gives_the_stored_probabilities(taken, models):
    program = ALONE + examples()["Classify a recording"] + "np.save('found.npy', probabilities)\n"
    lines = python(taken, program).strip().splitlines()
    scores, decisions = stored(models)
    found = np.load(taken / "found.npy")
    assert found.shape == scores.shape == (4, 2)
    assert np.abs(found - scores).max() < 0.02
    # Far apart scores: the clips could not be confused.
    assert np.ptp(scores, axis=0).max() > 0.2
    for second, line, scored, decided in zip((0, 5, 10, 15), lines, scores, decisions, strict=True):
        assert line.startswith(f"{second} s: ")
        near = np.abs(scored - threshold(models)) < 0.02
        if not near.any():
            assert line.split(": ")[1].split(" [")[0] == (", ".join(decided) or "none")


def threshold(models):
    return [float(row["threshold"]) for row in read(models / RUN / "thresholds.tsv", "\t")]


@pytest.mark.slow
def test_the_example_with_the_library_gives_them_too(taken, models):
    program = examples()["With any spectrogram"] + "np.save('found.npy', probabilities)\n"
    python(taken, program, PYTHONPATH=str(ROOT / "workflow/scripts"))
    scores, _ = stored(models)
    assert np.abs(np.load(taken / "found.npy") - scores).max() < 0.02


@pytest.mark.slow
def test_heads_of_every_epoch(models, taken):
    config = json.loads(json.dumps(CONFIG))
    config["recipes"]["every"] = config["recipes"]["linear"] | {"save": "all", "epochs": 3}
    write_config(models, config)
    run = RUN.replace("linear", "every")
    snakemake(models, f"{run}/heads.h5")
    for file in ("head.keras", "heads.h5"):
        shutil.copy(models / run / file, taken)
    example = examples()["The head of another epoch"]
    same = "a = keras.saving.load_model('head.keras').get_weights()\n" + (
        "print(all((x == y).all() for x, y in zip(a, head.get_weights(), strict=True)))\n"
    )
    assert python(taken, ALONE + example + same).strip() == "False"
    last = example.replace("epoch = 2", "epoch = 3")
    assert last != example
    assert python(taken, ALONE + last + same).strip() == "True"
