"""A recipe that trains the network, through the whole workflow: the same products as any run."""

import copy
import json
from pathlib import Path

import keras
import numpy as np
import pytest
from conftest import (
    CALLS,
    CONFIG,
    make_recording,
    names,
    planned,
    read,
    refused,
    snakemake,
    write_config,
)
from products import digest

from anurans.heads.head_files import read_head
from anurans.listening.detector import read_detector
from anurans.networks.embeddings import open_network
from anurans.sounds.shards import open_shard

RUN = "results/training/given/small/original/tuned"
FOLDS = ("1", "2")


def settings():
    config = copy.deepcopy(CONFIG)
    config["recipes"]["tuned"] = {
        "train": "last_block",
        "C": [0.001, 0.01, 0.1],
        "tuning": {"epochs": 2, "batch_size": 4},
    }
    config["experiments"]["tuning"] = {
        "splits": ["given"],
        "datasets": ["original"],
        "recipes": ["tuned"],
    }
    return config


def test_its_trainings_alone_are_new_and_no_image_is_drawn_again(world):
    write_config(world, settings())
    jobs = planned(world, "results/summary.csv")
    assert (jobs["finetune_model"], jobs["evaluate_model"]) == (2, 2)
    assert not {"train_model", "export_backbone", "embed_spectrograms"}.intersection(jobs)
    text = snakemake(world, "runs").stdout
    assert "2 trainings of networks" in text and "networks, heads and scores" in text


@pytest.fixture(scope="module")
def tuned(built, copied) -> Path:
    """A copy of the finished world, after a run with a recipe that trains the network."""
    folder = copied(built)
    write_config(folder, settings())
    snakemake(folder, "results/summary.csv", "results/provenance.json", f"{RUN}/fold-1/model.keras")
    return folder


@pytest.mark.slow
def test_it_stands_in_the_summary_and_the_certificate(tuned):
    rows = [row for row in read(tuned / "results/summary.csv") if row["recipe"] == "tuned"]
    assert {(row["fold"], row["subset"]) for row in rows} == {
        (fold, subset) for fold in FOLDS for subset in ("validation", "held_out", "test")
    }
    assert all(row["f1_macro"] for row in rows)
    checks = [r for r in read(tuned / "results/checks/leakage.csv") if r["recipe"] == "tuned"]
    assert [(row["verdict"], row["inner_folds"]) for row in checks] == [("ok", "0")] * 2
    made = json.loads((tuned / "results/provenance.json").read_text())["runs"]
    made = [run for run in made if run["recipe"] == "tuned"]
    assert [run["threads"] for run in made] == [1, 1]
    assert made[0]["weights_sha256"] != made[1]["weights_sha256"]
    assert planned(tuned, "results/summary.csv") == {}


@pytest.mark.slow
@pytest.mark.parametrize("fold", FOLDS)
def test_it_learns_from_the_training_part_and_thresholds_are_of_the_validation_part(tuned, fold):
    folder = tuned / f"{RUN}/fold-{fold}"
    clips = read(folder / "clips.tsv", "\t")
    history = read(folder / "history.tsv", "\t")
    assert {row["inner_fold"] for row in clips} == {""}
    assert [row["epoch"] for row in history] == ["0", "1", "2"]
    kept = int(read(folder / "metrics.tsv", "\t")[0]["best_epoch"])
    losses = [float(row["val_loss"]) for row in history]
    assert losses[kept] == min(losses)
    held = {row["clip"] for row in clips if row["role"] == "validation"}
    rows = [r for r in read(folder / "predictions.tsv", "\t") if r["clip"] in held]
    for row in read(folder / "thresholds.tsv", "\t"):
        assert int(row["positives"]) == sum(r[f"label_{row['species']}"] == "1" for r in rows)
    # What it goes on with after a kill is gone once it has ended.
    assert not (folder / "checkpoint.h5").exists()


@pytest.mark.slow
def test_the_network_of_a_fold_and_the_whole_model_give_the_stored_scores(tuned):
    folder = tuned / f"{RUN}/fold-1"
    embedder, _ = open_network(folder / "network/about.json", 1)
    head = read_head(folder / "head.keras")
    model = keras.saving.load_model(folder / "model.keras", safe_mode=True)
    with open_shard(folder / "scores.h5") as shard:
        scores = dict(zip(shard.clips.clip, shard.data[()], strict=True))
    with open_shard(tuned / "results/spectrograms/original/0000.h5") as shard:
        images, clips = shard.data[()], shard.clips.clip
    stored = np.array([scores[clip] for clip in clips])
    assert np.abs(head(next(embedder.embed([images]))) - stored).max() < 2e-3
    assert np.abs(np.asarray(model(images)) - stored).max() < 2e-3


@pytest.mark.slow
@pytest.mark.fault(
    "Detection",
    "a finished model of networks that were trained in each fold",
    sees="given/small/original/tuned: trains a network of its own in each fold, and a finished "
    "model holds one network",
    kept="the detector",
)
def test_new_recordings_are_listened_to_by_the_network_of_each_fold(tuned, sees):
    (tuned / "new").mkdir()
    # Sounds as a recording of the test part does, to the sample.
    make_recording(tuned / "new/TINY_20220101_200000.wav", CALLS[4], seed=4)
    given = {"recordings": {"source": "new"}, "model": "given/small/original/tuned"}
    write_config(tuned, settings() | {"detection": given})
    snakemake(tuned, "results/detections/events.csv")
    detector = read_detector(tuned / "results/detections/model.h5")
    assert len(set(detector.about["own_networks"])) == len(detector.heads) == 2
    with open_shard(tuned / "results/detections/scores/20220101.h5") as shard:
        found = shard.data[()]
    assert found.shape == (4, 2, 2)
    for number, fold in enumerate(detector.about["folds"]):
        with open_shard(tuned / f"{RUN}/fold-{fold}/scores.h5") as shard:
            stored = shard.data[()][shard.clips.recording == names()[4]]
        assert np.abs(found[:, :, number] - stored).max() < 1e-4
    assert sees in refused(tuned, "results/finished_model")


@pytest.mark.slow
def test_made_again_it_is_the_same(tuned):
    files = ("scores.h5", "head.keras", "network/model.keras", "network/model.bin", "history.tsv")
    before = {name: digest(tuned / f"{RUN}/fold-2/{name}") for name in files}
    (tuned / f"{RUN}/fold-2/scores.h5").unlink()
    snakemake(tuned, f"{RUN}/fold-2/scores.h5")
    assert {name: digest(tuned / f"{RUN}/fold-2/{name}") for name in files} == before
