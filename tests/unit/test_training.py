"""Training heads."""

import numpy as np
import pytest

from anurans.training import Recipe, build_head, count_parameters, fit_head, moments, predict

STOPPING = {"patience": 3, "start_from_epoch": 0}


def blobs(n=64, seed=0):
    """Two species, each told by the sign of a value of the embedding."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 8)).astype(np.float16)
    return x, x[:, :2] > 0


def test_a_head_learns_what_can_be_learnt():
    recipe = Recipe(learning_rate=0.05, epochs=40)
    fit = fit_head(recipe, blobs(), None, seed=1)
    x, y = blobs(seed=1)
    assert ((predict(fit.head, [x]) > 0.5) == y).mean() > 0.95
    assert len(fit.history) == fit.best_epoch == 40


def test_the_same_seed_gives_the_same_weights():
    layers = [{"units": 4, "activation": "relu", "dropout": 0.5, "l1": 0.0, "l2": 0.01}]
    recipe = Recipe(layers=layers, epochs=3)
    one, again, other = (fit_head(recipe, blobs(), None, seed=seed).head for seed in (1, 1, 2))
    for a, b in zip(one.get_weights(), again.get_weights(), strict=True):
        assert np.array_equal(a, b)
    assert not np.array_equal(one.get_weights()[-2], other.get_weights()[-2])


def test_early_stopping_keeps_the_epoch_of_the_lowest_validation_loss():
    x, y = blobs(16)
    validation = blobs(64, seed=5)[0], ~blobs(64, seed=5)[1]  # the contrary: it gets worse
    recipe = Recipe(learning_rate=0.1, epochs=50, early_stopping=STOPPING)
    fit = fit_head(recipe, (x, y), validation, seed=1)
    losses = [row["val_loss"] for row in fit.history]
    assert fit.best_epoch == 1 + int(np.argmin(losses))
    assert len(fit.history) == fit.best_epoch + 3
    fit.head.compile(loss="binary_crossentropy")
    found = fit.head.evaluate(validation[0].astype("float32"), validation[1], verbose=0)
    assert found == pytest.approx(min(losses), rel=1e-4)


def test_moments_standardize_and_survive_a_constant_value():
    x = np.random.default_rng(0).normal(3, 2, (3000, 4)).astype(np.float16)
    x[:, 3] = 7
    mean, variance = moments(x)
    assert np.allclose(mean, x.astype(float).mean(axis=0), rtol=1e-5)
    assert np.allclose(variance[:3], x.astype(float).var(axis=0)[:3], rtol=1e-4)
    assert variance[3] == 1


def test_a_head_is_what_the_recipe_says():
    layers = [
        {"units": 16, "activation": "relu", "dropout": 0.5, "l1": 0.0, "l2": 0.01},
        {"units": 8, "activation": "relu", "dropout": 0.0, "l1": 0.0, "l2": 0.0},
    ]
    head = build_head(Recipe(layers=layers, l1=0.001), 32, 3, np.ones((2, 32)))
    names = [layer.name for layer in head.layers]
    assert names == ["embedding", "standardize", "dense1", "dropout1", "dense2", "probability"]
    assert count_parameters(head) == (32 * 16 + 16) + (16 * 8 + 8) + (8 * 3 + 3)
    assert head.get_layer("dense1").kernel_regularizer.l2 == pytest.approx(0.01)
    assert head.get_layer("dense2").kernel_regularizer is None
    assert head.get_layer("probability").kernel_regularizer.l1 == pytest.approx(0.001)
