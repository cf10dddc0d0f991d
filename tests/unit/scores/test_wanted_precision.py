"""Thresholds whose precision is counted by hand."""

import numpy as np
import pytest

from anurans.scores.wanted_precision import NEVER, threshold_for_precision

LABELS = np.array([1, 1, 0, 1, 0, 0, 1, 0], bool)
SCORES = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2])


@pytest.mark.parametrize(
    ("precision", "threshold"),
    [
        (0.99, 0.75),  # 2 of 2; the next lower score is 0.7
        (0.75, 0.55),  # 3 of 4
        (0.6, 0.45),  # 3 of 5
        (0.57, 0.25),  # 4 of 7
        (0.4, 0.1),  # all: 4 of 8
    ],
)
def test_the_lowest_threshold_with_the_precision(precision, threshold):
    assert threshold_for_precision(LABELS, SCORES, precision) == pytest.approx(threshold)
    called = threshold <= SCORES
    assert LABELS[called].mean() >= precision


def test_equal_scores_are_let_in_together():
    labels, scores = np.array([1, 0, 1, 0], bool), np.array([0.5, 0.5, 0.5, 0.1])
    assert threshold_for_precision(labels, scores, 0.6) == pytest.approx(0.3)
    assert threshold_for_precision(labels, scores, 0.7) == NEVER


def test_what_is_never_reached_calls_nothing_positive():
    assert threshold_for_precision(np.zeros(4, bool), SCORES[:4], 0.5) == NEVER
    assert threshold_for_precision(np.empty(0, bool), np.empty(0), 0.5) == NEVER


def test_order_does_not_matter():
    order = np.random.default_rng(1).permutation(8)
    assert threshold_for_precision(LABELS[order], SCORES[order], 0.6) == pytest.approx(0.45)
