"""The same training by Keras: what NumPy is held to."""

from importlib.util import find_spec

import keras
import numpy as np
import pytest
from blobs import blobs

from anurans.common.errors import UserError
from anurans.heads.keras_training import to_keras, use_engine, weighted_loss
from anurans.heads.recipes import Recipe
from anurans.heads.training import Labelled, fit_head

HIDDEN = {"units": 6, "dropout": 0.0, "l1": 0.001, "l2": 0.01}
STOPPING = {"patience": 3, "start_from_epoch": 2}


@pytest.mark.parametrize(
    ("activation", "balance"),
    [("relu", "none"), ("gelu", "class_weight"), (None, "oversample")],
)
def test_numpy_trains_as_keras_does(activation, balance):
    layers = [HIDDEN | {"activation": activation}] if activation else []
    recipe = Recipe(
        layers, l2=0.003, balance=balance, epochs=8, learning_rate=0.01, early_stopping=STOPPING
    )
    parts = blobs(90), blobs(40, seed=3)
    ours, theirs = (fit_head(recipe, *parts, 1, engine=e) for e in ("numpy", "tensorflow"))
    assert ours.best_epoch == theirs.best_epoch
    for found, expected in zip(ours.history, theirs.history, strict=True):
        assert found == pytest.approx(expected, rel=1e-4)
    for name, weight in ours.head.weights.items():
        np.testing.assert_allclose(weight, theirs.head.weights[name], atol=2e-3)
    x = parts[1][0]
    np.testing.assert_allclose(ours.head(x), theirs.head(x), atol=1e-3)


def test_numpy_trains_as_keras_does_where_labels_are_unknown():
    recipe = Recipe(
        [HIDDEN | {"activation": "relu"}], epochs=6, learning_rate=0.01, early_stopping=STOPPING
    )
    rng = np.random.default_rng(5)
    # Of as many rows each batch: Keras takes the mean over batches of the validation part.
    parts = [Labelled(x, y, rng.random(y.shape) < 0.7) for x, y in (blobs(96), blobs(64, seed=3))]
    ours, theirs = (fit_head(recipe, *parts, 1, engine=e) for e in ("numpy", "tensorflow"))
    for found, expected in zip(ours.history, theirs.history, strict=True):
        assert found == pytest.approx(expected, rel=1e-4)
    x = parts[1].x
    np.testing.assert_allclose(ours.head(x), theirs.head(x), atol=1e-3)


def test_keras_computes_what_the_head_does():
    recipe = Recipe([HIDDEN | {"activation": "gelu", "dropout": 0.5}], epochs=1, dropout=0.2)
    x, y = blobs()
    head = fit_head(recipe, (x, y), None, 1).head
    found = keras.ops.convert_to_numpy(to_keras(head)(x.astype("float32"), training=False))
    np.testing.assert_allclose(found, head(x), atol=1e-6)


def test_weighted_loss_by_hand():
    weights = np.array([[0.5, 1.0], [2.0, 1.0]], dtype=np.float32)
    truth, probability = np.array([[1.0, 0.0]], "f4"), np.array([[0.8, 0.4]], "f4")
    expected = (-2.0 * np.log(0.8) - np.log(0.6)) / 2
    assert float(weighted_loss(weights)(truth, probability)[0]) == pytest.approx(expected, rel=1e-5)


def test_an_engine_that_is_not_installed_is_refused_with_a_sentence():
    if find_spec("jax"):
        pytest.skip("jax is installed here")
    with pytest.raises(
        UserError, match=r"training\.engine is jax, which is not installed"
    ) as error:
        use_engine("jax", 1)
    assert "\n" not in str(error.value) and ".[jax]" in str(error.value)
