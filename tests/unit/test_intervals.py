"""Sums over groups, F1 of them, and intervals by drawing groups."""

import numpy as np
import pytest
from sklearn.metrics import f1_score

from anurans.intervals import draw_groups, f1_of_sums, macro, percentile_interval, sums_by_group


def test_sums_by_group():
    groups = np.array(["b", "a", "b"], dtype=object)
    found = sums_by_group(groups, ["a", "b", "c"], np.array([[1, 0], [1, 1], [1, 1]], bool))
    assert found.tolist() == [[1, 1], [2, 1], [0, 0]]


def test_draws_have_as_many_groups_and_a_seed():
    draws = draw_groups(7, 50, 1)
    assert draws.shape == (50, 7)
    assert (draws.sum(axis=1) == 7).all()
    assert (draws == draw_groups(7, 50, 1)).all()
    assert (draws != draw_groups(7, 50, 2)).any()


def test_f1_is_scikit_learns_and_undefined_without_positives():
    rng = np.random.default_rng(1)
    truth, predicted = rng.random((50, 3)) < 0.4, rng.random((50, 3)) < 0.5
    truth[:, 2] = False
    sums = ((truth & predicted).sum(0), truth.sum(0), predicted.sum(0))
    found = f1_of_sums(*sums)
    expected = [f1_score(truth[:, column], predicted[:, column]) for column in range(2)]
    assert found[:2].tolist() == pytest.approx(expected)
    assert np.isnan(found[2])
    assert macro(found) == pytest.approx(np.mean(expected))
    assert np.isnan(macro(np.array([np.nan, np.nan])))


def test_percentiles():
    assert percentile_interval(np.arange(1001.0)) == pytest.approx((25.0, 975.0))
    assert percentile_interval(np.array([np.nan, 1.0])) == (1.0, 1.0)
    assert percentile_interval(np.array([np.nan])) == (None, None)
