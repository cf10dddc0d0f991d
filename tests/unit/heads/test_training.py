"""Training heads."""

import numpy as np
import pytest
from blobs import STOPPING, blobs

from anurans.heads.recipes import Recipe
from anurans.heads.training import (
    FLOOR,
    build_head,
    class_weights,
    count_parameters,
    counting,
    fit_head,
    log_odds,
    mean_loss,
    moments,
    oversampled,
    predict,
    repeats,
)


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
    for name, weight in one.weights.items():
        assert np.array_equal(weight, again.weights[name])
    assert not np.array_equal(one.layers[-1].kernel, other.layers[-1].kernel)


def test_early_stopping_keeps_the_epoch_of_the_lowest_validation_loss():
    x, y = blobs(16)
    validation = blobs(64, seed=5)[0], ~blobs(64, seed=5)[1]  # the contrary: it gets worse
    recipe = Recipe(learning_rate=0.1, epochs=50, early_stopping=STOPPING)
    fit = fit_head(recipe, (x, y), validation, seed=1)
    losses = [row["val_loss"] for row in fit.history]
    assert fit.best_epoch == 1 + int(np.argmin(losses))
    assert len(fit.history) == fit.best_epoch + 3
    assert mean_loss(fit.head, *validation, None) == pytest.approx(min(losses), rel=1e-6)


def test_a_loss_that_is_no_number_is_not_the_lowest():
    x, y = blobs()
    x = np.full_like(x, 6e4)  # squares beyond float32 in the first step
    stopping = {"patience": 2, "start_from_epoch": 1}
    recipe = Recipe(learning_rate=1e38, epochs=9, standardize=False, early_stopping=stopping)
    with np.errstate(all="ignore"):
        fit = fit_head(recipe, (x, y), (x, y), seed=1)
    assert len(fit.history) == 4 and fit.best_epoch == 2


def test_epochs_before_the_start_are_not_looked_at():
    x, y = blobs(16)
    stopping = {"patience": 2, "start_from_epoch": 5}
    recipe = Recipe(learning_rate=0.1, epochs=50, early_stopping=stopping)
    fit = fit_head(recipe, (x, y), (x, ~y), seed=1)
    assert fit.best_epoch == 6 and len(fit.history) == 8


def test_moments_standardize_and_survive_a_constant_value():
    x = np.random.default_rng(0).normal(3, 2, (3000, 4)).astype(np.float16)
    x[:, 3] = 7
    mean, variance = moments(x)
    assert np.allclose(mean, x.astype(float).mean(axis=0), rtol=1e-5)
    assert np.allclose(variance[:3], x.astype(float).var(axis=0)[:3], rtol=1e-4)
    # A value that never changes is divided by a share of what is usual, not by nothing.
    assert variance[3] == pytest.approx(FLOOR**2 * x.astype(float).var(axis=0).mean(), rel=1e-4)


def test_a_value_that_is_hardly_ever_active_is_not_blown_up():
    x = np.random.default_rng(0).normal(0, 1, (1000, 50))
    x[:, 7] = 0
    x[3, 7] = 0.01
    mean, variance = moments(x)
    seen = (np.array([2.0]) - mean[7]) / np.sqrt(variance[7])
    assert abs(seen[0]) < 25  # undivided by a floor: 6000 deviations
    assert np.allclose(np.delete(variance, 7), np.delete(x.var(axis=0), 7), rtol=1e-4)


def test_where_nothing_varies_nothing_is_divided():
    assert moments(np.full((5, 3), 2.0))[1].tolist() == [1, 1, 1]


def test_a_head_begins_at_what_is_known_without_sound():
    labels = np.zeros((99, 2), dtype=bool)
    labels[:9, 0] = True
    head = build_head(Recipe(), 6, labels, None, 1)
    assert not head.layers[0].kernel.any()
    share = head(np.random.default_rng(1).normal(size=(4, 6)))
    assert share[:, 0] == pytest.approx(9.5 / 100) and share[:, 1] == pytest.approx(0.5 / 100)
    layers = [{"units": 4, "activation": "relu", "dropout": 0.0, "l1": 0.0, "l2": 0.0}]
    deep = build_head(Recipe(layers=layers), 6, labels, None, 1)
    assert deep.layers[1].kernel.all() and deep.layers[1].bias[0] == pytest.approx(
        np.log(9.5 / 90.5)
    )


def test_windows_are_combined_as_asked():
    head = build_head(Recipe(), 3, np.zeros((4, 2), dtype=bool), None, 1)
    head.layers[0].kernel[:] = np.random.default_rng(2).normal(size=(3, 2))
    windows = np.random.default_rng(3).normal(size=(5, 2, 3)).astype(np.float32)
    each = np.stack([head(windows[:, 0]), head(windows[:, 1])], axis=1)
    assert np.allclose(predict(head, [windows], "max"), each.max(axis=1))
    assert np.allclose(predict(head, [windows], "mean"), each.mean(axis=1))
    assert np.allclose(predict(head, [windows], "pooled"), head(windows.mean(axis=1)))


def test_a_training_that_was_cut_short_says_so():
    x, y = blobs()
    assert not fit_head(Recipe(epochs=3, learning_rate=0.01), (x, y), None, seed=1).converged
    assert fit_head(Recipe(epochs=400, learning_rate=0.05, l2=0.1), (x, y), None, seed=1).converged


LABELS = np.zeros((4, 3), dtype=bool)


def test_a_head_is_what_the_recipe_says():
    layers = [
        {"units": 16, "activation": "relu", "dropout": 0.5, "l1": 0.0, "l2": 0.01},
        {"units": 8, "activation": "tanh", "dropout": 0.0, "l1": 0.0, "l2": 0.0},
    ]
    head = build_head(Recipe(layers=layers, l1=0.001, dropout=0.1), 32, LABELS, np.ones((2, 32)), 1)
    assert [layer.name for layer in head.layers] == ["dense1", "dense2", "probability"]
    assert [layer.activation for layer in head.layers] == ["relu", "tanh", "sigmoid"]
    drops = [layer.drops for layer in head.layers]
    assert drops == [(), (("dropout1", 0.5),), (("dropout", 0.1),)]
    assert [(layer.l1, layer.l2) for layer in head.layers] == [(0, 0.01), (0, 0), (0.001, 0)]
    assert count_parameters(head) == (32 * 16 + 16) + (16 * 8 + 8) + (8 * 3 + 3)


def test_class_weights_are_scikit_learns_balanced():
    from sklearn.utils.class_weight import compute_class_weight

    labels = np.zeros((20, 3), dtype=bool)
    labels[:4, 0] = labels[:, 2] = True
    weights = class_weights(labels)
    expected = compute_class_weight("balanced", classes=np.array([False, True]), y=labels[:, 0])
    assert weights[:, 0] == pytest.approx(expected)
    assert weights[:, 1:].tolist() == [[1, 1], [1, 1]]  # no positives, no negatives


def test_rare_labels_are_oversampled():
    labels = np.zeros((1000, 2), dtype=bool)
    labels[:400, 0] = True
    labels[395:420, 1] = True  # 16 times rarer: 4 times as often
    rows = oversampled(labels, np.random.default_rng(1))
    times = np.bincount(rows, minlength=1000)
    assert set(times[395:420]) == {4}
    assert set(times[:395]) == set(times[420:]) == {1}


@pytest.mark.parametrize("balance", ["class_weight", "oversample"])
def test_balance_raises_the_scores_of_a_rare_species(balance):
    rng = np.random.default_rng(3)
    x = rng.normal(size=(400, 8)).astype(np.float16)
    y = np.stack([x[:, 0] > 0, x[:, 1] + rng.normal(0, 1, 400) > 2.3], axis=1)
    plain, balanced = (
        predict(
            fit_head(Recipe(epochs=15, learning_rate=0.02, balance=b), (x, y), None, 1).head, [x]
        )
        for b in ("none", balance)
    )
    rare = y[:, 1]
    assert 5 < rare.sum() < 40
    assert balanced[rare, 1].mean() > plain[rare, 1].mean() + 0.05


def partly(seed=0, n=64):
    """Blobs of which every third label of the second species is unknown."""
    x, y = blobs(n, seed)
    known = np.ones(y.shape, dtype=bool)
    known[::3, 1] = False
    return x, y, known


def test_labels_that_nobody_knows_train_nothing():
    layers = [{"units": 4, "activation": "relu", "dropout": 0.5, "l1": 0.0, "l2": 0.01}]
    for balance in ("none", "class_weight"):
        recipe = Recipe(layers, epochs=4, batch_size=8, balance=balance, early_stopping=STOPPING)
        heads = []
        for wrong in (False, True):
            x, y, known = partly()
            held, truth, sure = partly(1)
            y, truth = (np.where(of, labels, wrong) for labels, of in ((y, known), (truth, sure)))
            labels = [(x, y, known), (held, truth, sure)]
            heads.append(fit_head(recipe, *labels, seed=1))
        assert heads[0].history == heads[1].history
        for name, weight in heads[0].head.weights.items():
            assert np.array_equal(weight, heads[1].head.weights[name])


def test_adam_fits_each_species_to_the_rows_that_are_known_of_it():
    x, y, known = partly(n=96)
    of = known[:, 1]
    # All rows in one step, so that nothing hangs on how they are dealt to steps.
    recipe = Recipe(learning_rate=0.05, epochs=60, batch_size=96, standardize=False)
    both = fit_head(recipe, (x, y, known), None, seed=1).head
    alone = fit_head(recipe, (x[of], y[of][:, 1:]), None, seed=1).head
    first = fit_head(recipe, (x, y[:, :1]), None, seed=1).head
    np.testing.assert_allclose(both(x)[:, 1], alone(x)[:, 0], atol=2e-3)
    np.testing.assert_allclose(both(x)[:, 0], first(x)[:, 0], atol=2e-3)
    wrong = fit_head(recipe, (x, y & known), None, seed=1).head
    assert np.abs(wrong(x)[:, 1] - alone(x)[:, 0]).max() > 0.1


def test_a_loss_is_the_mean_over_labels_that_are_known():
    x, y, known = partly()
    head = build_head(Recipe(), 8, y, None, 1)
    p = head(x)
    each = -np.where(y, np.log(p), np.log(1 - p))
    found = mean_loss(head, x, y & known, None, counting(known))
    assert found == pytest.approx(each[known].mean(), rel=1e-5)
    assert counting(np.ones((3, 2), bool)) is None and counting(None) is None


def test_shares_of_rare_labels_are_of_what_is_known():
    labels = np.array([[1, 1], [1, 0], [0, 0], [0, 0]], dtype=bool)
    known = np.array([[1, 1], [1, 1], [1, 0], [1, 0]], dtype=bool)
    # The second species is as common as the first: in one of two clips, as in two of four.
    assert repeats(labels, known).tolist() == [1.0] * 4
    assert repeats(labels)[0] == pytest.approx(2**0.5)
    assert class_weights(labels, known).tolist() == [[1.0, 1.0], [1.0, 1.0]]
    assert log_odds(labels & known, known).tolist() == [0.0, 0.0]
