"""Sums over groups, F1 of them, and intervals by drawing groups."""

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from anurans.scores.intervals import (
    Difference,
    calling_groups,
    draw_groups,
    effective_groups,
    macro,
    measure_difference,
    percentile_interval,
    sums_by_group,
)


def test_sums_by_group():
    groups = np.array(["b", "a", "b"], dtype=object)
    found = sums_by_group(groups, ["a", "b", "c"], np.array([[1, 0], [1, 1], [1, 1]], bool))
    assert found.tolist() == [[1, 1], [2, 1], [0, 0]]


def test_a_mean_over_species_is_of_those_that_are_defined():
    assert macro(np.array([[0.2, np.nan, 0.6], [np.nan] * 3]))[0] == pytest.approx(0.4)
    assert np.isnan(macro(np.array([np.nan, np.nan])))


def test_draws_have_as_many_groups_and_a_seed():
    draws = draw_groups(7, 50, 1)
    assert draws.shape == (50, 7)
    assert (draws.sum(axis=1) == 7).all()
    assert (draws == draw_groups(7, 50, 1)).all()
    assert (draws != draw_groups(7, 50, 2)).any()


def test_percentiles_of_many_groups_are_the_plain_ones():
    assert percentile_interval(np.arange(1001.0), 10**6) == pytest.approx((25.0, 975.0), abs=0.01)


def test_percentiles_of_few_groups_lie_further_out():
    # Of 5 groups: t[0.975; 4] sqrt(5 / 4) = 3.104, which the normal exceeds in 0.095 %.
    lower, upper = percentile_interval(np.arange(100001.0), 5)
    assert (lower, upper) == pytest.approx((95.5, 99904.5), abs=5)


def test_a_mean_over_species_rests_on_the_groups_with_calls_of_those_that_vary_most():
    rng = np.random.default_rng(1)
    drawn = rng.normal(0, [0.2, 0.02], (2000, 2))
    assert effective_groups(drawn[:, :1], np.array([7])) == 7
    # One that calls in few groups, and varies, leaves little more than these.
    assert effective_groups(drawn, np.array([5, 40])) == pytest.approx(5, abs=0.3)
    assert effective_groups(drawn, np.array([40, 5])) == pytest.approx(40, abs=2)
    # Two alike do not make more groups than there are.
    assert effective_groups(drawn[:, [0, 0]], np.array([9, 9])) == 9
    assert effective_groups(drawn, np.array([1, 40])) == 1
    assert effective_groups(drawn, np.array([0, 40])) == 40
    assert effective_groups(drawn, np.array([0, 0])) == 0


def test_groups_with_calls_are_counted_once_over_all_parts():
    labels = np.array([[1, 0], [0, 0], [1, 1]])
    one = np.array(["a", "b", "b"], dtype=object)
    other = np.array(["c", "b", "b"], dtype=object)
    assert calling_groups([(labels, one), (labels, other)], 2).tolist() == [3, 1]


def test_undefined_draws_are_left_out():
    assert percentile_interval(np.array([np.nan, 1.0]), 9) == (1.0, 1.0)
    assert percentile_interval(np.array([np.nan]), 9) == (None, None)
    assert percentile_interval(np.arange(5.0), 1) == (None, None)
    assert percentile_interval(np.arange(5.0), 2) == (None, None)


def test_a_difference_of_means_is_that_of_the_t_test():
    values = np.random.default_rng(1).normal(0.3, 1, 24)
    drawn = draw_groups(24, 40_000, seed=2) @ values / 24
    found = measure_difference(values.mean(), drawn, 24)
    known = ttest_1samp(values, 0)
    interval = known.confidence_interval()
    assert found.p == pytest.approx(known.pvalue, rel=0.05)
    assert (found.lower, found.upper) == pytest.approx((interval.low, interval.high), rel=0.03)
    assert found.error == pytest.approx(values.std(ddof=1) / np.sqrt(24), rel=0.02)


def test_the_detectable_difference_is_found_with_the_power_it_says():
    """Means of 25 normal values: of those as far from 0 as it says, 80 of 100 are found."""
    rng = np.random.default_rng(3)
    detectable = Difference(0.0, 1 / np.sqrt(25), None, None, None, 25, 25).detectable()
    p = ttest_1samp(rng.normal(detectable, 1, (4000, 25)), 0, axis=1).pvalue
    assert (p < 0.05).mean() == pytest.approx(0.8, abs=0.03)


def test_more_comparisons_can_show_less():
    found = measure_difference(0.1, np.linspace(0, 0.2, 50), 30)
    assert 0 < found.detectable() < found.detectable(10)


def test_one_group_tells_nothing_of_a_difference():
    found = measure_difference(0.1, np.full(10, 0.1), 1)
    assert (found.value, found.p, found.lower, found.detectable()) == (0.1, None, None, None)
    same = measure_difference(0.0, np.zeros(10), 12)
    assert (same.p, same.lower, same.upper) == (1, 0, 0)
