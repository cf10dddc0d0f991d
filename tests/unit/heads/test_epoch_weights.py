"""Heads of every epoch."""

import h5py
import numpy as np
import pytest
from blobs import STOPPING, blobs

from anurans.common.errors import UserError
from anurans.heads.epoch_weights import kept_heads, set_epoch
from anurans.heads.recipes import Recipe
from anurans.heads.training import build_head, fit_head

LAYERS = [{"units": 4, "activation": "relu", "dropout": 0.5, "l1": 0.0, "l2": 0.0}]


def trained(path, save, **recipe):
    recipe = Recipe(layers=LAYERS, learning_rate=0.05, save=save, **recipe)
    with kept_heads(path) as keep:
        return recipe, fit_head(recipe, blobs(), blobs(seed=1), seed=1, keep=keep)


def assert_same(one, other):
    assert one.weights.keys() == other.weights.keys()
    for name, weight in one.weights.items():
        assert np.array_equal(weight, other.weights[name])


def test_every_epoch_is_what_a_training_of_so_many_epochs_gives(tmp_path):
    recipe, _ = trained(tmp_path / "heads.h5", "all", epochs=4)
    head = build_head(recipe, 8, blobs()[1], np.ones((2, 8), np.float32), 1)
    for epoch in (1, 3, 4):
        set_epoch(head, tmp_path / "heads.h5", epoch)
        _, shorter = trained(tmp_path / "other.h5", "best", epochs=epoch)
        assert_same(head, shorter.head)


def test_the_best_epoch_is_the_head_that_is_kept(tmp_path):
    recipe, fit = trained(tmp_path / "heads.h5", "all", epochs=60, early_stopping=STOPPING)
    assert fit.best_epoch < len(fit.history)
    head = build_head(recipe, 8, blobs()[1], np.ones((2, 8), np.float32), 1)
    set_epoch(head, tmp_path / "heads.h5", fit.best_epoch)
    assert_same(head, fit.head)


def test_the_best_alone_leaves_no_epoch(tmp_path):
    path = tmp_path / "heads.h5"
    _, fit = trained(path, "best", epochs=2)
    with h5py.File(path) as file:
        assert file.attrs["epochs"] == 0 and not list(file)
    with pytest.raises(UserError, match="save: all"):
        set_epoch(fit.head, path, 1)


def test_an_epoch_that_never_was_is_refused(tmp_path):
    _, fit = trained(tmp_path / "heads.h5", "all", epochs=2)
    with pytest.raises(UserError, match="epoch 3 was not kept; epochs that were: 1 to 2"):
        set_epoch(fit.head, tmp_path / "heads.h5", 3)
