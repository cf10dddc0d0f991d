"""The configs of the project load, and are what they say."""

from collections import Counter
from pathlib import Path

import yaml

from anurans.plan.config import load
from anurans.plan.runs import runs

ROOT = Path(__file__).parents[3]


def test_the_demo_config_loads():
    text = (ROOT / "config/config.yaml").read_text(encoding="utf-8")
    config = load(yaml.safe_load(text), "config/config.yaml")
    # Two backbones on five datasets, and on the original under two other splits; BirdNET knows none
    # of the species.
    assert len(runs(config)) == (2 * 5 + 2 * 2) * 3


def test_the_study_draws_as_it_says():
    text = (ROOT / "config/paper.yaml").read_text(encoding="utf-8")
    found = load(yaml.safe_load(text))["spectrogram"]
    assert (found["scale"], found["n_fft"], found["hop_length"]) == ("linear", 1024, 494)


def test_the_study_is_48_and_24_models_and_16_more_for_each_fold_and_a_plain_one():
    text = (ROOT / "config/paper.yaml").read_text(encoding="utf-8")
    config = load(yaml.safe_load(text), "config/paper.yaml")
    found = runs(config)
    counts = Counter(experiment for of in found.values() for experiment in of)
    folds = config["splits"]["folds"]["folds"]
    assert folds == 5
    assert counts == {"stage1": 48, "stage2": 24, "stage3": 16 * (1 + folds)}
    assert len(found) == counts.total()


def test_recipes_of_the_study_are_named_by_what_they_are():
    text = (ROOT / "config/paper.yaml").read_text(encoding="utf-8")
    for name, recipe in load(yaml.safe_load(text))["recipes"].items():
        strength = f"-l2_{recipe['l2']:g}" if recipe["l2"] else ""
        strength += f"-l1_{recipe['l1']:g}" if recipe["l1"] else ""
        widths = [layer["units"] for layer in recipe["layers"]] or [3]
        layers = "-".join(f"dense{units}" for units in widths)
        assert name == f"{layers}{strength}-lr{recipe['learning_rate']:g}"
        assert (recipe["standardize"], recipe["batch_size"], recipe["epochs"]) == (False, 32, 1000)
        for layer in recipe["layers"]:
            assert (layer["activation"], layer["dropout"], layer["l2"]) == ("relu", 0.5, 0.01)
