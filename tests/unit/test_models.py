"""What a whole model says of itself."""

import zipfile

import numpy as np
import pytest

from anurans.errors import UserError
from anurans.models import add_description, describe, read_description, weights_digest

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
