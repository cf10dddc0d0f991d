"""What a whole model says of itself."""

import hashlib
import zipfile

import numpy as np
import pytest

from anurans.common.errors import UserError
from anurans.heads.dense import Head, Layer
from anurans.heads.models import (
    add_description,
    describe,
    describe_sound,
    head_arrays,
    read_description,
    weights_digest,
    write_arrays,
)

METADATA = {
    "training": {
        "species": ["B", "A"],
        "recipe": {"l2": 0.1},
        "seed": 1,
        "best_epoch": 3,
        "parameters_total": 9,
    },
    "spectrogram": {"n_fft": 1024},
    "embedding": {"backbone": {"architecture": "MobileNet"}},
    "versions": {"keras": "3"},
}


def test_everything_stands_in_the_order_of_the_output():
    thresholds = [
        {"species": "A", "threshold": "0.250000", "source": "default"},
        {"species": "B", "threshold": "0.750000", "source": "tuned"},
    ]
    species = {"A": "first", "B": "second"}
    clips = {"length": 5.0, "min_last": 0.5, "keep": True}
    about = describe({"fold": "1"}, species, thresholds, METADATA, {"sr": 8000}, clips, "digest")
    assert about["species"] == ["B", "A"]
    assert about["names"] == ["second", "first"]
    assert about["thresholds"] == [0.75, 0.25]
    assert about["threshold_sources"] == ["tuned", "default"]
    assert about["spectrogram"] == {"n_fft": 1024, "size": 224}
    assert about["clips"] == {"length": 5.0, "min_last": 0.5}


def test_the_digest_is_of_values_shapes_and_types():
    weights = [np.zeros((2, 3), "float32"), np.ones(3, "float32")]
    assert weights_digest(weights) == weights_digest([weight.copy() for weight in weights])
    others = [
        [weights[0].reshape(3, 2), weights[1]],
        [weights[0].astype("float16"), weights[1]],
        [weights[0], weights[1] + 1],
        weights[:1],
    ]
    assert len({weights_digest(each) for each in [weights, *others]}) == 5


def test_a_description_is_found_again_in_the_archive(tmp_path):
    path = tmp_path / "model.keras"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("config.json", "{}")
    with pytest.raises(UserError, match="saved again by Keras"):
        read_description(path)
    add_description(path, {"names": ["ñ"]})
    assert read_description(path) == {"names": ["ñ"]}
    assert zipfile.ZipFile(path).read("config.json") == b"{}"


def test_a_head_is_written_for_numpy_alone(tmp_path):
    rng = np.random.default_rng(1)
    layers = [
        Layer("one", *(rng.normal(size=n).astype("f") for n in ((4, 3), 3)), "relu"),
        Layer("two", *(rng.normal(size=n).astype("f") for n in ((3, 2), 2)), "sigmoid"),
    ]
    scale = np.stack([rng.normal(size=4), rng.uniform(1, 2, 4)]).astype("f")
    embeddings = rng.normal(size=(5, 4)).astype(np.float16)
    for head in (Head(layers, scale), Head(layers)):
        paths = tmp_path / "one.npz", tmp_path / "two.npz"
        digests = {write_arrays(path, head_arrays(head)) for path in paths}
        assert digests == {hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
        with np.load(paths[0]) as found:
            x = (embeddings.astype("f") - found["mean"]) / found["deviation"]
            x = np.maximum(x @ found["kernel_0"] + found["bias_0"], 0)
            x = 1 / (1 + np.exp(-(x @ found["kernel_1"] + found["bias_1"])))
        assert x == pytest.approx(head(embeddings), abs=1e-6)


def test_of_sound_the_network_is_named_and_windows_told():
    made = {"backbone": {"architecture": "BirdNET"}, "windows": [0.0, 2.0], "dtype": "float16"}
    network = {"samples": 144000, "sr": 48000, "peak": None, "width": 1024, "source_sha256": "ab"}
    network |= {"path": "net.tflite", "output": "Mean", "licence": "CC BY-NC-SA 4.0"}
    head = {"activations": ["sigmoid"], "combine": "max", "calibration": {"B": None, "A": None}}
    thresholds = [{"species": name, "threshold": "0.5", "source": "default"} for name in "AB"]
    about = describe_sound(
        {"fold": "1"},
        {"A": "first", "B": "second"},
        thresholds,
        METADATA | {"embedding": made},
        "left",
        {"length": 5.0, "min_last": 0.5},
        network,
        head,
        "digest",
    )
    assert about["audio"] == {"sr": 48000, "channel": "left"} and "spectrogram" not in about
    starts = [0.0, 2.0]
    assert about["windows"] == {"samples": 144000, "starts": starts, "peak": None, "noise": -90.0}
    named = {"file": "net.tflite", "sha256": "ab", "output": "Mean", "width": 1024}
    assert about["network"] == named | {"licence": "CC BY-NC-SA 4.0"}
    assert about["names"] == ["second", "first"] and head.items() <= about.items()
