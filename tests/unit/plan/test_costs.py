"""What a config would take, told before anything is computed."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from anurans.common.rule_facts import facts_of
from anurans.heads.keras_files import save_head
from anurans.heads.recipes import Recipe
from anurans.heads.training import build_head, count_parameters
from anurans.networks.backbones import BackboneSettings, build_backbone
from anurans.plan import costs

LAYERS = [{"units": 16, "activation": "relu", "dropout": 0.5, "l1": 0, "l2": 0}]
LINEAR = {"layers": [], "standardize": False, "save": "best", "epochs": 10, "early_stopping": None}
LINEAR |= {"solver": "adam"}
LOGISTIC = {"solver": "logistic", "C": [0.01, 0.1], "inner_folds": 5, "standardize": True}
LABELS = np.zeros((4, 3), dtype=bool)
SMALL = {"architecture": "MobileNet", "alpha": 0.25, "pooling": "avg"}


def made(recipes=None, clips=None, precision="f32"):
    """Costs of a config with one small backbone and two datasets."""
    return costs.Costs(
        clips={"original": 100, "time_mask": 300} if clips is None else clips,
        backbones={"small": SMALL, "big": SMALL | {"alpha": 1.0, "pooling": "flatten"}},
        recipes=recipes or {"linear": LINEAR},
        datasets={
            "original": {"techniques": ["original"]},
            "masked": {"techniques": ["original", "time_mask"]},
        },
        embedding={"precision": precision, "dtype": "float16"},
        species=3,
        shards=2,
        length=5.0,
        trained={"recording": 0.5},
        refitted={"recording": 0.8},
    )


def run(backbone="small", dataset="original", recipe="linear"):
    return {"split": "recording", "backbone": backbone, "dataset": dataset, "recipe": recipe}


@pytest.mark.parametrize("architecture", costs.MAPS)
def test_maps_are_those_of_keras(architecture):
    for alpha in (0.25, 0.5, 0.75, 1.0) if architecture == "MobileNet" else (1.0,):
        width = {"alpha": alpha} if architecture == "MobileNet" else {}
        network = getattr(keras.applications, architecture)(
            include_top=False, weights=None, input_shape=(224, 224, 3), **width
        )
        height, across, channels = costs.MAPS[architecture]
        assert network.output_shape == (None, height, across, int(channels * alpha))


@pytest.mark.parametrize("pooling", ["avg", "time", "flatten"])
def test_widths_are_those_of_the_backbones(pooling):
    settings = SMALL | {"pooling": pooling}
    backbone = build_backbone(BackboneSettings(**settings, weights="random"))
    assert backbone.output_shape == (None, costs.embedding_width(settings))


def test_flattened_resnet50():
    resnet = {"architecture": "ResNet50", "alpha": 1.0, "pooling": "flatten"}
    assert costs.embedding_width(resnet) == 100_352


@pytest.mark.parametrize("layers", [[], LAYERS])
def test_weights_of_a_head_are_counted_as_keras_does(layers):
    head = build_head(Recipe(layers=layers), 32, LABELS, np.ones((2, 32)), 1)
    assert costs.head_weights({"layers": layers}, 32, 3) == count_parameters(head)


def test_disk_by_hand():
    rows = {row["what"]: row["bytes"] for row in made().disk([run(), run(dataset="masked")])}
    assert rows == {
        "spectrograms, original": 100 * 224 * 224,
        "spectrograms, time_mask": 300 * 224 * 224,
        "embeddings, small": 400 * 256 * 2,
        "heads and scores": 2 * (4 * 257 * 3 + costs.RUN_BYTES + 100 * costs.CLIP_BYTES),
    }


BIRDNET = {"architecture": "BirdNET"}


def hearing(clips=None, **backbones):
    """Costs of a config with networks that take sound alone, or beside others."""
    clips = {"original": 100} if clips is None else clips
    return replace(made(clips=clips), backbones={"bird": BIRDNET, **backbones})


def test_networks_that_take_sound_draw_nothing_and_keep_every_window():
    rows = {row["what"]: row for row in hearing().disk([run("bird")])}
    assert set(rows) == {"embeddings, bird", "heads and scores"}
    assert rows["embeddings, bird"]["bytes"] == 100 * 2 * 1024 * 2
    assert rows["embeddings, bird"]["how"] == "100 x 2 x 1024 x 2"
    assert hearing().temporary([run("bird")], 22050) == 0


def test_figures_of_copies_draw_images_whatever_the_network():
    clips = {"original": 100, "time_stretch": 50, "time_mask": 300}
    costs_ = hearing(clips)
    assert costs_.drawn([run("bird", "masked")]) == list(clips)
    assert costs_.temporary([run("bird", "masked")], 22050) == 2 * 150 * 5 * 22050
    assert hearing(small=SMALL).drawn([run("bird"), run("small")]) == ["original"]


def test_more_windows_take_longer():
    jobs = {"backbone": "bird", "technique": "original"}
    other = {"architecture": "sound", "weights": "a.tflite", "sr": 16000, "window": 1.0}
    assert hearing().seconds("embed_sound", jobs) == pytest.approx(
        facts_of("embed_sound").start + 50 * 2 * (0.0125 + 0.0013)
    )
    assert hearing(other=other).shape("other") == (5, costs.ASSUMED_WIDTH)
    clips = {"original": 100, "time_stretch": 100}
    slow = hearing(clips).seconds("embed_sound", jobs | {"technique": "time_stretch"})
    assert slow > hearing(clips).seconds("embed_sound", jobs)
    assert hearing().seconds("train_model", run("bird")) > 0


@pytest.mark.parametrize("standardize", [True, False])
def test_a_saved_head_is_about_as_large_as_is_said(tmp_path, standardize):
    scale = np.random.default_rng(1).random((2, 12544), np.float32) if standardize else None
    save_head(build_head(Recipe(), 12544, LABELS, scale, 1), tmp_path / "head.keras")
    recipe = {"linear": LINEAR | {"standardize": standardize}}
    clips = {"original": 0, "time_mask": 0}
    backbone = {"flat": SMALL | {"pooling": "flatten"}}
    said = replace(made(recipe, clips), backbones=backbone).run_bytes(run("flat"))
    found = (tmp_path / "head.keras").stat().st_size
    assert said - costs.RUN_BYTES == pytest.approx(found, rel=0.15)


def test_all_heads_take_more_than_the_best():
    each = {"linear": LINEAR, "every": LINEAR | {"save": "all"}}
    best, every = (made(each).run_bytes(run(recipe=recipe)) for recipe in each)
    assert every - best == 10 * 4 * 257 * 3


def test_more_work_takes_longer():
    def training(**settings):
        recipe = LINEAR | settings
        return made({"linear": recipe}).seconds("train_model", run("big"))

    assert training(epochs=1000) > training() > made().seconds("train_model", run())
    assert training(layers=LAYERS) > training()
    stopping = {"patience": 5, "start_from_epoch": 0}
    assert training(epochs=1000, early_stopping=stopping) < training(epochs=1000)
    embedding = {"backbone": "big", "technique": "time_mask", "shard": "0000"}
    slow, fast = (
        made(precision=p).seconds("embed_spectrograms", embedding) for p in costs.EMBEDDED
    )
    assert slow > fast > 0
    assert made().seconds("a_rule_that_nobody_timed", {}) > 0


def test_a_flattened_head_is_as_slow_as_was_measured():
    recipe = LINEAR | {"layers": [{"units": 256}], "epochs": 1}
    each = made({"linear": recipe}, {"original": 2000}).seconds("train_model", run("big"))
    assert (each - facts_of("train_model").start) / 1000 == pytest.approx(2.33e-3, rel=0.01)


def test_a_logistic_head_takes_longer_with_more_clips_penalties_and_folds():
    def training(clips=1000, **settings):
        recipe = {"linear": LOGISTIC | settings}
        return made(recipe, {"original": clips}).seconds("train_model", run("big"))

    assert training(4000) > training() < training(C=[0.001, 0.01, 0.1, 1])
    assert training(inner_folds=3) < training()
    assert made({"linear": LOGISTIC}).run_bytes(run()) > costs.RUN_BYTES


def test_a_logistic_head_takes_longer_on_a_network_that_learnt_nothing():
    def training(**weights):
        found = made({"linear": LOGISTIC}, {"original": 4000})
        found.backbones["big"].update(weights)
        return found.seconds("train_model", run("big"))

    assert training(weights="random") > training(weights="imagenet") == training()


def test_training_a_network_takes_longer_than_a_head_and_its_network_is_counted():
    deep = LOGISTIC | {"train": "all", "tuning": {"epochs": 20}}
    recipes = {"linear": LOGISTIC, "all": deep, "last": deep | {"train": "last_block"}}

    def seconds(recipe, **fold):
        return made(recipes).seconds("finetune_model", run(recipe=recipe) | fold)

    assert seconds("all") > seconds("last") > made(recipes).seconds("train_model", run())
    # A refit learns from the clips that a fold holds out and validates on, too.
    refit = seconds("all", fold="refit") - facts_of("finetune_model").start
    scored = 100 * 0.25 / costs.EMBEDDED["f32"]["MobileNet"]
    fold = seconds("all", fold="1") - facts_of("finetune_model").start
    assert refit - scored == pytest.approx((fold - scored) * 0.8 / 0.5)
    rows = {row["what"]: row for row in made(recipes).disk([run(), run(recipe="all")])}
    assert rows["networks, heads and scores"]["how"] == rows["heads and scores"]["how"] == "1 runs"
    backbone = build_backbone(BackboneSettings(**SMALL, weights="random"))
    said = rows["networks, heads and scores"]["bytes"] - rows["heads and scores"]["bytes"]
    assert said == pytest.approx(2 * 4 * backbone.count_params(), rel=0.15)


def test_clips_of_copies():
    augmentation = {"time_stretch": {"rates": [0.5, 1.25]}, "time_mask": {"copies": 4}}
    techniques = ["original", "time_stretch", "time_mask"]
    found = costs.count_all([60.0, 12.4], techniques, augmentation, 5.0, 0.5)
    assert found == {"original": 12 + 2, "time_stretch": 24 + 5 + 10 + 2, "time_mask": 4 * 14}


@pytest.mark.parametrize(
    ("folds", "share"), [(0, 0.7 * 0.8), (5, 0.7 * 0.8 * 0.8), (2, 0.7 * 0.5 * 0.8)]
)
def test_share_that_is_trained_on(folds, share):
    split = {"test": 0.3, "folds": folds, "validation": 0.2}
    assert costs.trained_share(split) == pytest.approx(share)


def test_share_that_a_refit_is_trained_on():
    split = {"test": 0.3, "folds": 5, "validation": 0.2}
    assert costs.refitted_share(split) == pytest.approx(0.7)


def test_a_split_that_validates_on_its_test_part_trains_on_all_the_rest():
    split = {"test": 0.35, "folds": 0, "validation": "test"}
    assert costs.trained_share(split) == pytest.approx(0.65)


def test_runs_by_experiment_and_by_model():
    runs = [
        run() | {"fold": "1", "experiments": "one two"},
        run() | {"fold": "2", "experiments": "one two"},
        run("big") | {"fold": "1", "experiments": "two"},
    ]
    one, two = costs.experiment_rows(runs)
    assert (one["experiment"], one["runs"], one["backbones"], one["folds"]) == ("one", 2, 1, 2)
    assert (two["experiment"], two["runs"], two["backbones"], two["folds"]) == ("two", 3, 2, 2)
    small, big = costs.model_rows(runs)
    assert (small["folds"], big["folds"]) == ("1 2", "1")


def test_tables_are_aligned():
    rows = [{"name": "a", "n": 5}, {"name": "longer", "n": 10}]
    assert costs.table_text(rows, ["name", "n"]) == ["name     n", "a        5", "longer  10"]


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (999_900, "1.0 MB"), (5e10, "50 GB")],
)
def test_sizes_in_words(count, text):
    assert costs.size(count) == text
