"""Heads in files that Keras reads."""

import keras
import numpy as np
import pytest
from blobs import blobs

from anurans.heads.keras_files import save_head
from anurans.heads.keras_training import to_keras
from anurans.heads.recipes import Recipe
from anurans.heads.training import fit_head

LAYERS = [
    {"units": 6, "activation": "gelu", "dropout": 0.5, "l1": 0.0, "l2": 0.01},
    {"units": 5, "activation": "relu", "dropout": 0.25, "l1": 0.001, "l2": 0.0},
]
RECIPES = [
    Recipe(epochs=2),
    Recipe(epochs=2, standardize=False, l2=0.1, dropout=0.3),
    Recipe(LAYERS, epochs=2, dropout=0.1),
]


@pytest.mark.parametrize("recipe", RECIPES)
def test_keras_loads_what_it_would_have_written(tmp_path, recipe):
    x, y = blobs()
    head = fit_head(recipe, (x, y), None, seed=1).head
    save_head(head, tmp_path / "head.keras")
    found = keras.saving.load_model(tmp_path / "head.keras", safe_mode=True)
    built = to_keras(head)
    assert [w.path for w in found.weights] == list(head.weights) == [w.path for w in built.weights]
    for mine, theirs in zip(found.layers, built.layers, strict=True):
        assert type(mine) is type(theirs)
        assert plain(mine.get_config()) == plain(theirs.get_config())
    probabilities = keras.ops.convert_to_numpy(found(x.astype("float32"), training=False))
    np.testing.assert_allclose(probabilities, head(x), atol=1e-6)


def plain(config):
    """A layer's settings, with arrays and policies as text."""
    return {key: str(np.asarray(value).tolist()) for key, value in config.items() if key != "dtype"}


def test_the_same_head_gives_the_same_bytes(tmp_path):
    head = fit_head(RECIPES[2], blobs(), None, seed=1).head
    for name in ("one.keras", "other.keras"):
        save_head(head, tmp_path / name)
    assert (tmp_path / "one.keras").read_bytes() == (tmp_path / "other.keras").read_bytes()
