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
