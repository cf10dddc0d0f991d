"""Runs of a config, and what is made of them."""

from pathlib import Path

import pytest
import yaml

from anurans.plan.config import load
from anurans.plan.recording_plan import RecordingPlan
from anurans.plan.run_plan import RunPlan

ROOT = Path(__file__).parents[3]


@pytest.fixture
def plan(monkeypatch):
    """Give a function that plans the runs of the demo, with other settings."""
    monkeypatch.chdir(ROOT)
    demo = yaml.safe_load((ROOT / "config/config.yaml").read_text())

    def make(**settings):
        config = load(demo | settings, "config")
        return RunPlan(config, RecordingPlan(config))

    return make


def test_splits_that_are_run(plan):
    found = plan()
    assert found.by == {"recording": "recording", "night": "night", "clip": "clip"}
    assert found.leaky_splits == ["clip"]
    assert plan(experiments={"one": {"splits": ["night"]}}).by == {"night": "night"}
    assert {run.split for run in found.of_split("night")} == {"night"}
    every = [run for split in found.by for run in found.of_split(split)]
    assert sorted(every) == sorted(found.all)


def test_a_file_of_every_run_or_of_some(plan):
    found = plan()
    every = found.files("metrics.tsv")
    assert len(every) == len(set(every)) == len(found.all)
    some = found.of_split("night")
    assert found.files("metrics.tsv", some) == [
        f"results/training/{run.folder}/metrics.tsv" for run in some
    ]
    assert set(found.files("metrics.tsv", some)) < set(every)
    assert found.files("metrics.tsv", []) == []


def test_the_engine_counts_for_heads_that_are_trained_by_epochs(plan):
    recipes = {"epochs": {"solver": "adam"}, "fitted": {}}
    found = plan(recipes=recipes, experiments={"all": {}}, training={"engine": "jax"})
    assert (found.engine("epochs"), found.engine("fitted")) == ("jax", "numpy")


def test_optimism_is_of_models_that_are_trained_both_ways(plan):
    both = plan().of_optimism()
    assert {run.dataset for run in both} == {"original"}
    assert {run.split for run in both} == {"clip", "recording", "night"}
    assert plan(experiments={"honest": {"splits": ["night"]}}).of_optimism() == []
    assert plan(experiments={"leaky": {"splits": ["clip"]}}).of_optimism() == []


def test_splits_within_sites_are_measured_against_one_by_site(plan):
    splits = {name: {"by": name} for name in ("clip", "recording", "night", "site")}
    easier = plan(splits=splits, experiments={"all": {}}).easier
    assert ("recording", "site") in easier and ("night", "site") in easier
    assert ("clip", "site") in easier and ("clip", "night") in easier
    assert ("site", "night") not in easier and ("recording", "night") not in easier


def test_probabilities_are_calibrated_on_what_is_held_out(plan):
    parts = {"test": 0.25, "validation": 0.25}
    splits = {"a": parts | {"by": "recording", "folds": 3}, "b": parts | {"by": "night"}}
    splits["b"]["folds"] = 0
    found = plan(splits=splits, experiments={"all": {}}, detection={"recordings": {"source": "x"}})
    assert {run.split for run in found.calibrated()} == {"a"}
    assert {run.split for run in found.all} == {"a", "b"}


def test_each_run_is_a_row(plan):
    found = plan()
    rows, certified = found.rows(), found.certified()
    assert len(rows) == len(certified) == len(found.all) > 0
    shared = next(row for row in rows if " " in row["experiments"])
    assert shared["experiments"] == "datasets optimism"
    assert {(each[0], each[1]) for each in certified} == set(found.by.items())


def test_a_model_is_made_of_each_run_with_a_head(plan, tmp_path):
    (tmp_path / "net.tflite").touch()
    (tmp_path / "labels.txt").write_text("Boana lundii_Frog\n")
    ear = {"architecture": "BirdNET", "weights": str(tmp_path / "net.tflite")}
    eye = {"architecture": "MobileNet", "weights": "random"}
    found = plan(
        backbones={"ear": ear, "eye": eye},
        experiments={"all": {"splits": ["night"], "datasets": ["original"]}},
        detection={"recordings": {"source": "x"}},
    )
    assert found.backbones == ["ear", "eye"]
    assert {run.recipe for run in found.all} == {"logistic", "own"}
    night = "results/training/night"
    assert {path for path in found.models() if "fold-1/" in path} == {
        f"{night}/ear/original/logistic/fold-1/model/model.json",
        f"{night}/eye/original/logistic/fold-1/model.keras",
    }
    assert f"{night}/ear/original/own/fold-2/scores.h5" in found.trainings()
    assert found.head_names() == "logistic"
    assert found.learnt_from("ear", "own")[0] == "results/classes/ear/0000.h5"
    assert found.learnt_from("ear", "logistic")[0] == "results/embeddings/ear/original/0000.h5"
    assert found.folds_predicted("night", "ear", "original", "own")[-1] == (
        f"{night}/ear/original/own/fold-3/predictions.tsv"
    )
