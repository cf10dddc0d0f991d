"""A recipe that trains the network, through the whole workflow: the same products as any run."""

import copy
import json
import re
import shutil
from pathlib import Path

import keras
import numpy as np
import pytest
import yaml
from conftest import (
    CALLS,
    CONFIG,
    PARTS,
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
    assert "refit" not in text
    given = {"recordings": {"source": "recordings"}, "model": "given/small/original/tuned"}
    write_config(world, settings() | {"detection": given | {"refit": True}})
    said = snakemake(world, "runs").stdout
    assert said.startswith(text.rstrip())
    refit = said.removeprefix(text.rstrip()).strip()
    assert re.fullmatch(
        r"Besides, detect trains one more network on all folds \(detection\.refit\): about \d+ "
        r"seconds on 2 cores, roughly, by rates measured on another machine\. It takes "
        r"[\d.]+ MB of disk\.",
        refit,
    )


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
    "model holds one; set detection.refit: true",
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


REFIT = f"{RUN}/fold-refit"


@pytest.fixture(scope="module")
def refitted(tuned) -> Path:
    """The same world, where one network that was trained on all folds listens."""
    (tuned / "new").mkdir(exist_ok=True)
    make_recording(tuned / "new/TINY_20220101_200000.wav", CALLS[4], seed=4)
    given = {"recordings": {"source": "new"}, "model": "given/small/original/tuned", "refit": True}
    write_config(tuned, settings() | {"detection": given})
    jobs = planned(tuned, "results/detections/events.csv")
    # The folds stay as they are: the refit alone is trained.
    assert jobs["finetune_model"] == 1 and "evaluate_model" not in jobs
    made = ("results/detections/events.csv", "results/detections/refit.csv", "export_detector")
    snakemake(tuned, *made)
    return tuned


@pytest.mark.slow
def test_a_refit_learns_from_all_folds_as_long_as_they_did(refitted):
    roles = {row["clip"]: row for row in read(refitted / "results/splits/given.tsv", "\t")}
    clips = read(refitted / REFIT / "clips.tsv", "\t")
    assert {row["role"] for row in clips} == {"train"}
    learnt = {row["clip"] for row in clips}
    of_folds = {
        row["clip"]
        for fold in FOLDS
        for row in read(refitted / f"{RUN}/fold-{fold}/clips.tsv", "\t")
    }
    assert learnt == of_folds
    assert {roles[clip]["fold-1"] for clip in learnt} == {"train", "validation", "held_out"}
    kept = [
        int(read(refitted / f"{RUN}/fold-{fold}/metrics.tsv", "\t")[0]["best_epoch"])
        for fold in FOLDS
    ]
    history = read(refitted / REFIT / "history.tsv", "\t")
    assert len(history) - 1 == sorted(kept)[(len(kept) - 1) // 2]
    assert "val_loss" not in history[0]


@pytest.mark.slow
def test_the_refit_listens_alone_by_thresholds_that_the_folds_tell(refitted):
    detector = read_detector(refitted / "results/detections/model.h5")
    network = json.loads((refitted / REFIT / "network/about.json").read_text())["network"]
    assert detector.about["own_networks"] == [network] and detector.about["folds"] == ["refit"]
    with open_shard(refitted / "results/detections/scores/20220101.h5") as shard:
        found = shard.data[()]
    assert found.shape == (4, 2, 1)
    with open_shard(refitted / REFIT / "scores.h5") as shard:
        stored = shard.data[()][shard.clips.recording == names()[4]]
    assert np.abs(found[:, :, 0] - stored).max() < 1e-4

    rows = [
        row
        for fold in FOLDS
        for row in read(refitted / f"{RUN}/fold-{fold}/predictions.tsv", "\t")
        if row["role"] == "held_out" and row["used"] == "1"
    ]
    found = read(refitted / "results/detections/thresholds.tsv", "\t")
    assert [row["fold"] for row in found] == ["refit"] * 2
    for row in found:
        scores = np.array([float(each[f"score_{row['species']}"]) for each in rows])
        labels = np.array([each[f"label_{row['species']}"] == "1" for each in rows])

        def f1(threshold, labels=labels, scores=scores):
            return (
                2
                * (labels & (scores >= threshold)).sum()
                / (labels.sum() + (scores >= threshold).sum())
            )

        assert f1(float(row["threshold"])) == pytest.approx(max(map(f1, scores)), abs=1e-9)


@pytest.mark.slow
def test_the_refit_is_judged_on_the_test_part_by_the_thresholds_that_it_listens_by(refitted):
    with open_shard(refitted / REFIT / "scores.h5") as shard:
        scores = dict(zip(shard.clips.clip, shard.data[()].tolist(), strict=True))
    rows = read(refitted / f"{RUN}/fold-1/predictions.tsv", "\t")
    rows = [row for row in rows if row["role"] == "test"]
    assert {row["recording"] for row in rows} == set(names()[4:])
    thresholds = read(refitted / "results/detections/thresholds.tsv", "\t")
    found = read(refitted / "results/detections/refit.csv")
    assert {row["recipe"] for row in found} == {"tuned"}
    told = {(row["score"], row["species"]): row for row in found}
    assert len(told) == len(found) == 4 * 3
    f1 = []
    for column, name in enumerate(("LOW", "HIGH")):
        at = next(float(row["threshold"]) for row in thresholds if row["species"] == name)
        labels = np.array([row[f"label_{name}"] == "1" for row in rows])
        called = np.array([scores[row["clip"]][column] >= at for row in rows])
        hits = (labels & called).sum()
        f1.append(2 * hits / (labels.sum() + called.sum()))
        assert float(told["f1", name]["value"]) == pytest.approx(f1[-1])
        assert float(told["recall", name]["value"]) == pytest.approx(hits / labels.sum())
        # As for any model: positives of too few groups give no interval, and say so.
        assert told["f1", name]["lower"] == "" and "no interval" in told["f1", name]["note"]
    assert float(told["f1", "mean"]["value"]) == pytest.approx(np.mean(f1))


@pytest.mark.slow
@pytest.mark.fault(
    "Review",
    "suggestions by a model that trains its network",
    sees="given/small/original/tuned: trains its network, and suggestions are found by the "
    "embeddings of a frozen one",
    kept="detections",
)
def test_new_recordings_are_searched_by_the_frozen_network_and_nothing_is_suggested(refitted, sees):
    config = yaml.safe_load((refitted / "config/config.yaml").read_text())
    write_config(refitted, config | {"search": {"label": "LOW", "questions": 2, "new": True}})
    snakemake(refitted, "search")
    rows = read(refitted / "results/review/queues/search.csv")
    assert "TINY_20220101_200000" in {row["recording"] for row in rows}
    assert sees in refused(refitted, "suggest")
    write_config(refitted, config)


@pytest.mark.slow
def test_the_finished_model_of_a_refit_hears_the_same_elsewhere(refitted, unbuilt, tmp_path):
    here = tmp_path / "elsewhere"
    for part in PARTS:
        copy = shutil.copytree if (unbuilt / part).is_dir() else shutil.copy2
        here.mkdir(exist_ok=True)
        copy(unbuilt / part, here / part)
    (here / "config").mkdir()
    shutil.copytree(refitted / "new", here / "new")
    shutil.copytree(refitted / "results/finished_model", here / "frogs")
    for name in ("network", "own_network"):
        files = {path.name for path in (here / "frogs" / name).iterdir()}
        assert files == {"model.xml", "model.bin", "about.json"}
    write_config(here, {"detection": {"recordings": {"source": "new"}, "model": "frogs"}})
    snakemake(here, "detect")
    assert planned(here, "detect") == {}
    assert "found a finished model in detection.model" in refused(
        here, "results/detections/refit.csv"
    )
    day = "results/detections/scores/20220101.h5"
    with open_shard(refitted / day) as one, open_shard(here / day) as other:
        assert (one.data[:] == other.data[:]).all()
    for name in ("model.h5", "thresholds.tsv", "calibrators.tsv", "separation.tsv", "events.csv"):
        one, other = (each / "results/detections" / name for each in (refitted, here))
        assert one.read_bytes() == other.read_bytes(), name
    (here / "frogs/own_network/model.bin").write_bytes(b"another")
    (here / "results/detections/model.h5").unlink()
    assert "own_network/model.bin: is not as it was written" in refused(here, "detect")


@pytest.mark.slow
def test_a_training_of_another_length_is_not_estimated_by_earlier_ones(refitted):
    config = yaml.safe_load((refitted / "config/config.yaml").read_text())
    before = snakemake(refitted, "runs").stdout
    assert "by earlier runs" in before and "by rates" not in before
    tuned = config["recipes"]["tuned"] | {"tuning": {"epochs": 20_000, "batch_size": 4}}
    write_config(refitted, config | {"recipes": config["recipes"] | {"tuned": tuned}})
    runs, status = (snakemake(refitted, name).stdout for name in ("runs", "status"))
    write_config(refitted, config)
    assert not re.search(r"seconds (?=on \d cores?, roughly, by rates)", runs)
    assert runs.count("by rates measured on another machine") == 2
    assert "never timed" in status


@pytest.mark.slow
def test_the_refit_is_no_run(refitted):
    for name in ("metrics.tsv", "model.keras"):
        assert "No rule to produce" in refused(refitted, f"{REFIT}/{name}")


@pytest.mark.slow
@pytest.mark.parametrize("fold", ["2", "refit"])
def test_made_again_it_is_the_same(refitted, fold):
    files = ("scores.h5", "head.keras", "network/model.keras", "network/model.bin", "history.tsv")
    before = {name: digest(refitted / f"{RUN}/fold-{fold}/{name}") for name in files}
    (refitted / f"{RUN}/fold-{fold}/scores.h5").unlink()
    snakemake(refitted, f"{RUN}/fold-{fold}/scores.h5")
    assert {name: digest(refitted / f"{RUN}/fold-{fold}/{name}") for name in files} == before
