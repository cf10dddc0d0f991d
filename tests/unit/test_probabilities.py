"""Expected counts whose answer is known, and intervals that hold it."""

import numpy as np
import pytest
from scipy.special import expit

from anurans.calibration import fit_calibrator
from anurans.intervals import draw_groups
from anurans.probabilities import DRAWS, Curves, count_interval, read_curves

HALF = np.array([[0.0, 0.0], [1.0, 0.5]])


def test_a_probability_is_the_mean_of_the_folds_calibrated_scores():
    curves = Curves((HALF,))
    assert curves.probabilities(np.array([[0.2, 0.6], [1.0, 1.0]])) == pytest.approx([0.2, 0.5])


def test_sums_go_by_group_and_draw():
    curves = Curves((HALF, HALF, np.array([[0.0, 0.0], [1.0, 1.0]])))
    scores = np.array([[0.2], [0.4], [1.0]])
    assert curves.sums(scores, np.array([1, 1, 0]), 3) == pytest.approx(
        np.array([[0.5, 1.0], [0.3, 0.6], [0, 0]])
    )


def test_curves_are_read_from_a_table():
    rows = [
        {"species": "A", "draw": draw, "score": score, "probability": probability}
        for draw, of in enumerate((HALF, HALF * 2))
        for score, probability in of.tolist()
    ]
    rows = [{key: str(value) for key, value in row.items()} for row in rows]
    found = read_curves(rows, ["A", "B"])
    assert found["B"] is None
    assert np.array_equal(found["A"].draws[1], HALF * 2)


def test_the_interval_adds_what_is_not_known_of_clips_and_calibrator():
    drawn = np.array([9.0, 11.0] * 10)
    lower, upper = count_interval(10.0, 0.0, drawn, 100)
    assert upper - 10 == pytest.approx(1.96 * drawn.std(ddof=1), rel=1e-3)
    lower, upper = count_interval(10.0, 9.0, np.full(20, 10.0), 100)
    assert (lower, upper) == pytest.approx((10 - 5.88, 10 + 5.88), abs=0.01)
    assert count_interval(1.0, 9.0, drawn, 100)[0] == 0
    assert count_interval(99.0, 9.0, drawn, 100)[1] == 100
    assert count_interval(1.0, 9.0, np.empty(0), 100) == (None, None)


def draw_clips(rng, nights, prevalence):
    """Labels, scores and nights of clips, whose scores are overconfident."""
    odds = rng.normal(prevalence, 1.5, nights * 20)
    night = np.repeat(np.arange(nights), 20)
    return rng.random(len(odds)) < expit(odds), expit(2 * odds), night


def test_expected_counts_hold_the_truth_where_a_threshold_misleads():
    """Calls are rarer than in training, and scores overconfident: counting scores errs by far."""
    held, expected_errors, counted_errors = [], [], []
    for world in range(40):
        rng = np.random.default_rng(world)
        labels, scores, night = draw_clips(rng, 40, -1.0)
        draws = draw_groups(40, DRAWS, world)
        fits = [fit_calibrator(labels, scores)]
        for times in draws:
            of = np.repeat(np.arange(len(night)), times[night])
            fits.append(fit_calibrator(labels[of], scores[of]))
        curves = Curves(tuple(np.stack([f.scores, f.probabilities], 1) for f in fits))
        new, new_scores, _ = draw_clips(rng, 50, -1.0)
        p = curves.probabilities(new_scores[:, None])
        drawn = curves.sums(new_scores[:, None], np.zeros(len(new), int), 1)[0]
        lower, upper = count_interval(p.sum(), (p * (1 - p)).sum(), drawn, len(new))
        held.append(lower <= new.sum() <= upper)
        expected_errors.append(p.sum() / new.sum() - 1)
        counted_errors.append((new_scores >= 0.5).sum() / new.sum() - 1)
    assert np.mean(held) >= 0.9
    assert abs(np.mean(expected_errors)) < 0.03
    assert abs(np.mean(counted_errors)) > 0.1
