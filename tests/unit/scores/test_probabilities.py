"""Expected counts whose answer is known, and intervals that hold it."""

import numpy as np
import pytest
from simulated import Pond, learn

from anurans.scores.calibration import calibrate_unseen
from anurans.scores.intervals import draw_groups
from anurans.scores.probabilities import (
    MOMENTS,
    RATES,
    Curve,
    Separation,
    measure_separation,
    read_curves,
    read_separations,
)

HALF = np.array([[0.0, 0.0], [1.0, 0.5]])


# Of so many groups that ends are not taken further out.
MANY = 10_000


def known(absent, present, *within, draws=20):
    """A separation that every draw agrees on, of groups that do not differ."""
    return Separation(np.array([[absent, present, *within, 0, 0, 0, MANY]] * (1 + draws), float))


def test_a_probability_is_the_mean_of_the_folds_calibrated_scores():
    found = Curve(HALF).probabilities(np.array([[0.2, 0.6], [1.0, 1.0]]))
    assert found == pytest.approx([0.2, 0.5])


def test_calibrators_and_separations_are_read_from_tables():
    rows = [{"species": "A", "score": str(s), "probability": str(p)} for s, p in HALF.tolist()]
    found = read_curves(rows, ["A", "B"])
    assert found["B"] is None
    assert np.array_equal(found["A"].points, HALF)
    rows = [
        {"species": "A", "draw": str(draw)}
        | dict(zip((*MOMENTS, *RATES), map(str, of), strict=True))
        for draw, of in enumerate(
            (
                [0.1, 0.7, *[0.01] * 5, 9, 0.3, 0.8, 0, 0, 3],
                [0.2, 0.6, *[0.01] * 5, 9, 0.3, 0.7, 0, 0, 3],
            )
        )
    ]
    found = read_separations(rows)["A"]
    assert found.moments[:, 1].tolist() == [0.7, 0.6] and found.rates[:, 1].tolist() == [0.8, 0.7]


def test_moments_are_those_of_either_kind_and_draws_without_one_are_left_out():
    labels = np.tile([False, False, True, True], 2)
    chances = np.array([0.1, 0.3, 0.6, 1.0, 0.3, 0.5, 0.5, 0.9])
    draws = np.array([[2, 0], [1, 1]])
    found = measure_separation(labels, chances, np.repeat([0, 1], 4), draws, labels).moments
    # Within: of pairs 0.2 and 0.4 apart. Means of groups 0.2 and 0.4, 0.8 and 0.7.
    within = np.array([0.02, 0.08])
    between = np.maximum([0.02 - within[0] / 2, 0.005 - within[1] / 2], 0)
    both = [0.3, 0.75, *within, *between, 0, 2]
    assert found == pytest.approx(np.array([both, [0.2, 0.8, *within, 0, 0, 0, 2], both]))
    # A draw that has no call, of groups one of which has none.
    labels[4:] = False
    draws = np.array([[0, 2], [2, 0]])
    found = measure_separation(labels, chances, np.repeat([0, 1], 4), draws, labels).moments
    assert len(found) == 2
    labels[4:] = [False, False, True, True]
    # Of one group alone nothing is known of others.
    alone = measure_separation(labels, chances, np.zeros(8, int), np.ones((3, 1), int), labels)
    moments = alone.moments
    assert moments[0, :2] == pytest.approx([0.3, 0.75]) and np.isnan(moments[0, 4:6]).all()
    assert alone.count(5.0, 10, 100) == (pytest.approx(40 / 9), None, None)
    silent = labels & False
    none = measure_separation(silent, chances, np.arange(8), np.ones((3, 8), int), labels)
    assert not len(none.moments) and not len(none.rates)


def test_rates_are_shares_that_are_called_and_how_those_of_groups_differ():
    rng = np.random.default_rng(3)
    group = np.repeat(np.arange(500), 40)
    labels = rng.random(len(group)) < 0.25
    false = np.clip(rng.normal(0.1, 0.05, 500), 0, 1)[group]
    called = rng.random(len(group)) < np.where(labels, 0.8, false)
    draws = np.empty((0, 500), int)
    of = measure_separation(labels, labels * 1.0, group, draws, called)
    found = dict(zip(RATES, of.rates[0].tolist(), strict=True))
    assert found["prevalence"] == labels.mean()
    assert (found["found"], found["false"]) == pytest.approx((0.8, 0.1), abs=0.01)
    assert found["false_between"] == pytest.approx(0.05**2, rel=0.3)
    alarmed = {g for g, c, label in zip(group, called, labels, strict=True) if c and not label}
    assert found["false_groups"] == len(alarmed)
    # Half a clip of either answer, so that none is taken for nothing.
    of = measure_separation(labels, labels * 1.0, group, draws, labels)
    assert 0 < of.rates[0, 2] < 1e-4 and of.rates[0, 1] < 1


def test_components_of_variance_are_those_that_clips_were_drawn_with():
    rng = np.random.default_rng(1)
    sizes = rng.integers(2, 30, 2000)
    group = np.repeat(np.arange(2000), sizes)
    labels = rng.random(len(group)) < 0.4
    shifts = rng.multivariate_normal([0, 0], [[0.04, 0.03], [0.03, 0.09]], 2000)
    chances = np.where(labels, 2 + shifts[group, 1], shifts[group, 0])
    chances += rng.normal(0, np.where(labels, 0.5, 0.3))
    of = measure_separation(labels, chances, group, np.empty((0, 2000), int), labels)
    found = of.moments[0]
    assert found[2:4] == pytest.approx([0.09, 0.25], rel=0.05)
    assert found[4:7] == pytest.approx([0.04, 0.09, 0.03], rel=0.15)


def test_a_count_lies_where_the_mean_lies_between_the_two_kinds():
    # 100 clips, 10 of them with calls: 90 x 0.2 + 10 x 0.7.
    expected, lower, upper = known(0.2, 0.7, 0, 0).count(25.0, 100, 100)
    assert (expected, lower, upper) == pytest.approx((10, 10, 10))
    assert known(0.2, 0.7, 0, 0).count(10.0, 100, 100)[0] == 0
    assert known(0.2, 0.7, 0, 0).count(90.0, 100, 100)[0] == 100


def test_the_interval_holds_what_chance_leaves_open_and_what_draws_say():
    expected, lower, upper = known(0.2, 0.7, 0.01, 0.04).count(25.0, 100, 100)
    half = 1.96 * np.sqrt(90 * 0.01 + 10 * 0.04) / 0.5
    assert (lower, upper) == pytest.approx((10 - half, 10 + half), abs=0.1)
    moments = [known(a, 0.7, 0, 0, draws=0).moments for a in (0.2, *[0.1] * 10, *[0.2] * 10)]
    expected, lower, upper = Separation(np.concatenate(moments)).count(25.0, 100, 100)
    assert expected == pytest.approx(10) and (lower, upper) == pytest.approx((10, 25))


def test_scores_that_tell_nothing_say_nothing_about_counts():
    assert known(0.3, 0.3, 0.01, 0.01).count(30.0, 100, 100) == (None, None, None)
    assert known(0.2, 0.7, 0, 0).count(0.0, 0, 0) == (None, None, None)
    ends = (0.2, 0.3), *[(0.2, 0.3)] * 10, *[(0.3, 0.2)] * 10
    moments = [known(*each, 0, 0, draws=0).moments for each in ends]
    expected, lower, upper = Separation(np.concatenate(moments)).count(25.0, 100, 100)
    assert expected == pytest.approx(50) and lower < 5 and upper > 95
    assert known(0.2, 0.7, 0, 0, draws=1).count(25.0, 100, 100)[1:] == (None, None)


def test_probabilities_that_are_all_the_same_have_no_variance():
    labels = np.arange(30) % 3 == 0
    chances = np.where(labels, 0.7, 0.1)
    found = measure_separation(labels, chances, np.arange(30), draw_groups(30, 50, 1), labels)
    assert found.moments[:, 2:7] == pytest.approx(0, abs=1e-12) and (found.moments >= 0).all()
    expected, lower, upper = found.count(16.0, 100, 100)
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


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6])
def test_counts_hold_the_truth_however_common_calls_are(share):
    """Learnt where three in ten clips have calls; sums of probabilities and scores err by far."""
    held, errors, sums = [], [], []
    pond = Pond(0.92, 0.3)
    for world in range(100):
        rng = np.random.default_rng(world)
        known = learn(pond.draw(rng, 40, 12, 0.3), world, draws=50)
        new = pond.draw(rng, 100, 12, share)
        total, truth, clips = known.calibrator(new.scores).sum(), new.labels.sum(), 1200
        of = known.separation()
        expected, lower, upper = of.count(total, clips, 100 * 12**2)
        held.append(lower <= truth <= upper)
        errors.append((expected - truth) / clips)
        sums.append((total - truth) / clips)
    assert np.mean(held) >= 0.9
    assert abs(np.mean(errors)) < 0.015
    assert share == 0.3 or abs(np.mean(sums)) > 0.03


def test_bands_of_long_nights_hold_the_truth():
    """Learnt from nights of 24 clips; as wide as those of a short night they would hold 4 in 10."""
    held, narrow, pond = [], [], Pond(0.95, 0.4)
    for world in range(80):
        rng = np.random.default_rng(world)
        known = learn(pond.draw(rng, 40, 24, 0.3), world, draws=100)
        new = pond.draw(rng, 1, 2400, 0.3)
        total, truth = known.calibrator(new.scores).sum(), new.labels.sum()
        separation = known.separation()
        for found, squares in ((held, 2400**2), (narrow, 2400 * 24)):
            _, lower, upper = separation.count(total, 2400, squares)
            found.append(lower <= truth <= upper)
    assert 0.88 <= np.mean(held) <= 0.99
    assert np.mean(narrow) < 0.6
