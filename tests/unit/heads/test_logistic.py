"""Logistic regression is scikit-learn's, its penalty chosen on what a fit left out."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from anurans.heads import axes, logistic, solver
from anurans.heads.logistic import Logistic, fit_logistic
from anurans.heads.training import moments

GRID = [0.001, 0.1, 10.0]


def blobs(n=120, width=12, species=2, seed=0, apart=1.5):
    """Embeddings of correlated values in which each species moves one direction."""
    rng = np.random.default_rng(seed)
    labels = rng.random((n, species)) < 0.3
    x = rng.normal(size=(n, width)) @ rng.normal(size=(width, width))
    x += labels @ rng.normal(size=(species, width)) * apart
    return x.astype(np.float32), labels


def folds_of(n, folds=4):
    fold = np.arange(n) % folds + 1
    return fold, fold[:, None] == np.arange(1, folds + 1)


def standardized(x):
    mean, variance = moments(x)
    return (x.astype(np.float64) - mean) / np.sqrt(variance)


def theirs(x, labels, C, weight=None):
    model = LogisticRegression(C=C, solver="newton-cholesky", tol=1e-10, max_iter=100)
    return model.fit(x, labels, sample_weight=weight)


def chosen(fit, column=0):
    return next(row["C"] for row in fit.path if row["species"] == column and row["chosen"])


@pytest.mark.parametrize("width", [12, 300], ids=["more clips", "more values"])
@pytest.mark.parametrize("C", GRID)
def test_equal_to_scikit_learn(width, C):
    x, labels = blobs(width=width)
    fit = fit_logistic(Logistic([C]), x, labels, *folds_of(len(x)))
    z = standardized(x)
    for column in range(labels.shape[1]):
        model = theirs(z, labels[:, column], C)
        kernel = fit.head.layers[0].kernel[:, column]
        assert np.allclose(kernel, model.coef_[0], atol=1e-4)
        assert fit.head.layers[0].bias[column] == pytest.approx(model.intercept_[0], abs=1e-4)
        expected = model.predict_proba(z)[:, 1]
        assert np.allclose(fit.head(x)[:, column], expected, atol=1e-4)
    assert fit.converged == (True, True)


def test_equal_in_single_precision(monkeypatch):
    monkeypatch.setattr(axes, "DOUBLE", 0)
    x, labels = blobs(2000, 60)
    fit = fit_logistic(Logistic([0.1]), x, labels, *folds_of(len(x)))
    model = theirs(standardized(x), labels[:, 0], 0.1)
    assert np.allclose(fit.head.layers[0].kernel[:, 0], model.coef_[0], atol=1e-4)
    assert all(fit.converged)


def test_equal_on_embeddings_as_they_are():
    x, labels = blobs()
    fit = fit_logistic(Logistic([0.1], standardize=False), x, labels, *folds_of(len(x)))
    model = theirs(x.astype(np.float64), labels[:, 1], 0.1)
    assert fit.head.scale is None
    assert np.allclose(fit.head.layers[0].kernel[:, 1], model.coef_[0], atol=1e-4)
    assert np.allclose(fit.head(x)[:, 1], model.predict_proba(x)[:, 1], atol=1e-4)


@pytest.mark.parametrize("balance", ["class_weight", "oversample"])
def test_rare_labels_weigh_more_as_scikit_learn_weighs_them(balance):
    x, labels = blobs()
    labels[40:, 1] = False
    fit = fit_logistic(Logistic([0.01], balance=balance), x, labels, *folds_of(len(x)))
    weights = logistic.row_weights(balance, labels)
    model = theirs(standardized(x), labels[:, 1], 0.01, weights[:, 1])
    assert np.allclose(fit.head.layers[0].kernel[:, 1], model.coef_[0], atol=1e-4)
    assert weights[labels[:, 1], 1].mean() > 1.3 * weights[~labels[:, 1], 1].mean()


def test_scores_of_clips_left_out_are_those_of_fits_without_them():
    x, labels = blobs()
    fold, out = folds_of(len(x))
    fit = fit_logistic(Logistic([0.1]), x, labels, fold, out)
    z = standardized(x)
    for column in range(2):
        for number in range(1, 5):
            model = theirs(z[fold != number], labels[fold != number, column], 0.1)
            expected = model.predict_proba(z[fold == number])[:, 1]
            assert np.allclose(fit.unseen[fold == number, column], expected, atol=1e-4)


def test_the_penalty_is_the_one_of_the_lowest_loss_left_out():
    x, labels = blobs(60, 200, apart=0.3)
    fold, out = folds_of(len(x))
    fit = fit_logistic(Logistic(GRID), x, labels, fold, out)
    z = standardized(x)
    for column in range(2):
        losses = []
        for C in GRID:
            unseen = np.empty(len(x))
            for number in range(1, 5):
                model = theirs(z[fold != number], labels[fold != number, column], C)
                unseen[fold == number] = model.predict_proba(z[fold == number])[:, 1]
            truth = labels[:, column]
            losses.append(-np.log(np.where(truth, unseen, 1 - unseen)).mean())
        mine = [row["loss"] for row in fit.path if row["species"] == column]
        # Penalties are compared before they are solved to the end: a tenth of what they differ.
        assert mine == pytest.approx(losses, abs=min(np.abs(np.diff(losses))) / 10)
        assert chosen(fit, column) == GRID[int(np.argmin(losses))]


def test_penalties_are_not_tried_once_the_loss_has_risen_for_good():
    rng = np.random.default_rng(2)
    x = rng.normal(size=(300, 60)).astype(np.float32)
    labels = x[:, :2] + 0.5 * rng.normal(size=(300, 2)) > 1
    grid = Logistic().C
    fold, out = folds_of(len(x))
    fit = fit_logistic(Logistic(), x, labels, fold, out)
    for column in range(2):
        losses = [row["loss"] for row in fit.path if row["species"] == column]
        tried = [each for each in losses if each is not None]
        assert 5 < len(tried) < len(losses) == len(grid) and losses[: len(tried)] == tried
        assert 0 < tried.index(min(tried)) == grid.index(chosen(fit, column)) < len(tried) - 2
        # All that is left is worse.
        rest = grid[len(tried) - 1 :]
        after = [
            row["loss"]
            for row in fit_logistic(Logistic(rest), x, labels, fold, out).path
            if row["species"] == column and row["loss"] is not None
        ]
        assert min(after) == after[0] > min(tried)


@pytest.mark.parametrize(
    "losses, risen",
    [
        ([], False),
        ([3, 2, 1], False),
        ([3, 2, 2.1, 2.1], False),
        ([3, 2, 2.3], False),
        ([3, 2, 2.3, 2.1], False),
        ([3, 2, 2.3, 2.3], True),
        ([3, 2, 2.3, 2.1, 2.3], False),
        ([3, 2.8, 4, 5, 6], False),  # little was learnt yet
        ([1, 2, 3, 4], False),  # nothing was learnt yet
    ],
)
def test_a_loss_has_risen_where_two_in_a_row_are_well_above_the_lowest(losses, risen):
    assert logistic.has_risen(losses) is risen


@pytest.mark.parametrize(
    "seed, strength, lowest, part",
    # The loss rises from the strongest penalty on, or after a dip.
    [(34, 0.35, 0, 0.6), (2, 0.5, 1, 0.75), (26, 0.5, 1, 0.75)],
)
def test_a_penalty_is_found_beyond_penalties_whose_loss_rises(seed, strength, lowest, part):
    """What differs between recordings is stronger than calls, and is learnt first."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(12), 12)
    labels = rng.random((144, 1)) < rng.beta(0.6, 1.2, size=12)[group][:, None]
    between = rng.normal(size=(12, 6))[group] @ rng.normal(size=(6, 200)) * 3
    call = labels * rng.normal(size=200) * strength
    x = (between + call + rng.normal(size=(144, 200))).astype(np.float32)
    fold = group % 5 + 1
    fit = fit_logistic(Logistic(), x, labels, fold, fold[:, None] == np.arange(1, 6))
    losses = [row["loss"] for row in fit.path]
    assert min(losses[:4]) == losses[lowest] < losses[lowest + 1] < losses[lowest + 2]
    assert min(losses) < part * losses[lowest]
    grid = Logistic().C
    assert len(losses) == len(grid)
    assert chosen(fit, 0) == grid[int(np.argmin(losses))] > 1


def test_rows_that_show_sound_of_a_fold_are_left_out_of_its_fit_and_not_judged():
    x, labels = blobs(100, 150, apart=0.3)
    copies = x[:50] + 0.01
    both, of_both = np.concatenate([x, copies]), np.concatenate([labels, labels[:50]])
    fold, out = folds_of(100)
    scored = np.concatenate([fold, np.zeros(50, int)])
    fit = fit_logistic(Logistic([10.0]), both, of_both, scored, np.concatenate([out, out[:50]]))
    assert np.isnan(fit.unseen[100:]).all() and not np.isnan(fit.unseen[:100]).any()
    leaking = fit_logistic(
        Logistic([10.0]), both, of_both, scored, np.concatenate([out, out[:50] & False])
    )
    # A copy in the fit gives the label of its clip away.
    assert leaking.path[0]["loss"] < 0.8 * fit.path[0]["loss"]


@pytest.mark.parametrize("positives", [0, 1, 3, 100])
def test_a_species_that_is_rare_absent_or_everywhere(positives):
    x, labels = blobs(100)
    labels[:, 1] = False
    labels[[0, 1, 2, *range(3, 100)][:positives], 1] = True
    fold, out = folds_of(100)
    fit = fit_logistic(Logistic(GRID), x, labels, fold, out)
    scores = fit.head(x)
    assert np.isfinite(scores).all()
    if positives in (0, 100):
        assert scores[:, 1] == pytest.approx((positives + 0.5) / 101)
        assert np.isnan(fit.unseen[:, 1]).all()
        assert [row["loss"] for row in fit.path if row["species"] == 1] == [None] * 3
    if positives == 1:  # the one fold that holds it is judged by a fit that knows none
        assert np.isnan(fit.unseen[:, 1]).all()
    if positives == 3:
        assert not np.isnan(fit.unseen[:, 1]).any()
    # The other species is not touched by it.
    alone = fit_logistic(Logistic(GRID), x, labels[:, :1], fold, out)
    assert np.allclose(alone.head(x)[:, 0], scores[:, 0], atol=1e-5)


def test_separable_labels_and_constant_embeddings_converge():
    x, labels = blobs(80, apart=50)
    assert all(fit_logistic(Logistic(), x, labels, *folds_of(80)).converged)
    flat = np.full((80, 5), 3.0, np.float32)
    fit = fit_logistic(Logistic(), flat, labels, *folds_of(80))
    assert all(fit.converged)
    assert fit.head(flat)[0] == pytest.approx(labels.mean(axis=0), abs=1e-4)


def test_without_folds_a_penalty_is_taken_and_nothing_is_judged():
    x, labels = blobs(40)
    fit = fit_logistic(Logistic(), x, labels, np.zeros(40, int), np.zeros((40, 0), bool))
    assert chosen(fit) == 0.01 and np.isnan(fit.unseen).all()
    assert np.isfinite(fit.head(x)).all()


def test_a_solution_that_is_not_reached_is_told(monkeypatch):
    monkeypatch.setattr(solver, "MOST", 2)
    monkeypatch.setattr(solver, "ROUNDS", 1)
    x, labels = blobs()
    assert fit_logistic(Logistic([10.0]), x, labels, *folds_of(len(x))).converged == (False, False)


@pytest.mark.parametrize("balance", ["none", "class_weight"])
@pytest.mark.parametrize("width", [12, 300], ids=["more clips", "more values"])
def test_each_species_is_fitted_to_the_rows_that_are_known_of_it(width, balance, monkeypatch):
    monkeypatch.setitem(solver.SLOPES, 8, (1e-6, 1e-6))
    x, labels = blobs(width=width, seed=3)
    # Of the second species every third row is unknown, whatever stands there.
    known = np.ones(labels.shape, dtype=bool)
    known[::3, 1] = False
    labels[::3, 1] = True
    fold, out = folds_of(len(x))
    recipe = Logistic(GRID, standardize=False, balance=balance)
    fit = fit_logistic(recipe, x, labels, fold, out, known)
    of = known[:, 1]
    alone = fit_logistic(recipe, x[of], labels[of][:, 1:], fold[of], out[of])
    assert chosen(fit, 1) == chosen(alone)
    losses = [
        [row["loss"] for row in f.path if row["species"] == s] for f, s in ((fit, 1), (alone, 0))
    ]
    assert losses[0] == pytest.approx(losses[1], rel=1e-2)
    assert np.allclose(fit.head(x)[:, 1], alone.head(x)[:, 0], atol=1e-4)
    assert np.allclose(fit.unseen[of, 1], alone.unseen[:, 0], atol=1e-4)
    # Rows of which nobody knows have scores all the same, by the fit that left out their fold.
    assert np.isfinite(fit.unseen).all()
    first = fit_logistic(recipe, x, labels[:, :1], fold, out)
    assert np.allclose(fit.head(x)[:, 0], first.head(x)[:, 0], atol=1e-4)


def test_what_stands_where_nobody_knows_changes_nothing():
    x, labels = blobs()
    known = np.random.default_rng(1).random(labels.shape) < 0.6

    def fitted(y, *known):
        fit = fit_logistic(Logistic(GRID), x, y, *folds_of(len(x)), *known)
        return fit.head.layers[0].kernel, fit.unseen

    for one, other in (
        (fitted(labels, known), fitted(labels & known, known)),
        (fitted(labels), fitted(labels, np.ones(labels.shape, bool))),
    ):
        assert np.array_equal(one[0], other[0]) and np.array_equal(one[1], other[1])


def test_a_species_of_which_nothing_is_known_has_even_odds():
    x, labels = blobs()
    known = np.column_stack([np.ones(len(x), bool), np.zeros(len(x), bool)])
    fit = fit_logistic(Logistic(), x, labels, *folds_of(len(x)), known)
    assert fit.head(x)[:, 1] == pytest.approx(np.full(len(x), 0.5))
    assert np.isnan(fit.unseen[:, 1]).all() and fit.converged[0]


def test_searches_that_begin_again_leave_other_species_alone(monkeypatch):
    """Searches are short; the second species is found without an error, and needs more of them."""
    monkeypatch.setattr(solver, "MOST", 10)
    x, labels = blobs(seed=1)
    labels[:, 1] = x[:, 0] > np.quantile(x[:, 0], 0.8)
    recipe = Logistic([1.0, 1000.0])
    beside = fit_logistic(recipe, x, labels, *folds_of(len(x)))
    alone = fit_logistic(recipe, x, labels[:, :1], *folds_of(len(x)))
    losses = [row["loss"] for row in beside.path if row["species"] == 0]
    assert losses == pytest.approx([row["loss"] for row in alone.path], rel=1e-9)


def test_searches_that_end_too_early_begin_again_and_with_care(monkeypatch):
    """Of values whose sizes are far apart a step to the bottom of the curvature may go up."""

    def fitted():
        for seed in range(4):
            rng = np.random.default_rng(seed)
            x = (rng.normal(size=(40, 100)) * np.geomspace(1e-4, 1e4, 100)).astype(np.float32)
            recipe = Logistic([1e6], standardize=False)
            yield fit_logistic(recipe, x, rng.random((40, 1)) < 0.1, *folds_of(40)).converged[0]

    with_care = sum(fitted())
    curvatures = solver._Problems.curvatures
    with monkeypatch.context() as patch:
        patch.setattr(
            solver._Problems,
            "curvatures",
            lambda problems, weights, alike, careful: curvatures(problems, weights, alike, False),
        )
        assert sum(fitted()) < with_care
    monkeypatch.setattr(solver, "ROUNDS", 1)
    assert sum(fitted()) < with_care
