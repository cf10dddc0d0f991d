"""Expected counts whose answer is known, and intervals that hold it."""

import numpy as np
import pytest
from scipy.special import expit

from anurans.scores.calibration import calibrate_unseen, fit_calibrator
from anurans.scores.intervals import draw_groups
from anurans.scores.probabilities import (
    MOMENTS,
    Curve,
    Separation,
    measure_separation,
    read_curves,
    read_separations,
)

HALF = np.array([[0.0, 0.0], [1.0, 0.5]])


def known(*moments, draws=20):
    """A separation that every draw agrees on."""
    return Separation(np.array([moments] * (1 + draws), float))


def test_a_probability_is_the_mean_of_the_folds_calibrated_scores():
    found = Curve(HALF).probabilities(np.array([[0.2, 0.6], [1.0, 1.0]]))
    assert found == pytest.approx([0.2, 0.5])


def test_calibrators_and_separations_are_read_from_tables():
    rows = [{"species": "A", "score": str(s), "probability": str(p)} for s, p in HALF.tolist()]
    found = read_curves(rows, ["A", "B"])
    assert found["B"] is None
    assert np.array_equal(found["A"].points, HALF)
    rows = [
        {"species": "A", "draw": str(draw)} | dict(zip(MOMENTS, map(str, of), strict=True))
        for draw, of in enumerate(([0.1, 0.7, 0.01, 0.02], [0.2, 0.6, 0.01, 0.02]))
    ]
    assert read_separations(rows)["A"].moments[:, 1].tolist() == [0.7, 0.6]


def test_moments_are_those_of_either_kind_and_draws_without_one_are_left_out():
    labels = np.array([False, False, True, True])
    chances = np.array([0.1, 0.3, 0.6, 1.0])
    draws = np.array([[2, 0, 0, 1], [1, 1, 0, 0]])
    found = measure_separation(labels, chances, np.arange(4), draws)
    assert found == pytest.approx(np.array([[0.2, 0.8, 0.01, 0.04], [0.1, 1.0, 0, 0]]))
    # Errors of -0.1 and 0.1, of -0.2 and 0.2: they add up in groups of the same, not of others.
    found = measure_separation(labels, chances, np.array([0, 1, 0, 1]), np.empty((0, 2), int))
    assert found[0, 2:] == pytest.approx(np.array([0.01, 0.04]) * 2 * 0.3**2 / 0.1)
    found = measure_separation(labels, chances, np.array([0, 0, 1, 1]), np.empty((0, 2), int))
    assert found[0, 2:] == pytest.approx([0.01, 0.04])


def test_a_count_lies_where_the_mean_lies_between_the_two_kinds():
    # 100 clips, 10 of them with calls: 90 x 0.2 + 10 x 0.7.
    expected, lower, upper = known(0.2, 0.7, 0, 0).count(25.0, 100)
    assert (expected, lower, upper) == pytest.approx((10, 10, 10))
    assert known(0.2, 0.7, 0, 0).count(10.0, 100)[0] == 0
    assert known(0.2, 0.7, 0, 0).count(90.0, 100)[0] == 100


def test_the_interval_holds_what_chance_leaves_open_and_what_draws_say():
    expected, lower, upper = known(0.2, 0.7, 0.01, 0.04).count(25.0, 100)
    half = 1.96 * np.sqrt(90 * 0.01 + 10 * 0.04) / 0.5
    assert (lower, upper) == pytest.approx((10 - half, 10 + half), abs=0.1)
    moments = np.array([[0.2, 0.7, 0, 0], *([[0.1, 0.7, 0, 0]] * 10), *([[0.2, 0.7, 0, 0]] * 10)])
    expected, lower, upper = Separation(moments).count(25.0, 100)
    assert expected == pytest.approx(10) and (lower, upper) == pytest.approx((10, 25))


def test_scores_that_tell_nothing_say_nothing_about_counts():
    assert known(0.3, 0.3, 0.01, 0.01).count(30.0, 100) == (None, None, None)
    assert known(0.2, 0.7, 0, 0).count(0.0, 0) == (None, None, None)
    moments = np.array([[0.2, 0.3, 0, 0], *([[0.2, 0.3, 0, 0]] * 10), *([[0.3, 0.2, 0, 0]] * 10)])
    expected, lower, upper = Separation(moments).count(25.0, 100)
    assert expected == pytest.approx(50) and lower < 5 and upper > 95
    assert known(0.2, 0.7, 0, 0, draws=1).count(25.0, 100)[1:] == (None, None)


def test_probabilities_that_are_all_the_same_have_no_variance():
    labels = np.arange(30) % 3 == 0
    chances = np.where(labels, 0.7, 0.1)
    found = measure_separation(labels, chances, np.arange(30), draw_groups(30, 50, 1))
    assert found[:, 2:] == pytest.approx(0, abs=1e-12) and (found >= 0).all()
    expected, lower, upper = Separation(found).count(16.0, 100)
    assert (expected, lower, upper) == pytest.approx((10, 10, 10), abs=1e-3)


def test_no_clip_is_calibrated_by_its_own_group():
    groups = np.repeat(np.arange(4), 10)
    labels = np.tile([True, False], 20)
    scores = np.where(labels, 0.9, 0.1)
    # The one group in which scores are the wrong way round does not know of it.
    scores[groups == 2] = 1 - scores[groups == 2]
    found = calibrate_unseen(labels, scores, groups)
    assert (found[(groups == 2) & labels] < 0.2).all()
    labels[groups != 1] = False
    assert np.isnan(calibrate_unseen(labels, scores, groups)[groups == 1]).all()


def draw_clips(rng, groups, share, apart):
    """Labels, scores and groups of clips; groups differ in how loud and how vocal they are."""
    group = np.repeat(np.arange(groups), 12)
    often = expit(rng.normal(np.log(share / (1 - share)), 1, groups))[group]
    labels = rng.random(len(group)) < often
    odds = rng.normal(apart * labels - 0.5 * apart, 1) + rng.normal(0, 0.3, groups)[group]
    return labels, expit(2 * odds), group


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6])
def test_counts_hold_the_truth_however_common_calls_are(share):
    """Learnt where three in ten clips have calls; sums of probabilities and scores err by far."""
    held, errors, sums = [], [], []
    for world in range(100):
        rng = np.random.default_rng(world)
        labels, scores, group = draw_clips(rng, 40, 0.3, 2.0)
        fit = fit_calibrator(labels, scores)
        curve = Curve(np.stack([fit.scores, fit.probabilities], axis=1))
        unseen = calibrate_unseen(labels, scores, group)
        draws = draw_groups(40, 50, world)
        separation = Separation(measure_separation(labels, unseen, group, draws))
        new, new_scores, _ = draw_clips(rng, 100, share, 2.0)
        total = curve.probabilities(new_scores[:, None]).sum()
        expected, lower, upper = separation.count(total, len(new))
        held.append(lower <= new.sum() <= upper)
        errors.append((expected - new.sum()) / len(new))
        sums.append((total - new.sum()) / len(new))
    assert np.mean(held) >= 0.9
    assert abs(np.mean(errors)) < 0.01
    assert share == 0.3 or abs(np.mean(sums)) > 0.03
