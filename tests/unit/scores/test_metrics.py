"""Scores are scikit-learn's."""

import numpy as np
import pytest
from sklearn import metrics as sklearn

from anurans.scores import metrics

CASES = [
    (seed, n, distinct, share)
    for seed, (n, distinct, share) in enumerate(
        [(1, 1, 1.0), (2, 2, 0.5), (50, 3, 0.5), (200, 1000, 0.02), (1000, 20, 0.3), (7, 1, 0.5)]
    )
]


def case(seed, n, distinct, share):
    rng = np.random.default_rng(seed)
    truth = rng.random(n) < share
    truth[0] = True
    return truth, (rng.integers(0, distinct, n) / distinct).astype(np.float32)


@pytest.mark.parametrize("settings", CASES)
def test_with_ties_and_rare_species(settings):
    truth, scores = case(*settings)
    for found, expected in zip(
        metrics.precision_recall_curve(truth, scores),
        sklearn.precision_recall_curve(truth, scores),
        strict=True,
    ):
        assert found == pytest.approx(expected, abs=1e-12)
    found = metrics.average_precision_score(truth, scores)
    assert found == pytest.approx(sklearn.average_precision_score(truth, scores), abs=1e-12)
    if not truth.all():
        found = metrics.roc_auc_score(truth, scores)
        assert found == pytest.approx(sklearn.roc_auc_score(truth, scores), abs=1e-12)
    predicted = scores >= 0.5
    expected = sklearn.f1_score(truth, predicted, zero_division=0.0)
    assert metrics.f1_score(truth, predicted) == pytest.approx(expected, abs=1e-12)


def test_f1_of_nothing_at_all_is_0():
    nothing = np.zeros(3, bool)
    assert metrics.f1_score(nothing, nothing) == 0


def test_f1_is_scikit_learns_and_undefined_without_positives():
    rng = np.random.default_rng(1)
    truth, predicted = rng.random((50, 3)) < 0.4, rng.random((50, 3)) < 0.5
    truth[:, 2] = False
    sums = ((truth & predicted).sum(0), truth.sum(0), predicted.sum(0))
    found = metrics.f1_of_sums(*sums)
    expected = [sklearn.f1_score(truth[:, column], predicted[:, column]) for column in range(2)]
    assert found[:2].tolist() == pytest.approx(expected)
    assert np.isnan(found[2])


def test_average_precision_is_that_of_scikit_learn_with_ties_and_weights():
    rng = np.random.default_rng(1)
    labels, scores = rng.random(60) < 0.3, rng.integers(0, 8, 60) / 8
    weights = rng.integers(0, 3, (5, 60))
    expected = [
        sklearn.average_precision_score(labels, scores, sample_weight=each) for each in weights
    ]
    assert metrics.average_precision(labels, scores, weights) == pytest.approx(expected)
    assert np.isnan(metrics.average_precision(labels, scores, weights * ~labels)).all()
    assert np.isnan(metrics.average_precision(labels[:0], scores[:0], weights[:, :0])).all()
