"""Logistic heads through the whole workflow: inner folds, thresholds, and a leak between these."""

import copy

import numpy as np
import pytest
from conftest import CONFIG, names, planned, read, refused, snakemake, write_config

from anurans.scores.evaluation import HALF, tune_threshold
from anurans.scores.metrics import f1_score

SPECIES = ("LOW", "HIGH")
RUNS = "results/training/given/small"
DATASETS = ("original", "combined")
FOLDS = ("1", "2")


def folder(world, dataset, fold):
    return world / RUNS / dataset / f"logistic/fold-{fold}"


def judged_on(world, dataset, fold):
    """Rows of clips.tsv whose scores are those of a fit that left them out."""
    rows = read(folder(world, dataset, fold) / "clips.tsv", "\t")
    return [row for row in rows if row["technique"] == "original"]


def column(rows, name, kind):
    return np.array([kind(row[name]) for row in rows])


@pytest.mark.parametrize("fold", FOLDS)
@pytest.mark.parametrize("dataset", DATASETS)
def test_the_certificate_has_its_inner_folds(built, dataset, fold):
    rows = read(built / "results/checks/leakage.csv")
    (row,) = (
        row
        for row in rows
        if (row["recipe"], row["dataset"], row["fold"]) == ("logistic", dataset, fold)
    )
    assert (row["verdict"], row["split"], row["by"]) == ("ok", "given", "file")
    # One recording to train on and one to validate on, both learnt from.
    assert (row["inner_folds"], row["inner_by"], row["inner_crossing"]) == ("2", "recording", "0")
    assert (row["recordings_train"], row["recordings_validation"]) == ("1", "1")
    assert (row["copies_train"] != "0") == (dataset == "combined")
    # Where training stops by the validation part there are none.
    others = [row for row in rows if row["recipe"] == "linear"]
    assert {(row["inner_folds"], row["inner_by"], row["inner_crossing"]) for row in others} == {
        ("0", "", "0")
    }


def test_a_table_of_folds_gives_their_number_and_groups_and_may_name_audio_files(world):
    rows = read(world / "folds.csv")
    lines = ["recording,fold,group"]
    for row in rows:
        group = "pond" if row["fold"] == "test" else ""
        lines.append(f"{row['recording']}.WAV,{row['fold']},{group}")
    (world / "folds.csv").write_text("\n".join(lines) + "\n")
    config = copy.deepcopy(CONFIG)
    del config["splits"]["given"]["folds"]
    write_config(world, config)
    run = f"{RUNS}/original/logistic/fold-2"
    jobs = dict.fromkeys(("assign_roles", "train_model", "evaluate_model"), 1)
    assert planned(world, f"{run}/predictions.tsv") == jobs
    snakemake(world, "--", f"{run}/predictions.tsv")
    table = read(world / "results/splits/given.tsv", "\t")
    assert {(row["recording"], row["group"]) for row in table} == {
        (name, "pond" if name in names()[4:] else name) for name in names()
    }
    predictions = read(world / run / "predictions.tsv", "\t")
    nights = {row["recording"]: row["night"] for row in table}
    assert all(
        row["group"] == ("pond" if row["role"] == "test" else nights[row["recording"]])
        for row in predictions
    )


@pytest.mark.parametrize("dataset", DATASETS)
def test_copies_of_the_validation_part_are_learnt_from_too(built, dataset):
    rows = read(folder(built, dataset, "1") / "clips.tsv", "\t")
    fold = {row["recording"]: row["inner_fold"] for row in rows if row["inner_group"]}
    assert set(fold) == {names()[2], names()[3]} and set(fold.values()) == {"1", "2"}
    for row in rows:
        # A copy is left out where the clip that it shows is.
        assert row["inner_fold"] == fold[row["recording"]]
        original = row["technique"] == "original"
        assert original == (row["inner_group"] != "") == (row["score_LOW"] != "")
        assert original or row["role"] == "train"
    copied = {row["recording"] for row in rows if row["technique"] != "original"}
    assert copied == (set(fold) if dataset == "combined" else set())


@pytest.mark.parametrize("fold", FOLDS)
@pytest.mark.parametrize("dataset", DATASETS)
def test_thresholds_are_those_of_the_clips_that_were_left_out(built, dataset, fold):
    judged = judged_on(built, dataset, fold)
    assert len(judged) == 8
    thresholds = read(folder(built, dataset, fold) / "thresholds.tsv", "\t")
    for name, row in zip(SPECIES, thresholds, strict=True):
        labels = column(judged, f"label_{name}", int) == 1
        scores = column(judged, f"score_{name}", float)
        assert row["source"] == "tuned" and int(row["positives"]) == labels.sum() > 0
        assert float(row["threshold"]) == pytest.approx(tune_threshold(labels, scores), abs=1e-6)
        # No other does better.
        best = f1_score(labels, scores >= float(row["threshold"]))
        others = [f1_score(labels, scores >= other) for other in [*scores, HALF]]
        assert best == pytest.approx(max(others))


@pytest.mark.parametrize("fold", FOLDS)
@pytest.mark.parametrize("dataset", DATASETS)
def test_validation_is_scored_by_fits_that_left_it_out(built, dataset, fold):
    judged = [row for row in judged_on(built, dataset, fold) if row["role"] == "validation"]
    assert len(judged) == 4
    (row,) = (
        row
        for row in read(folder(built, dataset, fold) / "metrics.tsv", "\t")
        if row["subset"] == "validation"
    )
    assert row["n_clips"] == "4"
    for name in SPECIES:
        labels = column(judged, f"label_{name}", int) == 1
        called = column(judged, f"score_{name}", float) >= float(row[f"threshold_{name}"])
        if labels.any():
            assert float(row[f"f1_{name}"]) == pytest.approx(f1_score(labels, called), abs=1e-6)
    # predictions.tsv says the same of all that was learnt from, and the head of the rest.
    predictions = read(folder(built, dataset, fold) / "predictions.tsv", "\t")
    stated = {row["clip"]: row for row in predictions}
    for clip in judged_on(built, dataset, fold):
        for name in SPECIES:
            score = float(stated[clip["clip"]][f"score_{name}"])
            assert score == pytest.approx(float(clip[f"score_{name}"]), abs=1e-6)


def test_a_leak_between_inner_folds_stops_the_workflow_with_its_name(world):
    before = (world / "results/summary.csv").read_bytes()
    path = folder(world, "combined", "1") / "clips.tsv"
    lines = path.read_text().splitlines(keepends=True)
    header = lines[0].rstrip("\n").split("\t")
    fold = header.index("inner_fold")
    at = next(at for at, line in enumerate(lines) if "~time_mask1" in line)
    cells = lines[at].split("\t")
    copy = cells[header.index("clip")]
    # A fit is given a copy of the clip that it is judged on.
    cells[fold] = {"1": "2", "2": "1"}[cells[fold]]
    path.write_text("".join([*lines[:at], "\t".join(cells), *lines[at + 1 :]]))
    message = refused(world)
    said = f"{RUNS}/combined/logistic/fold-1/clips.tsv: 1 groups or copies stand within and outside"
    assert said in message and copy in message
    assert "Traceback" not in message
    assert (world / "results/summary.csv").read_bytes() == before


def test_a_recording_in_two_inner_folds_stops_the_workflow(world):
    path = folder(world, "original", "2") / "clips.tsv"
    lines = path.read_text().splitlines(keepends=True)
    fold = lines[0].split("\t").index("inner_fold")
    cells = lines[1].split("\t")
    cells[fold] = {"1": "2", "2": "1"}[cells[fold]]
    path.write_text("".join([lines[0], "\t".join(cells), *lines[2:]]))
    message = refused(world)
    assert f"{RUNS}/original/logistic/fold-2/clips.tsv: 1 groups or copies stand" in message
    assert f"inner fold: {cells[2]}" in message
